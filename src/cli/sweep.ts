/** `sweep`: the runs of a description, those that are left to do, and one summary of all. */
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, extname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type SweepRun, sweepRuns } from '../experiment/sweep.ts'
import { sweepCsv, sweepJson, sweepText } from '../experiment/sweep-summary.ts'
import type { Print, UserError } from './request.ts'
import { stateOf } from './sweep-folder.ts'
import { runSweep, type SweepEnd } from './sweep-run.ts'
import { trainingData } from './training-data.ts'
import { defaultSeed } from './values.ts'
import { written } from './written.ts'

/** One of n parts of the runs, from 1. */
export interface Shard {
  readonly index: number
  readonly of: number
}

export interface SweepRequest {
  readonly file: string
  readonly data: string | undefined
  readonly out: string | undefined
  readonly shard: Shard | undefined
  readonly threads: number | undefined
  /** Seconds. */
  readonly budget: number | undefined
  /** Runs nothing. */
  readonly summary: boolean
}

const codeOf = (reason: unknown): string => (reason instanceof Error && 'code' in reason ? String(reason.code) : String(reason))

/** What tells one set of digits from another in a run, and what it is called. */
export const digitsIn = (dir: string | undefined): TE.TaskEither<UserError, { readonly key: string; readonly set: string }> =>
  (dir === undefined ? TE.right({ key: 'synthetic', set: 'SYNTHETIC digits' }) : pipe(trainingData(dir, 0, undefined), TE.map(({ digest, set }) => ({ key: digest, set }))))

/** Every n-th run: those of all shards are all runs. */
export const shardOf = <A>(all: readonly A[], { index, of }: Shard): readonly A[] => all.filter((_, i) => i % of === index - 1)

/** Runs what is not finished. */
export const runMissing = (runs: readonly SweepRun[], out: string, { data, threads, budget }: Pick<SweepRequest, 'data' | 'threads' | 'budget'>, print: Print, complain: Print): TE.TaskEither<UserError, SweepEnd> =>
  TE.fromTask(() => {
    const left = runs.filter((run) => stateOf(out, run).status !== 'finished')
    print(`${runs.length} ${runs.length === 1 ? 'run' : 'runs'} in ${out}, ${runs.length - left.length} of them finished`)
    return runSweep(left, { out, data, budget, print, complain, threads: threads ?? availableParallelism() })
  })

/** What an end means for the program's exit code. */
export const codeOfEnd = ({ failed, stopped }: SweepEnd): number => (failed > 0 ? 1 : stopped === 'signal' ? 130 : 0)

const summarised = (runs: readonly SweepRun[], out: string, print: Print): TE.TaskEither<UserError, undefined> => {
  const rows = runs.map((run) => stateOf(out, run))
  return pipe(
    TE.fromEither<UserError, string>(sweepCsv(rows)),
    TE.flatMap((csv) => written(out, new Map([['summary.csv', csv], ['summary.json', sweepJson(rows)]]))),
    TE.map((paths) => {
      ;['', sweepText(rows), '', ...paths].forEach(print)
      return undefined
    }))
}

/** Runs the sweep, or its shard. Right: 0, 1 where a run failed, 130 after an interruption. Left: a description that cannot be read. */
export const sweep = (request: SweepRequest, print: Print, complain: Print): TE.TaskEither<UserError, number> => {
  const { file, data, shard, summary } = request
  const out = request.out ?? join('results', `sweep-${basename(file, extname(file))}`)
  return pipe(
    TE.fromEither(E.tryCatch(() => readFileSync(file, 'utf8'), (reason): UserError => ({ message: `${file}: expected a readable JSON file, got ${codeOf(reason)}; check the path` }))),
    // Mistakes in it come before the digits are read.
    TE.tap((text) => TE.fromEither(pipe(sweepRuns(text, '', defaultSeed), E.mapLeft(({ message }): UserError => ({ message: `${file}: ${message}` }))))),
    TE.bindTo('text'),
    TE.bind('digits', () => digitsIn(data)),
    TE.bind('runs', ({ text, digits: { key } }) => TE.fromEither(pipe(sweepRuns(text, key, defaultSeed), E.mapLeft(({ message }): UserError => ({ message: `${file}: ${message}` }))))),
    TE.tap(() => written(out, new Map())),
    TE.bind('end', ({ runs }) => (summary ? TE.right<UserError, SweepEnd>({ failed: 0, stopped: 'no' })
      : runMissing(shard === undefined ? runs : shardOf(runs, shard), out, request, print, complain))),
    TE.tap(({ runs }) => summarised(runs, out, print)),
    TE.map(({ end }) => codeOfEnd(end)),
    TE.mapLeft(({ message }) => ({ message: `phifold sweep: ${message}` })))
}
