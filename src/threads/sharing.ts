/**
 * How the threads of a training run divide a mini-batch, and how each of them puts together what all found. Either way nothing depends on their number:
 *
 *     by states   samples are divided, since they do not see each other; each thread forms the gradient from the states of all
 *     by sums     shards are divided, whose number is the job's; each thread adds their gradients in order
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Mistake } from '../fold/mistake.ts'
import { pieces } from '../learn/schedule.ts'
import type { ShardSum } from '../learn/shard.ts'
import { noTally, plusTally, type Tally } from '../learn/tally.ts'
import { layerShape, type Params } from '../phi/interaction.ts'
import type { MiniBatchPlan, PartApart, TrainingPart } from './part.ts'
import type { Exchange, SharedSums } from './shared.ts'

/** Samples that one thread takes, and the row from which on it writes what they come to. */
export interface Portion {
  readonly row: number
  readonly indices: readonly number[]
}

/** What it writes. */
export interface Done<T> {
  readonly tensors: readonly T[]
  readonly tally: Tally
}

export interface Sharing<T> {
  readonly exchange: Exchange
  /** In the order of their numbers; thread n takes those that are n modulo the number of threads. */
  readonly portions: (plan: MiniBatchPlan) => readonly Portion[]
  readonly evaluate: (theta: Params<T>, portion: Portion, plan: MiniBatchPlan) => E.Either<Mistake, Done<T>>
  /** What shards came to, from what all portions wrote. */
  readonly sums: (theta: Params<T>, plan: MiniBatchPlan, tallies: readonly Tally[], read: SharedSums<T>['read'], task: number) => readonly ShardSum<T>[]
}

const bySums = <T>(part: TrainingPart<T>): Sharing<T> => {
  const { params, batch, shard } = part.setting
  const names = Object.keys(params)
  const shards = Math.ceil(batch / shard)
  return {
    exchange: { rows: shards, shapes: Object.values(params), portions: shards },
    portions: (plan) => plan.shards.map((indices, row) => ({ row, indices })),
    evaluate: (theta, { indices }, { occasion }) => pipe(
      part.pull(theta, indices, occasion),
      E.map(({ gradient, tally }) => ({ tensors: names.map((name) => gradient[name] as T), tally }))),
    sums: (_theta, _plan, tallies, read, task) => tallies.map((tally, row) => ({
      gradient: Object.fromEntries(Object.entries(params).map(([name, shape], nth) => [name, read(task, nth, row, shape)])), tally,
    })),
  }
}

const byStates = <T>({ layers, states, settle, gradient }: PartApart<T>, batch: number, threads: number): Sharing<T> => {
  const size = Math.ceil(batch / threads)
  return {
    exchange: {
      rows: batch, portions: threads,
      shapes: Array.from({ length: states }, () => layers.map((layer) => layerShape(1, layer).slice(1))).flat(),
    },
    portions: ({ shards }) => pieces(shards.flat(), size).map((indices, n) => ({ row: n * size, indices })),
    evaluate: (theta, { indices }, { occasion }) => pipe(
      settle(theta, indices, occasion),
      E.map(({ states: found, tally }) => ({ tensors: found.flat(), tally }))),
    sums: (theta, { shards, occasion }, tallies, read, task) => {
      const all = shards.flat()
      const together = Array.from({ length: states }, (_, state) =>
        layers.map((layer, l) => read(task, state * layers.length + l, 0, layerShape(all.length, layer))))
      const { gradient: sum, cost } = gradient(theta, all, together, occasion)
      return [{ gradient: sum, tally: { ...tallies.reduce(plusTally, noTally), cost } }]
    },
  }
}

/** For so many threads. */
export const sharingOf = <T>(part: TrainingPart<T>, threads: number): Sharing<T> =>
  part.apart === undefined ? bySums(part) : byStates(part.apart, part.setting.batch, threads)

/** How many of so many threads there is something to do for at a mini-batch. */
export const busyOf = <T>({ apart, setting: { batch, shard } }: TrainingPart<T>, threads: number): number =>
  (apart === undefined ? Math.min(threads, Math.ceil(batch / shard)) : Math.ceil(batch / Math.ceil(batch / threads)))
