/**
 * Tables for people: aligned plain text for a terminal, and Markdown. Widths count Unicode code points, which is right for
 * Latin, Greek and mathematical signs, and too little for characters of double width.
 */

export type Align = 'left' | 'right'

export interface TableOptions {
  /** One per column; columns without one are set left. */
  readonly align?: ReadonlyArray<Align>
}

type Row = ReadonlyArray<string>

/**
 * x to `digits` significant digits (1 to 15): plain from 0.01 up to 10^digits, in powers of ten elsewhere.
 * figures(0.0013689, 3) is '1.37e-3', figures(12.3456, 3) is '12.3', figures(0, 3) is '0'; NaN and infinities are named.
 */
export const figures = (x: number, digits: number): string => {
  if (x === 0 || !Number.isFinite(x)) return String(x)
  // Round first: 0.00999 to 2 digits is 1.0e-2, and its exponent is that of the rounded number.
  const rounded = x.toExponential(digits - 1)
  const exponent = Number(rounded.slice(rounded.indexOf('e') + 1))
  return exponent >= -2 && exponent < digits ? Number(rounded).toFixed(digits - 1 - exponent) : rounded.replace('e+', 'e')
}

const width = (text: string): number => Array.from(text).length

const checked = (header: Row, rows: ReadonlyArray<Row>): void => {
  const ragged = rows.findIndex((row) => row.length !== header.length)
  if (ragged >= 0) {
    throw new RangeError(`table: row ${ragged}: expected ${header.length} cells, got ${rows[ragged]?.length}; ` +
      'give one cell per column')
  }
}

const padded = (rows: ReadonlyArray<Row>, widths: ReadonlyArray<number>, align: ReadonlyArray<Align>): ReadonlyArray<Row> =>
  rows.map((row) => row.map((cell, c) => {
    const room = ' '.repeat(Math.max(0, (widths[c] ?? 0) - width(cell)))
    return align[c] === 'right' ? room + cell : cell + room
  }))

const widthsOf = (rows: ReadonlyArray<Row>, least: number): ReadonlyArray<number> =>
  (rows[0] ?? []).map((_, c) => rows.reduce((most, row) => Math.max(most, width(row[c] ?? '')), least))

/** Aligned text: header, a rule, rows; two spaces between columns, no trailing spaces, no final newline. */
export const tableOf = (header: Row, rows: ReadonlyArray<Row>, { align = [] }: TableOptions = {}): string => {
  checked(header, rows)
  const widths = widthsOf([header, ...rows], 1)
  const [head = [], ...body] = padded([header, ...rows], widths, align)
  return [head, widths.map((w) => '─'.repeat(w)), ...body].map((row) => row.join('  ').trimEnd()).join('\n')
}

/** The same table in GitHub's Markdown: bars and backslashes escaped, line breaks as <br>. */
export const markdownTableOf = (header: Row, rows: ReadonlyArray<Row>, { align = [] }: TableOptions = {}): string => {
  checked(header, rows)
  const escaped = [header, ...rows].map((row) =>
    row.map((cell) => cell.replace(/[\\|]/g, '\\$&').replace(/\r?\n/g, '<br>')))
  const widths = widthsOf(escaped, 3)
  const [head = [], ...body] = padded(escaped, widths, align)
  const rule = widths.map((w, c) => (align[c] === 'right' ? `${'-'.repeat(w - 1)}:` : '-'.repeat(w)))
  return [head, rule, ...body].map((row) => `| ${row.join(' | ')} |`).join('\n')
}
