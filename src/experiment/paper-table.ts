/**
 * Table 1 of the paper beside what runs of its networks came to. A cell is the mean of the test error after the last epoch over seeds, with the standard
 * deviation of a sample (n − 1). Nothing is filled in: an unfinished run stands with the epochs that it has, a run without an epoch not at all.
 */
import type * as E from 'fp-ts/lib/Either.js'
import { csvOf, type NonFiniteCell } from '../report/csv.ts'
import { markdownTableOf, tableOf } from '../report/table.ts'
import type { SweepRow } from './sweep-summary.ts'

/** Test errors that the paper reports, for EP and BPTT alike. */
export const reported: Readonly<Record<string, string>> = {
  'EB-1h': 'about 2', 'EB-2h': 'about 2', 'P-1h': '2.00 ± 0.13', 'P-2h': 'about 2', 'P-3h': 'about 2', 'P-conv': 'about 1',
}

/** A network by a method. */
export interface TableCell {
  readonly network: string
  readonly method: string
  readonly paper: string
  /** Runs with at least one epoch, and all. */
  readonly seeds: number
  readonly ofSeeds: number
  /** Test error in per cent; null without a run, and the deviation without two. */
  readonly mean: number | null
  readonly deviation: number | null
  readonly trainMean: number | null
  /** The fewest and the most epochs of a run that counts. */
  readonly epochs: readonly [least: number, most: number]
  readonly ofEpochs: number
  readonly failed: number
}

const meanOf = (values: readonly number[]): number | null => (values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length)

const deviationOf = (values: readonly number[]): number | null => {
  const mean = meanOf(values)
  return mean === null || values.length < 2 ? null : Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
}

/** A cell for each network and method, in the order of the rows. */
export const tableCells = (rows: readonly SweepRow[]): readonly TableCell[] => {
  const keyOf = ({ run: { job } }: SweepRow): string => `${job.name} ${job.method}`
  return [...new Set(rows.map(keyOf))].map((key) => {
    const all = rows.filter((row) => keyOf(row) === key)
    const begun = all.filter(({ epochs }) => epochs.length > 0)
    const last = begun.flatMap(({ epochs }) => epochs.slice(-1))
    const errors = last.map(({ testError }) => testError)
    const lengths = begun.map(({ epochs }) => epochs.length)
    const [network = '', method = ''] = key.split(' ')
    return {
      network, method, paper: reported[network] ?? '–', seeds: begun.length, ofSeeds: all.length, mean: meanOf(errors), deviation: deviationOf(errors),
      trainMean: meanOf(last.map(({ trainError }) => trainError)),
      epochs: [lengths.reduce((least, n) => Math.min(least, n), lengths[0] ?? 0), lengths.reduce((most, n) => Math.max(most, n), 0)],
      ofEpochs: all[0]?.ofEpochs ?? 0, failed: all.filter(({ status }) => status === 'failed').length,
    }
  })
}

const shown = ({ mean, deviation }: TableCell): string => (mean === null ? 'not begun' : `${mean.toFixed(2)}${deviation === null ? '' : ` ± ${deviation.toFixed(2)}`}`)
const epochsOf = ({ epochs: [least, most], ofEpochs }: TableCell): string => (least === most ? `${most} of ${ofEpochs}` : `${least} to ${most} of ${ofEpochs}`)

const headings = ['network', 'method', 'paper: test error %', 'here: test error %', 'train error %', 'seeds', 'epochs']
const align = ['left', 'left', 'right', 'right', 'right', 'right', 'right'] as const

const lines = (cells: readonly TableCell[]): readonly (readonly string[])[] => cells.map((cell) => [
  cell.network, cell.method, cell.paper, shown(cell), cell.trainMean === null ? '–' : cell.trainMean.toFixed(2),
  `${cell.seeds} of ${cell.ofSeeds}${cell.failed === 0 ? '' : `, ${cell.failed} failed`}`, epochsOf(cell),
])

/** What the numbers speak of. */
export interface TableNote {
  readonly origin: string
  readonly synthetic: boolean
}

const noteOf = ({ origin, synthetic }: TableNote): string =>
  `Test error after the last epoch there is, mean ± standard deviation over seeds, on ${origin}.${synthetic ? " These are SYNTHETIC digits: not to be compared with the paper's." : ''}`

export const paperTableText = (cells: readonly TableCell[], note: TableNote): string => `${tableOf(headings, lines(cells), { align })}\n\n${noteOf(note)}`
export const paperTableMarkdown = (cells: readonly TableCell[], note: TableNote): string => `${markdownTableOf(headings, lines(cells), { align })}\n\n${noteOf(note)}\n`
export const paperTableJson = (cells: readonly TableCell[], note: TableNote): string => `${JSON.stringify({ format: 'phifold-table-1', ...note, cells }, undefined, 2)}\n`
/** Left: a number that is not finite. */
export const paperTableCsv = (cells: readonly TableCell[]): E.Either<NonFiniteCell, string> => csvOf(
  ['network', 'method', 'paper', 'mean', 'deviation', 'trainMean', 'seeds', 'ofSeeds', 'failed', 'leastEpochs', 'mostEpochs', 'ofEpochs'],
  cells.map(({ network, method, paper, mean, deviation, trainMean, seeds, ofSeeds, failed, epochs: [least, most], ofEpochs }) =>
    [network, method, paper, mean ?? '', deviation ?? '', trainMean ?? '', seeds, ofSeeds, failed, least, most, ofEpochs]))
