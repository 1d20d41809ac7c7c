/**
 * Pooling P of a map and its transpose P⁻¹, both linear once the map is given: P gathers one or more entries of each window, P⁻¹ puts
 * values back where they came from. Windows do not overlap; left-over rows and columns are dropped (and get zero back).
 *
 * The paper, appendix on convolutions; docs/theory.md §13; laws L11.maxima, L11.pooling.
 */
import { type Algebra, largest, type Positions, type Shape } from '../tensor/algebra.ts'
import { inOrder, type MapShape, windowEntry, windows } from '../tensor/spatial.ts'

/** P and P⁻¹ at one map. */
export interface Pooled<T> {
  /** P: a tensor of the map's shape and order → the pooled map (batch, channels, rows, columns). */
  readonly pool: (map: T) => T
  /** P⁻¹: the pooled map → the map's shape and order, zero where nothing was taken from. */
  readonly unpool: (pooled: T) => T
}

/** A way to pool: what it makes of a map's extents, and P with P⁻¹ at a map. */
export interface Pooling {
  /** Names it in messages: 'max 2×2'. */
  readonly name: string
  /** Extents of the pooled map. */
  readonly shape: (map: MapShape) => MapShape
  /**
   * For images of one shape (batch, channels, rows, columns): the pooling at a map, which comes as such an image, or, with an order, in whichever
   * shape and order its maker has it: `order` says for each entry of the image where in the map it is. So a convolution need not put its result in order first.
   */
  readonly at: <T>(A: Algebra<never, T>, image: Shape, order?: Positions) => (map: T) => Pooled<T>
}

const shrunk = (size: number) => ([channels, rows, columns]: MapShape): MapShape =>
  [channels, Math.floor(rows / size), Math.floor(columns / size)]

const expectSize = (size: number): void => {
  if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`pooling: expected a window of a whole number of pixels, got ${size}`)
}

/** Lists made of the windows of an image, remembered as long as its order is; one that comes as it is has no order to be known by. */
const listsBy = <V>(listsOf: (image: Shape, order: Positions | undefined) => V): ((image: Shape, order: Positions | undefined) => V) => {
  const known = new WeakMap<Positions, V>()
  return (image, order) => {
    const before = order && known.get(order)
    if (before !== undefined) return before
    const now = listsOf(image, order)
    if (order !== undefined) known.set(order, now)
    return now
  }
}

/**
 * The largest entry of each size × size window of the *current* map, the first in row-major order on ties. Piecewise linear: the
 * derivatives that use it hold where no two entries tie.
 */
export const maxPooling = (size: number): Pooling => {
  expectSize(size)
  const rowsOf = listsBy((image, order) => inOrder(order, windows(image, size)))
  return {
    name: `max ${size}×${size}`,
    shape: shrunk(size),
    at: (A, image, order) => {
      const rows = rowsOf(image, order)
      const shape = rows.shape.slice(0, -1)
      return (map) => {
        const positions = { shape, at: largest(A, map, rows) }
        return { pool: (x) => A.gather(x, positions), unpool: (y) => A.scatter(y, positions, A.shape(map)) }
      }
    },
  }
}

/** The mean of each size × size window. Linear everywhere. */
export const averagePooling = (size: number): Pooling => {
  expectSize(size)
  const offsetsOf = listsBy((image, order) => Array.from({ length: size * size }, (_, e) => inOrder(order, windowEntry(image, size, Math.floor(e / size), e % size))))
  return {
    name: `average ${size}×${size}`,
    shape: shrunk(size),
    at: (A, image, order) => {
      const offsets = offsetsOf(image, order)
      return (map) => ({
        pool: (x) => A.over(offsets.map((positions) => A.gather(x, positions)).reduce(A.add), size * size),
        unpool: (y) => A.over(offsets.map((positions) => A.scatter(y, positions, A.shape(map))).reduce(A.add), size * size),
      })
    },
  }
}

/** No pooling: P is the identity, but for the order. */
export const noPooling: Pooling = {
  name: 'none',
  shape: (map) => map,
  at: (A, _, order) => (map) => (order === undefined
    ? { pool: (x) => x, unpool: (y) => y }
    : { pool: (x) => A.gather(x, order), unpool: (y) => A.scatter(y, order, A.shape(map)) }),
}
