/** Every operation of a tensor algebra by name, and operands that fit all of them: to try each operation there is. */
import { entries, largest, type Positions, type Shape } from '../tensor/algebra.ts'
import { type Extents, type Operations, positionsOf } from './tensor-suite.ts'

/** What every operation may be applied to: shapes (m, k) a a2, (k, n) b, (n, k) bT, (m, n) c, (k) row, [] scalar; positions in a, as bT. */
export interface Operands<T> {
  readonly a: T
  readonly a2: T
  readonly b: T
  readonly bT: T
  readonly c: T
  readonly row: T
  readonly scalar: T
  readonly positions: Positions
  /** Not 0. */
  readonly number: number
}

/** The operands of an instance, each made by `make`. */
export const operandsOf = <T>(
  { m, k, n, picks }: Extents, number: number, make: (nth: number, shape: Shape) => T,
): Operands<T> => ({
  a: make(0, [m, k]),
  a2: make(1, [m, k]),
  b: make(2, [k, n]),
  bT: make(3, [n, k]),
  c: make(4, [m, n]),
  row: make(5, [k]),
  scalar: make(6, []),
  positions: positionsOf(picks, [n, k], m * k),
  number,
})

/** Every operation of an algebra that yields a tensor, by name; the functions where there are any. */
export const allOperations = <T>(A: Operations<T>): Readonly<Record<string, (x: Operands<T>) => T>> => {
  const { tanh, logistic, exp, log, clip, inside } = A
  return {
    add: ({ a, a2 }) => A.add(a, a2),
    sub: ({ a, a2 }) => A.sub(a, a2),
    mul: ({ a, a2 }) => A.mul(a, a2),
    neg: ({ a }) => A.neg(a),
    scale: ({ a, number }) => A.scale(number, a),
    over: ({ a, number }) => A.over(a, number),
    times: ({ a, scalar }) => A.times(scalar, a),
    matmulNN: ({ a, b }) => A.matmulNN(a, b),
    matmulNT: ({ a, bT }) => A.matmulNT(a, bT),
    matmulTN: ({ a, c }) => A.matmulTN(a, c),
    addRow: ({ a, row }) => A.addRow(a, row),
    sumRows: ({ a }) => A.sumRows(a),
    reshape: ({ a }) => A.reshape(a, [1, ...A.shape(a).toReversed()]),
    gather: ({ a, positions }) => A.gather(a, positions),
    scatter: ({ a, bT, positions }) => A.scatter(bT, positions, A.shape(a)),
    dot: ({ a, a2 }) => A.dot(a, a2),
    // Rows of positions that meet, so that there are several of the largest.
    largest: ({ a, positions: { shape, at } }) => {
      const found = entries(A.shape(a)) === 0 ? [] : largest(A, a, { shape, at: Array.from(at, (k) => Math.max(k, 0)) })
      return A.of([found.length], found)
    },
    fill: ({ a, number }) => A.fill(A.shape(a), number),
    ...(tanh && { tanh: ({ a }) => tanh(a) }),
    ...(logistic && { logistic: ({ a }) => logistic(a) }),
    ...(exp && { exp: ({ a }) => exp(a) }),
    // Of 1 + a², so that there is a logarithm in every interpreter.
    ...(log && { log: ({ a }) => log(A.add(A.mul(a, a), A.fill(A.shape(a), 1))) }),
    ...(clip && { clip: ({ a }) => clip(a) }),
    ...(inside && { inside: ({ a }) => inside(a) }),
  }
}
