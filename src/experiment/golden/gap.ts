/**
 * EP against BPTT over K moments, as the records summarise it: rmse per coordinate with mean and spread, largest gap and
 * largest gradient, for neurons and parameters. Sums only, so that memory does not grow with K.
 */
import { accumulate, agreement, noSums, type Sums } from '../../fold/measure.ts'
import type { Params } from '../../phi/interaction.ts'
import type { Algebra } from '../../tensor/algebra.ts'
import * as allowance from './allowance.ts'
import { type Computed, fields, fieldsOf, list, scalar } from './comparison.ts'
import { type Gradient, hidden, numbered } from './gradient.ts'
import type { Posed } from './network.ts'

/** Running sums by quantity, then by layer (as a text) or by the file's name. */
export interface Gaps {
  /** nS and dS with the early entries that the authors hide. */
  readonly neurons: ByKey
  /** nS and dS as they are. */
  readonly raw: ByKey
  /** NT and DT. */
  readonly weights: ByKey
  readonly biases: ByKey
  /** nT and dT with their first entry. */
  readonly steps: ByKey
}

export const noGaps: Gaps = { neurons: {}, raw: {}, weights: {}, biases: {}, steps: {} }

type ByKey = Readonly<Record<string, Sums>>

const grown = <T>(A: Algebra<never, T>, sums: ByKey, f: Params<T>, g: Params<T>): ByKey =>
  Object.fromEntries(Object.entries(f).map(([key, fk]) => {
    const [p, q] = [A.numbers(fk), A.numbers(g[key] as T)]
    return [key, accumulate(sums[key] ?? noSums(p.length), p, q)]
  }))

/** The gaps with moment t of both folds. */
export const withMoment = <T>(posed: Posed<T>, gaps: Gaps, ep: Gradient<T>, bptt: Gradient<T>, t: number): Gaps => {
  const A = posed.algebra
  const truth = numbered(bptt.neurons)
  return {
    neurons: grown(A, gaps.neurons, numbered(hidden(posed, ep.neurons, t)), truth),
    raw: grown(A, gaps.raw, numbered(ep.neurons), truth),
    weights: grown(A, gaps.weights, ep.total.weights, bptt.total.weights),
    biases: grown(A, gaps.biases, ep.total.biases, bptt.total.biases),
    steps: grown(A, gaps.steps, ep.weights, bptt.weights),
  }
}

/** What turns gaps into what a file records: K and how well EP's numbers are known. */
export interface Precision {
  readonly K: number
  readonly ep: number
}

const measured = ({ K, ep }: Precision) => (sums: Sums): Computed => {
  const [{ rmse, spread }, allowed] = [agreement(sums), allowance.rmse(sums, K, ep + allowance.bptt)]
  return fields({ mean: scalar(rmse, allowed.mean), std: scalar(spread, allowed.std) })
}

/** Mean and sample standard deviation of the rmse, per layer. */
export const rmseOfLayers = (precision: Precision, sums: ByKey): Computed =>
  list(Object.values(sums).map(measured(precision)))

/** The same per parameter. */
export const rmseOfNames = (precision: Precision, sums: ByKey): Computed =>
  fieldsOf(sums, measured(precision))

/** rmse {neurons, weights}. */
export const rmse = (precision: Precision, neurons: Gaps['neurons'], weights: Gaps['weights']): Computed =>
  fields({ neurons: rmseOfLayers(precision, neurons), weights: rmseOfNames(precision, weights) })

/** max |EP − BPTT|: two entries, each within its own allowance. */
export const furthest = ({ ep }: Precision, { worst }: Pick<Sums, 'worst'>): Computed =>
  scalar(worst, ep + allowance.bptt)
const scale = ({ scale: largest }: Sums): Computed => scalar(largest, allowance.bptt)

/** The largest of several quantities together. */
const together = (precision: Precision, sums: ByKey): Computed =>
  furthest(precision, { worst: Math.max(0, ...Object.values(sums).map(({ worst }) => worst)) })

/** max |EP − BPTT| and max |BPTT|, per layer and per name; and over all of them together. */
export const largest = (precision: Precision, gaps: Gaps): Computed => {
  const far = (sums: Sums): Computed => furthest(precision, sums)
  return fields({
    neurons_max: list(Object.values(gaps.neurons).map(far)),
    neurons_scale: list(Object.values(gaps.neurons).map(scale)),
    neurons_raw_max: list(Object.values(gaps.raw).map(far)),
    weights_max: fieldsOf(gaps.weights, far),
    weights_scale: fieldsOf(gaps.weights, scale),
    biases_max: fieldsOf(gaps.biases, far),
    biases_scale: fieldsOf(gaps.biases, scale),
    neurons: together(precision, gaps.raw),
    weights: together(precision, gaps.weights),
    biases: together(precision, gaps.biases),
  })
}
