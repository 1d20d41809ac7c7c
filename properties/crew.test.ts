/** `phifold/threads` with workers of Node, as a program of one's own uses it: the same bits on any number of threads, and what goes wrong told in one line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import { crewOf } from 'phifold/threads'
import { build } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { orThrow } from '../src/fold/mistake.ts'
import { partOf, ran } from './browser/crew.ts'
import { root } from './program.ts'

const dir = mkdtempSync(join(tmpdir(), 'phifold-crew-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const thread = (name: string) => (): Worker => new Worker(join(dir, name))

beforeAll(async () => {
  const result = await build({
    root, configFile: false, logLevel: 'silent',
    resolve: { alias: [{ find: /^phifold$/, replacement: join(root, 'src/index.ts') }, { find: /^phifold\/threads$/, replacement: join(root, 'src/threads/index.ts') }] },
    build: { write: false, minify: false, lib: { entry: join(root, 'properties/browser/crew-module.ts'), formats: ['es'], fileName: 'crew' } },
  })
  const [output] = [result].flat()
  if (output === undefined || !('output' in output)) throw new Error('vite: expected a bundle')
  writeFileSync(join(dir, 'crew.mjs'), output.output.map((part) => (part.type === 'chunk' ? part.code : '')).join('\n'))
  const serving = (partOfThread: string): string => `import { parentPort } from 'node:worker_threads'\nimport { partOf, serve } from './crew.mjs'\nserve(${partOfThread}, parentPort)\n`
  writeFileSync(join(dir, 'thread.mjs'), serving('partOf'))
  writeFileSync(join(dir, 'broken.mjs'), serving("() => { throw new Error('no such part') }"))
}, 60_000)

it.each([2, 3])('on %i threads: what one thread alone comes to', async (threads) => {
  const alone = await ran(1, () => { throw new Error('expected no other thread') })
  expect(await ran(threads, thread('thread.mjs'))).toEqual({ ...alone, begun: threads - 1 })
})

it('a thread that cannot make its part is told', async () => {
  const [setup, part] = [{ seed: 3 }, partOf({ seed: 3 })]
  const crew = crewOf(part, { threads: 2, setup, spawn: thread('broken.mjs') })
  expect(await crew.step(part.setting.start())).toEqual(E.left({ _tag: 'CrewError', message: 'thread 1 of the training ended: no such part' }))
  await crew.end()
})

it('a state where the threads are not is refused, and the right one goes on', async () => {
  const [setup, part] = [{ seed: 3 }, partOf({ seed: 3 })]
  const crew = crewOf(part, { threads: 2, setup, spawn: thread('thread.mjs') })
  const one = orThrow(await crew.step(part.setting.start()))
  const message = 'crew: expected the state after 1 mini-batches, where all threads are, got one after 0; give what the last step gave'
  expect(await crew.step(part.setting.start())).toEqual(E.left({ _tag: 'CrewError', message }))
  expect(await crew.test(part.setting.start())).toEqual(E.left({ _tag: 'CrewError', message }))
  expect(orThrow(await crew.step(one)).step).toBe(2)
  await crew.end()
})
