/** A sweep at a glance: a row for each run, as a table, CSV and JSON. Errors are percentages. */
import type * as E from 'fp-ts/lib/Either.js'
import { csvOf, type NonFiniteCell } from '../report/csv.ts'
import { tableOf } from '../report/table.ts'
import { canonical, type SweepRun } from './sweep.ts'
import { bestOf, labelOf } from './training-report.ts'
import type { EpochRecord } from './training-state.ts'

/** A run so far. */
export interface SweepRow {
  readonly id: string
  readonly run: SweepRun
  readonly status: string
  readonly epochs: readonly EpochRecord[]
  readonly ofEpochs: number
  readonly message?: string
}

const columns = ['id', 'status', 'network', 'method', 'variant', 'loss', 'seed', 'engine', 'epochs', 'ofEpochs', 'trainError', 'testError', 'bestTestError', 'bestEpoch', 'testUnsettled', 'seconds', 'run', 'message'] as const

/** RFC 4180. Left: a number that is not finite. */
export const sweepCsv = (rows: readonly SweepRow[]): E.Either<NonFiniteCell, string> => csvOf(columns, rows.map(({ id, run, status, epochs, ofEpochs, message }) => {
  const [last, best, { name, method, variant, loss, seed }] = [epochs.at(-1), bestOf(epochs), run.job]
  return [
    id, status, name, method, variant, loss, seed, run.engine, epochs.length, ofEpochs, last?.trainError ?? '', last?.testError ?? '', best?.testError ?? '', best?.epoch ?? '',
    last?.testUnsettled ?? '', epochs.reduce((sum, { seconds }) => sum + seconds, 0), canonical(run), message ?? '',
  ]
}))

export const sweepJson = (rows: readonly SweepRow[]): string => `${JSON.stringify({ format: 'phifold-sweep-1', runs: rows }, undefined, 2)}\n`

/** For people: a line for each run. */
export const sweepText = (rows: readonly SweepRow[]): string => tableOf(
  ['id', 'run', 'seed', 'status', 'epochs', 'train error %', 'test error %', 'best %'],
  rows.map(({ id, run: { job }, status, epochs, ofEpochs }) => {
    const [last, best] = [epochs.at(-1), bestOf(epochs)]
    return [id, labelOf(job), String(job.seed), status, `${epochs.length} of ${ofEpochs}`, last?.trainError.toFixed(2) ?? '–', last?.testError.toFixed(2) ?? '–', best?.testError.toFixed(2) ?? '–']
  }),
  { align: ['left', 'left', 'right', 'left', 'right', 'right', 'right', 'right'] })
