/**
 * Any number system, lifted to tensors by plain loops: the interpreter for rationals, duals and complex numbers.
 * Clear before fast. Sums run in index order, so over float64 it rounds exactly as the reference does.
 */
import type { NumberSystem } from '../number/number.ts'
import type { Algebra, Op, Shape } from './algebra.ts'
import {
  entries, expectEntries, expectPositions, expectShape, matrixShape, noPosition, productShape, sameShape, showShape,
} from './algebra.ts'

/** Row-major entries of a number system. */
export interface Lifted<X> {
  readonly shape: Shape
  readonly data: readonly X[]
}

/** A tensor from entries in row-major order; they are copied. Throws when their number does not fit the shape. */
export const lifted = <X>(shape: Shape, data: Iterable<X>): Lifted<X> => {
  const copy = [...data]
  if (copy.length !== entries(shape))
    throw new TypeError(`lifted: shape ${showShape(shape)} needs ${entries(shape)} entries, got ${copy.length}`)
  return { shape: [...shape], data: copy }
}

/** Tensors over S. */
export const lift = <N extends Op, X>(S: NumberSystem<N, X>): Algebra<N, Lifted<X>> => {
  type T = Lifted<X>
  const at = (x: T, i: number): X => {
    const entry = x.data[i]
    if (entry === undefined) throw new RangeError(`lift: no entry ${i} in shape ${showShape(x.shape)}`)
    return entry
  }
  const build = (shape: Shape, entry: (i: number) => X): T =>
    ({ shape: [...shape], data: Array.from({ length: entries(shape) }, (_, i) => entry(i)) })
  const map = (f: (x: X) => X) => (x: T): T => ({ shape: x.shape, data: x.data.map((e) => f(e)) })
  const zip = (where: string, f: (a: X, b: X) => X) => (a: T, b: T): T => {
    expectShape(where, b.shape, a.shape)
    return build(a.shape, (i) => f(at(a, i), at(b, i)))
  }
  // Σ_j left(j) · right(j), in order of j, starting from the first product.
  const sum = (k: number, left: (j: number) => X, right: (j: number) => X): X => {
    let total = k === 0 ? S.zero : S.mul(left(0), right(0))
    for (let j = 1; j < k; j++) total = S.add(total, S.mul(left(j), right(j)))
    return total
  }
  const product = (kind: 'NN' | 'NT' | 'TN') => (a: T, b: T): T => {
    const [m, k, n] = productShape(kind, a.shape, b.shape)
    return build([m, n], (i) => {
      const [row, column] = [Math.floor(i / n), i % n]
      return sum(k,
        (j) => at(a, kind === 'TN' ? j * m + row : row * k + j),
        (j) => at(b, kind === 'NT' ? column * k + j : j * n + column))
    })
  }
  const tensors: Algebra<never, T> = {
    name: `lift(${S.name})`,
    shape: (x) => x.shape,
    fill: (shape, c) => build(shape, () => S.of(c)),
    of: (shape, data) => lifted(shape, Array.from(data, S.of)),
    add: zip('add', S.add),
    sub: zip('sub', S.sub),
    mul: zip('mul', S.mul),
    neg: map(S.neg),
    scale: (c, x) => map((e) => S.mul(S.of(c), e))(x),
    over: (x, c) => map((e) => S.div(e, S.of(c)))(x),
    times: (c, x) => {
      expectShape('times', c.shape, [])
      return map((e) => S.mul(at(c, 0), e))(x)
    },
    matmulNN: product('NN'),
    matmulNT: product('NT'),
    matmulTN: product('TN'),
    addRow: (x, row) => {
      const [, n] = matrixShape('addRow', x.shape)
      expectShape('addRow', row.shape, [n])
      return build(x.shape, (i) => S.add(at(x, i), at(row, i % n)))
    },
    sumRows: (x) => {
      const [rows, n] = matrixShape('sumRows', x.shape)
      return build([n], (i) => {
        let total = rows === 0 ? S.zero : at(x, i)
        for (let r = 1; r < rows; r++) total = S.add(total, at(x, r * n + i))
        return total
      })
    },
    reshape: (x, shape) => {
      expectEntries('reshape', x.shape, shape)
      return lifted(shape, x.data)
    },
    gather: (x, positions) => {
      expectPositions('gather', positions)
      return build(positions.shape, (i) => {
        const k = positions.at[i] as number
        if (k === -1) return S.zero
        const entry = x.data[k]
        if (entry === undefined) throw noPosition('gather', k, x.shape)
        return entry
      })
    },
    scatter: (y, positions, shape) => {
      expectPositions('scatter', positions)
      expectShape('scatter', y.shape, positions.shape)
      const sums: X[] = Array.from({ length: entries(shape) }, () => S.zero)
      for (let i = 0; i < y.data.length; i++) {
        const k = positions.at[i] as number
        if (k === -1) continue
        const total = sums[k]
        if (total === undefined) throw noPosition('scatter', k, shape)
        sums[k] = S.add(total, at(y, i))
      }
      return { shape: [...shape], data: sums }
    },
    dot: (a, b) => {
      expectShape('dot', b.shape, a.shape)
      return { shape: [], data: [sum(a.data.length, (j) => at(a, j), (j) => at(b, j))] }
    },
    equals: (a, b) => sameShape(a.shape, b.shape) && a.data.every((e, i) => S.equals(e, at(b, i))),
    distance: (a, b) => {
      expectShape('distance', b.shape, a.shape)
      // Math.max passes NaN on.
      return a.data.reduce((worst, e, i) => Math.max(worst, S.distance(e, at(b, i))), 0)
    },
    numbers: (x) => Float64Array.from(x.data, S.toNumber),
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
