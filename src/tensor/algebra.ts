/**
 * The few tensor operations that a primitive function Φ may use, as an explicit record.
 *
 * Φ, its hand-derived gradients and both folds are written once over `Algebra<N, T>` and never name a number type; an
 * interpreter supplies T. These ship: `reference` (float64 on ndarray), `simd64` and `simd32` (the fast ones), `lift` (any number
 * system, plain loops) and `dualOf` (tangents over any algebra). All are immutable: inputs never change and results never share memory that
 * anybody could write to. Axis 0 of a state is the batch.
 *
 * Laws: L12 (interpreters agree), L14 (algebra laws). Wrong shapes are bugs here and throw; user data is checked once,
 * in `pose`.
 */
import type { Functions, Op } from '../number/number.ts'

export type { Op } from '../number/number.ts'

/** Extents of each axis; [] is a scalar. */
export type Shape = readonly number[]

/** A list of flat indices into a tensor, arranged as `shape`; −1 stands for a zero that is in no tensor. Any other index throws. */
export interface Positions {
  /** Shape of what `gather` gives and `scatter` takes. */
  readonly shape: Shape
  /** One flat, row-major index for each entry of `shape`. */
  readonly at: ArrayLike<number>
}

/** Operations that every interpreter has. Below, (m, n) stands for a tensor of that shape. */
export interface Tensors<T> {
  /** What reports and laws call it: 'reference', 'lift(rational)', 'dualOf(simd64)'. */
  readonly name: string
  /** Extents of each axis; [] for a scalar. */
  readonly shape: (x: T) => Shape
  /** Every entry is c. */
  readonly fill: (shape: Shape, c: number) => T
  /** Entries in row-major order, embedded exactly. */
  readonly of: (shape: Shape, entries: ArrayLike<number>) => T
  /** Entry by entry, equal shapes. */
  readonly add: (a: T, b: T) => T
  /** a − b, entry by entry, equal shapes. */
  readonly sub: (a: T, b: T) => T
  /** a ⊙ b, entry by entry, equal shapes. */
  readonly mul: (a: T, b: T) => T
  /** −x. */
  readonly neg: (x: T) => T
  /** c · x and x / c for an ordinary number c. */
  readonly scale: (c: number, x: T) => T
  /** x / c for an ordinary number c: one division an entry, not a product with 1/c. */
  readonly over: (x: T, c: number) => T
  /** c · x for a scalar tensor c of shape []: how β enters. */
  readonly times: (c: T, x: T) => T
  /** a b: (m, k) (k, n) → (m, n). */
  readonly matmulNN: (a: T, b: T) => T
  /** a bᵀ: (m, k) (n, k) → (m, n). */
  readonly matmulNT: (a: T, b: T) => T
  /** aᵀ b: (k, m) (k, n) → (m, n); sums over the batch. */
  readonly matmulTN: (a: T, b: T) => T
  /** Σ_t a_tᵀ b_t for pairs of one shape, at least one: what `correlate` says of them, at less cost. */
  readonly sumTN?: (as: readonly T[], bs: readonly T[]) => T
  /** Adds the row (n) to every row of (b, n). */
  readonly addRow: (x: T, row: T) => T
  /** Sum over the batch: (b, n) → (n). The transpose of repeating a row. */
  readonly sumRows: (x: T) => T
  /** The same entries in another shape of as many entries. */
  readonly reshape: (x: T, shape: Shape) => T
  /** The entries of x at the given positions; 0 at −1. */
  readonly gather: (x: T, positions: Positions) => T
  /** The transpose of gather: zeros of `shape`, plus each entry of y at its position, in order of y. */
  readonly scatter: (y: T, positions: Positions, shape: Shape) => T
  /** Σ a ⊙ b, a scalar []. */
  readonly dot: (a: T, b: T) => T
  /** Same shape and equal entries. False wherever there is a NaN. */
  readonly equals: (a: T, b: T) => boolean
  /** max |a − b| as a float, 0 for tensors without entries. NaN as soon as one entry is NaN: never settled, never equal. */
  readonly distance: (a: T, b: T) => number
  /** Fresh copy of the entries in row-major order, as floats. */
  readonly numbers: (x: T) => Float64Array
  /** The same into an array of as many entries, without a copy between; `numbersInto` does it where this is absent. */
  readonly numbersInto?: (x: T, to: Float64Array | Float32Array) => void
  /** Of each row of positions, all of them in x, the one that `largestOf` says, for its float values; `largest` finds it where this is absent. */
  readonly largest?: (x: T, rows: Positions) => Int32Array
  /**
   * What `act` gives, computed at once. Everything else that was made meanwhile is forgotten, and so is `spent`: to look at it again throws, and
   * its memory serves what is made next. For a step of a phase, whose maker alone knows what it made; `within` does it where this is absent.
   */
  readonly within?: (act: () => readonly T[], spent: readonly T[]) => readonly T[]
  /**
   * A step for who takes it again and again, mostly with what came of it before: each time what `within` makes of it. What it does must not depend on
   * entries, so that how to go about it may be worked out once; `repeated` does it where this is absent.
   */
  readonly repeated?: (step: (operands: readonly T[]) => readonly T[]) => (operands: readonly T[], spent: readonly T[]) => readonly T[]
}

/** Interpreter of tensors T which, entry by entry, also computes the functions named in N. */
export type Algebra<N extends Op, T> = Tensors<T> & Pick<Functions<T>, N>

/** Σ_t a_tᵀ b_t for pairs of one shape, at least one: each product by itself, added in their order. */
export const correlate = <T>(A: Algebra<never, T>, as: readonly T[], bs: readonly T[]): T =>
  A.sumTN === undefined || as.length === 1 ? as.map((a, t) => A.matmulTN(a, bs[t] as T)).reduce(A.add) : A.sumTN(as, bs)

/** What `act` gives; nobody may look at anything else that it made, nor at `spent`, again. Only for who made them and has handed them to nobody. */
export const within = <T>(A: Algebra<never, T>, act: () => readonly T[], spent: readonly T[]): readonly T[] => A.within?.(act, spent) ?? act()

/** A step to be taken again and again, each time as `within` takes it. */
export const repeated = <T>(A: Algebra<never, T>, step: (operands: readonly T[]) => readonly T[]): (operands: readonly T[], spent: readonly T[]) => readonly T[] =>
  A.repeated?.(step) ?? ((operands, spent) => within(A, () => step(operands), spent))

/** Puts the entries of x, in row-major order, into an array of as many. */
export const numbersInto = <T>(A: Algebra<never, T>, x: T, to: Float64Array | Float32Array): void => {
  if (A.numbersInto === undefined) to.set(A.numbers(x))
  else A.numbersInto(x, to)
}

/** Of each row of positions (the last axis) the one whose value is the largest, the first of several. NaN counts as larger than any number. */
export const largestOf = (values: ArrayLike<number>, { shape, at }: Positions): Int32Array => {
  const length = shape.at(-1) ?? 1
  const out = new Int32Array(length === 0 ? 0 : at.length / length)
  for (let row = 0, i = 0; row < out.length; row++) {
    let best = at[i] as number
    let most = values[best] as number
    for (const end = i++ + length; i < end; i++) {
      const k = at[i] as number
      const value = values[k] as number
      // Larger, or NaN where there was none.
      if (!(value <= most) && most === most) {
        best = k
        most = value
      }
    }
    out[row] = best
  }
  return out
}

/** The same of a tensor. */
export const largest = <T>(A: Algebra<never, T>, x: T, rows: Positions): Int32Array => A.largest?.(x, rows) ?? largestOf(A.numbers(x), rows)

/** max |a − b| of each sample, along axis 0; 0 for those without entries, NaN as soon as one entry is. */
export const distances = <T>(A: Algebra<never, T>, a: T, b: T): Float64Array => {
  const gaps = A.numbers(A.sub(a, b))
  const out = new Float64Array(A.shape(a)[0] ?? 1)
  const size = gaps.length / out.length
  for (let sample = 0, i = 0; sample < out.length; sample++) {
    let most = 0
    for (const end = i + size; i < end; i++) most = Math.max(most, Math.abs(gaps[i] as number))
    out[sample] = most
  }
  return out
}

/** "2×3", or "scalar". */
export const showShape = (shape: Shape): string => (shape.length === 0 ? 'scalar' : shape.join('×'))

// Every operation asks these two of its operands: plain loops, since small tensors spend their time here.
export const sameShape = (a: Shape, b: Shape): boolean => {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false
  return true
}

export const entries = (shape: Shape): number => {
  let product = 1
  for (let axis = 0; axis < shape.length; axis++) product *= shape[axis] as number
  return product
}

/** Throws unless the shapes agree: reaching this is a bug, since `pose` has checked what users bring. */
export const expectShape = (where: string, actual: Shape, expected: Shape): void => {
  if (!sameShape(actual, expected))
    throw new TypeError(`${where}: expected shape ${showShape(expected)}, got ${showShape(actual)}`)
}

/** Throws unless the number of entries stays the same. */
export const expectEntries = (where: string, from: Shape, to: Shape): void => {
  if (entries(from) !== entries(to)) throw new TypeError(`${where}: ${showShape(from)} has not as many entries as ${showShape(to)}`)
}

/** Throws unless there is one position for every entry. */
export const expectPositions = (where: string, { shape, at }: Positions): void => {
  if (at.length !== entries(shape))
    throw new TypeError(`${where}: shape ${showShape(shape)} needs ${entries(shape)} positions, got ${at.length}`)
}

/** What to throw at a position where there is no entry: a bug, which must not turn into NaN or nothing. */
export const noPosition = (where: string, position: number, shape: Shape): RangeError =>
  new RangeError(`${where}: expected −1 or a position below ${entries(shape)} in shape ${showShape(shape)}, got ${position}`)

/** Extents of a matrix; throws on any other rank. */
export const matrixShape = (where: string, shape: Shape): readonly [number, number] => {
  const [rows, columns] = shape
  if (shape.length !== 2 || rows === undefined || columns === undefined)
    throw new TypeError(`${where}: expected a matrix, got shape ${showShape(shape)}`)
  return [rows, columns]
}

/** Extents (m, k, n) of a product; throws where the inner ones differ. */
export const productShape = (
  kind: 'NN' | 'NT' | 'TN', a: Shape, b: Shape,
): readonly [m: number, k: number, n: number] => {
  const [a0, a1] = matrixShape(`matmul${kind}`, a)
  const [b0, b1] = matrixShape(`matmul${kind}`, b)
  const [m, k] = kind === 'TN' ? [a1, a0] : [a0, a1]
  const [inner, n] = kind === 'NT' ? [b1, b0] : [b0, b1]
  if (k !== inner) throw new TypeError(`matmul${kind}: inner sizes differ, ${showShape(a)} and ${showShape(b)}`)
  return [m, k, n]
}
