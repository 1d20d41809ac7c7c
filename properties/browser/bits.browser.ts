/** The fast interpreters in Chromium give what they give in Node, bit for bit; and what a bundler makes of the public entry for it. */
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { unitRoundoff } from '../../src/index.ts'
import { bits, tanhs } from './bits.ts'
import { built, launch, open, type Served, serve } from './site.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The program and what it needs of the library, as one module. */
const bundled = async (): Promise<string> => {
  const result = await build({
    root, configFile: false, logLevel: 'silent', resolve: { alias: [{ find: /^phifold$/, replacement: `${root}src/index.ts` }] },
    build: { write: false, minify: false, lib: { entry: `${root}properties/browser/bits.ts`, formats: ['es'] } },
  })
  const [output] = [result].flat()
  if (output === undefined || !('output' in output)) throw new Error('vite: expected a bundle')
  return output.output.map((part) => (part.type === 'chunk' ? part.code : '')).join('\n')
}

let browser: Browser
let site: Served
let code: string
beforeAll(async () => {
  code = await bundled()
  browser = await launch()
  site = await serve(built, { more: {
    '/bits.html': '<!DOCTYPE html><title>bits</title><script type="module" src="/run.js"></script>',
    '/run.js': "import { bits, tanhs } from '/bits.js'\nglobalThis.found = { bits: bits(), tanhs: tanhs() }\n",
    '/bits.js': code,
  } })
})
afterAll(async () => {
  await browser.close()
  site.close()
})

test('a bundle of the public entry holds what is used: no ndarray, no code made from text', () => {
  expect(code).toContain('simd64')
  expect(code).not.toMatch(/new Function|\beval\(|ndarray/)
})

interface Found {
  readonly bits: Readonly<Record<string, string>>
  readonly tanhs: readonly (readonly number[])[]
}

/** What the browser found. */
const asked = async (): Promise<Found> => {
  const { page, context, complaints } = await open(browser, `${site.url}bits.html`)
  await page.waitForFunction(() => 'found' in globalThis)
  const found = await page.evaluate(() => (globalThis as unknown as { readonly found: Found }).found)
  expect(complaints.filter((text) => !text.includes('404'))).toEqual([])
  await context.close()
  return found
}

test('products, element-wise operations and whole runs are equal bit for bit, under the strict policy', async () => {
  const [there, here] = [(await asked()).bits, bits()]
  expect(Object.keys(here).length).toBeGreaterThan(120)
  expect(there).toEqual(here)
})

test('tanh, an engine’s own, differs by no more than two such functions may', async () => {
  const there = (await asked()).tanhs
  tanhs().forEach((values, kind) => {
    // Each is within 2 ulp of tanh, which is what the library assumes of one (src/law/tracked.ts); an ulp is at most 2u |tanh|. Rounded to singles
    // they may fall to two neighbours.
    const allowance = kind === 0 ? 2 * 2 * 2 * unitRoundoff : 2 * 2 ** -24
    const worst = Math.max(...values.map((value, i) => Math.abs(value - (there[kind]?.[i] ?? NaN)) / Math.abs(value)))
    expect(worst).toBeLessThanOrEqual(allowance)
  })
})
