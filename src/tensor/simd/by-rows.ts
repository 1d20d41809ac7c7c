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
}

/** Up to so many panels of the right factor, the left one is not packed: it would cost more than it spares. */
const THIN = 2

/** The two orientations on one machine. */
export const byRowsOn = <C extends Cells>(kind: Kind<C>, arena: Arena<C>, area: WorkArea<C>, rights: Readonly<Record<Layout, Right<C>>>): ((orientation: 'NN' | 'NT') => ByRows<C>) => {
  const { bytes } = kind
  const { machine, heap } = arena
  const { SOURCE, capacity, rowsOfBlock, put, panels, copied, isFew, allFinite, sizeOf, putGrid, reserve, find, keep } = area
  const columns = WIDTH / bytes

  return (orientation) => {
    // Blocks of rows: what to do with each, which lies at `out` and is rows `from` to `to`, once there are `more` bytes at `room`.
    const blocks = (
      a: Reader | Patches<C>, b: C, m: number, k: number, n: number, more: number, act: (out: number, from: number, to: number, room: number) => void,
    ): void => {
      if (m * k * n === 0) return
      const read = typeof a === 'function'
      const rows = Math.min(upTo(m, ROWS), rowsOfBlock(Math.max(k, n), ROWS))
      const left = SOURCE + upTo(read ? rows * k * bytes : a.source.length * bytes, 16)
      const out = left + (read ? panels(rows, k) : sizeOf(a.grid))
      const lists = out + upTo(rows * n * bytes, 16)
      const extra = lists + rows * upTo(4 * (k + 1) + k * bytes, 16)
      const room = extra + upTo(more, 16)
      const end = room + upTo(rights[orientation].room(k, n), 16)
      // Of a right factor that is larger than what may be kept one layout lies at `end`.
      reserve(end + Math.max(0, ...[orientation, 'plain' as const].map((layout) => rights[layout].size(k, n)).filter((size) => size > capacity)))
      let unkept: { readonly layout: Layout; readonly right: Kept } | undefined
      const rightIn = (layout: Layout): Kept => {
        const before = unkept?.layout === layout ? unkept.right : find(layout, b)
        if (before !== undefined) return before
        const size = rights[layout].size(k, n)
        const kept = keep(layout, b, size)
        const right = kept ?? { at: end, size, finite: undefined }
        rights[layout].put(b, k, n, right.at, room)
        if (kept === undefined) unkept = { layout, right }
        return right
      }
      /** b for a left factor of which so many entries lie at SOURCE, if few of them are not zero, and nothing is lost with the others. */
      const forFew = (count: number): { readonly at: number; readonly plain: boolean } | undefined => {
        if (!isFew(count)) return undefined
        const plain = orientation === 'NN' && find('NN', b) === undefined
        const right = rightIn(plain ? 'plain' : orientation)
        right.finite ??= allFinite(right.at, plain ? k * n * bytes : right.size)
        return right.finite ? { at: right.at, plain } : undefined
      }
      if (read)
        for (let from = 0; from < m; from += rows) {
          const to = Math.min(m, from + rows)
          put(a, k, from, to)
          const few = forFew((to - from) * k)
          const at = few?.at ?? rightIn(orientation).at
          if (few !== undefined) machine.multiplyFew(SOURCE, at, few.plain, out, to - from, k, n, lists, SPARE)
          else if (n <= THIN * columns) machine.multiplyRows(SOURCE, at, out, to - from, k, n, SPARE)
          else {
            machine.packRows(SOURCE, to - from, k, ROWS, left)
            machine.multiply(left, at, out, to - from, k, n, false, SPARE)
          }
          act(out, from, to, extra)
        }
      else {
        heap().set(a.source, SOURCE / bytes)
        const few = forFew(a.source.length)
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
    }
  }
}
