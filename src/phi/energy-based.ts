/**
 * The energy-based setting. With E = ½‖s‖² − Ψ(ρ(s), θ) and Φ = ½‖s‖² − ε E, hence, with u = ρ(s),
 *
 *     Φ           = ½ (1−ε) ‖s‖² + ε Ψ(u)
 *     F = ∂Φ/∂s   = (1−ε) s + ε ρ′(s) ⊙ ∂Ψ/∂u
 *     ∂Φ/∂θ       = ε ∂Ψ/∂θ
 *     ∂²Φ/∂s² v   = (1−ε) v + ε [ρ″(s) ⊙ ∂Ψ/∂u ⊙ v + ρ′(s) ⊙ ∂²Ψ/∂u² (ρ′(s) ⊙ v)]
 *     ∂²Φ/∂θ∂s v  = ε ∂²Ψ/∂θ∂u (ρ′(s) ⊙ v)
 *
 * The force of the nudge is added to F. Strict: the theorem holds exactly. docs/theory.md §5; laws L1, L2, L5.
 *
 * The authors' code leaves ρ′ out of the output layer's drive but keeps ρ(output) elsewhere: there F is no gradient and the
 * equality fails. `publishedEnergyBased` is that variant. Both are one program, with a gain g in place of the first ρ′:
 *
 *     F = (1−ε) s + ε g(s) ⊙ ∂Ψ/∂u
 *     (∂F/∂s)ᵀ v = (1−ε) v + g′(s) ⊙ ∂Ψ/∂u ⊙ εv + ρ′(s) ⊙ ∂²Ψ/∂u² (g(s) ⊙ εv)
 *     (∂F/∂θ)ᵀ v = ∂²Ψ/∂θ∂u (g(s) ⊙ εv)
 */
import type { Algebra, Op } from '../tensor/algebra.ts'
import { identity, type Jet } from './activation.ts'
import type { Dynamics, GradientDynamics, GradientMotion, Motion, RuleAt } from './dynamics.ts'
import { addDrives, collected, contrastOf, type Layers, type Params } from './interaction.ts'
import { activations, layersOf, type Setting } from './setting.ts'

/** g and g′ of one layer; undefined g means 1. */
type Gain = <T>(jet: Jet<T>) => { readonly gain: T; readonly slope: () => T } | undefined

const strict: Gain = (jet) => ({ gain: jet.slope(), slope: jet.curvature })
const absent: Gain = () => undefined

/** F with a gain per layer; also Φ of the strict case, which only `energyBased` hands out. */
const gated = <N extends Op>(setting: Setting<N>, gainOf: (layer: number, layers: number) => Gain) => {
  const { interaction, epsilon } = setting
  const layers = layersOf(interaction)
  const rho = activations(setting, layers.length - 1)
  const rho0 = setting.inputActivation ?? identity
  const at = <T>(A: Algebra<N, T>) => (theta: Params<T>, x: T): Motion<T> & { readonly phi: (s: Layers<T>) => T } => {
    const input = rho0.at(A)(x)
    const psi = interaction.at(A)(theta, input.value)
    const rhoAt = rho.map((activation) => activation.at(A))
    const gains = rho.map((_, l) => gainOf(l + 1, rho.length))
    const look = (s: Layers<T>) => {
      const jets = s.map((sl, l) => (rhoAt[l] as (typeof rhoAt)[number])(sl))
      const u = [input.value, ...jets.map((jet) => jet.value)]
      return { jets, u, drive: addDrives(A, psi.constant, psi.drive(u)), gain: jets.map((jet, l) => gains[l]?.(jet)) }
    }
    const activated = (s: Layers<T>): Layers<T> => [input.value, ...s.map((sl, l) => (rhoAt[l] as (typeof rhoAt)[number])(sl).value)]
    const ruled = (gradient: Params<T>): Params<T> => Object.fromEntries(Object.entries(gradient).map(([name, g]) => [name, A.scale(epsilon, g)]))
    return {
      step: (s, force = []) => {
        const { drive, gain } = look(s)
        return s.map((sl, l) => {
          const [d, g, f] = [drive[l + 1], gain[l]?.gain, force[l]]
          const leak = A.scale(1 - epsilon, sl)
          const moved = d === undefined ? leak : A.add(leak, A.scale(epsilon, g === undefined ? d : A.mul(g, d)))
          return f === undefined ? moved : A.add(moved, f)
        })
      },
      pull: (s) => {
        const { jets, u, drive, gain } = look(s)
        const pullPsi = psi.pull(u)
        const slopes = jets.map((jet) => jet.slope())
        // g′ ⊙ ∂Ψ/∂u, the diagonal part of ∂F/∂s; absent where g is constant or nothing drives the layer.
        const bend = gain.map((g, l) => {
          const d = drive[l + 1]
          return g === undefined || d === undefined ? undefined : A.mul(g.slope(), d)
        })
        return (v) => {
          const scaled = v.map((vl) => A.scale(epsilon, vl))
          const gated = scaled.map((vl, l) => {
            const g = gain[l]?.gain
            return g === undefined ? vl : A.mul(g, vl)
          })
          const pulled = pullPsi([undefined, ...gated])
          return {
            state: v.map((vl, l) => {
              const [b, coupled] = [bend[l], pulled.state[l + 1]]
              const leak = A.scale(1 - epsilon, vl)
              const bent = b === undefined ? leak : A.add(leak, A.mul(b, scaled[l] as T))
              return coupled === undefined ? bent : A.add(bent, A.mul(slopes[l] as T, coupled))
            }),
            param: pulled.param,
            direction: gated,
            input: () => A.mul(input.slope(), pulled.input() ?? A.fill(A.shape(x), 0)),
          }
        }
      },
      collect: (all) => {
        // States that come again are one object.
        const known = new Map([...new Set(all.map(({ s }) => s))].map((s) => [s, activated(s)]))
        return collected(A, psi, all.map(({ s, direction }) => ({ u: known.get(s) as Layers<T>, v: [undefined, ...direction] })))
      },
      rule: (s) => ruled(psi.param(activated(s))),
      contrast: (after, before) => {
        const end = ({ s }: RuleAt<T>) => {
          const u = activated(s)
          return { u, poolsOf: u }
        }
        return ruled(contrastOf(A, psi, end(after), end(before)))
      },
      phi: (s) => {
        const norm = s.reduce((total, sl) => A.add(total, A.dot(sl, sl)), A.fill([], 0))
        return A.add(A.scale(1 - epsilon, A.over(norm, 2)), A.scale(epsilon, psi.value(activated(s))))
      },
    }
  }
  return { layers, params: interaction.params, at }
}

/**
 * Φ = ½‖s‖² − ε(½‖s‖² − Ψ(ρ(s), θ)): a gradient system, for which the theorem is exact.
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { energyBased, layered, tanh } from 'phifold'
 *
 * const network = energyBased({ interaction: layered([784, 512, 10]), activation: tanh, epsilon: 0.5 })
 * assert.deepEqual(network.layers.map(({ units }) => units), [784, 512, 10])
 * ```
 */
export const energyBased = <N extends Op>(setting: Setting<N>): GradientDynamics<N> => {
  const { layers, params, at } = gated(setting, () => strict)
  return {
    name: 'energy-based',
    layers,
    params,
    at: <T>(A: Algebra<N, T>) => (theta: Params<T>, x: T): GradientMotion<T> => ({ ...at(A)(theta, x), metric: () => (v) => v }),
  }
}

/** The authors' layered network: no ρ′ in the output layer's drive. Not a gradient, so no Φ and no promise. docs/theory.md §12. */
export const publishedEnergyBased = <N extends Op>(setting: Setting<N>): Dynamics<N> => {
  const { layers, params, at } = gated(setting, (layer, layers) => (layer === layers ? absent : strict))
  return {
    name: 'energy-based, published output drive',
    layers,
    params,
    at: <T>(A: Algebra<N, T>) => (theta: Params<T>, x: T): Motion<T> => {
      const { step, pull, rule, contrast, collect } = at(A)(theta, x)
      return { step, pull, rule, ...(contrast && { contrast }), ...(collect && { collect }) }
    },
  }
}
