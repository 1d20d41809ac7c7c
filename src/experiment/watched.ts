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

/** The first of the numbers from `low` to below `high` that passes; `high` if none does. All after one that passes must pass too. */
const firstThat = (low: number, high: number, passes: (n: number) => boolean): number => {
  if (low >= high) return high
  const middle = Math.floor((low + high) / 2)
  return passes(middle) ? firstThat(low, middle, passes) : firstThat(middle + 1, high, passes)
}

/**
 * `count` different indices (all of them where there are fewer), in the order of their totals, greatest first. Indices of equal totals
 * stand in their own order. With a million weights a sort of indices would be most of the time: the totals alone are sorted, and the
 * nearest to what is wanted is found by halving.
 */
export const spread = (totals: ArrayLike<number>, count: number): readonly number[] => {
  const values = new Float64Array(totals)
  if (values.length <= count) return Array.from(values, (_, i) => i).sort((i, j) => (values[j] ?? 0) - (values[i] ?? 0) || i - j)
  const ascending = values.toSorted()
  const at = (rank: number): number => ascending[values.length - 1 - rank] ?? 0
  const [most, least] = [at(0), at(values.length - 1)]
  // Ranks are chosen in ascending order; `room` leaves enough of them for the curves still to come.
  const ranks = Array.from({ length: count }).reduce<readonly number[]>((chosen, _, c) => {
    const wanted = most + (c / Math.max(count - 1, 1)) * (least - most)
    const [first, room] = [(chosen.at(-1) ?? -1) + 1, values.length - (count - 1 - c)]
    const gap = (rank: number): number => Math.abs(at(rank) - wanted)
    // Gaps fall up to the first total that is not above what is wanted, and rise from there on.
    const below = firstThat(first, room, (rank) => at(rank) <= wanted)
    const above = below > first && (below === room || gap(below - 1) <= gap(below))
    return [...chosen, above ? firstThat(first, below - 1, (rank) => gap(rank) <= gap(below - 1)) : below]
  }, [])
  return ranks.map((rank) => {
    const before = firstThat(0, rank, (other) => at(other) <= at(rank))
    return Array.from({ length: rank - before + 1 }).reduce<number>((i) => values.indexOf(at(rank), i + 1), -1)
  })
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
