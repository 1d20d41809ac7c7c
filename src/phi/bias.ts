/**
 * Bias of one layer, Ψ = Σ_batch ⟨b, u_l⟩:
 *
 *     ∂Ψ/∂u_l = b on every row (constant)     ∂Ψ/∂b = Σ_batch u_l
 *     ∂²Ψ/∂u² = 0                             ∂²Ψ/∂b∂u v = Σ_batch v_l
 */
import { perChannel } from '../tensor/spatial.ts'
import { drivesAt, type End, type Interaction, layerOf, paramOf } from './interaction.ts'

/** Ψ = Σ_batch ⟨b, u_l⟩ with the parameter `name` of shape (units), or (channels) for a layer of maps: one per map, everywhere. */
export const bias = (name: string, end: End): Interaction<never> => {
  const count = end.map === undefined ? end.units : end.map[0]
  return {
    name,
    params: { [name]: [count] },
    ends: [end],
    at: (A) => (theta, u0) => {
      type T = typeof u0
      const [batch = 0] = A.shape(u0)
      const channels = end.map === undefined ? undefined : perChannel(batch, end.map)
      const spread = (b: T): T => channels === undefined ? A.addRow(A.fill([batch, count], 0), b) : A.gather(b, channels)
      const collect = (u: T): T => channels === undefined ? A.sumRows(u) : A.scatter(u, channels, [count])
      const rows = spread(paramOf(theta, name))
      return {
        constant: drivesAt([end.layer, rows]),
        value: (u) => A.dot(rows, layerOf(u, end.layer)),
        drive: () => [],
        param: (u) => ({ [name]: collect(layerOf(u, end.layer)) }),
        pull: () => (v) => {
          const vl = v[end.layer]
          return {
            state: [],
            param: () => ({ [name]: vl === undefined ? A.fill([count], 0) : collect(vl) }),
            input: () => undefined,
          }
        },
      }
    },
  }
}
