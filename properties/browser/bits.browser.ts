/** The fast interpreters in Chromium give what they give in Node, bit for bit; and what a bundler makes of the public entry for it. */
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bits, logarithms } from './bits.ts'
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
    '/run.js': "import { bits, logarithms } from '/bits.js'\nglobalThis.found = { bits: bits(), logarithms: logarithms() }\n",
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
  readonly bits: ReturnType<typeof bits>
  readonly logarithms: ReturnType<typeof logarithms>
}

/** What the browser found. */
const asked = async (): Promise<Found> => {
  const { page, context, complaints } = await open(browser, `${site.url}bits.html`)
  await page.waitForFunction(() => 'found' in globalThis)
  const found = await page.evaluate(() => (globalThis as unknown as { readonly found: Found }).found)
  // A page without an icon.
  expect(complaints.filter((text) => !text.includes('404'))).toEqual([])
  await context.close()
  return found
}

/** Whether two engines' logarithms are each within one unit in the last place of the true ones, as the laws assume (src/law/exponentials.ts): no more than two apart. */
const near = (a: readonly number[], b: readonly number[], epsilon: number): boolean =>
  a.length === b.length && a.every((x, i) => Math.abs(x - (b[i] ?? NaN)) <= 2 * epsilon * Math.abs(x))

test('products, element-wise operations and whole runs are equal bit for bit, under the strict policy; logarithms but for the last place', async () => {
  const [there, here] = [await asked(), { bits: bits(), logarithms: logarithms() }]
  expect(Object.keys(here.bits).length).toBeGreaterThan(120)
  expect(there.bits).toEqual(here.bits)
  const [doubles, singles] = [2 ** -52, 2 ** -23]
  expect(near(there.logarithms.doubles, here.logarithms.doubles, doubles)).toBe(true)
  expect(near(there.logarithms.singles, here.logarithms.singles, singles)).toBe(true)
  // It can fail: four units in the last place are too many, and so is a number too few.
  expect(near(there.logarithms.doubles, here.logarithms.doubles.map((x) => x * (1 + 4 * doubles)), doubles)).toBe(false)
  expect(near(there.logarithms.singles, here.logarithms.singles.slice(1), singles)).toBe(false)
})
