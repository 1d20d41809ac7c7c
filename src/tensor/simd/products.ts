/**
 * The three products of matrices on one machine: entries from the JavaScript heap in, fresh arrays out. by-rows.ts has a b and a bᵀ, sums.ts aᵀ b,
 * work-area.ts the memory that they work in.
 */
import type { Arena } from './arena.ts'
import { type ByRows, byRowsOn } from './by-rows.ts'
import type { Cells, Kind } from './kinds.ts'
import { rightsOf, upTo } from './rights.ts'
import { type Sums, sumsOn } from './sums.ts'
import { type SimdOptions, workAreaOf } from './work-area.ts'

export interface Products<C> extends Sums<C> {
  /** a b: (m, k) (k, n). */
  readonly NN: ByRows<C>
  /** a bᵀ: (m, k) (n, k). */
  readonly NT: ByRows<C>
  /** Whether so few entries are not zero that a product takes them one by one. */
  readonly isSparse: (x: C) => boolean
  /** What `largestOf` in algebra.ts says of rows of so many positions, all of which are in x. */
  readonly largest: (x: C, rows: Int32Array, length: number) => Int32Array
  /** Its memory is given to others. */
  readonly release: (factor: C) => void
  /** Where it is kept as it is, if it is. */
  readonly placeOf: (factor: C) => number | undefined
}

/** Products on a machine that nobody else multiplies on. */
export const productsOn = <C extends Cells>(kind: Kind<C>, arena: Arena<C>, options: SimdOptions): Products<C> => {
  const { bytes } = kind
  const { machine, heap } = arena
  const area = workAreaOf(kind, arena, options)
  const { SOURCE, reserve, isFew, release, find } = area
  const rights = rightsOf(kind, arena, area.block)
  const byRows = byRowsOn(kind, arena, area, rights)
  return {
    NN: byRows('NN'),
    NT: byRows('NT'),
    ...sumsOn(kind, arena, area, rights.plain),
    isSparse: (x) => {
      reserve(SOURCE + upTo(x.length * bytes, 16))
      heap().set(x, SOURCE / bytes)
      return isFew(SOURCE, x.length)
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
    placeOf: (factor) => find('plain', factor)?.at,
  }
}
