/**
 * Law L14 for exact number systems: commutative rings with division, to the last digit, into which doubles embed.
 *
 * Bring your own system: `exactNumberLaws` is a function of it. Floating-point systems: number-rounding.ts.
 */
import fc from 'fast-check'
import type { Field } from '../number/number.ts'
import { allTrue, exactly } from './closeness.ts'
import { but, type Law, law, type Mutant, type Rung, worst } from './law.ts'
import { dyadics } from './number-arbitraries.ts'

/** A number system to judge. */
export interface NumberSuite<X, S extends Field<X> = Field<X>> {
  /** First part of the laws' names: 'L14.rational'. */
  readonly prefix: string
  /** Exported names that the laws speak about. */
  readonly about: readonly string[]
  /** The system to judge. */
  readonly system: S
  /** Random elements. */
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

/** What doubles become in the system; for exact and for floating-point ones. */
export const embedding = <X>({ prefix, about, system, elements, faults }: NumberSuite<X>, rung: Rung): Law => law({
  name: `${prefix}.embedding`,
  says: 'of is exact: of(c) + of(d) = of(c + d), of(c) of(d) = of(c d), toNumber(of(c)) = c; ' +
    'equals holds of a and a, not of a and a + 1, and exactly where distance is 0',
  cites: 'src/number/number.ts: doubles enter every number system exactly',
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
