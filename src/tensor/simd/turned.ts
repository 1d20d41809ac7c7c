/** Matrices that lie column by column: as their transpose does row by row. */
import type { Cells } from './kinds.ts'

/** Side of the squares that are turned at a time, so that what is read and what is written both stay near. */
const SIDE = 16

/** The entries of a matrix (rows, columns) in the order of its transpose, into `out`. */
export const transposeInto = <C extends Cells>(x: C, rows: number, columns: number, out: C): C => {
  for (let r = 0; r < rows; r += SIDE)
    for (let c = 0; c < columns; c += SIDE) {
      const [lastRow, lastColumn] = [Math.min(rows, r + SIDE), Math.min(columns, c + SIDE)]
      for (let i = r; i < lastRow; i++)
        for (let j = c; j < lastColumn; j++) out[j * rows + i] = x[i * columns + j] as number
    }
  return out
}
