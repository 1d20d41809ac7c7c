/**
 * A nudge is β together with the way to divide by it. With a finite β, EP takes difference quotients. With β = τ, the unit
 * of the dual numbers, the quotient is the tangent: the limit β → 0, exactly (see theorem.ts). EP itself does not know.
 *
 * docs/theory.md §3, §4.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Algebra } from '../tensor/algebra.ts'
import { badBeta, type Mistake } from './mistake.ts'

/** β as a scalar of the phase's algebra T, and the quotient (difference) / β as tensors of `out`. */
export interface Nudge<T, U> {
  /** β, a scalar [] of the algebra in which the phase runs. */
  readonly beta: T
  /** The algebra of the quotients. */
  readonly out: Algebra<never, U>
  /** (difference) / β, entry by entry: the tangent where β = τ. */
  readonly quotient: (difference: T) => U
}

/** β ≠ 0, finite; negative is allowed. In float64 a quotient carries a rounding error of about u |difference's terms| / |β|. */
export const finite = <T>(A: Algebra<never, T>, beta: number): E.Either<Mistake, Nudge<T, T>> =>
  beta === 0 || !Number.isFinite(beta)
    ? E.left(badBeta(beta))
    : E.right({ beta: A.fill([], beta), out: A, quotient: (difference) => A.over(difference, beta) })
