/**
 * The pictures of the playground in docs/screens are current: beside each lies what a screen reader is told of it, numbers masked, and that
 * must be what the built site tells today. `npm run docs:screens` takes both anew.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { queryOf } from '../../docs/.vitepress/playground/model/address.ts'
import { type Choices, start } from '../../docs/.vitepress/playground/model/choices.ts'
import { launch, open, type Served, serve } from './site.ts'

const folder = fileURLToPath(new URL('../../docs/screens/', import.meta.url))
const writes = process.env['PHIFOLD_SCREENS'] === 'write'

const desktop = { viewport: { width: 1280, height: 1000 }, colorScheme: 'light' } as const
const phone = { viewport: { width: 390, height: 844 }, colorScheme: 'dark' } as const

const screens = [
  ['theorem', {}, desktop],
  ['theorem-phone', {}, phone],
  ['broken', { dropped: true }, desktop],
  ['beta', { view: 'beta' }, desktop],
  ['digit', { view: 'digit' }, desktop],
  ['digit-phone', { view: 'digit' }, phone],
] as const satisfies readonly (readonly [string, Partial<Choices>, typeof desktop | typeof phone])[]

/** Numbers and signs as #: they are not structure. */
const masked = (text: string): string => text.replaceAll(/[-−]?\d[\d.]*(?:e[-−]?\d+)?/g, '#')

let browser: Browser
let site: Served
beforeAll(async () => {
  browser = await launch()
  site = await serve()
  if (writes) mkdirSync(folder, { recursive: true })
})
afterAll(async () => {
  await browser.close()
  site.close()
})

test.each(screens)('%s', async (name, change, options) => {
  const { page, context, complaints } = await open(browser, `${site.url}playground.html${queryOf({ ...start, ...change })}`, options)
  await page.locator('.verdict:not(.pending) h2, .slopes tbody tr:nth-child(4) td:nth-of-type(3):not(:empty), .answer:not([data-answer=""])').first().waitFor()
  await page.waitForLoadState('networkidle')
  const told = `${masked(await page.locator('main, #VPContent').first().ariaSnapshot())}\n`
  const [text, picture] = [`${folder}${name}.txt`, `${folder}${name}.png`]
  if (writes) {
    writeFileSync(text, told)
    await page.screenshot({ path: picture, fullPage: options === phone })
  }
  expect(existsSync(picture), `${picture} is missing: npm run docs:screens`).toBe(true)
  expect(told, `docs/screens/${name}.png is not current: npm run docs:screens`).toBe(readFileSync(text, 'utf8'))
  expect(complaints).toEqual([])
  await context.close()
})
