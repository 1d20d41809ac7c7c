/**
 * Bias of one layer, Ψ = Σ_batch ⟨b, u_l⟩:
 *
 *     ∂Ψ/∂u_l = b on every row (constant)     ∂Ψ/∂b = Σ_batch u_l
 *     ∂²Ψ/∂u² = 0                             ∂²Ψ/∂b∂u v = Σ_batch v_l
 */
import { drivesAt, type End, type Interaction, layerOf, paramOf } from './interaction.ts'

/** Ψ = Σ_batch ⟨b, u_l⟩ with the parameter `name` of shape (units). */
export const bias = (name: string, end: End): Interaction<never> => ({
  name,
  params: { [name]: [end.units] },
  units: [[end.layer, end.units]],
  at: (A) => (theta, u0) => {
    const b = paramOf(theta, name)
    const [batch = 0] = A.shape(u0)
    const rows = A.addRow(A.fill([batch, end.units], 0), b)
    return {
      constant: drivesAt([end.layer, rows]),
      value: (u) => A.dot(rows, layerOf(u, end.layer)),
      drive: () => [],
      param: (u) => ({ [name]: A.sumRows(layerOf(u, end.layer)) }),
      pull: () => (v) => {
        const vl = v[end.layer]
        return {
          state: [],
          param: () => ({ [name]: vl === undefined ? A.fill([end.units], 0) : A.sumRows(vl) }),
          input: () => undefined,
        }
      },
    }
  },
})
