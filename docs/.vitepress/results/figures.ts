/** Records of figures: a table for each run, relative rmse by quantity and estimate; one for each panel of bars; and a summary of all runs. */
import { sentence, shown } from '../playground/model/markup.ts'
import { type Fields, type ShownTable, valueText } from './shape.ts'

interface Estimate {
  readonly estimate: string
  readonly beta: number
  readonly agreements: Readonly<Record<string, { readonly rmse: number }>>
}
interface Run {
  readonly name: string
  readonly note?: string
  readonly settled?: { readonly steps: number; readonly residual: number }
  readonly estimates: readonly Estimate[]
}
interface Figure {
  readonly runs: readonly Run[]
  readonly figure?: number | string
  readonly network?: string
  readonly hyperparameters?: { readonly beta?: number; readonly sizes?: readonly number[] }
}
interface Bars {
  readonly panels: readonly {
    readonly title: string
    readonly groups: readonly { readonly name: string; readonly bars: readonly { readonly series: string; readonly value: number; readonly spread: number }[] }[]
  }[]
}

/** What writes these formats is checked by the library's own schema. */
export const isFigure = (record: Fields): record is Fields & Figure => record['format'] === 'phifold-figure-1'
export const isBars = (record: Fields): record is Fields & Bars => record['format'] === 'phifold-bars-1'

/** Two figures are what one looks for. */
const rmseText = (value: number | undefined): string => (value === undefined ? '–' : shown(value, 2))

const estimateName = ({ estimate, beta }: Estimate): string => {
  switch (estimate) {
    case 'limit': return 'limit, β → 0'
    case 'centered': return `centered, ±${valueText(beta)}`
    default: return `${estimate}, β = ${valueText(beta)}`
  }
}

export const runTable = ({ name, note = '', settled, estimates }: Run): ShownTable => ({
  caption: `${name}: relative rmse of EP against −BPTT, mean over the entries`,
  note: [note, ...(settled === undefined ? [] : [`after ${settled.steps} steps of the free phase the state moves by ${rmseText(settled.residual)} a step`])].filter((text) => text !== '').map(sentence).join('. '),
  header: ['quantity', ...estimates.map(estimateName)],
  rows: Object.keys(estimates[0]?.agreements ?? {}).map((quantity) => [quantity, ...estimates.map(({ agreements }) => rmseText(agreements[quantity]?.rmse))]),
})

/** The number and, as ±, its spread over a layer's entries. */
export const barTables = ({ panels }: Bars): readonly ShownTable[] => panels.map(({ title, groups }) => {
  const series = [...new Set(groups.flatMap(({ bars }) => bars.map((bar) => bar.series)))]
  return {
    caption: `${title}: mean relative rmse ± standard deviation over a layer’s entries`, note: '',
    header: ['quantity', ...series],
    rows: groups.map(({ name, bars }) => [name, ...series.map((each) => {
      const bar = bars.find((one) => one.series === each)
      return bar === undefined ? '–' : `${rmseText(bar.value)} ± ${rmseText(bar.spread)}`
    })]),
  }
})

/** By the figure's own β, of which others are parts: "β", "β/10", "±β", "β → 0". */
const share = ({ estimate, beta }: Estimate, whole: number | undefined): string => {
  const part = whole === undefined || beta === whole ? 'β' : `β/${valueText(Math.round(whole / beta))}`
  return estimate === 'limit' ? 'β → 0' : estimate === 'centered' ? `±${part}` : estimate === 'one-sided' ? part : `${estimate}, ${part}`
}

const largest = ({ agreements }: Estimate): number => Math.max(...Object.values(agreements).map(({ rmse }) => rmse))

/** "784-512-10", or ''. */
export const sizesOf = (record: Fields): string => (isFigure(record) ? (record.hyperparameters?.sizes ?? []).join('-') : '')

/** Every run of every figure in one table: the largest of its relative rmse. */
export const summaryOf = (records: readonly Fields[]): ShownTable => {
  const figures = records.filter(isFigure)
  const columns = [...new Set(figures.flatMap(({ runs, hyperparameters }) => runs.flatMap(({ estimates }) => estimates.map((each) => share(each, hyperparameters?.beta)))))]
  return {
    caption: 'How far EP’s updates are from −BPTT’s gradients: the largest relative rmse of any layer’s neurons or parameters',
    note: 'EP nudged by β, by a tenth of it, by β and −β (centered), and in the limit β → 0',
    header: ['figure', 'setting', ...columns.map((column) => `rmse, ${column}`), 'β =', 'network'],
    rows: figures.flatMap((record) => record.runs.map(({ name, estimates }) => {
      const { figure, hyperparameters } = record
      const rmse = columns.map((column) => rmseText(estimates.filter((each) => share(each, hyperparameters?.beta) === column).map(largest)[0]))
      return [valueText(figure), name, ...rmse, valueText(hyperparameters?.beta), sizesOf(record)]
    })),
  }
}
