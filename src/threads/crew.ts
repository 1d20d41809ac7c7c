/**
 * Who does the work of a training run: this thread alone, or several threads that all run the same fold and divide mini-batches and test samples
 * among them (sharing.ts). What they found is put together by every thread for itself, and the number of threads changes no bit of the result.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Mistake } from '../fold/mistake.ts'
import { noTally, plusTally, type Tally } from '../learn/tally.ts'
import type { Training } from '../learn/training.ts'
import type { TrainingPart } from './part.ts'
import type { Charge } from './serve.ts'
import { sharedMemory, sharedSums, tasks } from './shared.ts'
import { busyOf, sharingOf } from './sharing.ts'

/** A thread that ended before its time, or a state that is not the last one. */
export interface CrewError {
  /** Tells it from other mistakes. */
  readonly _tag: 'CrewError'
  /** One line. */
  readonly message: string
}

type Maybe<A> = E.Either<Mistake | CrewError, A>

/** Threads at work on one run. */
export interface Crew<T> {
  /**
   * The state after the next mini-batch, from the one that the step before gave, or `start` of the setting: all threads are there. That state is spent.
   * Left: Diverged and what else a shard may say, the same on any number of threads; CrewError.
   */
  readonly step: (training: Training<T>) => Maybe<Training<T>> | Promise<Maybe<Training<T>>>
  /** What all test samples come to at the state where all threads are. */
  readonly test: (training: Training<T>) => Maybe<Tally> | Promise<Maybe<Tally>>
  /** Ends the other threads. */
  readonly end: () => Promise<void>
}

/** A `Worker` of `node:worker_threads` or of a browser, whose module calls `serve`. */
export type Thread = {
  /** Sends its charge. */
  readonly postMessage: (message: unknown) => void
  /** Ends it. */
  readonly terminate: () => unknown
} & ({
  /** Node's way to tell that it ended. */
  readonly on: (event: 'error' | 'exit', tell: (why: unknown) => void) => unknown
  /** Node's way not to be kept alive by it. */
  readonly unref: () => unknown
} | {
  /** A browser's way to tell that it failed. */
  readonly addEventListener: (event: 'error', tell: (why: unknown) => void) => unknown
})

/** How many threads, and how to come by them. */
export interface CrewOptions<S> {
  /** At most so many, this one among them; fewer where they would have nothing to do, and this one alone where there is no SharedArrayBuffer. */
  readonly threads: number
  /** What the other threads make their parts of: a value that can be sent, the same that this thread's part was made of. */
  readonly setup: S
  /** Begins another thread. */
  readonly spawn: () => Thread
}

const alone = <T>(part: TrainingPart<T>): Crew<T> => ({
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

/** How long this thread waits for another before it lets signals and other events in, and how long it then sleeps, in milliseconds. */
const [patience, nap] = [20, 2]

const wordsOf = (why: unknown): string => {
  const { message } = why as { readonly message?: unknown }
  return typeof why === 'number' ? `exit code ${why}` : (String(message ?? why).split('\n')[0] ?? '')
}

/** Tells why a thread has ended, however it did. */
const onDeath = (thread: Thread, tell: (why: string) => void): void => {
  const told = (why: unknown): void => { tell(wordsOf(why)) }
  if ('on' in thread) {
    thread.on('error', told)
    thread.on('exit', told)
    // Whoever is waited for is waited for by the run; the process need not stay for an idle thread.
    thread.unref()
  } else thread.addEventListener('error', told)
}

/**
 * This thread and others, as many as there is something to do for. In a web page threads need SharedArrayBuffer, which a page has that is cross-origin isolated; the
 * thread of the page itself may not sleep, so a crew works best from a worker.
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { begun, ep, initialise, innerNudged, layered, orThrow, seeded, sgd, sigm, simd32, squaredError } from 'phifold'
 * import { crewOf, trainingPart } from 'phifold/threads'
 *
 * // The same on every thread; in a module of its own, which the worker's module imports too.
 * const partOf = ({ seed }: { readonly seed: number }) => {
 *   const [A, network] = [simd32(), innerNudged({ interaction: layered([2, 8, 1]), activation: sigm, epsilon: 1 })]
 *   const set = { count: 4, at: (indices: readonly number[]) => ({
 *     x: A.of([indices.length, 2], indices.flatMap((i) => [i % 2, i >> 1])), y: A.of([indices.length, 1], indices.map((i) => (i % 2) ^ (i >> 1))),
 *   }) }
 *   return trainingPart({
 *     algebra: A, params: network.params, optimiser: sgd, seed, batch: 4, shard: 4, train: set, test: set,
 *     learner: { dynamics: network, cost: squaredError, method: ep(0.1, 5), T: 20, tolerance: 1e-4, unsettled: 'keep' },
 *     start: () => begun(A, sgd, initialise(A, network.params, seeded(seed))[0]),
 *     descent: () => ({ rates: { W1: 0.5, b1: 0.5, W2: 0.5, b2: 0.5 }, weightDecay: 0 }),
 *   })
 * }
 * // The worker's module says serve(partOf, self), in Node serve(partOf, parentPort).
 * const setup = { seed: 1 }
 * const part = partOf(setup)
 * const crew = crewOf(part, { threads: 1, setup, spawn: () => { throw new Error('new Worker(…)') } })
 * const after = orThrow(await crew.step(part.setting.start()))
 * assert.equal(after.step, 1)
 * await crew.end()
 * ```
 */
export const crewOf = <S, T>(part: TrainingPart<T>, { threads: most, setup, spawn }: CrewOptions<S>): Crew<T> => {
  const threads = busyOf(part, most)
  if (threads === 1 || typeof SharedArrayBuffer === 'undefined') return alone(part)
  const sharing = sharingOf(part, threads)
  const memory = sharedMemory(part.setting.algebra, sharing.exchange, threads, part.pieces.length)
  const shared = sharedSums(part.setting.algebra, sharing.exchange, memory)
  let dead: CrewError | undefined
  let ending = false
  const others = Array.from({ length: threads - 1 }, (_, i) => {
    const thread = spawn()
    onDeath(thread, (why) => {
      if (!ending) dead ??= { _tag: 'CrewError', message: `thread ${i + 1} of the training ended: ${why}` }
    })
    thread.postMessage({ setup, memory, thread: i + 1, threads } satisfies Charge<S>)
    return thread
  })
  const isMine = (n: number): boolean => n % threads === 0

  /** Until all threads have done the task, in which events are let in where it takes long. */
  const allDone = (task: number): true | Promise<E.Either<CrewError, true>> => {
    const ready = (milliseconds: number): boolean => others.every((_, i) => shared.awaitThread(i + 1, task, milliseconds))
    if (dead === undefined && ready(patience)) return true
    return (async () => {
      while (dead === undefined && !ready(0)) await new Promise<void>((resolve) => { setTimeout(resolve, nap) })
      return dead === undefined ? E.right(true) : E.left(dead)
    })()
  }
  const after = <B>(task: number, then: () => Maybe<B>): Maybe<B> | Promise<Maybe<B>> => {
    const waited = allDone(task)
    return waited === true ? then() : waited.then((result) => (E.isLeft(result) ? result : then()))
  }
  // Mini-batches after which all threads are, once one is done.
  let at: number | undefined
  const astray = ({ step }: Training<T>): E.Either<CrewError, never> | undefined => (at === undefined || at === step ? undefined
    : E.left({ _tag: 'CrewError', message: `crew: expected the state after ${at} mini-batches, where all threads are, got one after ${step}; give what the last step gave` }))

  return {
    step: (training) => {
      const wrong = astray(training)
      if (wrong !== undefined) return wrong
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
        E.map((tallies) => {
          at = training.step + 1
          return part.advance(training, sharing.sums(theta, plan, tallies, shared.read, task), plan.descent)
        })))
    },
    test: (training) => {
      const wrong = astray(training)
      if (wrong !== undefined) return wrong
      const { theta } = training
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
      await Promise.all(others.map((thread) => thread.terminate()))
    },
  }
}
