/** ℓ = ½ ‖sᴸ − y‖², so ∂ℓ/∂sᴸ = sᴸ − y. docs/theory.md §1. */
import type { Cost } from './cost.ts'

/**
 * Half the squared distance of the output layer to the target.
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { reference as A, squaredError } from 'phifold'
 *
 * const costing = squaredError.at(A)(A.of([1, 2], [1, 0]))
 * const output = A.of([1, 2], [0.5, 2])
 * assert.deepEqual([...A.numbers(costing.value(output)), ...A.numbers(costing.gradient(output))], [2.125, -0.5, 2])
 * ```
 */
export const squaredError: Cost<never> = {
  name: 'squared error',
  at: (A) => (y) => ({
    value: (output) => {
      const error = A.sub(output, y)
      return A.over(A.dot(error, error), 2)
    },
    gradient: (output) => A.sub(output, y),
  }),
}
