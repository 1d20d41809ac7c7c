/**
 * Which neurons and synapses a figure draws. A panel with a few curves should show the whole range, so those are taken
 * whose total over time lies nearest to evenly spaced values between the least and the greatest total. No randomness: the same
 * network draws the same curves.
 */
import { flatten, type Watch } from '../fold/lock-step.ts'
import { foldPhase, type Moment, type Phase } from '../fold/phase.ts'
import type { Problem } from '../fold/pose.ts'
import type { Layers } from '../phi/interaction.ts'
import type { Algebra } from '../tensor/algebra.ts'

/** `count` different indices (all of them where there are fewer), in the order of their totals, greatest first. */
export const spread = (totals: ArrayLike<number>, count: number): readonly number[] => {
  const ranked = Array.from(totals, (_, i) => i).sort((i, j) => (totals[j] ?? 0) - (totals[i] ?? 0) || i - j)
  if (ranked.length <= count) return ranked
  const [most, least] = [totals[ranked[0] ?? 0] ?? 0, totals[ranked.at(-1) ?? 0] ?? 0]
  // Ranks are chosen in ascending order; `room` leaves enough of them for the curves still to come.
  return Array.from({ length: count }).reduce<readonly number[]>((ranks, _, c) => {
    const wanted = most + (c / Math.max(count - 1, 1)) * (least - most)
    const [first, room] = [(ranks.at(-1) ?? -1) + 1, ranked.length - (count - 1 - c)]
    const gap = (rank: number): number => Math.abs((totals[ranked[rank] ?? 0] ?? 0) - wanted)
    const best = Array.from({ length: room - first }, (_unused, k) => first + k).reduce((a, b) => (gap(b) < gap(a) ? b : a), first)
    return [...ranks, best]
  }, []).map((rank) => ranked[rank] ?? 0)
}

/**
 * Coordinates to draw of each layer and parameter, by the totals of the reference. Those of the parameters are pulled back once,
 * from the total of the unweighted descent: exact where the state is settled, since then every moment pulls at the same state.
 */
export const watched = <T>(
  A: Algebra<never, T>, problem: Problem<T>, reference: Phase<Moment<T>>, descent: Phase<Moment<T>>, settled: Layers<T>,
  { steps, count }: { readonly steps: number; readonly count: number },
): Watch => {
  const sum = (phase: Phase<Moment<T>>): Layers<T> =>
    foldPhase(phase, steps, problem.zeros, (total, { state }) => total.map((sl, l) => A.add(sl, state[l] as T)))
  const param = problem.motion.pull(settled)(sum(descent)).param
  const totals = flatten(A, { state: sum(reference), param })
  return Object.fromEntries(Object.entries(totals).map(([quantity, values]) => [quantity, spread(values, count)]))
}
