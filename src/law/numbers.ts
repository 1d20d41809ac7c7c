/**
 * Law L14 for the number systems that ship: the suites of number-ring.ts, number-rounding.ts and number-functions.ts applied to
 * each, and what only rationals or only dual numbers promise.
 */
import fc from 'fast-check'
import { type Complex, complex } from '../number/complex.ts'
import { type Dual, dual } from '../number/dual.ts'
import { float32, singleRoundoff } from '../number/float32.ts'
import { float64, unitRoundoff as u } from '../number/float64.ts'
import type { Field } from '../number/number.ts'
import { type Rational, rational, ratio } from '../number/rational.ts'
import { bounded, exactly, gamma } from './closeness.ts'
import { but, type Law, law } from './law.ts'
import { complexes, doubles, duals, dyadics, rationals, singles } from './number-arbitraries.ts'
import { clipLaws, complexFunctions, float64Functions } from './number-functions.ts'
import { exactNumberLaws, type NumberSuite } from './number-ring.ts'
import { roundedNumberLaws } from './number-rounding.ts'

// The quotient of two safe integers has one rounding; that of the parts at 64 bits or more at most 2⁻⁶³ before its own.
const nearest: Law = law({
  name: 'L14.rational.nearest',
  says: 'toNumber(n/d) = fl(n / d) within 3u, relatively',
  cites: 'Higham, Accuracy and Stability of Numerical Algorithms, §2.2',
  about: ['rational', 'ratio'], rung: 'float64', over: ['rational'], runs: 200,
  instances: fc.record({ n: fc.maxSafeInteger(), d: fc.maxSafeInteger().filter((d) => d !== 0) }),
  subject: rational,
  judge: (S) => ({ n, d }) => bounded(Math.abs(S.toNumber(ratio(n, d)) - n / d), 3 * u * Math.abs(n / d)),
  mutants: [but(rational)('whole numbers only', { toNumber: ({ n, d }) => Number(n / d) })],
})

const Q = rational
const [D, DD] = [dual(Q), dual(dual(Q))]

// Over S, a dual number is a polynomial modulo τ²: what holds of τ decides every product and quotient.
const infinitesimal: Law = law({
  name: 'L14.dual.derivative',
  says: 'τ² = 0; (x + τ)ⁿ = xⁿ + n xⁿ⁻¹ τ; 1/(x + τ) = 1/x − τ/x²',
  cites: 'Clifford 1873, dual numbers',
  about: ['dual'], rung: 'exact rationals', over: ['dual(rational)'], runs: 50,
  instances: fc.record({ x: rationals.filter((x) => x.n !== 0n), n: fc.integer({ min: 1, max: 9 }) }),
  subject: D,
  judge: (S) => ({ x, n }) => {
    const power = (count: number): Rational => Array.from({ length: count }, () => x).reduce(Q.mul, Q.one)
    const [tau, moved] = [{ primal: Q.zero, tangent: Q.one }, { primal: x, tangent: Q.one }]
    return exactly(S, [
      [S.mul(tau, tau), S.zero],
      [
        Array.from({ length: n }, () => moved).reduce(S.mul, S.one),
        { primal: power(n), tangent: Q.mul(Q.of(n), power(n - 1)) },
      ],
      [S.div(S.one, moved), { primal: Q.div(Q.one, x), tangent: Q.neg(Q.div(Q.one, power(2))) }],
    ])
  },
  mutants: [
    but(D)('τ² = 1', { mul: (a, b) => D.add(D.mul(a, b), { primal: Q.mul(a.tangent, b.tangent), tangent: Q.zero }) }),
  ],
})

const dualFaults = <X>(S: Field<X>): NonNullable<NumberSuite<Dual<X>>['faults']> => {
  const good: Field<Dual<X>> = dual<never, X>(S)
  return {
    ring: [
      but(good)('the product forgets a cross term', {
        mul: (a, b) => ({ primal: S.mul(a.primal, b.primal), tangent: S.mul(a.primal, b.tangent) }),
      }),
    ],
    field: [but(good)('the quotient rule has the wrong sign', {
      div: (a, b) => good.div(a, { primal: b.primal, tangent: S.neg(b.tangent) }),
    })],
    embedding: [but(good)('equals ignores tangents', { equals: (a, b) => S.equals(a.primal, b.primal) })],
  }
}

/** To 20 bits: Veltkamp's splitting of a double. */
const shortened = (x: number): number => x * (2 ** 33 + 1) - (x * (2 ** 33 + 1) - x)

const nonzero = (x: Rational): boolean => x.n !== 0n

/** L14 for the number systems that ship. */
export const numberLaws: readonly Law[] = [
  ...exactNumberLaws({
    prefix: 'L14.rational', about: ['rational', 'ratio'], system: Q,
    elements: rationals, divisors: rationals.filter(nonzero),
    faults: {
      ring: [but<Field<Rational>>(Q)('fractions are not reduced', {
        add: (a, b) => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d }),
      })],
    },
  }),
  nearest,
  ...clipLaws({ prefix: 'L14.rational', about: ['rational'], system: Q, elements: rationals, rung: 'exact rationals' }),
  ...exactNumberLaws({
    prefix: 'L14.dual-rational', about: ['dual'], system: D, elements: duals(rationals, Q.zero),
    divisors: duals(rationals, Q.zero).filter(({ primal }) => nonzero(primal)), faults: dualFaults(Q),
  }),
  infinitesimal,
  ...clipLaws({
    prefix: 'L14.dual-rational', about: ['dual'], system: D, elements: duals(rationals, Q.zero), rung: 'exact rationals',
  }),
  ...exactNumberLaws({
    prefix: 'L14.dual-dual-rational', about: ['dual'], system: DD, elements: duals(duals(rationals, Q.zero), D.zero),
    divisors: duals(duals(rationals, Q.zero), D.zero).filter(({ primal }) => nonzero(primal.primal)), faults: dualFaults(D),
  }),
  ...roundedNumberLaws({
    prefix: 'L14.float64', about: ['float64', 'unitRoundoff'], system: float64,
    elements: doubles, divisors: doubles.filter((x) => x !== 0),
    faults: {
      exact: [but(float64)('NaN equals NaN', { equals: Object.is })],
      rounding: [
        but(float64)('sums in single precision', { add: (a, b) => Math.fround(a + b) }),
        but(float64)('products in single precision', { mul: (a, b) => Math.fround(a * b) }),
      ],
    },
  }, { norm: Math.abs, rung: 'float64', roundoff: u, product: 1, quotient: u, nans: [NaN] }),
  ...clipLaws({ prefix: 'L14.float64', about: ['float64'], system: float64, elements: dyadics, rung: 'dyadic float64' }),
  float64Functions,
  // The quotient of two singles in double precision, rounded: one rounding in effect.
  ...roundedNumberLaws({
    prefix: 'L14.float32', about: ['float32', 'singleRoundoff'], system: float32,
    elements: singles, divisors: singles.filter((x) => x !== 0),
    faults: {
      exact: [but(float32)('NaN equals NaN', { equals: Object.is })],
      rounding: [but(float32)('products keep 20 bits', { mul: (a, b) => shortened(a * b) })],
    },
  }, { norm: Math.abs, rung: 'float32', roundoff: singleRoundoff, product: 1, quotient: singleRoundoff, nans: [NaN] }),
  ...clipLaws({ prefix: 'L14.float32', about: ['float32'], system: float32, elements: dyadics, rung: 'float32' }),
  // ‖z‖ = |re| + |im|. A part of a product is a sum of two products, γ_2. A quotient divides such a sum, ≤ γ_2 ‖a‖ ‖b‖, by
  // |b|² (1 + θ_2), and rounds: γ_5 ‖a‖ ‖b‖ / |b|², where ‖b‖² ≤ 2 |b|².
  ...roundedNumberLaws({
    prefix: 'L14.complex', about: ['complex'], system: complex, elements: complexes(doubles),
    divisors: complexes(doubles).filter(({ re, im }) => re !== 0 || im !== 0),
    faults: {
      rounding: [
        but<Field<Complex>>(complex)('i² = 1', {
          mul: (a, b) => ({ re: a.re * b.re + a.im * b.im, im: a.re * b.im + a.im * b.re }),
        }),
        but<Field<Complex>>(complex)('the divisor is not conjugated', {
          div: (a, b) => complex.div(a, { re: b.re, im: -b.im }),
        }),
      ],
    },
  }, {
    norm: ({ re, im }) => Math.abs(re) + Math.abs(im), rung: 'float64', roundoff: u, product: 2, quotient: 2 * gamma(5),
    nans: [{ re: NaN, im: 0 }, { re: 0, im: NaN }],
  }),
  complexFunctions,
]
