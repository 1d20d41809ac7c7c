/**
 * Law L14 for floating-point systems: what holds of them exactly (commutativity, 0 and 1, NaN), and what holds up to rounding
 * (associativity, distributivity, division), with bounds from the standard model of closeness.ts.
 *
 * Bring your own system: `roundedNumberLaws` is a function of it.
 */
import fc from 'fast-check'
import { allTrue, apart, bounded, exactly, gamma } from './closeness.ts'
import { but, type Law, law, type Rung, worst } from './law.ts'
import { embedding, type NumberSuite } from './number-ring.ts'

/** How a floating-point system rounds, in a norm ‖·‖ with ‖x y‖ ≤ ‖x‖ ‖y‖ that is at least the magnitude of each part. */
export interface Rounding<X> {
  /** ‖x‖ as a float. */
  readonly norm: (x: X) => number
  /** Where it rounds, and its unit roundoff u. */
  readonly rung: Rung
  /** Its unit roundoff u: 2⁻⁵³ for doubles. */
  readonly roundoff: number
  /** p with ‖fl(x y) − x y‖ ≤ γ_p ‖x‖ ‖y‖. Sums: ‖fl(x + y) − (x + y)‖ ≤ u ‖fl(x + y)‖. */
  readonly product: number
  /** q with ‖fl(x / y) − x / y‖ ≤ q ‖x‖ / ‖y‖. */
  readonly quotient: number
  /** NaN, in any part. */
  readonly nans: readonly X[]
}

const exactFloat = <X>({ prefix, about, system, elements, faults }: NumberSuite<X>, { rung, roundoff: u, nans }: Rounding<X>): Law => law({
  name: `${prefix}.exact`,
  says: 'a + b = b + a, a b = b a, a − b = a + (−b), a − a = 0, a + 0 = 1 a = a / 1 = −(−a) = a without rounding; ' +
    'NaN equals nothing and has distance NaN',
  cites: 'IEEE 754 §4.3, §6.2',
  about, rung, over: [system.name], runs: 100,
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
  { prefix, about, system, elements, divisors, faults }: NumberSuite<X>, { norm, rung, roundoff: u, product: p, quotient }: Rounding<X>,
): Law => law({
  name: `${prefix}.rounding`,
  says: '(a + b) + c = a + (b + c), (a b) c = a (b c), a (b + c) = a b + a c, (a / b) b = a, each up to its rounding',
  cites: 'Higham, Accuracy and Stability of Numerical Algorithms, §2.2, §3.1, §3.6',
  about, rung, over: [system.name], runs: 200,
  instances: fc.record({ a: elements, b: elements, c: elements, d: divisors }),
  subject: system,
  judge: (S) => ({ a, b, c, d }) => {
    const [ab, bc] = [S.add(a, b), S.add(b, c)]
    const [sumLeft, sumRight] = [S.add(ab, c), S.add(a, bc)]
    const parts = S.add(S.mul(a, b), S.mul(a, c))
    const quotients = S.div(a, d)
    return worst([
      bounded(S.distance(sumLeft, sumRight), u * (norm(ab) + norm(sumLeft) + norm(bc) + norm(sumRight))),
      bounded(S.distance(S.mul(S.mul(a, b), c), S.mul(a, S.mul(b, c))), apart(2 * p, 2 * p, u) * norm(a) * norm(b) * norm(c)),
      bounded(S.distance(S.mul(a, bc), parts),
        gamma(p + 1, u) * norm(a) * norm(bc) + gamma(p, u) * norm(a) * (norm(b) + norm(c)) + u * norm(parts)),
      bounded(S.distance(S.mul(quotients, d), a), gamma(p, u) * norm(quotients) * norm(d) + quotient * norm(a)),
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
  [exactFloat(suite, how), rounding(suite, how), embedding(suite, how.rung)]
