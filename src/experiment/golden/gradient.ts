/**
 * Both folds in the records' terms: positive gradients, layers output first, neurons as batch sums of the batch mean's
 * gradient, weights and biases by the files' names. With our Δs and ∇s per sample and our batch means Δθ and ∇θ:
 *
 *     nS = Σ_batch ∇s / batch        dS = −Σ_batch Δs / batch        nT = ∇θ        dT = −Δθ
 *
 * and NT, DT their running sums. Our Δs is (s_{t+1} − s_t) / (dt β), as theirs is after dividing the move by dt.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { backpropagation } from '../../fold/bptt.ts'
import type { Nudge } from '../../fold/nudge.ts'
import { equilibriumPropagation, nudgedPhase, zipParams } from '../../fold/nudged-phase.ts'
import { foldPhase, mapPhase, type Moment, type Phase, zipPhases } from '../../fold/phase.ts'
import type { Layers, Params } from '../../phi/interaction.ts'
import { type Algebra, entries } from '../../tensor/algebra.ts'
import { type Posed, outputFirst, split } from './network.ts'

/** Gradients with respect to the parameters, by the files' names. */
export interface Slopes<T> {
  readonly weights: Params<T>
  readonly biases: Params<T>
}

/** One moment of either fold: nS or dS, nT or dT, and in `total` NT or DT. */
export interface Gradient<T> extends Slopes<T> {
  /** Output first, each (units), or (channels, rows, columns). */
  readonly neurons: Layers<T>
  /** The sums from moment 0 to this one. */
  readonly total: Slopes<T>
}

/** BPTT's also has nS before the sum over the batch, each (batch, …). */
export interface ReverseGradient<T> extends Gradient<T> {
  readonly perSample: Layers<T>
}

type Step<T> = Omit<Gradient<T>, 'total'>

const sum = <T>(A: Algebra<never, T>, a: Slopes<T>, b: Slopes<T>): Slopes<T> => ({
  weights: zipParams(a.weights, b.weights, A.add),
  biases: zipParams(a.biases, b.biases, A.add),
})

const cumulated = <T, S extends Step<T>>(A: Algebra<never, T>, phase: Phase<S>, before?: Slopes<T>): Phase<S & Gradient<T>> => ({
  next: () => {
    const [now, later] = phase.next()
    const total = before === undefined ? { weights: now.weights, biases: now.biases } : sum(A, before, now)
    return [{ ...now, total }, cumulated(A, later, total)]
  },
})

/** Σ over the batch of a layer, with the layer's arrangement: (batch, …) → (…). */
const overBatch = <T>(A: Algebra<never, T>) => (s: T): T => {
  const [batch = 0, ...unit] = A.shape(s)
  return A.reshape(A.sumRows(A.reshape(s, [batch, entries(unit)])), unit)
}

/** BPTT from s_T for up to `steps` moments. */
export const reverse = <T>({ setup, algebra: A, problem, settled }: Posed<T>, steps: number): E.Either<string, Phase<ReverseGradient<T>>> =>
  pipe(
    backpropagation(problem, settled, steps),
    E.bimap(({ message }) => message, (phase) => cumulated(A, mapPhase(phase, ({ state, param }) => {
      const perSample = outputFirst(state).map((s) => A.over(s, setup.batch))
      return { perSample, neurons: perSample.map(overBatch(A)), ...split(setup, param()) }
    }))))

const ofUpdates = <T>({ setup, algebra: A }: Posed<T>, { state, param }: Moment<T>): Step<T> => ({
  neurons: outputFirst(state).map((s) => A.neg(A.over(overBatch(A)(s), setup.batch))),
  ...split(setup, Object.fromEntries(Object.entries(param()).map(([name, delta]) => [name, A.neg(delta)]))),
})

// 0 where the unit sits exactly at a wall of [0, 1], else 1.
const inside = <T>(A: Algebra<never, T>, s: T): T => A.of(A.shape(s), A.numbers(s).map((value) => (value === 0 || value === 1 ? 0 : 1)))

/** EP's own updates from s_T. The rule of conv looks one state back, so it needs the one before s_T too. */
export const moves = <T>({ problem, settled }: Posed<T>, nudge: Nudge<T, T>): Phase<Moment<T>> =>
  equilibriumPropagation(problem, nudge, settled.state, settled.before[0])

/**
 * EP from s_T with a finite β, in the records' terms. In clamped networks the authors count no move of a unit whose new state is exactly 0 or
 * 1. No entry is zeroed otherwise (see `hidden`).
 */
export const updates = <T>(posed: Posed<T>, nudge: Nudge<T, T>): Phase<Gradient<T>> => {
  const { setup, algebra: A, problem, settled } = posed
  const moments = moves(posed, nudge)
  const counted = setup.clamp
    ? mapPhase(zipPhases(moments, nudgedPhase(problem, nudge.beta, settled.state)), ([moment, next]) =>
        ({ ...moment, state: moment.state.map((s, l) => A.mul(inside(A, next[l] as T), s)) }))
    : moments
  return asGradients(posed, counted)
}

/** Any stream of updates Δs, Δθ as running gradients. */
export const asGradients = <T>(posed: Posed<T>, moments: Phase<Moment<T>>): Phase<Gradient<T>> =>
  cumulated(posed.algebra, mapPhase(moments, (moment) => ofUpdates(posed, moment)))

/**
 * dS as the authors' code records it: in all but the toy network exactly 0 for t below the layer's number, counted from the
 * output. At an exact fixed point these entries are 0 up to rounding; otherwise they hold (residual) / β.
 */
export const hidden = <T>({ setup, algebra: A }: Posed<T>, neurons: Layers<T>, t: number): Layers<T> =>
  setup.model === 'toy' ? neurons : neurons.map((s, l) => (t < l ? A.fill(A.shape(s), 0) : s))

/** Layers by number, as texts, to be treated like parameters by name. */
export const numbered = <T>(layers: Layers<T>): Params<T> => Object.fromEntries(layers.map((s, l) => [`${l}`, s]))

/** The state after K nudged steps from s_T. */
export const nudgedEnd = <T>({ problem, settled, setup }: Posed<T>, beta: T): Layers<T> =>
  foldPhase(nudgedPhase(problem, beta, settled.state), setup.K, settled.state, (_, next) => next)
