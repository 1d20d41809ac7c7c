/**
 * A thread of a training run. It runs the same fold as every other thread; of each mini-batch it evaluates its own portions, writes what they come to
 * where all can read it, and reads what the others wrote. It ends when its host ends it.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TrainingPart } from './part.ts'
import { type SharedMemory, sharedSums, tasks } from './shared.ts'
import { sharingOf } from './sharing.ts'

/** What a host sends a thread, once. */
export interface Charge<S> {
  readonly setup: S
  readonly memory: SharedMemory
  readonly thread: number
  readonly threads: number
}

/** Where a thread hears its host: `parentPort` of `node:worker_threads`, or the worker's own scope in a browser. */
export type Port = {
  /** Node's way to hear. */
  readonly on: (event: 'message', hear: (said: unknown) => void) => unknown
} | {
  /** A browser's. */
  readonly addEventListener: (event: 'message', hear: (event: { readonly data: unknown }) => void) => unknown
}

const run = <T>(part: TrainingPart<T>, { memory, thread, threads }: Omit<Charge<unknown>, 'setup'>): void => {
  const sharing = sharingOf(part, threads)
  const shared = sharedSums(part.setting.algebra, sharing.exchange, memory)
  let training = part.setting.start()
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

/**
 * Makes this worker a thread of a crew, once, at the top of its module: `partOf` gets the `setup` that the host was given and makes what the host has, on an
 * interpreter of its own. The port is `parentPort` in Node, `self` in a browser. Whatever `partOf` throws ends the worker, and the host is told.
 */
export const serve = <S, T>(partOf: (setup: S) => TrainingPart<T>, port: Port): void => {
  const hear = (said: unknown): void => {
    const charge = said as Charge<S>
    run(partOf(charge.setup), charge)
  }
  if ('on' in port) port.on('message', hear)
  else port.addEventListener('message', ({ data }) => { hear(data) })
}
