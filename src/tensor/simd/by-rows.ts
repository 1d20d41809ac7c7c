/**
 * a b and a bᵀ in blocks of rows of a and of the result. The right factors are mostly weights: the same array again at every time step. So they are
 * kept in panels; for left factors that are mostly zeros, a b needs none, and b is kept as it is.
 */
import { type Arena, ROWS, SPARE, WIDTH } from './arena.ts'
import type { Kept, Layout } from './kept.ts'
import type { Cells, Kind } from './kinds.ts'
import type { Grid } from './positions.ts'
import { type Right, upTo } from './rights.ts'
import type { Reader, WorkArea } from './work-area.ts'

/** A left factor whose entries lie in an array where a grid says. */
export interface Patches<C> {
  readonly source: C
  readonly grid: Grid
}

/** Shown a result's entries `from` to `to`; they lie in `cells` from `at` on until it returns. */
export type Visit<C> = (cells: C, at: number, from: number, to: number) => void

/** A product (m, n) of k terms in blocks of its rows, which are shown in order. */
export interface ByRows<C> {
  readonly each: (a: Reader | Patches<C>, b: C, m: number, k: number, n: number, visit: Visit<C>) => void
  /** So many zeros, plus the entries of the product, in order, where a grid says. */
  readonly scattered: (a: Reader | Patches<C>, b: C, m: number, k: number, n: number, grid: Grid, count: number) => C
  /** Of a left factor that lies at an address, all of it to another; neither in the work area. */
  readonly inPlace: (source: number, b: C, m: number, k: number, n: number, out: number) => void
}

/** Up to so many panels of the right factor, the left one is not packed: it would cost more than it spares. */
const THIN = 2

/** The two orientations on one machine. */
export const byRowsOn = <C extends Cells>(kind: Kind<C>, arena: Arena<C>, area: WorkArea<C>, rights: Readonly<Record<Layout, Right<C>>>): ((orientation: 'NN' | 'NT') => ByRows<C>) => {
  const { bytes } = kind
  const { machine, heap } = arena
  const { SOURCE, capacity, rowsOfBlock, put, panels, copied, isFew, allFinite, sizeOf, putGrid, reserve, find, keep } = area
  const columns = WIDTH / bytes

  /** Where b lies in a layout, put there if need be: if it is larger than what may be kept, to `end`. */
  const rightsFor = (b: C, k: number, n: number, room: number, end: number): ((layout: Layout) => Kept) => {
    let unkept: { readonly layout: Layout; readonly right: Kept } | undefined
    return (layout) => {
      const before = unkept?.layout === layout ? unkept.right : find(layout, b)
      if (before !== undefined) return before
      const size = rights[layout].size(k, n)
      const kept = keep(layout, b, size)
      const right = kept ?? { at: end, size, finite: undefined }
      rights[layout].put(b, k, n, right.at, room)
      if (kept === undefined) unkept = { layout, right }
      return right
    }
  }
  /** b for a left factor of which so many entries lie at an address, if few of them are not zero, and nothing is lost with the others. */
  const forFew = (
    orientation: 'NN' | 'NT', rightIn: (layout: Layout) => Kept, b: C, source: number, count: number, k: number, n: number,
  ): { readonly at: number; readonly plain: boolean } | undefined => {
    if (!isFew(source, count)) return undefined
    const plain = orientation === 'NN' && find('NN', b) === undefined
    const right = rightIn(plain ? 'plain' : orientation)
    right.finite ??= allFinite(right.at, plain ? k * n * bytes : right.size)
    return right.finite ? { at: right.at, plain } : undefined
  }
  /** Rows of a, which lie at `source`, times b, to `out`; `left` and `lists` are room for the rows in panels and for what is not zero in them. */
  const multiplied = (
    orientation: 'NN' | 'NT', rightIn: (layout: Layout) => Kept, b: C, source: number, rows: number, k: number, n: number, out: number, left: number, lists: number,
  ): void => {
    const few = forFew(orientation, rightIn, b, source, rows * k, k, n)
    const at = few?.at ?? rightIn(orientation).at
    if (few !== undefined) machine.multiplyFew(source, at, few.plain, out, rows, k, n, lists, SPARE)
    else if (n <= THIN * columns) machine.multiplyRows(source, at, out, rows, k, n, SPARE)
    else {
      machine.packRows(source, rows, k, ROWS, left)
      machine.multiply(left, at, out, rows, k, n, false, SPARE)
    }
  }

  return (orientation) => {
    const rowsAtOnce = (m: number, k: number, n: number): number => Math.min(upTo(m, ROWS), rowsOfBlock(Math.max(k, n), ROWS))
    const listsOf = (rows: number, k: number): number => rows * upTo(4 * (k + 1) + k * bytes, 16)
    /** Bytes at `end` for one layout of a right factor that is larger than what may be kept. */
    const unkeptSize = (k: number, n: number): number =>
      Math.max(0, ...[orientation, 'plain' as const].map((layout) => rights[layout].size(k, n)).filter((size) => size > capacity))
    // Blocks of rows: what to do with each, which lies at `out` and is rows `from` to `to`, once there are `more` bytes at `room`.
    const blocks = (
      a: Reader | Patches<C>, b: C, m: number, k: number, n: number, more: number, act: (out: number, from: number, to: number, room: number) => void,
    ): void => {
      if (m * k * n === 0) return
      const read = typeof a === 'function'
      const rows = rowsAtOnce(m, k, n)
      const left = SOURCE + upTo(read ? rows * k * bytes : a.source.length * bytes, 16)
      const out = left + (read ? panels(rows, k) : sizeOf(a.grid))
      const lists = out + upTo(rows * n * bytes, 16)
      const extra = lists + listsOf(rows, k)
      const room = extra + upTo(more, 16)
      const end = room + upTo(rights[orientation].room(k, n), 16)
      reserve(end + unkeptSize(k, n))
      const rightIn = rightsFor(b, k, n, room, end)
      if (read)
        for (let from = 0; from < m; from += rows) {
          const to = Math.min(m, from + rows)
          put(a, k, from, to)
          multiplied(orientation, rightIn, b, SOURCE, to - from, k, n, out, left, lists)
          act(out, from, to, extra)
        }
      else {
        heap().set(a.source, SOURCE / bytes)
        const few = forFew(orientation, rightIn, b, SOURCE, a.source.length, k, n)
        const at = few?.at ?? rightIn(orientation).at
        const [bases, offsets] = putGrid(a.grid, left)
        for (let from = 0; from < m; from += rows) {
          const to = Math.min(m, from + rows)
          if (few !== undefined) machine.multiplyFewAt(SOURCE, bases + 4 * from, offsets, at, few.plain, out, to - from, k, n, lists, SPARE)
          else machine.multiplyAt(SOURCE, bases + 4 * from, offsets, at, out, to - from, k, n, SPARE)
          act(out, from, to, extra)
        }
      }
    }
    return {
      each: (a, b, m, k, n, visit) => {
        blocks(a, b, m, k, n, 0, (out, from, to) => { visit(heap(), out / bytes, from * n, to * n) })
      },
      scattered: (a, b, m, k, n, grid, count) => {
        let result = kind.zeros(count)
        let sums = 0
        const size = sizeOf(grid)
        blocks(a, b, m, k, n, size + count * bytes, (out, from, to, room) => {
          const [bases, offsets] = from === 0 ? putGrid(grid, room) : [room, room + 4 * grid.bases.length]
          sums = room + size
          if (from === 0) heap().fill(0, sums / bytes, sums / bytes + count)
          machine.addAt(out, bases + 4 * from, offsets, to - from, n, sums)
        })
        if (sums > 0) result = copied(sums, count)
        return result
      },
      inPlace: (source, b, m, k, n, out) => {
        if (m * k * n === 0) return
        const rows = rowsAtOnce(m, k, n)
        const lists = SOURCE + panels(rows, k)
        const room = lists + listsOf(rows, k)
        const end = room + upTo(rights[orientation].room(k, n), 16)
        reserve(end + unkeptSize(k, n))
        const rightIn = rightsFor(b, k, n, room, end)
        for (let from = 0; from < m; from += rows)
          multiplied(orientation, rightIn, b, source + from * k * bytes, Math.min(rows, m - from), k, n, out + from * n * bytes, SOURCE, lists)
      },
    }
  }
}
