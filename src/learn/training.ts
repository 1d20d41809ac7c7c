/**
 * Training: a fold over mini-batches of pure steps, state in, state out. A mini-batch comes in shards of fixed size; their sums are added in
 * order, so that nothing depends on who evaluated them.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Mistake } from '../fold/mistake.ts'
import type { Params } from '../phi/interaction.ts'
import { type Algebra, type Op, within } from '../tensor/algebra.ts'
import { type Descent, descended, type Memory, noMemory, type Optimiser } from './optimiser.ts'
import { type Learner, type ShardSum, shardSum, type Samples, together } from './shard.ts'
import { noTally, plusTally, type Tally } from './tally.ts'

/** All that a training run is, between two mini-batches. */
export interface Training<T> {
  /** The parameters. */
  readonly theta: Params<T>
  /** What the optimiser remembers. */
  readonly memory: Memory<T>
  /** Mini-batches done. */
  readonly step: number
  /** Of the epoch that is running. */
  readonly tally: Tally
}

/** The state to begin with: nothing learned, nothing remembered. */
export const begun = <T>(A: Algebra<never, T>, optimiser: Pick<Optimiser, 'remembers'>, theta: Params<T>): Training<T> =>
  ({ theta, memory: noMemory(A, optimiser, theta), step: 0, tally: noTally })

/** The state after a mini-batch whose shards came to `sum`. */
export const advanced = <T>(A: Algebra<Op, T>, optimiser: Optimiser) =>
  ({ theta, memory, step, tally }: Training<T>, sum: ShardSum<T>, descent: Descent): Training<T> => {
    const mean = Object.fromEntries(Object.entries(sum.gradient).map(([name, g]) => [name, A.over(g, sum.tally.samples)]))
    const next = optimiser.direction(A)(mean, memory, step + 1)
    return { theta: descended(A, theta, next.direction, descent), memory: next.memory, step: step + 1, tally: plusTally(tally, sum.tally) }
  }

const tensorsOf = <T>({ theta, memory }: Training<T>): readonly T[] => [...Object.values(theta), ...Object.values(memory).flatMap((remembered) => Object.values(remembered))]

/** The same, after which the state before is spent (`within` in tensor/algebra.ts): for who holds no other state than the last, and has shown it to nobody. */
export const advancedOn = <T>(A: Algebra<Op, T>, optimiser: Optimiser) => {
  const advance = advanced(A, optimiser)
  return (training: Training<T>, sum: ShardSum<T>, descent: Descent): Training<T> => {
    const next = advance(training, sum, descent)
    within(A, () => tensorsOf(next), tensorsOf(training))
    return next
  }
}

/** One mini-batch, its shards one after the other. Left: the first shard's mistake. */
export const trained = <T>(A: Algebra<Op, T>, learner: Learner, optimiser: Optimiser) => {
  const [pull, advance] = [shardSum(A, learner), advanced(A, optimiser)]
  return (state: Training<T>, shards: readonly Samples<T>[], descent: Descent, sign: 1 | -1 = 1): E.Either<Mistake, Training<T>> => pipe(
    shards,
    E.traverseArray((shard) => pull(state.theta, shard, { sign, rates: descent.rates })),
    E.map((parts) => advance(state, together(A, parts), descent)))
}
