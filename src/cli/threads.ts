/** Runs jobs here or on several threads, each taking the next job when it is done with one. The first failure ends them all. */
import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import { type JobOf, type Kind, kinds, type ResultOf } from './job-kinds.ts'
import { codeOf } from './reason.ts'
import type { UserError } from './request.ts'

/** What a thread is sent. */
export interface Task<K, J> {
  readonly kind: K
  readonly job: J
}

/** What a thread says: the share of its job that is done, or what the job comes to. */
export type Answer<A> = { readonly share: number } | { readonly result: E.Either<UserError, A> }

export interface Watch<A> {
  /** The share of job i that is done. */
  readonly onShare: (i: number, share: number) => void
  /** Job i is done. Where jobs run here, the next one waits for what this gives. */
  readonly onDone: (i: number, result: A) => void | Promise<void>
}

const outOfMemory: UserError = { message: 'expected memory for every thread, got too little; take --threads 1, or a smaller --batch' }

/**
 * The results in the order of the jobs, which start in that order. `program` is what a thread runs: it is sent jobs and gives answers.
 * Left: what the first job that fails says, or that memory ran out. Rejects where a thread throws or ends by itself: a bug. In each case
 * all threads have ended.
 */
export const onThreads = async <J, A>(
  program: URL, jobs: readonly J[], threads: number, { onShare, onDone }: Watch<A>,
): Promise<E.Either<UserError, readonly A[]>> => {
  if (jobs.length === 0) return E.right([])
  const workers = Array.from({ length: Math.min(threads, jobs.length) }, () => new Worker(program))
  try {
    return await new Promise((resolve, reject) => {
      const results: A[] = []
      let [next, done] = [0, 0]
      for (const worker of workers) {
        let current = -1
        const take = (): void => {
          current = next++
          if (current < jobs.length) worker.postMessage(jobs[current])
        }
        worker.on('message', (answer: Answer<A>) => {
          if ('share' in answer) {
            onShare(current, answer.share)
            return
          }
          if (E.isLeft(answer.result)) {
            resolve(answer.result)
            return
          }
          results[current] = answer.result.right
          void onDone(current, answer.result.right)
          done += 1
          if (done === jobs.length) resolve(E.right(results))
          else take()
        })
        worker.on('error', (reason) => {
          if (codeOf(reason) === 'ERR_WORKER_OUT_OF_MEMORY') resolve(E.left(outOfMemory))
          else reject(reason)
        })
        worker.on('exit', (code) => { reject(new Error(`threads: expected a thread to run on, got its end with code ${code}`)) })
        take()
      }
    })
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

/** Tells what share of all is done where each of so many jobs tells its own; by default they weigh alike. */
export const sharesOf = (jobs: number, tell: (share: number) => void, weights: readonly number[] = Array.from({ length: jobs }, () => 1)): Watch<unknown>['onShare'] => {
  const shares = weights.map(() => 0)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return (i, share) => {
    shares[i] = share
    tell(shares.reduce((sum, each, j) => sum + each * (weights[j] ?? 0), 0) / total)
  }
}

/** Tells results in the order of their jobs, each as soon as those before it have been told. */
export const inOrder = <A>(tell: (i: number, result: A) => void): ((i: number, result: A) => void) => {
  const waiting = new Map<number, A>()
  let next = 0
  return (i, result) => {
    waiting.set(i, result)
    for (; waiting.has(next); next += 1) {
      tell(next, waiting.get(next) as A)
      waiting.delete(next)
    }
  }
}

/**
 * The results of jobs of one kind, in their order. With one thread, or for one job, they run here: events are let in between two of them, so that the
 * reader of our output may go away. Left: as `onThreads`.
 */
export const runJobs = async <K extends Kind>(
  kind: K, jobs: readonly JobOf<K>[], threads: number, watch: Watch<ResultOf<K>>,
): Promise<E.Either<UserError, readonly ResultOf<K>[]>> => {
  if (Math.min(threads, jobs.length) > 1)
    return onThreads<Task<K, JobOf<K>>, ResultOf<K>>(new URL('./job-worker.js', import.meta.url), jobs.map((job) => ({ kind, job })), threads, watch)
  const run = await kinds[kind]()
  const results: ResultOf<K>[] = []
  for (const [i, job] of jobs.entries()) {
    const result = run(job, (share) => { watch.onShare(i, share) })
    if (E.isLeft(result)) return result
    results.push(result.right)
    await watch.onDone(i, result.right)
    await setImmediate()
  }
  return E.right(results)
}
