/** What a comparison of estimators says, as values: tables for people, CSV, JSON, and the errors over β on log axes. No clock and no machine in them. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Closeness } from '../estimate/closeness.ts'
import type { Compared } from '../estimate/compare-estimators.ts'
import { csvOf, type NonFiniteCell } from '../report/csv.ts'
import type { LogFigure } from '../report/log-figure.ts'
import { logFigure } from '../report/log-figure.ts'
import type { MalformedChart } from '../report/malformed.ts'
import { figures, tableOf } from '../report/table.ts'
import type { EstimatorRun, Sweep } from './estimator-run.ts'

export interface EstimatorReport {
  readonly csv: string
  /** The sweep's points; undefined without a sweep. */
  readonly sweepCsv: string | undefined
  readonly json: string
  readonly text: string
  readonly chart: LogFigure | undefined
}

const columns = ['estimator', 'part', 'entries', 'cosine', 'norm_ratio', 'rmse', 'largest_relative_deviation', 'same_sign', 'both_zero'] as const

const partsOf = ({ whole, layers, params }: Compared): readonly (readonly [string, Closeness])[] =>
  [['all', whole], ...Object.entries(layers), ...Object.entries(params)]

/** Those that estimated something. */
const rowsOf = ({ comparison: { rows } }: EstimatorRun): readonly (readonly [string, Compared])[] =>
  rows.flatMap(({ name, result }) => (E.isRight(result) ? [[name, result.right] as const] : []))

const csv = (run: EstimatorRun): E.Either<NonFiniteCell, string> =>
  csvOf(columns, rowsOf(run).flatMap(([name, compared]) => partsOf(compared).map(([part, c]) =>
    [name, part, c.entries, c.cosine, c.ratio, c.rmse, c.deviation, c.sameSign, c.bothZero])))

const sweepCsv = ({ sweeps }: EstimatorRun): E.Either<NonFiniteCell, string | undefined> =>
  sweeps.length === 0 ? E.right(undefined) : csvOf(['estimator', 'beta', 'relative_error', 'rounding'],
    sweeps.flatMap(({ family, points }) => points.map(({ beta, error, floor }) => [family, beta, error, floor])))

const json = (run: EstimatorRun, version: string): string => {
  const { network: { name, sizes, T, K, batch, dynamics }, seed, interpreter, origin, synthetic, certificate, comparison, sweeps } = run
  return `${JSON.stringify({
    comparison: 'estimators', version, interpreter, seed, network: name, dynamics: dynamics.name, hyperparameters: { sizes, T, K, batch }, data: { origin, synthetic },
    settled: certificate, reference: comparison.reference,
    estimators: comparison.rows.map(({ name: estimator, result }) => E.isLeft(result)
      ? { estimator, mistake: result.left.message }
      : { estimator, whole: result.right.whole, layers: result.right.layers, params: result.right.params, overTime: result.right.course }),
    sweeps: sweeps.map(({ family, points, fitted }) => ({
      estimator: family, points, ...(fitted && { order: fitted.slope, constant: fitted.constant, fittedTo: fitted.used.map(({ beta }) => beta) }),
    })),
  }, undefined, 2)}\n`
}

const percent = (x: number): string => x.toFixed(1)

/** 1 − cosine says more than 0.9999. */
const cells = (c: Closeness): readonly string[] =>
  [figures(1 - c.cosine, 2), figures(c.ratio, 5), figures(c.rmse, 2), figures(c.deviation, 2), percent(c.sameSign), percent(c.bothZero)]

const headings = ['1 − cosine', 'norm ratio', 'rmse', 'largest deviation', 'same sign %', 'both 0 %']
const right = headings.map(() => 'right' as const)

const wholeTable = ({ comparison: { rows } }: EstimatorRun): string => tableOf(['estimator', ...headings], rows.map(({ name, result }) =>
  [name, ...(E.isLeft(result) ? headings.map(() => '–') : cells(result.right.whole))]), { align: ['left', ...right] })

const layerTable = (run: EstimatorRun): string => tableOf(['estimator', 'layer', ...headings], rowsOf(run).flatMap(([name, { layers }]) =>
  Object.entries(layers).map(([layer, c], i) => [i === 0 ? name : '', layer.replace('layer ', ''), ...cells(c)])), { align: ['left', 'left', ...right] })

/** Of each layer or parameter the largest deviation at any t over the largest entry of the reference at any t; the worst of them, for neurons and parameters. */
const timeTable = (run: EstimatorRun): readonly string[] => {
  const isNeuron = (quantity: string): boolean => /^s\d+$/.test(quantity)
  const rows = rowsOf(run).flatMap(([name, { course }]) => {
    const [first] = course
    if (first === undefined) return []
    const most = (quantity: string, of: (c: Closeness) => number): number =>
      course.reduce((top, { [quantity]: c }) => (c === undefined ? top : Math.max(top, of(c))), 0)
    const deviation = (quantity: string): number => {
      const [worst, reference] = [most(quantity, (c) => c.worst), most(quantity, (c) => c.reference)]
      return worst === 0 ? 0 : worst / reference
    }
    const largest = (names: readonly string[]): number => names.reduce((top, quantity) => Math.max(top, deviation(quantity)), 0)
    const names = Object.keys(first)
    return [[name, String(course.length), figures(largest(names.filter(isNeuron)), 2), figures(largest(names.filter((quantity) => !isNeuron(quantity))), 2)]]
  })
  return rows.length === 0 ? [] : [
    '', 'moment by moment: the largest deviation at any t, over the largest entry at any t of that layer or parameter',
    tableOf(['estimator', 'moments', 'neurons', 'parameters'], rows, { align: ['left', 'right', 'right', 'right'] }),
  ]
}

const sweepText = ({ sweeps }: EstimatorRun): readonly string[] => sweeps.length === 0 ? [] : [
  '',
  'error ‖estimate − limit‖ / ‖limit‖ ≈ constant · β^order, fitted to the smallest β that rounding does not reach',
  tableOf(['estimator', 'order', 'constant', 'β from', 'to', 'least error', 'at β'], sweeps.map(({ family, points, fitted }) => {
    const least = points.reduce((best, point) => (point.error < best.error ? point : best), { beta: NaN, error: Infinity, floor: NaN })
    return [
      family, fitted === undefined ? '–' : fitted.slope.toFixed(3), fitted === undefined ? '–' : figures(fitted.constant, 2),
      fitted === undefined ? '–' : figures(fitted.used[0]?.beta ?? NaN, 2), fitted === undefined ? '–' : figures(fitted.used.at(-1)?.beta ?? NaN, 2),
      figures(least.error, 2), figures(least.beta, 2),
    ]
  }), { align: ['left', ...Array.from({ length: 6 }, () => 'right' as const)] }),
]

const text = (run: EstimatorRun): string => {
  const { network: { name, sizes, T, K, batch, dynamics }, seed, origin, synthetic, certificate: { residual, repeatedAt }, comparison } = run
  return [
    `estimators of the gradient against ${comparison.reference} (K = ${K}), ${name}: ${dynamics.name}, ${sizes.join('-')}`,
    `T = ${T}, batch ${batch} of ${origin}, seed ${seed}`,
    ...(synthetic ? ['data: SYNTHETIC digits stand in for MNIST; give --data DIR with its four files for the real ones'] : []),
    `free phase: moves by ${figures(residual, 2)} per step after ${T} steps` +
      (residual > 0 ? ' (divided by β, this enters nudged estimates)' : '') + (repeatedAt === null ? '' : `; repeats itself from step ${repeatedAt}`),
    '',
    wholeTable(run),
    ...comparison.rows.flatMap(({ name: estimator, result }) => (E.isLeft(result) ? [`${estimator}: ${result.left.message}`] : [])),
    '',
    'per layer',
    layerTable(run),
    ...timeTable(run),
    ...sweepText(run),
  ].join('\n')
}

/** 'ep: order 1.000', as the legend says it. */
const labelled = ({ family, fitted }: Sweep): string =>
  `${family}${fitted === undefined ? '' : `: order ${fitted.slope.toFixed(3)}`}`

const chartOf = ({ network, sweeps }: EstimatorRun): E.Either<MalformedChart, LogFigure | undefined> => {
  const shown = sweeps.filter(({ points }) => points.some(({ error }) => error > 0))
  return shown.length === 0 ? E.right(undefined) : logFigure({
    title: `Error of EP against β, ${network.name} (${network.sizes.join('-')})`,
    subtitle: `against the exact limit, K = ${network.K}; fitted to the smallest β that rounding does not reach`,
    xTitle: 'β, or radius r of the circle',
    yTitle: 'relative error of the gradient',
    series: shown.map((sweep) => ({
      name: labelled(sweep),
      points: sweep.points.filter(({ error }) => error > 0).map(({ beta, error }) => ({ x: beta, y: error })),
      // Above the first fitted point two neighbours differ by their error in β, no longer by rounding.
      floor: sweep.points.filter(({ beta, floor }) => floor > 0 && beta <= (sweep.fitted?.used[0]?.beta ?? Infinity)).map(({ beta, floor }) => ({ x: beta, y: floor })),
      ...(sweep.fitted && { fit: {
        slope: sweep.fitted.slope, constant: sweep.fitted.constant, from: sweep.fitted.used[0]?.beta ?? NaN, to: sweep.fitted.used.at(-1)?.beta ?? NaN,
      } }),
    })),
  })
}

/** All reports of a run. `version` is the program's. Left: the first number that is not finite, or a chart that cannot be drawn. */
export const estimatorReportOf = (run: EstimatorRun, version: string): E.Either<NonFiniteCell | MalformedChart, EstimatorReport> => pipe(
  E.Do,
  E.bind('table', () => csv(run)),
  E.bind('points', () => sweepCsv(run)),
  E.bindW('chart', () => chartOf(run)),
  E.map(({ table, points, chart }) => ({ csv: table, sweepCsv: points, json: json(run, version), text: text(run), chart })))
