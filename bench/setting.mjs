/**
 * What is timed: networks of Table 1 at its hyperparameters on mini-batches of 20, by EP and by BPTT, with plain descent and every sample kept, as `phifold train` runs
 * them. P-1h at T 40, K 15 as on the authors' command line, without their leak.
 */
import { orThrow } from '../dist/index.js'
import { trainingData } from '../dist/cli/training-data.js'
import { trainerOf } from '../dist/experiment/training-job.js'

const changes = { 'P-1h': { T: 40, K: 15 } }

/** Digits to draw mini-batches from: a hundred of them. */
const [examples, tests] = [2000, 20]

export const jobOf = (name, method) => ({
  name, variant: 'exact', method, loss: 'squared', changes: changes[name] ?? {}, optimiser: { name: 'sgd', momentum: 0.9 }, weightDecay: 0, decay: 1, unsettled: 'keep', seed: 1,
})

export const trainerFor = (name, method) => orThrow(trainerOf(jobOf(name, method)))

/** Real digits from a folder, or synthetic ones. Throws what is wrong with the folder. */
export const digitsFrom = async (dir) => {
  const data = await trainingData(dir, 1, examples, tests)()
  if (data._tag === 'Left') throw new Error(data.left.message)
  return data.right
}

/** In words that name no folder. */
export const saidOf = ({ train, synthetic }) => `${train.count} ${synthetic ? 'synthetic digits' : 'digits of MNIST'}, ${(100 * Array.from(train.pixels).filter((p) => p === 0).length / train.pixels.length).toFixed(0)} % of their pixels zero`
