/**
 * Law L14 for tensor algebras: products and their adjoints, rows and their sums, positions, entries, shapes, NaN, immutability.
 *
 * Bring your own interpreter: `algebraLaws` is a function of it; those that ship are examples of its use.
 */
import { singleRoundoff } from '../number/float32.ts'
import { unitRoundoff } from '../number/float64.ts'
import { type Rational, rational } from '../number/rational.ts'
import { lift, type Lifted } from '../tensor/lift.ts'
import { reference, type Tensor } from '../tensor/reference.ts'
import { simd32, simd64, type SimdTensor } from '../tensor/simd/interpreter.ts'
import { but, type Law } from './law.ts'
import { dyadics, entries, singleEntries } from './number-arbitraries.ts'
import { pointwise, rows } from './tensor-entries.ts'
import { immutable } from './tensor-memory.ts'
import { positions } from './tensor-positions.ts'
import { adjoint, associative, product } from './tensor-products.ts'
import { nan, shapeErrors } from './tensor-shapes.ts'
import type { Operations, TensorSuite } from './tensor-suite.ts'

/** L14 for an interpreter. NaN is judged where there is one: where entries are floating-point numbers. */
export const algebraLaws = <T>(suite: TensorSuite<T>): readonly Law[] => [
  adjoint(suite), product(suite), associative(suite), rows(suite), positions(suite), pointwise(suite), shapeErrors(suite), immutable(suite),
  ...(suite.roundoff > 0 ? [nan(suite)] : []),
]

/** The array behind a tensor, which its type hides. */
const cellsOf = (x: Tensor): Float64Array => (x as unknown as { readonly data: Float64Array }).data
const simdCellsOf = <C extends Float64Array | Float32Array>(x: SimdTensor<C>): C => (x as unknown as { readonly data: C }).data

/** L14 for an interpreter on SIMD. */
const simdLaws = <C extends Float64Array | Float32Array>(
  suite: Pick<TensorSuite<SimdTensor<C>>, 'about' | 'algebra' | 'rung' | 'entries' | 'roundoff'>,
): readonly Law[] => {
  const S = suite.algebra
  const wrongly = but(S)
  return algebraLaws({
    ...suite, prefix: `L14.${S.name}`, memory: simdCellsOf,
    leaks: [
      wrongly('mul writes into its second argument', {
        mul: (a, b) => {
          simdCellsOf(b).set(simdCellsOf(S.mul(a, b)))
          return b
        },
      }),
      wrongly('reshape is a view', { reshape: (x, shape) => Object.assign(S.reshape(x, shape), { data: simdCellsOf(x) }) }),
      wrongly('a product leaves its right factor negated', {
        matmulNT: (a, b) => {
          const result = S.matmulNT(a, b)
          simdCellsOf(b).set(simdCellsOf(S.neg(b)))
          return result
        },
      }),
      wrongly('fill keeps the shape given to it', { fill: (shape, c) => ({ ...S.fill(shape, c), shape }) }),
      wrongly('adding zeros returns the argument', { addRow: (x, row) => (S.numbers(row).some((e) => e !== 0) ? S.addRow(x, row) : x) }),
    ],
  })
}

type LiftedQ = Lifted<Rational>
const Q = lift(rational)

const [QT, R]: readonly [Operations<LiftedQ>, Operations<Tensor>] = [Q, reference]

/** L14 for the interpreters that do arithmetic. */
export const tensorLaws: readonly Law[] = [
  ...algebraLaws<LiftedQ>({
    prefix: 'L14.lift-rational', about: ['lift', 'rational'], algebra: Q, rung: 'exact rationals',
    entries: dyadics, roundoff: 0, memory: (x) => x.data,
    leaks: [
      but(QT)('neg writes into its argument', {
        neg: (x) => {
          x.data.forEach((entry, i) => Reflect.set(x.data, i, rational.neg(entry)))
          return x
        },
      }),
      but(QT)('of keeps the shape given to it', { of: (shape, data) => ({ shape, data: Q.of(shape, data).data }) }),
      but(QT)('fill keeps the shape given to it', { fill: (shape, c) => ({ shape, data: Q.fill(shape, c).data }) }),
      but(QT)('reshape shares the entries of its argument', { reshape: (x, shape) => ({ shape: Q.reshape(x, shape).shape, data: x.data }) }),
      but(QT)('scatter keeps the shape given to it', {
        scatter: (y, list, shape) => ({ shape, data: Q.scatter(y, list, shape).data }),
      }),
      but(QT)('gather keeps the shape of the positions', { gather: (x, list) => ({ shape: list.shape, data: Q.gather(x, list).data }) }),
      but(QT)('scale by 1 returns its argument', { scale: (c, x) => (c === 1 ? x : Q.scale(c, x)) }),
    ],
  }),
  ...algebraLaws<Tensor>({
    prefix: 'L14.reference', about: ['reference'], algebra: reference, rung: 'float64', entries, roundoff: unitRoundoff,
    memory: cellsOf,
    leaks: [
      but(R)('add writes into its first argument', {
        add: (a, b) => {
          cellsOf(a).set(cellsOf(R.add(a, b)))
          return a
        },
      }),
      but(R)('addRow writes into its first argument as well', {
        addRow: (x, row) => {
          const sum = R.addRow(x, row)
          cellsOf(x).set(cellsOf(sum))
          return sum
        },
      }),
      but(R)('reshape is a view', { reshape: (x, shape) => ({ ...R.reshape(x, shape), data: cellsOf(x) }) }),
      but(R)('gather counts the positions off', {
        gather: (x, list) => {
          const result = R.gather(x, list)
          Array.from(list.at).forEach((k, i) => Reflect.set(list.at, i, Math.max(k, 0)))
          return result
        },
      }),
      but(R)('numbers hands out its memory', { numbers: cellsOf }),
      but(R)('clip returns what is inside already', {
        clip: (x) => (R.equals(reference.clip(x), x) ? x : reference.clip(x)),
      }),
    ],
  }),
  ...simdLaws<Float64Array>({ about: ['simd64'], algebra: simd64(), rung: 'float64', entries, roundoff: unitRoundoff }),
  ...simdLaws<Float32Array>({ about: ['simd32'], algebra: simd32(), rung: 'float32', entries: singleEntries, roundoff: singleRoundoff }),
]
