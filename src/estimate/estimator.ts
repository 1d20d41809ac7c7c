/**
 * An estimator is a value: a way to estimate the gradient by θ of L*, the mean cost at the steady state. Which of them agree, and how fast, is what the laws L5, L7, L8
 * and L13 and docs/theory.md §15 say. All take a settled state and give a gradient (which ascends), so that they can be
 * exchanged and compared; EP's updates come with their sign turned.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Cost } from '../cost/cost.ts'
import type { Settled } from '../fold/free-phase.ts'
import { badSteps, type Mistake, nonFinite } from '../fold/mistake.ts'
import type { Moment, Phase } from '../fold/phase.ts'
import type { Data } from '../fold/pose.ts'
import type { Dynamics } from '../phi/dynamics.ts'
import type { Params } from '../phi/interaction.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'

/** What an estimator starts from: s_T, and the states before it for those that walk back through them. */
export type Rest<T> = Pick<Settled<T>, 'state' | 'before'>

/** The K parts of an estimate, one for each t. */
export interface Course<T> {
  /** Emits the parts for t = 0 … K−1. */
  readonly phase: Phase<Moment<T>>
  /** K: how many moments may be asked for. */
  readonly steps: number
  /** The parts for neurons are ∇s(t), or M ∇s(t) with the metric M of the theorem; for parameters always ∇θ(t). */
  readonly neurons: 'gradient' | 'metric times gradient'
}

/** Parameters by name, batch mean; and how they came about over time, where the estimator has such a thing. */
export interface Estimate<T> {
  /** The gradient by name, in the shapes of the parameters: it ascends, as BPTT's does. */
  readonly params: Params<T>
  /** Absent for estimators that have no parts over time, such as `implicit`. */
  readonly course?: Course<T>
}

/**
 * A way to estimate the gradient of L*. `Allowed` are the functions that a model may use under it: all, or those that go on to complex numbers.
 * Left: a mistake in the data or in the estimator's own numbers, or NotSolved; NonFinite where the estimate is no number.
 */
export interface Estimator<Allowed extends Op = Op> {
  /** As on the command line: bptt, ep:0.01, holomorphic:6:0.4. */
  readonly name: string
  /** First the algebra and the model, then data and the settled state. */
  readonly at: <N extends Allowed, T>(A: Algebra<N, T>, dynamics: Dynamics<N>, cost: Cost<N>) =>
    (data: Data<T>, settled: Rest<T>) => E.Either<Mistake, Estimate<T>>
}

/** K, if it is a number of steps. */
export const wholeSteps = (steps: number): E.Either<Mistake, number> =>
  Number.isSafeInteger(steps) && steps >= 1 ? E.right(steps) : E.left(badSteps('K', steps, 1))

/** The estimate, if all its entries are finite. */
export const finiteEstimate = <T>(A: Algebra<never, T>, name: string) => (estimate: Estimate<T>): E.Either<Mistake, Estimate<T>> => {
  const bad = Object.entries(estimate.params).flatMap(([param, g]) => {
    const numbers = A.numbers(g)
    const index = numbers.findIndex((value) => !Number.isFinite(value))
    return index < 0 ? [] : [nonFinite(`estimate ${name} of ${param}`, index, numbers[index] as number)]
  })[0]
  return bad === undefined ? E.right(estimate) : E.left(bad)
}
