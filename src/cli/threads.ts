/** Runs jobs on several threads, each taking the next job when it is done with one. */
import { Worker } from 'node:worker_threads'
import type * as E from 'fp-ts/lib/Either.js'
import type { FigureJob, Finished } from './figure-job.ts'
import type { UserError } from './request.ts'

export type Outcome = E.Either<UserError, Finished>

export interface Watch {
  /** The share of job i that is done. */
  readonly onShare: (i: number, share: number) => void
  /** Job i has ended. */
  readonly onEnd: (i: number, outcome: Outcome) => void
}

type Answer = { readonly share: number } | { readonly result: Outcome }

/** The outcomes in the order of the jobs, which start in that order. Rejects when a thread fails: a bug, or memory ran out. */
export const onThreads = async (jobs: readonly FigureJob[], threads: number, { onShare, onEnd }: Watch): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = []
  let next = 0
  const work = (): Promise<void> => new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./figure-worker.js', import.meta.url))
    let current = -1
    const take = (): void => {
      current = next++
      if (current >= jobs.length) {
        void worker.terminate().then(() => { resolve() })
        return
      }
      worker.postMessage(jobs[current])
    }
    worker.on('error', reject)
    worker.on('message', (answer: Answer) => {
      if ('share' in answer) {
        onShare(current, answer.share)
        return
      }
      outcomes[current] = answer.result
      onEnd(current, answer.result)
      take()
    })
    take()
  })
  await Promise.all(Array.from({ length: Math.min(threads, jobs.length) }, work))
  return outcomes
}
