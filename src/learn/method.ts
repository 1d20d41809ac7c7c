/**
 * How a learner gets from a settled state to a gradient: a value, so that EP and BPTT train through the same program. Each gives the
 * gradient by θ of the summed cost of the samples (it ascends; training goes the other way).
 *
 *     EP         Σ (rule(s*) − rule(s^β_K)) / β          one contrast after K steps, since the moments telescope (law L6)
 *     centered   its mean over β and −β
 *     random     with β or −β, as the mini-batch's sign says
 *     BPTT       Σ_{t<K} ∇θ(t) through s_{T−1}, s_{T−2}, …
 *     RBP        the same at s* alone
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { badBeta, badSteps, type Mistake } from '../fold/mistake.ts'
import { nudgedPhase, nudgedRule, restingRule, zipParams } from '../fold/nudged-phase.ts'
import { foldPhase } from '../fold/phase.ts'
import type { Data, Problem } from '../fold/pose.ts'
import type { Relaxed } from '../fold/relax.ts'
import { reverseTotal } from '../fold/total.ts'
import type { Layers, Params } from '../phi/interaction.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'

/** What a method is given of a mini-batch beside its settled state. */
export interface Occasion<T> {
  readonly data: Data<T>
  /** 1 or −1, drawn for the mini-batch as a whole. */
  readonly sign: 1 | -1
}

export interface Method {
  readonly name: string
  /** States before s_T that it walks back through. */
  readonly keep: number
  readonly at: <T>(A: Algebra<Op, T>) => (problem: Problem<T>, rest: Relaxed<T>, occasion: Occasion<T>) => E.Either<Mistake, Params<T>>
}

/** K, if it is a number of steps, and β, if it can be divided by. */
const checked = (beta: number, steps: number): E.Either<Mistake, number> =>
  !Number.isSafeInteger(steps) || steps < 1 ? E.left(badSteps('K', steps, 1))
    : beta === 0 || !Number.isFinite(beta) ? E.left(badBeta(beta))
      : E.right(beta)

/** K nudged steps under one β, and the contrast of the two ends. */
const contrast = <T>(problem: Problem<T>, { state, before: [previous = state] }: Relaxed<T>, steps: number) => (beta: number): Params<T> => {
  const { algebra: A } = problem
  const nudge = A.fill([], beta)
  type Pair = readonly [now: Layers<T>, earlier: Layers<T>]
  const [end, before] = foldPhase<Layers<T>, Pair>(nudgedPhase(problem, nudge, state), steps, [state, state], ([now], next) => [next, now])
  const { contrast: shorter } = problem.motion
  if (shorter === undefined)
    return zipParams(restingRule(problem, state, previous), nudgedRule(problem, nudge, end, before), (resting, nudged) => A.over(A.sub(resting, nudged), beta))
  const ofNetwork = shorter({ s: state, previous }, { s: end, previous: before })
  return {
    ...Object.fromEntries(Object.entries(ofNetwork).map(([name, p]) => [name, A.over(p, beta)])),
    // A readout's share of the rule is −β ∂ℓ/∂θ, and none at s*.
    ...problem.costing.param?.(end.at(-1) as T),
  }
}

/** The mean of contrasts under several β. */
const contrastive = (name: string, betasOf: (sign: 1 | -1) => readonly number[], steps: number): Method => ({
  name,
  keep: 1,
  at: (A) => (problem, rest, { sign }) => pipe(
    E.traverseArray((beta: number) => checked(beta, steps))(betasOf(sign)),
    E.map((betas) => {
      const [first = {}, ...others] = betas.map(contrast(problem, rest, steps))
      return others.reduce((mean, one) => zipParams(mean, one, (a, b) => A.over(A.add(a, b), 2)), first)
    })),
})

/** One nudge β ≠ 0 over K steps: an error of O(β). */
export const ep = (beta: number, steps: number): Method => contrastive('ep', () => [beta], steps)

/** The mean of β and −β, both from s*: an error of O(β²), for two nudged phases. */
export const centeredEp = (beta: number, steps: number): Method => contrastive('centered', () => [beta, -beta], steps)

/** β with the sign of the mini-batch: the errors of O(β) cancel over mini-batches. */
export const randomSignEp = (beta: number, steps: number): Method => contrastive('random-sign', (sign) => [sign * beta], steps)

const walkedBack = <T>(A: Algebra<never, T>, problem: Problem<T>, rest: Relaxed<T>, steps: number): E.Either<Mistake, Params<T>> => pipe(
  reverseTotal(problem, rest, steps),
  // It is a mean.
  E.map((means) => Object.fromEntries(Object.entries(means).map(([name, g]) => [name, A.scale(problem.batch, g)]))))

/** Truncated BPTT: K steps back. */
export const backprop = (steps: number): Method => ({
  name: 'bptt',
  keep: steps,
  at: (A) => (problem, rest) => walkedBack(A, problem, rest, steps),
})

/** Recurrent backpropagation: K steps back at s* itself. */
export const recurrentBackprop = (steps: number): Method => ({
  name: 'rbp',
  keep: 1,
  at: (A) => (problem, { state }) => walkedBack(A, problem, { state, before: Array.from({ length: steps }, () => state) }, steps),
})
