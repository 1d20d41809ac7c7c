/**
 * A cost is read from the output layer, one number per sample; the cost of a batch is the mean of its samples' costs.
 *
 * It may have parameters θ of its own, outside Φ and outside the state: those of a readout. Their values are part of the data's θ. EP
 * and BPTT give them the ordinary gradient ∂ℓ/∂θ (docs/theory.md §14).
 */
import type { Algebra, Op, Shape } from '../tensor/algebra.ts'

/** ℓ(s, y) at given targets y, (batch, outputs). The argument is the output layer, (batch, …). */
export interface Costing<T> {
  /** Σ over the batch of ℓ, a scalar. */
  readonly value: (output: T) => T
  /** ∂ℓ/∂sᴸ of each sample's own cost (not divided by the batch size), in the shape of the output layer. */
  readonly gradient: (output: T) => T
  /** ∂ℓ/∂θ of the cost's own parameters, by name, summed over the batch. Absent: there are none. */
  readonly param?: (output: T) => Readonly<Record<string, T>>
  /** What is held against the target, in its shape: what a readout makes of the output layer. Absent: the output layer itself. */
  readonly output?: (output: T) => T
}

/** What stands between the output layer and the target. */
export interface Readout {
  /** Units of the output layer, channels times pixels where it is made of maps. */
  readonly features: number
  /** Units of the target. */
  readonly outputs: number
  /** Its parameters by name. */
  readonly params: Readonly<Record<string, Shape>>
}

/** ℓ over every algebra that has the functions named in N; with a readout if it has parameters of its own. */
export interface Cost<N extends Op> {
  /** Names it in messages: 'squared error'. */
  readonly name: string
  /** Absent: the target has the shape of the output layer, and the cost has no parameters. */
  readonly readout?: Readout
  /** What targets make sense: 'probabilities' must be ≥ 0 and sum to 1 in each sample. Absent: any finite ones. */
  readonly targets?: 'probabilities'
  /** `theta` holds at least the readout's parameters. */
  readonly at: <T>(A: Algebra<N, T>) => (y: T, theta?: Readonly<Record<string, T>>) => Costing<T>
}
