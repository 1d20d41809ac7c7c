/**
 * Any number system, lifted to tensors by plain loops over plain arrays: the interpreter for rationals, duals and complex numbers, and over
 * float64 the cheapest one for a few units. Clear before fast; each operation has a loop of its own, so that an engine can compile it for the
 * one kind of number that it meets. Sums run in index order, so over float64 it rounds exactly as the reference does.
 *
 * Laws L12, L14.
 */
import type { NumberSystem } from '../number/number.ts'
import type { Algebra, Op, Shape } from './algebra.ts'
import {
  entries, expectEntries, expectPositions, expectShape, matrixShape, noPosition, productShape, sameShape, showShape,
} from './algebra.ts'

/** Row-major entries of a number system. */
export interface Lifted<X> {
  /** Extents of each axis; [] for a scalar. */
  readonly shape: Shape
  /** All entries, last index fastest: as many as the shape says. */
  readonly data: readonly X[]
}

/** A tensor from entries in row-major order; they are copied. Throws when their number does not fit the shape. */
export const lifted = <X>(shape: Shape, data: Iterable<X>): Lifted<X> => {
  const copy = [...data]
  if (copy.length !== entries(shape))
    throw new TypeError(`lifted: shape ${showShape(shape)} needs ${entries(shape)} entries, got ${copy.length}`)
  return { shape: [...shape], data: copy }
}

/**
 * Tensors over S.
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { lift, lifted, ratio, rational } from 'phifold'
 *
 * const A = lift(rational)
 * const third = A.over(A.fill([1, 2], 1), 3)
 * assert.deepEqual(A.add(third, third), lifted([1, 2], [ratio(2, 3), ratio(2, 3)])) // nothing is rounded
 * ```
 */
export const lift = <N extends Op, X>(S: NumberSystem<N, X>): Algebra<N, Lifted<X>> => {
  type T = Lifted<X>
  // Anybody may write a Lifted down, so it is looked at before its entries are taken by position.
  const dataOf = ({ shape, data }: T): readonly X[] => {
    if (data.length !== entries(shape)) throw new RangeError(`lift: expected ${entries(shape)} entries in shape ${showShape(shape)}, got ${data.length}`)
    return data
  }
  /** The entries of both, which must have one shape. */
  const pair = (where: string, a: T, b: T): readonly [readonly X[], readonly X[]] => {
    expectShape(where, b.shape, a.shape)
    return [dataOf(a), dataOf(b)]
  }
  const map = (f: (x: X) => X) => (x: T): T => {
    const p = dataOf(x)
    const data = new Array<X>(p.length)
    for (let i = 0; i < p.length; i++) data[i] = f(p[i] as X)
    return { shape: x.shape, data }
  }
  const times = (factor: X, x: T): T => {
    const p = dataOf(x)
    const data = new Array<X>(p.length)
    for (let i = 0; i < p.length; i++) data[i] = S.mul(factor, p[i] as X)
    return { shape: x.shape, data }
  }
  const constant = (shape: Shape, entry: X): T => {
    const data = new Array<X>(entries(shape))
    for (let i = 0; i < data.length; i++) data[i] = entry
    return { shape: shape.slice(), data }
  }
  // Entry (row, column) is Σ_j p[row · nextRow + j · step] · q[column · nextColumn + j · stride], in order of j < k, from the first product on.
  const sums = (
    m: number, k: number, n: number, p: readonly X[], nextRow: number, step: number, q: readonly X[], nextColumn: number, stride: number,
  ): X[] => {
    const data = new Array<X>(m * n)
    for (let row = 0, i = 0; row < m; row++)
      for (let column = 0; column < n; column++, i++) {
        let [left, right] = [row * nextRow, column * nextColumn]
        let total = k === 0 ? S.zero : S.mul(p[left] as X, q[right] as X)
        for (let j = 1; j < k; j++) {
          left += step
          right += stride
          total = S.add(total, S.mul(p[left] as X, q[right] as X))
        }
        data[i] = total
      }
    return data
  }
  const tensors: Algebra<never, T> = {
    name: `lift(${S.name})`,
    shape: (x) => x.shape,
    fill: (shape, c) => constant(shape, S.of(c)),
    of: (shape, data) => {
      const all = new Array<X>(data.length)
      for (let i = 0; i < all.length; i++) all[i] = S.of(data[i] as number)
      return lifted(shape, all)
    },
    add: (a, b) => {
      const [p, q] = pair('add', a, b)
      const data = new Array<X>(p.length)
      for (let i = 0; i < p.length; i++) data[i] = S.add(p[i] as X, q[i] as X)
      return { shape: a.shape, data }
    },
    sub: (a, b) => {
      const [p, q] = pair('sub', a, b)
      const data = new Array<X>(p.length)
      for (let i = 0; i < p.length; i++) data[i] = S.sub(p[i] as X, q[i] as X)
      return { shape: a.shape, data }
    },
    mul: (a, b) => {
      const [p, q] = pair('mul', a, b)
      const data = new Array<X>(p.length)
      for (let i = 0; i < p.length; i++) data[i] = S.mul(p[i] as X, q[i] as X)
      return { shape: a.shape, data }
    },
    neg: map(S.neg),
    scale: (c, x) => times(S.of(c), x),
    over: (x, c) => {
      const [divisor, p] = [S.of(c), dataOf(x)]
      const data = new Array<X>(p.length)
      for (let i = 0; i < p.length; i++) data[i] = S.div(p[i] as X, divisor)
      return { shape: x.shape, data }
    },
    times: (c, x) => {
      expectShape('times', c.shape, [])
      return times(dataOf(c)[0] as X, x)
    },
    matmulNN: (a, b) => {
      const [m, k, n] = productShape('NN', a.shape, b.shape)
      return { shape: [m, n], data: sums(m, k, n, dataOf(a), k, 1, dataOf(b), 1, n) }
    },
    matmulNT: (a, b) => {
      const [m, k, n] = productShape('NT', a.shape, b.shape)
      return { shape: [m, n], data: sums(m, k, n, dataOf(a), k, 1, dataOf(b), k, 1) }
    },
    matmulTN: (a, b) => {
      const [m, k, n] = productShape('TN', a.shape, b.shape)
      return { shape: [m, n], data: sums(m, k, n, dataOf(a), 1, m, dataOf(b), 1, n) }
    },
    addRow: (x, row) => {
      const [rows, n] = matrixShape('addRow', x.shape)
      expectShape('addRow', row.shape, [n])
      const [p, q] = [dataOf(x), dataOf(row)]
      const data = new Array<X>(p.length)
      for (let r = 0, i = 0; r < rows; r++)
        for (let c = 0; c < n; c++, i++) data[i] = S.add(p[i] as X, q[c] as X)
      return { shape: x.shape, data }
    },
    sumRows: (x) => {
      const [rows, n] = matrixShape('sumRows', x.shape)
      const p = dataOf(x)
      const data = new Array<X>(n)
      for (let c = 0; c < n; c++) {
        let total = rows === 0 ? S.zero : p[c] as X
        for (let r = 1; r < rows; r++) total = S.add(total, p[r * n + c] as X)
        data[c] = total
      }
      return { shape: [n], data }
    },
    reshape: (x, shape) => {
      expectEntries('reshape', x.shape, shape)
      return lifted(shape, x.data)
    },
    gather: (x, positions) => {
      expectPositions('gather', positions)
      const p = dataOf(x)
      const data = new Array<X>(entries(positions.shape))
      for (let i = 0; i < data.length; i++) {
        const k = positions.at[i] as number
        const entry = k === -1 ? S.zero : p[k]
        if (entry === undefined) throw noPosition('gather', k, x.shape)
        data[i] = entry
      }
      return { shape: [...positions.shape], data }
    },
    scatter: (y, positions, shape) => {
      expectPositions('scatter', positions)
      expectShape('scatter', y.shape, positions.shape)
      const p = dataOf(y)
      const totals = new Array<X>(entries(shape)).fill(S.zero)
      for (let i = 0; i < p.length; i++) {
        const k = positions.at[i] as number
        if (k === -1) continue
        const total = totals[k]
        if (total === undefined) throw noPosition('scatter', k, shape)
        totals[k] = S.add(total, p[i] as X)
      }
      return { shape: [...shape], data: totals }
    },
    dot: (a, b) => {
      const [p, q] = pair('dot', a, b)
      return { shape: [], data: sums(1, p.length, 1, p, 0, 1, q, 0, 1) }
    },
    equals: (a, b) => {
      if (!sameShape(a.shape, b.shape)) return false
      const [p, q] = [dataOf(a), dataOf(b)]
      for (let i = 0; i < p.length; i++) if (!S.equals(p[i] as X, q[i] as X)) return false
      return true
    },
    distance: (a, b) => {
      const [p, q] = pair('distance', a, b)
      let worst = 0
      // Math.max passes NaN on.
      for (let i = 0; i < p.length; i++) worst = Math.max(worst, S.distance(p[i] as X, q[i] as X))
      return worst
    },
    numbers: (x) => {
      const p = dataOf(x)
      const out = new Float64Array(p.length)
      for (let i = 0; i < out.length; i++) out[i] = S.toNumber(p[i] as X)
      return out
    },
  }
  const f: Partial<NumberSystem<Op, X>> = S
  const functions = {
    ...(f.tanh && { tanh: map(f.tanh) }),
    ...(f.logistic && { logistic: map(f.logistic) }),
    ...(f.exp && { exp: map(f.exp) }),
    ...(f.log && { log: map(f.log) }),
    ...(f.clip && { clip: map(f.clip) }),
    ...(f.inside && { inside: map(f.inside) }),
  }
  return { ...tensors, ...functions } as Algebra<N, T>
}
