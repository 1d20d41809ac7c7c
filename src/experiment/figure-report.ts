/**
 * What a figure's run says, as values: a chart, the curves as CSV, everything measured as JSON, and a text for people. The
 * same run gives the same reports: time and machine are in the provenance, and only JSON tells them.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Agreement } from '../fold/measure.ts'
import { type Chart, curveFigure, type CurvePanel, type MalformedChart } from '../report/chart.ts'
import { csvOf, type NonFiniteCell } from '../report/csv.ts'
import { figures, tableOf } from '../report/table.ts'
import type { FigureRun } from './comparison.ts'
import { outputFirst, paperLabel } from './label.ts'
import type { EstimateRecord, FigureRecord, Measured, Provenance, RunRecord } from './record.ts'
import { settlingOf } from './settling.ts'

export interface FigureReport {
  readonly chart: Chart
  readonly csv: string
  readonly json: string
  readonly text: string
}

const layersOf = ({ hyperparameters }: Measured): number => hyperparameters.sizes.length - 1

/** The quantities that a run measured, output first. */
export const quantitiesOf = ({ estimates }: RunRecord): readonly string[] => outputFirst(Object.keys(estimates[0]?.agreements ?? {}))

/** How well an estimate agreed in a quantity. Throws RangeError where it was not measured. */
export const agreementOf = ({ agreements, estimate }: EstimateRecord, quantity: string): Agreement => {
  const found = agreements[quantity]
  if (found === undefined) throw new RangeError(`figure report: nothing measured of ${quantity}, ${estimate}`)
  return found
}

/** The first estimate of a kind. Throws RangeError where there is none. */
export const estimateOf = ({ estimates }: RunRecord, kind: EstimateRecord['estimate']): EstimateRecord => {
  const found = estimates.find(({ estimate }) => estimate === kind)
  if (found === undefined) throw new RangeError(`figure report: no ${kind} estimate`)
  return found
}

const numbersOf = ({ hyperparameters, seed, data, variant }: Measured): string => {
  const { sizes, activation, dt, beta, T, K, batch, clamped } = hyperparameters
  return `${sizes.join('-')}, ${activation}${clamped ? ' clamped to [0, 1]' : ''}; dt = ${dt}, β = ${beta}, T = ${T}, K = ${K}, batch ${batch}; ` +
    `${data.origin}, seed ${seed}${variant.length === 0 ? '' : `; variant ${variant.join(', ')}`}`
}

// ── Chart ────────────────────────────────────────────────────────────────────────────────────────────────────────

const panelOf = ({ measured, curves }: FigureRun, r: number, quantity: string): CurvePanel => {
  const run = measured.runs[r] as RunRecord
  const rmse = (kind: EstimateRecord['estimate']): string => {
    const found = estimateOf(run, kind).agreements[quantity]
    return found === undefined ? 'not compared' : figures(found.rmse, 2)
  }
  const which = measured.runs.length > 1 ? `, ${run.name.split(' ')[0] ?? ''}` : ''
  return {
    title: `${quantity} (paper ${paperLabel(quantity, layersOf(measured))})${which}`,
    note: `rmse ${rmse('one-sided')} → ${rmse('limit')}`,
    x: Array.from({ length: measured.hyperparameters.K }, (_, t) => t),
    coordinates: (curves[r] ?? []).filter((curve) => curve.quantity === quantity).map(({ index, reference, candidates }) =>
      ({ name: `${quantity}[${index}]`, lines: [reference, candidates['one-sided'] ?? []] })),
  }
}

const chartOf = (run: FigureRun): E.Either<MalformedChart, Chart> => {
  const { measured, measured: { runs, title } } = run
  const names = runs.map(({ name }) => name)
  const sides = names.length > 1 ? ` Left: ${names.join(', right: ')}.` : ''
  const drawn = quantitiesOf(runs[0] as RunRecord).filter((quantity) => !quantity.startsWith('b'))
  return curveFigure({
    title,
    subtitle: `${numbersOf(measured)}.${sides} rmse of EP: at this β → in the limit.`,
    xTitle: 'time step t',
    yTitle: 'update',
    colourMeans: 'one colour per neuron or synapse',
    methods: [{ name: '−BPTT', stroke: 'solid' }, { name: 'EP', stroke: 'dashed' }],
    columns: 2,
    panels: drawn.flatMap((quantity) => runs.map((_, r) => panelOf(run, r, quantity))),
  })
}

// ── CSV and JSON ─────────────────────────────────────────────────────────────────────────────────────────────────

/** The columns of the curves: CSV name and the candidate's name in the comparison. */
const csvEstimates = [['ep', 'one-sided'], ['ep_tenth', 'tenth'], ['centered', 'centered'], ['limit', 'limit']] as const
const csvColumns = ['t', 'quantity', 'index', 'bptt', ...csvEstimates.map(([column]) => column), 'nudging'] as const

/** One row per moment and drawn coordinate. `bptt` is minus the gradient (weighted by M where there is one); `ep_tenth` is EP at β/10. */
const curvesCsv = ({ measured, curves }: FigureRun): E.Either<NonFiniteCell, string> =>
  csvOf(csvColumns, curves.flatMap((drawn, r) => drawn.flatMap(({ quantity, index, reference, candidates }) =>
    reference.map((bptt, t) =>
      [t, quantity, index, bptt, ...csvEstimates.map(([, name]) => candidates[name]?.[t] ?? NaN), measured.runs[r]?.name ?? '']))))

const jsonOf = ({ measured }: FigureRun, provenance: Provenance): string => {
  const record: FigureRecord = { format: 'phifold-figure-1', ...measured, ...provenance }
  return `${JSON.stringify(record, undefined, 2)}\n`
}

// ── Text ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const tableFor = (measured: Measured, run: RunRecord): string => {
  const first = estimateOf(run, 'one-sided')
  const rows = quantitiesOf(run).map((quantity) => [
    quantity,
    paperLabel(quantity, layersOf(measured)),
    figures(agreementOf(first, quantity).scale, 3),
    ...run.estimates.flatMap((each) => {
      const { rmse, worst } = agreementOf(each, quantity)
      return [figures(rmse, 2), figures(worst, 2)]
    }),
  ])
  const heads = run.estimates.flatMap(({ estimate, beta }) =>
    [`${estimate === 'limit' ? 'β → 0' : estimate === 'centered' ? `±${beta}` : `β = ${beta}`}: rmse`, 'max dev.'])
  return tableOf(['', 'paper', 'max |∇|', ...heads], rows, { align: ['left', 'left', 'right', ...heads.map(() => 'right' as const)] })
}

const settledLine = (measured: Measured, run: RunRecord): string => {
  const { verdict, says } = settlingOf(measured, run)
  return `${verdict === 'not settled' ? 'NOT settled' : 'settled'}: ${says}`
}

const replacedOf = ({ data: { replaced }, hyperparameters: { T } }: Measured): readonly string[] => replaced.length === 0 ? [] : [
  `${replaced.length} ${replaced.length === 1 ? 'digit' : 'digits'} drawn before the last had not settled after ${T} steps and ${replaced.length === 1 ? 'was' : 'were'} replaced (--unsettled keep keeps them): ` +
    replaced.map(({ index, residual }) => `${index} (${figures(residual, 2)})`).join(', '),
]

/** The report for people; no final newline. */
const textOf = ({ measured }: FigureRun): string => {
  const { cites, title, network, data, runs, hyperparameters: { nudge, beta } } = measured
  const standIn = data.synthetic ? ['data: SYNTHETIC digits stand in for MNIST; give --data DIR with its four files for the real ones'] : []
  return [
    `${cites}. ${title}`,
    `${network}, ${numbersOf(measured)}`,
    ...standIn,
    ...replacedOf(measured),
    ...runs.flatMap((run) => ['', run.note, settledLine(measured, run), tableFor(measured, run)]),
    '',
    'β: one-sided EP; ±: centered EP; β → 0: its exact limit. rmse: relative, over time, mean over the entries.',
    'max dev.: largest |EP − (−BPTT)| of any entry at any time; max |∇|: largest entry of what EP is held against.',
    `The nudge is −${figures(nudge, 3)} ∂ℓ/∂s for β = ${beta}. Layers count from the input, the paper's from the output.`,
  ].join('\n')
}

/** All reports of a run. Left: the first number that is not finite. */
export const reportOf = (run: FigureRun, provenance: Provenance): E.Either<MalformedChart | NonFiniteCell, FigureReport> => pipe(
  chartOf(run),
  E.flatMap((chart) => pipe(
    curvesCsv(run),
    E.map((csv) => ({ chart, csv, json: jsonOf(run, provenance), text: textOf(run) })))))
