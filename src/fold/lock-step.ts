/**
 * Several phases compared with one, moment by moment in lock step: nothing is stored but running sums and the few
 * coordinates that a figure will draw, so memory does not grow with K (nor with T).
 */
import type { Algebra } from '../tensor/algebra.ts'
import { accumulate, type Agreement, agreement, noSums, type Sums } from './measure.ts'
import { foldPhase, mapPhase, type Moment, type Phase, repeat, zipPhases } from './phase.ts'

/** One moment as flat floats by quantity: "s1", "s2", … (batch means per unit), then each parameter by name. */
export type Flat = Readonly<Record<string, Float64Array>>

/** A moment's numbers. Neurons are averaged over the batch, as the paper draws them; parameters already are batch means. */
export const flatten = <T>(A: Algebra<never, T>, { state, param }: Moment<T>): Flat => {
  const layers = state.map((sl, l) => [`s${l + 1}`, A.numbers(A.over(A.sumRows(sl), A.shape(sl)[0] as number))] as const)
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
 * Compares each candidate (EP's updates) with the reference (−BPTT) over K moments. `onMoment` is told t after each moment,
 * for progress only.
 */
export const compare = <T>(
  A: Algebra<never, T>, reference: Phase<Moment<T>>, candidates: Readonly<Record<string, Phase<Moment<T>>>>,
  { steps, watch = {}, onMoment = () => undefined }: CompareOptions,
): Comparison => {
  const flat = (phase: Phase<Moment<T>>): Phase<Flat> => mapPhase(phase, (moment) => flatten(A, moment))
  type Row = Readonly<Record<string, Flat>>
  const rows = Object.entries(candidates).reduce<Phase<Row>>(
    (all, [name, phase]) => mapPhase(zipPhases(all, flat(phase)), ([row, moment]) => ({ ...row, [name]: moment })),
    repeat<Row>({}))
  const start: Running = {
    sums: mapRecord(candidates, () => ({})),
    curves: Object.entries(watch).flatMap(([quantity, indices]) => indices.map((index): Curve =>
      ({ quantity, index, reference: [], candidates: mapRecord(candidates, () => []) }))),
  }
  const end = foldPhase(zipPhases(flat(reference), rows), steps, start, ({ sums, curves }, [truth, row], t) => {
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
  /** K. */
  readonly steps: number
  readonly watch?: Watch
  readonly onMoment?: (t: number) => void
}
