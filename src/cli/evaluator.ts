/** Evaluates the shards of mini-batches and the test digits: pure functions of src/learn on digits by their indices. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Digits } from '../data/digits.ts'
import { pixelRows } from '../data/pixel-rows.ts'
import type { Trainer } from '../experiment/training-job.ts'
import type { Mistake } from '../fold/mistake.ts'
import { pieces } from '../learn/schedule.ts'
import { type Pulled, pulled, type Samples, tested, together } from '../learn/shard.ts'
import { noTally, plusTally, type Tally } from '../learn/tally.ts'
import { type Layer, layerShape, type Params } from '../phi/interaction.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'

export interface Evaluator<T> {
  /** A mini-batch of training digits: the sums of its shards, added in order. */
  readonly gradient: (theta: Params<T>, indices: readonly number[], sign: 1 | -1) => E.Either<Mistake, Pulled<T>>
  /** All test digits. */
  readonly test: (theta: Params<T>) => E.Either<Mistake, Tally>
}

/** Test digits that are settled at a time. */
const testBatch = 500

const samplesOf = <T>(A: Algebra<Op, T>, { learner: { dynamics } }: Trainer, digits: Digits) => (indices: readonly number[]): Samples<T> => {
  const { x, y } = pixelRows(digits, indices)
  return { x: A.of(layerShape(indices.length, dynamics.layers[0] as Layer), x), y: A.of([indices.length, 10], y) }
}

/** In this thread, one shard after the other. */
export const evaluatorHere = <T>(A: Algebra<Op, T>, trainer: Trainer, train: Digits, test: Digits): Evaluator<T> => {
  const [pull, look] = [pulled(A, trainer.learner), tested(A, trainer.learner)]
  const [learned, unseen] = [samplesOf(A, trainer, train), samplesOf(A, trainer, test)]
  return {
    gradient: (theta, indices, sign) => pipe(
      pieces(indices, trainer.shard),
      E.traverseArray((some) => pull(theta, learned(some), sign)),
      E.map((parts) => together(A, parts))),
    test: (theta) => pipe(
      pieces(Array.from({ length: test.count }, (_, i) => i), testBatch),
      E.traverseArray((some) => look(theta, unseen(some))),
      E.map((tallies) => tallies.reduce(plusTally, noTally))),
  }
}
