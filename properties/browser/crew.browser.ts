/** A crew of threads in Chromium: the bits of one thread in Node, from a worker and from a page; one thread where there is no SharedArrayBuffer. */
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ran, ran } from './crew.ts'
import { built, launch, open, type Served, serve } from './site.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

const bundled = async (): Promise<string> => {
  const result = await build({
    root, configFile: false, logLevel: 'silent',
    resolve: { alias: [{ find: /^phifold$/, replacement: `${root}src/index.ts` }, { find: /^phifold\/threads$/, replacement: `${root}src/threads/index.ts` }] },
    build: { write: false, minify: false, lib: { entry: `${root}properties/browser/crew-module.ts`, formats: ['es'] } },
  })
  const [output] = [result].flat()
  if (output === undefined || !('output' in output)) throw new Error('vite: expected a bundle')
  return output.output.map((part) => (part.type === 'chunk' ? part.code : '')).join('\n')
}

const isolated = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }
const another = "const spawn = () => new Worker('/thread.js', { type: 'module' })\n"
const files = (code: string): Readonly<Record<string, string>> => ({
  '/crew.js': code,
  '/thread.js': "import { partOf, serve } from '/crew.js'\nserve(partOf, self)\n",
  '/broken.js': "throw new Error('on purpose')\n",
  '/host.js': `import { ran } from '/crew.js'\n${another}onmessage = async ({ data }) => { postMessage(await ran(data, spawn)) }\n`,
  '/page.js': `import { ran } from '/crew.js'\n${another}
globalThis.fromPage = (threads) => ran(threads, spawn)
globalThis.fromWorker = (threads) => new Promise((resolve) => {
  const host = new Worker('/host.js', { type: 'module' })
  host.onmessage = ({ data }) => { host.terminate(); resolve(data) }
  host.postMessage(threads)
})
globalThis.broken = () => ran(2, () => new Worker('/broken.js', { type: 'module' })).then(() => 'done', ({ message }) => message)
globalThis.ready = true
`,
  '/crew.html': '<!DOCTYPE html><title>crew</title><script type="module" src="/page.js"></script>',
})

let browser: Browser
let [site, plain]: (Served | undefined)[] = []
beforeAll(async () => {
  const more = files(await bundled())
  browser = await launch()
  site = await serve(built, { more, headers: isolated })
  plain = await serve(built, { more })
})
afterAll(async () => {
  await browser.close()
  site?.close()
  plain?.close()
})

/** What a function of the page comes to. */
const asked = async <A>(served: Served | undefined, name: string, threads = 0): Promise<A> => {
  const { page, context } = await open(browser, `${served?.url ?? ''}crew.html`)
  await page.waitForFunction(() => 'ready' in globalThis)
  const found = await page.evaluate(
    ([called, count]) => (globalThis as unknown as Readonly<Record<string, (n: number) => Promise<unknown>>>)[called]?.(count), [name, threads] as const)
  await context.close()
  return found as A
}

const alone = ran(1, () => { throw new Error('expected no other thread') })

test.each([['a worker', 'fromWorker', 2], ['a worker', 'fromWorker', 3], ['a page', 'fromPage', 2]])('from %s (%s), on %i threads: the bits of one thread in Node', async (_, from, threads) => {
  const here = await alone
  expect(here.begun).toBe(0)
  expect(await asked<Ran>(site, from, threads)).toEqual({ ...here, begun: threads - 1 })
})

test('one thread does it all where the page is not isolated', async () => {
  expect(await asked<Ran>(plain, 'fromPage', 2)).toEqual(await alone)
})

test('a thread that fails is told, and nothing that looks complete', async () => {
  expect(await asked<string>(site, 'broken')).toMatch(/^thread 1 of the training ended: .*on purpose/)
})
