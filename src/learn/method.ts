/**
 * How a learner gets from a settled state to a gradient: a value, so that EP and BPTT train through the same program. Each gives the
 * gradient by θ of the summed cost of the samples (it ascends; training goes the other way).
 *
 *     EP         Σ (rule(s*) − rule(s^β_K)) / β          one contrast after K steps, since the moments telescope (law L6)
 *     centered   its mean over β and −β
 *     random     with β or −β, as the mini-batch's sign says
 *     continual  −Σ_{t<K} Δθ(t) while θ moves by η Δθ(t) after each step
 *     BPTT       Σ_{t<K} ∇θ(t) through s_{T−1}, s_{T−2}, …
 *     RBP        the same at s* alone
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Cost } from '../cost/cost.ts'
import { badBeta, badSteps, type Mistake } from '../fold/mistake.ts'
import { nudgedPhase, nudgedRule, restingRule, zipParams } from '../fold/nudged-phase.ts'
import { type Data, poseKnown, type Problem } from '../fold/pose.ts'
import { nudgedEnd, type Relaxed } from '../fold/relax.ts'
import { reverseTotal } from '../fold/total.ts'
import type { Dynamics, RuleAt } from '../phi/dynamics.ts'
import type { Layers, Params } from '../phi/interaction.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'

/** What is drawn or known for a mini-batch as a whole. */
export interface Occasion {
  /** Which way `randomSignEp` nudges. */
  readonly sign: 1 | -1
  /** Learning rates by parameter. */
  readonly rates: Readonly<Record<string, number>>
}

/** A way to come by a gradient. */
export interface Method {
  /** As on the command line. */
  readonly name: string
  /** States before s_T that it walks back through. */
  readonly keep: number
  /** Every shard has to be the whole mini-batch: the method does not add up over samples. */
  readonly undivided?: true
  /** Where a gradient needs no more of its samples than some of their states. */
  readonly apart?: Apart
  /** The gradient, summed over the samples, from a settled state. Left: numbers that it cannot be had with. */
  readonly at: <T>(A: Algebra<Op, T>) => (problem: Problem<T>, rest: Relaxed<T>, data: Data<T>, occasion: Occasion) => E.Either<Mistake, Params<T>>
}

/**
 * A method in two parts. The first is each sample's own affair, so samples of one mini-batch can be settled and nudged in different places, and their
 * states put together; the second, the products that add up over samples, is then done once, and does not depend on how they were divided.
 */
export interface Apart {
  /** How many states: each a tensor per layer, with a row per sample. */
  readonly states: number
  /** The states. Left: numbers that they cannot be had with. */
  readonly settle: <T>(A: Algebra<Op, T>) => (problem: Problem<T>, rest: Relaxed<T>, occasion: Occasion) => E.Either<Mistake, readonly Layers<T>[]>
  /** What `at` gives, from states of all samples of the problem. */
  readonly gradient: <T>(A: Algebra<Op, T>) => (problem: Problem<T>, states: readonly Layers<T>[], occasion: Occasion) => Params<T>
}

/** K, if it is a number of steps, and β, if it can be divided by. */
const checked = (beta: number, steps: number): E.Either<Mistake, number> =>
  !Number.isSafeInteger(steps) || steps < 1 ? E.left(badSteps('K', steps, 1))
    : beta === 0 || !Number.isFinite(beta) ? E.left(badBeta(beta))
      : E.right(beta)

/** What the rules at two states differ by, and a readout's −β ∂ℓ/∂θ, which is 0 where the network is not nudged. Over β, with its sign turned: a gradient. */
const between = <T>(problem: Problem<T>, beta: number, nudge: T, { from, nudged, to }: {
  readonly from: RuleAt<T>
  /** True where `from` is a nudged state too. */
  readonly nudged: boolean
  readonly to: RuleAt<T>
}): Params<T> => {
  const { algebra: A, motion, costing } = problem
  if (motion.contrast === undefined) {
    const before = nudged ? nudgedRule(problem, nudge, from.s, from.previous) : restingRule(problem, from.s, from.previous)
    return zipParams(before, nudgedRule(problem, nudge, to.s, to.previous), (a, b) => A.over(A.sub(a, b), beta))
  }
  const ofNetwork = Object.entries(motion.contrast(from, to)).map(([name, p]) => [name, A.over(p, beta)] as const)
  const [atEnd, atStart] = [costing.param?.(to.s.at(-1) as T) ?? {}, nudged ? costing.param?.(from.s.at(-1) as T) : undefined]
  return { ...Object.fromEntries(ofNetwork), ...(atStart === undefined ? atEnd : zipParams(atEnd, atStart, A.sub)) }
}

/** The mean of contrasts under several β, each of the two ends of K nudged steps. States: s* and the one before, then s^β_K and the one before for each β. */
const contrastive = (name: string, betasOf: (sign: 1 | -1) => readonly number[], steps: number): Method => {
  const apart: Apart = {
    states: 2 + 2 * betasOf(1).length,
    settle: (A) => (problem, { state, before: [previous = state] }, { sign }) => pipe(
      E.traverseArray((beta: number) => checked(beta, steps))(betasOf(sign)),
      E.map((betas) => [state, previous, ...betas.flatMap((beta) => {
        const to = nudgedEnd(problem, A.fill([], beta), state, steps)
        return [to.s, to.previous]
      })])),
    gradient: <T>(A: Algebra<Op, T>) => (problem: Problem<T>, states: readonly Layers<T>[], { sign }: Occasion) => {
      const end = (nth: number): RuleAt<T> => ({ s: states[nth] as Layers<T>, previous: states[nth + 1] as Layers<T> })
      const [first = {}, ...others] = betasOf(sign).map((beta, i) =>
        between(problem, beta, A.fill([], beta), { from: end(0), nudged: false, to: end(2 + 2 * i) }))
      return others.reduce((mean, one) => zipParams(mean, one, (a, b) => A.over(A.add(a, b), 2)), first)
    },
  }
  return {
    name,
    keep: 1,
    apart,
    at: (A) => (problem, rest, _data, occasion) => pipe(
      apart.settle(A)(problem, rest, occasion),
      E.map((states) => apart.gradient(A)(problem, states, occasion))),
  }
}

/** One nudge β ≠ 0 over K steps: an error of O(β). */
export const ep = (beta: number, steps: number): Method => contrastive('ep', () => [beta], steps)

/** The mean of β and −β, both from s*: an error of O(β²), for two nudged phases. */
export const centeredEp = (beta: number, steps: number): Method => contrastive('centered', () => [beta, -beta], steps)

/** β with the sign of the mini-batch: the errors of O(β) cancel over mini-batches. */
export const randomSignEp = (beta: number, steps: number): Method => contrastive('random-sign', (sign) => [sign * beta], steps)

interface Moving<T> {
  readonly theta: Params<T>
  readonly at: RuleAt<T>
  readonly sum: Params<T> | undefined
}

/**
 * Continual EP (Ernoult et al. 2020): the weights move at every one of K nudged steps, each layer with its own rate. What it gives is what plain
 * descent has to take off to come where they have moved to.
 */
export const continualEp = (dynamics: Dynamics<Op>, cost: Cost<Op>, beta: number, steps: number): Method => ({
  name: 'continual',
  keep: 1,
  undivided: true,
  at: <T>(A: Algebra<Op, T>) => ({ batch }: Problem<T>, { state, before: [previous = state] }: Relaxed<T>, data: Data<T>, { rates }: Occasion) => pipe(
    checked(beta, steps),
    E.map(() => {
      const nudge = A.fill([], beta)
      const start: Moving<T> = { theta: data.theta, at: { s: state, previous }, sum: undefined }
      const end = Array.from({ length: steps }).reduce<Moving<T>>(({ theta, at, sum }, _, t) => {
        const problem = poseKnown(A, dynamics, cost)({ ...data, theta })
        const [next] = nudgedPhase(problem, nudge, at.s).next()
        const to = { s: next, previous: at.s }
        const gradient = between(problem, beta, nudge, { from: at, nudged: t > 0, to })
        return {
          theta: Object.fromEntries(Object.entries(theta).map(([name, p]) => [name, A.sub(p, A.scale(rates[name] ?? 0, A.over(gradient[name] as T, batch)))])),
          at: to,
          sum: sum === undefined ? gradient : zipParams(sum, gradient, A.add),
        }
      }, start)
      return end.sum ?? {}
    })),
})

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
