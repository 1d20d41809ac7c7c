/** ℓ = ½ ‖sᴸ − y‖², so ∂ℓ/∂sᴸ = sᴸ − y. docs/theory.md §1. */
import type { Cost } from './cost.ts'

/** Half the squared distance of the output layer to the target. */
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
