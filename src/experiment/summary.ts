/** Figures 3 and 16: bars of the mean rmse per layer, with its spread, of curve figures already run. */
import type * as E from 'fp-ts/lib/Either.js'
import { barFigure } from '../report/bar-figure.ts'
import type { Chart } from '../report/chart.ts'
import type { MalformedChart } from '../report/malformed.ts'
import { figures, tableOf } from '../report/table.ts'
import type { Summary } from './figures.ts'
import { agreementOf, quantitiesOf } from './figure-report.ts'
import type { BarsRecord, EstimateRecord, Measured, RunRecord } from './record.ts'

type Bars = BarsRecord['panels'][number]['groups'][number]['bars']

const nudgeOf = ({ name }: RunRecord): string => (name === 'inner nudge' ? 'inner nudge' : 'paper\'s nudge')

/** One-sided estimates only: β and β/10 show whether the gap falls with β. */
const oneSided = (run: RunRecord): readonly EstimateRecord[] => run.estimates.filter(({ estimate }) => estimate === 'one-sided')

const barsOf = ({ runs }: Measured, quantity: string): Bars => runs.flatMap((run) => oneSided(run).map((estimate, i) => {
  const { rmse, spread } = agreementOf(estimate, quantity)
  return { series: `${nudgeOf(run)}, ${i === 0 ? 'β' : 'β/10'}`, value: rmse, spread }
}))

const panelOf = (measured: Measured): BarsRecord['panels'][number] => {
  const { figure, hyperparameters: { sizes, beta }, runs } = measured
  const kind = runs[0]?.name.startsWith('energy-based') ? 'energy-based' : 'prototypical'
  const quantities = quantitiesOf(runs[0] as RunRecord).filter((quantity) => !quantity.startsWith('b'))
  return {
    title: `${kind} ${sizes.join('-')} (figure ${figure}, β = ${beta})`,
    groups: quantities.map((name) => ({ name, bars: barsOf(measured, name) })),
  }
}

/** The bars of a summary, from the records of the figures that it is of. */
export const summaryOf = ({ number, title, cites, of }: Summary, version: string, records: readonly Measured[]): BarsRecord => ({
  format: 'phifold-bars-1', figure: number, title, cites: `Ernoult et al. 2019, ${cites}`, version, of,
  panels: records.map(panelOf),
})

/** The table for people; no final newline. */
export const summaryText = ({ cites, title, panels }: BarsRecord): string => [
  `${cites}. ${title}`,
  ...panels.flatMap(({ title: name, groups }) => {
    const series = [...new Set(groups.flatMap(({ bars }) => bars.map((bar) => bar.series)))]
    const rows = groups.map((group) => [group.name, ...series.map((each) => {
      const bar = group.bars.find((candidate) => candidate.series === each)
      return bar === undefined ? '' : `${figures(bar.value, 2)} ± ${figures(bar.spread, 2)}`
    })])
    return ['', name, tableOf(['', ...series], rows, { align: ['left', ...series.map(() => 'right' as const)] })]
  }),
  '',
  'Mean ± standard deviation over a layer\'s entries of the relative rmse between one-sided EP and −BPTT, over time.',
].join('\n')

/** One row per bar. */
export const summaryRows = ({ panels }: BarsRecord): readonly (readonly (string | number)[])[] =>
  panels.flatMap(({ title, groups }) => groups.flatMap(({ name, bars }) =>
    bars.map(({ series, value, spread }) => [title, name, series, value, spread])))

/** The bars as a chart. */
export const summaryChart = ({ title, cites, panels }: BarsRecord): E.Either<MalformedChart, Chart> => barFigure({
  title: `${title} (${cites})`,
  subtitle: 'One-sided EP at the figure\'s β and at a tenth of it: where the theorem holds, the gap falls with β.',
  yTitle: 'mean relative rmse',
  scale: 'log',
  whiskersMean: 'whiskers: ± standard deviation over a layer\'s entries',
  series: [...new Set(panels.flatMap(({ groups }) => groups.flatMap(({ bars }) => bars.map(({ series }) => series))))].map((name) => ({ name })),
  panels,
  columns: Math.min(panels.length, 3),
})
