/**
 * Dense coupling between two layers, Ψ = ⟨u_to, W u_from⟩ with W of shape (to, from). Batched, row b of u is sample b, so
 * W u reads u Wᵀ, and
 *
 *     ∂Ψ/∂u_to     = u_from Wᵀ          (constant when `from` is the input)
 *     ∂Ψ/∂u_from   = u_to W
 *     ∂Ψ/∂W        = u_toᵀ u_from       (summed over the batch)
 *     ∂²Ψ/∂u² v    = v_from Wᵀ at `to`,  v_to W at `from`          Ψ is bilinear
 *     ∂²Ψ/∂W∂u v   = v_toᵀ u_from + u_toᵀ v_from
 *     ∂²Ψ/∂u_0∂u v = v_to W             when `from` is the input
 *
 * The paper, §2; docs/theory.md §5; laws L1, L3.
 */
import { correlate } from '../tensor/algebra.ts'
import { checkedEnd, drivesAt, type End, type Interaction, layerOf, layerShape, type Layers, paramOf, sumAt } from './interaction.ts'

/** Sum where absent is zero; undefined when nothing is left. */
export const present = <T>(add: (a: T, b: T) => T, ...parts: readonly (T | undefined)[]): T | undefined =>
  parts.reduce((a, b) => (a !== undefined && b !== undefined ? add(a, b) : (a ?? b)), undefined)

/**
 * Ψ = ⟨u_to, W u_from⟩. `to` must be a layer (≥ 1); `from` may be the input (0). `name` names the parameter W, of shape
 * (to.units, from.units). Throws RangeError when both ends are one layer: that is `lateral`.
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { dense, layered, plus } from 'phifold'
 *
 * // A skip connection from layer 1 to layer 3 of a layered network: one more term, with a parameter of its own.
 * const skip = dense('S', { layer: 1, units: 5 }, { layer: 3, units: 2 })
 * assert.deepEqual(plus(layered([3, 5, 4, 2]), skip).params['S'], [2, 5])
 * ```
 */
export const dense = (name: string, from: End, to: End): Interaction<never> => {
  checkedEnd(`dense ${name}`, from)
  checkedEnd(`dense ${name}`, to, 1)
  if (from.layer === to.layer) throw new RangeError(`dense ${name}: expected two different layers, got ${from.layer} twice; use lateral within one`)
  const fromInput = from.layer === 0
  return {
    name,
    params: { [name]: [to.units, from.units] },
    ends: [from, to],
    at: (A) => (theta, u0) => {
      type T = typeof u0
      const W = paramOf(theta, name)
      const [batch = 0] = A.shape(u0)
      // A layer of maps is read row by row, channel by channel.
      const flat = (t: T): T => (from.map === undefined ? t : A.reshape(t, [batch, from.units]))
      const back = (toFrom: T): T => (from.map === undefined ? toFrom : A.reshape(toFrom, layerShape(batch, from)))
      const still = fromInput ? A.matmulNT(flat(u0), W) : undefined
      const forward = (u: Layers<T>) => still ?? A.matmulNT(flat(layerOf(u, from.layer)), W)
      return {
        constant: still === undefined ? [] : drivesAt([to.layer, still]),
        value: (u) => A.dot(layerOf(u, to.layer), forward(u)),
        drive: (u) => fromInput ? [] : drivesAt(
          [to.layer, forward(u)],
          [from.layer, back(A.matmulNN(layerOf(u, to.layer), W))]),
        param: (u) => ({ [name]: A.matmulTN(layerOf(u, to.layer), flat(layerOf(u, from.layer))) }),
        // a_to a_from − b_to b_from = (a_to − b_to) a_from + b_to (a_from − b_from), and the input does not differ.
        contrast: ({ u: a }, { u: b }) => {
          const moved = (layer: number): T => A.sub(layerOf(a, layer), layerOf(b, layer))
          return {
            [name]: fromInput ? A.matmulTN(moved(to.layer), flat(u0))
              : correlate(A, [moved(to.layer), layerOf(b, to.layer)], [flat(layerOf(a, from.layer)), flat(moved(from.layer))]),
          }
        },
        pull: (u) => (v) => {
          const [vFrom, vTo] = [v[from.layer], v[to.layer]]
          const feedback = () => vTo && back(A.matmulNN(vTo, W))
          return {
            state: drivesAt([to.layer, vFrom && A.matmulNT(flat(vFrom), W)], [from.layer, fromInput ? undefined : feedback()]),
            param: () => {
              const gradient = present(A.add,
                vTo && A.matmulTN(vTo, flat(layerOf(u, from.layer))),
                vFrom && A.matmulTN(layerOf(u, to.layer), flat(vFrom)))
              return { [name]: gradient ?? A.fill([to.units, from.units], 0) }
            },
            input: () => (fromInput ? feedback() : undefined),
          }
        },
        // From the input, Σ (v_tᵀ u_0) is (Σ v_t)ᵀ u_0: one product.
        collect: (all) => {
          if (fromInput) {
            const sum = sumAt(A, all.map(({ v }) => v), to.layer)
            return { [name]: sum === undefined ? A.fill([to.units, from.units], 0) : A.matmulTN(sum, flat(u0)) }
          }
          const pairs = all.flatMap(({ u, v }) => {
            const [vFrom, vTo] = [v[from.layer], v[to.layer]]
            return [
              ...(vTo === undefined ? [] : [[vTo, flat(layerOf(u, from.layer))] as const]),
              ...(vFrom === undefined ? [] : [[layerOf(u, to.layer), flat(vFrom)] as const]),
            ]
          })
          return { [name]: pairs.length === 0 ? A.fill([to.units, from.units], 0) : correlate(A, pairs.map(([a]) => a), pairs.map(([, b]) => b)) }
        },
      }
    },
  }
}
