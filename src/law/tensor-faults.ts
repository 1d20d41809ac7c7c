/** Seeded faults of tensor algebras: small mistakes in one operation, of kinds that people really make. */
import { largestOf, type Positions, type Tensors } from '../tensor/algebra.ts'
import type { Mutant } from './law.ts'
import type { Operations, TensorSuite } from './tensor-suite.ts'

/** The plain entries of an (m, n) matrix, transposed. */
export const transposed = (m: number, n: number, data: ArrayLike<number>): readonly number[] =>
  Array.from({ length: m * n }, (_, i) => data[(i % m) * n + Math.floor(i / m)] ?? NaN)

/** x without its last row, as zeros. */
const withoutLastRow = <T>(A: Tensors<T>, x: T): T => {
  const [rows = 0, columns = 0] = A.shape(x)
  const mask = Array.from({ length: rows * columns }, (_, i) => (i < (rows - 1) * columns ? 1 : 0))
  return A.mul(x, A.of([rows, columns], mask))
}

/** The same list with each position replaced. */
const mapPositions = ({ shape, at }: Positions, f: (position: number, i: number) => number): Positions =>
  ({ shape, at: Array.from(at, f) })

/** One thing that an interpreter gets wrong. */
interface Fault<T> {
  readonly fault: string
  readonly wrong: Partial<Tensors<T>>
}

/** Name of a fault that any interpreter could have. */
export type TensorFault =
  | 'matmulTN' | 'matmulNT' | 'lastSample' | 'matmulNN' | 'squared' | 'scrambled'
  | 'sumRows' | 'addRow' | 'over' | 'sub' | 'dot' | 'fill' | 'reshape' | 'gather' | 'scatter' | 'overwriting' | 'largest'

const faultsIn = <T>(A: Tensors<T>): Readonly<Record<TensorFault, Fault<T>>> => {
  const relaid = (x: T): T => A.of([...A.shape(x)].reverse(), A.numbers(x))
  const byColumns = (x: T): T => {
    const [rows = 0, columns = 0] = A.shape(x)
    return A.of([rows, columns], transposed(rows, columns, A.numbers(x)))
  }
  const wrong = (fault: string, parts: Partial<Tensors<T>>): Fault<T> => ({ fault, wrong: parts })
  const plusSquare = (x: T): T => A.add(x, A.mul(x, x))
  return {
    matmulTN: wrong('matmulTN reads its first factor untransposed', { matmulTN: (a, b) => A.matmulNN(relaid(a), b) }),
    matmulNT: wrong('matmulNT reads its second factor untransposed', { matmulNT: (a, b) => A.matmulNN(a, relaid(b)) }),
    lastSample: wrong('matmulTN forgets the last sample', { matmulTN: (a, b) => A.matmulTN(withoutLastRow(A, a), b) }),
    matmulNN: wrong('matmulNN forgets the last term of a sum', { matmulNN: (a, b) => A.matmulNN(a, withoutLastRow(A, b)) }),
    squared: wrong('matmulNN adds the square of its result', { matmulNN: (a, b) => plusSquare(A.matmulNN(a, b)) }),
    scrambled: wrong('matmulNN lays its result out by columns', { matmulNN: (a, b) => byColumns(A.matmulNN(a, b)) }),
    sumRows: wrong('sumRows drops the last row', { sumRows: (x) => A.sumRows(withoutLastRow(A, x)) }),
    addRow: wrong('addRow skips the last row', {
      addRow: (x, row) => A.add(x, withoutLastRow(A, A.addRow(A.fill(A.shape(x), 0), row))),
    }),
    over: wrong('over multiplies', { over: (x, c) => A.scale(c, x) }),
    sub: wrong('sub adds', { sub: A.add }),
    dot: wrong('dot squares its first argument', { dot: (a) => A.dot(a, a) }),
    reshape: wrong('reshape reads by columns', { reshape: (x, shape) => A.reshape(A.shape(x).length === 2 ? byColumns(x) : x, shape) }),
    gather: wrong('gather takes −1 for the first entry', { gather: (x, p) => A.gather(x, mapPositions(p, (k) => Math.max(k, 0))) }),
    scatter: wrong('scatter takes −1 for the first entry', {
      scatter: (y, p, shape) => A.scatter(y, mapPositions(p, (k) => Math.max(k, 0)), shape),
    }),
    overwriting: wrong('scatter keeps the last that meets at a place', {
      scatter: (y, p, shape) => {
        const last = new Map(Array.from(p.at, (k, i) => [k, i]))
        return A.scatter(y, mapPositions(p, (k, i) => (last.get(k) === i ? k : -1)), shape)
      },
    }),
    largest: wrong('largest takes the last of several', {
      largest: (x, { shape, at }) => largestOf(A.numbers(x), { shape, at: Array.from(at, (_, i) => at[i - (i % (shape.at(-1) ?? 1)) * 2 + (shape.at(-1) ?? 1) - 1] ?? NaN) }),
    }),
    fill: wrong('fill takes c for 1', { fill: (shape) => A.fill(shape, 1) }),
  }
}

/** The algebra with one such fault. */
export const faulty = <T, A extends Tensors<T>>(algebra: A & Tensors<T>, name: TensorFault): Mutant<A> => {
  const { fault, wrong } = faultsIn<T>(algebra)[name]
  return { fault, subject: { ...algebra, ...wrong } }
}

/** Mutants of the suite's algebra with these faults. */
export const mutantsOf = <T>({ algebra }: TensorSuite<T>, ...names: readonly TensorFault[]): readonly Mutant<Operations<T>>[] =>
  names.map((name) => faulty<T, Operations<T>>(algebra, name))
