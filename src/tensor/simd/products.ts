/**
 * The three products of matrices on one machine: arrays of the JavaScript heap in, fresh arrays out.
 *
 * Memory of the machine, from 0 up:
 *
 *     spare tile | source, panels of a, panels of b that are not kept, result | panels of b that are kept
 *                 <------------- work: as much as was ever needed ------------> <-- `kept` bytes at most -->
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

/** A tile: 4 rows of two vectors, see assembly/products.ts. */
const [ROWS, WIDTH] = [4, 32]
const SPARE = ROWS * WIDTH
const PAGE = 65536
/** Bytes of a block of a factor, which the caches next to the processor should hold. */
const BLOCK = 2 ** 17
/** Terms of aᵀ b that are summed before the result is put down, at least. */
const TERMS = 64

const upTo = (count: number, multiple: number): number => Math.ceil(count / multiple) * multiple
/** Rows of that many bytes in a block, a positive multiple of `lanes`. */
const rowsInBlock = (bytes: number, lanes: number): number => Math.max(lanes, Math.floor(BLOCK / bytes / lanes) * lanes)

/** Products on a machine of their own that keeps at most that many bytes of panels. */
export const productsOn = <C extends Cells>(kind: Kind<C>, capacity: number): Products<C> => {
  const { bytes } = kind
  const machine = machineOf(kind.module)
  const columns = WIDTH / bytes
  let heap = kind.view(machine.memory.buffer)
  let work = 0
  let used = 0
  let panels = { NN: new WeakMap<C, number>(), NT: new WeakMap<C, number>() }

  const forget = (): void => {
    used = 0
    panels = { NN: new WeakMap(), NT: new WeakMap() }
  }
  const extend = (end: number): void => {
    const missing = end - heap.byteLength
    if (missing <= 0) return
    machine.memory.grow(Math.ceil(missing / PAGE))
    heap = kind.view(machine.memory.buffer)
  }
  // Panels that are kept lie above the work area, so they are forgotten where it grows; doubling makes that rare.
  const reserve = (end: number): void => {
    if (end <= work) return
    work = 2 ** Math.ceil(Math.log2(Math.max(end, PAGE)))
    forget()
    extend(work)
  }
  const put = (entries: C, from: number, to: number, at: number): void => {
    heap.set(entries.subarray(from, to), at / bytes)
  }
  /** `size` bytes above the work area. */
  const keep = (size: number): number => {
    if (used + size > capacity) forget()
    const at = work + used
    used += size
    extend(work + used)
    return at
  }

  const packRows = (entries: C, from: number, to: number, k: number, lanes: number, source: number, at: number): void => {
    put(entries, from * k, to * k, source)
    machine.packRows(source, to - from, k, lanes, at)
  }
  const packColumns = (
    entries: C, from: number, to: number, n: number, lanes: number, source: number, at: number, k: number,
  ): void => {
    put(entries, from * n, to * n, source)
    machine.packColumns(source, to - from, n, lanes, at, k)
  }

  /** How the right factor of a product is read in blocks of its rows: their length, their number in a block and in all. */
  const right = {
    NN: {
      rows: (k: number, n: number) => Math.min(k, rowsInBlock(n * bytes, 1)),
      length: (_: number, n: number) => n,
      pack: (b: C, k: number, n: number, source: number, at: number) => {
        const step = rowsInBlock(n * bytes, 1)
        for (let j = 0; j < k; j += step) packColumns(b, j, Math.min(k, j + step), n, columns, source, at + j * WIDTH, k)
      },
    },
    NT: {
      rows: (k: number, n: number) => Math.min(n, rowsInBlock(k * bytes, columns)),
      length: (k: number) => k,
      pack: (b: C, k: number, n: number, source: number, at: number) => {
        const step = rowsInBlock(k * bytes, columns)
        for (let c = 0; c < n; c += step) packRows(b, c, Math.min(n, c + step), k, columns, source, at + c * k * bytes)
      },
    },
  }

  const byRows = (orientation: 'NN' | 'NT'): Product<C> => (a, b, m, k, n) => {
    if (m * k * n === 0) return kind.zeros(m * n)
    const { rows: rowsOf, length, pack } = right[orientation]
    const size = upTo(n, columns) * k * bytes
    const kept = size <= capacity
    const rows = Math.min(upTo(m, ROWS), rowsInBlock(k * bytes, ROWS))
    const source = SPARE
    const left = source + upTo(Math.max(rows * k, rowsOf(k, n) * length(k, n)) * bytes, 16)
    const out = left + rows * k * bytes
    const end = out + upTo(rows * n * bytes, 16)
    reserve(kept ? end : end + size)
    let at = panels[orientation].get(b)
    if (at === undefined) {
      at = kept ? keep(size) : end
      pack(b, k, n, source, at)
      if (kept) panels[orientation].set(b, at)
    }
    const product = (from: number, to: number): void => {
      packRows(a, from, to, k, ROWS, source, left)
      machine.multiply(left, at, out, to - from, k, n, false, 0)
    }
    if (m <= rows) {
      product(0, m)
      return heap.slice(out / bytes, out / bytes + m * n) as C
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
    TN: (a, b, m, k, n) => {
      if (m * k * n === 0) return kind.zeros(m * n)
      const terms = Math.min(k, Math.max(TERMS, rowsInBlock(Math.max(m, n) * bytes, 1)))
      const source = SPARE
      const left = source + upTo(terms * Math.max(m, n) * bytes, 16)
      const right = left + upTo(m, ROWS) * terms * bytes
      const out = right + upTo(n, columns) * terms * bytes
      reserve(out + m * n * bytes)
      for (let from = 0; from < k; from += terms) {
        const to = Math.min(k, from + terms)
        packColumns(a, from, to, m, ROWS, source, left, to - from)
        packColumns(b, from, to, n, columns, source, right, to - from)
        machine.multiply(left, right, out, m, to - from, n, from > 0, 0)
      }
      return heap.slice(out / bytes, out / bytes + m * n) as C
    },
  }
}
