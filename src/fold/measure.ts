/**
 * How far two courses of K moments lie apart, coordinate by coordinate (docs/notation.md, measures), in sums that do not grow with K:
 *
 *     rmse(f, g) = √( Σ_t (f − g)² / max(Σ_t f², Σ_t g²) ),   0 where both vanish
 *
 * A kernel: plain loops over floats, on arrays that it allocated.
 */

import { foldPhase, type Phase } from './phase.ts'

/** Sums over t, one entry per coordinate. */
export interface Sums {
  /** Σ (f − g)². */
  readonly gap2: Float64Array
  /** Σ f². */
  readonly first2: Float64Array
  /** Σ g² of the reference. */
  readonly second2: Float64Array
  /** Largest |f − g| and |g| so far, over coordinates and time. NaN once one was. */
  readonly worst: number
  /** Largest |g| so far, over coordinates and time. NaN once one was. */
  readonly scale: number
}

/** The sums before the first moment, for so many coordinates. */
export const noSums = (coordinates: number): Sums => ({
  gap2: new Float64Array(coordinates),
  first2: new Float64Array(coordinates),
  second2: new Float64Array(coordinates),
  worst: 0,
  scale: 0,
})

// Written with ! so that NaN counts as larger than anything; and what is NaN stays so.
const larger = (worst: number, value: number): number => (!(value <= worst) && !Number.isNaN(worst) ? value : worst)

/** Adds g² to `second2`; the largest |g|. */
const addReference = (second2: Float64Array, g: Float64Array, scale: number): number => {
  let most = scale
  for (let i = 0; i < second2.length; i++) {
    const q = g[i] as number
    second2[i] = (second2[i] as number) + q * q
    most = larger(most, Math.abs(q))
  }
  return most
}

/** Adds (f − g)² and f² in place; the largest |f − g|. */
const addCandidate = (gap2: Float64Array, first2: Float64Array, f: Float64Array, g: Float64Array, worst: number): number => {
  let most = worst
  for (let i = 0; i < gap2.length; i++) {
    const p = f[i] as number
    const gap = p - (g[i] as number)
    gap2[i] = (gap2[i] as number) + gap * gap
    first2[i] = (first2[i] as number) + p * p
    most = larger(most, Math.abs(gap))
  }
  return most
}

/** The sums with one more moment, f against the reference g. */
export const accumulate = (sums: Sums, f: Float64Array, g: Float64Array): Sums => {
  const [gap2, first2, second2] = [sums.gap2.slice(), sums.first2.slice(), sums.second2.slice()]
  return { gap2, first2, second2, scale: addReference(second2, g, sums.scale), worst: addCandidate(gap2, first2, f, g, sums.worst) }
}

/** Numbers by quantity; and such of several candidates beside the reference's. */
export type Flat = Readonly<Record<string, Float64Array>>
/** One moment of a comparison: the reference, and what each candidate says. */
export interface Row {
  /** The reference's numbers by quantity. */
  readonly truth: Flat
  /** Those of each candidate, by its name; quantities and lengths as in `truth`. */
  readonly candidates: Readonly<Record<string, Flat>>
}

/** Candidate → quantity → sums. */
export type SumsByName = Readonly<Record<string, Readonly<Record<string, Sums>>>>

/**
 * Folds the first `steps` rows of a phase, and beside it sums up how far each candidate lies from the reference. The same as `accumulate`
 * for every row, candidate and quantity, but into arrays made once: with a million weights that is most of the time.
 */
export const foldSums = <R extends Row, Acc>(
  phase: Phase<R>, steps: number, start: Acc, combine: (acc: Acc, row: R, t: number) => Acc,
): { readonly sums: SumsByName; readonly acc: Acc } => {
  const truths: Record<string, { readonly second2: Float64Array; scale: number }> = {}
  const sums: Record<string, Record<string, { readonly gap2: Float64Array; readonly first2: Float64Array; worst: number }>> = {}
  const acc = foldPhase(phase, steps, start, (before, row, t) => {
    for (const [quantity, g] of Object.entries(row.truth)) {
      const truth = truths[quantity] ??= { second2: new Float64Array(g.length), scale: 0 }
      truth.scale = addReference(truth.second2, g, truth.scale)
    }
    for (const [name, flat] of Object.entries(row.candidates))
      for (const [quantity, f] of Object.entries(flat)) {
        const own = (sums[name] ??= {})[quantity] ??= { gap2: new Float64Array(f.length), first2: new Float64Array(f.length), worst: 0 }
        own.worst = addCandidate(own.gap2, own.first2, f, row.truth[quantity] ?? f, own.worst)
      }
    return combine(before, row, t)
  })
  return {
    acc,
    sums: Object.fromEntries(Object.entries(sums).map(([name, byQuantity]) => [name, Object.fromEntries(
      Object.entries(byQuantity).map(([quantity, own]) => [quantity, { ...noSums(own.gap2.length), ...truths[quantity], ...own }]))])),
  }
}

/** A layer's or parameter's agreement: rmse over coordinates, largest deviation over coordinates and time. */
export interface Agreement {
  /** Mean and sample standard deviation (divided by n − 1; 0 for one coordinate) of the per-coordinate rmse. */
  readonly rmse: number
  /** Sample standard deviation of the per-coordinate rmse (divided by n − 1; 0 for one coordinate). */
  readonly spread: number
  /** max |f − g|. */
  readonly worst: number
  /** max |g|: what `worst` is to be held against. */
  readonly scale: number
}

/** What the sums say of one layer or parameter. */
export const agreement = ({ gap2, first2, second2, worst, scale }: Sums): Agreement => {
  const each = gap2.map((gap, i) => {
    const size = Math.max(first2[i] as number, second2[i] as number)
    return size === 0 ? 0 : Math.sqrt(gap / size)
  })
  const mean = each.reduce((total, e) => total + e, 0) / Math.max(each.length, 1)
  const squares = each.reduce((total, e) => total + (e - mean) ** 2, 0)
  return { rmse: mean, spread: each.length > 1 ? Math.sqrt(squares / (each.length - 1)) : 0, worst, scale }
}
