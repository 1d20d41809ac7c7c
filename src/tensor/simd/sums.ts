/**
 * aᵀ b, sums over the rows of both factors, mostly over the batch. The right factor is a state, new at every step, and is not kept.
 */
import { type Arena, ROWS, SPARE, WIDTH } from './arena.ts'
import type { Visit } from './by-rows.ts'
import type { Cells, Kind } from './kinds.ts'
import { type Right, upTo } from './rights.ts'
import type { Reader, WorkArea } from './work-area.ts'

/** Blocks of terms of aᵀ b are so much larger than other blocks: after each the whole result is loaded again. */
const MORE = 4

/** Sums of one machine. Sizes: m and n are those of the result, k terms. */
export interface Sums<C> {
  /** aᵀ b: (k, m) (k, n). */
  readonly TN: (a: Reader, b: Reader, m: number, k: number, n: number, visit: Visit<C>) => void
  /** bᵀ a, the transpose of aᵀ b, (n, m): for b of mostly zeros. */
  readonly turnedTN: (a: C, b: C, m: number, k: number, n: number, visit: Visit<C>) => void
  /** Σ aᵀ b over pairs of such factors. */
  readonly sumTN: (as: readonly Reader[], bs: readonly Reader[], m: number, k: number, n: number, visit: Visit<C>) => void
}

/** Right factors as they are lie as `plain` says. */
export const sumsOn = <C extends Cells>({ bytes }: Kind<C>, { machine, heap, putWhole }: Arena<C>, area: WorkArea<C>, plain: Right<C>): Sums<C> => {
  const { SOURCE, rowsOfBlock, packColumns, panels, allFinite, reserve } = area
  const columns = WIDTH / bytes
  const readerOf = (x: C): Reader => (from, to, at) => { heap().set(x.subarray(from, to), at / bytes) }
  // All factors packed, then in blocks of rows of the result; or, where there are more terms than that, in blocks of terms.
  const TN: Sums<C>['TN'] = (a, b, m, k, n, visit) => {
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
    TN,
    // Its rows are columns of b, entries of which lie n apart.
    turnedTN: (a, b, m, k, n, visit) => {
      if (m * k * n === 0) return
      const rows = Math.min(n, rowsOfBlock(m, 1))
      const bases = SOURCE + upTo(k * n * bytes, 16)
      const offsets = bases + 4 * n
      const right = bases + upTo(4 * (n + k), 16)
      const out = right + plain.size(k, m)
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
    sumTN: (as, bs, m, k, n, visit) => {
      if (m * k * n === 0) return
      const terms = k * as.length
      const left = SOURCE + upTo(k * Math.max(m, n) * bytes, 16)
      const panelsOfB = left + panels(m, terms)
      const out = panelsOfB + upTo(n, columns) * terms * bytes
      reserve(out + m * n * bytes)
      as.forEach((a, t) => { packColumns(a, m, ROWS, 0, k, left + t * k * ROWS * bytes, terms) })
      bs.forEach((b, t) => { packColumns(b, n, columns, 0, k, panelsOfB + t * k * WIDTH, terms) })
      machine.multiplySum(left, panelsOfB, out, m, k, n, as.length, SPARE)
      visit(heap(), out / bytes, 0, m * n)
    },
  }
}
