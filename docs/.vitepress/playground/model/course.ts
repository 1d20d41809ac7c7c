/**
 * One run of the playground: the network settles, is nudged, and both folds are held against each other moment by moment. All numbers come
 * from the library; here they are only gathered into plain arrays that can be sent and drawn.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  type Agreement, type Algebra, backpropagation, compare, type Comparison, descending, equilibriumPropagation, type ExactMotion, finite, freePhase, type Layers,
  limit, mapPhase, meanOf, type Mistake, type Moment, type Motion, type Op, type Phase, pose, type Problem, type Settled, squaredError,
} from 'phifold'
import { type Choices, stepsOf } from './choices.ts'
import { dataOf, dynamicsOf } from './network.ts'

/** The neurons of all layers at one time, layer after layer. */
export interface Frame {
  readonly t: number
  readonly layers: readonly (readonly number[])[]
}

/** One neuron or synapse over the K moments: −∇ of BPTT and Δ of EP. */
export interface Pair {
  readonly index: number
  readonly bptt: readonly number[]
  readonly ep: readonly number[]
}

/** A layer's neurons, or a parameter. */
export interface Panel extends Agreement {
  readonly name: string
  /** How many neurons or synapses it has; `pairs` are some of them. */
  readonly count: number
  readonly pairs: readonly Pair[]
}

export interface Course {
  readonly settling: readonly Frame[]
  readonly certificate: { readonly steps: number; readonly residual: number; readonly repeatedAt: number | null; readonly period: number | null }
  /** Σ_{τ≤t} Δs(τ): how far the nudge has pushed each neuron by moment t, divided by β. */
  readonly pushed: readonly Frame[]
  readonly panels: readonly Panel[]
}

// ── Settling ─────────────────────────────────────────────────────────────────────────────────────────────────────

const mostFrames = 90

/** Times to look at: 0, 1, 2, … and then ever fewer, up to `end`. */
export const glances = (end: number): readonly number[] => {
  const spread = Array.from({ length: mostFrames }, (_, i) => Math.round((end + 1) ** (i / (mostFrames - 1)) - 1))
  return [...new Set(spread)]
}

/** −0 as 0: interpreters agree but for the sign of zero, and nobody draws it. */
const unsigned = (numbers: ArrayLike<number>): readonly number[] => Array.from(numbers, (x) => x + 0)

const flat = <T>(A: Algebra<never, T>, layers: Layers<T>): Frame['layers'] => layers.map((layer) => unsigned(A.numbers(layer)))

interface Walk<T> {
  readonly t: number
  readonly settled: Pick<Settled<T>, 'state' | 'repeatedAt'>
  readonly frames: readonly Frame[]
}

interface Rested<T> {
  readonly frames: readonly Frame[]
  readonly settled: Settled<T>
}

/**
 * The free phase in stretches, with a glance between them. The last stretch keeps K states and so has at least K steps; its result is that
 * of one phase of T steps, bit for bit.
 */
const settle = <T>(problem: Problem<T>, T: number, K: number): E.Either<Mistake, Rested<T>> => {
  const { algebra: A, zeros } = problem
  const first: Walk<T> = { t: 0, settled: { state: zeros, repeatedAt: undefined }, frames: [{ t: 0, layers: flat(A, zeros) }] }
  return pipe(
    glances(T - K).slice(1).reduce<E.Either<Mistake, Walk<T>>>((walk, until) => pipe(walk, E.flatMap(({ t, settled, frames }) =>
      settled.repeatedAt !== undefined || until <= t ? E.right({ t, settled, frames }) : pipe(
        freePhase(problem, { steps: until - t, start: settled.state }),
        E.map((next): Walk<T> => ({
          t: until,
          settled: { state: next.state, repeatedAt: next.repeatedAt === undefined ? undefined : t + next.repeatedAt },
          frames: [...frames, { t: until, layers: flat(A, next.state) }],
        }))))), E.right(first)),
    E.flatMap(({ t, settled, frames }) => pipe(
      freePhase(problem, { steps: T - t, keep: K, start: settled.state }),
      E.map((last) => ({
        frames: [...frames, { t: T, layers: flat(A, last.state) }],
        settled: { ...last, steps: T, repeatedAt: settled.repeatedAt ?? (last.repeatedAt === undefined ? undefined : t + last.repeatedAt) },
      })))))
}

// ── Both folds ───────────────────────────────────────────────────────────────────────────────────────────────────

const most = 7

/** At most seven places, evenly spread. */
export const spread = (count: number): readonly number[] =>
  Array.from({ length: Math.min(count, most) }, (_, i) => Math.floor((i * count) / Math.min(count, most)))

const updatesOf = <T>(A: Algebra<Op, T>, choices: Choices, problem: Problem<T>, settled: Settled<T>): E.Either<Mistake, Phase<Moment<T>>> => {
  const { estimator, beta } = choices
  const nudged = (strength: number) => pipe(
    finite(A, strength), E.map((nudge) => equilibriumPropagation(problem, nudge, settled.state, settled.before[0])))
  switch (estimator) {
    case 'ep': return nudged(beta)
    case 'centered': return pipe(E.Do, E.bind('up', () => nudged(beta)), E.bind('down', () => nudged(-beta)), E.map(({ up, down }) => meanOf(A, up, down)))
    case 'limit': return limit(A, dynamicsOf(choices), squaredError)(dataOf(A, choices), settled.state)
  }
}

/** −M∇s(t) and −∇θ(t): what the theorem says EP's updates are. Where no metric is promised, M = 1. */
const gradientsOf = <T>(problem: Problem<T>, settled: Settled<T>, K: number): E.Either<Mistake, Phase<Moment<T>>> => {
  const motion: Motion<T> & Partial<ExactMotion<T>> = problem.motion
  const weigh = motion.metric?.(settled.state) ?? ((v: Layers<T>) => v)
  return pipe(
    backpropagation(problem, settled, K),
    E.map((phase) => descending(problem, mapPhase(phase, ({ state, param }) => ({ state: weigh(state), param })))))
}

const panelsOf = ({ agreements, curves }: Comparison, counts: Readonly<Record<string, number>>): readonly Panel[] =>
  Object.entries(counts).map(([name, count]): Panel => ({
    ...(agreements['ep']?.[name] ?? { rmse: NaN, spread: NaN, worst: NaN, scale: NaN }),
    name,
    count,
    pairs: curves.filter(({ quantity }) => quantity === name).map(({ index, reference, candidates }) => ({ index, bptt: unsigned(reference), ep: unsigned(candidates['ep'] ?? []) })),
  }))

/** Σ_{τ≤t} Δs(τ) from the curves of all neurons. */
const pushedOf = ({ curves }: Comparison, layers: readonly number[], K: number): readonly Frame[] => {
  const sums = curves.filter(({ quantity }) => quantity.startsWith('s')).map(({ quantity, candidates }) => ({
    quantity,
    sums: (candidates['ep'] ?? []).reduce<readonly number[]>((before, value) => [...before, (before.at(-1) ?? 0) + value], []),
  }))
  return Array.from({ length: K }, (_, t) => ({
    t,
    layers: layers.map((_, l) => sums.filter(({ quantity }) => quantity === `s${l + 1}`).map((curve) => curve.sums[t] ?? NaN)),
  }))
}

/** Runs it all. Left: in words of the library, such as a state that diverges. */
export const courseOf = <T>(A: Algebra<Op, T>, choices: Choices): E.Either<Mistake, Course> => {
  const { K } = choices
  const dynamics = dynamicsOf(choices)
  const layers = dynamics.layers.slice(1).map(({ units }) => units)
  const counts: Readonly<Record<string, number>> = {
    ...Object.fromEntries(layers.map((units, l) => [`s${l + 1}`, units])),
    ...Object.fromEntries(Object.entries(dynamics.params).map(([name, shape]) => [name, shape.reduce((n, k) => n * k, 1)])),
  }
  // All neurons are followed, to be shown; of them and of the parameters some are drawn.
  const watch = Object.fromEntries(Object.entries(counts).map(([name, count]) =>
    [name, name.startsWith('s') ? Array.from({ length: count }, (_, i) => i) : spread(count)]))
  return pipe(
    E.Do,
    E.bind('problem', () => pose(A, dynamics, squaredError)(dataOf(A, choices))),
    E.bind('rested', ({ problem }) => settle(problem, stepsOf(choices), K)),
    E.bind('updates', ({ problem, rested }) => updatesOf(A, choices, problem, rested.settled)),
    E.bind('gradients', ({ problem, rested }) => gradientsOf(problem, rested.settled, K)),
    E.map(({ rested: { frames, settled }, updates, gradients }): Course => {
      const comparison = compare(A, gradients, mapPhase(updates, (moment) => ({ ep: moment })), { names: ['ep'], steps: K, watch })
      return {
        settling: frames,
        certificate: {
          steps: settled.steps, residual: settled.residual, repeatedAt: settled.repeatedAt ?? null, period: settled.period ?? null,
        },
        pushed: pushedOf(comparison, layers, K),
        panels: panelsOf(comparison, counts).map((panel) => ({
          ...panel, pairs: panel.pairs.filter(({ index }) => spread(panel.count).includes(index)),
        })),
      }
    }))
}
