/** The metric M that (H1) is about, and how a difference found under it is measured. */
import type { Layers } from '../phi/interaction.ts'
import { type Bench, direction, forced } from './question.ts'
import type { Finding } from './verdict.ts'

export type Metric<T> = (v: Layers<T>) => Layers<T>

export const finding = (check: string, where: string, value: number, allowance: number): Finding =>
  ({ hypothesis: 'symmetry', check, where, value, allowance })

/** Largest |a − b| relative to the largest entry of either. */
export const relativeGap = <T>(bench: Bench<T>, a: T, b: T, scale = 0): number => {
  const { A } = bench
  const zero = A.fill(A.shape(a), 0)
  const size = Math.max(A.distance(a, zero), A.distance(b, zero), scale)
  return size === 0 ? 0 : A.distance(a, b) / size
}

/** The claimed metric; else by what a force moves the state; else 1, where a force on a hidden layer does nothing. */
export const metricOf = <T>(bench: Bench<T>, s: Layers<T>): { readonly metric: Metric<T>; readonly claimed: boolean } => {
  const { A, motion, layerNames } = bench
  if (motion.metric !== undefined) return { metric: motion.metric(s), claimed: true }
  const hidden = layerNames.slice(0, -1).some((_, l) => {
    const moved = forced(bench, s, direction(bench, 1, l))[l] as T
    return A.distance(moved, A.fill(A.shape(moved), 0)) === 0
  })
  return { metric: hidden ? (v) => v : (v) => forced(bench, s, v), claimed: false }
}
