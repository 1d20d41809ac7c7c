/**
 * What the laws of tensor algebras are about: an algebra, and instances of sizes and entries.
 *
 * One suite serves exact and floating-point algebras. Each judge bounds the error of a sum of products by γ_n Σ |aᵢ bᵢ|
 * (closeness.ts) and computes that sum from the magnitudes of the same entries. Over rationals u = 0, so every allowance is 0.
 */
import fc from 'fast-check'
import type { Functions } from '../number/number.ts'
import { entries as count, type Positions, type Shape, type Tensors } from '../tensor/algebra.ts'
import { exactly } from './closeness.ts'
import type { LawSpec, Mutant, Rung } from './law.ts'
import { drawn, pools } from './number-arbitraries.ts'

/** Tensor operations, with those functions that an interpreter happens to have. */
export type Operations<T> = Tensors<T> & Partial<Functions<T>>

/** An algebra to judge. */
export interface TensorSuite<T> {
  /** First part of the laws' names: 'L14.reference'. */
  readonly prefix: string
  /** Exported names that the laws speak about. */
  readonly about: readonly string[]
  /** The interpreter to judge. */
  readonly algebra: Operations<T>
  /** What its laws stand on. */
  readonly rung: Rung
  /** Entries, embedded by `of`. */
  readonly entries: fc.Arbitrary<number>
  /** u, or 0 where nothing is rounded. */
  readonly roundoff: number
  /** What holds the entries of a tensor, to see that no two tensors share it. */
  readonly memory: (x: T) => unknown
  /** Faults of memory: subjects that write where they must not, or share what can be written to. */
  readonly leaks: readonly Mutant<Operations<T>>[]
}

/** Sizes and the numbers to fill tensors with. */
export interface Extents {
  readonly m: number
  readonly k: number
  readonly n: number
  readonly pool: readonly number[]
  /** Where lists of positions are read from, see `positionsOf`. */
  readonly picks: readonly number[]
}

/** Sizes from 0 up, so that empty sums and empty batches are among the instances. */
export const extents = (numbers: fc.Arbitrary<number>, most = 5): fc.Arbitrary<Extents> => {
  const size = fc.integer({ min: 0, max: most })
  return fc.record({ m: size, k: size, n: size, pool: pools(numbers), picks: fc.array(fc.nat(), { minLength: 1, maxLength: 17 }) })
}

/** Positions in a tensor of that many entries, some of them −1 and some several times. */
export const positionsOf = (picks: readonly number[], shape: Shape, size: number): Positions => ({
  shape: [...shape],
  at: Array.from({ length: count(shape) }, (_, i) => ((picks[i % picks.length] ?? 0) % (size + 1)) - 1),
})

/** Any shape of up to three axes, also without entries. */
export const shapes: fc.Arbitrary<Shape> = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 })

/** Makers of the nth tensor of an instance, of that shape, and of the same with every entry replaced by its magnitude. */
interface Drawn<T> {
  readonly tensor: (nth: number, shape: Shape) => T
  readonly magnitude: (nth: number, shape: Shape) => T
}

/** Tensors from the pool of an instance. */
export const tensorsOf = <T>(A: Tensors<T>, pool: readonly number[]): Drawn<T> => {
  const plain = (nth: number, shape: Shape): readonly number[] => drawn(pool, nth, count(shape))
  return {
    tensor: (nth, shape) => A.of(shape, plain(nth, shape)),
    magnitude: (nth, shape) => A.of(shape, plain(nth, shape).map(Math.abs)),
  }
}

/** Gap of left = right, both tensors. */
export const gapOf = <T>(A: Tensors<T>, left: T, right: T): number => exactly(A, [[left, right]]).gap

/** What all laws of one suite have in common. */
export const shared = <T>(
  { about, algebra, rung }: TensorSuite<T>,
): Pick<LawSpec<Operations<T>, unknown>, 'about' | 'rung' | 'over' | 'subject'> =>
  ({ about, rung, over: [algebra.name], subject: algebra })
