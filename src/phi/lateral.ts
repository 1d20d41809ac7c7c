/**
 * Lateral coupling within one layer, Ψ = ½ ⟨u, V u⟩ with V of shape (units, units). Only the symmetric part of V acts,
 * and it is symmetrised here rather than demanded of the caller, so that Ψ is a potential for every V:
 *
 *     ∂Ψ/∂u     = ½ (u V + u Vᵀ)                 (= V u where V is symmetric)
 *     ∂Ψ/∂V     = ½ uᵀ u                         symmetric: a symmetric V stays symmetric in training
 *     ∂²Ψ/∂u² v = ½ (v V + v Vᵀ)
 *     ∂²Ψ/∂V∂u v = ½ (vᵀ u + uᵀ v)
 *
 * docs/theory.md §5; laws L1, L3.
 */
import { checkedEnd, drivesAt, type End, type Interaction, layerOf, paramOf } from './interaction.ts'

/** Ψ = ½ ⟨u, V u⟩ within layer `end.layer` ≥ 1, with the parameter `name` of shape (units, units). */
export const lateral = (name: string, end: End): Interaction<never> => {
  checkedEnd(`lateral ${name}`, end, 1)
  return {
    name,
    params: { [name]: [end.units, end.units] },
    ends: [end],
    at: (A) => (theta) => {
      const V = paramOf(theta, name)
      const apply = (u: typeof V) => A.over(A.add(A.matmulNN(u, V), A.matmulNT(u, V)), 2)
      return {
        constant: [],
        value: (us) => {
          const u = layerOf(us, end.layer)
          return A.over(A.dot(u, apply(u)), 2)
        },
        drive: (us) => drivesAt([end.layer, apply(layerOf(us, end.layer))]),
        param: (us) => {
          const u = layerOf(us, end.layer)
          return { [name]: A.over(A.matmulTN(u, u), 2) }
        },
        pull: (us) => (v) => {
          const [u, vl] = [layerOf(us, end.layer), v[end.layer]]
          return {
            state: drivesAt([end.layer, vl && apply(vl)]),
            param: () => ({
              [name]: vl === undefined
                ? A.fill([end.units, end.units], 0)
                : A.over(A.add(A.matmulTN(vl, u), A.matmulTN(u, vl)), 2),
            }),
            input: () => undefined,
          }
        },
      }
    },
  }
}
