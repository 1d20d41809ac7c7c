/**
 * Pooling P of a map and its transpose P⁻¹, both linear once the map is given: P gathers one or more entries of each window, P⁻¹ puts
 * values back where they came from. Windows do not overlap; left-over rows and columns are dropped (and get zero back).
 *
 * The paper, appendix on convolutions; docs/theory.md §13; laws L11.maxima, L11.pooling.
 */
import type { Algebra, Shape } from '../tensor/algebra.ts'
import { type MapShape, windowEntry, windowMaxima } from '../tensor/spatial.ts'

/** P and P⁻¹ at one map. */
export interface Pooled<T> {
  /** P: (batch, channels, rows, columns) → the pooled map. */
  readonly pool: (map: T) => T
  /** P⁻¹: the pooled map → (batch, channels, rows, columns), zero where nothing was taken from. */
  readonly unpool: (pooled: T) => T
}

/** A way to pool: what it makes of a map's extents, and P with P⁻¹ at a map. */
export interface Pooling {
  /** Names it in messages: 'max 2×2'. */
  readonly name: string
  /** Extents of the pooled map. */
  readonly shape: (map: MapShape) => MapShape
  /** For images of one shape (batch, channels, rows, columns): the pooling at a map. */
  readonly at: <T>(A: Algebra<never, T>, image: Shape) => (map: T) => Pooled<T>
}

const shrunk = (size: number) => ([channels, rows, columns]: MapShape): MapShape =>
  [channels, Math.floor(rows / size), Math.floor(columns / size)]

const expectSize = (size: number): void => {
  if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`pooling: expected a window of a whole number of pixels, got ${size}`)
}

/**
 * The largest entry of each size × size window of the *current* map, the first in row-major order on ties. Piecewise linear: the
 * derivatives that use it hold where no two entries tie.
 */
export const maxPooling = (size: number): Pooling => {
  expectSize(size)
  return {
    name: `max ${size}×${size}`,
    shape: shrunk(size),
    at: (A, image) => (map) => {
      const positions = windowMaxima(image, A.numbers(map), size)
      return { pool: (x) => A.gather(x, positions), unpool: (y) => A.scatter(y, positions, image) }
    },
  }
}

/** The mean of each size × size window. Linear everywhere. */
export const averagePooling = (size: number): Pooling => {
  expectSize(size)
  return {
    name: `average ${size}×${size}`,
    shape: shrunk(size),
    at: (A, image) => {
      const offsets = Array.from({ length: size * size }, (_, e) => windowEntry(image, size, Math.floor(e / size), e % size))
      const pooled = {
        pool: (x: Parameters<typeof A.neg>[0]) => A.over(offsets.map((positions) => A.gather(x, positions)).reduce(A.add), size * size),
        unpool: (y: Parameters<typeof A.neg>[0]) => A.over(offsets.map((positions) => A.scatter(y, positions, image)).reduce(A.add), size * size),
      }
      return () => pooled
    },
  }
}

/** No pooling: P is the identity. */
export const noPooling: Pooling = {
  name: 'none',
  shape: (map) => map,
  at: () => () => ({ pool: (x) => x, unpool: (y) => y }),
}
