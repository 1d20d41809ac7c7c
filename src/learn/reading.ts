/**
 * What a trained network says of each input by itself: the label it tells, its outputs, and how far it has settled. `tested` (shard.ts) counts the
 * same; here nothing is added up.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { freePhase } from '../fold/free-phase.ts'
import { diverged, type Mistake } from '../fold/mistake.ts'
import { poseKnown } from '../fold/pose.ts'
import { relax } from '../fold/relax.ts'
import type { Params } from '../phi/interaction.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'
import { largestAt, type Learner, moves, type Samples } from './shard.ts'

/** Of one input. */
export interface Reading {
  /** The place of its largest output, the first of several that are equally large. */
  readonly told: number
  readonly outputs: readonly number[]
  /** max |s_T − s_{T−1}|. */
  readonly residual: number
}

/** Readings of the samples, in their order; the targets y have no part in them. Left Diverged where a state is no longer finite. */
export const readings = <T>(A: Algebra<Op, T>, { dynamics, cost, T }: Pick<Learner, 'dynamics' | 'cost' | 'T'>) =>
  (theta: Params<T>, samples: Samples<T>): E.Either<Mistake, readonly Reading[]> => {
    const problem = poseKnown(A, dynamics, cost)({ theta, ...samples })
    const rest = relax(problem, T, 1)
    const moved = moves(A, rest)
    if (!moved.every(Number.isFinite)) return pipe(freePhase(problem, { steps: T }), E.flatMap(() => E.left(diverged(T, 1))))
    const last = rest.state.at(-1) as T
    const output = problem.costing.output?.(last) ?? last
    const [numbers, classes] = [A.numbers(output), A.shape(output)[1] ?? 0]
    return E.right(moved.map((residual, b) => {
      const outputs = numbers.slice(b * classes, (b + 1) * classes)
      return { told: largestAt(outputs), outputs: Array.from(outputs), residual }
    }))
  }
