/** A cost is read from the output layer, one number per sample; the cost of a batch is the mean of its samples' costs. */
import type { Algebra, Op } from '../tensor/algebra.ts'

/** ℓ(s, y) at given targets y. Both argument and target are (batch, outputs). */
export interface Costing<T> {
  /** Σ over the batch of ℓ, a scalar. */
  readonly value: (output: T) => T
  /** ∂ℓ/∂sᴸ of each sample's own cost (not divided by the batch size). */
  readonly gradient: (output: T) => T
}

export interface Cost<N extends Op> {
  readonly name: string
  readonly at: <T>(A: Algebra<N, T>) => (y: T) => Costing<T>
}
