/**
 * The free phase for its result alone: s_{t+1} = F(x, s_t, θ) from 0 for T steps, as `freePhase` runs it, but without evidence gathered
 * step by step. Training runs it on every mini-batch and looks at the last step only.
 *
 * A state that equals the one before, entry for entry, stays for ever, so the steps that are left change nothing. To find
 * that out costs nothing while the first entry still moves. NaN equals nothing and runs to the end.
 */
import { tailRec } from 'fp-ts/lib/ChainRec.js'
import * as E from 'fp-ts/lib/Either.js'
import type { RuleAt } from '../phi/dynamics.ts'
import type { Layers } from '../phi/interaction.ts'
import { within } from '../tensor/algebra.ts'
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
  return tailRec<Now<T>, Relaxed<T>>({ t: 0, state: zeros, before: [], last: [] }, ({ t, state, before, last }) => {
    if (t === steps) return E.right({ state, before })
    const next = within(A, () => motion.step(state), last)
    // One object for one state: BPTT sees that it meets it again.
    if (next.every((sl, l) => A.equals(sl, state[l] as T)))
      return E.right({ state, before: [...Array.from({ length: Math.min(keep, steps - t) }, () => state), ...before].slice(0, keep) })
    const kept = t >= steps - keep
    return E.left({ t: t + 1, state: next, before: kept ? [state, ...before] : before, last: kept || t === 0 ? [] : state })
  })
}

interface Now<T> extends Relaxed<T> {
  readonly t: number
  /** The state before, if it is this phase's own and not kept: it is spent with the next step. */
  readonly last: Layers<T>
}

/** The last two of K ≥ 1 nudged states from s*, and no others: all that a contrast looks at. */
export const nudgedEnd = <T>(problem: Problem<T>, beta: T, settled: Layers<T>, steps: number): RuleAt<T> => {
  const { algebra: A } = problem
  return tailRec<Nudged<T>, RuleAt<T>>({ t: 0, s: settled, previous: settled }, ({ t, s, previous }) => (t === steps
    ? E.right({ s, previous })
    : E.left({ t: t + 1, s: within(A, () => nudgedPhase(problem, beta, s).next()[0], t > 1 ? previous : []), previous: s })))
}

interface Nudged<T> extends RuleAt<T> {
  readonly t: number
}
