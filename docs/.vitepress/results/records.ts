/**
 * What a result record shows on the page of results. Records of figures have layouts of their own (figures.ts); every other record is laid out by
 * its shape alone, so that a new kind needs nothing here: single values are facts in groups, rows of values tables, rows within rows tables of their own.
 */
import { barTables, isBars, isFigure, runTable, sizesOf } from './figures.ts'
import { type Fields, isFields, isRows, type ShownTable, valueText, words } from './shape.ts'

/** Facts about one thing; the name is '' for those about the record itself. */
export interface Facts {
  readonly name: string
  readonly facts: readonly (readonly [name: string, value: string])[]
}

export interface Shown {
  /** The record's file without its ending. */
  readonly stem: string
  readonly title: string
  /** What tells it from others of the same title; '' for nothing. */
  readonly about: string
  readonly tables: readonly ShownTable[]
  readonly groups: readonly Facts[]
}

// ── By shape ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Fields that hold fields are opened: machine.cpu is "machine cpu". Rows are left out. */
const opened = (fields: Fields, before = ''): readonly (readonly [string, unknown])[] =>
  Object.entries(fields).flatMap(([name, value]): readonly (readonly [string, unknown])[] =>
    isFields(value) ? opened(value, `${before}${words(name)} `) : isRows(value) ? [] : [[`${before}${words(name)}`, value]])

/** Rows anywhere in these fields, under the names that lead to them. */
const rowsIn = (fields: Fields, before: string): readonly (readonly [caption: string, rows: readonly Fields[]])[] =>
  Object.entries(fields).flatMap(([name, value]): readonly (readonly [string, readonly Fields[]])[] => {
    const caption = [before, words(name)].filter((text) => text !== '').join(', ')
    return isRows(value) ? [[caption, value]] : isFields(value) ? rowsIn(value, caption) : []
  })

/** What a row is called by: its first text, else its place. */
const called = (row: Fields, place: number): string => Object.values(row).find((value) => typeof value === 'string') ?? String(place + 1)

/** A table of the rows, then one for each of the rows within them. */
const tablesOf = (caption: string, rows: readonly Fields[]): readonly ShownTable[] => {
  const cells = rows.map((row) => new Map(opened(row)))
  const header = [...new Set(cells.flatMap((row) => [...row.keys()]))]
  const inner = rows.flatMap((row, i) => rowsIn(row, `${caption}, ${called(row, i)}`).flatMap(([name, within]) => tablesOf(name, within)))
  return [...(header.length === 0 ? [] : [{ caption, note: '', header, rows: cells.map((row) => header.map((name) => valueText(row.get(name)))) }]), ...inner]
}

// ── Records ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Left out of the facts: what the title says. */
const told = new Set(['format', 'title', 'figure'])

const titled = (stem: string, { figure, title }: Fields): string =>
  typeof title === 'string' ? (typeof figure === 'number' ? `Figure ${figure}: ${title}` : title) : words(stem.replaceAll(/[-_/]+/g, ' ')).replace(/^./, (first) => first.toUpperCase())

/** The record's own values, then each of its fields that holds fields. */
const groupsOf = (fields: Fields): readonly Facts[] => [
  ['', Object.fromEntries(Object.entries(fields).filter(([, value]) => !isFields(value)))] as const,
  ...Object.entries(fields).flatMap(([name, value]) => (isFields(value) ? [[words(name), value] as const] : [])),
].map(([name, inner]) => ({ name, facts: opened(inner).map(([fact, value]) => [fact, valueText(value)] as const) })).filter(({ facts }) => facts.length > 0)

/** What a record's file shows; undefined where it holds no record. */
export const shownOf = (stem: string, file: unknown): Shown | undefined => {
  const record = isRows(file) ? { rows: file } : file
  if (!isFields(record)) return undefined
  const rest = Object.fromEntries(Object.entries(record).filter(([name]) => !told.has(name)))
  const named = { stem, title: titled(stem, record), about: sizesOf(record) }
  if (isFigure(record)) {
    const others = Object.fromEntries(Object.entries(rest).filter(([name]) => name !== 'runs'))
    return { ...named, tables: [...record.runs.map(runTable), ...rowsIn(others, '').flatMap(([caption, rows]) => tablesOf(caption, rows))], groups: groupsOf(others) }
  }
  if (isBars(record)) return { ...named, tables: barTables(record), groups: groupsOf(rest) }
  return { ...named, tables: rowsIn(rest, '').flatMap(([caption, rows]) => tablesOf(caption, rows)), groups: groupsOf(rest) }
}

const byName = new Intl.Collator('en', { numeric: true })
/** Figures first, by number; then tables; then the rest, by name. */
const rank = (stem: string): number => (/^figure-/.test(stem) ? 0 : /^table-/.test(stem) ? 1 : 2)
export const inOrder = <R extends { readonly stem: string }>(records: readonly R[]): readonly R[] =>
  [...records].sort((a, b) => rank(a.stem) - rank(b.stem) || byName.compare(a.stem, b.stem))
