/** What a record of bars says: a chart, a table for people, and rows for a CSV file. */
import type * as E from 'fp-ts/lib/Either.js'
import { barFigure } from '../report/bar-figure.ts'
import type { Chart } from '../report/chart.ts'
import type { MalformedChart } from '../report/malformed.ts'
import { figures, tableOf } from '../report/table.ts'
import type { BarsRecord } from './record.ts'

/** The table for people; no final newline. */
export const barText = ({ cites, title, subtitle, panels }: BarsRecord): string => [
  `${cites}. ${title}`,
  subtitle,
  ...panels.flatMap(({ title: name, groups }) => {
    const series = [...new Set(groups.flatMap(({ bars }) => bars.map((bar) => bar.series)))]
    const rows = groups.map((group) => [group.name, ...series.map((each) => {
      const bar = group.bars.find((candidate) => candidate.series === each)
      return bar === undefined ? '' : `${figures(bar.value, 2)} ± ${figures(bar.spread, 2)}`
    })])
    return ['', name, tableOf(['', ...series], rows, { align: ['left', ...series.map(() => 'right' as const)] })]
  }),
  '',
  'Mean ± standard deviation over a layer\'s entries of the relative rmse between EP and −BPTT, over time.',
].join('\n')

/** One row per bar. */
export const barRows = ({ panels }: BarsRecord): readonly (readonly (string | number)[])[] =>
  panels.flatMap(({ title, groups }) => groups.flatMap(({ name, bars }) =>
    bars.map(({ series, value, spread }) => [title, name, series, value, spread])))

/** The bars as a chart. */
export const barChart = ({ title, subtitle, cites, panels }: BarsRecord): E.Either<MalformedChart, Chart> => barFigure({
  title: `${title} (${cites})`,
  subtitle,
  yTitle: 'mean relative rmse',
  scale: 'log',
  whiskersMean: 'whiskers: ± standard deviation over a layer\'s entries',
  series: [...new Set(panels.flatMap(({ groups }) => groups.flatMap(({ bars }) => bars.map(({ series }) => series))))].map((name) => ({ name })),
  panels,
  columns: Math.min(panels.length, 3),
})
