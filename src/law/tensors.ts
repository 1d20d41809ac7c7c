/**
 * Law L14 for tensor algebras: products and their adjoints, rows and their sums, entries, shapes, NaN, and immutability.
 *
 * One suite serves exact and floating-point algebras. With unit roundoff u, a sum of n products, added in any order, has an
 * error of at most γ_n Σ |aᵢ bᵢ| (Higham, Accuracy and Stability of Numerical Algorithms, §3.1); each judge computes that
 * sum from the magnitudes of the same entries. Over rationals u = 0, so every allowance is 0.
 *
 * Bring your own interpreter: `algebraLaws` is a function of it.
 */
import fc from 'fast-check'
import { unitRoundoff } from '../number/float64.ts'
import type { Functions } from '../number/number.ts'
import { type Rational, rational } from '../number/rational.ts'
import { entries as count, type Shape, type Tensors } from '../tensor/algebra.ts'
import { lift, type Lifted } from '../tensor/lift.ts'
import { reference, type Tensor } from '../tensor/reference.ts'
import { type Law, law, type Mutant, type Rung, type Verdict, worst } from './law.ts'
import { drawn, dyadics, entries, pools } from './number-arbitraries.ts'
import { allTrue, bounded, but, exactly, gamma } from './numbers.ts'

/** Tensor operations, with those functions that an interpreter happens to have. */
export type Operations<T> = Tensors<T> & Partial<Functions<T>>

/** An algebra to judge. */
export interface TensorSuite<T> {
  /** First part of the laws' names: 'L14.reference'. */
  readonly prefix: string
  readonly about: readonly string[]
  readonly algebra: Operations<T>
  readonly rung: Rung
  /** Entries, embedded by `of`. */
  readonly entries: fc.Arbitrary<number>
  /** u, or 0 where nothing is rounded. */
  readonly roundoff: number
  /** What holds the entries of a tensor, to see that no two tensors share it. */
  readonly memory: (x: T) => unknown
  /** Faults of memory: subjects that write where they must not, or share what can be written to. */
  readonly leaks: readonly Mutant<Operations<T>>[]
}

/** Sizes and the numbers to fill tensors with. */
export interface Extents {
  readonly m: number
  readonly k: number
  readonly n: number
  readonly pool: readonly number[]
}

/** Sizes from 0 up, so that empty sums and empty batches are among the instances. */
export const extents = (numbers: fc.Arbitrary<number>, largest = 5): fc.Arbitrary<Extents> => {
  const size = fc.integer({ min: 0, max: largest })
  return fc.record({ m: size, k: size, n: size, pool: pools(numbers) })
}

/** Tensors from the pool of an instance, and the same with every entry replaced by its magnitude. */
const tensorsOf = <T>(A: Tensors<T>, pool: readonly number[]) => {
  const tensor = (nth: number, shape: Shape, f: (x: number) => number = (x) => x): T =>
    A.of(shape, drawn(pool, nth, count(shape)).map(f))
  return { tensor, magnitude: (nth: number, shape: Shape) => tensor(nth, shape, Math.abs) }
}

/** The plain entries of an (m, n) matrix, transposed. */
const transposed = (m: number, n: number, data: ArrayLike<number>): readonly number[] =>
  Array.from({ length: m * n }, (_, i) => data[(i % m) * n + Math.floor(i / m)] ?? NaN)

const gapOf = <T>(A: Tensors<T>, left: T, right: T): number => exactly(A, [[left, right]]).gap

const largest = (numbers: ArrayLike<number>): number => Array.from(numbers).reduce((a, b) => Math.max(a, b), 0)

/** x without its last row, as zeros. */
const withoutLastRow = <T>(A: Tensors<T>, x: T): T => {
  const [rows = 0, columns = 0] = A.shape(x)
  const mask = Array.from({ length: rows * columns }, (_, i) => (i < (rows - 1) * columns ? 1 : 0))
  return A.mul(x, A.of([rows, columns], mask))
}

/** One thing that an interpreter gets wrong. */
interface Fault<T> {
  readonly fault: string
  readonly wrong: Partial<Tensors<T>>
}

const faultsIn = <T>(A: Tensors<T>) => {
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
    fill: wrong('fill takes c for 1', { fill: (shape) => A.fill(shape, 1) }),
  } satisfies Readonly<Record<string, Fault<T>>>
}

/** Name of a fault that any interpreter could have. */
export type TensorFault = keyof ReturnType<typeof faultsIn>

/** The algebra with one such fault. */
export const faulty = <T, A extends Tensors<T>>(algebra: A & Tensors<T>, name: TensorFault): Mutant<A> => {
  const { fault, wrong } = faultsIn<T>(algebra)[name]
  return { fault, subject: { ...algebra, ...wrong } }
}

const mutantsOf = <T>({ algebra }: TensorSuite<T>, ...names: readonly TensorFault[]): readonly Mutant<Operations<T>>[] =>
  names.map((name) => faulty<T, Operations<T>>(algebra, name))

const shared = <T>({ about, algebra, rung }: TensorSuite<T>) => ({ about, rung, over: [algebra.name], subject: algebra })

// Left side k + mn roundings (sums of k products, then of mn), the next n + mk, the last m + kn.
const adjoint = <T>(suite: TensorSuite<T>): Law => law({
  ...shared(suite),
  name: `${suite.prefix}.adjoint`,
  says: '⟨a b, c⟩ = ⟨a, c bᵀ⟩ = ⟨b, aᵀ c⟩',
  cites: 'definition of the transpose; Higham §3.1 for the bound (γ_{k+mn} + γ_{n+mk}) Σ |a| |b| |c|',
  runs: 100,
  instances: extents(suite.entries),
  judge: (A) => ({ m, k, n, pool }) => {
    const { tensor, magnitude } = tensorsOf(A, pool)
    const [a, b, c] = [tensor(0, [m, k]), tensor(1, [k, n]), tensor(2, [m, n])]
    const total = largest(A.numbers(A.dot(A.matmulNN(magnitude(0, [m, k]), magnitude(1, [k, n])), magnitude(2, [m, n]))))
    const [whole, onLeft, onRight] = [A.dot(A.matmulNN(a, b), c), A.dot(a, A.matmulNT(c, b)), A.dot(b, A.matmulTN(a, c))]
    const bound = (roundings: number): number =>
      (gamma(k + m * n, suite.roundoff) + gamma(roundings, suite.roundoff)) * total
    return worst([
      bounded(gapOf(A, whole, onLeft), bound(n + m * k)),
      bounded(gapOf(A, whole, onRight), bound(m + k * n)),
    ])
  },
  mutants: mutantsOf(suite, 'matmulTN', 'matmulNT', 'lastSample'),
})

const product = <T>(suite: TensorSuite<T>): Law => law({
  ...shared(suite),
  name: `${suite.prefix}.product`,
  says: '(a b)ᵢⱼ = ⟨row i of a, column j of b⟩; a bᵀ and aᵀ b are a b with that factor laid out transposed',
  cites: 'definition of the product of matrices; Higham §3.1 for the bound 2γ_k |a| |b|',
  runs: 60,
  instances: extents(suite.entries),
  judge: (A) => ({ m, k, n, pool }) => {
    const { tensor, magnitude } = tensorsOf(A, pool)
    const [plainA, plainB] = [drawn(pool, 0, m * k), drawn(pool, 1, k * n)]
    const ab = A.matmulNN(tensor(0, [m, k]), tensor(1, [k, n]))
    const byEntry = Array.from({ length: m * n }, (_, i) => {
      const [row, column] = [Math.floor(i / n), i % n]
      const [ofA, ofB] = [plainA.slice(row * k, (row + 1) * k), plainB.filter((__, j) => j % n === column)]
      return A.numbers(A.dot(A.of([k], ofA), A.of([k], ofB)))[0] ?? NaN
    })
    const magnitudes = A.matmulNN(magnitude(0, [m, k]), magnitude(1, [k, n]))
    const allowed = 2 * gamma(k, suite.roundoff) * largest(A.numbers(magnitudes))
    return worst([
      bounded(largest(A.numbers(ab).map((entry, i) => Math.abs(entry - (byEntry[i] ?? NaN)))), allowed),
      bounded(gapOf(A, A.matmulNT(tensor(0, [m, k]), A.of([n, k], transposed(k, n, plainB))), ab), allowed),
      bounded(gapOf(A, A.matmulTN(A.of([k, m], transposed(m, k, plainA)), tensor(1, [k, n])), ab), allowed),
    ])
  },
  mutants: mutantsOf(suite, 'scrambled', 'matmulTN', 'matmulNN'),
})

// Each side of associativity sums k products of sums of n (or n of k): k + n roundings. Linearity: k, and one for the sum.
const associative = <T>(suite: TensorSuite<T>): Law => law({
  ...shared(suite),
  name: `${suite.prefix}.linear`,
  says: '(a b) c = a (b c); a b, a bᵀ, aᵀ b and ⟨a, b⟩ are linear in each factor',
  cites: 'Higham §3.5, with bounds 2γ_{k+n} |a| |b| |c| and 2γ_{k+1} (|a| + |a′|) |b|',
  runs: 60,
  instances: extents(suite.entries, 4),
  judge: (A) => ({ m, k, n, pool }) => {
    const { tensor, magnitude } = tensorsOf(A, pool)
    const [p, factor] = [2, 0.75]
    const associated = (make: typeof magnitude): readonly [T, T, T] => [make(0, [m, k]), make(1, [k, n]), make(2, [n, p])]
    const [a, b, c] = associated(tensor)
    const [absA, absB, absC] = associated(magnitude)
    const linear = (f: (left: T, right: T) => T, left: Shape, right: Shape, inner: number): readonly Verdict[] => {
      const [x, x2, y, y2] = [tensor(3, left), tensor(4, left), tensor(5, right), tensor(6, right)]
      const [absX, absX2, absY, absY2] = [magnitude(3, left), magnitude(4, left), magnitude(5, right), magnitude(6, right)]
      const allowed = 2 * gamma(inner + 1, suite.roundoff) * largest(A.numbers(f(A.add(absX, absX2), A.add(absY, absY2))))
      return [
        [f(A.add(x, x2), y), A.add(f(x, y), f(x2, y))] as const,
        [f(x, A.add(y, y2)), A.add(f(x, y), f(x, y2))] as const,
        [f(A.scale(factor, x), y), A.scale(factor, f(x, y))] as const,
        [f(x, A.scale(factor, y)), A.scale(factor, f(x, y))] as const,
      ].map(([whole, parts]) => bounded(gapOf(A, whole, parts), allowed))
    }
    return worst([
      bounded(gapOf(A, A.matmulNN(A.matmulNN(a, b), c), A.matmulNN(a, A.matmulNN(b, c))),
        2 * gamma(k + n, suite.roundoff) * largest(A.numbers(A.matmulNN(A.matmulNN(absA, absB), absC)))),
      ...linear(A.matmulNN, [m, k], [k, n], k),
      ...linear(A.matmulNT, [m, k], [n, k], k),
      ...linear(A.matmulTN, [k, m], [k, n], k),
      ...linear(A.dot, [m, n], [m, n], m * n),
    ])
  },
  mutants: mutantsOf(suite, 'squared', 'dot'),
})

const rows = <T>(suite: TensorSuite<T>): Law => law({
  ...shared(suite),
  name: `${suite.prefix}.rows`,
  says: '⟨r on every row, x⟩ = ⟨r, sumRows x⟩; addRow(x, r) = x + r on every row; sumRows x = 1ᵀ x',
  cites: 'definition of the transpose; Higham §3.1 for the bounds (γ_{mn} + γ_{m+n}) Σ |r| |x| and 2γ_m 1ᵀ|x|',
  runs: 100,
  instances: extents(suite.entries),
  judge: (A) => ({ m, n, pool }) => {
    const { tensor, magnitude } = tensorsOf(A, pool)
    const [x, row] = [tensor(0, [m, n]), tensor(1, [n])]
    const repeated = A.addRow(A.fill([m, n], 0), row)
    const [absX, absRow] = [magnitude(0, [m, n]), A.addRow(A.fill([m, n], 0), magnitude(1, [n]))]
    const [summed, byProduct] = [A.sumRows(x), A.matmulTN(A.fill([m, 1], 1), x)]
    return worst([
      bounded(gapOf(A, A.dot(repeated, x), A.dot(row, summed)),
        (gamma(m * n, suite.roundoff) + gamma(m + n, suite.roundoff)) * largest(A.numbers(A.dot(absRow, absX)))),
      exactly(A, [[A.addRow(x, row), A.add(x, repeated)]]),
      bounded(largest(A.numbers(summed).map((entry, j) => Math.abs(entry - (A.numbers(byProduct)[j] ?? NaN)))),
        2 * gamma(m, suite.roundoff) * largest(A.numbers(A.sumRows(absX)))),
    ])
  },
  mutants: mutantsOf(suite, 'sumRows', 'addRow'),
})

const shapes: fc.Arbitrary<Shape> = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 })

const pointwise = <T>(suite: TensorSuite<T>): Law => law({
  ...shared(suite),
  name: `${suite.prefix}.entries`,
  says: 'a + b = b + a, a b = b a, a − b = a + (−b), a + 0 = 1 a = −(−a) = a, (c a) / c = a with c = 2ⁿ, ' +
    'times(c, a) = c a = fill(c) a, ⟨a, b⟩ = ⟨b, a⟩ = ⟨a b, 1⟩; of, fill, numbers and shape tell the same',
  cites: 'IEEE 754 §4.3: none of these rounds differently on the two sides',
  runs: 100,
  instances: fc.record({ shape: shapes, pool: pools(suite.entries), exponent: fc.integer({ min: -3, max: 3 }) }),
  judge: (A) => ({ shape, pool, exponent }) => {
    const { tensor } = tensorsOf(A, pool)
    const [a, b, c] = [tensor(0, shape), tensor(1, shape), 2 ** exponent]
    const plain = drawn(pool, 0, count(shape))
    return worst([
      exactly(A, [
        [A.add(a, b), A.add(b, a)],
        [A.mul(a, b), A.mul(b, a)],
        [A.sub(a, b), A.add(a, A.neg(b))],
        [A.add(a, A.fill(shape, 0)), a],
        [A.mul(A.fill(shape, 1), a), a],
        [A.neg(A.neg(a)), a],
        [A.over(A.scale(c, a), c), a],
        [A.times(A.fill([], c), a), A.scale(c, a)],
        [A.scale(c, a), A.mul(A.fill(shape, c), a)],
        [A.dot(a, b), A.dot(b, a)],
        [A.dot(a, b), A.dot(A.mul(a, b), A.fill(shape, 1))],
      ]),
      allTrue(
        A.numbers(a).length === plain.length && A.numbers(a).every((entry, i) => entry === plain[i]),
        A.numbers(A.fill(shape, c)).every((entry) => entry === c),
        [a, A.fill(shape, c), A.add(a, b), A.scale(c, a)].every((x) => A.shape(x).join() === shape.join()),
        A.shape(A.dot(a, b)).length === 0,
      ),
    ])
  },
  mutants: mutantsOf(suite, 'over', 'sub', 'dot', 'fill'),
})

const throws = (f: () => unknown): boolean => {
  try {
    f()
    return false
  } catch (error) {
    return error instanceof TypeError
  }
}

const shapeErrors = <T>(suite: TensorSuite<T>, B: Operations<T> = suite.algebra): Law => law({
  ...shared(suite),
  name: `${suite.prefix}.shapes`,
  says: 'operations on shapes that do not fit throw a TypeError, also where the number of entries agrees; ' +
    'equals of different shapes is false',
  cites: 'tensor/algebra.ts: wrong shapes are bugs and throw',
  runs: 50,
  instances: fc.record({ extents: extents(suite.entries), extra: fc.integer({ min: 1, max: 3 }) }),
  judge: (A) => ({ extents: { m, k, n, pool }, extra }) => {
    const { tensor } = tensorsOf(A, pool)
    const x = (...shape: Shape): T => tensor(0, shape)
    const pairs: readonly (readonly [T, T])[] =
      [[x(m, k), x(m, k + extra)], [x(m, k), x(m * k)], [x(m, m + extra), x(m + extra, m)]]
    return allTrue(
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
    but(B)('a (1, n) matrix is taken for a row', {
      addRow: (x, row) => B.addRow(x, B.of([B.numbers(row).length], B.numbers(row))),
    }),
  ],
})

/** What every operation may be applied to: shapes (m, k) a a2, (k, n) b, (n, k) bT, (m, n) c, (k) row, [] scalar. */
export interface Operands<T> {
  readonly a: T
  readonly a2: T
  readonly b: T
  readonly bT: T
  readonly c: T
  readonly row: T
  readonly scalar: T
  /** Not 0. */
  readonly number: number
}

/** The operands of an instance, each made by `make`. */
export const operandsOf = <T>(
  { m, k, n }: Extents, number: number, make: (nth: number, shape: Shape) => T,
): Operands<T> => ({
  a: make(0, [m, k]),
  a2: make(1, [m, k]),
  b: make(2, [k, n]),
  bT: make(3, [n, k]),
  c: make(4, [m, n]),
  row: make(5, [k]),
  scalar: make(6, []),
  number,
})

const inputsOf = <T>({ a, a2, b, bT, c, row, scalar }: Operands<T>): readonly T[] => [a, a2, b, bT, c, row, scalar]

/** Every operation of an algebra that yields a tensor, by name; the functions where there are any. */
export const allOperations = <T>(A: Operations<T>): Readonly<Record<string, (x: Operands<T>) => T>> => {
  const { tanh, logistic, clip, inside } = A
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
    dot: ({ a, a2 }) => A.dot(a, a2),
    fill: ({ a, number }) => A.fill(A.shape(a), number),
    ...(tanh && { tanh: ({ a }) => tanh(a) }),
    ...(logistic && { logistic: ({ a }) => logistic(a) }),
    ...(clip && { clip: ({ a }) => clip(a) }),
    ...(inside && { inside: ({ a }) => inside(a) }),
  }
}

/** Overwrites a plain array that the caller owns, to see whether a tensor notices. */
const overwrite = (array: object, length: number): void =>
  Array.from({ length }).forEach((_, i) => Reflect.set(array, i, 77))

const immutable = <T>(suite: TensorSuite<T>): Law => law({
  ...shared(suite),
  name: `${suite.prefix}.immutable`,
  says: 'no operation changes its inputs; no result shares memory with them, with the arrays given to of and fill, ' +
    'or with what numbers returned',
  cites: 'tensor/algebra.ts: inputs never change, results share no memory that anybody could write to',
  runs: 40,
  instances: fc.record({ extents: extents(suite.entries, 4), number: fc.constantFrom(1, -1, 0.5, 3) }),
  judge: (A) => ({ extents: instance, number }) => {
    const { tensor: make } = tensorsOf(suite.algebra, instance.pool)
    const fresh = inputsOf(operandsOf(instance, number, (nth, shape) => make(nth, shape)))
    // The arrays that these were made from, and the copies read back from them, are overwritten right away.
    const touched = operandsOf(instance, number, (nth, shape) => {
      const [extent, data] = [[...shape], Float64Array.from(drawn(instance.pool, nth, count(shape)))]
      const tensor = A.of(extent, data)
      overwrite(extent, extent.length)
      overwrite(data, data.length)
      return tensor
    })
    const same = (x: T, y: T): boolean =>
      suite.algebra.equals(x, y) && A.numbers(x).every((entry, i) => Object.is(entry, A.numbers(y)[i]))
    const given = [instance.m, instance.n]
    const filled = A.fill(given, number)
    overwrite(given, 2)
    const inputs = inputsOf(touched)
    const outcomes = Object.values(allOperations(A)).flatMap((operation) => {
      const result = operation(touched)
      const before = A.numbers(result)
      overwrite(A.numbers(result), before.length)
      inputs.forEach((x) => { overwrite(A.numbers(x), A.numbers(x).length) })
      return [
        A.numbers(result).every((entry, i) => Object.is(entry, before[i])),
        inputs.every((x) => suite.memory(x) !== suite.memory(result)),
        inputs.every((x, i) => same(x, fresh[i] ?? x)),
      ]
    })
    return allTrue(...outcomes, A.shape(filled).join() === [instance.m, instance.n].join())
  },
  mutants: suite.leaks,
})

const nan = <T>(suite: TensorSuite<T>, B: Operations<T> = suite.algebra): Law => law({
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

/** L14 for an interpreter. NaN is judged where there is one: where entries are floating-point numbers. */
export const algebraLaws = <T>(suite: TensorSuite<T>): readonly Law[] => [
  adjoint(suite), product(suite), associative(suite), rows(suite), pointwise(suite), shapeErrors(suite), immutable(suite),
  ...(suite.roundoff > 0 ? [nan(suite)] : []),
]

/** The array behind a tensor of the reference interpreter, which its type hides. */
const cellsOf = (x: Tensor): Float64Array => (x as unknown as { readonly data: Float64Array }).data

type LiftedQ = Lifted<Rational>
const Q = lift(rational)

const [QT, R]: readonly [Operations<LiftedQ>, Operations<Tensor>] = [Q, reference]

/** L14 for the two interpreters that do arithmetic. */
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
      but(R)('numbers hands out its memory', { numbers: cellsOf }),
      but(R)('clip returns what is inside already', {
        clip: (x) => (R.equals(reference.clip(x), x) ? x : reference.clip(x)),
      }),
    ],
  }),
]
