/**
 * The three products of matrices on one machine: arrays of the JavaScript heap in, fresh arrays out.
 *
 * Memory of the machine, from 0 up:
 *
 *     spare tile | source, panels of a, panels of b that are not kept, result | panels of b that are kept
 *                 <------------- work: as much as was ever needed ------------> <-- `keep` bytes at most -->
 *
 * The right factors of a b and a bᵀ are mostly weights: the same array again at every time step. So their panels are kept, by array and
 * orientation. Arrays are never written to, so panels never go stale; where there is no more room all are forgotten. The right factor of
 * aᵀ b is a state, new at every step, and not kept.
 */
import type { Cells, Kind } from './kinds.ts'
import { machineOf } from './machine.ts'

/** Of plain row-major entries; sizes as Products says. */
export type Product<C> = (a: C, b: C, m: number, k: number, n: number) => C

export interface Products<C> {
  /** a b: (m, k) (k, n). */
  readonly NN: Product<C>
  /** a bᵀ: (m, k) (n, k). */
  readonly NT: Product<C>
  /** aᵀ b: (k, m) (k, n). */
  readonly TN: Product<C>
}

/** A tile: 4 rows of two vectors, see assembly/products.ts. The spare one lies at 0. */
const [ROWS, WIDTH] = [4, 32]
const SPARE = 0
const SOURCE = ROWS * WIDTH
const PAGE = 65536
/** Blocks of terms of aᵀ b are so much larger than other blocks: after each the whole result is loaded again. */
const MORE = 4

/** How much memory to use; results do not depend on it. */
export interface SimdOptions {
  /** Bytes for right factors of products that are kept ready, by default 64 MiB. */
  readonly keep?: number
  /** Bytes of the blocks in which factors are packed, by default 128 KiB: what the caches next to a processor hold. */
  readonly block?: number
}

const upTo = (count: number, multiple: number): number => Math.ceil(count / multiple) * multiple

/** Products on a machine of their own. */
export const productsOn = <C extends Cells>(kind: Kind<C>, { keep: capacity = 2 ** 26, block = 2 ** 17 }: SimdOptions): Products<C> => {
  const { bytes } = kind
  const machine = machineOf(kind.module)
  const columns = WIDTH / bytes
  /** How many rows of that length make a block: a positive multiple of `lanes`. */
  const rowsOfBlock = (length: number, lanes: number): number => Math.max(lanes, Math.floor(block / (length * bytes) / lanes) * lanes)
  let heap = kind.view(machine.memory.buffer)
  let work = 0
  let used = 0
  let panels = { NN: new WeakMap<C, number>(), NT: new WeakMap<C, number>() }

  const extend = (end: number): void => {
    const missing = end - heap.byteLength
    if (missing <= 0) return
    machine.memory.grow(Math.ceil(missing / PAGE))
    heap = kind.view(machine.memory.buffer)
  }
  const forget = (): void => {
    used = 0
    panels = { NN: new WeakMap(), NT: new WeakMap() }
  }
  // Panels that are kept lie above the work area, so they are forgotten where it grows; doubling makes that rare.
  const reserve = (end: number): void => {
    if (end <= work) return
    work = 2 ** Math.ceil(Math.log2(Math.max(end, PAGE)))
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

  // Rows `from` to `to` of a matrix with rows of that length, by way of `source` into panels whose lanes are its rows, or its columns.
  const put = (matrix: C, length: number, from: number, to: number): void => {
    heap.set(matrix.subarray(from * length, to * length), SOURCE / bytes)
  }
  const packRows = (matrix: C, length: number, from: number, to: number, lanes: number, at: number): void => {
    put(matrix, length, from, to)
    machine.packRows(SOURCE, to - from, length, lanes, at)
  }
  const packColumns = (matrix: C, length: number, from: number, to: number, lanes: number, at: number, k: number): void => {
    put(matrix, length, from, to)
    machine.packColumns(SOURCE, to - from, length, lanes, at, k)
  }
  const copied = (at: number, count: number): C => heap.slice(at / bytes, at / bytes + count) as C

  /** The right factor, in blocks of its rows: room for a block, and all of its panels from `at` on. */
  const right = {
    NN: {
      room: (k: number, n: number) => Math.min(k, rowsOfBlock(n, 1)) * n * bytes,
      pack: (b: C, k: number, n: number, at: number) => {
        const step = rowsOfBlock(n, 1)
        for (let j = 0; j < k; j += step) packColumns(b, n, j, Math.min(k, j + step), columns, at + j * WIDTH, k)
      },
    },
    NT: {
      room: (k: number, n: number) => Math.min(n, rowsOfBlock(k, columns)) * k * bytes,
      pack: (b: C, k: number, n: number, at: number) => {
        const step = rowsOfBlock(k, columns)
        for (let c = 0; c < n; c += step) packRows(b, k, c, Math.min(n, c + step), columns, at + c * k * bytes)
      },
    },
  }

  // In blocks of rows of a and of the result.
  const byRows = (orientation: 'NN' | 'NT'): Product<C> => (a, b, m, k, n) => {
    if (m * k * n === 0) return kind.zeros(m * n)
    const { room, pack } = right[orientation]
    const rows = Math.min(upTo(m, ROWS), rowsOfBlock(k, ROWS))
    const size = upTo(n, columns) * k * bytes
    const left = SOURCE + upTo(Math.max(rows * k * bytes, room(k, n)), 16)
    const out = left + rows * k * bytes
    const end = out + upTo(rows * n * bytes, 16)
    const kept = size <= capacity
    reserve(kept ? end : end + size)
    let at = panels[orientation].get(b)
    if (at === undefined) {
      at = kept ? keep(size) : end
      pack(b, k, n, at)
      if (kept) panels[orientation].set(b, at)
    }
    const product = (from: number, to: number): void => {
      packRows(a, k, from, to, ROWS, left)
      machine.multiply(left, at, out, to - from, k, n, false, SPARE)
    }
    if (m <= rows) {
      product(0, m)
      return copied(out, m * n)
    }
    const result = kind.zeros(m * n)
    for (let from = 0; from < m; from += rows) {
      const to = Math.min(m, from + rows)
      product(from, to)
      result.set(heap.subarray(out / bytes, out / bytes + (to - from) * n), from * n)
    }
    return result
  }

  return {
    NN: byRows('NN'),
    NT: byRows('NT'),
    // In blocks of terms: rows of both factors.
    TN: (a, b, m, k, n) => {
      if (m * k * n === 0) return kind.zeros(m * n)
      const longest = Math.max(m, n)
      const terms = Math.min(k, MORE * rowsOfBlock(longest, 1))
      const left = SOURCE + upTo(terms * longest * bytes, 16)
      const panelsOfB = left + upTo(m, ROWS) * terms * bytes
      const out = panelsOfB + upTo(n, columns) * terms * bytes
      reserve(out + m * n * bytes)
      for (let from = 0; from < k; from += terms) {
        const to = Math.min(k, from + terms)
        packColumns(a, m, from, to, ROWS, left, to - from)
        packColumns(b, n, from, to, columns, panelsOfB, to - from)
        machine.multiply(left, panelsOfB, out, m, to - from, n, from > 0, SPARE)
      }
      return copied(out, m * n)
    },
  }
}
