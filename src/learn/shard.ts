/**
 * A shard of a mini-batch: (θ, shard) ↦ the sum of its samples' gradients and what there is to count. Pure, so that shards may be
 * evaluated anywhere, in any order; added up in their own order they give the same bits.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Cost } from '../cost/cost.ts'
import { freePhase, stateDistance } from '../fold/free-phase.ts'
import { diverged, type Mistake } from '../fold/mistake.ts'
import { zipParams } from '../fold/nudged-phase.ts'
import { type Data, poseKnown, type Problem } from '../fold/pose.ts'
import { relax, type Relaxed } from '../fold/relax.ts'
import { rowsOf } from '../fold/settle-samples.ts'
import type { Dynamics } from '../phi/dynamics.ts'
import type { Layers, Params } from '../phi/interaction.ts'
import { type Algebra, distances, type Op } from '../tensor/algebra.ts'
import type { Apart, Method, Occasion } from './method.ts'
import { plusTally, type Tally } from './tally.ts'

/** What learns: a model with its cost, and how its gradient is come by. */
export interface Learner {
  /** What moves. */
  readonly dynamics: Dynamics<Op>
  /** What is to be small. */
  readonly cost: Cost<Op>
  /** How its gradient is estimated. */
  readonly method: Method
  /** Steps of the free phase. */
  readonly T: number
  /** A sample counts as settled if its state moved by no more than this in the last step. */
  readonly tolerance: number
  /** What samples that have not settled do to the update: nothing, or what settled ones do. */
  readonly unsettled: 'skip' | 'keep'
}

/** Input (samples, …) and target (samples, outputs). */
export type Samples<T> = Pick<Data<T>, 'x' | 'y'>

/** What a shard comes to. */
export interface ShardSum<T> {
  /** Σ over its samples of the gradient of their own cost. */
  readonly gradient: Params<T>
  /** Its counts. */
  readonly tally: Tally
}

/** max |s_T − s_{T−1}| of each sample. */
export const moves = <T>(A: Algebra<never, T>, { state, before: [previous = state] }: Relaxed<T>): readonly number[] => {
  const [batch = 0] = A.shape(state[0] as T)
  const layers = state.map((sl, l) => distances(A, sl, previous[l] as T))
  return Array.from({ length: batch }, (_, b) => Math.max(0, ...layers.map((layer) => layer[b] as number)))
}

/** Where the largest entry is, the first of several. */
export const largestAt = (row: Float64Array): number => row.reduce((best, value, i) => (value > (row[best] as number) ? i : best), 0)

/** Samples whose largest output is not where the target's is; the first of several that are equally large counts. */
export const wrongOnes = <T>(A: Algebra<never, T>, output: T, target: T): number => {
  const [batch = 0, classes = 0] = A.shape(target)
  const [told, meant] = [A.numbers(output), A.numbers(target)]
  const rows = (numbers: Float64Array, b: number): Float64Array => numbers.subarray(b * classes, (b + 1) * classes)
  return Array.from({ length: batch }, (_, b) => b).filter((b) => largestAt(rows(told, b)) !== largestAt(rows(meant, b))).length
}

/** The tally of a settled state, and which samples have settled. Left Diverged where a state is no longer finite. */
const looked = <T>(problem: Problem<T>, rest: Relaxed<T>, { y }: Samples<T>, { T, tolerance }: Learner): E.Either<Mistake, { readonly tally: Tally; readonly settled: readonly number[] }> => {
  const { algebra: A, costing, batch } = problem
  const { state, before: [previous = state] } = rest
  const residual = stateDistance(A, state, previous)
  // Which step and layer it was is found by running the phase again with its evidence.
  // Infinite in the same places, two states do not differ.
  if (!Number.isFinite(residual) || !Number.isFinite(stateDistance(A, state, problem.zeros)))
    return pipe(freePhase(problem, { steps: T }), E.flatMap(() => E.left(diverged(T, 1))))
  const output = rest.state.at(-1) as T
  // Mostly all have: only where one has not does it matter which.
  const settled = residual <= tolerance ? Array.from({ length: batch }, (_, b) => b) : moves(A, rest).flatMap((one, b) => (one <= tolerance ? [b] : []))
  return E.right({
    settled,
    tally: {
      samples: batch,
      cost: costOf(problem, rest.state),
      wrong: wrongOnes(A, costing.output?.(output) ?? output, y),
      residual,
      unsettled: batch - settled.length,
    },
  })
}

/** Settles the samples and counts, without a gradient: what a test does. */
export const tested = <T>(A: Algebra<Op, T>, learner: Learner) => (theta: Params<T>, samples: Samples<T>): E.Either<Mistake, Tally> => {
  const problem = poseKnown(A, learner.dynamics, learner.cost)({ theta, ...samples })
  return pipe(looked(problem, relax(problem, learner.T, 1), samples, learner), E.map(({ tally }) => tally))
}

/** Some samples of a settled state. */
const someOf = <T>(A: Algebra<never, T>, { state, before }: Relaxed<T>, rows: readonly number[]): Relaxed<T> => {
  const some = (s: Layers<T>): Layers<T> => s.map((sl) => rowsOf(A, sl, rows))
  return { state: some(state), before: before.map(some) }
}

/** The shard's gradient and tally. Parameters and samples are taken to be well shaped. Left: Diverged, or what the method says. */
export const shardSum = <T>(A: Algebra<Op, T>, learner: Learner) => (theta: Params<T>, samples: Samples<T>, occasion: Occasion): E.Either<Mistake, ShardSum<T>> => {
  const { dynamics, cost, method, T, unsettled } = learner
  const posed = poseKnown(A, dynamics, cost)
  const data = { theta, ...samples }
  const problem = posed(data)
  const rest = relax(problem, T, Math.max(1, method.keep))
  const gradientOf = method.at(A)
  return pipe(
    looked(problem, rest, samples, learner),
    E.flatMap(({ tally, settled }) => {
      if (unsettled === 'keep' || settled.length === problem.batch)
        return pipe(gradientOf(problem, rest, data, occasion), E.map((gradient) => ({ gradient, tally })))
      if (settled.length === 0)
        return E.right({ gradient: Object.fromEntries(Object.entries(theta).map(([name, p]) => [name, A.fill(A.shape(p), 0)])), tally })
      const some = { theta, x: rowsOf(A, samples.x, settled), y: rowsOf(A, samples.y, settled) }
      return pipe(gradientOf(posed(some), someOf(A, rest, settled), some, occasion), E.map((gradient) => ({ gradient, tally })))
    }))
}

/** What a part of a mini-batch comes to by a method in two parts: states of its samples, all of which count. */
export interface SettledPart<T> {
  /** Each a tensor per layer, with a row per sample. */
  readonly states: readonly Layers<T>[]
  /** What there is to count. */
  readonly tally: Tally
}

/** The first part of such a method, and what there is to count. Left: Diverged, or what the method says. */
export const settledPart = <T>(A: Algebra<Op, T>, learner: Learner, { settle }: Apart) => {
  const [posed, settling] = [poseKnown(A, learner.dynamics, learner.cost), settle(A)]
  return (theta: Params<T>, samples: Samples<T>, occasion: Occasion): E.Either<Mistake, SettledPart<T>> => {
    const problem = posed({ theta, ...samples })
    const rest = relax(problem, learner.T, 1)
    return pipe(
      looked(problem, rest, samples, learner),
      E.flatMap(({ tally }) => pipe(settling(problem, rest, occasion), E.map((states) => ({ states, tally })))))
  }
}

/** The second part: the summed gradient of samples from states of all of them, as `shardSum` has it, and their summed cost to its last bit. */
export const gradientFrom = <T>(A: Algebra<Op, T>, learner: Learner, { gradient }: Apart) => {
  const [posed, from] = [poseKnown(A, learner.dynamics, learner.cost), gradient(A)]
  return (theta: Params<T>, samples: Samples<T>, states: readonly Layers<T>[], occasion: Occasion): { readonly gradient: Params<T>; readonly cost: number } => {
    const problem = posed({ theta, ...samples })
    return { gradient: from(problem, states, occasion), cost: costOf(problem, states[0] as Layers<T>) }
  }
}

/** Σ ℓ over the samples of a problem. */
const costOf = <T>({ algebra: A, costing }: Problem<T>, s: Layers<T>): number => A.numbers(costing.value(s.at(-1) as T))[0] ?? NaN

/** Shards of one mini-batch added up, in their order. Throws RangeError without any. */
export const together = <T>(A: Algebra<never, T>, shards: readonly ShardSum<T>[]): ShardSum<T> => {
  const [first, ...rest] = shards
  if (first === undefined) throw new RangeError('together: expected at least one shard, got none')
  return rest.reduce((sum, one) => ({ gradient: zipParams(sum.gradient, one.gradient, A.add), tally: plusTally(sum.tally, one.tally) }), first)
}
