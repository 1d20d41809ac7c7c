/**
 * Lists of positions, checked once and then followed without checks. A list is taken in, a copy of its own, the first time that it is met, and known
 * from then on by its array: nobody writes to positions (algebra.ts), as nobody writes to tensors.
 */
import { noPosition, type Positions, type Shape } from '../algebra.ts'
import type { Cells } from './kinds.ts'

/** A list that is a table of sums: the cth position of row r is bases[r] + offsets[c]. So lie the patches of a convolution without padding. */
export interface Grid {
  readonly bases: Int32Array
  readonly offsets: Int32Array
}

/** Whole numbers from −1 up to `top`, and, once somebody asked, as a grid with so many columns if they are one. */
interface Known {
  readonly at: Int32Array
  readonly top: number
  grid: { readonly columns: number; readonly found: Grid | undefined } | undefined
}

const known = new WeakMap<Positions['at'], Known>()

const takenIn = (where: string, at: Positions['at'], count: number, shape: Shape): Known => {
  const copy = new Int32Array(at)
  let top = -1
  for (let i = 0; i < copy.length; i++) {
    const k = copy[i] as number
    if (k !== at[i] || k < -1) throw noPosition(where, at[i] as number, shape)
    if (k >= count) throw noPosition(where, k, shape)
    if (k > top) top = k
  }
  return { at: copy, top, grid: undefined }
}

const lookedAt = (at: Int32Array, columns: number): Grid | undefined => {
  const bases = new Int32Array(at.length / columns)
  const offsets = new Int32Array(columns)
  const first = at[0] as number
  for (let r = 0; r < bases.length; r++) bases[r] = at[r * columns] as number
  for (let c = 0; c < columns; c++) offsets[c] = (at[c] as number) - first
  for (let r = 0, i = 0; r < bases.length; r++)
    for (let c = 0; c < columns; c++, i++) {
      const k = at[i] as number
      if (k < 0 || k !== (bases[r] as number) + (offsets[c] as number)) return undefined
    }
  return { bases, offsets }
}

/** The grid with so many columns that a list is which `positionsBelow` has let through; undefined if it is none, or has no entries. */
export const gridOf = (list: Positions['at'], columns: number): Grid | undefined => {
  const found = known.get(list)
  if (found === undefined || columns === 0 || found.at.length === 0) return undefined
  if (found.grid?.columns !== columns) found.grid = { columns, found: lookedAt(found.at, columns) }
  return found.grid.found
}

/** The list as whole numbers from −1 to below `count`, the entries of `shape`. Throws the RangeError of the first that is none. */
export const positionsBelow = (where: string, { at }: Positions, count: number, shape: Shape): Int32Array => {
  const before = known.get(at)
  if (before !== undefined && before.top < count) return before.at
  const now = takenIn(where, at, count, shape)
  known.set(at, now)
  return now.at
}

/** Takes in a list that nobody else has, of positions in a list that has been let through. */
export const takenFrom = (list: Positions['at'], at: Int32Array): Int32Array => {
  known.set(at, { at, top: known.get(list)?.top ?? -1, grid: undefined })
  return at
}

/** Entries at the positions `from` to `to`, 0 at −1, into `out` from there on. */
export const gatherInto = (source: Cells, positions: Int32Array, from: number, to: number, out: Cells, there: number): void => {
  for (let i = from, o = there; i < to; i++, o++) {
    const k = positions[i] as number
    out[o] = k < 0 ? 0 : source[k] as number
  }
}

/** Adds entries, which lie from `there` on, at the positions `from` to `to`. */
export const scatterInto = (source: Cells, there: number, positions: Int32Array, from: number, to: number, out: Cells): void => {
  for (let i = from, o = there; i < to; i++, o++) {
    const k = positions[i] as number
    if (k >= 0) out[k] = (out[k] as number) + (source[o] as number)
  }
}
