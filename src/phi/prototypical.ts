/**
 * The prototypical setting, F = (1−ε) s + ε σ(a) with the drive a = ∂Ψ/∂u(s). F is not a gradient, so how far EP equals
 * BPTT depends on where the nudge f = −β ∂ℓ/∂s enters. With D = diag σ′(a), W = ∂²Ψ/∂u² symmetric, J = (1−ε) 1 + ε D W:
 *
 *     (∂F/∂s)ᵀ v = (1−ε) v + W (εD v)        (∂F/∂θ)ᵀ v = ∂²Ψ/∂θ∂u (εD v)
 *
 * `innerNudged`: s ← (1−ε) s + ε σ(a + f), rule ∂Ψ/∂θ. J D = D Jᵀ, so with the metric M = εD the weights agree exactly and
 * the neurons up to M: Δs = −εD ∇s, Δθ = −∇θ. Proof: docs/theory.md §6.
 * `outerNudged`: s ← F + f, the paper's nudge, rule ε ∂Ψ/∂θ. Approximate: it ignores D, and its gap does not vanish with β.
 */
import type { Algebra, Op } from '../tensor/algebra.ts'
import { identity } from './activation.ts'
import type { Dynamics, ExactDynamics, ExactMotion, RuleAt } from './dynamics.ts'
import { addDrives, collected, contrastOf, type Drives, type Layers, type Params } from './interaction.ts'
import { activations, layersOf, type Setting } from './setting.ts'

const prototypical = <N extends Op>(setting: Setting<N>, nudge: 'inner' | 'outer', pools: 'current' | 'previous' = 'current') => {
  const { interaction, epsilon } = setting
  const layers = layersOf(interaction)
  const sigma = activations(setting, layers.length - 1)
  const rho0 = setting.inputActivation ?? identity
  const known = sigma.flatMap(({ slopeOf }) => slopeOf ?? [])
  const slopesOf = epsilon === 1 && known.length === sigma.length ? known : undefined
  const at = <T>(A: Algebra<N, T>) => (theta: Params<T>, x: T): ExactMotion<T> => {
    const input = rho0.at(A)(x)
    const psi = interaction.at(A)(theta, input.value)
    const sigmaAt = sigma.map((activation) => activation.at(A))
    const withInput = (s: Layers<T>): Layers<T> => [input.value, ...s]
    // σ of each layer's drive; a layer that nothing drives has a = 0.
    const look = (s: Layers<T>, inner: Drives<T>) => {
      const u = withInput(s)
      const drive = addDrives(A, addDrives(A, psi.constant, psi.drive(u)), [undefined, ...inner])
      return s.map((sl, l) => (sigmaAt[l] as (typeof sigmaAt)[number])(drive[l + 1] ?? A.fill(A.shape(sl), 0)))
    }
    // Without a leak the next state is σ of the drive, and some slopes can be told from that.
    const slopesAt = (s: Layers<T>, next: Layers<T> | undefined): Layers<T> =>
      (slopesOf === undefined || next === undefined ? look(s, []).map((jet) => jet.slope()) : next.map((value, l) => (slopesOf[l] as (typeof slopesOf)[number])(A)(value)))
    const metric = (s: Layers<T>, next?: Layers<T>) => {
      const slopes = slopesAt(s, next).map((slope) => A.scale(epsilon, slope))
      return (v: Layers<T>): Layers<T> => v.map((vl, l) => A.mul(slopes[l] as T, vl))
    }
    const poolsAt = (s: Layers<T>, previous: Layers<T>): Layers<T> => withInput(pools === 'previous' ? previous : s)
    // ε ∂Ψ/∂θ with the outer nudge, ∂Ψ/∂θ with the inner one.
    const ruled = (gradient: Params<T>): Params<T> => (nudge === 'inner' || epsilon === 1
      ? gradient
      : Object.fromEntries(Object.entries(gradient).map(([name, g]) => [name, A.scale(epsilon, g)])))
    return {
      step: (s, force = []) => {
        const jets = look(s, nudge === 'inner' ? force : [])
        return s.map((sl, l) => {
          const target = (jets[l] as (typeof jets)[number]).value
          const f = nudge === 'outer' ? force[l] : undefined
          const moved = epsilon === 1 ? target : A.add(A.scale(1 - epsilon, sl), A.scale(epsilon, target))
          return f === undefined ? moved : A.add(moved, f)
        })
      },
      pull: (s, next) => {
        const [weigh, pullPsi] = [metric(s, next), psi.pull(withInput(s))]
        return (v) => {
          const weighed = weigh(v)
          const pulled = pullPsi([undefined, ...weighed])
          return {
            state: v.map((vl, l) => {
              const [leak, coupled] = [A.scale(1 - epsilon, vl), pulled.state[l + 1]]
              return coupled === undefined ? leak : A.add(leak, coupled)
            }),
            param: pulled.param,
            direction: weighed,
            input: () => A.mul(input.slope(), pulled.input() ?? A.fill(A.shape(x), 0)),
          }
        }
      },
      collect: (all) => collected(A, psi, all.map(({ s, direction }) => ({ u: withInput(s), v: [undefined, ...direction] }))),
      rule: (s, previous = s) => ruled(psi.param(withInput(s), poolsAt(s, previous))),
      contrast: (after, before) => {
        const end = ({ s, previous }: RuleAt<T>) => ({ u: withInput(s), poolsOf: poolsAt(s, previous) })
        return ruled(contrastOf(A, psi, end(after), end(before)))
      },
      // ∂(rule)/∂s v is ∂²Ψ/∂θ∂u v, without the slope that (∂F/∂θ)ᵀ has.
      ...(pools === 'current' && {
        local: (s: Layers<T>) => {
          const pullPsi = psi.pull(withInput(s))
          return (v: Layers<T>): Params<T> => ruled(pullPsi([undefined, ...v]).param())
        },
      }),
      metric: (s) => metric(s),
    }
  }
  return { layers, params: interaction.params, at }
}

/**
 * The nudge inside σ: exact for the weights, and for the neurons with the metric εD.
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { innerNudged, layered, reference as A, sigm } from 'phifold'
 *
 * // s ← σ(W s + b), without a leak. σ = sigm is ½ at ½, so a bias of ½ and no weights rest there.
 * const network = innerNudged({ interaction: layered([1, 1]), activation: sigm, epsilon: 1 })
 * const motion = network.at(A)({ W1: A.fill([1, 1], 0), b1: A.fill([1], 0.5) }, A.fill([1, 1], 7))
 * assert.deepEqual(motion.step([A.fill([1, 1], 0)]).map(A.numbers), [Float64Array.of(0.5)])
 * ```
 */
export const innerNudged = <N extends Op>(setting: Setting<N>): ExactDynamics<N> =>
  ({ name: 'prototypical, inner nudge', ...prototypical(setting, 'inner') })

const outer = <N extends Op>(name: string, setting: Setting<N>, pools: 'current' | 'previous'): Dynamics<N> => {
  const { layers, params, at } = prototypical(setting, 'outer', pools)
  return {
    name,
    layers,
    params,
    at: <T>(A: Algebra<N, T>) => (theta: Params<T>, x: T) => {
      const { step, pull, rule, contrast, local, collect } = at(A)(theta, x)
      return { step, pull, rule, ...(contrast && { contrast }), ...(local && { local }), ...(collect && { collect }) }
    },
  }
}

/** The paper's prototypical setting, nudged outside σ: approximate at every β. No metric is promised. */
export const outerNudged = <N extends Op>(setting: Setting<N>): Dynamics<N> => outer('prototypical, outer nudge', setting, 'current')

/** As the authors' convolutional code has it: the rule takes pooling positions from the state one step before. docs/theory.md §12. */
export const publishedOuterNudged = <N extends Op>(setting: Setting<N>): Dynamics<N> =>
  outer('prototypical, outer nudge, published pooling positions', setting, 'previous')
