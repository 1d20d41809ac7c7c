/**
 * IEEE double precision: rounds to nearest, unit roundoff u = 2⁻⁵³. Addition and multiplication commute but do not
 * associate; law L14 holds the other ring laws to their rounding bounds.
 */
import { exp, logistic, tanh } from './exponential.ts'
import type { NumberSystem, Op } from './number.ts'

/** u = 2⁻⁵³: |fl(a ∘ b) − (a ∘ b)| ≤ u |a ∘ b| for + − × ÷, barring overflow and underflow. */
export const unitRoundoff: number = 2 ** -53

/** Doubles. `equals` is ===: NaN equals nothing, +0 equals −0 (no operation of a Φ can tell those apart). */
export const float64: NumberSystem<Op, number> = {
  name: 'float64',
  zero: 0,
  one: 1,
  of: (c) => c,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  neg: (a) => -a,
  equals: (a, b) => a === b,
  // Infinities of one sign are equal, though their difference is NaN.
  distance: (a, b) => (a === b ? 0 : Math.abs(a - b)),
  toNumber: (a) => a,
  tanh,
  logistic,
  exp,
  log: Math.log,
  clip: (x) => (x < 0 ? 0 : x > 1 ? 1 : x),
  inside: (x) => (Number.isNaN(x) ? x : x >= 0 && x <= 1 ? 1 : 0),
}
