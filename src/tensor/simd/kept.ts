/**
 * Right factors that stay ready in the memory of a machine, above the work area:
 *
 *     work: as much as was ever needed | kept: `capacity` bytes at most
 *
 * They are known by the array that they were made of, which is never written to, and by how they lie. Where there is no more room all are
 * forgotten, and where an array's memory is given to others its place serves the next factor of that size: weights of every mini-batch then lie
 * where those of the one before lay, which are still in the cache.
 */
import type { Cells } from './kinds.ts'

/** In panels of its columns (of a b), of its rows (of a bᵀ), or as it is. */
export type Layout = 'NN' | 'NT' | 'plain'

/** Where a factor is, and whether all of it is finite, once somebody has asked. */
export interface Kept {
  readonly at: number
  readonly size: number
  finite: boolean | undefined
}

/** Factors of one machine. */
export interface Keeping<C> {
  /** Makes sure that the work area reaches up to `end`; forgets what is kept where it has to move. */
  readonly reserve: (end: number) => void
  readonly find: (layout: Layout, factor: C) => Kept | undefined
  /** A place for a factor, to be filled; undefined where it is larger than all the room there is. */
  readonly keep: (layout: Layout, factor: C, size: number) => Kept | undefined
  /** What was made of an array whose memory is given to others. */
  readonly release: (factor: C) => void
}

/** Work area to begin with. */
const FIRST = 65536
const layouts: readonly Layout[] = ['NN', 'NT', 'plain']

/** Nothing kept so far. */
export const keeping = <C extends Cells>(extend: (end: number) => void, capacity: number): Keeping<C> => {
  let work = 0
  let used = 0
  let known = { NN: new WeakMap<C, Kept>(), NT: new WeakMap<C, Kept>(), plain: new WeakMap<C, Kept>() }
  let free = new Map<number, number[]>()
  const forget = (): void => {
    used = 0
    known = { NN: new WeakMap(), NT: new WeakMap(), plain: new WeakMap() }
    free = new Map()
  }
  const placeFor = (size: number): number => {
    const before = free.get(size)?.pop()
    if (before !== undefined) return before
    if (used + size > capacity) forget()
    const at = work + used
    used += size
    extend(work + used)
    return at
  }
  return {
    // Doubling makes that rare.
    reserve: (end) => {
      if (end <= work) return
      work = 2 ** Math.ceil(Math.log2(Math.max(end, FIRST)))
      forget()
      extend(work)
    },
    find: (layout, factor) => known[layout].get(factor),
    keep: (layout, factor, size) => {
      if (size > capacity) return undefined
      const kept = { at: placeFor(size), size, finite: undefined }
      known[layout].set(factor, kept)
      return kept
    },
    release: (factor) => {
      for (const layout of layouts) {
        const kept = known[layout].get(factor)
        if (kept === undefined) continue
        known[layout].delete(factor)
        const same = free.get(kept.size)
        if (same === undefined) free.set(kept.size, [kept.at])
        else same.push(kept.at)
      }
    },
  }
}
