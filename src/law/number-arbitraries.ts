/**
 * Generators of numbers for the laws: plain values that shrink towards 0 and print. Nothing here over- or underflows in
 * the products of three that the laws form, so that rounding bounds need no extra term for it.
 */
import fc from 'fast-check'
import type { Complex } from '../number/complex.ts'
import type { Dual } from '../number/dual.ts'
import { type Rational, ratio } from '../number/rational.ts'

/** n/d with |n| ≤ 12 and 1 ≤ d ≤ 12. */
export const rationals: fc.Arbitrary<Rational> = fc
  .tuple(fc.integer({ min: -12, max: 12 }), fc.integer({ min: 1, max: 12 }))
  .map(([n, d]) => ratio(n, d))

/** Multiples of 2⁻³ up to 4 in magnitude, 0 and ±1 often among them: sums and products of a few are exact doubles. */
export const dyadics: fc.Arbitrary<number> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -32, max: 32 }).map((n) => n / 8) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, -1) },
)

/** 0 or doubles with full mantissas, 2⁻⁶⁰ ≤ |x| < 2⁷³. All are multiples of 2⁻⁶⁰, so no sum of them underflows. */
export const doubles: fc.Arbitrary<number> = fc
  .tuple(fc.maxSafeInteger(), fc.integer({ min: -60, max: 20 }))
  .map(([mantissa, exponent]) => mantissa * 2 ** exponent)

/** Doubles with full mantissas in [−2, 2]: entries of weights and states. */
export const entries: fc.Arbitrary<number> = fc.maxSafeInteger().map((n) => n * 2 ** -52)

/** 0 or singles with full mantissas, 2⁻³⁰ ≤ |x| < 2³⁴. */
export const singles: fc.Arbitrary<number> = fc
  .tuple(fc.integer({ min: -(2 ** 24), max: 2 ** 24 }), fc.integer({ min: -30, max: 10 }))
  .map(([mantissa, exponent]) => mantissa * 2 ** exponent)

/** Singles with full mantissas in [−2, 2]. */
export const singleEntries: fc.Arbitrary<number> = fc.integer({ min: -(2 ** 24), max: 2 ** 24 }).map((n) => n * 2 ** -23)

/** Any double at all, the odd ones often. */
export const anyDoubles: fc.Arbitrary<number> =
  fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -0, Number.MIN_VALUE, Number.MAX_VALUE))

/** Pairs of the above. */
export const complexes = (parts: fc.Arbitrary<number>): fc.Arbitrary<Complex> => fc.record({ re: parts, im: parts })

/** Dual numbers with both parts from `parts`; every fourth has no primal, and so no inverse. */
export const duals = <X>(parts: fc.Arbitrary<X>, zero: X): fc.Arbitrary<Dual<X>> => fc.oneof(
  { weight: 3, arbitrary: fc.record({ primal: parts, tangent: parts }) },
  { weight: 1, arbitrary: fc.record({ primal: fc.constant(zero), tangent: parts }) },
)

/** A short list of numbers from which the entries of several tensors are read, see `drawn`. */
export const pools = (numbers: fc.Arbitrary<number>): fc.Arbitrary<readonly number[]> =>
  fc.array(numbers, { minLength: 1, maxLength: 23, size: 'max' })

/** Entries of the nth tensor of that many entries: the pool, read round and round from a place of its own. */
export const drawn = (pool: readonly number[], nth: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => pool[(nth * 7 + i) % pool.length] ?? NaN)
