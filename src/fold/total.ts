/**
 * Whole updates: what the folds emit for the parameters, summed over the first t + 1 moments.
 *
 *     BPTT  Σ_{τ≤t} ∇θ(τ)                                             `totals`, a running sum; `reverseTotal`, all at once
 *     EP    Σ_{τ≤t} Δθ(β, τ) = (rule(s^β_{t+1}) − rule(s*)) / β       `contrasts`, batch mean
 *
 * The second sum telescopes (law L6), so only those moments cost anything that are asked for.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Direction, Layers, Params } from '../phi/interaction.ts'
import type { Algebra } from '../tensor/algebra.ts'
import { backpropagation, type ReverseMoment } from './bptt.ts'
import type { Settled } from './free-phase.ts'
import type { Mistake } from './mistake.ts'
import type { Nudge } from './nudge.ts'
import { nudgedPhase, nudgedRule, restingRule, zipParams } from './nudged-phase.ts'
import { foldPhase, type Moment, type Phase } from './phase.ts'
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

/**
 * Σ_{t<K} ∇θ(t), mean over the batch: what the last of `totals` says, up to rounding, but from all that was pulled back at once where the motion can
 * collect it. Left as `backpropagation`.
 */
export const reverseTotal = <T>(problem: Problem<T>, settled: Pick<Settled<T>, 'state' | 'before'>, steps: number): E.Either<Mistake, Params<T>> => {
  const { algebra: A, motion, costing, batch } = problem
  return pipe(backpropagation(problem, settled, steps), E.map((phase) => {
    const { collect } = motion
    const directions = collect && foldPhase<ReverseMoment<T>, readonly Direction<T>[] | undefined>(phase, steps, [], (all, { direction }) =>
      all && direction && [...all, direction])
    if (collect === undefined || directions === undefined)
      return foldPhase<Params<T>, Params<T>>(totals(A, phase), steps, {}, (_, total) => total)
    const sum = { ...collect(directions), ...costing.param?.(settled.state.at(-1) as T) }
    return Object.fromEntries(Object.entries(sum).map(([name, g]) => [name, A.over(g, batch)]))
  }))
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
