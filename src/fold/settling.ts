/**
 * How long a free phase takes to settle: the first step from which on the state moves by at most a tolerance per step.
 *
 * One residual below the tolerance proves nothing, since a state may slow down and speed up again; so the phase is followed up to
 * `most` steps, or until it repeats itself bit for bit: what holds for a whole period then holds for ever. NaN never counts as settled.
 */
import { tailRec } from 'fp-ts/lib/ChainRec.js'
import * as E from 'fp-ts/lib/Either.js'
import type { Layers } from '../phi/interaction.ts'
import { cycleOf, isPowerOfTwo, type Mark, stepped } from './free-phase.ts'
import { badSteps, type Mistake, notSettled } from './mistake.ts'
import type { Problem } from './pose.ts'

export interface Settling {
  /** Largest max |s_t − s_{t−1}|, at least 0. */
  readonly tolerance: number
  /** Steps to follow the phase for, at least 1. */
  readonly most: number
  /** Told t after each step, for progress only. */
  readonly onStep?: (t: number) => void
}

interface Now<T> {
  readonly t: number
  readonly s: Layers<T>
  readonly residual: number
  /** The first of the last unbroken row of steps within the tolerance. */
  readonly since: number | undefined
  readonly mark: Mark<T>
}

/**
 * The smallest T such that max |s_t − s_{t−1}| ≤ tolerance for every t from T to `most`, from s_0 = 0.
 * Left: NotSettled where there is none, Diverged where a state is not finite, BadSteps.
 */
export const settlingStep = <T>(
  problem: Problem<T>, { tolerance, most, onStep = () => undefined }: Settling,
): E.Either<Mistake, number> => {
  const { algebra: A, zeros } = problem
  if (!Number.isSafeInteger(most) || most < 1) return E.left(badSteps('T', most, 1))
  return tailRec<Now<T>, E.Either<Mistake, number>>(
    { t: 0, s: zeros, residual: Infinity, since: undefined, mark: { s: zeros, t: 0 } },
    ({ t, s, residual, since, mark }) => {
      if (t === most) return E.right(since === undefined ? E.left(notSettled(residual, tolerance, most)) : E.right(since))
      const step = stepped(problem, s, t + 1)
      if (E.isLeft(step)) return E.right(step)
      onStep(t + 1)
      const { state: next, distance: moved } = step.right
      const from = moved <= tolerance ? since ?? t + 1 : undefined
      // All residuals of the period were those after the mark.
      const forGood = from !== undefined && (moved === 0 || (from <= mark.t + 1 && cycleOf(A, next, t + 1, mark) !== undefined))
      if (forGood) return E.right(E.right(from))
      return E.left({ t: t + 1, s: next, residual: moved, since: from, mark: isPowerOfTwo(t + 1) ? { s: next, t: t + 1 } : mark })
    })
}
