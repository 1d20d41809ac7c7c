/**
 * Estimators that act while the nudged phase runs.
 *
 * Continual EP (Ernoult et al. 2020): the weights move at every nudged step, with rate η,
 *
 *     s_{t+1} = F(x, s_t, θ_t; −β ∂ℓ/∂s)        Δθ(t) = (R(s_{t+1}, θ_t) − R(s_t, θ_t)) / β        θ_{t+1} = θ_t + η Δθ(t)
 *
 * with Δθ the batch mean. Its estimate is −Σ_{t<K} Δθ(t): EP's for η = 0, and off by O(η). Law: L13.
 *
 * Vector-field EP (Scellier et al. 2018) needs no Φ, and so admits weights that are not tied. For a coupling W from pre to post it is the local rule
 * (post_{t+1} − post_t) preᵀ / β:
 *
 *     Δθ(t) = B(s^β_t) Δs(β, t)        B = ∂(rule)/∂s, where the dynamics know it (`local`), else (∂F/∂θ)ᵀ
 *
 * With tied weights it is in the limit EP's Δθ(t), identically (law L13): in a gradient system Bᵀ = ∂F/∂θ, in the prototypical one B lacks the slope of
 * σ that (∂F/∂θ)ᵀ has. Where weights differ it is not the gradient.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Cost } from '../cost/cost.ts'
import { badNumber, type Mistake } from '../fold/mistake.ts'
import { finite } from '../fold/nudge.ts'
import { equilibriumPropagation, nudgedPhase, zipParams } from '../fold/nudged-phase.ts'
import { foldPhase, mapPhase, type Moment, type Phase, scanPhase, zipPhases } from '../fold/phase.ts'
import { type Data, pose, type Problem, wellShaped } from '../fold/pose.ts'
import { totals } from '../fold/total.ts'
import type { Dynamics } from '../phi/dynamics.ts'
import type { Layers, Params } from '../phi/interaction.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'
import { limit } from '../theorem.ts'
import { type Estimate, type Estimator, finiteEstimate, type Rest, wholeSteps } from './estimator.ts'

/** The sum of K moments that descend, turned into a gradient. */
const summed = <T>(A: Algebra<never, T>, phase: Phase<Moment<T>>, steps: number): Estimate<T> => {
  const turned = (params: Params<T>): Params<T> => Object.fromEntries(Object.entries(params).map(([name, p]) => [name, A.neg(p)]))
  return {
    params: turned(foldPhase<Params<T>, Params<T>>(totals(A, phase), steps, {}, (_, total) => total)),
    course: {
      phase: mapPhase(phase, ({ state, param }): Moment<T> => ({ state: state.map(A.neg), param: () => turned(param()) })),
      steps,
      neurons: 'metric times gradient',
    },
  }
}

/** A posed problem, with K and the state that fit it. */
const posedFor = <N extends Op, T>(A: Algebra<N, T>, dynamics: Dynamics<N>, cost: Cost<N>, data: Data<T>, { state }: Rest<T>, steps: number) => pipe(
  wholeSteps(steps),
  E.flatMap(() => pose(A, dynamics, cost)(data)),
  E.tap((problem: Problem<T>) => wellShaped(problem, 'state', state)))

/** EP's moments with θ moving by η Δθ(t) after each. */
const moving = <N extends Op, T>(
  A: Algebra<N, T>, dynamics: Dynamics<N>, { theta, x }: Data<T>, problem: Problem<T>, { beta, eta }: { readonly beta: number; readonly eta: number },
  state: Layers<T>,
): Phase<Moment<T>> => {
  const strength = A.fill([], beta)
  const from = (s: Layers<T>, now: Params<T>): Phase<Moment<T>> => ({
    next: () => {
      const motion = eta === 0 ? problem.motion : dynamics.at(A)(now, x)
      const [next] = nudgedPhase({ ...problem, motion }, strength, s).next()
      const update = zipParams(motion.rule(next, s), motion.rule(s), (after, before) => A.over(A.over(A.sub(after, before), beta), problem.batch))
      const moment: Moment<T> = { state: next.map((sl, l) => A.over(A.sub(sl, s[l] as T), beta)), param: () => update }
      return [moment, from(next, eta === 0 ? now : zipParams(now, update, (p, d) => A.add(p, A.scale(eta, d))))]
    },
  })
  return from(state, theta)
}

/** Continual EP with nudge β and rate η ≥ 0, K steps. The data's own parameters are where it starts; they are not changed. */
export const continual = (beta: number, eta: number, steps: number): Estimator => {
  const name = `continual:${beta}:${eta}`
  return {
    name,
    at: (A, dynamics, cost) => (data, settled) => pipe(
      eta >= 0 && Number.isFinite(eta) ? E.right(eta) : E.left<Mistake>(badNumber('continual, rate', 'a number of at least 0', eta)),
      E.flatMap(() => finite(A, beta)),
      E.flatMap(() => posedFor(A, dynamics, cost, data, settled, steps)),
      E.map((problem) => summed(A, moving(A, dynamics, data, problem, { beta, eta }, settled.state), steps)),
      E.flatMap(finiteEstimate(A, name))),
  }
}

/** Vector-field EP with nudge β, or in the limit β → 0, K steps. Any dynamics will do. */
export const vectorField = (beta: number | 'limit', steps: number): Estimator => {
  const name = `vector-field:${beta}`
  return {
    name,
    at: (A, dynamics, cost) => (data, settled) => pipe(
      posedFor(A, dynamics, cost, data, settled, steps),
      E.bindTo('problem'),
      E.bind('course', ({ problem }) => fieldCourse(A, dynamics, cost, data, problem, settled.state, beta)),
      E.map(({ problem, course }) => {
        type T = (typeof settled.state)[number]
        // At one state, as in the limit, one rule serves all t.
        const pulls = scanPhase<readonly [Moment<T>, Layers<T>], Pulled<T>>(course, (before, [moment, at]) => ({
          at, moment, rule: before?.at === at ? before.rule : localRule(problem, at),
        }))
        return summed(A, mapPhase(pulls, ({ moment, rule }): Moment<T> => ({
          state: moment.state,
          param: () => Object.fromEntries(Object.entries(rule(moment.state)).map(([param, g]) => [param, A.over(g, problem.batch)])),
        })), steps)
      }),
      E.flatMap(finiteEstimate(A, name))),
  }
}

interface Pulled<T> {
  readonly at: Layers<T>
  readonly moment: Moment<T>
  readonly rule: (v: Layers<T>) => Params<T>
}

/** v ↦ B v at a state. */
const localRule = <T>({ motion }: Problem<T>, at: Layers<T>): ((v: Layers<T>) => Params<T>) => {
  if (motion.local !== undefined) return motion.local(at)
  const pull = motion.pull(at)
  return (v) => pull(v).param()
}

/** Δs(β, t) with the state s^β_t that it starts from. */
const fieldCourse = <N extends Op, T>(
  A: Algebra<N, T>, dynamics: Dynamics<N>, cost: Cost<N>, data: Data<T>, problem: Problem<T>, state: Layers<T>, beta: number | 'limit',
): E.Either<Mistake, Phase<readonly [Moment<T>, Layers<T>]>> =>
  beta === 'limit'
    ? pipe(limit(A, dynamics, cost)(data, state), E.map((phase) => mapPhase(phase, (moment) => [moment, state] as const)))
    : pipe(finite(A, beta), E.map((nudge) =>
      zipPhases(equilibriumPropagation(problem, nudge, state), startingFrom(state, nudgedPhase(problem, nudge.beta, state)))))

/** A phase with one more emission in front. */
const startingFrom = <X>(first: X, rest: Phase<X>): Phase<X> => ({ next: () => [first, rest] })
