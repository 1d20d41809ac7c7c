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
import type { Pulling } from '../phi/dynamics.ts'
import type { Layers, Params } from '../phi/interaction.ts'
import { type Algebra, repeated } from '../tensor/algebra.ts'
import { backpropagation, costGradient, type ReverseMoment } from './bptt.ts'
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
 * All K steps back from s_T at once, for their pullings alone: each by the same `repeated` step, from s_{T−t−1}, what followed it, and ∇s(t), to ∇s(t+1). Undefined where the
 * motion does not say what `collect` needs.
 */
const pullings = <T>(problem: Problem<T>, { state, before }: Pick<Settled<T>, 'state' | 'before'>, steps: number): readonly Pulling<T>[] | undefined => {
  const { algebra: A, motion } = problem
  const layers = state.length
  const step = repeated(A, (all: readonly T[]) => {
    const part = (nth: number): Layers<T> => all.slice(nth * layers, (nth + 1) * layers)
    const pulled = motion.pull(part(0), part(1))(part(2))
    return [...pulled.state, ...pulled.direction ?? []]
  })
  interface Walk { readonly v: Layers<T>; readonly all: readonly Pulling<T>[] }
  const { all } = before.slice(0, steps).reduce<Walk>(({ v, all: earlier }, s, t) => {
    // Nothing is spent: a motion may pass on what it is given, or give one tensor twice.
    const made = step([...s, ...(t === 0 ? state : before[t - 1] as Layers<T>), ...v], [])
    return { v: made.slice(0, layers), all: [...earlier, { s, direction: made.slice(layers) }] }
  }, { v: costGradient(problem, state), all: [] })
  return all.every(({ direction }) => direction.length === layers) ? all : undefined
}

/**
 * Σ_{t<K} ∇θ(t), mean over the batch: what the last of `totals` says, up to rounding, but from all that was pulled back at once where the motion can
 * collect it. The states have to follow each other by F, or to be one and the same object K + 1 times. Left as `backpropagation`.
 */
export const reverseTotal = <T>(problem: Problem<T>, settled: Pick<Settled<T>, 'state' | 'before'>, steps: number): E.Either<Mistake, Params<T>> => {
  const { algebra: A, motion: { collect }, costing, batch } = problem
  return pipe(backpropagation(problem, settled, steps), E.map((phase) => {
    // Where most states come again, as one object, `backpropagation` makes the pull of each once.
    const mostAreNew = 2 * new Set([settled.state, ...settled.before.slice(0, steps)]).size > steps + 1
    const all = collect && (mostAreNew ? pullings(problem, settled, steps) : foldPhase<ReverseMoment<T>, readonly Pulling<T>[] | undefined>(phase, steps, [], (earlier, { pulling }) =>
      earlier && pulling && [...earlier, pulling]))
    if (collect === undefined || all === undefined)
      return foldPhase<Params<T>, Params<T>>(totals(A, phase), steps, {}, (_, total) => total)
    const sum = { ...collect(all), ...costing.param?.(settled.state.at(-1) as T) }
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
