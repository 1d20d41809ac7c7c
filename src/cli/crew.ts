/**
 * Who does the work of a training run: this thread alone, or several threads that all run the same fold and divide mini-batches and test digits
 * among them (sharing.ts). What they found is put together by every thread for itself, and the number of threads changes no bit of the result.
 */
import { Worker } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Digits } from '../data/digits.ts'
import type { Checkpoint } from '../experiment/checkpoint.ts'
import type { Trainer, TrainingJob } from '../experiment/training-job.ts'
import type { Mistake } from '../fold/mistake.ts'
import { noTally, plusTally, type Tally } from '../learn/tally.ts'
import type { Training } from '../learn/training.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'
import type { EngineName } from './engine.ts'
import type { UserError } from './request.ts'
import { sharedMemory, sharedSums, tasks } from './shared-sums.ts'
import { busyOf, sharingOf } from './sharing.ts'
import type { TrainWorkerData } from './train-worker.ts'
import type { TrainingPart } from './training-part.ts'

type Maybe<A> = E.Either<Mistake | UserError, A>

export interface Crew<T> {
  /** The state after the next mini-batch. All threads are at the state that is given. */
  readonly step: (training: Training<T>) => Maybe<Training<T>> | Promise<Maybe<Training<T>>>
  /** All test digits. */
  readonly test: (training: Training<T>) => Maybe<Tally> | Promise<Maybe<Tally>>
  readonly end: () => Promise<void>
}

export const alone = <T>(part: TrainingPart<T>): Crew<T> => ({
  step: (training) => {
    const { shards, occasion, descent } = part.plan(training.step)
    return pipe(
      shards,
      E.traverseArray((shard) => part.pull(training.theta, shard, occasion)),
      E.map((parts) => part.advance(training, parts, descent)))
  },
  test: ({ theta }) => pipe(
    part.pieces,
    E.traverseArray((piece) => part.look(theta, piece)),
    E.map((tallies) => tallies.reduce(plusTally, noTally))),
  end: () => Promise.resolve(),
})

/** Digits whose bytes all threads see. */
const sharedDigits = ({ count, rows, cols, pixels, labels }: Digits): Digits => {
  const shared = (bytes: ArrayLike<number>): Uint8Array => {
    const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
    copy.set(bytes)
    return copy
  }
  return { count, rows, cols, pixels: shared(pixels), labels: shared(labels) }
}

/** How long this thread waits for another before it lets signals and other events in, and how long it then sleeps, in milliseconds. */
const [patience, nap] = [20, 2]

export interface Crewed {
  readonly job: TrainingJob
  readonly trainer: Trainer
  readonly engine: EngineName
  readonly train: Digits
  readonly test: Digits
  readonly from: Checkpoint | undefined
  /** At most. */
  readonly threads: number
}

/** This thread and others, as many as there is something to do for. */
export const crewOf = <T>(A: Algebra<Op, T>, part: TrainingPart<T>, { job, trainer, engine, train, test, from, threads: most }: Crewed): Crew<T> => {
  const threads = busyOf(part, trainer, most)
  if (threads === 1) return alone(part)
  const sharing = sharingOf(part, trainer, threads)
  const memory = sharedMemory(sharing.exchange, engine, threads, part.pieces.length)
  const shared = sharedSums(A, sharing.exchange, memory)
  const common = { job, engine, train: sharedDigits(train), test: sharedDigits(test), from, memory, threads }
  let dead: UserError | undefined
  let ending = false
  const workers = Array.from({ length: threads - 1 }, (_, i) => {
    const worker = new Worker(new URL('./train-worker.js', import.meta.url), { workerData: { ...common, thread: i + 1 } satisfies TrainWorkerData })
    const died = (why: string): void => {
      if (!ending) dead ??= { message: `thread ${i + 1} of the training ended: ${why.split('\n')[0] ?? ''}; go on from the last checkpoint with --threads 1` }
    }
    worker.on('error', (error: Error) => { died(error.message) })
    worker.on('exit', (code) => { died(`exit code ${code}`) })
    // Whoever is waited for is waited for by the run; the process need not stay for an idle thread.
    worker.unref()
    return worker
  })
  const isMine = (n: number): boolean => n % threads === 0

  /** Until all threads have done the task, in which events are let in where it takes long. */
  const others = (task: number): true | Promise<E.Either<UserError, true>> => {
    const ready = (milliseconds: number): boolean => workers.every((_, i) => shared.awaitThread(i + 1, task, milliseconds))
    if (dead === undefined && ready(patience)) return true
    return (async () => {
      while (dead === undefined && !ready(0)) await new Promise((resolve) => setTimeout(resolve, nap))
      return dead === undefined ? E.right(true) : E.left(dead)
    })()
  }
  const after = <B>(task: number, then: () => Maybe<B>): Maybe<B> | Promise<Maybe<B>> => {
    const waited = others(task)
    return waited === true ? then() : waited.then((result) => (E.isLeft(result) ? result : then()))
  }

  return {
    step: (training) => {
      const plan = part.plan(training.step)
      const task = shared.tell(tasks.step)
      const { theta } = training
      const portions = sharing.portions(plan)
      const own = portions.map((portion, n) => (isMine(n) ? sharing.evaluate(theta, portion, plan) : undefined))
      own.forEach((mine, n) => { if (mine !== undefined) shared.write(task, n, portions[n]?.row ?? 0, E.isRight(mine) ? mine.right : undefined) })
      shared.finish(0, task)
      return after(task, () => pipe(
        portions.map((portion, n) => [portion, n] as const),
        E.traverseArray(([portion, n]) => {
          const tally = shared.tally(task, n)
          // A portion that failed elsewhere fails here in the same way.
          return tally === undefined ? pipe(own[n] ?? sharing.evaluate(theta, portion, plan), E.map((done) => done.tally)) : E.right(tally)
        }),
        E.map((tallies) => part.advance(training, sharing.sums(theta, plan, tallies, shared.read, task), plan.descent))))
    },
    test: ({ theta }) => {
      const task = shared.tell(tasks.test)
      const own = part.pieces.map((piece, n) => (isMine(n) ? part.look(theta, piece) : undefined))
      return after(task, () => pipe(
        part.pieces.map((piece, n) => [piece, n] as const),
        E.traverseArray(([piece, n]) => {
          const tally = own[n] ?? shared.readTally(n)
          return tally === undefined ? part.look(theta, piece) : '_tag' in tally ? tally : E.right(tally)
        }),
        E.map((tallies) => tallies.reduce(plusTally, noTally))))
    },
    end: async () => {
      ending = true
      shared.tell(tasks.end)
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}
