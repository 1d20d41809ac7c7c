/**
 * The theorem (Ernoult et al. 2019, Theorem 1; extended to a metric M, see docs/theory.md).
 *
 * Let J = ∂F/∂s at a state s*, and let a metric M(s*) be given; M = 1 in the energy-based setting, where F = ∂Φ/∂s, and
 * M = ε diag σ′ in the prototypical setting with inner nudge. Suppose that
 *
 *     (H1)  J M = M Jᵀ;  a force f moves the state by M f;  ∂(rule)/∂s · M v = (∂F/∂θ)ᵀ v  for every v
 *     (H2)  s_{T−K} = … = s_T = s*
 *     (H3)  these derivatives exist at s*.
 *
 * Then for every t = 0 … K−1, with Δ in the limit β → 0,
 *
 *     Δs(t) = −M ∇s(t)        and        Δθ(t) = −∇θ(t).
 *
 * Proof. With δ_t = ∂s^β_t/∂β at 0: δ_0 = 0 and δ_{t+1} = J δ_t − M ∂ℓ/∂s, so Δs(0) = −M ∂ℓ/∂s = −M ∇s(0) and
 * Δs(t+1) = J Δs(t) = −J M ∇s(t) = −M Jᵀ ∇s(t) = −M ∇s(t+1). By the chain rule Δθ(t) = ∂(rule)/∂s · Δs(t) = −∂(rule)/∂s ·
 * M ∇s(t) = −(∂F/∂θ)ᵀ ∇s(t) = −∇θ(t). ∎
 *
 * Everything here is a pure function over any algebra. Over exact rationals a true hypothesis has gap 0 and the conclusion's
 * gaps are 0: a proof by computation, for that network. The limit is not approached but taken: β is the unit τ of the dual numbers.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Cost } from './cost/cost.ts'
import { backpropagation } from './fold/bptt.ts'
import { stateDistance } from './fold/free-phase.ts'
import type { Settled } from './fold/free-phase.ts'
import type { Mistake } from './fold/mistake.ts'
import type { Nudge } from './fold/nudge.ts'
import { equilibriumPropagation } from './fold/nudged-phase.ts'
import { mapPhase, type Moment, type Phase, take, zipPhases } from './fold/phase.ts'
import { type Data, pose } from './fold/pose.ts'
import type { Dynamics, ExactDynamics } from './phi/dynamics.ts'
import type { Layers } from './phi/interaction.ts'
import type { Algebra, Op } from './tensor/algebra.ts'
import { dualOf, type DualTensor } from './tensor/dual.ts'

/** The nudge β → 0: over dual tensors, β = τ and the quotient by β is the tangent. */
export const vanishing = <T>(A: Algebra<never, T>): Nudge<DualTensor<T>, T> => {
  const D = dualOf(A)
  return { beta: D.infinitesimal(), out: A, quotient: D.tangent }
}

/** The same data over dual tensors, with zero tangents. */
export const constantData = <T>(A: Algebra<never, T>, { theta, x, y }: Data<T>): Data<DualTensor<T>> => {
  const { constant } = dualOf(A)
  return {
    theta: Object.fromEntries(Object.entries(theta).map(([name, p]) => [name, constant(p)])),
    x: constant(x),
    y: constant(y),
  }
}

/**
 * EP in the limit β → 0 from a settled state: emits Δs(t) and Δθ(t). Where the state is not settled there is no limit (Δs(β, t) grows like
 * the residual / β); this still returns the derivative of the nudged trajectory by β, so check the certificate first.
 * Left: what `pose` says of mistakes in the data.
 */
export const limit = <N extends Op, T>(A: Algebra<N, T>, dynamics: Dynamics<N>, cost: Cost<N>) =>
  (data: Data<T>, settled: Layers<T>): E.Either<Mistake, Phase<Moment<T>>> => {
    const D = dualOf(A)
    return pipe(
      pose(D, dynamics, cost)(constantData(A, data)),
      E.map((problem) => equilibriumPropagation(problem, vanishing(A), settled.map(D.constant))))
  }

/** Gap of each hypothesis: 0 where it holds exactly. `v` and `f` are directions in state space to test (H1) along. */
export interface Hypotheses {
  /** |J M v − M Jᵀ v| */
  readonly symmetric: number
  /** |∂F/∂f · f − M f| */
  readonly force: number
  /** |∂(rule)/∂s · M v − (∂F/∂θ)ᵀ v| */
  readonly rule: number
  /** max |s_{T−k} − s_T| over k ≤ K */
  readonly settled: number
}

/** How far (H1) and (H2) fail, for one direction v. J and ∂(rule)/∂s come from dual numbers, Jᵀ and (∂F/∂θ)ᵀ from `pull`. */
export const hypotheses = <N extends Op, T>(A: Algebra<N, T>, dynamics: ExactDynamics<N>) =>
  (data: Data<T>, { state, before }: Pick<Settled<T>, 'state' | 'before'>, v: Layers<T>): Hypotheses => {
    const D = dualOf(A)
    const motion = dynamics.at(A)(data.theta, data.x)
    const { theta, x } = constantData(A, data)
    const dualMotion = dynamics.at(D)(theta, x)
    const along = (direction: Layers<T>) => state.map((primal, l) => ({ primal, tangent: direction[l] }))
    const force = v.map((vl) => ({ primal: A.fill(A.shape(vl), 0), tangent: vl }))
    const [metric, pulled] = [motion.metric(state), motion.pull(state)(v)]
    const byRule = dualMotion.rule(along(metric(v)))
    return {
      symmetric: stateDistance(A, dualMotion.step(along(metric(v))).map(D.tangent), metric(pulled.state)),
      force: stateDistance(A, dualMotion.step(state.map(D.constant), force).map(D.tangent), metric(v)),
      rule: Object.entries(pulled.param()).reduce(
        (worst, [name, g]) => Math.max(worst, A.distance(D.tangent(byRule[name] as DualTensor<T>), g)), 0),
      settled: before.reduce((worst, s) => Math.max(worst, stateDistance(A, s, state)), 0),
    }
  }

/** Gaps of the conclusion at each t: |Δs(t) + M ∇s(t)| and |Δθ(t) + ∇θ(t)|, largest entry. */
export interface Conclusion {
  /** |Δs(t) + M ∇s(t)| for t = 0 … K−1: the largest over layers, batch and units. */
  readonly state: readonly number[]
  /** |Δθ(t) + ∇θ(t)| for t = 0 … K−1: the largest over all parameters. */
  readonly param: readonly number[]
}

/**
 * Runs both folds for K moments and compares them. Left: mistakes in the data, or fewer than K states kept.
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { conclusion, energyBased, freePhase, initialise, layered, orThrow, pose, reference as A, seeded, squaredError, tanh } from 'phifold'
 *
 * const network = energyBased({ interaction: layered([2, 3, 1]), activation: tanh, epsilon: 0.5 })
 * const [theta] = initialise(A, network.params, seeded(1))
 * const data = { theta, x: A.of([1, 2], [0.3, 0.8]), y: A.of([1, 1], [1]) }
 * const settled = orThrow(freePhase(orThrow(pose(A, network, squaredError)(data)), { steps: 1000, keep: 20 }))
 *
 * const { state, param } = orThrow(conclusion(A, network, squaredError)(data, settled, 20))
 * assert(Math.max(...state, ...param) < 1e-14)
 * ```
 */
export const conclusion = <N extends Op, T>(A: Algebra<N, T>, dynamics: ExactDynamics<N>, cost: Cost<N>) =>
  (data: Data<T>, settled: Pick<Settled<T>, 'state' | 'before'>, steps: number): E.Either<Mistake, Conclusion> =>
    pipe(
      E.Do,
      E.bind('problem', () => pose(A, dynamics, cost)(data)),
      E.bind('reverse', ({ problem }) => backpropagation(problem, settled, steps)),
      E.bind('forward', () => limit(A, dynamics, cost)(data, settled.state)),
      E.map(({ problem, reverse, forward }) =>
        compareFolds(A, problem.motion.metric(settled.state))(forward, reverse, steps)))

/** |Δs(t) + M ∇s(t)| and |Δθ(t) + ∇θ(t)| for t < K, of the two folds in lock step. */
export const compareFolds = <T>(A: Algebra<never, T>, metric: (v: Layers<T>) => Layers<T>) =>
  (ep: Phase<Moment<T>>, bptt: Phase<Moment<T>>, steps: number): Conclusion => {
    const moments = take(mapPhase(zipPhases(ep, bptt), ([update, gradient]) => {
      const [delta, nabla] = [update.param(), gradient.param()]
      return {
        state: stateDistance(A, update.state, metric(gradient.state).map(A.neg)),
        param: Object.entries(delta).reduce((worst, [name, d]) => Math.max(worst, A.distance(d, A.neg(nabla[name] as T))), 0),
      }
    }), steps)
    return { state: moments.map(({ state }) => state), param: moments.map(({ param }) => param) }
  }
