/**
 * The free phase, a fold: s_{t+1} = F(x, s_t, θ) from s_0 for T steps. Returns s_T with a certificate of how settled it is
 * and the states s_{T−1}, s_{T−2}, … that BPTT will walk back through; no other state is kept.
 *
 * A float64 state often reaches s_{t+1} = s_t exactly. Every further step then returns the same state, so stopping there is
 * lossless: the result is that of all T steps. NaN never counts as settled, since NaN equals nothing.
 */
import { tailRec } from 'fp-ts/lib/ChainRec.js'
import * as E from 'fp-ts/lib/Either.js'
import type { Layers } from '../phi/interaction.ts'
import type { Algebra } from '../tensor/algebra.ts'
import { badSteps, diverged, type Mistake, notSettled } from './mistake.ts'
import { type Problem, wellShaped } from './pose.ts'

/** s_T and the evidence of its being steady. */
export interface Settled<T> {
  readonly state: Layers<T>
  /** T: the number of steps whose result this is. */
  readonly steps: number
  /** max |s_T − s_{T−1}| over layers and batch. */
  readonly residual: number
  /** The first t with s_{t+1} = s_t entry for entry, if there was one: steps after it changed nothing. */
  readonly repeatedAt: number | undefined
  /** The states before s_T, newest first: s_{T−1}, s_{T−2}, … as many as asked for. */
  readonly before: readonly Layers<T>[]
}

/** max |a − b| over layers; NaN if any entry is. */
export const stateDistance = <T>(A: Algebra<never, T>, a: Layers<T>, b: Layers<T>): number =>
  a.reduce((worst, al, l) => Math.max(worst, A.distance(al, b[l] as T)), 0)

/**
 * Runs T free steps from `start` (default 0) and keeps the last `keep` states before s_T.
 * Left: BadSteps, WrongShape of `start`, or Diverged as soon as a state is not finite.
 */
export const freePhase = <T>(
  problem: Problem<T>, { steps, keep = 0, start = problem.zeros, onStep = () => undefined }: FreePhase<T>,
): E.Either<Mistake, Settled<T>> => {
  const { algebra: A, motion } = problem
  if (!Number.isSafeInteger(steps) || steps < 1) return E.left(badSteps('T', steps, 1))
  if (!Number.isSafeInteger(keep) || keep < 0 || keep > steps) return E.left(badSteps('K', keep, 0, steps))
  const shaped = wellShaped(problem, 'start', start)
  if (E.isLeft(shaped)) return shaped
  type Now = { readonly t: number; readonly s: Layers<T>; readonly residual: number; readonly before: readonly Layers<T>[] }
  return tailRec<Now, E.Either<Mistake, Settled<T>>>({ t: 0, s: start, residual: Infinity, before: [] }, ({ t, s, residual, before }) => {
    if (t === steps) return E.right(E.right({ state: s, steps, residual, repeatedAt: undefined, before }))
    const next = motion.step(s)
    const moved = stateDistance(A, next, s)
    if (!Number.isFinite(moved)) {
      const layer = next.findIndex((sl, l) => !Number.isFinite(A.distance(sl, s[l] as T)))
      return E.right(E.left(diverged(t + 1, layer + 1)))
    }
    onStep(t + 1)
    // Only the last `keep` steps are worth remembering.
    const kept = t >= steps - keep ? [s, ...before] : before
    if (moved > 0) return E.left({ t: t + 1, s: next, residual: moved, before: kept })
    // s_{t+1} = s_t: every later state is this one, and `before` holds those from T − keep to t − 1, if any.
    const rest = Array.from({ length: Math.min(keep, steps - t) }, () => s)
    return E.right(E.right({ state: s, steps, residual: 0, repeatedAt: t, before: [...rest, ...before] }))
  })
}

export interface FreePhase<T> {
  /** T ≥ 1. */
  readonly steps: number
  /** How many states before s_T to keep, at most T; BPTT(K) needs K. */
  readonly keep?: number
  /** s_0; zeros by default. */
  readonly start?: Layers<T>
  /** Told t after each step, for progress only. */
  readonly onStep?: (t: number) => void
}

/** The same state if it moves by at most `tolerance` per step; Left NotSettled otherwise. */
export const settledWithin = (tolerance: number) => <T>(settled: Settled<T>): E.Either<Mistake, Settled<T>> =>
  settled.residual <= tolerance ? E.right(settled) : E.left(notSettled(settled.residual, tolerance, settled.steps))
