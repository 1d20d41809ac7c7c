/**
 * The fast interpreter: matrix products and element-wise operations on large tensors on WebAssembly SIMD128, everything else plain loops over
 * typed arrays. `simd64` gives bit for bit what `reference` gives, `simd32` what `lift(float32)` gives (law L12).
 *
 * Tensors live on the JavaScript heap, or wait until their entries are needed (deferred.ts). What the machine works on is copied into its
 * memory, results out of it, but for those of steps that are taken again and again (replay.ts); so nothing aliases and the collector frees tensors as any other
 * value. Numerics: as reference.ts; every single operation is rounded to the kind of the entries, by storing it there (for + − × ÷ of singles, rounding the double result is rounding once). NaN and infinities propagate.
 */
import type { Algebra, Op, Shape } from '../algebra.ts'
import {
  entries, expectEntries, expectPositions, expectShape, matrixShape, productShape, sameShape, showShape,
} from '../algebra.ts'
import { arenaOf } from './arena.ts'
import type { Patches } from './by-rows.ts'
import { comparingOn } from './comparing.ts'
import { deferring } from './deferred.ts'
import { type Cells, doubles, fusedSingles, type Kind, singles } from './kinds.ts'
import { canRun } from './machine.ts'
import { unforeseen } from './makers.ts'
import type { Open } from './open.ts'
import {
  added, clipped, copied, divided, exponential, hyperbolicTangent, logistic, multiplied, negated, type Pass, type PassOfTwo, scaled, subtracted,
  withinWalls,
} from './passes.ts'
import { gatherInto, gridOf, positionsBelow, scatterInto, takenFrom } from './positions.ts'
import { productsOn } from './products.ts'
import { replaysOn } from './replay.ts'
import { spareArrays } from './spare-arrays.ts'
import type { SimdOptions } from './work-area.ts'

/** An immutable tensor of doubles or singles. Read it with `numbers` of the interpreter that made it. */
export interface SimdTensor<C extends Cells> {
  /** Extents of each axis; [] for a scalar. */
  readonly shape: Shape
  /** Never touched from outside: branded so that only these interpreters make tensors. */
  readonly [cells]: C
}
declare const cells: unique symbol

const opposite = { NN: 'NT', NT: 'NN' } as const

const interpreter = <C extends Cells>(kind: Kind<C>, options: SimdOptions): Algebra<Op, SimdTensor<C>> => {
  type T = SimdTensor<C>
  const { zeros, round } = kind
  const { defer = 2 ** 12, block = 2 ** 17 } = options
  const arena = arenaOf(kind, block / 16, options.replay ?? 2 ** 22)
  const products = productsOn(kind, arena, options)
  const spare = spareArrays(kind)
  const { fresh } = spare
  const { of, entrywise, rowwise, cells: cellsOf, inTurn, visit, scattered, reader, within, map, zip, records, recorded, placed, forget } = deferring(kind, arena, spare, defer, products)
  const { areEqual, distance } = comparingOn(kind, arena, { cells: cellsOf, inTurn })
  const replayed = replaysOn(kind, arena, products, { cells: cellsOf, inTurn, within, recorded, placed, forget })
  // The two views of one value: outside opaque, in here a shape and its cells, or how to come by them.
  const open = (x: T): Open<C> => x as unknown as Open<C>
  const asTensor = (x: Open<C>): T => x as unknown as T
  const dataOf = (x: T): C => cellsOf(open(x))
  const close = (shape: Shape, data: C): T => asTensor(of(shape, data))
  const after = (pass: Pass, x: T, c?: number, shape?: Shape): T => asTensor(map(pass, open(x), c, shape))
  const afterBoth = (where: string, pass: PassOfTwo) => (a: T, b: T): T => {
    expectShape(where, b.shape, a.shape)
    return asTensor(zip(pass, open(a), open(b)))
  }
  // Patches that wait, if they lie in a grid: a product then reads them where they are, however often.
  const patchesOf = (x: Open<C>, columns: number): Patches<C> | undefined => {
    const gathered = x.entrywise?.gathered
    const grid = gathered && gridOf(gathered.at, columns)
    return gathered && grid && { source: gathered.source, grid }
  }
  // An m×n product of k terms per entry: waiting, unless it is small.
  const product = (m: number, k: number, n: number, plan: Parameters<typeof rowwise>[1], turned = false): T => {
    // A sum of nothing.
    if (k === 0) return close([m, n], zeros(m * n))
    const result = rowwise([m, n], plan, turned)
    if (m * n < defer) inTurn(result)
    return asTensor(result)
  }
  const byRows = (asked: 'NN' | 'NT') => (a: T, b: T): T => {
    const [m, k, n] = productShape(asked, a.shape, b.shape)
    // Columns of b are rows of its transpose.
    const orientation = open(b).turned ? opposite[asked] : asked
    const { each, scattered: addTo } = products[orientation]
    const right = inTurn(open(b))
    if (records() && k > 0)
      return asTensor(rowwise([m, n], { each: () => { throw unforeseen }, factors: { orientation, left: open(a), right, k } }))
    const left = patchesOf(open(a), k) ?? reader(open(a))
    return product(m, k, n, {
      each: (show) => { each(left, right, m, k, n, show) },
      scattered: (grid, count) => addTo(left, right, m, k, n, grid, count),
    })
  }
  return {
    name: kind.name,
    shape: (x) => x.shape,
    fill: (shape, c) => {
      const count = entries(shape)
      if (count < defer) return close([...shape], zeros(count).fill(c) as C)
      return asTensor(entrywise([...shape], {
        name: 'fill', of: [], c: round(c), arrays: 0, operations: 1,
      }))
    },
    of: (shape, data) => {
      if (data.length !== entries(shape))
        throw new TypeError(`${kind.name}: shape ${showShape(shape)} needs ${entries(shape)} entries, got ${data.length}`)
      return close([...shape], kind.copy(data))
    },
    add: afterBoth('add', added),
    sub: afterBoth('sub', subtracted),
    mul: afterBoth('mul', multiplied),
    neg: (x) => after(negated, x),
    scale: (c, x) => after(scaled, x, round(c)),
    over: (x, c) => after(divided, x, round(c)),
    times: (c, x) => {
      expectShape('times', c.shape, [])
      return after(scaled, x, dataOf(c)[0])
    },
    matmulNN: byRows('NN'),
    matmulNT: byRows('NT'),
    matmulTN: (a, b) => {
      const [m, k, n] = productShape('TN', a.shape, b.shape)
      if (records()) throw unforeseen
      const { data, turned } = open(b)
      // Rows for pixels that are zero throughout take no time then, and the next product with pixels takes such weights as they are.
      if (m * n >= defer && data !== undefined && !turned && products.isSparse(data)) {
        const moved = dataOf(a)
        return product(m, k, n, { each: (show) => { products.turnedTN(moved, data, m, k, n, show) } }, true)
      }
      const [left, right] = [reader(open(a)), reader(open(b))]
      return product(m, k, n, { each: (show) => { products.TN(left, right, m, k, n, show) } })
    },
    sumTN: (as, bs) => {
      const [a, b] = [as[0], bs[0]]
      if (a === undefined || b === undefined) throw new RangeError('sumTN: expected at least one pair, got none')
      const [m, k, n] = productShape('TN', a.shape, b.shape)
      as.forEach((each) => { expectShape('sumTN', each.shape, a.shape) })
      expectShape('sumTN', [bs.length], [as.length])
      bs.forEach((each) => { expectShape('sumTN', each.shape, b.shape) })
      if (records()) throw unforeseen
      const [lefts, rights] = [as.map((each) => reader(open(each))), bs.map((each) => reader(open(each)))]
      return product(m, k, n, { each: (show) => { products.sumTN(lefts, rights, m, k, n, show) } })
    },
    addRow: (x, row) => {
      const [rows, n] = matrixShape('addRow', x.shape)
      expectShape('addRow', row.shape, [n])
      const [p, q] = [dataOf(x), dataOf(row)]
      const out = fresh(p.length)
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
      return after(copied, x, 0, [...shape])
    },
    gather: (x, positions) => {
      expectPositions('gather', positions)
      const shape = [...positions.shape]
      const [source, count] = [dataOf(x), entries(shape)]
      const at = positionsBelow('gather', positions, source.length, x.shape)
      if (count >= defer)
        return asTensor(entrywise(shape, {
          name: 'gather', of: [], c: 0, arrays: 1, operations: 2,
          gathered: { source, at: positions.at, into: (from, to, address) => { gatherInto(source, at, from, to, arena.heap(), address / kind.bytes) } },
        }))
      const out = fresh(count)
      gatherInto(source, at, 0, count, out, 0)
      return close(shape, out)
    },
    scatter: (y, positions, shape) => {
      expectPositions('scatter', positions)
      expectShape('scatter', y.shape, positions.shape)
      const count = entries(shape)
      const at = positionsBelow('scatter', positions, count, shape)
      const grid = open(y).rowwise && gridOf(positions.at, y.shape.at(-1) ?? 0)
      const sums = grid && scattered(open(y), grid, count)
      if (sums !== undefined) return close([...shape], sums)
      const out = zeros(count)
      visit(open(y), (source, there, from, to) => { scatterInto(source, there, at, from, to, out) })
      return close([...shape], out)
    },
    dot: (a, b) => {
      expectShape('dot', b.shape, a.shape)
      return close([], kind.dot(dataOf(a), dataOf(b)))
    },
    equals: (a, b) => sameShape(a.shape, b.shape) && areEqual(open(a), open(b)),
    distance: (a, b) => {
      expectShape('distance', b.shape, a.shape)
      return distance(open(a), open(b))
    },
    numbers: (x) => {
      const out = new Float64Array(entries(x.shape))
      visit(open(x), (source, there, from, to) => { out.set(source.subarray(there, there + to - from), from) })
      return out
    },
    numbersInto: (x, to) => { visit(open(x), (source, there, from, end) => { to.set(source.subarray(there, there + end - from), from) }) },
    largest: (x, rows) => {
      expectPositions('largest', rows)
      const [data, length] = [dataOf(x), rows.shape.at(-1) ?? 1]
      const at = positionsBelow('largest', rows, data.length, x.shape)
      return at.length === 0 ? new Int32Array(0) : takenFrom(rows.at, products.largest(data, at, length))
    },
    repeated: (step) => {
      const again = replayed((operands) => step(operands.map(asTensor)).map(open))
      return (operands, spent) => again(operands.map(open), spent.map(open)).map(asTensor)
    },
    within: (act, spent) => within(() => act().map(open), spent.map(open)).map(asTensor),
    tanh: (x) => after(hyperbolicTangent, x),
    logistic: (x) => after(logistic, x),
    exp: (x) => after(exponential, x),
    log: (x) => {
      const p = inTurn(open(x))
      const out = zeros(p.length)
      for (let i = 0; i < out.length; i++) out[i] = Math.log(p[i] as number)
      return asTensor(of(x.shape, out, open(x).turned))
    },
    clip: (x) => after(clipped, x),
    inside: (x) => after(withinWalls, x),
  }
}

/** Tensors of doubles. Several may be made; their tensors are of one kind, and each has a memory of its own. */
export const simd64 = (options: SimdOptions = {}): Algebra<Op, SimdTensor<Float64Array>> => interpreter(doubles, options)

/**
 * Tensors of singles, whose unit roundoff is 2⁻²⁴; half the memory and twice the speed. With `fused`, products of matrices add each term with one
 * rounding instead of two where the processor can: faster by a quarter, never less exact, but the last bits are those of this kind of processor.
 * Throws RangeError for `fused` where `canFuse` says no.
 */
export const simd32 = (options: SimdOptions & { readonly fused?: boolean } = {}): Algebra<Op, SimdTensor<Float32Array>> => {
  if (options.fused === true && !canFuse())
    throw new RangeError('simd32: fused products need relaxed SIMD (Node 22, Chrome 114), which this JavaScript engine has not; leave fused out')
  return interpreter(options.fused === true ? fusedSingles : singles, options)
}

/** Whether this JavaScript engine has relaxed SIMD, which fused products need. */
export const canFuse = (): boolean => canRun(fusedSingles.module)
