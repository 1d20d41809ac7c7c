/** Law L14 for the products of a tensor algebra: each is what it says, they associate, are linear, and have their adjoints. */
import type { Shape } from '../tensor/algebra.ts'
import { apart, bounded, largest, largestGap } from './closeness.ts'
import { type Law, law, type Verdict, worst } from './law.ts'
import { drawn } from './number-arbitraries.ts'
import { mutantsOf, transposed } from './tensor-faults.ts'
import { extents, gapOf, shared, tensorsOf, type TensorSuite } from './tensor-suite.ts'

/** Adjoints. Left side k + mn roundings (sums of k products, then of mn), the next n + mk, the last m + kn. */
export const adjoint = <T>(suite: TensorSuite<T>): Law => law({
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
    const bound = (roundings: number): number => apart(k + m * n, roundings, suite.roundoff) * total
    return worst([
      bounded(gapOf(A, whole, onLeft), bound(n + m * k), suite.roundoff),
      bounded(gapOf(A, whole, onRight), bound(m + k * n), suite.roundoff),
    ])
  },
  mutants: mutantsOf(suite, 'matmulTN', 'matmulNT', 'lastSample'),
})

/** The three products against sums of products. */
export const product = <T>(suite: TensorSuite<T>): Law => law({
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
    const allowed = apart(k, k, suite.roundoff) * largest(A.numbers(magnitudes))
    return worst([
      bounded(largestGap(A.numbers(ab), byEntry), allowed, suite.roundoff),
      bounded(gapOf(A, A.matmulNT(tensor(0, [m, k]), A.of([n, k], transposed(k, n, plainB))), ab), allowed, suite.roundoff),
      bounded(gapOf(A, A.matmulTN(A.of([k, m], transposed(m, k, plainA)), tensor(1, [k, n])), ab), allowed, suite.roundoff),
    ])
  },
  mutants: mutantsOf(suite, 'scrambled', 'matmulTN', 'matmulNN'),
})

/**
 * Associativity and linearity. Each side of the first sums k products of sums of n (or n of k): k + n roundings; of the second k,
 * and one for the sum.
 */
export const associative = <T>(suite: TensorSuite<T>): Law => law({
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
      const allowed = apart(inner + 1, inner + 1, suite.roundoff) * largest(A.numbers(f(A.add(absX, absX2), A.add(absY, absY2))))
      return [
        [f(A.add(x, x2), y), A.add(f(x, y), f(x2, y))] as const,
        [f(x, A.add(y, y2)), A.add(f(x, y), f(x, y2))] as const,
        [f(A.scale(factor, x), y), A.scale(factor, f(x, y))] as const,
        [f(x, A.scale(factor, y)), A.scale(factor, f(x, y))] as const,
      ].map(([whole, parts]) => bounded(gapOf(A, whole, parts), allowed, suite.roundoff))
    }
    return worst([
      bounded(gapOf(A, A.matmulNN(A.matmulNN(a, b), c), A.matmulNN(a, A.matmulNN(b, c))),
        apart(k + n, k + n, suite.roundoff) * largest(A.numbers(A.matmulNN(A.matmulNN(absA, absB), absC))), suite.roundoff),
      ...linear(A.matmulNN, [m, k], [k, n], k),
      ...linear(A.matmulNT, [m, k], [n, k], k),
      ...linear(A.matmulTN, [k, m], [k, n], k),
      ...linear(A.dot, [m, n], [m, n], m * n),
    ])
  },
  mutants: mutantsOf(suite, 'squared', 'dot'),
})
