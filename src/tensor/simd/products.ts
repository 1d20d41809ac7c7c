/**
 * The three products of matrices on one machine: entries from the JavaScript heap in, fresh arrays out.
 *
 * Memory of the machine, above what arena.ts says:
 *
 *     source, panels of a, result and what is made of it, a right factor that is not kept | right factors that are kept
 *     <------------------------------------- work -------------------------------------> <------- see kept.ts ------->
 *
 * The right factors of a b and a bᵀ are mostly weights: the same array again at every time step. So they are kept in panels; for left
 * factors that are mostly zeros, a b needs none, and b is kept as it is. The right factor of aᵀ b is a state, new at every step, and not kept.
 */
import { type Arena, ROWS, SLOTS, SPARE, WIDTH } from './arena.ts'
import { type Kept, keeping, type Layout } from './kept.ts'
import type { Cells, Kind } from './kinds.ts'
import type { Grid } from './positions.ts'
import { rightsOf, rowsOfBlocks, upTo } from './rights.ts'

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
  /** bᵀ a, the transpose of aᵀ b, (n, m): for b of mostly zeros. */
  readonly turnedTN: (a: C, b: C, m: number, k: number, n: number, visit: Visit<C>) => void
  /** Whether so few entries are not zero that a product takes them one by one. */
  readonly isSparse: (x: C) => boolean
  /** What `largestOf` in algebra.ts says of rows of so many positions, all of which are in x. */
  readonly largest: (x: C, rows: Int32Array, length: number) => Int32Array
  /** Its memory is given to others. */
  readonly release: (factor: C) => void
  /** Σ aᵀ b over pairs of such factors. */
  readonly sumTN: (as: readonly Reader[], bs: readonly Reader[], m: number, k: number, n: number, visit: Visit<C>) => void
}

/** Blocks of terms of aᵀ b are so much larger than other blocks: after each the whole result is loaded again. */
const MORE = 4

/** Up to so many panels of the right factor, the left one is not packed: it would cost more than it spares. */
const THIN = 2

/** A left factor of which at most this share is not zero is multiplied entry by entry: there the work per entry is by so much larger. */
const FEW = 0.45

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

/** Products on a machine that nobody else multiplies on. */
export const productsOn = <C extends Cells>(kind: Kind<C>, arena: Arena<C>, { keep: capacity = 2 ** 26, block = 2 ** 17 }: SimdOptions): Products<C> => {
  const { bytes } = kind
  const { machine, heap, putWhole, extend, slot } = arena
  const SOURCE = slot(SLOTS)
  const columns = WIDTH / bytes
  const rowsOfBlock = rowsOfBlocks(block, bytes)
  const { reserve, find, keep, release } = keeping<C>(extend, capacity)

  // Rows `from` to `to` of a matrix with rows of that length, by way of SOURCE into panels: of a left factor, whose rows are its columns, or of a right one.
  const put = (matrix: Reader, length: number, from: number, to: number): void => {
    matrix(from * length, to * length, SOURCE)
  }
  const packColumns = (matrix: Reader, length: number, lanes: number, from: number, to: number, at: number, k: number): void => {
    put(matrix, length, from, to)
    machine.packColumns(SOURCE, to - from, length, lanes, at, k)
  }
  /** Bytes of the panels of a left factor: whole vectors. */
  const panels = (rows: number, k: number): number => upTo(upTo(rows, ROWS) * k * bytes, 16)
  const copied = (at: number, count: number): C => heap().slice(at / bytes, at / bytes + count) as C

  const rights = rightsOf(kind, arena, block)
  /** Whether few of so many entries at SOURCE are not zero. */
  const isFew = (count: number): boolean => machine.nonzeros(SOURCE, count, FEW * count) <= FEW * count
  /** Of so many bytes, which are whole entries; what follows up to a whole vector is set to zero. */
  const allFinite = (at: number, size: number): boolean => {
    if (size % 16 !== 0) heap().fill(0, (at + size) / bytes, (at + upTo(size, 16)) / bytes)
    return machine.finite(at, upTo(size, 16)) !== 0
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

  const readerOf = (x: C): Reader => (from, to, at) => { heap().set(x.subarray(from, to), at / bytes) }
  // All factors packed, then in blocks of rows of the result; or, where there are more terms than that, in blocks of terms.
  const TN: Products<C>['TN'] = (a, b, m, k, n, visit) => {
    if (m * k * n === 0) return
    const longest = Math.max(m, n)
    const terms = Math.min(k, MORE * rowsOfBlock(longest, 1))
    const left = SOURCE + upTo(terms * longest * bytes, 16)
    const panelsOfB = left + panels(m, terms)
    const out = panelsOfB + upTo(n, columns) * terms * bytes
    const rows = terms < k ? m : Math.min(m, rowsOfBlock(n, ROWS))
    reserve(out + rows * n * bytes)
    for (let from = 0; from < k; from += terms) {
      const to = Math.min(k, from + terms)
      packColumns(a, m, ROWS, from, to, left, to - from)
      packColumns(b, n, columns, from, to, panelsOfB, to - from)
      if (terms < k) machine.multiply(left, panelsOfB, out, m, to - from, n, from > 0, SPARE)
    }
    for (let from = 0; from < m; from += rows) {
      const to = Math.min(m, from + rows)
      if (terms === k) machine.multiply(left + from * k * bytes, panelsOfB, out, to - from, k, n, false, SPARE)
      visit(heap(), out / bytes, from * n, to * n)
    }
  }

  return {
    NN: byRows('NN'),
    NT: byRows('NT'),
    TN,
    // Its rows are columns of b, entries of which lie n apart.
    turnedTN: (a, b, m, k, n, visit) => {
      if (m * k * n === 0) return
      const rows = Math.min(n, rowsOfBlock(m, 1))
      const bases = SOURCE + upTo(k * n * bytes, 16)
      const offsets = bases + 4 * n
      const right = bases + upTo(4 * (n + k), 16)
      const out = right + rights.plain.size(k, m)
      const lists = out + upTo(rows * m * bytes, 16)
      reserve(lists + rows * upTo(4 * (k + 1) + k * bytes, 16))
      heap().set(a, right / bytes)
      if (!allFinite(right, k * m * bytes)) {
        TN(readerOf(b), readerOf(a), n, k, m, visit)
        return
      }
      heap().set(b, SOURCE / bytes)
      putWhole(Int32Array.from({ length: n }, (_, j) => j), bytes, bases)
      putWhole(Int32Array.from({ length: k }, (_, j) => j), n * bytes, offsets)
      for (let from = 0; from < n; from += rows) {
        const to = Math.min(n, from + rows)
        machine.multiplyFewAt(SOURCE, bases + 4 * from, offsets, right, true, out, to - from, k, m, lists, SPARE)
        visit(heap(), out / bytes, from * m, to * m)
      }
    },
    isSparse: (x) => {
      reserve(SOURCE + upTo(x.length * bytes, 16))
      heap().set(x, SOURCE / bytes)
      return isFew(x.length)
    },
    largest: (x, rows, length) => {
      const at = SOURCE + upTo(x.length * bytes, 16)
      const [count, out] = [rows.length / length, at + 4 * rows.length]
      reserve(out + 4 * count)
      heap().set(x, SOURCE / bytes)
      new Int32Array(machine.memory.buffer).set(rows, at / 4)
      machine.largest(SOURCE, at, count, length, out)
      return new Int32Array(machine.memory.buffer, out, count).slice()
    },
    release,
    sumTN: (as, bs, m, k, n, visit) => {
      if (m * k * n === 0) return
      const left = SOURCE + upTo(k * Math.max(m, n) * bytes, 16)
      const [stepA, stepB] = [panels(m, k), upTo(n, columns) * k * bytes]
      const panelsOfB = left + as.length * stepA
      const out = panelsOfB + bs.length * stepB
      reserve(out + m * n * bytes)
      as.forEach((a, t) => { packColumns(a, m, ROWS, 0, k, left + t * stepA, k) })
      bs.forEach((b, t) => { packColumns(b, n, columns, 0, k, panelsOfB + t * stepB, k) })
      machine.multiplySum(left, panelsOfB, out, m, k, n, as.length, SPARE)
      visit(heap(), out / bytes, 0, m * n)
    },
  }
}
