/**
 * The order of an error in β, by regression: least squares of log error on log β over the points that rounding does not reach.
 *
 * A point counts where its rounding is at most a share of its error. Then log error is off by at most about that share, and the slope
 * of points x_k = log β_k by at most share · Σ|x_k − x̄| / Σ(x_k − x̄)².
 *
 * docs/theory.md §9, §15; laws L8, L13.
 */

/** An error at one β, with the rounding that it may contain. */
export interface ErrorPoint {
  /** β > 0, or the radius of a circle of them. */
  readonly beta: number
  /** How far the estimate is from the reference, in whatever unit: the same for all points. */
  readonly error: number
  /** What rounding may contribute to that, in the same unit. */
  readonly floor: number
}

/** A power law fitted to errors. */
export interface FittedOrder {
  /** error ≈ constant · β^slope. */
  readonly slope: number
  /** The error that it gives at β = 1. */
  readonly constant: number
  /** The points it was fitted to. */
  readonly used: readonly ErrorPoint[]
}

/** Points whose error is a positive number and whose rounding is at most `share` of it. */
export const aboveFloor = (points: readonly ErrorPoint[], share: number): readonly ErrorPoint[] =>
  points.filter(({ beta, error, floor }) => beta > 0 && error > 0 && Number.isFinite(error) && floor <= share * error)

/** The line through at least `least` points above the floor; undefined where there are fewer. */
export const fittedOrder = (points: readonly ErrorPoint[], { share = 0.01, least = 3 }: { readonly share?: number; readonly least?: number } = {}): FittedOrder | undefined => {
  const used = aboveFloor(points, share)
  if (used.length < Math.max(2, least)) return undefined
  const [xs, ys] = [used.map(({ beta }) => Math.log(beta)), used.map(({ error }) => Math.log(error))]
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
  const [x0, y0] = [mean(xs), mean(ys)]
  const slope = xs.reduce((total, x, k) => total + (x - x0) * ((ys[k] as number) - y0), 0) / xs.reduce((total, x) => total + (x - x0) ** 2, 0)
  return { slope, constant: Math.exp(y0 - slope * x0), used }
}
