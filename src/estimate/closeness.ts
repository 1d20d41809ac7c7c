/**
 * How close an estimate f is to a reference g, over all entries of a tensor or of several:
 *
 *     cosine      ⟨f, g⟩ / (‖f‖ ‖g‖)            1 where both vanish, 0 where one does
 *     ratio       ‖f‖ / ‖g‖                     1 where both vanish
 *     rmse        √( Σ(f − g)² / max(Σ f², Σ g²) ), 0 where both vanish
 *     deviation   max |f − g| / max |g|         0 where f = g
 *     signs       percentage of entries with the same sign, neither 0; and of those where both are exactly 0
 *
 * Several tensors are told apart by name. NaN anywhere makes every measure that it touches NaN.
 *
 * docs/notation.md, measures.
 */
import type { Flat } from '../fold/measure.ts'
import { signCounts, type SignCounts } from './sign-counts.ts'

/** How close f is to g, by several measures; see the formulas above. */
export interface Closeness {
  /** How many entries were compared. */
  readonly entries: number
  /** ⟨f, g⟩ / (‖f‖ ‖g‖), from −1 to 1. */
  readonly cosine: number
  /** ‖f‖ / ‖g‖. */
  readonly ratio: number
  /** Root of the mean squared gap, relative to the larger of both. */
  readonly rmse: number
  /** max |f − g| / max |g|. */
  readonly deviation: number
  /** Largest |f − g|, in the units of g. */
  readonly worst: number
  /** Largest |g|. */
  readonly reference: number
  /** In per cent of the entries. */
  readonly sameSign: number
  /** In per cent of the entries: exactly 0 in both. */
  readonly bothZero: number
}

/** What is summed up of one tensor; tensors add. */
interface Sums extends SignCounts {
  readonly entries: number
  readonly ff: number
  readonly gg: number
  readonly fg: number
  readonly gap2: number
  readonly worst: number
  readonly scale: number
}

const nothing: Sums = { entries: 0, ff: 0, gg: 0, fg: 0, gap2: 0, worst: 0, scale: 0, same: 0, zero: 0 }

const sumsOf = (f: Float64Array, g: Float64Array): Sums => {
  if (f.length !== g.length) throw new RangeError(`closeness: expected as many entries as the reference, ${g.length}, got ${f.length}`)
  const sum = (term: (f: number, g: number) => number): number => f.reduce((total, p, i) => total + term(p, g[i] as number), 0)
  const most = (term: (f: number, g: number) => number): number => f.reduce((top, p, i) => Math.max(top, term(p, g[i] as number)), 0)
  return {
    entries: f.length,
    ff: sum((p) => p * p), gg: sum((_, q) => q * q), fg: sum((p, q) => p * q), gap2: sum((p, q) => (p - q) ** 2),
    worst: most((p, q) => Math.abs(p - q)), scale: most((_, q) => Math.abs(q)),
    ...signCounts(f, g),
  }
}

const both = (a: Sums, b: Sums): Sums => ({
  entries: a.entries + b.entries,
  ff: a.ff + b.ff, gg: a.gg + b.gg, fg: a.fg + b.fg, gap2: a.gap2 + b.gap2,
  worst: Math.max(a.worst, b.worst), scale: Math.max(a.scale, b.scale),
  same: a.same + b.same, zero: a.zero + b.zero,
})

/** p / q, with what it is to be where both vanish. */
const quotient = (p: number, q: number, atZero: number): number => (p === 0 && q === 0 ? atZero : p / q)

const told = ({ entries, ff, gg, fg, gap2, worst, scale, same, zero }: Sums): Closeness => {
  const norms = Math.sqrt(ff) * Math.sqrt(gg)
  return {
    entries,
    cosine: norms === 0 ? (ff === gg ? 1 : 0) : fg / norms,
    ratio: quotient(Math.sqrt(ff), Math.sqrt(gg), 1),
    rmse: Math.sqrt(quotient(gap2, Math.max(ff, gg), 0)),
    deviation: quotient(worst, scale, 0),
    worst,
    reference: scale,
    sameSign: (100 * same) / entries,
    bothZero: (100 * zero) / entries,
  }
}

/** All entries of the named tensors as one. Throws where f lacks a name or has other extents: a bug. */
export const closeness = (f: Flat, g: Flat, names: readonly string[] = Object.keys(g)): Closeness =>
  told(names.map((name) => sumsOf(f[name] ?? new Float64Array(), g[name] ?? new Float64Array())).reduce(both, nothing))

/** Each tensor by itself. */
export const closenessOfEach = (f: Flat, g: Flat): Readonly<Record<string, Closeness>> =>
  Object.fromEntries(Object.keys(g).map((name) => [name, closeness(f, g, [name])]))
