/**
 * A small network's both phases with their whole course: states, gradients by both folds at each moment, summaries, and
 * what is known of a convolutional network's maps.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { freePhase } from '../../fold/free-phase.ts'
import type { Sums } from '../../fold/measure.ts'
import type { Nudge } from '../../fold/nudge.ts'
import { nudgedPhase } from '../../fold/nudged-phase.ts'
import { take } from '../../fold/phase.ts'
import type { Layers, Params } from '../../phi/interaction.ts'
import type { Algebra, Op } from '../../tensor/algebra.ts'
import * as allowance from './allowance.ts'
import type { Course } from './case.ts'
import { aside, type Computed, fields, fieldsOf, list, numbers, same, scalar } from './comparison.ts'
import { furthest, type Gaps, largest, noGaps, type Precision, rmse, rmseOfLayers, withMoment } from './gap.ts'
import { type Gradient, hidden, reverse, type Slopes, updates } from './gradient.ts'
import { told } from './maps.ts'
import { examples, nudgeOf, outputFirst, parameters, type Posed, settle } from './network.ts'

/** One tensor as a leaf. */
export const leaf = <T>(A: Algebra<never, T>, allowed: number) => (x: T): Computed => numbers(A.shape(x), A.numbers(x), allowed)

/** Equal shapes, stacked along a new first axis: time. */
export const stacked = <T>(A: Algebra<never, T>, allowed: number) => (course: readonly T[]): Computed => {
  const shape = course[0] === undefined ? [] : A.shape(course[0])
  return numbers([course.length, ...shape], course.flatMap((x) => [...A.numbers(x)]), allowed)
}

/** A course of layers as one leaf per layer, and a course of parameters as one leaf per name. */
export const byLayer = <T>(A: Algebra<never, T>, allowed: number, course: readonly Layers<T>[]): Computed =>
  list((course[0] ?? []).map((_, l) => stacked(A, allowed)(course.map((layers) => layers[l] as T))))

export const byName = <T>(A: Algebra<never, T>, allowed: number, course: readonly Params<T>[]): Computed =>
  fieldsOf(course[0] ?? {}, (_, name) => stacked(A, allowed)(course.map((params) => params[name] as T)))

/** s_T or another state, one leaf per layer. */
export const stateOf = <T>(A: Algebra<never, T>, state: Layers<T>): Computed => list(outputFirst(state).map(leaf(A, allowance.states)))

/** L at s_T: the batch mean of the cost. */
export const lossOf = <T>({ algebra: A, problem, settled, setup }: Posed<T>): number =>
  (A.numbers(problem.costing.value(settled.state[settled.state.length - 1] as T))[0] ?? NaN) / setup.batch

export const lossLeaf = <T>(posed: Posed<T>): Computed =>
  scalar(lossOf(posed), allowance.loss(lossOf(posed), posed.setup.sizes[0] as number))

/** Per layer, the share of units exactly at 0 or 1. */
const atBounds = <T>(A: Algebra<never, T>, state: Layers<T>): Computed => list(outputFirst(state).map((s) => {
  const values = A.numbers(s)
  return scalar(values.filter((value) => value === 0 || value === 1).length / values.length, 2 ** -52)
}))

const gapsOf = <T>(posed: Posed<T>, ep: readonly Gradient<T>[], bptt: readonly Gradient<T>[]): Gaps =>
  bptt.reduce((sums, moment, t) => withMoment(posed, sums, ep[t] as Gradient<T>, moment, t), noGaps)

// max |EP − BPTT| of weights and biases at further β.
const atBetas = <T>(posed: Posed<T>, bptt: readonly Gradient<T>[], betas: readonly number[]): E.Either<string, Computed> =>
  pipe(
    betas,
    E.traverseArray((beta) => E.map((nudge: Nudge<T, T>) => {
      const { weights, biases } = gapsOf(posed, take(updates(posed, nudge), bptt.length), bptt)
      const far = (sums: Sums): Computed => furthest({ K: bptt.length, ep: allowance.ep(posed.setup, beta) }, sums)
      return fields({ beta: same(beta), weights_max: fieldsOf(weights, far), biases_max: fieldsOf(biases, far) })
    })(nudgeOf(posed.algebra, posed.setup, beta))),
    E.map(list))

// The first entry of nT and dT is 0 in the authors' code.
const differences = <T>(A: Algebra<never, T>, course: readonly Gradient<T>[]): readonly Params<T>[] => course.map(({ weights }, t) =>
  t > 0 ? weights : Object.fromEntries(Object.entries(weights).map(([name, w]) => [name, A.fill(A.shape(w), 0)])))

/** What a file of this kind records. Left: why the case cannot be run. */
export const course = <T>(A: Algebra<Op, T>) => ({ setup, params, data, beta, betas, times }: Course): E.Either<string, Computed> =>
  pipe(
    E.Do,
    E.bind('theta', () => parameters(A, setup, params)),
    E.bind('example', () => examples(A, setup, data)),
    E.bind('posed', ({ theta, example }) => settle(A, setup, { theta, ...example })),
    E.bind('nudge', () => nudgeOf(A, setup, beta)),
    E.bind('reversed', ({ posed }) => reverse(posed, setup.K + 1)),
    E.bind('head', ({ posed }) => E.mapLeft(({ message }: { readonly message: string }) => message)(
      freePhase(posed.problem, { steps: 5, keep: 5 }))),
    E.let('all', ({ reversed }) => take(reversed, setup.K + 1)),
    E.let('bptt', ({ all }) => all.slice(0, setup.K)),
    E.bind('ep_minus_bptt_by_beta', ({ posed, bptt }) => atBetas(posed, bptt, betas)),
    E.map(({ posed, nudge, all, bptt, ep_minus_bptt_by_beta, head }) => {
      const { state, residual } = posed.settled
      const precision: Precision = { K: setup.K, ep: allowance.ep(setup, beta) }
      const ep = take(updates(posed, nudge), setup.K)
      const nudged = [state, ...take(nudgedPhase(posed.problem, nudge.beta, state), setup.K)]
      const gaps = gapsOf(posed, ep, bptt)

      // Weight courses may be kept at some moments only.
      const kept = <X>(moments: readonly X[]): readonly X[] =>
        times === undefined ? moments : moments.filter((_, t) => times.includes(t))
      const totals = (allowed: number, moments: readonly Gradient<T>[], pick: (total: Slopes<T>) => Params<T>): Computed =>
        byName(A, allowed, kept(moments).map(({ total }) => pick(total)))
      const [weights, biases] = [(total: Slopes<T>) => total.weights, (total: Slopes<T>) => total.biases]

      const s_star = stateOf(A, state)
      const free_residual = scalar(residual, allowance.states)
      const s_nudged = byLayer(A, allowance.states, nudged.map(outputFirst))
      const nS = byLayer(A, allowance.bptt, bptt.map(({ neurons }) => neurons))
      const dS_raw = byLayer(A, precision.ep, ep.map(({ neurons }) => neurons))
      const NT = totals(allowance.bptt, bptt, weights)
      const DT = totals(precision.ep, ep, weights)
      const DT_bias = totals(precision.ep, ep, biases)
      const ofMaps = told(posed)
      return fields({
        official: fields({
          s_star, nS, NT, DT,
          dS: byLayer(A, precision.ep, ep.map(({ neurons }, t) => hidden(posed, neurons, t))),
          nT: byName(A, allowance.bptt, kept(differences(A, bptt))),
          dT: byName(A, precision.ep, kept(differences(A, ep))),
          rmse: rmse(precision, gaps.neurons, gaps.weights),
        }),
        rerun: fields({
          free_residual, s_nudged, dS_raw, DT_bias,
          free_head: byLayer(A, allowance.states, [head.state, ...head.before].toReversed().map(outputFirst)),
          fraction_at_bounds_s_star: atBounds(A, state),
          fraction_at_bounds_s_nudged_end: atBounds(A, nudged[setup.K] as Layers<T>),
          ...ofMaps.rerun,
        }),
        own: fields({
          s_star, free_residual, s_nudged, nS, dS_raw, NT, DT, DT_bias,
          NT_bias: totals(allowance.bptt, bptt, biases),
          free_loss: lossLeaf(posed),
          nS_per_sample: byLayer(A, allowance.bptt, all.map(({ perSample }) => perSample)),
          grad_steps: gradientSteps(A, all, kept(all)),
          rmse_instantaneous: rmse(precision, gaps.neurons, gaps.steps),
          rmse_raw_neurons: rmseOfLayers(precision, gaps.raw),
          fraction_saturated_at_s_star: atBounds(A, state),
          ep_minus_bptt_by_beta,
          ...ofMaps.own,
        }),
        // Differences between two other programs.
        checks: fields({ ep_minus_bptt: largest(precision, gaps), independent_rerun_max_abs_difference: aside }),
      })
    }))

// name ↦ {weight, bias}: the weights at the moments kept, the biases always at all.
const gradientSteps = <T>(A: Algebra<never, T>, all: readonly Gradient<T>[], kept: readonly Gradient<T>[]): Computed =>
  fieldsOf(all[0]?.weights ?? {}, (_, name) => fields({
    weight: stacked(A, allowance.bptt)(kept.map(({ weights }) => weights[name] as T)),
    bias: stacked(A, allowance.bptt)(all.map(({ biases }) => biases[name] as T)),
  }))
