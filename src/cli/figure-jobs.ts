/** Runs figure jobs, one in this thread or several on threads, with one progress bar for all. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { costOf } from '../experiment/figure-cost.ts'
import { type Asked, type FigureJob, figureOf, type Finished, runJob } from './figure-job.ts'
import { progress } from './progress.ts'
import type { UserError } from './request.ts'
import { onThreads, type Watch } from './threads.ts'

/** About how much work a job is; 0 for one that makes no sense, which ends at once. */
export const worthOf = (job: Asked): number =>
  pipe(figureOf(job), E.match(() => 0, (figure) => costOf(figure).free + costOf(figure).folds))

/** What the jobs come to, in their order; `onDone` is told each as soon as it is there. Left: why the first that fails does; the others are ended. */
export const runJobs = async (
  jobs: readonly FigureJob[], threads: number, onDone: Watch<Finished>['onDone'],
): Promise<E.Either<UserError, readonly Finished[]>> => {
  const worth = jobs.map(worthOf)
  const total = worth.reduce((sum, w) => sum + w, 0)
  const shares = jobs.map(() => 0)
  const label = jobs.length === 1 ? `figure ${jobs[0]?.number ?? ''}` : `${jobs.length} runs`
  const bar = progress(label, 1)
  const watch: Watch<Finished> = {
    onShare: (i, share) => {
      shares[i] = share
      bar.advance(shares.reduce((sum, each, j) => sum + each * (worth[j] ?? 0), 0) / total)
    },
    onDone: (i, finished) => {
      watch.onShare(i, 1)
      onDone(i, finished)
    },
  }
  try {
    if (jobs.length > 1) return await onThreads(new URL('./figure-worker.js', import.meta.url), jobs, threads, watch)
    const results: Finished[] = []
    for (const [i, job] of jobs.entries()) {
      const result = runJob(job, (share) => { watch.onShare(i, share) })
      if (E.isLeft(result)) return result
      watch.onDone(i, result.right)
      results.push(result.right)
    }
    return E.right(results)
  } finally {
    bar.end()
  }
}
