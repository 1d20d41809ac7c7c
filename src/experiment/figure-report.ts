/**
 * What a figure's run says, as values: a chart, the curves as CSV, everything measured as JSON, and a text for people. The
 * same run gives the same reports: no clock and no machine in them.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Agreement } from '../fold/measure.ts'
import { type Chart, curveFigure, type CurvePanel, type MalformedChart } from '../report/chart.ts'
import { csvOf, type NonFiniteCell } from '../report/csv.ts'
import { figures, tableOf } from '../report/table.ts'
import { type Estimate, estimates, type FigureRun, type NudgingRun } from './comparison.ts'
import { strength } from './figure.ts'
import { paperLabel } from './label.ts'

export interface FigureReport {
  readonly chart: Chart
  readonly csv: string
  readonly json: string
  readonly text: string
}

const layersOf = ({ figure }: FigureRun): number => figure.sizes.length - 1

// Output first, as in the paper: neurons, weights, the toy network's input weights, biases.
const ordered = ({ agreements }: NudgingRun): readonly string[] => {
  const kinds = ['s', 'W', 'Wx', 'b']
  const place = (name: string): number => 1000 * kinds.indexOf(name.replace(/\d+$/, '')) - Number(name.replace(/^\D+/, ''))
  return Object.keys(agreements['one-sided'] ?? {}).sort((a, b) => place(a) - place(b))
}

const agreementOf = ({ agreements }: NudgingRun, estimate: Estimate, quantity: string): Agreement => {
  const found = agreements[estimate]?.[quantity]
  if (found === undefined) throw new RangeError(`figure report: nothing measured of ${quantity}, ${estimate}`)
  return found
}

const numbersOf = ({ figure, seed, drawn }: FigureRun): string => {
  const { sizes, activation, epsilon, beta, T, K, batch } = figure
  return `${sizes.join('-')}, ${activation.name}; dt = ${epsilon}, β = ${beta}, T = ${T}, K = ${K}, batch ${batch}; ` +
    `${drawn.origin}, seed ${seed}`
}

// ── Chart ────────────────────────────────────────────────────────────────────────────────────────────────────────

const panelOf = (run: FigureRun, nudged: NudgingRun, quantity: string): CurvePanel => {
  const rmse = (estimate: Estimate): string => figures(agreementOf(nudged, estimate, quantity).rmse, 2)
  const which = run.nudgings.length > 1 ? `, ${nudged.nudging.name.split(' ')[0] ?? ''}` : ''
  return {
    title: `${quantity} (paper ${paperLabel(quantity, layersOf(run))})${which}`,
    note: `rmse ${rmse('one-sided')} → ${rmse('limit')}`,
    x: Array.from({ length: run.figure.K }, (_, t) => t),
    coordinates: nudged.curves.filter((curve) => curve.quantity === quantity).map(({ index, reference, candidates }) =>
      ({ name: `${quantity}[${index}]`, lines: [reference, candidates['one-sided'] ?? []] })),
  }
}

const chartOf = (run: FigureRun): E.Either<MalformedChart, Chart> => {
  const { figure, nudgings } = run
  const names = nudgings.map(({ nudging }) => nudging.name)
  const sides = names.length > 1 ? ` Left: ${names.join(', right: ')}.` : ''
  const drawn = ordered(nudgings[0] as NudgingRun).filter((quantity) => !quantity.startsWith('b'))
  return curveFigure({
    title: figure.title,
    subtitle: `${numbersOf(run)}.${sides} rmse of EP: at this β → in the limit.`,
    xTitle: 'time step t',
    yTitle: 'update',
    colourMeans: 'one colour per neuron or synapse',
    methods: [{ name: '−BPTT', stroke: 'solid' }, { name: 'EP', stroke: 'dashed' }],
    columns: 2,
    panels: drawn.flatMap((quantity) => nudgings.map((nudged) => panelOf(run, nudged, quantity))),
  })
}

// ── CSV and JSON ─────────────────────────────────────────────────────────────────────────────────────────────────

const csvColumns = ['t', 'quantity', 'index', 'bptt', 'ep', 'centered', 'limit', 'nudging'] as const

/** One row per moment and drawn coordinate. `bptt` is minus the gradient (weighted by M where there is one). */
const curvesCsv = ({ nudgings }: FigureRun): E.Either<NonFiniteCell, string> =>
  csvOf(csvColumns, nudgings.flatMap(({ curves, nudging }) => curves.flatMap(({ quantity, index, reference, candidates }) =>
    reference.map((bptt, t) =>
      [t, quantity, index, bptt, ...estimates.map((estimate) => candidates[estimate]?.[t] ?? NaN), nudging.name]))))

const jsonOf = (run: FigureRun, version: string): string => {
  const { figure, seed, drawn, interpreter, nudgings } = run
  const { number, title, cites, sizes, activation, epsilon, beta, T, K, batch } = figure
  return `${JSON.stringify({
    figure: number, title, cites: `Ernoult et al. 2019, ${cites}`, version, interpreter, seed,
    hyperparameters: { sizes, activation: activation.name, dt: epsilon, beta, nudge: strength(figure), T, K, batch },
    data: drawn,
    runs: nudgings.map(({ nudging, certificate, agreements }) => ({
      name: nudging.name,
      note: nudging.note,
      settled: { steps: certificate.steps, residual: certificate.residual, repeatedAt: certificate.repeatedAt ?? null, period: certificate.period ?? null },
      agreements,
    })),
  }, undefined, 2)}\n`
}

// ── Text ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const tableFor = (run: FigureRun, nudged: NudgingRun): string => {
  const { beta } = run.figure
  const heads = [`β = ${beta}`, `±${beta}`, 'β → 0']
  const rows = ordered(nudged).map((quantity) => [
    quantity,
    paperLabel(quantity, layersOf(run)),
    figures(agreementOf(nudged, 'one-sided', quantity).scale, 3),
    ...estimates.flatMap((estimate) => {
      const { rmse, worst } = agreementOf(nudged, estimate, quantity)
      return [figures(rmse, 2), figures(worst, 2)]
    }),
  ])
  return tableOf(['', 'paper', 'max |∇|', ...heads.flatMap((head) => [`${head}: rmse`, 'max dev.'])], rows,
    { align: ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'] })
}

const certificateOf = (run: FigureRun, nudged: NudgingRun): string => {
  const { steps, residual, repeatedAt, period } = nudged.certificate
  if (repeatedAt !== undefined && period === 1) return `settled: the free phase repeats its state exactly from step ${repeatedAt} (of ${steps})`
  const moved = `after ${steps} free steps the state moves by ${figures(residual, 2)} per step`
  // Whatever the state still moves by enters every update divided by the nudge; (H2) of the theorem asks for none.
  const enters = residual / strength(run.figure)
  const largest = Math.max(...ordered(nudged).filter((q) => q.startsWith('s')).map((q) => agreementOf(nudged, 'one-sided', q).scale))
  return enters > 1e-3 * largest
    ? `NOT settled: ${moved}, which adds ${figures(enters, 2)} to the updates; raise T`
    : `settled: ${moved}${period === undefined ? '' : `, in a cycle of ${period} states known from step ${repeatedAt ?? 0}`}`
}

/** The report for people; no final newline. */
const textOf = (run: FigureRun): string => {
  const { figure, drawn, nudgings } = run
  const standIn = drawn.synthetic ? ['data: SYNTHETIC digits stand in for MNIST; give --data DIR with its four files for the real ones'] : []
  return [
    `${figure.cites} of Ernoult et al. 2019. ${figure.title}`,
    `${figure.network}, ${numbersOf(run)}`,
    ...standIn,
    ...nudgings.flatMap((nudged) => ['', nudged.nudging.note, certificateOf(run, nudged), tableFor(run, nudged)]),
    '',
    'β: one-sided EP; ±: centered EP; β → 0: its exact limit. rmse: relative, over time, mean over the entries.',
    'max dev.: largest |EP − (−BPTT)| of any entry at any time; max |∇|: largest entry of what EP is held against.',
    "The nudge is −dt β ∂ℓ/∂s, as in the authors' program. Layers count from the input, the paper's from the output.",
  ].join('\n')
}

/** All reports of a run. `version` is the program's. Left: the first number that is not finite. */
export const reportOf = (run: FigureRun, version: string): E.Either<MalformedChart | NonFiniteCell, FigureReport> => pipe(
  chartOf(run),
  E.flatMap((chart) => pipe(
    curvesCsv(run),
    E.map((csv) => ({ chart, csv, json: jsonOf(run, version), text: textOf(run) })))))
