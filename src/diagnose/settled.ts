/**
 * Third hypothesis, (H2): the free phase has settled. What is left to move, the residual r = max |s_T − s_{T−1}|, enters every update as
 * r/β, so it is held against the first move that the nudge itself makes:
 *
 *     r ≤ accuracy · |β| · max |M ∂ℓ/∂s|
 *
 * Synchronous updates can end in a two-cycle, which no number of steps settles.
 */
import type { SettledSamples } from '../fold/settle-samples.ts'
import { stateDistance } from '../fold/free-phase.ts'
import type { Layers } from '../phi/interaction.ts'
import { type Bench, forced } from './question.ts'
import { type Check, shown } from './verdict.ts'

/** How far the nudge moves the output at first, per unit of β. */
export const nudgeSize = <T>(bench: Bench<T>, s: Layers<T>): number => {
  const { A, problem } = bench
  const force = s.map((sl, l) => (l === s.length - 1 ? problem.costing.gradient(sl) : undefined))
  return Math.max(...forced(bench, s, force).map((m) => A.distance(m, A.fill(A.shape(m), 0))))
}

const listed = (rows: readonly number[]): string => (rows.length > 8 ? `${rows.slice(0, 8).join(', ')} and ${rows.length - 8} more` : rows.join(', '))

/** The layer that moves most. */
const mover = <T>({ A, layerNames }: Bench<T>, a: Layers<T>, b: Layers<T>): string => {
  const moves = a.map((al, l) => A.distance(al, b[l] as T))
  return layerNames[moves.indexOf(Math.max(...moves))] ?? ''
}

/** One check for the batch; `settled` keeps at least two states. */
export const settledCheck = <T>(bench: Bench<T>, settled: SettledSamples<T>, beta: number): Check => {
  const { A, accuracy, relative } = bench
  const { state, before: [last = state, last2 = last], residual, samples, steps } = settled
  // Rounding alone keeps some states flickering in their last bits.
  const size = Math.max(...state.map((sl) => A.distance(sl, A.fill(A.shape(sl), 0))))
  const allowance = Math.max(accuracy * Math.abs(beta) * nudgeSize(bench, state), relative * size)
  const unsettled = samples.flatMap((sample, row) => (sample.residual <= allowance ? [] : [row]))
  const cycling = samples.flatMap(({ period = 1, residual: r }, row) => (period > 1 && !(r <= allowance) ? [row] : []))
  return {
    finding: { hypothesis: 'settled', check: `residual after ${steps} steps against the nudge`, where: mover(bench, state, last), value: residual, allowance },
    cause: () => {
      const [swing, earlier] = [stateDistance(A, state, last2), stateDistance(A, last, last2)]
      const where = `${unsettled.length} of ${samples.length} samples (${listed(unsettled)})`
      if (cycling.length > 0 || swing < residual / 8) return {
        _tag: 'Cycle',
        says: `${where} swing between states ${shown(residual)} apart and come back after ${Math.max(2, ...cycling.map((row) => samples[row]?.period ?? 2))} steps (${shown(swing)} from where they were): a cycle, not a fixed point`,
        remedy: 'use a smaller step size ε, smaller weights, or leave these samples out; more steps do not help',
      }
      const rate = residual / earlier
      const more = rate < 1 ? Math.ceil(Math.log(allowance / residual) / Math.log(rate)) : undefined
      return {
        _tag: 'NotSettled',
        says: `${where} still move by up to ${shown(residual)} a step after T = ${steps}; divided by β = ${shown(beta)} that is ${shown(residual / Math.abs(beta))}, against a nudge of ${shown(nudgeSize(bench, state))}`,
        remedy: more === undefined ? 'use more steps T; the state does not yet come to rest at all, so perhaps smaller weights'
          : `use about ${more} more steps T at this rate (each step leaves ${shown(rate)} of the move), or a larger step size ε: a leak slows it`,
      }
    },
  }
}
