/** Runs figure jobs with one progress bar for all. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { costOf } from '../experiment/figure-cost.ts'
import { type Asked, type FigureJob, figureOf, type Finished } from './figure-job.ts'
import { progress } from './progress.ts'
import type { UserError } from './request.ts'
import { runJobs, sharesOf, type Watch } from './threads.ts'

/** About how much work a job is; 0 for one that makes no sense, which ends at once. */
export const worthOf = (job: Asked): number =>
  pipe(figureOf(job), E.match(() => 0, (figure) => costOf(figure).free + costOf(figure).folds))

/** What the jobs come to, in their order; `onDone` is told each as soon as it is there. Left: why the first that fails does; the others are ended. */
export const runFigures = async (
  jobs: readonly FigureJob[], threads: number, onDone: Watch<Finished>['onDone'],
): Promise<E.Either<UserError, readonly Finished[]>> => {
  const label = jobs.length === 1 ? `figure ${jobs[0]?.number ?? ''}` : `${jobs.length} runs`
  const bar = progress(label, 1)
  const onShare = sharesOf(jobs.length, (share) => { bar.advance(share) }, jobs.map(worthOf))
  const watch: Watch<Finished> = {
    onShare,
    onDone: (i, finished) => {
      onShare(i, 1)
      return onDone(i, finished)
    },
  }
  try {
    return await runJobs('figure', jobs, threads, watch)
  } finally {
    bar.end()
  }
}
