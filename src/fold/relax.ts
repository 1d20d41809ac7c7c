/**
 * The free phase for its result alone: s_{t+1} = F(x, s_t, θ) from 0 for T steps, as `freePhase` runs it, but without evidence gathered
 * step by step. Training runs it on every mini-batch and looks at the last step only.
 *
 * A state that equals the one before, entry for entry, stays for ever, so the steps that are left change nothing; one that equals the one before
 * that comes again at every other step. (Rounding makes the last bits of many states go to and fro so, where the limit lies between two
 * numbers.) Either way the rest is known, and the result is that of all T steps. To find that out costs nothing while the first entry still moves.
 * NaN equals nothing and runs to the end.
 */
import { tailRec } from 'fp-ts/lib/ChainRec.js'
import * as E from 'fp-ts/lib/Either.js'
import type { RuleAt } from '../phi/dynamics.ts'
import type { Layers } from '../phi/interaction.ts'
import { repeated } from '../tensor/algebra.ts'
import { nudgedPhase } from './nudged-phase.ts'
import type { Problem } from './pose.ts'

/** s_T and the states before it, newest first. */
export interface Relaxed<T> {
  /** s_T. */
  readonly state: Layers<T>
  /** s_{T−1}, s_{T−2}, … as many as were kept. */
  readonly before: readonly Layers<T>[]
}

/** T steps from 0, keeping the last `keep` ≤ T states before s_T. Throws RangeError unless both are whole numbers, T ≥ 1. */
export const relax = <T>({ algebra: A, motion, zeros }: Problem<T>, steps: number, keep: number): Relaxed<T> => {
  if (!Number.isSafeInteger(steps) || steps < 1 || !Number.isSafeInteger(keep) || keep < 0 || keep > steps)
    throw new RangeError(`relax: expected whole steps T ≥ 1 and 0 ≤ keep ≤ T, got ${steps} and ${keep}`)
  // From the output on, which is small and the last to come to rest.
  const same = (a: Layers<T>, b: Layers<T>): boolean => a.every((_, back) => {
    const l = a.length - 1 - back
    return A.equals(a[l] as T, b[l] as T)
  })
  const step = repeated(A, (state: Layers<T>) => motion.step(state))
  return tailRec<Now<T>, Relaxed<T>>({ t: 0, state: zeros, before: [], last: undefined, spent: [] }, ({ t, state, before, last, spent }) => {
    if (t === steps) return E.right({ state, before })
    const next = step(state, spent)
    const left = steps - t - 1
    // One object for one state: BPTT sees that it meets it again.
    const again = same(next, state) ? state : last !== undefined && same(next, last) ? last : undefined
    if (again !== undefined) {
      const at = (back: number): Layers<T> => (back % 2 === left % 2 ? again : state)
      return E.right({ state: at(0), before: [...Array.from({ length: Math.min(keep, left + 1) }, (_, i) => at(i + 1)), ...before].slice(0, keep) })
    }
    const kept = t >= steps - keep
    return E.left({ t: t + 1, state: next, before: kept ? [state, ...before] : before, last: state, spent: last === undefined || t === 1 || t > steps - keep ? [] : last })
  })
}

interface Now<T> extends Relaxed<T> {
  readonly t: number
  /** The state before. */
  readonly last: Layers<T> | undefined
  /** The one before that, if it is this phase's own and not kept: nobody looks at it again. */
  readonly spent: Layers<T>
}

/** The last two of K ≥ 1 nudged states from s*, and no others: all that a contrast looks at. */
export const nudgedEnd = <T>(problem: Problem<T>, beta: T, settled: Layers<T>, steps: number): RuleAt<T> => {
  const step = repeated(problem.algebra, (s: Layers<T>) => nudgedPhase(problem, beta, s).next()[0])
  return tailRec<Nudged<T>, RuleAt<T>>({ t: 0, s: settled, previous: settled }, ({ t, s, previous }) => (t === steps
    ? E.right({ s, previous })
    : E.left({ t: t + 1, s: step(s, t > 1 ? previous : []), previous: s })))
}

interface Nudged<T> extends RuleAt<T> {
  readonly t: number
}
