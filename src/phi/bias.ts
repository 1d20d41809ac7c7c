/**
 * Biases: ⟨b, u_l⟩ for every sample, where R repeats the parameter b over the batch (and over a map, for one bias per channel):
 *
 *     Ψ = Σ_batch ⟨R b, u_l⟩      ∂Ψ/∂u_l = R b (constant)      ∂Ψ/∂b = Rᵀ u_l      ∂²Ψ/∂u² = 0      ∂²Ψ/∂b∂u v = Rᵀ v_l
 */
import type { Positions, Shape } from '../tensor/algebra.ts'
import { perChannel, perUnit } from '../tensor/spatial.ts'
import { checkedEnd, drivesAt, type End, type Interaction, layerOf, layerShape, paramOf } from './interaction.ts'

/** A parameter of that shape, repeated where `repeat` says: R gathers, Rᵀ scatters. */
const repeated = (name: string, end: End, shape: Shape, repeat: (batch: number) => Positions): Interaction<never> => ({
  name,
  params: { [name]: shape },
  ends: [checkedEnd(`bias ${name}`, end, 1)],
  at: (A) => (theta, u0) => {
    const positions = repeat(A.shape(u0)[0] ?? 0)
    const spread = A.gather(paramOf(theta, name), positions)
    const collect = (u: typeof u0) => A.scatter(u, positions, shape)
    return {
      constant: drivesAt([end.layer, spread]),
      value: (u) => A.dot(spread, layerOf(u, end.layer)),
      drive: () => [],
      param: (u) => ({ [name]: collect(layerOf(u, end.layer)) }),
      pull: () => (v) => {
        const vl = v[end.layer]
        return {
          state: [],
          param: () => ({ [name]: vl === undefined ? A.fill(shape, 0) : collect(vl) }),
          input: () => undefined,
        }
      },
    }
  },
})

/** The parameter `name` of shape (units): a bias per unit; for a layer of maps of shape (channels): one per map, everywhere on it. */
export const bias = (name: string, end: End): Interaction<never> => {
  const { map } = end
  return map === undefined
    ? repeated(name, end, [end.units], (batch) => perUnit([batch, end.units]))
    : repeated(name, end, [map[0]], (batch) => perChannel(batch, map))
}

/** A bias for every single unit of a layer, maps included: the parameter `name` has the layer's shape without the batch. */
export const field = (name: string, end: End): Interaction<never> =>
  repeated(name, end, layerShape(1, end).slice(1), (batch) => perUnit(layerShape(batch, end)))
