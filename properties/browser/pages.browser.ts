/** Every page of the built site, wide and narrow, light and dark: under its policy, without complaints, readable on a phone, accessible. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { policy } from '../../docs/.vitepress/policy.ts'
import { broken } from './axe.ts'
import { built, launch, open, type Served, serve } from './site.ts'

/** Of the API reference, which is made by one program, two stand for all. */
const pages = readdirSync(built, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.html') && !name.startsWith('source/') && name !== '404.html' && (!name.startsWith('api/') || /index|theorem/.test(name))).sort()

const sides = [
  ['a desktop in the light', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' }],
  ['a phone in the dark', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }],
] as const

let browser: Browser
let site: Served
beforeAll(async () => {
  browser = await launch()
  site = await serve()
})
afterAll(async () => {
  await browser.close()
  site.close()
})

test('the policy makes no exception for scripts but WebAssembly', () => {
  expect(policy).toMatch(/(^|; )script-src 'self' 'wasm-unsafe-eval'(;|$)/)
  expect(policy).toMatch(/^default-src 'none';/)
})

describe.each(pages)('%s', (name) => {
  test('is served with the policy and carries it', async () => {
    const response = await fetch(`${site.url}${name}`)
    expect(response.headers.get('content-security-policy')).toBe(policy)
    const html = await response.text()
    expect(html.indexOf(policy)).toBeGreaterThan(0)
    expect(html.indexOf(policy)).toBeLessThan(html.indexOf('<script'))
    expect(html).not.toMatch(/<script(?![^>]* src=)|\son\w+="|javascript:/)
    expect([...html.matchAll(/(?:src|href)="(https?:)?\/\/[^"]*"/g)].map(([all]) => all).filter((link) => !/^href="https:\/\/(arxiv\.org|doi\.org)\//.test(link))).toEqual([])
  })

  test.each(sides)('on %s', async (_, options) => {
    const { page, context, complaints } = await open(browser, `${site.url}${name}`, options)
    await page.locator('h1').first().waitFor()
    if (name === 'playground.html') await page.locator('.panels .picture svg').first().waitFor()
    await page.waitForLoadState('networkidle')
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0)
    expect(await broken(page)).toEqual([])
    expect(complaints).toEqual([])
    await context.close()
  })
})

test('results: figures first, in order, each with its picture, which keeps its size on a phone, and its numbers', async () => {
  const { page, context, complaints } = await open(browser, `${site.url}results.html`, { viewport: { width: 390, height: 844 } })
  const titles = await page.locator('.records h2').allTextContents()
  const figures = titles.flatMap((title) => /^Figure (\d+):/.exec(title)?.slice(1).map(Number) ?? [])
  expect(figures).toEqual([2, 3, 4, 8, 9, 10, 11, 12, 13, 16])
  expect(titles.slice(0, figures.length).every((title) => title.startsWith('Figure '))).toBe(true)
  for (const section of await page.locator('.records section').all()) {
    const title = await section.locator('h2').textContent()
    expect(await section.locator('table').count(), title ?? '').toBeGreaterThan(0)
    if (title?.startsWith('Figure ') !== true) continue
    const picture = section.locator('img')
    await picture.scrollIntoViewIfNeeded()
    await expect.poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(300)
    expect(await picture.evaluate((image) => image.clientWidth / (image as HTMLImageElement).naturalWidth)).toBe(1)
  }
  // Twelve runs, each with a number that the paper's theorem is about.
  expect(await page.locator('.records > .numbers tbody tr').count()).toBe(12)
  expect(complaints).toEqual([])
  await context.close()
})

test('nothing moves where motion is not wanted', async () => {
  const moving = async (reducedMotion: 'reduce' | 'no-preference'): Promise<number> => {
    const { page, context } = await open(browser, `${site.url}theory.html`, { reducedMotion })
    const slow = await page.locator('*').evaluateAll((all) => all.filter((each) => {
      const { transitionDuration, animationDuration } = getComputedStyle(each)
      return [transitionDuration, animationDuration].some((text) => text.split(',').some((one) => Number.parseFloat(one) > 0.01))
    }).length)
    await context.close()
    return slow
  }
  expect(await moving('no-preference')).toBeGreaterThan(0)
  expect(await moving('reduce')).toBe(0)
})

test('a source that the text names can be read', async () => {
  const { page, context, complaints } = await open(browser, `${site.url}theory.html`)
  await page.getByRole('link', { name: 'src/theorem.ts' }).first().click()
  await page.waitForURL(/source\/src\/theorem\.ts\.html$/)
  expect(await page.locator('pre').textContent()).toContain(readFileSync(join(built, '../../../src/theorem.ts'), 'utf8').split('\n')[1]?.trim())
  expect(await broken(page)).toEqual([])
  expect(complaints).toEqual([])
  await context.close()
})

test('formulas are MathML, and words in them are words', async () => {
  const { page, context } = await open(browser, `${site.url}theory.html`)
  expect(await page.locator('.formula math').count()).toBeGreaterThan(20)
  expect(await page.locator('.indexed sub').count()).toBeGreaterThan(50)
  expect((await page.locator('.formula mtext').allTextContents()).map((text) => text.trim())).toContain('with')
  await context.close()
})

test('the search finds words, without asking anybody', async () => {
  const { page, context, complaints } = await open(browser, site.url)
  // The key is listened to once the page has come to life.
  await expect.poll(async () => {
    await page.keyboard.press('/')
    return page.locator('input[type=search]').isVisible()
  }, { timeout: 30_000, interval: 500 }).toBe(true)
  await page.locator('input[type=search]').fill('telescoping')
  await page.getByRole('option').first().waitFor()
  expect(complaints).toEqual([])
  await context.close()
})
