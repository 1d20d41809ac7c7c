/**
 * What every thread of a training run can do by itself: say which samples make up a mini-batch, evaluate any of its shards, look at any piece of the
 * test samples, and go on to the next state. All of it is given by the setting, so that threads need to exchange nothing but sums.
 */
import type * as E from 'fp-ts/lib/Either.js'
import type { Mistake } from '../fold/mistake.ts'
import type { Apart, Occasion } from '../learn/method.ts'
import type { Descent, Optimiser } from '../learn/optimiser.ts'
import { batchesOf, orderOf, pieces, placeOf, signsOf } from '../learn/schedule.ts'
import { gradientFrom, type Learner, type Samples, type SettledPart, settledPart, type ShardSum, shardSum, tested, together } from '../learn/shard.ts'
import type { Tally } from '../learn/tally.ts'
import { advancedOn, type Training } from '../learn/training.ts'
import type { Layer, Layers, Params } from '../phi/interaction.ts'
import type { Algebra, Op, Shape } from '../tensor/algebra.ts'

/** Samples by index. */
export interface SampleSet<T> {
  /** How many there are. */
  readonly count: number
  /** Those of the given indices, in that order: x and y as `pose` takes them. */
  readonly at: (indices: readonly number[]) => Samples<T>
}

/** A training run, said completely: every thread has the same. */
export interface TrainingSetting<T> {
  /** The interpreter, one of its own for each thread. */
  readonly algebra: Algebra<Op, T>
  /** Network, cost, method, T, and what counts as settled. */
  readonly learner: Learner
  /** How steps are made of gradients. */
  readonly optimiser: Optimiser
  /** The shapes of the parameters. */
  readonly params: Readonly<Record<string, Shape>>
  /** The state to begin with, a fresh one each time: `begun`, or one that was kept. */
  readonly start: () => Training<T>
  /** Of the order of the samples, and of the signs of `randomSignEp`: an integer from 0 to 2³² − 1. */
  readonly seed: number
  /** Samples of a mini-batch. */
  readonly batch: number
  /** Samples of which a gradient is formed together, at most a mini-batch: it changes the last bits of results, the number of threads does not. */
  readonly shard: number
  /** Rates and weight decay in an epoch, which count from 1. */
  readonly descent: (epoch: number) => Descent
  /** To learn from. */
  readonly train: SampleSet<T>
  /** To be tested on. */
  readonly test: SampleSet<T>
}

/** A mini-batch: its samples by index, in shards. */
export interface MiniBatchPlan {
  /** The samples of each shard. */
  readonly shards: readonly (readonly number[])[]
  /** What its gradient is formed with. */
  readonly occasion: Occasion
  /** What its update is made with. */
  readonly descent: Descent
}

/** What a thread can do; made by `trainingPart`, used by `crewOf` and `serve`. */
export interface TrainingPart<T> {
  /** What it was made of. */
  readonly setting: TrainingSetting<T>
  /** Mini-batches of an epoch. */
  readonly perEpoch: number
  /** The mini-batch that follows so many. */
  readonly plan: (step: number) => MiniBatchPlan
  /** The gradient and tally of a shard. */
  readonly pull: (theta: Params<T>, shard: readonly number[], occasion: Occasion) => E.Either<Mistake, ShardSum<T>>
  /** Where a mini-batch of one shard may be divided among threads without a trace. */
  readonly apart: PartApart<T> | undefined
  /** Shards of one mini-batch added up, in their order. */
  readonly together: (parts: readonly ShardSum<T>[]) => ShardSum<T>
  /** The state after a mini-batch whose shards, in order, came to these. The state before is spent. */
  readonly advance: (training: Training<T>, parts: readonly ShardSum<T>[], descent: Descent) => Training<T>
  /** The test samples in pieces. */
  readonly pieces: readonly (readonly number[])[]
  /** The tally of a piece. */
  readonly look: (theta: Params<T>, piece: readonly number[]) => E.Either<Mistake, Tally>
}

/** A method in two parts, on samples by index. */
export interface PartApart<T> {
  /** How many states there are of each sample, with a tensor for each layer. */
  readonly states: number
  /** Of the state. */
  readonly layers: readonly Layer[]
  /** The states of some samples. */
  readonly settle: (theta: Params<T>, indices: readonly number[], occasion: Occasion) => E.Either<Mistake, SettledPart<T>>
  /** The gradient of all samples from the states of all. */
  readonly gradient: (theta: Params<T>, indices: readonly number[], states: readonly Layers<T>[], occasion: Occasion) => { readonly gradient: Params<T>; readonly cost: number }
}

/** Test samples that are settled at a time. */
const testBatch = 500

/** The part of a setting: see `crewOf`. Throws RangeError for a shard that is no whole number from 1 to the mini-batch. */
export const trainingPart = <T>(setting: TrainingSetting<T>): TrainingPart<T> => {
  const { algebra: A, learner, optimiser, seed, batch, shard, train, test } = setting
  if (!Number.isSafeInteger(shard) || shard < 1 || shard > batch) throw new RangeError(`trainingPart: expected a shard of 1 to ${batch} samples, got ${shard}`)
  const perEpoch = batchesOf(train.count, batch)
  const [pull, look, advance] = [shardSum(A, learner), tested(A, learner), advancedOn(A, optimiser)]
  const epochPlan = (epoch: number) => ({
    epoch, order: orderOf(seed, epoch, train.count), signs: signsOf(seed, epoch, perEpoch), descent: setting.descent(epoch),
  })
  // The epoch that is running, which every mini-batch of it asks for.
  let current: ReturnType<typeof epochPlan> | undefined
  const { method: { apart }, unsettled, dynamics: { layers } } = learner
  const inParts = (found: Apart): PartApart<T> => {
    const [settle, gradient] = [settledPart(A, learner, found), gradientFrom(A, learner, found)]
    return {
      states: found.states,
      layers: layers.slice(1),
      settle: (theta, indices, occasion) => settle(theta, train.at(indices), occasion),
      gradient: (theta, indices, states, occasion) => gradient(theta, train.at(indices), states, occasion),
    }
  }
  return {
    setting,
    perEpoch,
    apart: apart === undefined || unsettled === 'skip' || shard < batch ? undefined : inParts(apart),
    plan: (step) => {
      const { epoch, done } = placeOf(step, perEpoch)
      if (current?.epoch !== epoch) current = epochPlan(epoch)
      const { order, signs, descent } = current
      return { shards: pieces(order.slice(done * batch, (done + 1) * batch), shard), occasion: { sign: signs[done] ?? 1, rates: descent.rates }, descent }
    },
    pull: (theta, indices, occasion) => pull(theta, train.at(indices), occasion),
    together: (parts) => together(A, parts),
    advance: (training, parts, descent) => advance(training, together(A, parts), descent),
    pieces: pieces(Array.from({ length: test.count }, (_, i) => i), testBatch),
    look: (theta, indices) => look(theta, test.at(indices)),
  }
}
