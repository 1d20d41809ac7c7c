/**
 * Comma-separated values after RFC 4180: a header line, CRLF after every line, quotes where they are needed.
 *
 * Numbers are written with the shortest text that reads back to the same float64 (ECMAScript Number::toString; −0 as -0).
 * NaN and infinities are refused: no two programs agree on how to spell them, and a result file should not hold them.
 */
import * as E from 'fp-ts/lib/Either.js'

export type Cell = string | number

/** A NaN or an infinity where a result was expected. `row` counts from 0, without the header. */
export interface NonFiniteCell {
  readonly _tag: 'NonFiniteCell'
  readonly row: number
  readonly column: string
  readonly value: number
  readonly message: string
}

const number = (x: number): string => (Object.is(x, -0) ? '-0' : String(x))

/** Quoted where RFC 4180 asks for it, and where readers would trim spaces or take an empty field for a missing one. */
const field = (cell: Cell): string =>
  typeof cell === 'number' ? number(cell)
    : cell === '' || /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"`
      : cell

const line = (cells: ReadonlyArray<Cell>): string => `${cells.map(field).join(',')}\r\n`

/** CSV text of a table. Left: the first cell that is no finite number. Throws where a row has not one cell per column. */
export const csvOf = (
  columns: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<Cell>>,
): E.Either<NonFiniteCell, string> => {
  const ragged = rows.findIndex((row) => row.length !== columns.length)
  if (columns.length === 0) throw new RangeError('csvOf: columns: expected at least 1, got 0; name the columns')
  if (ragged >= 0) {
    throw new RangeError(`csvOf: row ${ragged}: expected ${columns.length} cells, got ${rows[ragged]?.length}; ` +
      'give one cell per column')
  }
  const isBad = (cell: Cell): cell is number => typeof cell === 'number' && !Number.isFinite(cell)
  const row = rows.findIndex((cells) => cells.some(isBad))
  const bad = rows[row]?.findIndex(isBad) ?? -1
  const value = rows[row]?.[bad]
  const column = columns[bad]
  return typeof value === 'number' && column !== undefined
    ? E.left({
      _tag: 'NonFiniteCell', row, column, value,
      message: `csvOf: row ${row}, column "${column}": expected a finite number, got ${value}; ` +
        'find the step that left the finite numbers',
    })
    : E.right(line(columns) + rows.map(line).join(''))
}
