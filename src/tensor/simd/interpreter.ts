/**
 * The fast interpreter: matrix products on WebAssembly SIMD128, everything else plain loops over typed arrays. `simd64` gives bit for bit
 * what `reference` gives, `simd32` what `lift(float32)` gives (law L12).
 *
 * Tensors live on the JavaScript heap: operands of products are copied into the machine's memory, results out of it, so nothing aliases and
 * the collector frees tensors as any other value. Numerics: as reference.ts; every single operation is rounded to the kind of the entries,
 * by storing it there (for + − × ÷ of singles, rounding the double result is rounding once). NaN and infinities propagate.
 */
import { float64 } from '../../number/float64.ts'
import type { Algebra, Op, Shape } from '../algebra.ts'
import {
  entries, expectEntries, expectPositions, expectShape, matrixShape, noPosition, productShape, sameShape, showShape,
} from '../algebra.ts'
import { type Cells, doubles, type Kind, singles } from './kinds.ts'
import { type Product, productsOn, type SimdOptions } from './products.ts'

/** An immutable tensor of doubles or singles. Read it with `numbers` of the interpreter that made it. */
export interface SimdTensor<C extends Cells> {
  readonly shape: Shape
  /** Never touched from outside: branded so that only these interpreters make tensors. */
  readonly [cells]: C
}
declare const cells: unique symbol

interface Open<C> {
  readonly shape: Shape
  readonly data: C
}

const interpreter = <C extends Cells>(kind: Kind<C>, options: SimdOptions): Algebra<Op, SimdTensor<C>> => {
  type T = SimdTensor<C>
  const { zeros, round } = kind
  const products = productsOn(kind, options)
  // The two views of one value: outside opaque, in here a shape and its cells.
  const dataOf = (x: T): C => (x as unknown as Open<C>).data
  const close = (shape: Shape, data: C): T => ({ shape, data }) satisfies Open<C> as unknown as T
  const product = (orientation: 'NN' | 'NT' | 'TN', multiply: Product<C>) => (a: T, b: T): T => {
    const [m, k, n] = productShape(orientation, a.shape, b.shape)
    return close([m, n], multiply(dataOf(a), dataOf(b), m, k, n))
  }
  const scale = (c: number, x: T): T => {
    const p = dataOf(x)
    const out = zeros(p.length)
    for (let i = 0; i < out.length; i++) out[i] = c * (p[i] as number)
    return close(x.shape, out)
  }
  return {
    name: kind.name,
    shape: (x) => x.shape,
    fill: (shape, c) => close([...shape], zeros(entries(shape)).fill(c) as C),
    of: (shape, data) => {
      if (data.length !== entries(shape))
        throw new TypeError(`${kind.name}: shape ${showShape(shape)} needs ${entries(shape)} entries, got ${data.length}`)
      return close([...shape], kind.copy(data))
    },
    add: (a, b) => {
      expectShape('add', b.shape, a.shape)
      const [p, q] = [dataOf(a), dataOf(b)]
      const out = zeros(p.length)
      for (let i = 0; i < out.length; i++) out[i] = (p[i] as number) + (q[i] as number)
      return close(a.shape, out)
    },
    sub: (a, b) => {
      expectShape('sub', b.shape, a.shape)
      const [p, q] = [dataOf(a), dataOf(b)]
      const out = zeros(p.length)
      for (let i = 0; i < out.length; i++) out[i] = (p[i] as number) - (q[i] as number)
      return close(a.shape, out)
    },
    mul: (a, b) => {
      expectShape('mul', b.shape, a.shape)
      const [p, q] = [dataOf(a), dataOf(b)]
      const out = zeros(p.length)
      for (let i = 0; i < out.length; i++) out[i] = (p[i] as number) * (q[i] as number)
      return close(a.shape, out)
    },
    neg: (x) => {
      const p = dataOf(x)
      const out = zeros(p.length)
      for (let i = 0; i < out.length; i++) out[i] = -(p[i] as number)
      return close(x.shape, out)
    },
    scale: (c, x) => scale(round(c), x),
    over: (x, c) => {
      const [p, divisor] = [dataOf(x), round(c)]
      const out = zeros(p.length)
      for (let i = 0; i < out.length; i++) out[i] = (p[i] as number) / divisor
      return close(x.shape, out)
    },
    times: (c, x) => {
      expectShape('times', c.shape, [])
      return scale(dataOf(c)[0] as number, x)
    },
    matmulNN: product('NN', products.NN),
    matmulNT: product('NT', products.NT),
    matmulTN: product('TN', products.TN),
    addRow: (x, row) => {
      const [rows, n] = matrixShape('addRow', x.shape)
      expectShape('addRow', row.shape, [n])
      const [p, q] = [dataOf(x), dataOf(row)]
      const out = zeros(p.length)
      for (let r = 0, i = 0; r < rows; r++)
        for (let c = 0; c < n; c++, i++) out[i] = (p[i] as number) + (q[c] as number)
      return close(x.shape, out)
    },
    sumRows: (x) => {
      const [rows, n] = matrixShape('sumRows', x.shape)
      const p = dataOf(x)
      const out = zeros(n)
      for (let r = 0, i = 0; r < rows; r++)
        for (let c = 0; c < n; c++, i++) out[c] = (out[c] as number) + (p[i] as number)
      return close([n], out)
    },
    // A view would do, since nobody can write; a copy keeps every tensor the owner of its memory.
    reshape: (x, shape) => {
      expectEntries('reshape', x.shape, shape)
      return close([...shape], dataOf(x).slice() as C)
    },
    gather: (x, positions) => {
      expectPositions('gather', positions)
      const { shape, at } = positions
      const p = dataOf(x)
      const out = zeros(entries(shape))
      for (let i = 0; i < out.length; i++) {
        const k = at[i] as number
        if (k === -1) continue
        // An array has undefined wherever it has no entry, so this one test costs nothing measurable.
        const entry = p[k]
        if (entry === undefined) throw noPosition('gather', k, x.shape)
        out[i] = entry
      }
      return close([...shape], out)
    },
    scatter: (y, positions, shape) => {
      expectPositions('scatter', positions)
      expectShape('scatter', y.shape, positions.shape)
      const { at } = positions
      const p = dataOf(y)
      const out = zeros(entries(shape))
      for (let i = 0; i < p.length; i++) {
        const k = at[i] as number
        if (k === -1) continue
        const total = out[k]
        if (total === undefined) throw noPosition('scatter', k, shape)
        out[k] = total + (p[i] as number)
      }
      return close([...shape], out)
    },
    dot: (a, b) => {
      expectShape('dot', b.shape, a.shape)
      return close([], kind.dot(dataOf(a), dataOf(b)))
    },
    equals: (a, b) => {
      if (!sameShape(a.shape, b.shape)) return false
      const [p, q] = [dataOf(a), dataOf(b)]
      for (let i = 0; i < p.length; i++) if (p[i] !== q[i]) return false
      return true
    },
    distance: (a, b) => {
      expectShape('distance', b.shape, a.shape)
      const [p, q] = [dataOf(a), dataOf(b)]
      let worst = 0
      for (let i = 0; i < p.length; i++) {
        const gap = Math.abs((p[i] as number) - (q[i] as number))
        // Infinities of one sign are equal, though their difference is NaN.
        if (gap <= worst || p[i] === q[i]) continue
        if (Number.isNaN(gap)) return gap
        worst = gap
      }
      return worst
    },
    numbers: (x) => new Float64Array(dataOf(x)),
    tanh: (x) => {
      const p = dataOf(x)
      const out = zeros(p.length)
      for (let i = 0; i < out.length; i++) out[i] = Math.tanh(p[i] as number)
      return close(x.shape, out)
    },
    logistic: (x) => {
      const p = dataOf(x)
      const out = zeros(p.length)
      for (let i = 0; i < out.length; i++) out[i] = float64.logistic(p[i] as number)
      return close(x.shape, out)
    },
    exp: (x) => {
      const p = dataOf(x)
      const out = zeros(p.length)
      for (let i = 0; i < out.length; i++) out[i] = Math.exp(p[i] as number)
      return close(x.shape, out)
    },
    log: (x) => {
      const p = dataOf(x)
      const out = zeros(p.length)
      for (let i = 0; i < out.length; i++) out[i] = Math.log(p[i] as number)
      return close(x.shape, out)
    },
    clip: (x) => {
      const p = dataOf(x)
      const out = zeros(p.length)
      for (let i = 0; i < out.length; i++) out[i] = float64.clip(p[i] as number)
      return close(x.shape, out)
    },
    inside: (x) => {
      const p = dataOf(x)
      const out = zeros(p.length)
      for (let i = 0; i < out.length; i++) out[i] = float64.inside(p[i] as number)
      return close(x.shape, out)
    },
  }
}

/** Tensors of doubles. Several may be made; their tensors are of one kind, and each has a memory of its own. */
export const simd64 = (options: SimdOptions = {}): Algebra<Op, SimdTensor<Float64Array>> => interpreter(doubles, options)

/** Tensors of singles, whose unit roundoff is 2⁻²⁴; half the memory and twice the speed. */
export const simd32 = (options: SimdOptions = {}): Algebra<Op, SimdTensor<Float32Array>> => interpreter(singles, options)
