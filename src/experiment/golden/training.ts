/**
 * Training steps, plain SGD over a few batches, by EP and by BPTT from the same start. The authors' EP takes K nudged
 * steps; their BPTT walks K + 1 steps back, in convolutional networks K.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as R from 'fp-ts/lib/ReadonlyRecord.js'
import { foldPhase, type Phase } from '../../fold/phase.ts'
import type { Params } from '../../phi/interaction.ts'
import type { Algebra, Op } from '../../tensor/algebra.ts'
import * as allowance from './allowance.ts'
import type { Batch, Setup, Training } from './case.ts'
import { aside, type Computed, fields, fieldsOf, same, scalar } from './comparison.ts'
import { leaf, lossLeaf, lossOf, stateOf } from './course.ts'
import { type Gradient, nudgedEnd, reverse, type Slopes, updates } from './gradient.ts'
import { drivenLayer, examples, joined, nudgeOf, parameters, type Posed, settle, split } from './network.ts'

const totalAfter = (steps: number) => <T>(phase: Phase<Gradient<T>>): Slopes<T> =>
  foldPhase<Gradient<T>, Slopes<T>>(phase, steps, { weights: {}, biases: {} }, (_, { total }) => total)

/** DT(K − 1). */
export const byUpdates = (beta: number) => <T>(posed: Posed<T>): E.Either<string, Slopes<T>> =>
  pipe(nudgeOf(posed.algebra, posed.setup, beta), E.map((nudge) => totalAfter(posed.setup.K)(updates(posed, nudge))))

/** NT(steps − 1). */
export const byReverse = (steps: number) => <T>(posed: Posed<T>): E.Either<string, Slopes<T>> =>
  pipe(reverse(posed, steps), E.map((phase) => totalAfter(steps)<T>(phase)))

/** A batch's free phase under θ. `keep` as in `settle`. */
export const settledOn = <T>(A: Algebra<Op, T>, setup: Setup, theta: Params<T>, batch: Batch, keep?: number): E.Either<string, Posed<T>> =>
  pipe(examples(A, setup, batch), E.chain((example) => settle(A, setup, { theta, ...example }, keep)))

const argmax = (row: Float64Array): number =>
  row.reduce((best, value, i) => (value > (row[best] as number) ? i : best), 0)

/** Samples whose largest free output (the first, where several are equal) is not the target's. */
const mistaken = <T>({ setup: { batch, sizes: [outputs = 0] }, algebra: A, settled, data }: Posed<T>): number => {
  const [given, wanted] = [A.numbers(settled.state[settled.state.length - 1] as T), A.numbers(data.y)]
  const answer = (values: Float64Array, b: number): number => argmax(values.slice(b * outputs, (b + 1) * outputs))
  return Array.from({ length: batch }, (_, b) => b).filter((b) => answer(given, b) !== answer(wanted, b)).length
}

/** How a run stands after some batches. Errors and losses are those before each update. */
interface Progress<T> {
  readonly theta: Params<T>
  readonly mistakes: number
  readonly losses: number
}

type Rule<T> = (posed: Posed<T>) => E.Either<string, Slopes<T>>

const trainOn = <T>(A: Algebra<Op, T>, { setup, rates }: Training, rule: Rule<T>) => (before: Progress<T>, batch: Batch): E.Either<string, Progress<T>> =>
  pipe(
    settledOn(A, setup, before.theta, batch),
    E.bindTo('posed'),
    E.bind('gradient', ({ posed }) => rule(posed)),
    E.map(({ posed, gradient }) => {
      const layer = drivenLayer(setup)
      const step = (thetas: Params<T>, gradients: Params<T>): Params<T> => R.mapWithIndex((name: string, p: T) =>
        A.sub(p, A.scale(rates[layer[name] as number] ?? NaN, gradients[name] as T)))(thetas)
      const { weights, biases } = split(setup, before.theta)
      const theta = joined(setup, { weights: step(weights, gradient.weights), biases: step(biases, gradient.biases) })
      return { theta, mistakes: before.mistakes + mistaken(posed), losses: before.losses + lossOf(posed) }
    }))

// name ↦ {weight, bias}, each within the allowance of its name.
const affine = <T>(A: Algebra<never, T>, setup: Setup, { weights, biases }: Slopes<T>, allowed: (layer: number) => number): Computed => {
  const layer = drivenLayer(setup)
  return fieldsOf(weights, (weight, name) => {
    const within = leaf(A, allowed(layer[name] as number))
    return fields({ weight: within(weight), bias: within(biases[name] as T) })
  })
}

type Told = Readonly<Record<string, Computed>>

// How training by one rule goes, told under that rule's name; `delta` is how well its gradients are known.
const trained = <T>(A: Algebra<Op, T>, training: Training, name: string, theta: Params<T>, rule: Rule<T>, delta: number): E.Either<string, Told> => {
  const { setup, rates, batches } = training
  const after = (n: number) => batches.slice(0, n).reduce<E.Either<string, Progress<T>>>(
    (progress, batch) => E.chain((now: Progress<T>) => trainOn(A, training, rule)(now, batch))(progress),
    E.right({ theta, mistakes: 0, losses: 0 }))
  const told = (n: number, { theta: end, mistakes, losses }: Progress<T>): Told => ({
    [`${name}_params_after_${n}`]: affine(A, setup, split(setup, end), (layer) =>
      allowance.trained(n, rates[layer] ?? NaN, delta)),
    [`${name}_train_error_percent_${n}`]: scalar((100 * mistakes) / (n * setup.batch), allowance.percentage),
    // Batch means summed, then divided by the number of samples: too small by the batch size, as the authors print it.
    [`${name}_printed_average_loss_${n}`]: scalar(losses / (n * setup.batch), allowance.printed(4)),
  })
  return pipe(
    E.Do,
    E.bind('first', () => after(1)),
    E.bind('last', () => after(batches.length)),
    E.map(({ first, last }) => ({ ...told(1, first), ...told(batches.length, last) })))
}

/** What a file of this kind records. Left: why the case cannot be run. */
export const training = <T>(A: Algebra<Op, T>) => (recorded: Training): E.Either<string, Computed> => {
  const { setup, beta, rates, params, batches } = recorded
  const [eps, graphSteps] = [allowance.ep(setup, beta), setup.model === 'conv' ? setup.K : setup.K + 1]
  const layers = Object.keys(drivenLayer(setup)).length
  if (rates.length !== layers)
    return E.left(`inputs.learning_rates: expected one for each of ${layers} layers, got ${rates.length}`)
  return pipe(
    E.Do,
    E.bind('theta', () => parameters(A, setup, params)),
    E.bind('ep', ({ theta }) => trained(A, recorded, 'ep', theta, byUpdates(beta), eps)),
    E.bind('bptt', ({ theta }) => trained(A, recorded, 'bptt', theta, byReverse(graphSteps), allowance.bptt)),
    E.bind('posed', ({ theta }) => E.traverseArray((batch: Batch) => settledOn(A, setup, theta, batch, setup.T))(batches)),
    E.bind('first', ({ posed: [one] }) => E.fromNullable('inputs.batches: expected at least one')(one)),
    E.bind('nudge', () => nudgeOf(A, setup, beta)),
    E.bind('direction', ({ first }) => byUpdates(beta)(first)),
    E.bind('authors', ({ first }) => byReverse(graphSteps)(first)),
    E.bind('exactly', ({ first }) => byReverse(setup.K)(first)),
    E.bind('all', ({ first }) => byReverse(setup.T)(first)),
    E.map(({ ep, bptt, posed, first, nudge, direction, authors, exactly, all }) => {
      const gradient = (slopes: Slopes<T>): Computed => affine(A, setup, slopes, () => allowance.bptt)
      const added = { weights: R.map(A.neg)(direction.weights), biases: R.map(A.neg)(direction.biases) }
      const wrong = posed.reduce((sum, one) => sum + mistaken(one), 0)
      const samples = batches.length * setup.batch
      return fields({
        official: fields({
          ...ep,
          ...bptt,
          evaluate_error_percent_before_training: scalar((100 * wrong) / samples, allowance.percentage),
        }),
        rerun: fields({
          batch1_s_free: stateOf(A, first.settled.state),
          batch1_free_residual: scalar(first.settled.residual, allowance.states),
          batch1_s_nudged_end: stateOf(A, nudgedEnd(first, nudge.beta)),
          batch1_ep_update_direction: affine(A, setup, added, () => eps),
          batch1_loss: lossLeaf(first),
        }),
        own: fields({
          batch1_loss: lossLeaf(first),
          bptt_steps_in_official_training: same(graphSteps),
          batch1_bptt_gradient: gradient(authors),
          batch1_bptt_gradient_exactly_K_steps: gradient(exactly),
          batch1_bptt_gradient_all_T_steps: gradient(all),
        }),
        // Differences between two other programs.
        checks: fields({ independent_rerun_max_abs_difference: aside }),
      })
    }))
}
