/** Law L14 for what a tensor algebra does entry by entry, and for rows and their sums. */
import fc from 'fast-check'
import { entries as count } from '../tensor/algebra.ts'
import { allTrue, apart, bounded, exactly, largest, largestGap } from './closeness.ts'
import { type Law, law, worst } from './law.ts'
import { drawn, pools } from './number-arbitraries.ts'
import { mutantsOf } from './tensor-faults.ts'
import { extents, gapOf, shapes, shared, tensorsOf, type TensorSuite } from './tensor-suite.ts'

/** Rows added to every row, and sums of rows. */
export const rows = <T>(suite: TensorSuite<T>): Law => law({
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
        apart(m * n, m + n, suite.roundoff) * largest(A.numbers(A.dot(absRow, absX))), suite.roundoff),
      exactly(A, [[A.addRow(x, row), A.add(x, repeated)]]),
      bounded(largestGap(A.numbers(summed), A.numbers(byProduct)),
        apart(m, m, suite.roundoff) * largest(A.numbers(A.sumRows(absX))), suite.roundoff),
    ])
  },
  mutants: mutantsOf(suite, 'sumRows', 'addRow'),
})

/** Operations entry by entry, where both sides round alike. */
export const pointwise = <T>(suite: TensorSuite<T>): Law => law({
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
