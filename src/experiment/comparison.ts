/**
 * Runs a curve figure: one free phase, then EP's estimates against −BPTT, moment by moment in lock step.
 *
 *     one-sided   Δ(β) and Δ(β/10)           error O(β): ten times smaller
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
import type { Settled } from '../fold/free-phase.ts'
import { compare, type Curve } from '../fold/lock-step.ts'
import type { Mistake } from '../fold/mistake.ts'
import { finite } from '../fold/nudge.ts'
import { meanMoment, updatesFrom } from '../fold/nudged-phase.ts'
import { mapPhase, type Moment, type Phase, zipPhases } from '../fold/phase.ts'
import type { Data } from '../fold/pose.ts'
import type { SettledSamples } from '../fold/settle-samples.ts'
import type { Layers } from '../phi/interaction.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'
import { limit } from '../theorem.ts'
import { publishedMeasure } from './departure.ts'
import { type BadHyperparameter, type Figure, type Nudging, strength } from './figure.ts'
import { finiteEstimates } from './finite-estimates.ts'
import { dynamicsOf, posed } from './figure-model.ts'
import { dataOf, poolOf, type Source } from './figure-data.ts'
import type { Certificate, Drawn, EstimateRecord, Measured, RunRecord } from './record.ts'
import { dataOn, settledBatch, type SettledBatch, type Unsettled } from './settled-batch.ts'
import { watched } from './watched.ts'

type Estimate = Pick<EstimateRecord, 'estimate' | 'beta'> & { readonly name: string }

/** The estimates that a figure compares, in the order in which they are reported. */
export const estimatesOf = ({ beta }: Pick<Figure, 'beta'>): readonly [Estimate, Estimate, Estimate, Estimate] => [
  { name: 'one-sided', estimate: 'one-sided', beta },
  // 0.07 / 10 is 0.007 for people.
  { name: 'tenth', estimate: 'one-sided', beta: Number((beta / 10).toPrecision(12)) },
  { name: 'centered', estimate: 'centered', beta },
  { name: 'limit', estimate: 'limit', beta: 0 },
]

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
const settle = <T>(
  A: Algebra<Op, T>, figure: Figure, pool: Data<T>, unsettled: Unsettled, onProgress: OnProgress,
): E.Either<Mistake, SettledBatch<T>> => {
  const { batch, spare, T, K } = figure
  return settledBatch(A, dynamicsOf(figure, figure.nudgings[0]), pool, {
    batch, spare: unsettled === 'keep' ? 0 : spare, T, K, unsettled, tolerance: settledTolerance(figure), onStep: (t) => { onProgress('free phase', t, T) },
  })
}

/** What is left to settle is divided by the smallest nudge: this much adds at most 10⁻⁶ to an update. */
export const settledTolerance = (figure: Figure): number => 1e-6 * strength(figure, estimatesOf(figure)[1].beta)

/** The evidence, as it is recorded. */
export const certificateOf = ({ steps, residual, repeatedAt, period }: Settled<unknown>): Certificate =>
  ({ steps, residual, repeatedAt: repeatedAt ?? null, period: period ?? null })

/** A run with the curves to draw. */
interface Nudged {
  readonly record: RunRecord
  readonly curves: readonly Curve[]
}

type Failure = Mistake | BadHyperparameter

/** Both folds from a settled state, with one way to nudge. Left: mistakes in the data, or numbers that do not stay finite. */
const runNudging = <T>(
  A: Algebra<Op, T>, figure: Figure, nudging: Nudging, data: Data<T>, settled: SettledSamples<T>, curves: number, onProgress: OnProgress,
): E.Either<Failure, Nudged> => {
  const { K } = figure
  const estimates = estimatesOf(figure)
  const [{ beta }, { beta: tenth }] = estimates
  const nudge = (of: number) => finite(A, strength(figure, of))
  return pipe(
    posed(A, figure, nudging, data),
    E.bindTo('model'),
    E.bind('bptt', ({ model }) => backpropagation(model.problem, settled, K)),
    E.bind('plus', () => nudge(beta)),
    E.bind('minus', () => nudge(-beta)),
    E.bind('less', () => nudge(tenth)),
    E.bind('tangent', ({ model }) => limit(A, model.dynamics, squaredError)(data, settled.state)),
    E.flatMap(({ model: { problem, metric }, bptt, plus, minus, less, tangent }) => {
      const updates = updatesFrom(problem, settled.state, settled.before[0])
      const [up, down, small] = [updates(plus), updates(minus), updates(less)]
      const candidates = mapPhase(zipPhases(zipPhases(up, down), zipPhases(small, tangent)),
        ([[a, b], [c, exact]]): Readonly<Record<string, Moment<T>>> =>
          ({ 'one-sided': a, tenth: c, centered: meanMoment(A, a, b), limit: exact }))
      const descent = descending(problem, bptt)
      const reference = metric === undefined ? descent : weighted(descent, metric(settled.state))
      const { agreements, curves: drawn } = compare(A, reference, candidates, {
        names: estimates.map(({ name }) => name),
        steps: K,
        watch: watched(A, problem, reference, descent, settled.state, { steps: K, count: curves }),
        ...(figure.measure === 'published' && { measured: publishedMeasure(settled.state.length) }),
        onMoment: (t) => { onProgress('both folds', t + 1, K) },
      })
      return pipe(
        finiteEstimates(figure, estimates.map(({ name, ...estimate }) => ({ ...estimate, agreements: agreements[name] ?? {} }))),
        E.map((found): Nudged => ({
          record: {
            name: nudging.name,
            note: nudging.note,
            settled: { ...certificateOf(settled), samplesRepeatAt: settled.samples.map(({ repeatedAt: from }) => from ?? null) },
            estimates: found,
          },
          curves: drawn,
        })))
    }))
}

/** A whole figure: every nudging, run on the same data. Plain values. */
export interface FigureRun {
  readonly measured: Measured
  /** Per run. */
  readonly curves: readonly (readonly Curve[])[]
}

const measuredOf = <T>(A: Algebra<Op, T>, figure: Figure, seed: number, data: Drawn, runs: readonly RunRecord[]): Measured => {
  const { number, title, cites, network, variant, sizes, activation, epsilon, beta, T, K, batch, clamp } = figure
  return {
    figure: number, title, cites: `Ernoult et al. 2019, ${cites}`, network, interpreter: A.name, variant, seed,
    hyperparameters: {
      sizes, activation: activation.join(','), dt: epsilon, beta, nudge: strength(figure, beta), T, K, batch, clamped: clamp,
    },
    data,
    runs,
  }
}

/** Everything after the draw: `pool` has the mini-batch first, and then what may replace digits that do not settle. */
const runPool = <T>(
  A: Algebra<Op, T>, figure: Figure, pool: Data<T>, { origin, synthetic, indices, labels }: Drawn, seed: number, { unsettled, curves, onProgress = () => undefined }: Running,
): E.Either<Failure, FigureRun> => pipe(
  settle(A, figure, pool, unsettled, onProgress),
  E.flatMap(({ places, settled, replaced }) => {
    const data = dataOn(A, pool, places)
    const of = (all: readonly number[]) => (place: number): number => all[place] ?? NaN
    const drawn: Drawn = {
      origin, synthetic,
      indices: indices.length === 0 ? [] : places.map(of(indices)),
      labels: labels.length === 0 ? [] : places.map(of(labels)),
      replaced: replaced.map(({ place, residual }) => ({ index: of(indices)(place), label: of(labels)(place), residual })),
    }
    return pipe(
      figure.nudgings,
      E.traverseArray((nudging) => runNudging(A, figure, nudging, data, settled, curves, onProgress)),
      E.map((runs) => ({ measured: measuredOf(A, figure, seed, drawn, runs.map(({ record }) => record)), curves: runs.map((run) => run.curves) })))
  }))

/** Runs a figure on given data, all of them. Left: mistakes in the data, or a state that diverged. */
export const runOn = <T>(
  A: Algebra<Op, T>, figure: Figure, data: Data<T>, drawn: Drawn, seed: number, watching: Watching,
): E.Either<Failure, FigureRun> => runPool(A, figure, data, drawn, seed, { ...watching, unsettled: 'keep' })

interface Running extends Watching {
  readonly unsettled: Unsettled
}

/** How a figure is run: everything but its own numbers. */
export interface RunOptions extends Watching {
  readonly seed: number
  /** Needed by figures on digits. */
  readonly source?: Source
  /** Replace by default. */
  readonly unsettled?: Unsettled
}

/** Draws the data from the seed and runs the figure. Left: numbers that do not fit the data, or a state that diverged. */
export const runFigure = <T>(
  A: Algebra<Op, T>, figure: Figure, { seed, source, unsettled = 'replace', ...watching }: RunOptions,
): E.Either<Failure | BatchError, FigureRun> =>
  pipe(
    dataOf(A, unsettled === 'keep' ? figure : poolOf(figure, source), seed, source),
    E.flatMap(({ drawn, ...pool }) => runPool(A, figure, pool, drawn, seed, { ...watching, unsettled })))
