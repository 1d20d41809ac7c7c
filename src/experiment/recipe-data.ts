/**
 * The parameters and mini-batches of a recipe, drawn from one seed: parameters first, then each mini-batch by itself, so that more
 * of them change nothing about the first ones. Digits differ within a mini-batch.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { BatchError } from '../data/batch.ts'
import { type Random, seeded } from '../data/random.ts'
import type { Data } from '../fold/pose.ts'
import { initialise } from '../learn/initialise.ts'
import { type Layer, layerShape } from '../phi/interaction.ts'
import type { Algebra } from '../tensor/algebra.ts'
import type { BadHyperparameter } from './figure.ts'
import { chosen, type Source } from './figure-data.ts'
import type { Drawn } from './record.ts'
import type { Model, TrainedNetwork } from './trained-network.ts'

type Batch<T> = Data<T> & { readonly drawn: Drawn }
type Drawing<T> = E.Either<BadHyperparameter | BatchError, readonly [readonly Batch<T>[], Random]>

/**
 * The same θ with each mini-batch. Left: sizes or a batch that do not fit the digits.
 * @throws RangeError unless the seed is an integer from 0 to 2³² − 1.
 */
export const recipeData = <T>(
  A: Algebra<never, T>, network: Pick<TrainedNetwork, 'sizes' | 'batch'>, { dynamics }: Model, batches: number, seed: number, source: Source,
): E.Either<BadHyperparameter | BatchError, readonly Batch<T>[]> => {
  const [theta, start] = initialise(A, dynamics.params, seeded(seed))
  const shape = layerShape(network.batch, dynamics.layers[0] as Layer)
  return pipe(
    Array.from({ length: batches }).reduce<Drawing<T>>((before) => pipe(
      before,
      E.flatMap(([drawn, rng]) => pipe(
        chosen(A, network, source, rng),
        E.map(([batch, later]) => [[...drawn, { theta, ...batch, x: A.reshape(batch.x, shape) }], later] as const)))),
    E.right([[], start])),
    E.map(([drawn]) => drawn))
}
