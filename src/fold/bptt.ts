/**
 * Backpropagation through time: an explicit reverse fold, by `pull` only (docs/theory.md §2). With L the cost at s_T,
 *
 *     ∇s(0)   = ∂ℓ/∂s (s_T, y)
 *     ∇s(t+1) = [∂F/∂s (x, s_{T−t−1}, θ)]ᵀ ∇s(t)
 *     ∇θ(t)   = [∂F/∂θ (x, s_{T−t−1}, θ)]ᵀ ∇s(t)           t = 0 … K−1
 *
 * The parameters of a cost's readout act at s_T only: their ∇θ(0) is ∂ℓ/∂θ (s_T, y), and their ∇θ(t) is 0 for t ≥ 1.
 *
 * The state gradients are those of each sample's own cost, ∇θ and ∇x(t) that of the batch mean and of each sample. (The paper
 * labels our ∇θ(t) with t + 1.)
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Pulling } from '../phi/dynamics.ts'
import type { Layers, Params } from '../phi/interaction.ts'
import type { Settled } from './free-phase.ts'
import { badSteps, type Mistake } from './mistake.ts'
import { mapPhase, type Moment, type Phase } from './phase.ts'
import { type Problem, wellShaped } from './pose.ts'

/** A moment of BPTT: also ∇x(t) = [∂F/∂x (x, s_{T−t−1}, θ)]ᵀ ∇s(t), per sample. */
export interface ReverseMoment<T> extends Moment<T> {
  /** ∇x(t), per sample, in the shape of the input; computed when asked for. */
  readonly input: () => T
  /** From which state, and what reached Ψ there, where the motion can collect the parameters of several moments at once. */
  readonly pulling: Pulling<T> | undefined
}

/** ∇s(0) = ∂ℓ/∂s at s_T: of the output, and zeros of all other layers. */
export const costGradient = <T>({ algebra: A, costing }: Problem<T>, state: Layers<T>): Layers<T> =>
  state.map((sl, l) => (l === state.length - 1 ? costing.gradient(sl) : A.fill(A.shape(sl), 0)))

/**
 * Emits ∇s(t), ∇θ(t) and ∇x(t) for t = 0 … K−1; the phase may be asked for K moments, no more.
 * Left BadSteps when K < 1 or fewer than K states before s_T were kept, WrongShape when the state is not one of this problem's.
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { backpropagation, energyBased, freePhase, initialise, layered, orThrow, pose, reference as A, seeded, squaredError, take, tanh } from 'phifold'
 *
 * const network = energyBased({ interaction: layered([2, 3, 1]), activation: tanh, epsilon: 0.5 })
 * const [theta] = initialise(A, network.params, seeded(1))
 * const data = { theta, x: A.of([1, 2], [0.3, 0.8]), y: A.of([1, 1], [1]) }
 * const problem = orThrow(pose(A, network, squaredError)(data))
 * const settled = orThrow(freePhase(problem, { steps: 1000, keep: 5 }))
 *
 * const [first] = take(orThrow(backpropagation(problem, settled, 5)), 5)
 * assert(A.equals(first!.state[1]!, problem.costing.gradient(settled.state[1]!))) // ∇s(0) = ∂ℓ/∂s at the output
 * ```
 */
export const backpropagation = <T>(
  problem: Problem<T>, { state, before }: Pick<Settled<T>, 'state' | 'before'>, steps: number,
): E.Either<Mistake, Phase<ReverseMoment<T>>> => {
  if (!Number.isSafeInteger(steps) || steps < 1 || steps > before.length) return E.left(badSteps('K', steps, 1, before.length))
  const shaped = wellShaped(problem, 'state', state)
  if (E.isLeft(shaped)) return shaped
  const { algebra: A, motion, costing, readout, batch } = problem
  const last = state.length - 1
  const start = costGradient(problem, state)
  const ofReadout = (t: number): Params<T> => (t === 0 && costing.param !== undefined
    ? costing.param(state[last] as T)
    : Object.fromEntries(Object.entries(readout).map(([name, shape]) => [name, A.fill(shape, 0)])))
  type Pull = ReturnType<typeof motion.pull>
  // Where the free phase repeats itself one state comes K times, or two by turns; the pull of each is made once.
  const from = (gradient: Layers<T>, t: number, known: readonly (readonly [Layers<T>, Pull])[]): Phase<ReverseMoment<T>> => ({
    next: () => {
      const s = before[t]
      if (s === undefined) throw new RangeError(`backpropagation: asked for moment ${t} of ${steps}`)
      const pull = known.find(([at]) => at === s)?.[1] ?? motion.pull(s)
      const pulled = pull(gradient)
      const moment: ReverseMoment<T> = {
        state: gradient,
        param: () => Object.fromEntries(Object.entries({ ...pulled.param(), ...ofReadout(t) }).map(([name, g]) => [name, A.over(g, batch)])),
        input: pulled.input,
        pulling: motion.collect && pulled.direction && { s, direction: pulled.direction },
      }
      return [moment, from(pulled.state, t + 1, [[s, pull], ...known.filter(([at]) => at !== s).slice(0, 1)])]
    },
  })
  return E.right(from(start, 0, []))
}

/** The same phase with every sign turned: −∇s(t) and −∇θ(t), which EP's updates are compared with. */
export const descending = <T>(problem: Problem<T>, phase: Phase<Moment<T>>): Phase<Moment<T>> =>
  mapPhase(phase, ({ state, param }) => ({
    state: state.map(problem.algebra.neg),
    param: () => Object.fromEntries(Object.entries(param()).map(([name, g]) => [name, problem.algebra.neg(g)])),
  }))
