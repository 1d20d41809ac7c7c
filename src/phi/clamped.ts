/**
 * States clipped to [0, 1] after each step (both phases), as the paper's energy-based training does: F̃ = clip ∘ F. By the chain rule
 * (∂F̃/∂s)ᵀ v = (∂F/∂s)ᵀ (P v), with P the slope of clip at F(s): 1 within the walls and on them, 0 beyond.
 *
 * The theorem survives with the metric P M: if J M = M Jᵀ then, P and M being diagonal, (P J)(P M) = P (J M) P = P (M Jᵀ) P =
 * (P M)(P J)ᵀ, a force moves the state by P M f, and ∂(rule)/∂s · P M v = (∂F/∂θ)ᵀ P v. Units held beyond a wall do not move and get no
 * gradient. On a wall exactly, clip has two slopes and a finite nudge sees the other one half of the time: there (H3) fails.
 */
import type { Algebra, Op } from '../tensor/algebra.ts'
import type { Dynamics, ExactDynamics, ExactMotion, Motion } from './dynamics.ts'
import type { Layers, Params } from './interaction.ts'

type Clips = 'clip' | 'inside'

const clampedMotion = <T>(A: Algebra<Clips, T>, free: Motion<T>) => {
  const inside = (s: Layers<T>) => {
    const masks = free.step(s).map(A.inside)
    return (v: Layers<T>): Layers<T> => v.map((vl, l) => A.mul(masks[l] as T, vl))
  }
  const motion: Motion<T> = {
    step: (s, force) => free.step(s, force).map(A.clip),
    pull: (s) => {
      const [mask, pull] = [inside(s), free.pull(s)]
      return (v) => pull(mask(v))
    },
    rule: free.rule,
    ...(free.collect && { collect: free.collect }),
    ...(free.contrast && { contrast: free.contrast }),
    ...(free.local && { local: free.local }),
  }
  return { motion, inside }
}

/** The dynamics with every layer clipped to [0, 1] after each step. */
export const clamped = <N extends Op>(dynamics: Dynamics<N>): Dynamics<N | Clips> => ({
  name: `${dynamics.name}, clamped to [0, 1]`,
  layers: dynamics.layers,
  params: dynamics.params,
  at: <T>(A: Algebra<N | Clips, T>) => (theta: Params<T>, x: T) => clampedMotion(A, dynamics.at(A)(theta, x)).motion,
})

/** The same for a dynamics with a diagonal metric, as all of ours are: exact again, with the metric P M. */
export const clampedExact = <N extends Op>(dynamics: ExactDynamics<N>): ExactDynamics<N | Clips> => ({
  ...clamped(dynamics),
  at: <T>(A: Algebra<N | Clips, T>) => (theta: Params<T>, x: T): ExactMotion<T> => {
    const free = dynamics.at(A)(theta, x)
    const { motion, inside } = clampedMotion(A, free)
    return {
      ...motion,
      metric: (s) => {
        const [mask, metric] = [inside(s), free.metric(s)]
        return (v) => mask(metric(v))
      },
    }
  },
})
