/**
 * The work area of a machine that multiplies, and what every product does there.
 *
 *     source, panels of a, result and what is made of it, a right factor that is not kept | right factors that are kept
 *     <------------------------------------- work -------------------------------------> <------- see kept.ts ------->
 */
import { type Arena, ROWS } from './arena.ts'
import { keeping, type Keeping } from './kept.ts'
import type { Cells, Kind } from './kinds.ts'
import type { Grid } from './positions.ts'
import { rowsOfBlocks, upTo } from './rights.ts'

/** Puts a factor's row-major entries `from` to `to` into the memory of the machine, from address `at` on. */
export type Reader = (from: number, to: number, at: number) => void

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
  /** Bytes in which a step that is taken again and again is replayed, by default 4 MiB; see replay.ts. Steps of larger states are taken one by one. */
  readonly replay?: number
}

/** Addresses are in bytes, sizes in entries. */
export interface WorkArea<C> extends Keeping<C> {
  /** Where it begins. */
  readonly SOURCE: number
  /** Bytes for factors that are kept. */
  readonly capacity: number
  /** Bytes of blocks, and how many rows of a length make one. */
  readonly block: number
  readonly rowsOfBlock: (length: number, lanes: number) => number
  /** Rows `from` to `to` of a matrix with rows of that length to SOURCE. */
  readonly put: (matrix: Reader, length: number, from: number, to: number) => void
  /** The same into panels of a left factor, whose rows are its columns, or of a right one. */
  readonly packColumns: (matrix: Reader, length: number, lanes: number, from: number, to: number, at: number, k: number) => void
  /** Bytes of the panels of a left factor: whole vectors. */
  readonly panels: (rows: number, k: number) => number
  /** Entries from there on, as an array of their own. */
  readonly copied: (at: number, count: number) => C
  /** Whether few of so many entries at an address are not zero. */
  readonly isFew: (at: number, count: number) => boolean
  /** Of so many bytes, which are whole entries; what follows up to a whole vector is set to zero. */
  readonly allFinite: (at: number, size: number) => boolean
  /** Bytes of a grid, and where its two parts are once it is put. */
  readonly sizeOf: (grid: Grid) => number
  readonly putGrid: (grid: Grid, at: number) => readonly [bases: number, offsets: number]
}

/** On a machine that nobody else multiplies on. */
export const workAreaOf = <C extends Cells>({ bytes }: Kind<C>, { machine, heap, putWhole, extend, states }: Arena<C>, { keep: capacity = 2 ** 26, block = 2 ** 17 }: SimdOptions): WorkArea<C> => {
  const SOURCE = states.to
  const put: WorkArea<C>['put'] = (matrix, length, from, to) => { matrix(from * length, to * length, SOURCE) }
  return {
    ...keeping<C>(extend, capacity),
    SOURCE,
    capacity,
    block,
    rowsOfBlock: rowsOfBlocks(block, bytes),
    put,
    packColumns: (matrix, length, lanes, from, to, at, k) => {
      put(matrix, length, from, to)
      machine.packColumns(SOURCE, to - from, length, lanes, at, k)
    },
    panels: (rows, k) => upTo(upTo(rows, ROWS) * k * bytes, 16),
    copied: (at, count) => heap().slice(at / bytes, at / bytes + count) as C,
    isFew: (at, count) => machine.nonzeros(at, count, FEW * count) <= FEW * count,
    allFinite: (at, size) => {
      if (size % 16 !== 0) heap().fill(0, (at + size) / bytes, (at + upTo(size, 16)) / bytes)
      return machine.finite(at, upTo(size, 16)) !== 0
    },
    sizeOf: ({ bases, offsets }) => upTo(4 * (bases.length + offsets.length), 16),
    putGrid: ({ bases, offsets }, at) => {
      putWhole(bases, bytes, at)
      putWhole(offsets, bytes, at + 4 * bases.length)
      return [at, at + 4 * bases.length]
    },
  }
}
