/**
 * Layered networks whose backward weights are their own: what vector-field EP (docs/theory.md §15) is for. In the energy-based form, with
 * u = ρ(s) and B_l in place of W_lᵀ on the way down,
 *
 *     F^l = (1−ε) s^l + ε ρ′(s^l) ⊙ (W_l u_{l−1} + b_l + B_{l+1} u_{l+1})
 *
 * There is no Φ unless B = Wᵀ, so this is a `Dynamics` and promises nothing. Its rule is the contrastive stand-in: each of W and B counts
 * post preᵀ, as if the other were its transpose. Each B is held as Bᵀ, of the shape of its W, named `B2`, `B3`, ….
 *
 * A term that drives one end only has the transposed derivatives of that drive: with d_to = W u_from, (∂d/∂u)ᵀ v = Wᵀ v_to at `from`.
 */
import { bias } from './bias.ts'
import { checkedEnd, drivesAt, type End, type Interaction, layerOf, type Params, paramOf } from './interaction.ts'
import type { Dynamics } from './dynamics.ts'
import { energyBased } from './energy-based.ts'
import { plus, zero } from './monoid.ts'
import type { Setting } from './setting.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'

/** W drives `to` from `from`, or, backward, `from` from `to` through Wᵀ; never both. Not an interaction that has a Ψ: see `untied`. */
const oneWay = (name: string, from: End, to: End, way: 'forward' | 'backward'): Interaction<never> => {
  checkedEnd(`feedback ${name}`, from)
  checkedEnd(`feedback ${name}`, to, 1)
  const [pre, post] = way === 'forward' ? [from.layer, to.layer] : [to.layer, from.layer]
  return {
    name,
    params: { [name]: [to.units, from.units] },
    ends: [from, to],
    at: (A) => (theta, u0) => {
      type T = typeof u0
      const W = paramOf(theta, name)
      const through = (u: T): T => (way === 'forward' ? A.matmulNT(u, W) : A.matmulNN(u, W))
      const back = (v: T): T => (way === 'forward' ? A.matmulNN(v, W) : A.matmulNT(v, W))
      const outer = (atPost: T, atPre: T): T => (way === 'forward' ? A.matmulTN(atPost, atPre) : A.matmulTN(atPre, atPost))
      return {
        constant: pre === 0 ? drivesAt([post, through(u0)]) : [],
        value: () => A.fill([], 0),
        drive: (u) => (pre === 0 ? [] : drivesAt([post, through(layerOf(u, pre))])),
        param: (u) => ({ [name]: outer(layerOf(u, post), layerOf(u, pre)) }),
        pull: (u) => (v) => {
          const vPost = v[post]
          return {
            state: drivesAt([pre, vPost === undefined || pre === 0 ? undefined : back(vPost)]),
            param: () => ({ [name]: vPost === undefined ? A.fill([to.units, from.units], 0) : outer(vPost, layerOf(u, pre)) }),
            input: () => (pre === 0 && vPost !== undefined ? back(vPost) : undefined),
          }
        },
      }
    },
  }
}

/** The layered network of these sizes with backward weights B2, B3, … of its own. With Bˡ = Wˡ it moves as `energyBased(layered(sizes))` does. */
export const untied = <N extends Op>(sizes: readonly number[], setting: Omit<Setting<N>, 'interaction'>): Dynamics<N> => {
  const ends = sizes.map((units, layer): End => ({ layer, units }))
  const interaction = ends.slice(1).reduce<Interaction<never>>((sum, to, below) => {
    const from = ends[below] as End
    const forward = plus(plus(sum, oneWay(`W${to.layer}`, from, to, 'forward')), bias(`b${to.layer}`, to))
    return from.layer === 0 ? forward : plus(forward, oneWay(`B${to.layer}`, from, to, 'backward'))
  }, zero)
  const { layers, params, at } = energyBased<N>({ ...setting, interaction })
  return {
    name: 'energy-based form, backward weights of their own',
    layers,
    params,
    // Without `phi` and `metric`: nothing is promised.
    at: <T>(A: Algebra<N, T>) => (theta: Params<T>, x: T) => {
      const { step, pull, rule, collect } = at(A)(theta, x)
      return { step, pull, rule, ...(collect && { collect }) }
    },
  }
}
