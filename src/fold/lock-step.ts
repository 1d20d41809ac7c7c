/**
 * Several phases compared with one, moment by moment in lock step: nothing is stored but running sums and the few
 * coordinates that a figure will draw, so memory does not grow with K (nor with T).
 */
import { type Algebra, entries } from '../tensor/algebra.ts'
import { type Agreement, agreement, type Flat, foldSums, type Row } from './measure.ts'
import { mapPhase, type Moment, type Phase, scanPhase, zipPhases } from './phase.ts'

/** A moment's numbers: "s1", "s2", …, then each parameter by name. Neurons are averaged over the batch, as the paper draws them; parameters already are batch means. */
export const flatten = <T>(A: Algebra<never, T>, { state, param }: Moment<T>): Flat => {
  const layers = state.map((sl, l) => {
    const [batch = 0, ...rest] = A.shape(sl)
    return [`s${l + 1}`, A.numbers(A.over(A.sumRows(A.reshape(sl, [batch, entries(rest)])), batch))] as const
  })
  const params = Object.entries(param()).map(([name, p]) => [name, A.numbers(p)] as const)
  return Object.fromEntries([...layers, ...params])
}

/** What to measure of a moment, given what was measured before it: for example running sums. */
export type Scan = (before: Flat | undefined, moment: Flat, t: number) => Flat

/** Every moment as it is. */
const asIs: Scan = (_, moment) => moment

/** Which coordinates to keep for drawing: quantity → flat indices. */
export type Watch = Readonly<Record<string, readonly number[]>>

/** K values of one watched coordinate, for the reference and for each candidate. */
export interface Curve {
  /** Layer or parameter: 's1', 'W2'. */
  readonly quantity: string
  /** Which of its entries, row-major; of layers, of their batch mean. */
  readonly index: number
  /** Its value for t = 0 … K−1. */
  readonly reference: readonly number[]
  /** The same of each candidate, by its name. */
  readonly candidates: Readonly<Record<string, readonly number[]>>
}

/** What `compare` gives: how far each candidate is from the reference, and the curves that were asked for. */
export interface Comparison {
  /** candidate → quantity → agreement with the reference over K moments. */
  readonly agreements: Readonly<Record<string, Readonly<Record<string, Agreement>>>>
  /** One for each watched coordinate, in the order of `watch`. */
  readonly curves: readonly Curve[]
}

/** A moment as it is, and as it is measured. */
interface Moments extends Row {
  readonly raw: Row
}

const mapRecord = <A, B>(record: Readonly<Record<string, A>>, f: (value: A, key: string) => B): Readonly<Record<string, B>> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value, key)]))

/**
 * Compares several candidates (EP's updates by different nudges) with the reference (−BPTT) over K moments. The candidates come as one
 * phase of records, so that those which share a run, as one-sided and centered do, are run once. `onMoment` is told t after each moment,
 * for progress only.
 */
export const compare = <T>(
  A: Algebra<never, T>, reference: Phase<Moment<T>>, candidates: Phase<Readonly<Record<string, Moment<T>>>>,
  { names, steps, watch = {}, measured = asIs, onMoment = () => undefined }: CompareOptions,
): Comparison => {
  const both = mapPhase(zipPhases(reference, candidates), ([truth, row]): Row =>
    ({ truth: flatten(A, truth), candidates: mapRecord(row, (moment) => flatten(A, moment)) }))
  const moments = scanPhase<Row, Moments>(both, (before, raw, t) => ({
    raw,
    truth: measured(before?.truth, raw.truth, t),
    candidates: mapRecord(raw.candidates, (flat, name) => measured(before?.candidates[name], flat, t)),
  }))
  const start = Object.entries(watch).flatMap(([quantity, indices]) => indices.map((index): Curve =>
    ({ quantity, index, reference: [], candidates: Object.fromEntries(names.map((name) => [name, []])) })))
  const { sums, acc: curves } = foldSums<Moments, readonly Curve[]>(moments, steps, start, (before, { raw }, t) => {
    onMoment(t)
    const value = (moment: Flat | undefined, { quantity, index }: Curve): number => moment?.[quantity]?.[index] ?? NaN
    return before.map((curve) => ({
      ...curve,
      reference: [...curve.reference, value(raw.truth, curve)],
      candidates: mapRecord(curve.candidates, (values, name) => [...values, value(raw.candidates[name], curve)]),
    }))
  })
  return { agreements: mapRecord(sums, (byQuantity) => mapRecord(byQuantity, agreement)), curves }
}

/** What to compare, for how long, and what to keep. */
export interface CompareOptions {
  /** The candidates' names: keys of every record. */
  readonly names: readonly string[]
  /** K. */
  readonly steps: number
  /** Coordinates to keep as curves; none by default. */
  readonly watch?: Watch
  /** What the agreement is measured on; the curves are always the moments themselves. */
  readonly measured?: Scan
  /** Told t after each moment, for progress only. */
  readonly onMoment?: (t: number) => void
}
