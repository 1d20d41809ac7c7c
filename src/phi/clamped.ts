/**
 * States clipped to [0, 1] after each step (both phases), as the paper's energy-based training does: F̃ = clip ∘ F. By the
 * chain rule (∂F̃/∂s)ᵀ v = (∂F/∂s)ᵀ (m ⊙ v), with m the slope of clip at F(s), end points included. At a wall the nudged state cannot
 * follow, so the theorem holds only away from the walls and nothing is promised here.
 */
import type { Algebra, Op } from '../tensor/algebra.ts'
import type { Dynamics, Motion } from './dynamics.ts'
import type { Params } from './interaction.ts'

/** The dynamics with every layer clipped to [0, 1] after each step. */
export const clamped = <N extends Op>(dynamics: Dynamics<N>): Dynamics<N | 'clip' | 'inside'> => ({
  name: `${dynamics.name}, clamped to [0, 1]`,
  layers: dynamics.layers,
  params: dynamics.params,
  at: <T>(A: Algebra<N | 'clip' | 'inside', T>) => (theta: Params<T>, x: T): Motion<T> => {
    const free = dynamics.at(A)(theta, x)
    return {
      step: (s, force) => free.step(s, force).map(A.clip),
      pull: (s) => {
        const [masks, pull] = [free.step(s).map(A.inside), free.pull(s)]
        return (v) => pull(v.map((vl, l) => A.mul(masks[l] as typeof vl, vl)))
      },
      rule: free.rule,
    }
  },
})
