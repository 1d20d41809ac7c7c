/**
 * Estimators that nudge: one program, told apart by the nudges alone. From s*, with weights w_k,
 *
 *     −Σ_k w_k (R(s^{β_k}_K) − R(s*)) / β_k / Σ_k w_k
 *
 *     one-sided     β                                 error O(β)
 *     centered      β and −β                          error O(β²)
 *     random sign   β or −β, drawn                    O(β) each, O(β²) in the mean
 *     tangent       τ of the dual numbers             the limit β → 0 itself
 *     holomorphic   r e^{2πik/N} (holomorphic.ts)     error O(rᴺ)
 *
 * Laws: L5 (the limit), L8 (the orders).
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Random, uniforms } from '../data/random.ts'
import type { Mistake } from '../fold/mistake.ts'
import { finite, type Nudge } from '../fold/nudge.ts'
import { updatesFrom } from '../fold/nudged-phase.ts'
import { foldPhase, mapPhase, type Moment, type Phase, zipPhases } from '../fold/phase.ts'
import { pose, type Problem, wellShaped } from '../fold/pose.ts'
import { contrasts } from '../fold/total.ts'
import type { Layers, Params } from '../phi/interaction.ts'
import { dualOf } from '../tensor/dual.ts'
import { constantData, vanishing } from '../theorem.ts'
import { type Estimate, type Estimator, finiteEstimate, wholeSteps } from './estimator.ts'

/** A nudge and its share in the mean. */
export interface Weighted<T, U> {
  readonly nudge: Nudge<T, U>
  readonly weight: number
}

const combined = <T>(out: Nudge<unknown, T>['out'], weights: readonly number[], parts: readonly T[]): T => {
  const total = weights.reduce((a, b) => a + b, 0)
  const terms = parts.map((part, k) => (weights[k] === 1 ? part : out.scale(weights[k] as number, part)))
  // Minus: EP descends.
  return out.neg(out.over(terms.reduce(out.add), total))
}

const combinedParams = <T>(out: Nudge<unknown, T>['out'], weights: readonly number[], parts: readonly Params<T>[]): Params<T> =>
  Object.fromEntries(Object.keys(parts[0] ?? {}).map((name) => [name, combined(out, weights, parts.map((part) => part[name] as T))]))

/** Emissions of several phases, together. */
const together = <X>(phases: readonly Phase<X>[]): Phase<readonly X[]> => {
  const [first, ...rest] = phases
  if (first === undefined) throw new RangeError('together: expected at least one phase, got none')
  return rest.reduce<Phase<readonly X[]>>(
    (all, phase) => mapPhase(zipPhases(all, phase), ([before, one]) => [...before, one]), mapPhase(first, (one) => [one]))
}

/** K nudged steps from a settled state under each nudge, and the weighted mean of what they estimate. */
export const equilibrium = <T, U>(
  problem: Problem<T>, nudges: readonly [Weighted<T, U>, ...readonly Weighted<T, U>[]], { state, before: [previous = state] }: {
    readonly state: Layers<T>
    readonly before: readonly Layers<T>[]
  }, steps: number,
): E.Either<Mistake, Estimate<U>> => pipe(
  wholeSteps(steps),
  E.flatMap(() => wellShaped(problem, 'state', state)),
  E.map(() => {
    const { out } = nudges[0].nudge
    const weights = nudges.map(({ weight }) => weight)
    const wholes = nudges.map(({ nudge }) => foldPhase<() => Params<U>, Params<U>>(
      contrasts(problem, nudge, state, previous), steps, {}, (last, whole, t) => (t === steps - 1 ? whole() : last)))
    const updates = updatesFrom(problem, state, previous)
    const phase = mapPhase(
      together(nudges.map(({ nudge }) => updates(nudge))),
      (moments): Moment<U> => ({
        state: state.map((_, l) => combined(out, weights, moments.map((moment) => moment.state[l] as U))),
        param: () => combinedParams(out, weights, moments.map((moment) => moment.param())),
      }))
    return { params: combinedParams(out, weights, wholes), course: { phase, steps, neurons: 'metric times gradient' } }
  }))

const byReal = (name: string, betas: readonly [number, ...readonly number[]], steps: number): Estimator => ({
  name,
  at: (A, dynamics, cost) => (data, settled) => pipe(
    pose(A, dynamics, cost)(data),
    E.bindTo('problem'),
    E.bind('nudges', () => E.traverseArray((beta: number) => finite(A, beta))(betas)),
    E.flatMap(({ problem, nudges: [first, ...rest] }) => equilibrium(
      problem, [{ nudge: first as NonNullable<typeof first>, weight: 1 }, ...rest.map((nudge) => ({ nudge, weight: 1 }))], settled, steps)),
    E.flatMap(finiteEstimate(A, name))),
})

/** One nudge β ≠ 0, K steps. */
export const oneSided = (beta: number, steps: number): Estimator => byReal(`ep:${beta}`, [beta], steps)

/** The mean of β and −β, both from s*. */
export const centered = (beta: number, steps: number): Estimator => byReal(`centered:${beta}`, [beta, -beta], steps)

/** One-sided with a sign drawn from the generator: the same generator draws the same sign. */
export const randomSign = (beta: number, steps: number, rng: Random): Estimator => {
  const [[drawn = 0]] = uniforms(rng, 1, -1, 1)
  return byReal(`random:${beta}`, [drawn < 0 ? -beta : beta], steps)
}

/** The limit β → 0, taken on dual numbers: no truncation error, K steps. */
export const tangent = (steps: number): Estimator => ({
  name: 'tangent',
  at: (A, dynamics, cost) => (data, { state, before }) => {
    const D = dualOf(A)
    return pipe(
      pose(D, dynamics, cost)(constantData(A, data)),
      E.flatMap((problem) => equilibrium(
        problem, [{ nudge: vanishing(A), weight: 1 }],
        { state: state.map(D.constant), before: before.slice(0, 1).map((s) => s.map(D.constant)) }, steps)),
      E.flatMap(finiteEstimate(A, 'tangent')))
  },
})
