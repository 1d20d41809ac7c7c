/** Whether two tensors of one shape are equal, and how far apart they are. Where both lie in the machine they are compared there; neither is copied out for it. */
import { entries } from '../algebra.ts'
import type { Arena } from './arena.ts'
import type { Deferring } from './deferred.ts'
import type { Cells, Kind } from './kinds.ts'
import type { Open } from './open.ts'

/** Comparisons of one interpreter. */
export interface Comparing<C> {
  /** Entry by entry; false wherever there is a NaN. */
  readonly areEqual: (a: Open<C>, b: Open<C>) => boolean
  /** max |a − b|, 0 without entries, NaN as soon as one entry is. */
  readonly distance: (a: Open<C>, b: Open<C>) => number
}

export const comparingOn = <C extends Cells>(
  { bytes }: Kind<C>, { machine, heap, slot, length }: Arena<C>, { cells, inTurn }: Pick<Deferring<C>, 'cells' | 'inTurn'>,
): Comparing<C> => {
  type X = Open<C>
  const arrayOf = (x: X, entriesOf: (x: X) => C): C =>
    (x.place === undefined ? entriesOf(x) : heap().subarray(x.place / bytes, x.place / bytes + entries(x.shape)) as C)
  /** In one order, whichever it is. What is still to be computed first, since memory may grow by it. */
  const both = (a: X, b: X): readonly [C, C] => {
    const entriesOf = a.turned === b.turned ? inTurn : cells
    for (const x of [a, b]) if (x.place === undefined) entriesOf(x)
    return [arrayOf(a, entriesOf), arrayOf(b, entriesOf)]
  }
  return {
    areEqual: (a, b) => {
      if (a.place !== undefined && b.place !== undefined) return machine.same(a.place, b.place, entries(a.shape)) !== 0
      const [p, q] = both(a, b)
      for (let i = 0; i < p.length; i++) if (p[i] !== q[i]) return false
      return true
    },
    distance: (a, b) => {
      if (a.place !== undefined && b.place !== undefined) return Math.max(0, machine.farthest(a.place, b.place, entries(a.shape)))
      const [p, q] = both(a, b)
      const [there, here] = [slot(0), slot(1)]
      let worst = 0
      for (let from = 0; from < p.length; from += length) {
        const to = Math.min(p.length, from + length)
        heap().set(p.subarray(from, to), there / bytes)
        heap().set(q.subarray(from, to), here / bytes)
        // Math.max passes NaN on.
        worst = Math.max(worst, machine.farthest(there, here, to - from))
      }
      return worst
    },
  }
}
