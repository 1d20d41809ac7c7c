/**
 * What a result record shows on the page of results: single values as a list of facts, rows of values as tables. Records of figures have a table of
 * their own for each run, rmse by quantity and estimate; every other record is laid out by its shape alone, so that a new kind needs nothing here.
 */

export interface ShownTable {
  readonly caption: string
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

export interface Shown {
  /** The record's file without its ending. */
  readonly stem: string
  readonly title: string
  readonly tables: readonly ShownTable[]
  readonly facts: readonly (readonly [name: string, value: string])[]
}

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const isRows = (value: unknown): value is readonly Fields[] => Array.isArray(value) && value.length > 0 && value.every(isFields)

/** testError → test error. */
const words = (name: string): string => name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, ' ').toLowerCase()

/** A single value or a list of them; numbers in four figures, whole ones in full. */
export const valueText = (value: unknown): string => {
  if (value === undefined || value === null) return '–'
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.map(valueText).join(', ')
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Fields that hold fields are opened: machine.cpu is "machine cpu". */
const opened = (fields: Fields, before = ''): readonly (readonly [string, unknown])[] =>
  Object.entries(fields).flatMap(([name, value]): readonly (readonly [string, unknown])[] =>
    isFields(value) ? opened(value, `${before}${words(name)} `) : [[`${before}${words(name)}`, value]])

const tableOf = (caption: string, rows: readonly Fields[]): ShownTable => {
  const cells = rows.map((row) => new Map(opened(row)))
  const header = [...new Set(cells.flatMap((row) => [...row.keys()]))]
  return { caption, header, rows: cells.map((row) => header.map((name) => valueText(row.get(name)))) }
}

interface Estimate {
  readonly estimate: string
  readonly beta: number
  readonly agreements: Readonly<Record<string, { readonly rmse: number }>>
}
interface FigureRun {
  readonly name: string
  readonly estimates: readonly Estimate[]
}

const estimateName = ({ estimate, beta }: Estimate): string => (estimate === 'limit' ? 'limit β → 0' : `${estimate}, β = ${valueText(beta)}`)

const runTable = ({ name, estimates }: FigureRun): ShownTable => ({
  caption: `${name}: mean relative rmse of EP against −BPTT`,
  header: ['quantity', ...estimates.map(estimateName)],
  rows: Object.keys(estimates[0]?.agreements ?? {}).map((quantity) => [quantity, ...estimates.map(({ agreements }) => valueText(agreements[quantity]?.rmse))]),
})

/** Left out of the facts: what the title says. */
const told = new Set(['format', 'title', 'figure'])

const titled = (stem: string, { figure, title }: Fields): string =>
  typeof title === 'string' ? (figure === undefined ? title : `Figure ${valueText(figure)}: ${title}`) : stem

/** What a record's file shows; undefined where it holds no record. */
export const shownOf = (stem: string, record: unknown): Shown | undefined => {
  if (!isFields(record)) return undefined
  const parts = Object.entries(record).filter(([name]) => !told.has(name))
  const figure = record['format'] === 'phifold-figure-1'
  return {
    stem,
    title: titled(stem, record),
    tables: parts.flatMap(([name, value]) => {
      if (!isRows(value)) return []
      return figure && name === 'runs' ? (value as unknown as readonly FigureRun[]).map(runTable) : [tableOf(words(name), value)]
    }),
    facts: opened(Object.fromEntries(parts.filter(([, value]) => !isRows(value)))).map(([name, value]) => [name, valueText(value)]),
  }
}
