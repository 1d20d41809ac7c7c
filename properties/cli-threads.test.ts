/** Every command that computes takes --threads, runs on as many, and says and writes the same whatever their number. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Digits } from '../src/data/digits.ts'
import { partOn } from '../src/cli/training-part.ts'
import { parseSafetensors } from '../src/data/safetensors.ts'
import { syntheticDigits } from '../src/data/synthetic.ts'
import { trainerOf, type TrainingJob } from '../src/experiment/training-job.ts'
import { orThrow } from '../src/fold/mistake.ts'
import { reference } from '../src/tensor/reference.ts'
import { busyOf } from '../src/threads/sharing.ts'
import { contents, type Done, program, scratch } from './program.ts'

const { at, phifold, file } = scratch()

/** Run with so many threads, in a folder of that name; each thread that begins adds a letter to a file. */
const counted = (threads: number, ...args: readonly string[]): Promise<Done & { readonly begun: number }> => {
  mkdirSync(at(`on-${threads}`), { recursive: true })
  const letters = at(`letters-${threads}-${args.join('-').replaceAll(/\W/g, '')}`)
  const watch = at('watch.mjs')
  writeFileSync(watch, `
    import { appendFileSync } from 'node:fs'
    import { isMainThread } from 'node:worker_threads'
    if (!isMainThread) appendFileSync(process.env.LETTERS, 't')
  `)
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', watch, program, ...args, '--threads', String(threads)], { cwd: at(`on-${threads}`), env: { ...process.env, LETTERS: letters } }, (error, out, err) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      resolve({ code, out, err, begun: existsSync(letters) ? readFileSync(letters, 'utf8').length : 0 })
    })
  })
}

const tiny = ['P-1h', '--sizes', '784-6-10', '--T', '6', '--K', '3', '--batch', '5', '--examples', '40', '--seed', '3']

beforeAll(async () => {
  for (const name of ['a', 'b', 'c']) file(`cases/${name}.json`, `"${name}"`)
  const { code, err } = await phifold('train', ...tiny, '--epochs', '1', '--tests', '1200', '--out', 'trained')
  expect({ code, err }).toEqual({ code: 0, err: '' })
}, 60_000)

describe('the number of threads changes nothing but the time', () => {
  const commands: Readonly<Record<string, readonly string[]>> = {
    verify: ['--law', 'L4', '--runs', '5'],
    golden: ['../cases'],
    compare: ['--network', '4-6-3', '--T', '50', '--K', '5', '--estimators', 'bptt,ep:0.01,ep:0.1,centered:0.01'],
    recipe: ['P-1h', '--sizes', '784-6-10', '--batch', '4', '--batches', '3', '--search', '--nudge', 'inner'],
    evaluate: ['../trained', '--out', 'evaluated'],
    predict: ['../trained', '--out', 'misread.svg'],
    // Stopped before the table of epochs, which tells seconds.
    benchmark: [...tiny, '--batches', '6', '--out', 'both'],
    train: [...tiny, '--epochs', '2', '--tests', '20', '--out', 'train'],
  }
  it.each(Object.entries(commands))('%s', async (name, args) => {
    const [one, two] = await Promise.all([counted(1, name, ...args), counted(2, name, ...args)])
    expect(one.begun).toBe(0)
    expect(two.begun).toBeGreaterThan(0)
    const timeless = (text: string): string => text.replaceAll(/\d+ (s|min)\b|[\d.]+ ms per mini-batch/g, 'some time')
    expect([two.code, timeless(two.out), two.err]).toEqual([one.code, timeless(one.out), one.err])
    expect(one.code).toBe(name === 'golden' ? 2 : 0)
  }, 60_000)

  it('nor what is written', () => {
    const written = (threads: number) => {
      const dir = at(`on-${threads}`)
      const { tensors } = orThrow(parseSafetensors(readFileSync(`${dir}/train/checkpoint.safetensors`), 'checkpoint'))
      return { ...contents(`${dir}/results`), ...contents(`${dir}/evaluated`), ...contents(`${dir}/both`), misread: readFileSync(`${dir}/misread.svg`, 'utf8'), tensors }
    }
    expect(written(2)).toEqual(written(1))
    for (const name of ['compare-4-6-3-sweep.csv', 'recipe-P-1h.json', 'evaluation.json', 'benchmark-P-1h.csv']) expect(Object.keys(written(1))).toContain(name)
  })
})

describe('a mini-batch keeps busy', () => {
  const busy = (threads: number, changes: Partial<TrainingJob> = {}): number => {
    const job: TrainingJob = {
      name: 'P-1h', variant: 'exact', method: 'ep', loss: 'squared', changes: {}, optimiser: { name: 'sgd', momentum: 0.9 }, weightDecay: 0, decay: 1, unsettled: 'keep', seed: 1, ...changes,
    }
    const trainer = orThrow(trainerOf(job))
    const digits: Digits = syntheticDigits(1, 20)
    return busyOf(partOn(reference, trainer, { job, engine: 'reference', train: digits, test: digits }), threads)
  }
  it('every thread where its samples are divided, up to one for each', () => {
    expect([1, 2, 3, 64].map((threads) => busy(threads))).toEqual([1, 2, 3, 20])
    // Pairs.
    expect(busy(16)).toBe(10)
    expect(busy(2, { name: 'P-2h', method: 'centered' })).toBe(2)
  })
  it('one for each shard elsewhere', () => {
    expect(busy(2, { method: 'bptt' })).toBe(1)
    expect(busy(3, { method: 'bptt', name: 'P-2h' })).toBe(2)
    expect(busy(3, { unsettled: 'skip', shard: 7 })).toBe(3)
  })
})
