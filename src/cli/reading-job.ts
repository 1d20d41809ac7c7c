/** Some digits for a trained network to read, and what it says of each. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { pixelRows } from '../data/pixel-rows.ts'
import type { Digits } from '../data/digits.ts'
import { type Checkpoint, restoredTraining } from '../experiment/checkpoint.ts'
import { trainerOf } from '../experiment/training-job.ts'
import { type Reading, readings } from '../learn/reading.ts'
import { type Layer, layerShape } from '../phi/interaction.ts'
import { checkpointName } from './checkpoint-file.ts'
import { type EngineName, engines } from './engine.ts'
import type { UserError } from './request.ts'

export interface ReadingJob {
  /** With the network's parameters only. */
  readonly checkpoint: Checkpoint
  /** Steps of the free phase. */
  readonly T: number
  readonly engine: EngineName
  readonly digits: Digits
}

/** Readings in the order of the digits. Left: parameters that do not fit, or states that are no longer finite. */
export const runReadingJob = ({ checkpoint, T, engine, digits }: ReadingJob): E.Either<UserError, readonly Reading[]> => pipe(
  trainerOf(checkpoint.state.job),
  E.mapLeft(({ message }): UserError => ({ message })),
  E.flatMap(({ params, learner }) => engines[engine]().run((A) => pipe(
    restoredTraining(A, { params, optimiser: { remembers: [] } }, checkpoint, checkpointName),
    E.mapLeft(({ message }): UserError => ({ message })),
    E.flatMap(({ theta }) => {
      const { x, y } = pixelRows(digits, Array.from({ length: digits.count }, (_, i) => i))
      const samples = { x: A.of(layerShape(digits.count, learner.dynamics.layers[0] as Layer), x), y: A.of([digits.count, 10], y) }
      return pipe(readings(A, { ...learner, T })(theta, samples), E.mapLeft(({ message }): UserError => ({ message })))
    })))))
