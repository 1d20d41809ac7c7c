/**
 * How close two results must be: every tolerance of the project, derived. Exact laws allow nothing. Floating-point laws allow
 * what the standard model of arithmetic explains (Higham, Accuracy and Stability of Numerical Algorithms, §2.2, §3.1), with u
 * the unit roundoff, and barring overflow and underflow:
 *
 *     fl(a ∘ b) = (a ∘ b)(1 + δ)^±1,  |δ| ≤ u
 *
 * A product of n such factors is 1 + θ_n with |θ_n| ≤ γ_n = n u / (1 − n u) for n u < 1: from above by (1 + u)ⁿ ≤ (1 − u)⁻ⁿ ≤
 * 1/(1 − n u) = 1 + γ_n (Bernoulli), from below by (1 − u)ⁿ ≥ 1 − n u ≥ 1 − γ_n. Errors compose: (1 + γ_j)(1 + γ_k) ≤ 1 + γ_{j+k}.
 *
 * In a sum of n products, added in any order, each product meets at most n roundings, its own and n − 1 of sums. So the computed
 * sum is within γ_n Σ |aᵢ bᵢ| of the true one.
 *
 * What is needed by several laws is here; a bound of one law only is derived beside that law, from u and these. The theorem's
 * allowances come from an interpreter that applies the same rules to each operation of a program, tracked.ts.
 */
import { unitRoundoff } from '../number/float64.ts'
import type { Field } from '../number/number.ts'
import type { Verdict } from './law.ts'

/** γ_k: the relative error that k roundings can make. 0 in exact arithmetic, where the roundoff is 0. */
export const gamma = (k: number, roundoff: number = unitRoundoff): number => (k * roundoff) / (1 - k * roundoff)

/** Relative to Σ |aᵢ bᵢ|, how far two computations of one sum can be apart, after j and after k roundings: γ_j + γ_k. */
export const apart = (j: number, k: number, roundoff: number = unitRoundoff): number =>
  gamma(j, roundoff) + gamma(k, roundoff)

/** A derived bound, with room for the rounding of gap and bound themselves in up to a thousand operations of that roundoff. */
export const bounded = (gap: number, bound: number, roundoff: number = unitRoundoff): Verdict =>
  ({ gap, allowance: bound * (1 + 2 ** 13 * roundoff) })

/** Factor on the bounds of tracked.ts for their own rounding. */
export const slack: number = 1 + 2 ** -10

/** Gap of several equations that must hold exactly: the largest distance, and never 0 where `equals` says no. */
export const exactly = <X>(
  S: Pick<Field<X>, 'equals' | 'distance'>, equations: readonly (readonly [left: X, right: X])[],
): Verdict => ({
  gap: equations.reduce((gap, [left, right]) =>
    Math.max(gap, S.distance(left, right), S.equals(left, right) ? 0 : Number.MIN_VALUE), 0),
  allowance: 0,
})

/** Gap of statements that are true or false: how many are false. */
export const allTrue = (...statements: readonly boolean[]): Verdict =>
  ({ gap: statements.filter((statement) => !statement).length, allowance: 0 })

/** The largest magnitude, 0 of none. */
export const largest = (numbers: ArrayLike<number>): number =>
  Array.from(numbers).reduce((most, x) => Math.max(most, Math.abs(x)), 0)

/** The largest |aᵢ − bᵢ|; NaN where b has no such entry. */
export const largestGap = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  largest(Array.from(a, (x, i) => x - (b[i] ?? NaN)))
