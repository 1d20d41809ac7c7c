/**
 * How far two courses of K moments lie apart, coordinate by coordinate (docs/notation.md, measures), in sums that do not grow with K:
 *
 *     rmse(f, g) = √( Σ_t (f − g)² / max(Σ_t f², Σ_t g²) ),   0 where both vanish
 *
 * A kernel: plain loops over floats, on arrays that it allocated.
 */

/** Running sums over t, one entry per coordinate. */
export interface Sums {
  readonly gap2: Float64Array
  readonly first2: Float64Array
  readonly second2: Float64Array
  /** Largest |f − g| and |g| so far, over coordinates and time. */
  readonly worst: number
  readonly scale: number
}

export const noSums = (coordinates: number): Sums => ({
  gap2: new Float64Array(coordinates),
  first2: new Float64Array(coordinates),
  second2: new Float64Array(coordinates),
  worst: 0,
  scale: 0,
})

/** The sums with one more moment, f against the reference g. */
export const accumulate = (sums: Sums, f: Float64Array, g: Float64Array): Sums => {
  const gap2 = new Float64Array(f.length)
  const first2 = new Float64Array(f.length)
  const second2 = new Float64Array(f.length)
  let [worst, scale] = [sums.worst, sums.scale]
  for (let i = 0; i < f.length; i++) {
    const [p, q] = [f[i] as number, g[i] as number]
    const gap = Math.abs(p - q)
    gap2[i] = (sums.gap2[i] as number) + gap * gap
    first2[i] = (sums.first2[i] as number) + p * p
    second2[i] = (sums.second2[i] as number) + q * q
    // Math.max keeps a NaN once it has one.
    worst = Math.max(worst, gap)
    scale = Math.max(scale, Math.abs(q))
  }
  return { gap2, first2, second2, worst, scale }
}

/** A layer's or parameter's agreement: rmse over coordinates, largest deviation over coordinates and time. */
export interface Agreement {
  /** Mean and sample standard deviation (divided by n − 1; 0 for one coordinate) of the per-coordinate rmse. */
  readonly rmse: number
  readonly spread: number
  /** max |f − g|. */
  readonly worst: number
  /** max |g|: what `worst` is to be held against. */
  readonly scale: number
}

export const agreement = ({ gap2, first2, second2, worst, scale }: Sums): Agreement => {
  const each = gap2.map((gap, i) => {
    const size = Math.max(first2[i] as number, second2[i] as number)
    return size === 0 ? 0 : Math.sqrt(gap / size)
  })
  const mean = each.reduce((total, e) => total + e, 0) / Math.max(each.length, 1)
  const squares = each.reduce((total, e) => total + (e - mean) ** 2, 0)
  return { rmse: mean, spread: each.length > 1 ? Math.sqrt(squares / (each.length - 1)) : 0, worst, scale }
}
