/**
 * Several phases compared with one, moment by moment in lock step: nothing is stored but running sums and the few
 * coordinates that a figure will draw, so memory does not grow with K (nor with T).
 */
import { type Algebra, entries } from '../tensor/algebra.ts'
import { accumulate, type Agreement, agreement, noSums, type Sums } from './measure.ts'
import { foldPhase, mapPhase, type Moment, type Phase, zipPhases } from './phase.ts'

/** One moment as flat floats by quantity: "s1", "s2", … (batch means per unit), then each parameter by name. */
export type Flat = Readonly<Record<string, Float64Array>>

/** A moment's numbers. Neurons are averaged over the batch, as the paper draws them; parameters already are batch means. */
export const flatten = <T>(A: Algebra<never, T>, { state, param }: Moment<T>): Flat => {
  const layers = state.map((sl, l) => {
    const [batch = 0, ...rest] = A.shape(sl)
    return [`s${l + 1}`, A.numbers(A.over(A.sumRows(A.reshape(sl, [batch, entries(rest)])), batch))] as const
  })
  const params = Object.entries(param()).map(([name, p]) => [name, A.numbers(p)] as const)
  return Object.fromEntries([...layers, ...params])
}

/** Which coordinates to keep for drawing: quantity → flat indices. */
export type Watch = Readonly<Record<string, readonly number[]>>

/** K values of one watched coordinate, for the reference and for each candidate. */
export interface Curve {
  readonly quantity: string
  readonly index: number
  readonly reference: readonly number[]
  readonly candidates: Readonly<Record<string, readonly number[]>>
}

export interface Comparison {
  /** candidate → quantity → agreement with the reference over K moments. */
  readonly agreements: Readonly<Record<string, Readonly<Record<string, Agreement>>>>
  readonly curves: readonly Curve[]
}

interface Running {
  readonly sums: Readonly<Record<string, Readonly<Record<string, Sums>>>>
  readonly curves: readonly Curve[]
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
  { names, steps, watch = {}, onMoment = () => undefined }: CompareOptions,
): Comparison => {
  const both = mapPhase(zipPhases(reference, candidates), ([truth, row]) =>
    [flatten(A, truth), mapRecord(row, (moment) => flatten(A, moment))] as const)
  const start: Running = {
    sums: Object.fromEntries(names.map((name) => [name, {}])),
    curves: Object.entries(watch).flatMap(([quantity, indices]) => indices.map((index): Curve =>
      ({ quantity, index, reference: [], candidates: Object.fromEntries(names.map((name) => [name, []])) }))),
  }
  const end = foldPhase(both, steps, start, ({ sums, curves }, [truth, row], t) => {
    onMoment(t)
    const value = (moment: Flat | undefined, { quantity, index }: Curve): number => moment?.[quantity]?.[index] ?? NaN
    return {
      sums: mapRecord(sums, (byQuantity, name) => mapRecord(row[name] ?? {}, (f, quantity) =>
        accumulate(byQuantity[quantity] ?? noSums(f.length), f, truth[quantity] ?? f))),
      curves: curves.map((curve) => ({
        ...curve,
        reference: [...curve.reference, value(truth, curve)],
        candidates: mapRecord(curve.candidates, (values, name) => [...values, value(row[name], curve)]),
      })),
    }
  })
  return { agreements: mapRecord(end.sums, (byQuantity) => mapRecord(byQuantity, agreement)), curves: end.curves }
}

export interface CompareOptions {
  /** The candidates' names: keys of every record. */
  readonly names: readonly string[]
  /** K. */
  readonly steps: number
  readonly watch?: Watch
  readonly onMoment?: (t: number) => void
}
