/**
 * A mini-batch with its free phase. The theorem speaks of settled states, and a few inputs in a hundred do not settle in T steps: deep
 * networks creep, and synchronous updates can swing between two states for ever. Whatever such a state still moves by enters every
 * update divided by the nudge. So digits that have not settled are replaced by the next ones drawn, unless they are to be kept, and the
 * record names them.
 */
import { tailRec } from 'fp-ts/lib/ChainRec.js'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { squaredError } from '../cost/squared-error.ts'
import type { Mistake } from '../fold/mistake.ts'
import { type Data, pose } from '../fold/pose.ts'
import { joinSamples, rowsOf, settleSamples, type SettledSamples } from '../fold/settle-samples.ts'
import type { Dynamics } from '../phi/dynamics.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'

/** What becomes of inputs that have not settled. */
export type Unsettled = 'replace' | 'keep'

export interface Settling {
  /** Samples wanted: the first of the pool, as far as they settle. */
  readonly batch: number
  /** The share of samples settled beside those that are missing. */
  readonly spare: number
  readonly T: number
  readonly K: number
  readonly unsettled: Unsettled
  /** The largest move per step of a state that counts as settled. */
  readonly tolerance: number
  readonly onStep: (t: number) => void
}

/** Places in the pool, and their common free phase. */
export interface SettledBatch<T> {
  readonly places: readonly number[]
  readonly settled: SettledSamples<T>
  /** Places before the last one taken that were not settled and so replaced, with what they still moved by. */
  readonly replaced: readonly { readonly place: number; readonly residual: number }[]
}

/** The data of some samples. */
export const dataOn = <T>(A: Algebra<never, T>, { theta, x, y }: Data<T>, places: readonly number[]): Data<T> =>
  ({ theta, x: rowsOf(A, x, places), y: rowsOf(A, y, places) })

/** Samples that were settled together, and one of them. */
interface Sample<T> {
  readonly place: number
  readonly round: SettledSamples<T>
  readonly row: number
}

const residualOf = ({ round, row }: Sample<unknown>): number => round.samples[row]?.residual ?? NaN

/** Neighbours of one round go together. */
const joined = <T>(A: Algebra<never, T>, samples: readonly Sample<T>[]): SettledSamples<T> =>
  joinSamples(A, [...new Set(samples.map(({ round }) => round))].map((settled) =>
    ({ settled, rows: samples.filter(({ round }) => round === settled).map(({ row }) => row) })))

/**
 * Settles the first samples of a pool, and the next ones in place of those that do not. Where fewer than half settle, T is too small for
 * this network and nothing is replaced; nor is it where the pool runs out. Left: a state that diverged.
 */
export const settledBatch = <T>(
  A: Algebra<Op, T>, dynamics: Dynamics<Op>, pool: Data<T>, { batch, spare, T, K, unsettled, tolerance, onStep }: Settling,
): E.Either<Mistake, SettledBatch<T>> => {
  const [size = 0] = A.shape(pool.x)
  const settle = (places: readonly number[]): E.Either<Mistake, readonly Sample<T>[]> => pipe(
    settleSamples((rows) => pose(A, dynamics, squaredError)(dataOn(A, pool, rows.map((row) => places[row] as number))), places.length, { steps: T, keep: K, onStep }),
    E.map((round) => places.map((place, row) => ({ place, round, row }))))
  const isSettled = (sample: Sample<T>): boolean => unsettled === 'keep' || residualOf(sample) <= tolerance
  const tried = tailRec<readonly Sample<T>[], E.Either<Mistake, readonly Sample<T>[]>>([], (seen) => {
    const missing = batch - seen.filter(isSettled).length
    const next = Math.min(Math.ceil(missing * (1 + spare)), size - seen.length)
    const hopeless = seen.length > 0 && 2 * seen.filter(isSettled).length < seen.length
    if (next <= 0 || hopeless) return E.right(E.right(seen))
    const more = settle(Array.from({ length: next }, (_, i) => seen.length + i))
    return E.isLeft(more) ? E.right(more) : E.left([...seen, ...more.right])
  })
  return pipe(tried, E.map((seen) => {
    const good = seen.filter(isSettled).slice(0, batch)
    const enough = good.length === batch
    const taken = enough ? good : seen.slice(0, batch)
    const last = taken.at(-1)?.place ?? -1
    const rounds = [...new Set(taken.map(({ round }) => round))]
    return {
      // In the order in which joinSamples lines them up.
      places: rounds.flatMap((round) => taken.filter((sample) => sample.round === round).map(({ place }) => place)),
      settled: joined(A, taken),
      replaced: seen.filter((sample) => enough && !isSettled(sample) && sample.place < last)
        .map((sample) => ({ place: sample.place, residual: residualOf(sample) })),
    }
  }))
}
