/**
 * Exact rational numbers on bigint: always in lowest terms with a positive denominator, so equality is structural.
 * Nothing is ever rounded; this is the first rung of the evidence ladder, where EP and −BPTT are *identical*.
 *
 * Laws L14.
 */
import type { NumberSystem } from './number.ts'

/** n / d in lowest terms, d > 0. */
export interface Rational {
  /** Numerator, with the sign. */
  readonly n: bigint
  /** Denominator, at least 1 and without a common factor with n. */
  readonly d: bigint
}

const magnitude = (a: bigint): bigint => (a < 0n ? -a : a)

const gcd = (a: bigint, b: bigint): bigint => {
  let [x, y] = [magnitude(a), magnitude(b)]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

/** n / d, reduced. Throws on d = 0: a bug of the caller, as every other division by zero here. */
export const ratio = (n: bigint | number, d: bigint | number = 1n): Rational => {
  const [num, den] = [BigInt(n), BigInt(d)]
  if (den === 0n) throw new RangeError(`rational: ${num}/0 is not a number`)
  const g = gcd(num, den)
  return den < 0n ? { n: -num / g, d: -den / g } : { n: num / g, d: den / g }
}

/** A finite double is m · 2^e with integer m: exactly a rational. */
const exactly = (c: number): Rational => {
  if (!Number.isFinite(c)) throw new RangeError(`rational: ${c} is not a finite number`)
  let [mantissa, exponent] = [c, 0]
  while (!Number.isInteger(mantissa)) [mantissa, exponent] = [mantissa * 2, exponent + 1]
  return ratio(BigInt(mantissa), 1n << BigInt(exponent))
}

/** Bits of a bigint's magnitude. */
const bits = (a: bigint): number => magnitude(a).toString(2).length

/** Nearest double up to a few units in the last place: both parts are shifted to a quotient of at least 64 bits first. */
const nearest = ({ n, d }: Rational): number => {
  if (n === 0n) return 0
  const shift = 64 + bits(d) - bits(n)
  const quotient = shift >= 0 ? (n << BigInt(shift)) / d : n / (d << BigInt(-shift))
  // 2^-shift may overflow alone where the product does not: apply it in two halves.
  return Number(quotient) * 2 ** -Math.floor(shift / 2) * 2 ** -Math.ceil(shift / 2)
}

const sub = (a: Rational, b: Rational): Rational => ratio(a.n * b.d - b.n * a.d, a.d * b.d)
const unit: Rational = { n: 1n, d: 1n }
const nought: Rational = { n: 0n, d: 1n }

/** ℚ: a field without rounding. `toNumber` and `distance` round, for display only; `distance` is 0 only when equal. */
export const rational: NumberSystem<'clip' | 'inside', Rational> = {
  name: 'rational',
  zero: nought,
  one: unit,
  of: exactly,
  add: (a, b) => ratio(a.n * b.d + b.n * a.d, a.d * b.d),
  sub,
  mul: (a, b) => ratio(a.n * b.n, a.d * b.d),
  div: (a, b) => ratio(a.n * b.d, a.d * b.n),
  neg: (a) => ({ n: -a.n, d: a.d }),
  equals: (a, b) => a.n === b.n && a.d === b.d,
  distance: (a, b) => {
    const gap = sub(a, b)
    return gap.n === 0n ? 0 : Math.max(Number.MIN_VALUE, Math.abs(nearest(gap)))
  },
  toNumber: nearest,
  clip: (x) => (x.n < 0n ? nought : x.n > x.d ? unit : x),
  inside: (x) => (x.n >= 0n && x.n <= x.d ? unit : nought),
}

/** "n/d", or "n" for integers. */
export const showRational = ({ n, d }: Rational): string => (d === 1n ? `${n}` : `${n}/${d}`)
