/**
 * A thread of a training run. It runs the same fold as every other thread; of each mini-batch it evaluates its own portions, writes what they come to
 * where all can read it, and reads what the others wrote. It ends when told to, or with the process.
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
import { sharingOf } from './sharing.ts'
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
  const sharing = sharingOf(part, trainer, threads)
  const shared = sharedSums(A, sharing.exchange, memory)
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
      const plan = part.plan(training.step)
      const portions = sharing.portions(plan)
      portions.forEach((portion, n) => {
        if (n % threads === thread)
          shared.write(task, n, portion.row, E.toUnion(E.mapLeft(() => undefined)(sharing.evaluate(training.theta, portion, plan))))
      })
      shared.finish(thread, task)
      for (let other = 0; other < threads; other += 1) while (!shared.awaitThread(other, task, Infinity));
      const tallies = portions.flatMap((_, n) => shared.tally(task, n) ?? [])
      // After a failed portion nothing follows: the host tells what happened.
      if (tallies.length === portions.length) training = part.advance(training, sharing.sums(training.theta, plan, tallies, shared.read, task), plan.descent)
    }
  }
}

const data = workerData as TrainWorkerData
engines[data.engine]().run((A) => { run(A, data) })
