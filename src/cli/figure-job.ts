/** One figure to run, as a plain value that can be sent to a thread, and how it is run there. */
import { cpus } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Digits } from '../data/digits.ts'
import { syntheticDigits } from '../data/synthetic.ts'
import { type FigureRun, type OnProgress, runFigure, type RunOptions } from '../experiment/comparison.ts'
import { departed } from '../experiment/departure.ts'
import { adjusted, type BadHyperparameter, type Figure, type Hyperparameters } from '../experiment/figure.ts'
import { costOf } from '../experiment/figure-cost.ts'
import { type Source, tries } from '../experiment/figure-data.ts'
import { curveFigures } from '../experiment/figures.ts'
import type { Provenance } from '../experiment/record.ts'
import type { Unsettled } from '../experiment/settled-batch.ts'
import { type EngineName, engines } from './engine.ts'
import type { OnShare } from './progress.ts'
import type { UserError } from './request.ts'
import { version } from './version.ts'

/** Which figure, and how it is changed. */
export interface Asked {
  readonly number: number
  /** 'exact', 'published' or names of departures. */
  readonly variant: readonly string[]
  readonly changes: Partial<Hyperparameters>
}

export interface FigureJob extends Asked {
  readonly seed: number
  /** To draw from, read once for all jobs; synthetic ones where there are none. */
  readonly digits: Digits | undefined
  readonly engine: EngineName
  readonly unsettled: Unsettled
  /** One of several: which of them fails must be said. */
  readonly oneOfSeveral: boolean
}

/** What a job comes to. */
export interface Finished {
  readonly run: FigureRun
  readonly provenance: Provenance
}

/** Curves in a panel. */
const curves = 6

const asOption = ({ message }: BadHyperparameter): UserError => ({ message: `--${message}` })

/** The figure that a job asks for. Left: a number or a name that makes no sense. */
export const figureOf = ({ number, variant, changes }: Asked): E.Either<UserError, Figure> => {
  const figure = curveFigures.find((candidate) => candidate.number === number)
  if (figure === undefined) return E.left({ message: `no figure ${number}; phifold figure --help names those there are` })
  return pipe(departed(figure, variant), E.flatMap((changed) => adjusted(changed, changes)), E.mapLeft(asOption))
}

const sourceOf = ({ digits, seed }: FigureJob, { input, batch }: Figure): Source | undefined =>
  input === 'random' ? undefined
    : digits === undefined ? { digits: syntheticDigits(seed, tries * batch), origin: `${batch} SYNTHETIC digits`, synthetic: true }
      : { digits, origin: `${batch} of ${digits.count} training images`, synthetic: false }

const runOn = (engine: EngineName, figure: Figure, options: RunOptions): ReturnType<typeof runFigure> =>
  engines[figure.precision === 'float32' ? 'simd32' : engine]().run((A) => runFigure(A, figure, options))

const timed = (job: FigureJob, figure: Figure, onShare: OnShare): E.Either<UserError, Finished> => {
  const source = sourceOf(job, figure)
  const { free, folds } = costOf(figure)
  const start = performance.now()
  let settledAt = start
  let before = 0
  const onProgress: OnProgress = (stage, done, total) => {
    if (stage === 'free phase') {
      settledAt = performance.now()
      onShare((free * done) / total / (free + folds))
      return
    }
    // Each nudging counts its moments from 1.
    const nudgings = figure.nudgings.length
    onShare((free + (folds * (before + done)) / (total * nudgings)) / (free + folds))
    if (done === total) before += total
  }
  const result = runOn(job.engine, figure, { seed: job.seed, unsettled: job.unsettled, curves, onProgress, ...(source && { source }) })
  const end = performance.now()
  const seconds = (from: number, to: number): number => Math.round(to - from) / 1000
  return pipe(
    result,
    E.mapLeft((mistake): UserError => (mistake._tag === 'BadHyperparameter' ? asOption(mistake) : mistake)),
    E.map((run) => ({
      run,
      provenance: {
        version,
        timings: { freePhase: seconds(start, settledAt), folds: seconds(settledAt, end), total: seconds(start, end) },
        machine: { node: process.version, platform: `${process.platform}-${process.arch}`, cpu: cpus()[0]?.model.trim() ?? 'unknown' },
      },
    })))
}

/** Runs a job. Left: one line about what the user gave. */
export const runFigureJob = (job: FigureJob, onShare: OnShare): E.Either<UserError, Finished> => pipe(
  figureOf(job),
  E.flatMap((figure) => timed(job, figure, onShare)),
  E.mapLeft(({ message }) => ({ message: job.oneOfSeveral ? `figure ${job.number}: ${message}` : message })))
