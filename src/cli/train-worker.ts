/**
 * A thread of a training run. It runs the same fold as every other thread; of each mini-batch it evaluates its own shards, writes their sums where all
 * can read them, and reads those of the others. It ends when told to, or with the process.
 */
import { workerData } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import type { Digits } from '../data/digits.ts'
import { type Checkpoint, restoredTraining } from '../experiment/checkpoint.ts'
import { trainerOf, type TrainingJob } from '../experiment/training-job.ts'
import { orThrow } from '../fold/mistake.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'
import { type EngineName, engines } from './engine.ts'
import { type SharedMemory, sharedSums, tasks } from './shared-sums.ts'
import { trainingPart } from './training-part.ts'

export interface TrainWorkerData {
  readonly job: TrainingJob
  readonly engine: EngineName
  readonly train: Digits
  readonly test: Digits
  /** Where the run goes on from. */
  readonly from: Checkpoint | undefined
  readonly memory: SharedMemory
  readonly thread: number
  readonly threads: number
}

const run = <T>(A: Algebra<Op, T>, { job, train, test, from, memory, thread, threads }: TrainWorkerData): void => {
  const trainer = orThrow(trainerOf(job))
  const part = trainingPart(A, job, trainer, train, test)
  const shared = sharedSums(A, trainer.params, memory, Math.ceil(trainer.network.batch / trainer.shard))
  let training = from === undefined ? part.start() : orThrow(restoredTraining(A, trainer, from, 'checkpoint'))
  for (let task = 0; ;) {
    task = shared.awaitTask(task)
    const kind = shared.kind()
    if (kind === tasks.end) return
    if (kind === tasks.test) {
      part.pieces.forEach((piece, n) => {
        if (n % threads === thread) shared.writeTally(n, E.toUnion(E.mapLeft(() => undefined)(part.look(training.theta, piece))))
      })
      shared.finish(thread, task)
    } else {
      const { shards, occasion, descent } = part.plan(training.step)
      const own = shards.map((shard, n) => (n % threads === thread ? E.toUnion(E.mapLeft(() => undefined)(part.pull(training.theta, shard, occasion))) : undefined))
      own.forEach((sum, n) => { if (n % threads === thread) shared.write(task, n, sum) })
      shared.finish(thread, task)
      for (let other = 0; other < threads; other += 1) while (!shared.awaitThread(other, task, Infinity));
      const parts = shards.flatMap((_, n) => own[n] ?? shared.read(task, n) ?? [])
      // After a failed shard nothing follows: the host tells what happened.
      if (parts.length === shards.length) training = part.advance(training, parts, descent)
    }
  }
}

const data = workerData as TrainWorkerData
engines[data.engine]().run((A) => { run(A, data) })
