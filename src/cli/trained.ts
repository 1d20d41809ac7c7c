/** A trained network from the folder that `phifold train` left, and what it says of digits. */
import { availableParallelism } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { Digits } from '../data/digits.ts'
import type { Checkpoint } from '../experiment/checkpoint.ts'
import type { Tested } from '../experiment/evaluation.ts'
import { type Trainer, trainerOf } from '../experiment/training-job.ts'
import type { Reading } from '../learn/reading.ts'
import { checkpointName, hasCheckpoint, loadCheckpoint } from './checkpoint-file.ts'
import { type EngineName, engineNames } from './engine.ts'
import { progress } from './progress.ts'
import type { ReadingJob } from './reading-job.ts'
import type { UserError } from './request.ts'
import { runJobs } from './threads.ts'
import { type TrainingData, trainingData } from './training-data.ts'
import { version } from './version.ts'

export interface TrainedFolder {
  readonly trainer: Trainer
  readonly checkpoint: Checkpoint
  readonly engine: EngineName
}

/** What replaces what the run had. */
export interface Replaced {
  readonly dir: string
  readonly engine: EngineName | undefined
  readonly T: number | undefined
}

/** Digits that are settled at a time. */
const together = 500

/** The network of a folder. Left: no checkpoint, or one that cannot be used. */
export const trainedIn = ({ dir, engine, T }: Replaced): E.Either<UserError, TrainedFolder> => pipe(
  hasCheckpoint(dir) ? loadCheckpoint(dir) : E.left<UserError>({ message: `${dir}: expected a folder of phifold train with its ${checkpointName}, got none; train one: phifold train P-1h --out ${dir}` }),
  E.bindTo('checkpoint'),
  E.bind('trainer', ({ checkpoint: { state } }): E.Either<UserError, Trainer> => trainerOf(state.job)),
  E.map(({ checkpoint, trainer }) => ({
    checkpoint,
    trainer: T === undefined ? trainer : { ...trainer, learner: { ...trainer.learner, T } },
    engine: engine ?? engineNames.find((name) => name === checkpoint.state.engine) ?? 'simd32',
  })))

/** What is said of the test of a folder. */
export const testedOf = ({ trainer, checkpoint: { state }, engine }: TrainedFolder, { test, set, synthetic, digest }: TrainingData): Tested => ({
  version, engine, job: state.job, epochs: state.epochs.length, ofEpochs: trainer.epochs, step: state.step, data: { origin: synthetic ? `${test.count} ${set}` : `${test.count} test digits of ${set}`, synthetic, digest },
  note: synthetic && !state.data.synthetic ? `SYNTHETIC digits, but it learned from ${state.data.origin}: give --data`
    : !synthetic && state.data.synthetic ? 'it learned from SYNTHETIC digits'
      : undefined,
})

/** The digits of --data, or synthetic ones: those of the run, if it learned from synthetic ones. */
export const dataOf = ({ checkpoint: { state: { job, data } } }: TrainedFolder, dir: string | undefined): TE.TaskEither<UserError, TrainingData> =>
  (dir === undefined && data.synthetic ? trainingData(dir, job.seed, data.train, data.test) : trainingData(dir, job.seed, undefined))

/** What the network says of each digit, in their order, on so many threads. Left: digits of another size, or states that are no longer finite. */
export const readDigits = async (
  { trainer: { learner: { T }, network: { sizes, name }, params }, checkpoint, engine }: TrainedFolder, { count, rows, cols, pixels, labels }: Digits, threads: number | undefined,
): Promise<E.Either<UserError, readonly Reading[]>> => {
  if (rows * cols !== sizes[0]) return E.left({ message: `expected digits of ${sizes[0] ?? 0} pixels, as ${name} has inputs, got ${rows * cols}; take digits of the size it learned from` })
  // What the optimiser remembers has no part in this.
  const tensors = Object.fromEntries(Object.keys(params).flatMap((key) => {
    const stored = checkpoint.tensors[key]
    return stored === undefined ? [] : [[key, stored] as const]
  }))
  const [allPixels, allLabels] = [Uint8Array.from(pixels), Uint8Array.from(labels)]
  const jobs = Array.from({ length: Math.ceil(count / together) }, (_, piece): ReadingJob => {
    const [from, to] = [piece * together, Math.min(count, (piece + 1) * together)]
    return {
      checkpoint: { ...checkpoint, tensors }, T, engine,
      digits: { count: to - from, rows, cols, pixels: allPixels.slice(from * rows * cols, to * rows * cols), labels: allLabels.slice(from, to) },
    }
  })
  const bar = progress(`read ${count} digits`, count)
  let done = 0
  const read = await runJobs('reading', jobs, threads ?? availableParallelism(), {
    onShare: () => undefined,
    onDone: (_, { length }) => {
      done += length
      bar.advance(done)
    },
  })
  bar.end()
  return pipe(read, E.map((lists) => lists.flat()))
}
