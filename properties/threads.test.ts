/** Jobs on threads: results in order, and the first failure, whatever its kind, ends every thread. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { onThreads, type Watch } from '../src/cli/threads.ts'

const scratch = mkdtempSync(join(tmpdir(), 'phifold-threads-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** What a thread is to do; `beats` is shared memory that counts how long one that runs for ever has run. */
interface Job {
  readonly act: 'square' | 'fail' | 'throw' | 'exit' | 'run on' | 'lack memory'
  readonly n: number
  readonly beats: Int32Array
}

const program = pathToFileURL(join(scratch, 'worker.mjs'))
beforeAll(() => {
  writeFileSync(program, `import { parentPort } from 'node:worker_threads'
const acts = {
  square: (n) => { parentPort.postMessage({ share: 0.5 }); parentPort.postMessage({ result: { _tag: 'Right', right: n * n } }) },
  fail: () => parentPort.postMessage({ result: { _tag: 'Left', left: { message: 'wrong input' } } }),
  throw: () => { throw new RangeError('a bug') },
  exit: () => process.exit(3),
  'run on': (n, beats) => setInterval(() => Atomics.add(beats, 0, 1), 1),
  // As Node tells it of a thread whose heap is full.
  'lack memory': () => { throw Object.assign(new Error('full'), { code: 'ERR_WORKER_OUT_OF_MEMORY' }) },
}
parentPort.on('message', ({ act, n, beats }) => {
  // A job that ends the run does so after the others have begun to run.
  const ready = () => (act === 'square' || act === 'run on' || Atomics.load(beats, 0) > 0 ? acts[act](n, beats) : setTimeout(ready, 1))
  ready()
})
`)
})

const jobs = (...acts: readonly Job['act'][]): readonly Job[] => {
  const beats = new Int32Array(new SharedArrayBuffer(4))
  return acts.map((act, n) => ({ act, n, beats }))
}
const quiet: Watch<number> = { onShare: () => undefined, onDone: () => undefined }
const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

/** Awaits the run, then asserts that nothing of it runs on. */
const ended = async (all: readonly Job[], run: Promise<unknown>): Promise<void> => {
  await run
  const beats = all[0]!.beats
  const before = Atomics.load(beats, 0)
  expect(before).toBeGreaterThan(0)
  await pause(30)
  expect(Atomics.load(beats, 0)).toBe(before)
}

it.each([1, 2, 3, 9])('%i threads give the results in the order of the jobs, each told once', async (threads) => {
  const [shares, done]: [number[], number[]] = [[], []]
  const result = await onThreads<Job, number>(program, jobs(...Array.from({ length: 5 }, () => 'square' as const)), threads, {
    onShare: (i) => { shares.push(i) }, onDone: (i, square) => { done.push(i); expect(square).toBe(i * i) },
  })
  expect(result).toEqual(E.right([0, 1, 4, 9, 16]))
  for (const told of [shares, done]) expect(told.sort()).toEqual([0, 1, 2, 3, 4])
})

it('no jobs give no results', async () => {
  expect(await onThreads<Job, number>(program, [], 2, quiet)).toEqual(E.right([]))
})

it('a job that fails ends the others: its mistake is the outcome', async () => {
  const all = jobs('run on', 'square', 'fail', 'run on')
  await ended(all, expect(onThreads<Job, number>(program, all, 2, quiet)).resolves.toEqual(E.left({ message: 'wrong input' })))
})

it('a thread whose memory ran out ends the others, and one line says what to do', async () => {
  const all = jobs('run on', 'lack memory')
  const left = expect.objectContaining({ message: expect.stringContaining('take --threads 1') as string }) as { message: string }
  await ended(all, expect(onThreads<Job, number>(program, all, 2, quiet)).resolves.toEqual(E.left(left)))
})

it('a thread that throws, or ends by itself, ends the others and is a bug', async () => {
  for (const [act, said] of [['throw', /^a bug$/], ['exit', /end with code 3/]] as const) {
    const all = jobs('run on', act, 'run on')
    await ended(all, expect(onThreads<Job, number>(program, all, 3, quiet)).rejects.toThrow(said))
  }
})
