/** What the laws of convolution and pooling have in common: exact tensors, lists of indices, and the form of the laws. */
import fc from 'fast-check'
import { type Rational, rational } from '../number/rational.ts'
import { type Algebra, entries, type Shape } from '../tensor/algebra.ts'
import { lift, type Lifted } from '../tensor/lift.ts'
import { type Law, law, type LawSpec } from './law.ts'
import { drawn } from './number-arbitraries.ts'

export type T = Lifted<Rational>

/** Where all is computed. */
export const A: Algebra<never, T> = lift(rational)

/** Sizes. */
export const upTo = (max: number, min = 1): fc.Arbitrary<number> => fc.integer({ min, max })

/** The nth tensor of an instance, of thirds, so that only exact arithmetic can agree. */
export const tensor = (pool: readonly number[], nth: number, shape: Shape): T => A.over(A.of(shape, drawn(pool, nth, entries(shape))), 3)

/** The lists f(0) … f(n − 1), joined. */
export const over = <X>(n: number, f: (i: number) => readonly X[]): readonly X[] => Array.from({ length: n }, (_, i) => f(i)).flat()

/** A law over exact rationals. */
export const exact = <S, I>(spec: Pick<LawSpec<S, I>, 'name' | 'says' | 'about' | 'instances' | 'subject' | 'judge' | 'mutants'>): Law =>
  law({ ...spec, cites: 'docs/theory.md §13', rung: 'exact rationals', over: [A.name], runs: 60 })
