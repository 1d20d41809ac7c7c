/**
 * IEEE single precision: every result of a double operation is rounded once more, to nearest. For + − × ÷ of singles that is the same as
 * rounding the exact result once, since 53 ≥ 2 · 24 + 2 (Figueroa 1995, When is double rounding innocuous?). Unit roundoff 2⁻²⁴.
 */
import { exp, logistic, tanh } from './exponential-single.ts'
import { float64 } from './float64.ts'
import type { NumberSystem, Op } from './number.ts'

/** 2⁻²⁴: what unitRoundoff is for doubles. */
export const singleRoundoff: number = 2 ** -24

/** Singles, kept in doubles. `of` rounds. Logarithms are those of doubles, rounded. */
export const float32: NumberSystem<Op, number> = {
  ...float64,
  name: 'float32',
  of: Math.fround,
  add: (a, b) => Math.fround(a + b),
  sub: (a, b) => Math.fround(a - b),
  mul: (a, b) => Math.fround(a * b),
  div: (a, b) => Math.fround(a / b),
  tanh,
  logistic,
  exp,
  log: (x) => Math.fround(Math.log(x)),
}
