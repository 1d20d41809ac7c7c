/** Law L14 for lists of positions in a tensor algebra: gathering, its transpose scattering, and reshaping. */
import { apart, bounded, exactly, largest } from './closeness.ts'
import { type Law, law, worst } from './law.ts'
import { mutantsOf } from './tensor-faults.ts'
import { extents, gapOf, positionsOf, shared, tensorsOf, type TensorSuite } from './tensor-suite.ts'

/**
 * With P the 0-1 matrix of N positions among M entries, one row per position and nothing in the row of a −1. Sums with zeros are exact,
 * so P x is; a sum over N entries makes at most N roundings either way. On the left of the adjunction N products are summed; on the right
 * each product contains a sum of up to N entries and is one of M.
 */
export const positions = <T>(suite: TensorSuite<T>): Law => law({
  ...shared(suite),
  name: `${suite.prefix}.positions`,
  says: '⟨gather x, y⟩ = ⟨x, scatter y⟩; gather x = P x and scatter y = Pᵀ y with P the 0-1 matrix of the positions: −1 gives 0 ' +
    'and is ignored, what meets at one place adds up; reshape x has the entries of x in order',
  cites: 'definition of the transpose; Higham §3.1 for the bounds (γ_N + γ_{N+M}) Σ |gather x| |y| and 2γ_N Pᵀ|y|',
  runs: 100,
  instances: extents(suite.entries),
  judge: (A) => ({ m, k, n, pool, picks }) => {
    const { tensor, magnitude } = tensorsOf(A, pool)
    const [M, N] = [m * k, n * m]
    const list = positionsOf(picks, [n, m], M)
    const P = A.of([N, M], Array.from({ length: N * M }, (_, i) => (list.at[Math.floor(i / M)] === i % M ? 1 : 0)))
    const [x, y, absX, absY] = [tensor(0, [m, k]), tensor(1, [n, m]), magnitude(0, [m, k]), magnitude(1, [n, m])]
    const [gathered, scattered] = [A.gather(x, list), A.scatter(y, list, [m, k])]
    const reshaped = A.reshape(x, [k, 1, m])
    return worst([
      bounded(gapOf(A, A.dot(gathered, y), A.dot(x, scattered)),
        apart(N, N + M, suite.roundoff) * largest(A.numbers(A.dot(A.gather(absX, list), absY))), suite.roundoff),
      exactly(A, [
        [gathered, A.reshape(A.matmulNN(P, A.reshape(x, [M, 1])), [n, m])],
        [reshaped, A.of([k, 1, m], A.numbers(x))],
        [A.reshape(reshaped, [m, k]), x],
      ]),
      bounded(gapOf(A, scattered, A.reshape(A.matmulTN(P, A.reshape(y, [N, 1])), [m, k])),
        apart(N, N, suite.roundoff) * largest(A.numbers(A.scatter(absY, list, [m, k]))), suite.roundoff),
    ])
  },
  mutants: mutantsOf(suite, 'gather', 'scatter', 'overwriting', 'reshape'),
})
