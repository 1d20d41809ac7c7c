/**
 * What every thread of a training run can do by itself: say which digits make up a mini-batch, evaluate any of its shards, look at any piece of the
 * test digits, and go on to the next state. All of it is given by the job, so that threads need to exchange nothing but sums.
 */
import type * as E from 'fp-ts/lib/Either.js'
import type { Digits } from '../data/digits.ts'
import { pixelRows } from '../data/pixel-rows.ts'
import { seeded } from '../data/random.ts'
import type { Trainer, TrainingJob } from '../experiment/training-job.ts'
import type { Mistake } from '../fold/mistake.ts'
import { initialise } from '../learn/initialise.ts'
import type { Apart, Occasion } from '../learn/method.ts'
import type { Descent } from '../learn/optimiser.ts'
import { batchesOf, orderOf, pieces, placeOf, signsOf } from '../learn/schedule.ts'
import { gradientFrom, type Samples, type SettledPart, settledPart, type ShardSum, shardSum, tested, together } from '../learn/shard.ts'
import type { Tally } from '../learn/tally.ts'
import { advancedOn, begun, type Training } from '../learn/training.ts'
import { type Layer, type Layers, layerShape, type Params } from '../phi/interaction.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'

/** A mini-batch: its digits by index, in shards. */
export interface MiniBatchPlan {
  readonly shards: readonly (readonly number[])[]
  readonly occasion: Occasion
  readonly descent: Descent
}

export interface TrainingPart<T> {
  /** Mini-batches of an epoch. */
  readonly perEpoch: number
  /** The state that the seed begins with. */
  readonly start: () => Training<T>
  /** The mini-batch that follows so many. */
  readonly plan: (step: number) => MiniBatchPlan
  readonly pull: (theta: Params<T>, shard: readonly number[], occasion: Occasion) => E.Either<Mistake, ShardSum<T>>
  /** Where a mini-batch of one shard may be divided among threads without a trace. */
  readonly apart: PartApart<T> | undefined
  /** Shards of one mini-batch added up, in their order. */
  readonly together: (parts: readonly ShardSum<T>[]) => ShardSum<T>
  /** The state after a mini-batch whose shards, in order, came to these. The state before is spent. */
  readonly advance: (training: Training<T>, parts: readonly ShardSum<T>[], descent: Descent) => Training<T>
  /** The test digits in pieces. */
  readonly pieces: readonly (readonly number[])[]
  readonly look: (theta: Params<T>, piece: readonly number[]) => E.Either<Mistake, Tally>
}

/** A method in two parts, on digits by index. */
export interface PartApart<T> {
  /** How many states there are of each digit, with a tensor for each layer. */
  readonly states: number
  readonly layers: readonly Layer[]
  readonly settle: (theta: Params<T>, indices: readonly number[], occasion: Occasion) => E.Either<Mistake, SettledPart<T>>
  readonly gradient: (theta: Params<T>, indices: readonly number[], states: readonly Layers<T>[], occasion: Occasion) => { readonly gradient: Params<T>; readonly cost: number }
}

/** Test digits that are settled at a time. */
const testBatch = 500

const samplesOf = <T>(A: Algebra<Op, T>, { learner: { dynamics } }: Trainer, digits: Digits) => (indices: readonly number[]): Samples<T> => {
  const { x, y } = pixelRows(digits, indices)
  return { x: A.of(layerShape(indices.length, dynamics.layers[0] as Layer), x), y: A.of([indices.length, 10], y) }
}

export const trainingPart = <T>(A: Algebra<Op, T>, job: TrainingJob, trainer: Trainer, train: Digits, test: Digits): TrainingPart<T> => {
  const { network: { batch }, shard, learner, optimiser } = trainer
  const perEpoch = batchesOf(train.count, batch)
  const [pull, look, advance] = [shardSum(A, learner), tested(A, learner), advancedOn(A, optimiser)]
  const [learned, unseen] = [samplesOf(A, trainer, train), samplesOf(A, trainer, test)]
  const epochPlan = (epoch: number) => ({
    epoch, order: orderOf(job.seed, epoch, train.count), signs: signsOf(job.seed, epoch, perEpoch),
    descent: { rates: trainer.ratesIn(epoch), weightDecay: job.weightDecay },
  })
  // The epoch that is running, which every mini-batch of it asks for.
  let current: ReturnType<typeof epochPlan> | undefined
  const { method: { apart }, unsettled, dynamics: { layers } } = learner
  const inParts = (found: Apart): PartApart<T> => {
    const [settle, gradient] = [settledPart(A, learner, found), gradientFrom(A, learner, found)]
    return {
      states: found.states,
      layers: layers.slice(1),
      settle: (theta, indices, occasion) => settle(theta, learned(indices), occasion),
      gradient: (theta, indices, states, occasion) => gradient(theta, learned(indices), states, occasion),
    }
  }
  return {
    perEpoch,
    apart: apart === undefined || unsettled === 'skip' || shard < batch ? undefined : inParts(apart),
    start: () => begun(A, optimiser, initialise(A, trainer.params, seeded(job.seed))[0]),
    plan: (step) => {
      const { epoch, done } = placeOf(step, perEpoch)
      if (current?.epoch !== epoch) current = epochPlan(epoch)
      const { order, signs, descent } = current
      return { shards: pieces(order.slice(done * batch, (done + 1) * batch), shard), occasion: { sign: signs[done] ?? 1, rates: descent.rates }, descent }
    },
    pull: (theta, indices, occasion) => pull(theta, learned(indices), occasion),
    together: (parts) => together(A, parts),
    advance: (training, parts, descent) => advance(training, together(A, parts), descent),
    pieces: pieces(Array.from({ length: test.count }, (_, i) => i), testBatch),
    look: (theta, indices) => look(theta, unseen(indices)),
  }
}
