/**
 * Cross-entropy of a softmax, for targets y that are probabilities (one-hot, for labels):
 *
 *     ŷ = softmax(z)        ℓ(z, y) = −Σ_c y_c log ŷ_c = log Σ_c e^{z_c} − Σ_c y_c z_c        ∂ℓ/∂z = ŷ − y
 *
 * Numerics. Both are computed from d = z − m with m = max_c z_c, sample by sample: ŷ and, as Σ y = 1, ℓ do not change when all logits of
 * a sample do by as much (law L1.cross-entropy.shift). So nothing overflows, the sum of e^d lies between 1 and its number of terms, and
 * its logarithm is accurate:
 *
 *     ℓ = log Σ_c e^{d_c} − Σ_c y_c d_c        ŷ = e^{d − log Σ e^d}
 *
 * For the same reason m is a constant to derivatives. It is taken from the floats that the logits are (`numbers`, of complex logits the
 * real parts), so that dual and tracked numbers pass by it.
 */
import type { Algebra } from '../tensor/algebra.ts'
import type { Cost } from './cost.ts'
import { readout, type ReadoutOptions } from './readout.ts'

type Exponentials = 'exp' | 'log'

/** d = z − max z and log Σ e^d of each sample, the latter in a column (batch, 1). */
const centred = <T>(A: Algebra<Exponentials, T>, z: T): { readonly d: T; readonly logSum: T } => {
  const [batch = 0, classes = 0] = A.shape(z)
  const numbers = A.numbers(z)
  const largest = Array.from({ length: batch }, (_, b) => Math.max(...numbers.subarray(b * classes, (b + 1) * classes)))
  const d = A.sub(z, A.of([batch, classes], Array.from(numbers, (_, i) => largest[Math.floor(i / classes)] as number)))
  return { d, logSum: A.log(A.matmulNN(A.exp(d), A.fill([classes, 1], 1))) }
}

/** softmax of each row of (batch, classes): positive numbers that sum to 1. No logit is too large, and adding a number to all of a row changes nothing. */
export const softmax = <T>(A: Algebra<Exponentials, T>) => (z: T): T => {
  const { d, logSum } = centred(A, z)
  return A.exp(A.sub(d, A.matmulNN(logSum, A.fill([1, A.shape(z)[1] ?? 0], 1))))
}

/** Cross-entropy of the softmax of the output layer itself; `crossEntropy` puts a readout in front. */
export const softmaxCrossEntropy: Cost<Exponentials> = {
  name: 'cross-entropy',
  targets: 'probabilities',
  at: <T>(A: Algebra<Exponentials, T>) => (y: T) => ({
    value: (z: T) => {
      const { d, logSum } = centred(A, z)
      return A.sub(A.dot(logSum, A.fill(A.shape(logSum), 1)), A.dot(y, d))
    },
    gradient: (z: T) => A.sub(softmax(A)(z), y),
  }),
}

/**
 * Cross-entropy of ŷ = softmax(W_o sᴸ + b_o). The readout's parameters, 'Wo' (outputs, features) and 'bo' (outputs) unless named
 * otherwise, are given with those of the network; targets are (batch, outputs). Throws RangeError as `readout` does.
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { crossEntropy } from 'phifold'
 *
 * // Ten classes read from 512 units, which are the network's output layer. Its parameters join those of the network.
 * const cost = crossEntropy({ features: 512, outputs: 10 })
 * assert.deepEqual(cost.readout?.params, { Wo: [10, 512], bo: [10] })
 * ```
 */
export const crossEntropy = (options: ReadoutOptions): Cost<Exponentials> => readout(softmaxCrossEntropy, options)
