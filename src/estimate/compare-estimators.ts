/**
 * Several estimators on one model and one settled batch, each held against a reference: the whole gradient per parameter and per layer,
 * and the parts for each t where both have a course.
 *
 * Parts for neurons are compared as M ∇s(t): where the reverse folds give ∇s(t) and the dynamics has a metric, it is applied; where
 * it has none they are compared as they are.
 *
 * docs/theory.md §15.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Cost } from '../cost/cost.ts'
import { flatten } from '../fold/lock-step.ts'
import type { Flat } from '../fold/measure.ts'
import type { Mistake } from '../fold/mistake.ts'
import { mapPhase, type Moment, type Phase, take, zipPhases } from '../fold/phase.ts'
import type { Data } from '../fold/pose.ts'
import type { Dynamics, ExactMotion, Motion } from '../phi/dynamics.ts'
import type { Layers, Params } from '../phi/interaction.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'
import { type Closeness, closeness, closenessOfEach } from './closeness.ts'
import type { Course, Estimate, Estimator, Rest } from './estimator.ts'
import { tangent } from './nudged.ts'

/** What is estimated: a model with its cost. */
export interface Estimated<N extends Op> {
  /** The model. */
  readonly dynamics: Dynamics<N>
  /** Its cost, with a readout if it has one. */
  readonly cost: Cost<N>
}

/** One estimator against the reference. */
export interface Compared {
  /** All parameters together. */
  readonly whole: Closeness
  /** Each parameter by name. */
  readonly params: Readonly<Record<string, Closeness>>
  /** Parameters whose names end in the same number, which is that of the layer they drive: W2, b2 and Wx2 are layer 2. */
  readonly layers: Readonly<Record<string, Closeness>>
  /** For each t < K: neurons "s1", "s2", … (batch means) and parameters. Empty where one of both has no course. */
  readonly course: readonly Readonly<Record<string, Closeness>>[]
}

/** What `compareEstimators` gives. */
export interface EstimatorComparison {
  /** Name of the estimator that all were held against. */
  readonly reference: string
  /** In the order given. Left: that estimator cannot say anything here. */
  readonly rows: readonly { readonly name: string; readonly result: E.Either<Mistake, Compared> }[]
}

/** What to hold the estimators against, and how closely to look. */
export interface CompareEstimatorsOptions<N extends Op> {
  /** K of the default reference, the exact limit. */
  readonly steps: number
  /** By default the tangent over `steps`: the exact limit β → 0. */
  readonly reference?: Estimator<N>
  /** Also compare moment by moment; costs each estimator a second run. */
  readonly overTime?: boolean
  /** Told how many estimators are done, for progress only. */
  readonly onEstimator?: (done: number) => void
}

/** Layer → parameters that drive it. */
const layersOf = (names: readonly string[]): Readonly<Record<string, readonly string[]>> =>
  names.reduce<Readonly<Record<string, readonly string[]>>>((layers, name) => {
    const layer = /\d+$/.exec(name)?.[0]
    const label = layer === undefined ? name : `layer ${layer}`
    return { ...layers, [label]: [...(layers[label] ?? []), name] }
  }, {})

const numbersOf = <T>(A: Algebra<never, T>, params: Params<T>): Flat =>
  Object.fromEntries(Object.entries(params).map(([name, p]) => [name, A.numbers(p)]))

/** The course with neurons as M ∇s(t). */
const weighted = <T>({ phase, neurons }: Course<T>, weigh: (v: Layers<T>) => Layers<T>): Phase<Moment<T>> =>
  neurons === 'gradient' ? mapPhase(phase, ({ state, param }) => ({ state: weigh(state), param })) : phase

const overTime = <T>(
  A: Algebra<never, T>, weigh: (v: Layers<T>) => Layers<T>, { course: f }: Estimate<T>, { course: g }: Estimate<T>,
): Compared['course'] => f === undefined || g === undefined ? [] : take(
  mapPhase(zipPhases(weighted(f, weigh), weighted(g, weigh)), ([a, b]) => closenessOfEach(flatten(A, a), flatten(A, b))), Math.min(f.steps, g.steps))

/**
 * Runs every estimator once. Left: the reference itself cannot be computed.
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import {
 *   bptt, centered, compareEstimators, energyBased, freePhase, initialise, layered, oneSided, orThrow, pose, reference as A, seeded, squaredError, tanh,
 * } from 'phifold'
 *
 * const network = energyBased({ interaction: layered([2, 3, 1]), activation: tanh, epsilon: 0.5 })
 * const [theta] = initialise(A, network.params, seeded(1))
 * const data = { theta, x: A.of([1, 2], [0.3, 0.8]), y: A.of([1, 1], [1]) }
 * const settled = orThrow(freePhase(orThrow(pose(A, network, squaredError)(data)), { steps: 1000, keep: 20 }))
 *
 * const estimators = [bptt(20), oneSided(0.01, 20), centered(0.01, 20)]
 * const { reference, rows } = orThrow(compareEstimators(A, { dynamics: network, cost: squaredError })(estimators, data, settled, { steps: 20 }))
 * const [exact, sided, both] = rows.map(({ result }) => orThrow(result).whole.rmse)
 * assert(reference === 'tangent' && exact! < 1e-13 && both! < sided! && sided! < 0.01)
 * ```
 */
export const compareEstimators = <N extends Op, T>(A: Algebra<N, T>, { dynamics, cost }: Estimated<N>) =>
  (
    estimators: readonly Estimator<N>[], data: Data<T>, settled: Rest<T>,
    { steps, reference = tangent(steps), overTime: timed = false, onEstimator = () => undefined }: CompareEstimatorsOptions<N>,
  ): E.Either<Mistake, EstimatorComparison> => {
    const motion: Motion<T> & Partial<ExactMotion<T>> = dynamics.at(A)(data.theta, data.x)
    const weigh = motion.metric?.(settled.state) ?? ((v: Layers<T>) => v)
    return pipe(
      reference.at(A, dynamics, cost)(data, settled),
      E.map((truth) => {
        const g = numbersOf(A, truth.params)
        const compared = (estimate: Estimate<T>): Compared => {
          const f = numbersOf(A, estimate.params)
          return {
            whole: closeness(f, g),
            params: closenessOfEach(f, g),
            layers: Object.fromEntries(Object.entries(layersOf(Object.keys(g))).map(([layer, names]) => [layer, closeness(f, g, names)])),
            course: timed ? overTime(A, weigh, estimate, truth) : [],
          }
        }
        return {
          reference: reference.name,
          rows: estimators.map((estimator, i) => {
            const result = pipe(estimator.at(A, dynamics, cost)(data, settled), E.map(compared))
            onEstimator(i + 1)
            return { name: estimator.name, result }
          }),
        }
      }))
  }
