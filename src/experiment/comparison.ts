/**
 * Runs a curve figure: one free phase, then EP's three estimates against −BPTT, moment by moment in lock step.
 *
 *     one-sided   Δ(β)                       error O(β)
 *     centered    (Δ(β) + Δ(−β)) / 2         error O(β²)
 *     limit       Δ(β → 0), by the tangent   equal to −BPTT up to rounding where the theorem holds
 *
 * The nudge is −ε β ∂ℓ/∂s with the paper's β. BPTT's neurons are weighted by the metric M of the theorem where the dynamics have
 * one (M = 1 if energy-based).
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { squaredError } from '../cost/squared-error.ts'
import type { BatchError } from '../data/batch.ts'
import { backpropagation, descending } from '../fold/bptt.ts'
import { freePhase, type Settled } from '../fold/free-phase.ts'
import { compare, type Comparison } from '../fold/lock-step.ts'
import type { Mistake } from '../fold/mistake.ts'
import { finite } from '../fold/nudge.ts'
import { equilibriumPropagation, meanMoment } from '../fold/nudged-phase.ts'
import { mapPhase, type Moment, type Phase, zipPhases } from '../fold/phase.ts'
import { type Data, pose, type Problem } from '../fold/pose.ts'
import type { Dynamics } from '../phi/dynamics.ts'
import type { Layers } from '../phi/interaction.ts'
import type { Setting } from '../phi/setting.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'
import { limit } from '../theorem.ts'
import { type BadHyperparameter, type Figure, type Nudging, strength } from './figure.ts'
import { dataOf, type Drawn, type Source } from './figure-data.ts'
import { watched } from './watched.ts'

/** The estimates compared, in the order in which they are reported. */
export const estimates = ['one-sided', 'centered', 'limit'] as const
export type Estimate = (typeof estimates)[number]

/** How settled s_T is: see `Settled`. */
export type Certificate = Pick<Settled<unknown>, 'steps' | 'residual' | 'repeatedAt' | 'period'>

/** One way to nudge, run. */
export interface NudgingRun extends Comparison {
  readonly nudging: Nudging
  readonly certificate: Certificate
}

type Metric<T> = (s: Layers<T>) => (v: Layers<T>) => Layers<T>

interface Model<T> {
  readonly dynamics: Dynamics<Op>
  readonly problem: Problem<T>
  /** Weighs BPTT's neurons; approximate dynamics have none. */
  readonly metric: Metric<T> | undefined
}

const posed = <T>(A: Algebra<Op, T>, nudging: Nudging, setting: Setting<Op>, data: Data<T>): E.Either<Mistake, Model<T>> => {
  if (nudging.kind === 'approximate') {
    const dynamics = nudging.dynamics(setting)
    return pipe(pose(A, dynamics, squaredError)(data), E.map((problem) => ({ dynamics, problem, metric: undefined })))
  }
  const dynamics = nudging.dynamics(setting)
  return pipe(pose(A, dynamics, squaredError)(data), E.map((problem) => ({ dynamics, problem, metric: problem.motion.metric })))
}

/** The moments with their neurons weighted. */
const weighted = <T>(phase: Phase<Moment<T>>, weigh: (v: Layers<T>) => Layers<T>): Phase<Moment<T>> =>
  mapPhase(phase, ({ state, param }) => ({ state: weigh(state), param }))

/** How a run is watched: coordinates to keep per panel, and progress. */
export interface Watching {
  readonly curves: number
  readonly onProgress?: OnProgress
}

/** Told how much of how much is done: of T free steps, then of K moments of both folds. */
export type OnProgress = (stage: 'free phase' | 'both folds', done: number, total: number) => void

/** The free phase of a figure. No force acts in it, so it is the same whichever way the network is nudged later. */
const settle = <T>(A: Algebra<Op, T>, figure: Figure, data: Data<T>, onProgress: OnProgress): E.Either<Mistake, Settled<T>> =>
  pipe(
    posed(A, figure.nudgings[0], settingOf(figure), data),
    E.flatMap(({ problem }) => freePhase(problem, {
      steps: figure.T, keep: figure.K, onStep: (t) => { onProgress('free phase', t, figure.T) },
    })))

const settingOf = ({ interaction, sizes, activation, epsilon }: Figure): Setting<Op> => ({ interaction: interaction(sizes), activation, epsilon })

/** Both folds from a settled state, with one way to nudge. Left: mistakes in the data. */
const runNudging = <T>(
  A: Algebra<Op, T>, figure: Figure, nudging: Nudging, data: Data<T>, settled: Settled<T>, curves: number, onProgress: OnProgress,
): E.Either<Mistake, NudgingRun> => {
  const { K } = figure
  const beta = strength(figure)
  return pipe(
    posed(A, nudging, settingOf(figure), data),
    E.bindTo('model'),
    E.bind('bptt', ({ model }) => backpropagation(model.problem, settled, K)),
    E.bind('plus', () => finite(A, beta)),
    E.bind('minus', () => finite(A, -beta)),
    E.bind('tangent', ({ model }) => limit(A, model.dynamics, squaredError)(data, settled.state)),
    E.map(({ model: { problem, metric }, bptt, plus, minus, tangent }) => {
      const up = equilibriumPropagation(problem, plus, settled.state)
      const down = equilibriumPropagation(problem, minus, settled.state)
      const candidates = mapPhase(zipPhases(zipPhases(up, down), tangent), ([[a, b], exact]): Record<Estimate, Moment<T>> =>
        ({ 'one-sided': a, centered: meanMoment(A, a, b), limit: exact }))
      const descent = descending(problem, bptt)
      const reference = metric === undefined ? descent : weighted(descent, metric(settled.state))
      const watch = watched(A, problem, reference, descent, settled.state, { steps: K, count: curves })
      return {
        ...compare(A, reference, candidates, { names: estimates, steps: K, watch, onMoment: (t) => { onProgress('both folds', t + 1, K) } }),
        nudging,
        certificate: { steps: settled.steps, residual: settled.residual, repeatedAt: settled.repeatedAt, period: settled.period },
      }
    }))
}

/** A whole figure: every nudging, run on the same data. */
export interface FigureRun {
  readonly figure: Figure
  readonly seed: number
  readonly drawn: Drawn
  /** The interpreter that ran it. */
  readonly interpreter: string
  readonly nudgings: readonly NudgingRun[]
}

/** How a figure is run: everything but its own numbers. */
export interface RunOptions extends Watching {
  readonly seed: number
  /** Needed by figures on digits. */
  readonly source?: Source
}

/** Draws the data from the seed and runs the figure. Left: numbers that do not fit the data, or a state that diverged. */
export const runFigure = <T>(
  A: Algebra<Op, T>, figure: Figure, { seed, source, curves, onProgress = () => undefined }: RunOptions,
): E.Either<Mistake | BadHyperparameter | BatchError, FigureRun> =>
  pipe(
    dataOf(A, figure, seed, source),
    E.flatMap(({ drawn, ...data }) => pipe(
      settle(A, figure, data, onProgress),
      E.flatMap((settled) => pipe(
        figure.nudgings,
        E.traverseArray((nudging) => runNudging(A, figure, nudging, data, settled, curves, onProgress)))),
      E.map((nudgings) => ({ figure, seed, drawn, interpreter: A.name, nudgings })))))
