/**
 * How far recorded and computed numbers may lie apart. The records and this library do the same arithmetic in another
 * order, so they differ by rounding. Three limits are given with the records, absolute, for numbers of order 1:
 *
 *     states 1e−13          BPTT 1e−13          EP 1e−14/β, conv 1e−13/β          β as the records use it
 *
 * EP divides a difference of two rounded numbers by β; in conv these are sums over maps as well as over the batch. The exact limit β → 0 divides by nothing and takes BPTT's. All
 * other allowances follow from these three, by the derivations below.
 */
import type { Sums } from '../../fold/measure.ts'
import type { Setup } from './case.ts'

export const states = 1e-13
export const bptt = 1e-13
export const ep = ({ model }: Pick<Setup, 'model'>, beta: number): number => (model === 'conv' ? 1e-13 : 1e-14) / beta

/** L = ½ ‖s − y‖² / batch: |δL| ≤ Σ |s − y| δ / batch ≤ √(2 L outputs) δ, by Cauchy and Schwarz. */
export const loss = (value: number, outputs: number): number => Math.sqrt(2 * value * outputs) * states

/** Percentages of counts: the counts must agree, the quotient rounds. */
export const percentage = 1e-12

/** A number printed with so many decimals: half a unit of the last one. */
export const printed = (decimals: number): number => 0.5 * 10 ** -decimals * (1 + 1e-9)

/** A sum of n numbers and a Euclidean norm over n numbers, each known within δ: n δ and √n δ. */
export const total = (n: number, delta: number): number => n * delta
export const norm = (n: number, delta: number): number => Math.sqrt(n) * delta

/**
 * A parameter after n training steps θ − rate · g with each g known within δ: n rate δ, and one rounding per step. (That
 * an error of θ changes later gradients is of second order in the rate.)
 */
export const trained = (n: number, rate: number, delta: number): number => n * (rate * delta + 2 ** -52)

/**
 * The rmse of coordinate i, r = ‖f − g‖ / m with m = max(‖f‖, ‖g‖), norms over K times. Entries known within δ_f and
 * δ_g, δ = δ_f + δ_g, move ‖f − g‖ and m by at most √K δ, hence r by at most
 *
 *     e = √K δ (1 + r) / (m − √K δ),          and never by more than 2, since 0 ≤ r ≤ 2.
 *
 * Where f and g vanish at all times, they are products with an exact zero (a dark pixel, a unit at the wall) in every
 * program, and e = 0. The mean of r moves by at most the mean of e. The sample standard deviation is a seminorm,
 * ‖r − r̄‖ / √(n−1), so it moves by at most ‖e‖ / √(n−1).
 */
export const rmse = (
  { gap2, first2, second2 }: Sums, K: number, delta: number,
): { readonly mean: number; readonly std: number } => {
  const shift = Math.sqrt(K) * delta
  const each = gap2.map((gap, i) => {
    const m = Math.sqrt(Math.max(first2[i] ?? 0, second2[i] ?? 0))
    if (m === 0) return 0
    return m <= shift ? 2 : Math.min(2, shift * (1 + Math.sqrt(gap) / m) / (m - shift))
  })
  const [sum, squares] = [each.reduce((a, e) => a + e, 0), each.reduce((a, e) => a + e * e, 0)]
  // Each entry's quotient, root and the n additions round on top: n + 4 units for values up to 2.
  const rounding = (each.length + 4) * 2 ** -52
  const std = each.length > 1 ? Math.sqrt(squares / (each.length - 1)) : 0
  return { mean: sum / each.length + rounding, std: std + rounding }
}
