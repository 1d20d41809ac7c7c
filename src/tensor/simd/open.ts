/** What tensors of the fast interpreters are inside: entries, or a way to come by them. deferred.ts says how they are used. */
import type { Positions, Shape } from '../algebra.ts'
import type { Pass, PassOfTwo } from './passes.ts'
import type { Grid } from './positions.ts'
import type { Visit } from './by-rows.ts'

/** How to come by any stretch of entries: an operation on the same stretch of others; of a chain on a product, while its block with those entries is there. */
export interface Entrywise<C> {
  readonly name: Pass['name'] | PassOfTwo['name'] | 'fill' | 'gather'
  /** Operands of the operation, and its ordinary number. */
  readonly of: readonly Open<C>[]
  readonly c: number
  /** Arrays that are read, functions in between, and what the operations that are carried out cost per entry, in additions. */
  readonly arrays: number
  readonly operations: number
  /** Of `gather`. */
  readonly gathered?: { readonly source: C; readonly at: Positions['at']; readonly into: (from: number, to: number, address: number) => void }
}

/** How to come by all entries in order, in stretches of rows that lie in the memory of the machine while they are shown. */
export interface Rowwise<C> {
  readonly each: (visit: Visit<C>) => void
  /** So many zeros, plus the entries where a grid says. */
  readonly scattered?: (grid: Grid, count: number) => C
  /** Of a product in a step that is recorded (recorded.ts): a b or a bᵀ of k terms. */
  readonly factors?: { readonly orientation: 'NN' | 'NT'; readonly left: Open<C>; readonly right: C; readonly k: number }
}

/** A tensor. */
export interface Open<C> {
  readonly shape: Shape
  /** Whether its entries come column by column, as those of its transpose: only of matrices. */
  readonly turned: boolean
  /** The entries in the order in which they come. */
  data: C | undefined
  /** Those of a turned one row by row, once somebody asked. */
  byRows: C | undefined
  entrywise: Entrywise<C> | undefined
  rowwise: Rowwise<C> | undefined
  /** Of a product, while it is shown: from which entry on, and where. */
  shown: { readonly from: number; readonly address: number } | undefined
  used: boolean
  /** Where in the memory of the machine the entries lie that are nowhere else, until that place is needed (replay.ts). */
  place: number | undefined
}

/** The product at the end of a chain that still waits: it has to be shown before the chain's entries are to be had. */
export const productOf = <C>(x: Open<C>): Open<C> | undefined => {
  if (x.rowwise !== undefined) return x
  if (x.entrywise !== undefined)
    for (const operand of x.entrywise.of) {
      const product = productOf(operand)
      if (product !== undefined) return product
    }
  return undefined
}
