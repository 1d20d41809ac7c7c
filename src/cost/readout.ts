/**
 * An affine readout that is no part of the state, in front of any cost ℓ₀(z, y):
 *
 *     z = W_o sᴸ + b_o        ℓ(s, y) = ℓ₀(z, y)        g = ∂ℓ₀/∂z
 *     ∂ℓ/∂sᴸ = W_oᵀ g         ∂ℓ/∂W_o = g sᴸᵀ           ∂ℓ/∂b_o = g
 *
 * Batched, row b is sample b: z = s W_oᵀ + b_o on every row, ∂ℓ/∂s = g W_o, and summed over the batch ∂ℓ/∂W_o = gᵀ s, ∂ℓ/∂b_o = Σ g.
 * Nothing flows from z into the network: the state relaxes without it, and it only shapes the nudge.
 *
 * docs/theory.md §14, laws L1, L4 and L5 with a readout.
 */
import type { Op } from '../tensor/algebra.ts'
import { entries, showShape } from '../tensor/algebra.ts'
import type { Cost } from './cost.ts'

/** Sizes and names of a readout. */
export interface ReadoutOptions {
  /** Units of the output layer (channels times pixels, for maps). */
  readonly features: number
  /** Units of the readout, and of the target. */
  readonly outputs: number
  /** Name of W_o, of shape (outputs, features); 'Wo' by default. */
  readonly weight?: string
  /** Name of b_o, of shape (outputs); 'bo' by default. */
  readonly bias?: string
}

const units = (what: string, count: number): number => {
  if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`readout: expected a whole number of ${what}, at least 1, got ${count}`)
  return count
}

/**
 * The cost of W_o sᴸ + b_o. Throws RangeError for sizes that are no whole numbers ≥ 1, for one name given twice, and for a cost that has
 * a readout already.
 */
export const readout = <N extends Op>(
  cost: Cost<N>, { features, outputs, weight = 'Wo', bias = 'bo' }: ReadoutOptions,
): Cost<N> => {
  if (weight === bias) throw new RangeError(`readout: weight and bias are both named ${weight}; name one of them otherwise`)
  if (cost.readout !== undefined) throw new RangeError(`readout: ${cost.name} has a readout already`)
  const shape = [units('outputs', outputs), units('features', features)] as const
  return {
    ...cost,
    name: `${cost.name}, readout ${showShape(shape)}`,
    readout: { features, outputs, params: { [weight]: [...shape], [bias]: [outputs] } },
    at: (A) => (y, theta = {}) => {
      type T = typeof y
      const [W, b] = [theta[weight], theta[bias]]
      if (W === undefined || b === undefined) throw new RangeError(`readout: parameter ${W === undefined ? weight : bias} is missing`)
      const below = cost.at(A)(y, theta)
      const flat = (s: T): T => {
        const [batch = 0, ...rest] = A.shape(s)
        return rest.length === 1 ? s : A.reshape(s, [batch, entries(rest)])
      }
      const logits = (s: T): T => A.addRow(A.matmulNT(flat(s), W), b)
      return {
        value: (s) => below.value(logits(s)),
        gradient: (s) => {
          const gradient = A.matmulNN(below.gradient(logits(s)), W)
          return A.shape(s).length === 2 ? gradient : A.reshape(gradient, A.shape(s))
        },
        param: (s) => {
          const g = below.gradient(logits(s))
          return { [weight]: A.matmulTN(g, flat(s)), [bias]: A.sumRows(g) }
        },
        output: logits,
      }
    },
  }
}
