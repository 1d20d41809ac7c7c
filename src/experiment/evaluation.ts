/**
 * A test of a trained network, as values: error, confusion matrix, error by class, and how settled the inputs were. Percentages are of the
 * samples that they speak of.
 */
import type { Reading } from '../learn/reading.ts'
import { figures, tableOf } from '../report/table.ts'
import type { TrainingJob } from './training-job.ts'
import { titleOf } from './training-report.ts'

/** Of the digits of one class. */
export interface ClassError {
  readonly digit: number
  readonly samples: number
  readonly wrong: number
  /** Null where there is no such digit. */
  readonly error: number | null
}

/** Of max |s_T − s_{T−1}| over inputs. */
export interface Settling {
  readonly T: number
  readonly tolerance: number
  /** By the share of inputs that have moved by no more. */
  readonly residual: { readonly q50: number; readonly q90: number; readonly q99: number; readonly max: number }
  /** Per cent of inputs that moved by more than the tolerance. */
  readonly unsettled: number
  /** Test error among those that settled and among those that did not; null without any. */
  readonly settledError: number | null
  readonly unsettledError: number | null
}

export interface Evaluation {
  readonly samples: number
  readonly wrong: number
  readonly error: number
  /** Rows: what was meant. Columns: what was told. */
  readonly confusion: readonly (readonly number[])[]
  readonly classes: readonly ClassError[]
  readonly settling: Settling
}

/** Ten digits. */
export const digitNames: readonly number[] = Array.from({ length: 10 }, (_, digit) => digit)

/** The least value that is at least as large as a share q of all, for values in ascending order. */
const quantile = (ascending: ArrayLike<number>, q: number): number => ascending[Math.max(0, Math.ceil(q * ascending.length) - 1)] ?? NaN

const percentOf = (part: number, whole: number): number | null => (whole === 0 ? null : (100 * part) / whole)

/** The test of readings against labels 0 … 9, of which there is at least one for each reading. Throws RangeError without any reading. */
export const evaluationOf = (
  readings: readonly Reading[], labels: ArrayLike<number>, { T, tolerance }: { readonly T: number; readonly tolerance: number },
): Evaluation => {
  if (readings.length === 0) throw new RangeError('evaluationOf: expected at least one reading, got none')
  const pairs = readings.map(({ told, residual }, i) => ({ told, meant: labels[i] as number, residual }))
  const confusion = digitNames.map((meant) => digitNames.map((told) => pairs.filter((pair) => pair.meant === meant && pair.told === told).length))
  const isWrong = ({ told, meant }: { readonly told: number; readonly meant: number }): boolean => told !== meant
  const wrong = pairs.filter(isWrong).length
  const ascending = Float64Array.from(pairs, ({ residual }) => residual).sort()
  const isSettled = ({ residual }: { readonly residual: number }): boolean => residual <= tolerance
  const [settled, others] = [pairs.filter(isSettled), pairs.filter((pair) => !isSettled(pair))]
  return {
    samples: pairs.length, wrong, error: (100 * wrong) / pairs.length, confusion,
    classes: confusion.map((row, digit) => {
      const samples = row.reduce((sum, n) => sum + n, 0)
      const missed = samples - (row[digit] ?? 0)
      return { digit, samples, wrong: missed, error: percentOf(missed, samples) }
    }),
    settling: {
      T, tolerance,
      residual: { q50: quantile(ascending, 0.5), q90: quantile(ascending, 0.9), q99: quantile(ascending, 0.99), max: quantile(ascending, 1) },
      unsettled: (100 * others.length) / pairs.length,
      settledError: percentOf(settled.filter(isWrong).length, settled.length),
      unsettledError: percentOf(others.filter(isWrong).length, others.length),
    },
  }
}

/** What was tested, and on what. */
export interface Tested {
  readonly version: string
  readonly engine: string
  readonly job: TrainingJob
  /** Epochs done, and how many there were to be; mini-batches done. */
  readonly epochs: number
  readonly ofEpochs: number
  readonly step: number
  readonly data: { readonly origin: string; readonly synthetic: boolean; readonly digest: string }
  /** A word of warning, such as that digits are of another kind than those learned from. */
  readonly note: string | undefined
}

const percent = (value: number | null): string => (value === null ? '–' : value.toFixed(2))

/** The heading of texts and pictures. */
export const testTitle = ({ job, epochs, ofEpochs }: Tested): string => `${titleOf(job)}, ${epochs} of ${ofEpochs} epochs`

/** Tables for people. */
export const evaluationText = (tested: Tested, { samples, wrong, error, confusion, classes, settling }: Evaluation): string => {
  const { T, tolerance, residual: { q50, q90, q99, max }, unsettled, settledError, unsettledError } = settling
  const right = { align: Array.from({ length: 14 }, () => 'right' as const) }
  return [
    `${testTitle(tested)}, on ${tested.data.origin}`,
    ...(tested.note === undefined ? [] : [tested.note]),
    '',
    `test error ${percent(error)} %: ${wrong} of ${samples} digits misread`,
    '',
    tableOf(
      ['meant', ...digitNames.map((digit) => `told ${digit}`), 'digits', 'misread', 'error %'],
      confusion.map((row, digit) => [String(digit), ...row.map(String), String(classes[digit]?.samples ?? 0), String(classes[digit]?.wrong ?? 0), percent(classes[digit]?.error ?? null)]),
      right),
    '',
    `last move after T = ${T} steps: half of the digits at most ${figures(q50, 2)}, 90 % ${figures(q90, 2)}, 99 % ${figures(q99, 2)}, all ${figures(max, 2)}`,
    `unsettled (more than ${figures(tolerance, 2)}): ${percent(unsettled)} % of the digits; error ${percent(settledError)} % among settled ones, ${percent(unsettledError)} % among unsettled ones`,
  ].join('\n')
}

/** The record of a test, as JSON. */
export const evaluationJson = ({ note, ...tested }: Tested, evaluation: Evaluation): string =>
  `${JSON.stringify({ format: 'phifold-evaluation-1', ...tested, ...(note !== undefined && { note }), ...evaluation }, undefined, 2)}\n`
