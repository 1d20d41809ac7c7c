/** Memory of arrays that nobody will look at again, for arrays of the same length that are made next. */
import type { Cells, Kind } from './kinds.ts'

/** Arrays of one length that are held ready, and from which length on: shorter ones cost nothing to make. */
const [READY, SHORT] = [16, 32]

/** Of one kind. */
export interface SpareArrays<C> {
  /** An array of so many entries that are still to be written, all of them. */
  readonly fresh: (count: number) => C
  /** From now on others may write there. */
  readonly give: (array: C) => void
}

export const spareArrays = <C extends Cells>({ zeros, view }: Kind<C>): SpareArrays<C> => {
  const ready = new Map<number, C[]>()
  return {
    fresh: (count) => ready.get(count)?.pop() ?? zeros(count),
    give: ({ length, buffer }) => {
      if (length < SHORT) return
      const same = ready.get(length)
      // Another array over the same memory: whoever knows something of an array knows nothing of this one.
      if (same === undefined) ready.set(length, [view(buffer as ArrayBuffer)])
      else if (same.length < READY) same.push(view(buffer as ArrayBuffer))
    },
  }
}
