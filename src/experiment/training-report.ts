/** What a training run says, as values: a table for people, CSV, JSON, and curves of the errors. The same log gives the same bytes. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { curveFigure, type CurveFigure, type MalformedChart } from '../report/chart.ts'
import { csvOf, type NonFiniteCell } from '../report/csv.ts'
import { figures, tableOf } from '../report/table.ts'
import { commandOf } from './training-command.ts'
import type { TrainingRun } from './training-log.ts'
import type { EpochRecord, ReportRecord } from './training-state.ts'
import type { TrainingJob } from './training-job.ts'

export interface TrainingReport {
  /** Undefined with fewer than two epochs and two reports of the first: a curve needs two points. */
  readonly chart: CurveFigure | undefined
  readonly csv: string
  readonly json: string
  readonly text: string
}

const columns = ['epoch', 'trainError', 'testError', 'trainCost', 'testCost', 'seconds', 'milliseconds', 'residual', 'unsettled', 'testResidual', 'testUnsettled'] as const

/** 'P-1h by ep', with what was asked for. */
export const titleOf = ({ name, method, nudge, loss, variant }: TrainingJob): string =>
  [`${name} by ${method}`, ...(nudge === undefined ? [] : [`${nudge} nudge`]), ...(loss === 'squared' ? [] : [loss]), ...(variant === 'exact' ? [] : [variant])].join(', ')

/** What a job has that Table 1 does not say. */
export const besides = ({ loss, points, optimiser: { name, momentum }, weightDecay, decay, tolerance, unsettled }: TrainingJob): readonly string[] => [
  ...(loss === 'squared' ? [] : [`loss ${loss}`]), ...(points === undefined ? [] : [`${points} points`]),
  ...(name === 'sgd' ? [] : [`optimiser ${name}${name === 'momentum' ? ` ${momentum}` : ''}`]), ...(weightDecay === 0 ? [] : [`weight decay ${weightDecay}`]),
  ...(decay === 1 ? [] : [`decay ${decay}`]), ...(tolerance === undefined ? [] : [`tolerance ${tolerance}`]), ...(unsettled === 'keep' ? [] : ['unsettled left out']),
]

/** All that tells a job from others, but its seed. */
export const labelOf = (job: TrainingJob): string => [
  titleOf({ ...job, loss: 'squared' }),
  ...Object.entries({ ...job.changes, ...(job.rates && { rates: job.rates }) }).map(([name, value]) => `${name === 'epsilon' ? 'dt' : name} ${Array.isArray(value) ? value.join(name === 'sizes' ? '-' : ' ') : String(value)}`),
  ...besides(job),
].join(', ')

/** The epoch with the least test error. */
export const bestOf = (epochs: readonly EpochRecord[]): EpochRecord | undefined =>
  epochs.reduce<EpochRecord | undefined>((best, epoch) => (best === undefined || epoch.testError < best.testError ? epoch : best), undefined)

const percent = (value: number): string => value.toFixed(2)

/** Headings and rows of the epochs. */
export const epochTable = (epochs: readonly EpochRecord[]): { readonly headings: readonly string[]; readonly rows: readonly (readonly string[])[] } => ({
  headings: ['epoch', 'train error %', 'test error %', 'train cost', 'test cost', 'seconds', 'unsettled %', 'residual'],
  rows: epochs.map(({ epoch, trainError, testError, trainCost, testCost, seconds, unsettled, residual }) =>
    [String(epoch), percent(trainError), percent(testError), figures(trainCost, 3), figures(testCost, 3), seconds.toFixed(1), percent(unsettled), figures(residual, 2)]),
})

/** Reports of an epoch that is not done, in which a few mini-batches may be all that there was time for. */
const ofLast = ({ epochs, reports }: TrainingRun): readonly ReportRecord[] => {
  const { epoch: done = 0 } = epochs.at(-1) ?? {}
  return reports.filter(({ epoch }) => epoch > done)
}

/** An epoch's reports count from its beginning: what of it is since the report before. */
const sinceBefore = (reports: readonly ReportRecord[]): readonly number[] => reports.map(({ done, trainError }, i) => {
  const before = reports[i - 1] ?? { done: 0, trainError: 0 }
  return done === before.done ? trainError : Math.min(100, Math.max(0, (done * trainError - before.done * before.trainError) / (done - before.done)))
})

/** The first epoch's reports, where there are no epochs to draw. */
const firstChart = ({ start: { job, data }, epochs, reports }: TrainingRun): E.Either<MalformedChart, CurveFigure | undefined> => {
  const shown = reports.filter(({ epoch }, i) => epoch === 1 && reports[i + 1]?.done !== reports[i]?.done)
  return epochs.length > 1 || shown.length < 2 ? E.right(undefined) : curveFigure({
    title: titleOf(job), subtitle: `${data.origin}; seed ${job.seed}`, xTitle: 'mini-batch', yTitle: 'per cent', colourMeans: '',
    methods: [{ name: 'train', stroke: 'solid' }],
    panels: [{ title: 'error since the report before', x: shown.map(({ done }) => done), coordinates: [{ name: 'train error', lines: [sinceBefore(shown)] }] }],
    columns: 1,
  })
}

const chartOf = (run: TrainingRun): E.Either<MalformedChart, CurveFigure | undefined> => {
  const { start: { job, data }, epochs } = run
  if (epochs.length < 2) return firstChart(run)
  const x = epochs.map(({ epoch }) => epoch)
  const last = epochs.at(-1)
  const panel = (title: string, note: string, test: (epoch: EpochRecord) => number, train: (epoch: EpochRecord) => number) =>
    ({ title, note, x, coordinates: [{ name: title, lines: [epochs.map(test), epochs.map(train)] }] })
  return curveFigure({
    title: titleOf(job),
    subtitle: `${data.origin}; seed ${job.seed}`,
    xTitle: 'epoch', yTitle: 'per cent', colourMeans: '',
    methods: [{ name: 'test', stroke: 'solid' }, { name: 'train', stroke: 'dashed' }],
    panels: [
      panel('error', last === undefined ? '' : `test ${percent(last.testError)} % after epoch ${last.epoch}`, ({ testError }) => testError, ({ trainError }) => trainError),
      // Nothing but zeros is no curve.
      ...(epochs.every(({ unsettled, testUnsettled }) => unsettled === 0 && testUnsettled === 0) ? [] : [panel('inputs that do not settle', '', ({ testUnsettled }) => testUnsettled, ({ unsettled }) => unsettled)]),
    ],
    columns: 2,
  })
}

const reportTable = (reports: readonly ReportRecord[]): string => tableOf(
  ['mini-batches', 'train error so far %', 'test error %', 'unsettled %', 'ms per mini-batch'],
  reports.map(({ done, trainError, testError, unsettled, milliseconds }) => [String(done), percent(trainError), testError === undefined ? '–' : percent(testError), percent(unsettled), milliseconds?.toFixed(2) ?? '–']),
  { align: Array.from({ length: 5 }, () => 'right' as const) })

const textOf = (run: TrainingRun): string => {
  const { start, epochs } = run
  const { job, data } = start
  const { headings, rows } = epochTable(epochs)
  const [best, rest, command] = [bestOf(epochs), ofLast(run), commandOf(start)]
  return [
    `${titleOf(job)} on ${data.origin}, seed ${job.seed}`,
    ...(command === undefined ? [] : [command]),
    '',
    tableOf(headings, rows, { align: headings.map(() => 'right' as const) }),
    ...(best === undefined ? [] : ['', `test error ${percent(epochs.at(-1)?.testError ?? NaN)} % at the end, ${percent(best.testError)} % at best, in epoch ${best.epoch}`]),
    ...(rest.length === 0 ? [] : ['', `epoch ${rest.at(-1)?.epoch ?? 1}, not done:`, reportTable(rest)]),
  ].join('\n')
}

/** Left: a number that is not finite. */
export const trainingReportOf = (run: TrainingRun): E.Either<MalformedChart | NonFiniteCell, TrainingReport> => pipe(
  E.Do,
  E.apS('chart', chartOf(run)),
  E.apSW('csv', csvOf(columns, run.epochs.map((epoch) => columns.map((column) => epoch[column] ?? '')))),
  E.map(({ chart, csv }) => ({ chart, csv, json: `${JSON.stringify({ command: commandOf(run.start), ...run, reports: ofLast(run) }, undefined, 2)}\n`, text: textOf(run) })))
