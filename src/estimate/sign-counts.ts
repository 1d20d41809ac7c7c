/** Do two tensors point the same way? Counts of their entries, as the authors' `receipe` has them. Exact: only comparisons of floats. */

/** A typed array of any kind. */
export interface Entries {
  readonly length: number
  readonly [i: number]: number
  readonly reduce: (add: (total: number, entry: number, i: number) => number, start: number) => number
}

export interface SignCounts {
  /** Same sign, not 0. */
  readonly same: number
  /** Exactly 0 in both. */
  readonly zero: number
}

/** Counts over two arrays of one length; NaN agrees with nothing. */
export const signCounts = (f: Entries, g: Entries): SignCounts => {
  const count = (agree: (p: number, q: number) => boolean): number => f.reduce((n, p, i) => (agree(p, g[i] ?? NaN) ? n + 1 : n), 0)
  return { same: count((p, q) => p !== 0 && Math.sign(p) === Math.sign(q)), zero: count((p, q) => p === 0 && q === 0) }
}
