/**
 * Whole updates: what the folds emit for the parameters, summed over the first t + 1 moments.
 *
 *     BPTT  Σ_{τ≤t} ∇θ(τ)                                             `totals`, a running sum
 *     EP    Σ_{τ≤t} Δθ(β, τ) = (rule(s^β_{t+1}) − rule(s*)) / β       `contrasts`, batch mean
 *
 * The second sum telescopes (law L6), so only those moments cost anything that are asked for.
 */
import type { Layers, Params } from '../phi/interaction.ts'
import type { Algebra } from '../tensor/algebra.ts'
import type { Nudge } from './nudge.ts'
import { nudgedPhase, nudgedRule, restingRule, zipParams } from './nudged-phase.ts'
import type { Moment, Phase } from './phase.ts'
import type { Problem } from './pose.ts'

/** The running sums of a phase's parameter parts. */
export const totals = <T>(A: Algebra<never, T>, phase: Phase<Moment<T>>): Phase<Params<T>> => {
  const from = (rest: Phase<Moment<T>>, before?: Params<T>): Phase<Params<T>> => ({
    next: () => {
      const [{ param }, later] = rest.next()
      const total = before === undefined ? param() : zipParams(before, param(), A.add)
      return [total, from(later, total)]
    },
  })
  return from(phase)
}

/** EP's whole update after t + 1 nudged steps, computed when asked for. `previous` as in `equilibriumPropagation`. */
export const contrasts = <T, U>(
  problem: Problem<T>, nudge: Nudge<T, U>, settled: Layers<T>, previous: Layers<T> = settled,
): Phase<() => Params<U>> => {
  const { algebra: A, batch } = problem
  const start = restingRule(problem, settled, previous)
  const from = (s: Layers<T>, states: Phase<Layers<T>>): Phase<() => Params<U>> => ({
    next: () => {
      const [next, later] = states.next()
      const total = () => zipParams(nudgedRule(problem, nudge.beta, next, s), start, (after, before) => nudge.out.over(nudge.quotient(A.sub(after, before)), batch))
      return [total, from(next, later)]
    },
  })
  return from(settled, nudgedPhase(problem, nudge.beta, settled))
}
