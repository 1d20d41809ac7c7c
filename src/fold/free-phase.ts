/**
 * The free phase, a fold: s_{t+1} = F(x, s_t, θ) from s_0 for T steps. Returns s_T with a certificate of how settled it is
 * and the states s_{T−1}, s_{T−2}, … that BPTT will walk back through; no other state is kept.
 *
 * A float64 state often comes to repeat itself bit for bit: s_{t+1} = s_t, or a short cycle in the last bits. From then on whole periods
 * change nothing, so skipping them is lossless: the result is that of all T steps. NaN never counts as settled, since NaN equals nothing.
 *
 * The paper, §2, first phase; docs/theory.md §1 and hypothesis (H2) of §4; laws L4.split, L4.samples.
 */
import { tailRec } from 'fp-ts/lib/ChainRec.js'
import * as E from 'fp-ts/lib/Either.js'
import type { Layers } from '../phi/interaction.ts'
import type { Algebra } from '../tensor/algebra.ts'
import { badSteps, diverged, type Mistake, notSettled } from './mistake.ts'
import { type Problem, wellShaped } from './pose.ts'

/** s_T and the evidence of its being steady. */
export interface Settled<T> {
  /** s_T, one tensor per layer, (batch, units) or maps. */
  readonly state: Layers<T>
  /** T: the number of steps whose result this is. */
  readonly steps: number
  /** max |s_T − s_{T−1}| over layers and batch. */
  readonly residual: number
  /**
   * A step from which the states are known to repeat entry for entry, if they were found to: the first one for period 1, that is
   * s_{t+1} = s_t; for longer periods the cycle may have begun earlier.
   */
  readonly repeatedAt: number | undefined
  /** The length of that cycle; 1 for a fixed point. */
  readonly period: number | undefined
  /** The states before s_T, newest first: s_{T−1}, s_{T−2}, … as many as asked for. */
  readonly before: readonly Layers<T>[]
}

/** max |a − b| over layers; NaN if any entry is. */
export const stateDistance = <T>(A: Algebra<never, T>, a: Layers<T>, b: Layers<T>): number =>
  a.reduce((worst, al, l) => Math.max(worst, A.distance(al, b[l] as T)), 0)

/** The state at step t, reached from s at t − 1, and how far it has moved. Left Diverged where it is not finite. */
export const stepped = <T>({ algebra: A, motion }: Problem<T>, s: Layers<T>, t: number): E.Either<Mistake, Moved<T>> => {
  const state = motion.step(s)
  const distance = stateDistance(A, state, s)
  if (Number.isFinite(distance)) return E.right({ state, distance })
  const layer = state.findIndex((sl, l) => !Number.isFinite(A.distance(sl, s[l] as T)))
  return E.left(diverged(t, layer + 1))
}

interface Moved<T> {
  readonly state: Layers<T>
  readonly distance: number
}

/**
 * Runs T free steps from `start` (default 0) and keeps the last `keep` states before s_T.
 * Left: BadSteps, WrongShape of `start`, or Diverged as soon as a state is not finite.
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { energyBased, freePhase, initialise, layered, orThrow, pose, reference as A, seeded, squaredError, tanh } from 'phifold'
 *
 * const network = energyBased({ interaction: layered([2, 3, 1]), activation: tanh, epsilon: 0.5 })
 * const [theta] = initialise(A, network.params, seeded(1))
 * const data = { theta, x: A.of([1, 2], [0.3, 0.8]), y: A.of([1, 1], [1]) }
 *
 * const settled = orThrow(freePhase(orThrow(pose(A, network, squaredError)(data)), { steps: 1000, keep: 10 }))
 * assert(settled.residual === 0 && settled.period === 1) // the state repeats itself bit for bit
 * assert.equal(settled.before.length, 10)
 * ```
 */
export const freePhase = <T>(
  problem: Problem<T>, { steps, keep = 0, start = problem.zeros, onStep = () => undefined }: FreePhase<T>,
): E.Either<Mistake, Settled<T>> => {
  const { algebra: A } = problem
  if (!Number.isSafeInteger(steps) || steps < 1) return E.left(badSteps('T', steps, 1))
  if (!Number.isSafeInteger(keep) || keep < 0 || keep > steps) return E.left(badSteps('K', keep, 0, steps))
  const shaped = wellShaped(problem, 'start', start)
  if (E.isLeft(shaped)) return shaped
  return tailRec<Now<T>, E.Either<Mistake, Settled<T>>>(
    { t: 0, s: start, residual: Infinity, before: [], mark: { s: start, t: 0 }, repeats: undefined },
    ({ t, s, residual, before, mark, repeats }) => {
      if (t === steps)
        return E.right(E.right({ state: s, steps, residual, repeatedAt: repeats?.from, period: repeats?.period, before }))
      const step = stepped(problem, s, t + 1)
      if (E.isLeft(step)) return E.right(step)
      onStep(t + 1)
      const { state, distance } = step.right
      // One object for one state: BPTT sees that it meets it again.
      const next = distance === 0 ? s : state
      const found = repeats ?? cycleOf(A, next, t + 1, distance === 0 ? { s, t } : mark)
      // Whole periods change nothing; those that leave the last `keep` states to be walked are skipped.
      const skipped = found === undefined || repeats !== undefined ? 0 : found.period * Math.floor(Math.max(0, steps - keep - t - 1) / found.period)
      return E.left({
        t: t + 1 + skipped,
        s: next,
        residual: distance,
        // Only the last `keep` steps are worth remembering.
        before: t >= steps - keep ? [s, ...before] : before,
        mark: isPowerOfTwo(t + 1) ? { s: next, t: t + 1 } : mark,
        repeats: found,
      })
    })
}

interface Now<T> {
  readonly t: number
  readonly s: Layers<T>
  readonly residual: number
  readonly before: readonly Layers<T>[]
  /** The state at the last power of two: any cycle comes back to it (Brent's algorithm), and it is the only one kept. */
  readonly mark: Mark<T>
  readonly repeats: { readonly from: number; readonly period: number } | undefined
}

/** A state and the step at which it was met. */
export interface Mark<T> {
  readonly s: Layers<T>
  readonly t: number
}

export const isPowerOfTwo = (n: number): boolean => Number.isInteger(Math.log2(n))

/** The cycle that a state at step t closes with the marked one, if they are equal entry for entry. */
export const cycleOf = <T>(A: Algebra<never, T>, s: Layers<T>, t: number, mark: Mark<T>): Now<T>['repeats'] =>
  s.every((sl, l) => A.equals(sl, mark.s[l] as T)) ? { from: mark.t, period: t - mark.t } : undefined

/** How long to run, where from, and what to keep. */
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
