/**
 * An estimator benchmarked against BPTT in training: two runs from one start on the same mini-batches, and from time to time both gradients of one
 * mini-batch at one θ, that of the first run. As values: table, CSV, JSON, and curves. No clock and no machine in them but the seconds told.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Closeness } from '../estimate/closeness.ts'
import { curveFigure, type CurveFigure, type MalformedChart } from '../report/chart.ts'
import { csvOf, type NonFiniteCell } from '../report/csv.ts'
import { figures, tableOf } from '../report/table.ts'
import type { TrainingJob } from './training-job.ts'
import { titleOf } from './training-report.ts'
import type { DataRecord } from './training-state.ts'

/** Both gradients of mini-batch number `step` + 1. */
export interface BenchmarkPoint {
  readonly step: number
  readonly whole: Closeness
  readonly params: Readonly<Record<string, Closeness>>
}

/** What both runs have learned after an epoch; errors in per cent, seconds for learning and test. */
export interface BenchmarkEpoch {
  readonly epoch: number
  readonly trainErrors: readonly [estimator: number, bptt: number]
  readonly testErrors: readonly [estimator: number, bptt: number]
  /** Inputs that had not settled before they were learned from, and test inputs, in per cent. */
  readonly unsettled: readonly [estimator: number, bptt: number]
  readonly testUnsettled: readonly [estimator: number, bptt: number]
  /** Of learning alone. */
  readonly seconds: readonly [estimator: number, bptt: number]
}

export interface BenchmarkRun {
  readonly job: TrainingJob
  readonly version: string
  readonly engine: string
  readonly data: DataRecord
  /** Mini-batches of an epoch. */
  readonly perEpoch: number
  readonly points: readonly BenchmarkPoint[]
  readonly epochs: readonly BenchmarkEpoch[]
}

export interface BenchmarkReport {
  /** Undefined with fewer than two points. */
  readonly chart: CurveFigure | undefined
  readonly csv: string
  readonly json: string
  readonly text: string
}

const columns = ['step', 'part', 'cosine', 'norm_ratio', 'same_sign', 'both_zero'] as const

const csv = ({ points }: BenchmarkRun): E.Either<NonFiniteCell, string> => csvOf(columns, points.flatMap(({ step, whole, params }) =>
  Object.entries({ all: whole, ...params }).map(([part, { cosine, ratio, sameSign, bothZero }]) => [step, part, cosine, ratio, sameSign, bothZero])))

const chartOf = ({ job, data, perEpoch, points, epochs }: BenchmarkRun): E.Either<MalformedChart, CurveFigure | undefined> => {
  if (points.length < 2) return E.right(undefined)
  const weights = Object.keys(points[0]?.params ?? {}).filter((name) => /^W/.test(name))
  const methods = [{ name: job.method, stroke: 'solid' }, { name: 'bptt', stroke: 'dashed' }] as const
  return curveFigure({
    title: `${titleOf(job)}, against BPTT`,
    subtitle: `${data.origin}; seed ${job.seed}`,
    xTitle: 'mini-batch', yTitle: 'cosine or per cent', colourMeans: '',
    methods,
    panels: [
      // BPTT agrees with itself.
      ...['all', ...weights].map((part) => ({
        title: part === 'all' ? 'cosine, all parameters' : `cosine, ${part}`,
        x: points.map(({ step }) => step),
        coordinates: [{ name: part, lines: [points.map(({ whole, params }) => (part === 'all' ? whole : params[part])?.cosine ?? NaN), points.map(() => 1)] }],
      })),
      ...(epochs.length < 2 ? [] : [
        ['test error % after each epoch', ({ testErrors }: BenchmarkEpoch) => testErrors] as const,
        // Nothing but zeros is no curve.
        ...(epochs.every(({ testUnsettled: [a, b] }) => a === 0 && b === 0) ? [] : [['unsettled test inputs %', ({ testUnsettled }: BenchmarkEpoch) => testUnsettled] as const]),
      ].map(([title, of]) => ({
        title, x: epochs.map(({ epoch }) => epoch * perEpoch),
        coordinates: [{ name: title, lines: [epochs.map((epoch) => of(epoch)[0]), epochs.map((epoch) => of(epoch)[1])] }],
      }))),
    ],
    columns: 2,
  })
}

/** Evenly chosen rows, the first and the last among them. */
const some = <A>(all: readonly A[], most: number): readonly A[] =>
  all.length <= most ? all : Array.from({ length: most }, (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))] as A)

const textOf = ({ job, data, points, epochs }: BenchmarkRun): string => {
  const names = Object.keys(points[0]?.params ?? {})
  const right = (count: number) => ({ align: Array.from({ length: count }, () => 'right' as const) })
  return [
    `${titleOf(job)} against BPTT from one start on the same mini-batches; ${data.origin}, seed ${job.seed}`,
    '',
    'cosine of the two gradients of a mini-batch, both at the weights of the first run; entries of the same sign or both 0 in per cent',
    tableOf(['mini-batches', 'all', 'signs', ...names], some(points, 20).map(({ step, whole, params }) =>
      [String(step), whole.cosine.toFixed(4), (whole.sameSign + whole.bothZero).toFixed(1), ...names.map((name) => params[name]?.cosine.toFixed(4) ?? '–')]), right(names.length + 3)),
    ...(epochs.length === 0 ? [] : [
      '',
      tableOf(['epoch', ...[job.method, 'bptt'].flatMap((method) => [`${method}: train error %`, 'test error %', 'unsettled %', 'seconds'])], epochs.map((one) => [
        String(one.epoch),
        ...([0, 1] as const).flatMap((i) => [...[one.trainErrors, one.testErrors, one.testUnsettled].map((pair) => pair[i].toFixed(2)), figures(one.seconds[i], 3)]),
      ]), right(9)),
    ]),
  ].join('\n')
}

/** Left: a number that is not finite. */
export const benchmarkReportOf = (run: BenchmarkRun): E.Either<MalformedChart | NonFiniteCell, BenchmarkReport> => pipe(
  E.Do,
  E.apS('chart', chartOf(run)),
  E.apSW('csv', csv(run)),
  E.map(({ chart, csv: rows }) => ({ chart, csv: rows, json: `${JSON.stringify({ benchmark: 'training', ...run }, undefined, 2)}\n`, text: textOf(run) })))
