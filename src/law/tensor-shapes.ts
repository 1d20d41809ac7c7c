/** Law L14 for what must not pass unnoticed in a tensor algebra: shapes that do not fit, and NaN. */
import fc from 'fast-check'
import { entries as count, type Positions, type Shape } from '../tensor/algebra.ts'
import { allTrue } from './closeness.ts'
import { but, type Law, law } from './law.ts'
import { drawn, pools } from './number-arbitraries.ts'
import { extents, type Operations, shapes, shared, tensorsOf, type TensorSuite } from './tensor-suite.ts'

const throws = (f: () => unknown, kind: typeof TypeError | typeof RangeError = TypeError): boolean => {
  try {
    f()
    return false
  } catch (error) {
    return error instanceof kind
  }
}

/** The list with −1 for every position from `size` on. */
const within = ({ shape, at }: Positions, size: number): Positions => ({ shape, at: Array.from(at, (k) => (k < size ? k : -1)) })

/** Shapes that do not fit. */
export const shapeErrors = <T>(suite: TensorSuite<T>, B: Operations<T> = suite.algebra): Law => law({
  ...shared(suite),
  name: `${suite.prefix}.shapes`,
  says: 'operations on shapes that do not fit throw a TypeError, also where the number of entries agrees; ' +
    'equals of different shapes is false; positions that are in no tensor throw a RangeError',
  cites: 'tensor/algebra.ts: wrong shapes are bugs and throw',
  runs: 50,
  instances: fc.record({ extents: extents(suite.entries), extra: fc.integer({ min: 1, max: 3 }) }),
  judge: (A) => ({ extents: { m, k, n, pool }, extra }) => {
    const { tensor } = tensorsOf(A, pool)
    const x = (...shape: Shape): T => tensor(0, shape)
    const pairs: readonly (readonly [T, T])[] =
      [[x(m, k), x(m, k + extra)], [x(m, k), x(m * k)], [x(m, m + extra), x(m + extra, m)]]
    const size = m * k
    // Good positions in (m, k) but for the last, which is beyond it, below −1, between two entries, or no number.
    const astray = [size, size + extra, -1 - extra, 0.5, NaN].map((last): Positions =>
      ({ shape: [n + 1], at: Array.from({ length: n + 1 }, (_, i) => (i < n ? (i % (size + 1)) - 1 : last)) }))
    const good: Positions = { shape: [n], at: Array.from({ length: n }, () => -1) }
    return allTrue(
      ...astray.flatMap((positions) => [
        throws(() => A.gather(x(m, k), positions), RangeError),
        throws(() => A.scatter(x(n + 1), positions, [m, k]), RangeError),
      ]),
      ...[[n + extra], [n, extra + 1, 2], []].filter((shape) => count(shape) !== n).flatMap((shape) => [
        throws(() => A.reshape(x(n), shape)),
        throws(() => A.gather(x(m, k), { ...good, shape })),
        throws(() => A.scatter(x(...shape), { ...good, shape }, [m, k])),
      ]),
      throws(() => A.scatter(x(n + extra), good, [m, k])),
      throws(() => A.scatter(x(1, n), good, [m, k])),
      ...[A.add, A.sub, A.mul, A.dot, A.distance].flatMap((f) => pairs.map(([a, b]) => throws(() => f(a, b)))),
      ...pairs.map(([a, b]) => !A.equals(a, b)),
      throws(() => A.matmulNN(x(m, k), x(k + extra, n))),
      throws(() => A.matmulNT(x(m, k), x(n, k + extra))),
      throws(() => A.matmulTN(x(k, m), x(k + extra, n))),
      throws(() => A.matmulNN(x(k), x(k, n))),
      throws(() => A.addRow(x(m, n), x(n + extra))),
      throws(() => A.addRow(x(m, n), x(1, n))),
      throws(() => A.sumRows(x(n))),
      throws(() => A.times(x(1), x(m, n))),
      throws(() => A.of([m, k], drawn(pool, 0, m * k + extra))),
    )
  },
  mutants: [
    but(B)('add takes any two tensors', { add: (a, b) => (B.equals(a, b) ? B.add(a, b) : a) }),
    but(B)('equals compares entries alone', {
      equals: (a, b) => B.numbers(a).every((entry, i) => entry === (B.numbers(b)[i] ?? entry)),
    }),
    but(B)('reshape takes what fits', {
      reshape: (x, shape) => B.of(shape, Array.from({ length: count(shape) }, (_, i) => B.numbers(x)[i] ?? 0)),
    }),
    but(B)('gather reads 0 beyond the end', { gather: (x, positions) => B.gather(x, within(positions, count(B.shape(x)))) }),
    but(B)('scatter drops what is beyond the end', {
      scatter: (y, positions, shape) => B.scatter(y, within(positions, count(shape)), shape),
    }),
    but(B)('a (1, n) matrix is taken for a row', {
      addRow: (x, row) => B.addRow(x, B.of([B.numbers(row).length], B.numbers(row))),
    }),
  ],
})

/** NaN is never equal and never near. */
export const nan = <T>(suite: TensorSuite<T>, B: Operations<T> = suite.algebra): Law => law({
  ...shared(suite),
  name: `${suite.prefix}.nan`,
  says: 'one NaN anywhere makes equals false and distance NaN, also between a tensor and itself',
  cites: 'IEEE 754 §6.2; a state with a NaN is never settled',
  runs: 100,
  instances: fc.record({ shape: shapes.filter((shape) => count(shape) > 0), pool: pools(suite.entries), at: fc.nat() }),
  judge: (A) => ({ shape, pool, at }) => {
    const plain = drawn(pool, 0, count(shape))
    const [clean, spoilt] = [A.of(shape, plain), A.of(shape, plain.with(at % plain.length, NaN))]
    return allTrue(
      A.equals(clean, clean) && A.distance(clean, clean) === 0,
      ...[[spoilt, clean] as const, [clean, spoilt] as const, [spoilt, spoilt] as const]
        .flatMap(([x, y]) => [!A.equals(x, y), Number.isNaN(A.distance(x, y))]),
    )
  },
  mutants: [
    but(B)('distance ignores NaN, as norminf does', {
      distance: (a, b) => B.numbers(B.sub(a, b)).map(Math.abs).reduce((most, gap) => (gap > most ? gap : most), 0),
    }),
    but(B)('a tensor always equals itself', { equals: (a, b) => a === b || B.equals(a, b) }),
  ],
})
