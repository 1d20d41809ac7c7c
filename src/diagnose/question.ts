/** What `diagnose` is asked: a model, a batch, and how both are used. And what all checks share once it is posed. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Cost } from '../cost/cost.ts'
import { seeded, uniforms } from '../data/random.ts'
import type { Mistake } from '../fold/mistake.ts'
import { type Data, pose, type Problem } from '../fold/pose.ts'
import { unitRoundoff } from '../number/float64.ts'
import type { Dynamics, ExactMotion, GradientMotion, Motion } from '../phi/dynamics.ts'
import type { Drives, Layers, Params } from '../phi/interaction.ts'
import { type Algebra, entries, type Op, type Shape } from '../tensor/algebra.ts'
import { type DualAlgebra, dualOf, type DualTensor } from '../tensor/dual.ts'

/** Numbers that your own program computed, to be held against this library's: one entry per moment t = 0, 1, …, or one total. */
export interface Observed<T> {
  /** Δθ(β, t) of EP, mean over the batch. */
  readonly ep?: readonly Params<T>[]
  /** ∇θ(t) of BPTT, mean over the batch; EP's update is minus this. */
  readonly bptt?: readonly Params<T>[]
  /** Their sums over K moments. */
  readonly epTotal?: Params<T>
  /** Σ_{t<K} ∇θ(t), mean over the batch. */
  readonly bpttTotal?: Params<T>
}

/** A model with a batch. Dynamics that claim a metric or a Φ are held to the claim; of others it is measured. */
export interface Question<N extends Op, T> {
  /** The model: what is claimed by its kind (a metric, a Φ) is checked too. */
  readonly dynamics: Dynamics<N>
  /** What the output is held against. */
  readonly cost: Cost<N>
  /** Parameters, input and targets. One sample will do; a few find more. */
  readonly data: Data<T>
  /** Steps of the free phase, from 0. */
  readonly T: number
  /** Steps of the nudged phase and of BPTT. */
  readonly K: number
  /** The β that you nudge with, not 0. */
  readonly beta: number
  /** How near EP is to come to BPTT, relative to its size; 0.01 by default. Bounds what is left to settle, β's error and what K cuts off. */
  readonly accuracy?: number
  /** ε, to recognise it among factors. */
  readonly dt?: number
  /** Numbers of your own program, if you have them. */
  readonly observed?: Observed<T>
  /** Where to draw test directions from; 1 by default. */
  readonly seed?: number
}

/** A motion with what it claims, if anything. */
export type Claimed<T> = Motion<T> & Partial<Pick<ExactMotion<T>, 'metric'>> & Partial<Pick<GradientMotion<T>, 'phi'>>

/** A question posed: everything that the checks share. */
export interface Bench<T> {
  readonly A: Algebra<never, T>
  readonly D: Algebra<never, DualTensor<T>> & DualAlgebra<T>
  readonly problem: Problem<T>
  readonly motion: Claimed<T>
  /** The motion over dual numbers, at parameters and an input that may move. */
  readonly dualMotion: (theta: Params<DualTensor<T>>, x: DualTensor<T>) => Claimed<DualTensor<T>>
  /** The same where neither moves. */
  readonly stillMotion: Claimed<DualTensor<T>>
  /** The same problem over dual numbers, nothing moving but the state. */
  readonly dualProblem: Problem<DualTensor<T>, Claimed<DualTensor<T>>>
  readonly data: Data<T>
  readonly layerNames: readonly string[]
  /** Relative rounding of a derivative; see `roundingOf`. */
  readonly relative: number
  readonly roundoff: number
  readonly accuracy: number
}

/** u of an interpreter: the largest 2⁻ᵏ that is lost beside 1. 0 where none is, as in the rationals. */
export const roundoffOf = <T>(A: Algebra<never, T>): number => {
  const one = A.fill([], 1)
  const lost = Array.from({ length: 80 }, (_, i) => 2 ** -(i + 1)).find((small) => A.equals(A.add(one, A.fill([], small)), one))
  return lost ?? 0
}

/**
 * Relative rounding of a derivative that two routes compute: each entry passes sums of at most n terms, n the largest extent of a layer or
 * parameter, and fewer than 16 further operations in a row, on either route; γ_k = k u / (1 − k u) (Higham §3.1) with k = 2 (2n + 16),
 * relative to the largest intermediate, which is taken for at most 8 times the largest entry.
 */
const roundingOf = (roundoff: number, shapes: readonly Shape[]): number => {
  const n = Math.max(...shapes.map((shape) => Math.max(1, shape[0] ?? 1, entries(shape.slice(1)))))
  return 8 * 2 * (2 * n + 16) * roundoff
}

export const constantParams = <T>(D: DualAlgebra<T>, theta: Params<T>): Params<DualTensor<T>> =>
  Object.fromEntries(Object.entries(theta).map(([name, p]) => [name, D.constant(p)]))

/** Poses a question. Left: mistakes in the data. */
export const benchOf = <N extends Op, T>(A: Algebra<N, T>, { dynamics, cost, data, accuracy = 0.01 }: Question<N, T>): E.Either<Mistake, Bench<T>> => pipe(
  pose(A, dynamics, cost)(data),
  E.map((problem): Bench<T> => {
    const D = dualOf(A)
    const roundoff = roundoffOf(A)
    const dualMotion = (theta: Params<DualTensor<T>>, x: DualTensor<T>): Claimed<DualTensor<T>> => dynamics.at(D)(theta, x)
    const stillMotion = dualMotion(constantParams(D, data.theta), D.constant(data.x))
    return {
      A, D, problem, data, roundoff, accuracy, dualMotion, stillMotion,
      dualProblem: {
        algebra: D, motion: stillMotion, costing: cost.at(D)(D.constant(data.y), constantParams(D, data.theta)), batch: problem.batch, zeros: problem.zeros.map(D.constant),
        readout: problem.readout,
      },
      motion: problem.motion,
      layerNames: problem.zeros.map((_, l) => `s${l + 1}`),
      // The comparisons themselves are made in doubles.
      relative: roundingOf(Math.max(roundoff, unitRoundoff), [...problem.zeros.map(A.shape), A.shape(data.x), ...Object.values(dynamics.params)]),
    }
  }))

/** Entries drawn uniformly in [low, high): the nth tensor of a seed. */
export const draw = <T>(A: Algebra<never, T>, shape: Shape, seed: number, low: number, high: number): T =>
  // In 2⁻²⁰ths, so that exact number systems keep short.
  A.of(shape, uniforms(seeded(seed), entries(shape), low, high)[0].map((x) => Math.round(x * 2 ** 20) / 2 ** 20))

/** A direction in state space, or on one layer only. */
export const direction = <T>({ A, problem: { zeros } }: Bench<T>, seed: number, only?: number): Layers<T> =>
  zeros.map((zero, l) => (only === undefined || only === l ? draw(A, A.shape(zero), seed + l, -1, 1) : zero))

/** J v by dual numbers. */
export const pushed = <T>({ D, stillMotion }: Bench<T>, s: Layers<T>, v: Layers<T>): Layers<T> =>
  stillMotion.step(s.map((primal, l) => ({ primal, tangent: v[l] }))).map(D.tangent)

/** By how much a force moves the state, ∂F/∂f · f by dual numbers. */
export const forced = <T>({ A, D, stillMotion }: Bench<T>, s: Layers<T>, f: Drives<T>): Layers<T> =>
  stillMotion.step(s.map(D.constant), f.map((fl) => fl && { primal: A.fill(A.shape(fl), 0), tangent: fl })).map(D.tangent)

/** The state with a 1 at one entry of one layer. */
export const unit = <T>({ A, problem: { zeros } }: Bench<T>, layer: number, index: number): Layers<T> =>
  zeros.map((zero, l) => (l === layer ? A.of(A.shape(zero), Float64Array.from({ length: entries(A.shape(zero)) }, (_, i) => (i === index ? 1 : 0))) : zero))

/** ⟨a, b⟩ and |a||b| in floats. */
export const product = <T>(A: Algebra<never, T>, a: T, b: T): { readonly inner: number; readonly size: number } => {
  const [p, q] = [A.numbers(a), A.numbers(b)]
  const norm = (x: Float64Array): number => Math.sqrt(x.reduce((sum, e) => sum + e * e, 0))
  return { inner: p.reduce((sum, e, i) => sum + e * (q[i] ?? NaN), 0), size: norm(p) * norm(q) }
}

/** Up to `count` of the units of one sample of a layer, evenly spread: flat indices. */
export const someUnits = (shape: Shape, count = 6, sample = 0): readonly number[] => {
  const units = entries(shape.slice(1))
  const taken = Math.min(count, units)
  return Array.from({ length: taken }, (_, i) => sample * units + Math.floor((i * units) / taken))
}

/** The given entries of a tensor. */
export const entriesAt = <T>(A: Algebra<never, T>, x: T, indices: readonly number[]): readonly number[] => {
  const numbers = A.numbers(x)
  return indices.map((i) => numbers[i] ?? NaN)
}
