/** A training job on digits, as every thread of it has it. */
import type { Digits } from '../data/digits.ts'
import { pixelRows } from '../data/pixel-rows.ts'
import { seeded } from '../data/random.ts'
import { type Checkpoint, restoredTraining } from '../experiment/checkpoint.ts'
import type { Trainer, TrainingJob } from '../experiment/training-job.ts'
import { orThrow } from '../fold/mistake.ts'
import { initialise } from '../learn/initialise.ts'
import { begun } from '../learn/training.ts'
import { type Layer, layerShape } from '../phi/interaction.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'
import { type SampleSet, type TrainingPart, trainingPart } from '../threads/part.ts'
import { checkpointName } from './checkpoint-file.ts'
import type { EngineName } from './engine.ts'

/** What decides a run; plain values. */
export interface JobOnDigits {
  readonly job: TrainingJob
  readonly engine: EngineName
  readonly train: Digits
  readonly test: Digits
  /** Where it goes on from; it has been looked at. */
  readonly from?: Checkpoint | undefined
}

const samplesOf = <T>(A: Algebra<Op, T>, { learner: { dynamics } }: Trainer, digits: Digits): SampleSet<T> => ({
  count: digits.count,
  at: (indices) => {
    const { x, y } = pixelRows(digits, indices)
    return { x: A.of(layerShape(indices.length, dynamics.layers[0] as Layer), x), y: A.of([indices.length, 10], y) }
  },
})

/** On an interpreter of the job's engine. */
export const partOn = <T>(A: Algebra<Op, T>, trainer: Trainer, { job, train, test, from }: JobOnDigits): TrainingPart<T> => {
  const { network: { batch }, shard, learner, optimiser, params, ratesIn } = trainer
  return trainingPart({
    algebra: A, learner, optimiser, params, seed: job.seed, batch, shard,
    start: () => (from === undefined ? begun(A, optimiser, initialise(A, params, seeded(job.seed))[0]) : orThrow(restoredTraining(A, trainer, from, checkpointName))),
    descent: (epoch) => ({ rates: ratesIn(epoch), weightDecay: job.weightDecay }),
    train: samplesOf(A, trainer, train), test: samplesOf(A, trainer, test),
  })
}
