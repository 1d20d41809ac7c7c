/** Runs jobs on several threads, each taking the next job when it is done with one. The first failure ends them all. */
import { Worker } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import { codeOf } from './reason.ts'
import type { UserError } from './request.ts'

/** What a thread says: the share of its job that is done, or what the job comes to. */
export type Answer<A> = { readonly share: number } | { readonly result: E.Either<UserError, A> }

export interface Watch<A> {
  /** The share of job i that is done. */
  readonly onShare: (i: number, share: number) => void
  /** Job i is done. */
  readonly onDone: (i: number, result: A) => void
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
          onDone(current, answer.result.right)
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
