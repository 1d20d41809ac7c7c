/**
 * The three products of matrices on one machine: entries from the JavaScript heap in, fresh arrays out.
 *
 * Memory of the machine, above what arena.ts says:
 *
 *     source, panels of a, result and what is made of it, panels of b that are not kept | panels of b that are kept
 *     <----------------------- work: as much as was ever needed -----------------------> <-- `keep` bytes at most -->
 *
 * The right factors of a b and a bᵀ are mostly weights: the same array again at every time step. So their panels are kept, by array and
 * orientation. Arrays are never written to, so panels never go stale; where there is no more room all are forgotten. The right factor of
 * aᵀ b is a state, new at every step, and not kept.
 */
import { type Arena, ROWS, SLOTS, SPARE, SPREAD, WIDTH } from './arena.ts'
import type { Cells, Kind } from './kinds.ts'
import type { Grid } from './positions.ts'

/** Puts a factor's row-major entries `from` to `to` into the memory of the machine, from address `at` on. */
export type Reader = (from: number, to: number, at: number) => void

/** A left factor whose entries lie in an array where a grid says. */
export interface Patches<C> {
  readonly source: C
  readonly grid: Grid
}

/** Shown a result's entries `from` to `to`; they lie in `cells` from `at` on until it returns. */
export type Visit<C> = (cells: C, at: number, from: number, to: number) => void

/** A product in blocks of its rows, which are shown in order. Sizes as Products says. */
export interface ByRows<C> {
  readonly each: (a: Reader | Patches<C>, b: C, m: number, k: number, n: number, visit: Visit<C>) => void
  /** So many zeros, plus the entries of the product, in order, where a grid says. */
  readonly scattered: (a: Reader | Patches<C>, b: C, m: number, k: number, n: number, grid: Grid, count: number) => C
}

export interface Products<C> {
  /** a b: (m, k) (k, n). */
  readonly NN: ByRows<C>
  /** a bᵀ: (m, k) (n, k). */
  readonly NT: ByRows<C>
  /** aᵀ b: (k, m) (k, n). */
  readonly TN: (a: Reader, b: Reader, m: number, k: number, n: number, visit: Visit<C>) => void
  /** Σ aᵀ b over pairs of such factors. */
  readonly sumTN: (as: readonly Reader[], bs: readonly Reader[], m: number, k: number, n: number, visit: Visit<C>) => void
}

/** Work area to begin with. */
const FIRST = 65536
/** Blocks of terms of aᵀ b are so much larger than other blocks: after each the whole result is loaded again. */
const MORE = 4

/** Up to so many panels of the right factor, entries of the left one are spread as they are met: to do it before would cost more. */
const THIN = 2

/** A left factor of which at most this share is not zero is multiplied entry by entry: there the work per entry is by so much larger. */
const FEW = 0.45

/** Panels of a right factor that are kept: where, and whether all of it is finite, once somebody has asked. */
interface Kept {
  readonly at: number
  finite: boolean | undefined
}

/** How much memory to use; results do not depend on it. */
export interface SimdOptions {
  /** Bytes for right factors of products that are kept ready, by default 64 MiB. */
  readonly keep?: number
  /**
   * Bytes of the blocks in which factors are packed, by default 128 KiB: what the caches next to a processor hold. Element-wise operations
   * that waited are carried out in blocks of a sixteenth of it.
   */
  readonly block?: number
  /** From so many entries on, by default 4096, results wait until they are needed; see deferred.ts. */
  readonly defer?: number
}

const upTo = (count: number, multiple: number): number => Math.ceil(count / multiple) * multiple

/** Products on a machine that nobody else multiplies on. */
export const productsOn = <C extends Cells>(kind: Kind<C>, { machine, heap, putWhole, extend, slot }: Arena<C>, { keep: capacity = 2 ** 26, block = 2 ** 17 }: SimdOptions): Products<C> => {
  const { bytes } = kind
  const SOURCE = slot(SLOTS)
  const columns = WIDTH / bytes
  /** How many rows of that length make a block: a positive multiple of `lanes`. */
  const rowsOfBlock = (length: number, lanes: number): number => Math.max(lanes, Math.floor(block / (length * bytes) / lanes) * lanes)
  let work = 0
  let used = 0
  let panels = { NN: new WeakMap<C, Kept>(), NT: new WeakMap<C, Kept>() }

  const forget = (): void => {
    used = 0
    panels = { NN: new WeakMap(), NT: new WeakMap() }
  }
  // Panels that are kept lie above the work area, so they are forgotten where it grows; doubling makes that rare.
  const reserve = (end: number): void => {
    if (end <= work) return
    work = 2 ** Math.ceil(Math.log2(Math.max(end, FIRST)))
    forget()
    extend(work)
  }
  /** Where `size` more bytes may be kept. */
  const keep = (size: number): number => {
    if (used + size > capacity) forget()
    const at = work + used
    used += size
    extend(work + used)
    return at
  }

  // Rows `from` to `to` of a matrix with rows of that length, by way of `source` into panels: of a left factor, whose rows are its columns; of a
  // right one, whose columns are its rows or its columns.
  const put = (matrix: Reader, length: number, from: number, to: number): void => {
    matrix(from * length, to * length, SOURCE)
  }
  const spreadColumns = (matrix: Reader, length: number, from: number, to: number, at: number, k: number): void => {
    put(matrix, length, from, to)
    machine.spreadColumns(SOURCE, to - from, length, at, k)
  }
  const packRows = (matrix: Reader, length: number, from: number, to: number, at: number): void => {
    put(matrix, length, from, to)
    machine.packRows(SOURCE, to - from, length, columns, at)
  }
  const packColumns = (matrix: Reader, length: number, from: number, to: number, at: number, k: number): void => {
    put(matrix, length, from, to)
    machine.packColumns(SOURCE, to - from, length, columns, at, k)
  }
  /** Bytes of the panels of a left factor. */
  const spread = (rows: number, k: number): number => upTo(rows, ROWS) * k * SPREAD
  const copied = (at: number, count: number): C => heap().slice(at / bytes, at / bytes + count) as C

  /** The right factor, in blocks of its rows: room for a block, and all of its panels from `at` on. */
  const rights = {
    NN: {
      room: (k: number, n: number) => Math.min(k, rowsOfBlock(n, 1)) * n * bytes,
      pack: (b: Reader, k: number, n: number, at: number) => {
        const step = rowsOfBlock(n, 1)
        for (let j = 0; j < k; j += step) packColumns(b, n, j, Math.min(k, j + step), at + j * WIDTH, k)
      },
    },
    NT: {
      room: (k: number, n: number) => Math.min(n, rowsOfBlock(k, columns)) * k * bytes,
      pack: (b: Reader, k: number, n: number, at: number) => {
        const step = rowsOfBlock(k, columns)
        for (let c = 0; c < n; c += step) packRows(b, k, c, Math.min(n, c + step), at + c * k * bytes)
      },
    },
  }

  const sizeOf = ({ bases, offsets }: Grid): number => upTo(4 * (bases.length + offsets.length), 16)
  /** Where its two parts are from then on. */
  const putGrid = ({ bases, offsets }: Grid, at: number): readonly [bases: number, offsets: number] => {
    putWhole(bases, bytes, at)
    putWhole(offsets, bytes, at + 4 * bases.length)
    return [at, at + 4 * bases.length]
  }

  // In blocks of rows of a and of the result: what to do with each, which lies at `out` and is rows `from` to `to`, once there are `more` bytes at `room`.
  const byRows = (orientation: 'NN' | 'NT'): ByRows<C> => {
    const blocks = (
      a: Reader | Patches<C>, b: C, m: number, k: number, n: number, more: number, act: (out: number, from: number, to: number, room: number) => void,
    ): void => {
      if (m * k * n === 0) return
      const { room, pack } = rights[orientation]
      const read = typeof a === 'function'
      const rows = Math.min(upTo(m, ROWS), rowsOfBlock(Math.max(k, n), ROWS))
      const size = upTo(n, columns) * k * bytes
      const left = SOURCE + upTo(Math.max(read ? rows * k * bytes : a.source.length * bytes, room(k, n)), 16)
      const out = left + (read ? spread(rows, k) : sizeOf(a.grid))
      const list = out + upTo(rows * n * bytes, 16)
      const extra = list + rows * upTo(4 * (k + 1) + k * bytes, 16)
      const end = extra + upTo(more, 16)
      const kept = size <= capacity
      reserve(kept ? end : end + size)
      let right = panels[orientation].get(b)
      if (right === undefined) {
        right = { at: kept ? keep(size) : end, finite: undefined }
        pack((from, to, there) => { heap().set(b.subarray(from, to), there / bytes) }, k, n, right.at)
        if (kept) panels[orientation].set(b, right)
      }
      const { at } = right
      /** Whether so many entries at SOURCE are few enough, and nothing is lost with the others. */
      const few = (count: number): boolean => machine.nonzeros(SOURCE, count, FEW * count) <= FEW * count && (right.finite ??= machine.finite(at, size) !== 0)
      const [bases, offsets] = read ? [0, 0] : putGrid(a.grid, left)
      if (!read) heap().set(a.source, SOURCE / bytes)
      const fewAt = !read && few(a.source.length)
      for (let from = 0; from < m; from += rows) {
        const to = Math.min(m, from + rows)
        if (read) {
          put(a, k, from, to)
          if (few((to - from) * k)) machine.multiplyFew(SOURCE, at, out, to - from, k, n, list, SPARE)
          else if (n <= THIN * columns) machine.multiplyRows(SOURCE, at, out, to - from, k, n, SPARE)
          else {
            machine.spreadRows(SOURCE, to - from, k, left)
            machine.multiply(left, at, out, to - from, k, n, false, SPARE)
          }
        } else if (fewAt) machine.multiplyFewAt(SOURCE, bases + 4 * from, offsets, at, out, to - from, k, n, list, SPARE)
        else machine.multiplyAt(SOURCE, bases + 4 * from, offsets, at, out, to - from, k, n, SPARE)
        act(out, from, to, extra)
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

  return {
    NN: byRows('NN'),
    NT: byRows('NT'),
    // All factors packed, then in blocks of rows of the result; or, where there are more terms than that, in blocks of terms.
    TN: (a, b, m, k, n, visit) => {
      if (m * k * n === 0) return
      const longest = Math.max(m, n)
      const terms = Math.min(k, MORE * rowsOfBlock(longest, 1))
      const left = SOURCE + upTo(terms * longest * bytes, 16)
      const panelsOfB = left + spread(m, terms)
      const out = panelsOfB + upTo(n, columns) * terms * bytes
      const rows = terms < k ? m : Math.min(m, rowsOfBlock(n, ROWS))
      reserve(out + rows * n * bytes)
      for (let from = 0; from < k; from += terms) {
        const to = Math.min(k, from + terms)
        spreadColumns(a, m, from, to, left, to - from)
        packColumns(b, n, from, to, panelsOfB, to - from)
        if (terms < k) machine.multiply(left, panelsOfB, out, m, to - from, n, from > 0, SPARE)
      }
      for (let from = 0; from < m; from += rows) {
        const to = Math.min(m, from + rows)
        if (terms === k) machine.multiply(left + from * k * SPREAD, panelsOfB, out, to - from, k, n, false, SPARE)
        visit(heap(), out / bytes, from * n, to * n)
      }
    },
    sumTN: (as, bs, m, k, n, visit) => {
      if (m * k * n === 0) return
      const left = SOURCE + upTo(k * Math.max(m, n) * bytes, 16)
      const [stepA, stepB] = [spread(m, k), upTo(n, columns) * k * bytes]
      const panelsOfB = left + as.length * stepA
      const out = panelsOfB + bs.length * stepB
      reserve(out + m * n * bytes)
      as.forEach((a, t) => { spreadColumns(a, m, 0, k, left + t * stepA, k) })
      bs.forEach((b, t) => { packColumns(b, n, 0, k, panelsOfB + t * stepB, k) })
      machine.multiplySum(left, panelsOfB, out, m, k, n, as.length, SPARE)
      visit(heap(), out / bytes, 0, m * n)
    },
  }
}
