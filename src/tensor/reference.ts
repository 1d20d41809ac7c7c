/**
 * The reference interpreter: float64 on ndarray and ndarray-ops. The one to read, and the one that the others are held to.
 *
 * Every result is freshly allocated and row-major, so nothing aliases; the type gives no way to write. Only this file
 * knows that tensors are ndarrays. Numerics: sums run in index order; products of matrices (`products.ts`) accumulate over the
 * inner index in increasing order (for `matmulTN`, over the batch), without FMA. NaN and infinities propagate.
 *
 * Laws L12, L14.
 */
import ndarray, { type NdArray } from 'ndarray'
import ops from 'ndarray-ops'
import { float64 } from '../number/float64.ts'
import type { Algebra, Op, Shape } from './algebra.ts'
import {
  entries, expectEntries, expectPositions, expectShape, matrixShape, noPosition, productShape, sameShape, showShape,
} from './algebra.ts'
import { productNN, productNT, productTN } from './products.ts'

/** An immutable float64 tensor. Read it with `reference.numbers`. */
export interface Tensor {
  /** Extents of each axis; [] for a scalar. */
  readonly shape: Shape
  /** Never touched from outside: branded so that only this interpreter makes tensors. */
  readonly [cells]: true
}
declare const cells: unique symbol

type Cells = NdArray<Float64Array>
// The two views of one value: outside an opaque Tensor, in here an ndarray.
const open = (x: Tensor): Cells => x as unknown as Cells
const close = (x: Cells): Tensor => x as unknown as Tensor
const wrap = (data: Float64Array, shape: Shape): Cells => ndarray(data, [...shape])
const empty = (shape: Shape): Cells => wrap(new Float64Array(entries(shape)), shape)

const elementwise = (where: string, write: (out: Cells, a: Cells, b: Cells) => unknown) => (a: Tensor, b: Tensor): Tensor => {
  expectShape(where, b.shape, a.shape)
  const out = empty(a.shape)
  write(out, open(a), open(b))
  return close(out)
}

const map = (f: (x: number) => number) => (x: Tensor): Tensor => {
  const source = open(x).data
  const out = new Float64Array(source.length)
  for (let i = 0; i < source.length; i++) out[i] = f(source[i] as number)
  return close(wrap(out, x.shape))
}

const product = (kind: 'NN' | 'NT' | 'TN', kernel: typeof productNN) => (a: Tensor, b: Tensor): Tensor => {
  const [m, k, n] = productShape(kind, a.shape, b.shape)
  return close(wrap(kernel(open(a).data, open(b).data, m, k, n), [m, n]))
}

/** float64 tensors on ndarray, with every function. */
export const reference: Algebra<Op, Tensor> = {
  name: 'reference',
  shape: (x) => x.shape,
  fill: (shape, c) => close(wrap(new Float64Array(entries(shape)).fill(c), shape)),
  of: (shape, data) => {
    if (data.length !== entries(shape))
      throw new TypeError(`reference: shape ${showShape(shape)} needs ${entries(shape)} entries, got ${data.length}`)
    return close(wrap(Float64Array.from(data), shape))
  },
  add: elementwise('add', (out, a, b) => ops.add(out, a, b)),
  sub: elementwise('sub', (out, a, b) => ops.sub(out, a, b)),
  mul: elementwise('mul', (out, a, b) => ops.mul(out, a, b)),
  neg: (x) => {
    const out = empty(x.shape)
    ops.neg(out, open(x))
    return close(out)
  },
  scale: (c, x) => {
    const out = empty(x.shape)
    ops.muls(out, open(x), c)
    return close(out)
  },
  over: (x, c) => {
    const out = empty(x.shape)
    ops.divs(out, open(x), c)
    return close(out)
  },
  times: (c, x) => {
    expectShape('times', c.shape, [])
    const out = empty(x.shape)
    ops.muls(out, open(x), open(c).data[0] as number)
    return close(out)
  },
  matmulNN: product('NN', productNN),
  matmulNT: product('NT', productNT),
  matmulTN: product('TN', productTN),
  addRow: (x, row) => {
    const [rows, n] = matrixShape('addRow', x.shape)
    expectShape('addRow', row.shape, [n])
    const out = empty(x.shape)
    for (let r = 0; r < rows; r++) ops.add(out.pick(r), open(x).pick(r), open(row))
    return close(out)
  },
  sumRows: (x) => {
    const [rows, n] = matrixShape('sumRows', x.shape)
    const out = empty([n])
    for (let r = 0; r < rows; r++) ops.addeq(out, open(x).pick(r))
    return close(out)
  },
  // A view would do, since nobody can write; a copy keeps every tensor the owner of its memory.
  reshape: (x, shape) => {
    expectEntries('reshape', x.shape, shape)
    return close(wrap(Float64Array.from(open(x).data), shape))
  },
  gather: (x, positions) => {
    expectPositions('gather', positions)
    const { shape, at } = positions
    const source = open(x).data
    const out = new Float64Array(entries(shape))
    for (let i = 0; i < out.length; i++) {
      const k = at[i] as number
      if (k === -1) continue
      // An array has undefined wherever it has no entry, so this one test costs nothing measurable.
      const entry = source[k]
      if (entry === undefined) throw noPosition('gather', k, x.shape)
      out[i] = entry
    }
    return close(wrap(out, shape))
  },
  scatter: (y, positions, shape) => {
    expectPositions('scatter', positions)
    expectShape('scatter', y.shape, positions.shape)
    const source = open(y).data
    const out = new Float64Array(entries(shape))
    for (let i = 0; i < source.length; i++) {
      const k = positions.at[i] as number
      if (k === -1) continue
      const total = out[k]
      if (total === undefined) throw noPosition('scatter', k, shape)
      out[k] = total + (source[i] as number)
    }
    return close(wrap(out, shape))
  },
  dot: (a, b) => {
    expectShape('dot', b.shape, a.shape)
    const [p, q] = [open(a).data, open(b).data]
    let total = 0
    for (let i = 0; i < p.length; i++) total += (p[i] as number) * (q[i] as number)
    return close(wrap(Float64Array.of(total), []))
  },
  equals: (a, b) => sameShape(a.shape, b.shape) && open(a).data.every((e, i) => e === open(b).data[i]),
  // By hand: ndarray-ops' norminf of a NaN is 0.
  distance: (a, b) => {
    expectShape('distance', b.shape, a.shape)
    const [p, q] = [open(a).data, open(b).data]
    let worst = 0
    for (let i = 0; i < p.length; i++) worst = Math.max(worst, float64.distance(p[i] as number, q[i] as number))
    return worst
  },
  numbers: (x) => Float64Array.from(open(x).data),
  tanh: map(float64.tanh),
  logistic: map(float64.logistic),
  exp: map(float64.exp),
  log: map(float64.log),
  clip: map(float64.clip),
  inside: map(float64.inside),
}
