/**
 * Equilibrium propagation: a fold over time. From s^β_0 = s* (docs/theory.md §3, the paper's eq. for the second phase),
 *
 *     s^β_{t+1} = F(x, s^β_t, θ) − β ∂ℓ/∂s (s^β_t, y)
 *     Δs(β, t)  = (s^β_{t+1} − s^β_t) / β                      per sample
 *     Δθ(β, t)  = (rule(s^β_{t+1}) − rule(s^β_t)) / β          mean over the batch; rule = ∂Φ/∂θ
 *
 * A cost with a readout adds −βℓ to Φ as soon as the network is nudged, so the rule of the readout's parameters is −β ∂ℓ/∂θ from t = 1 on,
 * and 0 at s*. Hence Δθ(β, 0) = −∂ℓ/∂θ(s^β_1) and Δθ(β, t) = −∂ℓ/∂θ(s^β_{t+1}) + ∂ℓ/∂θ(s^β_t): they add up to the ordinary gradient at
 * the last nudged state (docs/theory.md §14).
 *
 * Σ_{t<K} Δθ(β, t) telescopes to the contrastive difference (law L6).
 */
import type { Drives, Layers, Params } from '../phi/interaction.ts'
import type { Algebra } from '../tensor/algebra.ts'
import type { Nudge } from './nudge.ts'
import { mapPhase, type Moment, type Phase, zipPhases } from './phase.ts'
import type { Problem } from './pose.ts'

/** −β ∂ℓ/∂s at s: a force on the output layer. */
const force = <T>({ algebra: A, costing }: Problem<T>, beta: T, s: Layers<T>): Drives<T> =>
  s.map((output, l) => (l === s.length - 1 ? A.neg(A.times(beta, costing.gradient(output))) : undefined))

/**
 * The nudged states s^β_1, s^β_2, … from s^β_0 = s*.
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { energyBased, freePhase, initialise, layered, nudgedPhase, orThrow, pose, reference as A, seeded, squaredError, take, tanh } from 'phifold'
 *
 * const network = energyBased({ interaction: layered([2, 3, 1]), activation: tanh, epsilon: 0.5 })
 * const [theta] = initialise(A, network.params, seeded(1))
 * const data = { theta, x: A.of([1, 2], [0.3, 0.8]), y: A.of([1, 1], [1]) }
 * const problem = orThrow(pose(A, network, squaredError)(data))
 * const { state } = orThrow(freePhase(problem, { steps: 1000 }))
 *
 * const nudged = take(nudgedPhase(problem, A.fill([], 0.5), state), 30)
 * const cost = (s: typeof state) => A.numbers(problem.costing.value(s[1]!))[0]!
 * assert(cost(nudged[29]!) < cost(state)) // the nudge moves the output towards the target
 * ```
 */
export const nudgedPhase = <T>(problem: Problem<T>, beta: T, s: Layers<T>): Phase<Layers<T>> => ({
  next: () => {
    const next = problem.motion.step(s, force(problem, beta, s))
    return [next, nudgedPhase(problem, beta, next)]
  },
})

/** What EP takes differences of at s*, before the nudge: the network's rule, and zeros for the readout. `previous` as below. */
export const restingRule = <T>({ algebra: A, motion, readout }: Problem<T>, s: Layers<T>, previous: Layers<T>): Params<T> =>
  ({ ...motion.rule(s, previous), ...Object.fromEntries(Object.entries(readout).map(([name, shape]) => [name, A.fill(shape, 0)])) })

/** The same at a nudged state: −β ∂ℓ/∂θ for the readout. */
export const nudgedRule = <T>({ algebra: A, motion, costing }: Problem<T>, beta: T, s: Layers<T>, previous: Layers<T>): Params<T> => {
  const gradient = costing.param?.(s.at(-1) as T) ?? {}
  return { ...motion.rule(s, previous), ...Object.fromEntries(Object.entries(gradient).map(([name, g]) => [name, A.neg(A.times(beta, g))])) }
}

/** name ↦ f(a, b) for each parameter. */
export const zipParams = <A, B, C>(a: Params<A>, b: Params<B>, f: (a: A, b: B) => C): Params<C> =>
  Object.fromEntries(Object.entries(a).map(([name, p]) => [name, f(p, b[name] as B)]))

/** `equilibriumPropagation` by any nudge from one settled state, where the rule is computed once for all of them. */
export const updatesFrom = <T>(
  problem: Problem<T>, settled: Layers<T>, previous: Layers<T> = settled,
): (<U>(nudge: Nudge<T, U>) => Phase<Moment<U>>) => {
  const { algebra: A, batch } = problem
  const resting = restingRule(problem, settled, previous)
  return <U>(nudge: Nudge<T, U>): Phase<Moment<U>> => {
    // The rule at s^β_t serves twice, for Δθ(t−1) and for Δθ(t): it is passed along.
    const from = (s: Layers<T>, rule: Params<T>, states: Phase<Layers<T>>): Phase<Moment<U>> => ({
      next: () => {
        const [next, later] = states.next()
        const nextRule = nudgedRule(problem, nudge.beta, next, s)
        const moment: Moment<U> = {
          state: next.map((sl, l) => nudge.quotient(A.sub(sl, s[l] as T))),
          param: () => zipParams(nextRule, rule, (after, before) => nudge.out.over(nudge.quotient(A.sub(after, before)), batch)),
        }
        return [moment, from(next, nextRule, later)]
      },
    })
    return from(settled, resting, nudgedPhase(problem, nudge.beta, settled))
  }
}

/**
 * Emits Δs(β, t) and Δθ(β, t) for t = 0, 1, … `previous` is s_{T−1}, for published rules that look at it.
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import {
 *   energyBased, equilibriumPropagation, finite, freePhase, initialise, layered, orThrow, pose, reference as A, seeded, squaredError, take, tanh,
 * } from 'phifold'
 *
 * const network = energyBased({ interaction: layered([2, 3, 1]), activation: tanh, epsilon: 0.5 })
 * const [theta] = initialise(A, network.params, seeded(1))
 * const data = { theta, x: A.of([1, 2], [0.3, 0.8]), y: A.of([1, 1], [1]) }
 * const problem = orThrow(pose(A, network, squaredError)(data))
 * const { state } = orThrow(freePhase(problem, { steps: 1000 }))
 *
 * const moments = take(equilibriumPropagation(problem, orThrow(finite(A, 0.01)), state), 5)
 * assert.deepEqual(moments.map(({ param }) => A.shape(param()['W1']!)), Array.from({ length: 5 }, () => [3, 2]))
 * ```
 */
export const equilibriumPropagation = <T, U>(
  problem: Problem<T>, nudge: Nudge<T, U>, settled: Layers<T>, previous: Layers<T> = settled,
): Phase<Moment<U>> => updatesFrom(problem, settled, previous)(nudge)

/** The mean of two moments. */
export const meanMoment = <T>(out: Algebra<never, T>, first: Moment<T>, second: Moment<T>): Moment<T> => {
  const mean = (a: T, b: T): T => out.over(out.add(a, b), 2)
  return {
    state: first.state.map((sl, l) => mean(sl, second.state[l] as T)),
    param: () => zipParams(first.param(), second.param(), mean),
  }
}

/** The mean of two phases: with +β and −β from the same s*, the centered estimate, whose error is O(β²). */
export const meanOf = <T>(out: Algebra<never, T>, first: Phase<Moment<T>>, second: Phase<Moment<T>>): Phase<Moment<T>> =>
  mapPhase(zipPhases(first, second), ([a, b]) => meanMoment(out, a, b))
