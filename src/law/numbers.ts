/**
 * Law L14 for number systems. Exact ones are commutative rings with division, to the last digit. Floating-point ones are
 * commutative exactly, and associative and distributive up to rounding, with bounds from the standard model of arithmetic
 * (Higham, Accuracy and Stability of Numerical Algorithms, §2.2 and Lemma 3.1):
 *
 *     fl(a ∘ b) = (a ∘ b)(1 + δ)^±1, |δ| ≤ u = 2⁻⁵³;  any product of n such factors is 1 + θ, |θ| ≤ γ_n = n u / (1 − n u).
 *
 * Bring your own system: `exactNumberLaws`, `roundedNumberLaws` and `clipLaws` are functions of it.
 */
import fc from 'fast-check'
import { type Complex, complex } from '../number/complex.ts'
import { type Dual, dual } from '../number/dual.ts'
import { float64, unitRoundoff as u } from '../number/float64.ts'
import type { Field, NumberSystem } from '../number/number.ts'
import { type Rational, rational, ratio } from '../number/rational.ts'
import { type Law, law, type Mutant, type Rung, type Verdict, worst } from './law.ts'
import { complexes, doubles, duals, dyadics, rationals } from './number-arbitraries.ts'

/** γ_n for unit roundoff u; 0 in exact arithmetic, where u = 0. */
export const gamma = (n: number, roundoff: number = u): number => (n * roundoff) / (1 - n * roundoff)

/** A derived bound, with room for the rounding of gap and bound themselves in up to a thousand operations. */
export const bounded = (gap: number, bound: number): Verdict => ({ gap, allowance: bound * (1 + 2 ** -40) })

/** Gap of several equations that must hold exactly: the largest distance, and never 0 where `equals` says no. */
export const exactly = <X>(
  S: Pick<Field<X>, 'equals' | 'distance'>, equations: readonly (readonly [left: X, right: X])[],
): Verdict => ({
  gap: equations.reduce((gap, [left, right]) =>
    Math.max(gap, S.distance(left, right), S.equals(left, right) ? 0 : Number.MIN_VALUE), 0),
  allowance: 0,
})

/** A subject with one part replaced by a wrong one. */
export const but = <S>(subject: S) => (fault: string, wrong: Partial<S>): Mutant<S> =>
  ({ fault, subject: { ...subject, ...wrong } })

/** Gap of statements that are true or false: how many are false. */
export const allTrue = (...statements: readonly boolean[]): Verdict =>
  ({ gap: statements.filter((statement) => !statement).length, allowance: 0 })

/** A number system to judge. */
export interface NumberSuite<X, S extends Field<X> = Field<X>> {
  /** First part of the laws' names: 'L14.rational'. */
  readonly prefix: string
  readonly about: readonly string[]
  readonly system: S
  readonly elements: fc.Arbitrary<X>
  /** Elements that one may divide by. */
  readonly divisors: fc.Arbitrary<X>
  /** Faults of this system in particular, besides those that any system can have; each must break that law. */
  readonly faults?: Readonly<Record<string, readonly Mutant<Field<X>>[]>>
}

const triples = <X>(elements: fc.Arbitrary<X>): fc.Arbitrary<Readonly<Record<'a' | 'b' | 'c', X>>> =>
  fc.record({ a: elements, b: elements, c: elements })

const ring = <X>({ prefix, about, system, elements, faults }: NumberSuite<X>): Law => law({
  name: `${prefix}.ring`,
  says: 'a + b = b + a, (a + b) + c = a + (b + c), a b = b a, (a b) c = a (b c), a (b + c) = a b + a c, a + 0 = a = 1 a, ' +
    'a − b = a + (−b), a − a = 0',
  cites: 'axioms of a commutative ring with one',
  about, rung: 'exact rationals', over: [system.name], runs: 100,
  instances: triples(elements),
  subject: system,
  judge: (S) => ({ a, b, c }) => exactly(S, [
    [S.add(a, b), S.add(b, a)],
    [S.add(S.add(a, b), c), S.add(a, S.add(b, c))],
    [S.mul(a, b), S.mul(b, a)],
    [S.mul(S.mul(a, b), c), S.mul(a, S.mul(b, c))],
    [S.mul(a, S.add(b, c)), S.add(S.mul(a, b), S.mul(a, c))],
    [S.add(a, S.zero), a],
    [S.mul(S.one, a), a],
    [S.sub(a, b), S.add(a, S.neg(b))],
    [S.sub(a, a), S.zero],
  ]),
  mutants: [
    but(system)('a b is a + b', { mul: system.add }),
    but(system)('a − b is a + b', { sub: system.add }),
    but(system)('−a is a', { neg: (a) => a }),
    but(system)('the second summand counts twice', { add: (a, b) => system.add(a, system.add(b, b)) }),
    ...faults?.['ring'] ?? [],
  ],
})

const field = <X>({ prefix, about, system, elements, divisors, faults }: NumberSuite<X>): Law => law({
  name: `${prefix}.field`,
  says: '(a / b) b = a, b / b = 1, a / b = a (1 / b) for every b that one may divide by',
  cites: 'axioms of a field; for dual numbers, of a local ring',
  about, rung: 'exact rationals', over: [system.name], runs: 100,
  instances: fc.record({ a: elements, b: divisors }),
  subject: system,
  judge: (S) => ({ a, b }) => exactly(S, [
    [S.mul(S.div(a, b), b), a],
    [S.div(b, b), S.one],
    [S.div(a, b), S.mul(a, S.div(S.one, b))],
  ]),
  mutants: [
    but(system)('a / b is a b', { div: system.mul }),
    but(system)('a / b is −a / b', { div: (a, b) => system.neg(system.div(a, b)) }),
    ...faults?.['field'] ?? [],
  ],
})

const embedding = <X>({ prefix, about, system, elements, faults }: NumberSuite<X>, rung: Rung): Law => law({
  name: `${prefix}.embedding`,
  says: 'of is exact: of(c) + of(d) = of(c + d), of(c) of(d) = of(c d), toNumber(of(c)) = c; ' +
    'equals holds of a and a, not of a and a + 1, and exactly where distance is 0',
  cites: 'THEORY §8: doubles enter every number system exactly',
  about, rung, over: [system.name], runs: 100,
  instances: fc.record({ a: elements, b: elements, c: dyadics, d: dyadics }),
  subject: system,
  judge: (S) => ({ a, b, c, d }) => worst([
    exactly(S, [
      [S.of(0), S.zero],
      [S.of(1), S.one],
      [S.add(S.of(c), S.of(d)), S.of(c + d)],
      [S.mul(S.of(c), S.of(d)), S.of(c * d)],
    ]),
    allTrue(
      S.toNumber(S.of(c)) === c,
      S.equals(a, a) && S.distance(a, a) === 0,
      S.equals(a, b) === (S.distance(a, b) === 0),
      S.equals(a, S.zero) === (S.distance(a, S.zero) === 0),
      S.distance(a, b) === S.distance(b, a),
      !S.equals(S.of(c), S.add(S.of(c), S.one)) && S.distance(S.of(c), S.add(S.of(c), S.one)) === 1,
    ),
  ]),
  mutants: [
    but(system)('of rounds to whole numbers', { of: (c) => system.of(Math.round(c)) }),
    but(system)('everything equals everything', { equals: () => true }),
    but(system)('distance is 0', { distance: () => 0 }),
    but(system)('distance has a sign', { distance: (a, b) => system.toNumber(system.sub(a, b)) }),
    ...faults?.['embedding'] ?? [],
  ],
})

/** Ring, field and embedding of doubles, with no tolerance. */
export const exactNumberLaws = <X>(suite: NumberSuite<X>): readonly Law[] =>
  [ring(suite), field(suite), embedding(suite, 'exact rationals')]

/** How a floating-point system rounds, in a norm ‖·‖ with ‖x y‖ ≤ ‖x‖ ‖y‖ that is at least the magnitude of each part. */
export interface Rounding<X> {
  readonly norm: (x: X) => number
  /** p with ‖fl(x y) − x y‖ ≤ γ_p ‖x‖ ‖y‖. Sums: ‖fl(x + y) − (x + y)‖ ≤ u ‖fl(x + y)‖. */
  readonly product: number
  /** q with ‖fl(x / y) − x / y‖ ≤ q ‖x‖ / ‖y‖. */
  readonly quotient: number
  /** NaN, in any part. */
  readonly nans: readonly X[]
}

const exactFloat = <X>({ prefix, about, system, elements, faults }: NumberSuite<X>, { nans }: Rounding<X>): Law => law({
  name: `${prefix}.exact`,
  says: 'a + b = b + a, a b = b a, a − b = a + (−b), a − a = 0, a + 0 = 1 a = a / 1 = −(−a) = a without rounding; ' +
    'NaN equals nothing and has distance NaN',
  cites: 'IEEE 754 §4.3, §6.2',
  about, rung: 'float64', over: [system.name], runs: 100,
  instances: fc.record({ a: elements, b: elements }),
  subject: system,
  judge: (S) => ({ a, b }) => worst([
    exactly(S, [
      [S.add(a, b), S.add(b, a)],
      [S.mul(a, b), S.mul(b, a)],
      [S.sub(a, b), S.add(a, S.neg(b))],
      [S.sub(a, a), S.zero],
      [S.add(a, S.zero), a],
      [S.mul(S.one, a), a],
      [S.div(a, S.one), a],
      [S.neg(S.neg(a)), a],
    ]),
    allTrue(...nans.flatMap((nan) => [
      !S.equals(nan, nan), !S.equals(nan, a), !S.equals(a, nan),
      Number.isNaN(S.distance(nan, nan)), Number.isNaN(S.distance(nan, a)), Number.isNaN(S.distance(a, nan)),
    ])),
  ]),
  mutants: [
    but(system)('a − b is b − a', { sub: (a, b) => system.sub(b, a) }),
    but(system)('the second summand is off by 2u', { add: (a, b) => system.add(a, system.mul(b, system.of(1 + 2 * u))) }),
    {
      fault: 'distance ignores NaN',
      subject: { ...system, distance: (a, b) => (Number.isNaN(system.distance(a, b)) ? 0 : system.distance(a, b)) },
    },
    ...faults?.['exact'] ?? [],
  ],
})

/*
 * Bounds. By the inverse form of the model, the error of a sum is at most u times the computed sum:
 *
 *     ‖(a + b) + c − (a + (b + c))‖ ≤ u (‖fl(a+b)‖ + ‖fl(fl(a+b)+c)‖ + ‖fl(b+c)‖ + ‖fl(a+fl(b+c))‖)
 *     ‖(a b) c − a (b c)‖           ≤ 2 γ_2p ‖a‖ ‖b‖ ‖c‖                  each side has error γ_p + γ_p (1 + γ_p) ≤ γ_2p
 *     ‖a (b + c) − (a b + a c)‖     ≤ γ_{p+1} ‖a‖ ‖s‖ + γ_p ‖a‖ (‖b‖ + ‖c‖) + u ‖t‖   s = fl(b+c), t = fl(fl(ab) + fl(ac))
 *     ‖(a / b) b − a‖               ≤ γ_p ‖fl(a/b)‖ ‖b‖ + q ‖a‖
 */
const rounding = <X>(
  { prefix, about, system, elements, divisors, faults }: NumberSuite<X>, { norm, product: p, quotient }: Rounding<X>,
): Law => law({
  name: `${prefix}.rounding`,
  says: '(a + b) + c = a + (b + c), (a b) c = a (b c), a (b + c) = a b + a c, (a / b) b = a, each up to its rounding',
  cites: 'Higham, Accuracy and Stability of Numerical Algorithms, §2.2, §3.1, §3.6',
  about, rung: 'float64', over: [system.name], runs: 200,
  instances: fc.record({ a: elements, b: elements, c: elements, d: divisors }),
  subject: system,
  judge: (S) => ({ a, b, c, d }) => {
    const [ab, bc] = [S.add(a, b), S.add(b, c)]
    const [sumLeft, sumRight] = [S.add(ab, c), S.add(a, bc)]
    const parts = S.add(S.mul(a, b), S.mul(a, c))
    const quotients = S.div(a, d)
    return worst([
      bounded(S.distance(sumLeft, sumRight), u * (norm(ab) + norm(sumLeft) + norm(bc) + norm(sumRight))),
      bounded(S.distance(S.mul(S.mul(a, b), c), S.mul(a, S.mul(b, c))), 2 * gamma(2 * p) * norm(a) * norm(b) * norm(c)),
      bounded(S.distance(S.mul(a, bc), parts),
        gamma(p + 1) * norm(a) * norm(bc) + gamma(p) * norm(a) * (norm(b) + norm(c)) + u * norm(parts)),
      bounded(S.distance(S.mul(quotients, d), a), gamma(p) * norm(quotients) * norm(d) + quotient * norm(a)),
    ])
  },
  mutants: [
    but(system)('sums are off by 16u', { add: (a, b) => system.mul(system.add(a, b), system.of(1 + 16 * u)) }),
    but(system)('a / b is b / a', { div: (a, b) => system.div(b, a) }),
    ...faults?.['rounding'] ?? [],
  ],
})

/** What holds of a floating-point system exactly, what holds up to rounding, and the embedding of doubles. */
export const roundedNumberLaws = <X>(suite: NumberSuite<X>, how: Rounding<X>): readonly Law[] =>
  [exactFloat(suite, how), rounding(suite, how), embedding(suite, 'float64')]

/** A system with `clip` and `inside`, and numbers x for which 1 − x is exact. */
export const clipLaws = <X>(
  { prefix, about, system, elements, rung }:
  Omit<NumberSuite<X, NumberSystem<'clip' | 'inside', X>>, 'divisors' | 'faults'> & { readonly rung: Rung },
): readonly Law[] => [law({
  name: `${prefix}.clip`,
  says: 'clip(clip x) = clip x, clip(1 − x) = 1 − clip x, inside(1 − x) = inside x, inside x (x − clip x) = 0, ' +
    '(1 − inside x) clip x (1 − clip x) = 0; 0 and 1 are inside and stay',
  cites: 'THEORY §5: states clamped to [0, 1]',
  about, rung, over: [system.name], runs: 100,
  instances: elements,
  subject: system,
  judge: (S) => (x) => {
    const [reflect, moved, within] = [(y: X) => S.sub(S.one, y), S.clip(x), S.inside(x)]
    return exactly(S, [
      [S.clip(moved), moved],
      [S.clip(reflect(x)), reflect(moved)],
      [S.inside(reflect(x)), within],
      [S.mul(within, S.sub(x, moved)), S.zero],
      [S.mul(reflect(within), S.mul(moved, reflect(moved))), S.zero],
      [S.clip(S.zero), S.zero],
      [S.clip(S.one), S.one],
      [S.inside(S.zero), S.one],
      [S.inside(S.one), S.one],
    ])
  },
  mutants: [
    but(system)('clips to [−1, 1]', { clip: (x) => system.sub(system.clip(x), system.clip(system.neg(x))) }),
    but(system)('clips to [0, 2]', { clip: (x) => system.add(system.clip(x), system.clip(system.sub(x, system.one))) }),
    but(system)('the walls are outside', {
      inside: (x) => ([system.zero, system.one].some((wall) => system.equals(x, wall)) ? system.zero : system.inside(x)),
    }),
    but(system)('everything is inside', { inside: () => system.one }),
  ],
})]

/*
 * Of Math.exp and Math.tanh only this is assumed: errors of at most one and two units in the last place, and tanh odd.
 * Then e = exp(−x) has relative error 2u, and ŷ = fl(1 / fl(1 + e)) = y (1 + δ) with |δ| ≤ 2u (1 − y) + u + u. Hence
 *
 *     |fl(ŷ(x) + ŷ(−x)) − 1| ≤ 4u y(1−y) + 2u + u < 5u, and all doubles near 1 are multiples of u: ≤ 4u
 *     |fl(2ŷ(x) − 1) − tanh(x/2)| ≤ 2·2u + u + 2u = 7u
 */
const float64Functions: Law = law({
  name: 'L14.float64.functions',
  says: 'tanh(−x) = −tanh x, |tanh x| ≤ 1; logistic(x) + logistic(−x) = 1 within 4u, ' +
    'tanh(x/2) = 2 logistic(x) − 1 within 7u',
  cites: 'ECMA-262 §21.3.2; fdlibm e_exp.c, s_tanh.c for the errors assumed',
  about: ['float64'], rung: 'float64', over: ['float64'], runs: 200,
  instances: fc.oneof(fc.double({ min: -40, max: 40, noNaN: true }), doubles),
  subject: float64,
  judge: ({ tanh, logistic }) => (x) => worst([
    { gap: Math.abs(tanh(-x) + tanh(x)), allowance: 0 },
    { gap: Math.max(0, Math.abs(tanh(x)) - 1), allowance: 0 },
    { gap: Math.abs(logistic(x) + logistic(-x) - 1), allowance: 4 * u },
    { gap: Math.abs(2 * logistic(x) - 1 - tanh(x / 2)), allowance: 7 * u },
  ]),
  mutants: [
    but(float64)('logistic of −x', { logistic: (x) => 1 / (1 + Math.exp(x)) }),
    but(float64)('logistic of 2x', { logistic: (x) => 1 / (1 + Math.exp(-2 * x)) }),
    but(float64)('tanh by exponentials', { tanh: (x) => (Math.exp(x) - Math.exp(-x)) / (Math.exp(x) + Math.exp(-x)) }),
    but(float64)('tanh a little off 0', { tanh: (x) => Math.tanh(x) + 8 * u }),
  ],
})

/*
 * With h = 2⁻³³² the terms in h² vanish against 1, so the imaginary part over h is f′ up to roundings; it lies in [0, 1].
 * tanh: both sides are 1 − t² of the same t, with errors 2u t² and a quotient against 2u: below 6u.
 * logistic: ¼(1 − t²) with t = tanh(x/2), error ¼(2·2u + 3u), against y(1 − y), error 2u + u: below 6u.
 */
const h = 2 ** -332
const complexFunctions: Law = law({
  name: 'L14.complex.functions',
  says: 'tanh(−z) = −tanh z and tanh(i y) = i tan y exactly; logistic(z) + logistic(−z) = 1; ' +
    'Im f(x + i h) / h = f′(x) as dual numbers have it, within 6u',
  cites: 'Squire & Trapp 1998, complex step; DLMF 4.28.10',
  about: ['complex', 'dual'], rung: 'float64', over: ['complex', 'dual(float64)'], runs: 200,
  instances: complexes(fc.double({ min: -1.5, max: 1.5, noNaN: true })),
  subject: complex,
  judge: (S) => (z) => {
    const [y, slope] = [S.logistic(z), dual(float64)]
    const along = { primal: z.re, tangent: 1 }
    return worst([
      exactly(S, [
        [S.tanh(S.neg(z)), S.neg(S.tanh(z))],
        [S.tanh({ re: 0, im: z.im }), { re: 0, im: Math.tan(z.im) }],
      ]),
      // logistic = (1 + t)/2, so each of the two and their sum has an error of at most u (1 + |t|), |t| ≤ 2|y| + 1.
      bounded(S.distance(S.add(y, S.logistic(S.neg(z))), S.one), 3 * u * (2 + 2 * (Math.abs(y.re) + Math.abs(y.im)))),
      { gap: Math.abs(S.tanh({ re: z.re, im: h }).im / h - slope.tanh(along).tangent), allowance: 6 * u },
      { gap: Math.abs(S.logistic({ re: z.re, im: h }).im / h - slope.logistic(along).tangent), allowance: 6 * u },
    ])
  },
  mutants: [
    but(complex)('tanh part by part', { tanh: ({ re, im }) => ({ re: Math.tanh(re), im: Math.tanh(im) }) }),
    but(complex)('tanh of the conjugate', { tanh: ({ re, im }) => complex.tanh({ re, im: -im }) }),
    but(complex)('logistic forgets to halve z', { logistic: (z) => complex.logistic(complex.add(z, z)) }),
  ],
})

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
  }, { norm: Math.abs, product: 1, quotient: u, nans: [NaN] }),
  ...clipLaws({ prefix: 'L14.float64', about: ['float64'], system: float64, elements: dyadics, rung: 'dyadic float64' }),
  float64Functions,
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
    norm: ({ re, im }) => Math.abs(re) + Math.abs(im), product: 2, quotient: 2 * gamma(5),
    nans: [{ re: NaN, im: 0 }, { re: 0, im: NaN }],
  }),
  complexFunctions,
]
