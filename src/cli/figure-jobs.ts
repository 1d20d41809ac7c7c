/** Runs figure jobs, one in this thread or several on threads, with one progress bar for all. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { costOf } from '../experiment/figure-cost.ts'
import { type FigureJob, figureOf, runJob } from './figure-job.ts'
import { progress } from './progress.ts'
import { onThreads, type Outcome, type Watch } from './threads.ts'

/** About how much work a job is; 0 for one that makes no sense, which ends at once. */
export const worthOf = (job: FigureJob): number =>
  pipe(figureOf(job), E.match(() => 0, (figure) => costOf(figure).free + costOf(figure).folds))

/** The outcomes in the order of the jobs; `onEnd` is told each as soon as it is there. */
export const runJobs = async (jobs: readonly FigureJob[], threads: number, onEnd: Watch['onEnd']): Promise<readonly Outcome[]> => {
  const worth = jobs.map(worthOf)
  const total = worth.reduce((sum, w) => sum + w, 0)
  const shares = jobs.map(() => 0)
  const label = jobs.length === 1 ? `figure ${jobs[0]?.number ?? ''}` : `${jobs.length} runs`
  const bar = progress(label, 1)
  const onShare: Watch['onShare'] = (i, share) => {
    shares[i] = share
    bar.advance(shares.reduce((sum, each, j) => sum + each * (worth[j] ?? 0), 0) / total)
  }
  const ended: Watch['onEnd'] = (i, outcome) => {
    onShare(i, 1)
    onEnd(i, outcome)
  }
  try {
    if (jobs.length > 1) return await onThreads(jobs, threads, { onShare, onEnd: ended })
    const outcomes = []
    for (const [i, job] of jobs.entries()) {
      const outcome = await runJob(job, (share) => { onShare(i, share) })()
      ended(i, outcome)
      outcomes.push(outcome)
    }
    return outcomes
  } finally {
    bar.end()
  }
}
