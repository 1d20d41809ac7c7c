/**
 * A sweep: many training runs from one description, each a plain value that can be run by itself, anywhere.
 *
 *     { "base": { "name": "P-1h", "epochs": 3 }, "grid": { "seed": [1, 2, 3], "method": ["ep", "bptt"] }, "runs": [{ "T": 30 }, { "T": 60 }] }
 *
 * stands for every run of `runs` (one without changes, if there is no list) with every combination of `grid`, all on top of `base`.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { z } from 'zod'
import { repeatedKey } from '../data/json-keys.ts'
import type { BadHyperparameter } from './figure.ts'
import { methodNames, trainerOf, type TrainingJob } from './training-job.ts'

/** A run with all that its result depends on, but the place of its files. */
export interface SweepRun {
  readonly job: TrainingJob
  readonly engine: 'reference' | 'simd64' | 'simd32' | 'simd32-fused'
  /** Digits to learn from, the first of the set; all if absent. */
  readonly examples?: number
  /** Digits to be tested on, the same way. */
  readonly tests?: number
  /** SHA-256 of the digits, or 'synthetic'. */
  readonly data: string
}

/** What a description says of a run. Numbers of Table 1 that are not said are its own. */
interface Fields {
  readonly name?: string
  readonly engine?: SweepRun['engine']
  readonly examples?: number
  readonly tests?: number
  readonly optimiser?: 'sgd' | 'momentum' | 'adam'
  readonly momentum?: number
  readonly dt?: number
  readonly [other: string]: unknown
}

interface Description {
  readonly base?: Fields
  readonly grid?: Readonly<Record<string, readonly unknown[]>>
  readonly runs?: readonly Fields[]
}

export interface MalformedSweep {
  readonly _tag: 'MalformedSweep'
  readonly message: string
}

const malformed = (message: string): MalformedSweep => ({ _tag: 'MalformedSweep', message })

const count = z.int('expected a whole number above 0').min(1, 'expected a whole number above 0')
const number = z.number('expected a number')
const fields = {
  name: z.string('expected a network of Table 1 such as "P-1h"'), method: z.enum(methodNames), variant: z.enum(['exact', 'published']), nudge: z.enum(['outer', 'inner']),
  loss: z.enum(['squared', 'cross-entropy']), engine: z.enum(['reference', 'simd64', 'simd32', 'simd32-fused']), examples: count, tests: count, seed: z.int('expected a whole number from 0 to 4294967295').min(0).max(2 ** 32 - 1),
  epochs: count, T: count, K: count, batch: count, beta: number, dt: number, sizes: z.array(count), activation: z.array(z.enum(['tanh', 'sigm', 'hardsigm', 'identity'])), clamp: z.boolean(),
  rates: z.array(number.min(0)), optimiser: z.enum(['sgd', 'momentum', 'adam']), momentum: number.min(0).lt(1), weightDecay: number.min(0),
  decay: z.union([number.gt(0).max(1), z.literal('cosine')], 'expected a factor above 0 and at most 1, or "cosine"'), unsettled: z.enum(['skip', 'keep']), tolerance: number.gt(0), shard: count, points: count,
} as const
const some = z.strictObject(fields).partial()
const schema = z.strictObject({
  base: some.optional(),
  grid: z.strictObject(Object.fromEntries(Object.entries(fields).map(([name, of]) => [name, z.array(of, 'expected a list of values').min(1, 'expected at least one value').optional()]))).optional(),
  runs: z.array(some, 'expected a list of runs').min(1, 'expected at least one run').optional(),
}, 'expected an object with base, grid or runs')

const combinations = (grid: Readonly<Record<string, readonly unknown[]>>): readonly Fields[] =>
  Object.entries(grid).reduce<readonly Fields[]>((all, [name, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))), [{}])

/** All changes to Table 1's numbers that a run says. */
const changed = ['sizes', 'activation', 'clamp', 'beta', 'T', 'K', 'batch'] as const
const plain = ['variant', 'nudge', 'method', 'loss', 'rates', 'epochs', 'weightDecay', 'decay', 'unsettled', 'tolerance', 'shard', 'seed', 'points'] as const

const chosen = (said: Fields, names: readonly string[]): object =>
  Object.fromEntries(names.flatMap((name) => (said[name] === undefined ? [] : [[name, said[name]]])))

/** The run that fields stand for; the rest is as `phifold train` has it. */
export const runOf = ({ name, engine, examples, tests, dt, optimiser, momentum, ...said }: Fields & { readonly name: string }, data: string, seed: number): SweepRun => ({
  job: {
    name, variant: 'exact', method: 'ep', loss: 'squared', weightDecay: 0, decay: 1, unsettled: 'keep', seed,
    ...chosen(said, plain),
    changes: { ...chosen(said, changed), ...(dt !== undefined && { epsilon: dt }) },
    optimiser: { name: optimiser ?? (momentum === undefined ? 'sgd' : 'momentum'), momentum: momentum ?? 0.9 },
  },
  engine: engine ?? 'simd32',
  ...(examples !== undefined && { examples }),
  ...(tests !== undefined && { tests }),
  data,
})

/** Whether the run makes sense. */
export const checkedRun = (run: SweepRun): E.Either<BadHyperparameter, SweepRun> => pipe(trainerOf(run.job), E.map(() => run))

/** JSON with keys in order, so that equal values have one text. */
export const canonical = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(canonical).join(',')}]`
    : typeof value === 'object' && value !== null
      ? `{${Object.entries(value).filter(([, entry]) => entry !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`).join(',')}}`
      : JSON.stringify(value)

/** The runs of a description, each once, in its order. `data` tells which digits; `seed` is taken where none is said. Left: the first mistake, in one line. */
export const sweepRuns = (text: string, data: string, seed: number): E.Either<MalformedSweep, readonly SweepRun[]> => pipe(
  E.tryCatch((): unknown => JSON.parse(text), () => malformed('expected JSON, got other text; check commas and quotes')),
  E.tap(() => {
    const twice = repeatedKey(text)
    return twice === undefined ? E.right(undefined) : E.left(malformed(`expected every key once, got ${JSON.stringify(twice)} twice; drop one`))
  }),
  E.flatMap((json): E.Either<MalformedSweep, Description> => {
    const read = schema.safeParse(json)
    if (read.success) return E.right(read.data as Description)
    const [issue] = read.error.issues
    return E.left(malformed(`${(issue?.path ?? []).join('.') || 'description'}: ${(issue?.message ?? 'unreadable').replace(/\s+/g, ' ')}; see docs/sweeps.md`))
  }),
  E.flatMap(({ base = {}, grid, runs }) => {
    if (grid === undefined && runs === undefined) return E.left(malformed('expected a grid or a list of runs, got neither; add "grid": { "seed": [1, 2] }'))
    const all = (runs ?? [{}]).flatMap((one) => combinations(grid ?? {}).map((other) => ({ ...base, ...one, ...other })))
    return pipe(
      all,
      E.traverseArray((said: Fields) => {
        const { name } = said
        if (name === undefined) return E.left(malformed('name: expected a network of Table 1 for every run, got none; add "name": "P-1h" to base'))
        const run = runOf({ ...said, name }, data, seed)
        return pipe(checkedRun(run), E.mapLeft(({ message }) => malformed(`${name} by ${run.job.method}: ${message}`)))
      }),
      E.map((list) => [...new Map(list.map((run) => [canonical(run), run])).values()]))
  }))
