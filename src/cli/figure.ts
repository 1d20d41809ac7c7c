/**
 * `figure`: runs figures of the paper, several on threads, and writes the picture, curves, numbers and table of each as soon as it is
 * done, all of them or none; then the bars that sum them up.
 */
import { availableParallelism } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { costOf } from '../experiment/figure-cost.ts'
import { reportOf } from '../experiment/figure-report.ts'
import { curveFigures, type Summary, summaries } from '../experiment/figures.ts'
import { type FigureJob, figureOf, type Finished, runJob } from './figure-job.ts'
import { progress, spokenTime } from './progress.ts'
import type { FigureRequest, Print, UserError } from './request.ts'
import { filesOf, written } from './result-files.ts'
import { summaryResult } from './summary-files.ts'
import { onThreads, type Outcome, type Watch } from './threads.ts'

/** What to run, and what to sum up. */
interface Plan {
  readonly jobs: readonly FigureJob[]
  readonly sums: readonly Summary[]
}

const jobFor = ({ seed, data, variant, engine, changes }: FigureRequest) => (number: number): FigureJob =>
  ({ number, seed, data, variant, engine, changes })

/** The jobs, the longest first, so that no thread is left alone with it at the end. Left: numbers that make no sense. */
const planOf = (request: FigureRequest): E.Either<UserError, Plan> => {
  const { which, data } = request
  const sums = which === 'all' ? summaries : summaries.filter(({ number }) => number === which)
  const numbers = which === 'all' ? curveFigures.map(({ number }) => number) : (sums[0]?.of ?? [which])
  return pipe(
    numbers.map(jobFor(request)),
    E.traverseArray((job) => pipe(figureOf(job), E.map((figure) => ({ job, figure })))),
    E.filterOrElse(
      (planned) => data === undefined || planned.some(({ figure }) => figure.input === 'digits'),
      (): UserError => ({ message: `--data: figure ${which} draws its own random input, got ${data ?? ''}; leave --data out` })),
    E.map((planned) => {
      const cost = (at: number): number => {
        const { free, folds } = costOf((planned[at] as (typeof planned)[number]).figure)
        return free + folds
      }
      const order = planned.map((_, at) => at).sort((a, b) => cost(b) - cost(a))
      return { jobs: order.map((at) => (planned[at] as (typeof planned)[number]).job), sums }
    }))
}

/** Runs the jobs; one alone in this thread. One bar for all, by what each is worth. */
const runAll = async (jobs: readonly FigureJob[], threads: number, onEnd: Watch['onEnd']): Promise<readonly Outcome[]> => {
  const worth = jobs.map((job) => pipe(figureOf(job), E.match(() => 0, (figure) => costOf(figure).free + costOf(figure).folds)))
  const total = worth.reduce((sum, w) => sum + w, 0)
  const shares = jobs.map(() => 0)
  const label = jobs.length === 1 ? `figure ${jobs[0]?.number ?? ''}` : `${jobs.length} figures`
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

/** Writes a figure's files. Right: its text and the paths. */
const writtenFigure = (out: string, { run, provenance }: Finished, complain: Print): TE.TaskEither<UserError, Written> => pipe(
  TE.fromEither(reportOf(run, provenance)),
  TE.bindTo('report'),
  TE.bind('made', ({ report }) => TE.fromTask(() => filesOf(`figure-${run.measured.figure}`, report))),
  TE.bind('paths', ({ made }) => written(out, made.files)),
  TE.map(({ report, made, paths }) => {
    made.missing.forEach(complain)
    return { text: report.text, paths }
  }))

interface Written {
  readonly text: string
  readonly paths: readonly string[]
}

/** Writes the bars. */
const writtenSummary = (out: string, summary: Summary, finished: readonly Finished[], complain: Print): TE.TaskEither<UserError, Written> => pipe(
  TE.fromEither(summaryResult(summary, finished.map(({ run }) => run.measured))),
  TE.bindTo('result'),
  TE.bind('made', ({ result }) => TE.fromTask(() => filesOf(`figure-${summary.number}`, result))),
  TE.bind('paths', ({ made }) => written(out, made.files)),
  TE.map(({ result, made, paths }) => {
    made.missing.forEach(complain)
    return { text: result.text, paths }
  }))

/** Everything after the arguments have been understood. */
const execute = async (request: FigureRequest, { jobs, sums }: Plan, print: Print, complain: Print): Promise<E.Either<UserError, number>> => {
  const writing: Promise<E.Either<UserError, Written>>[] = []
  const outcomes = await runAll(jobs, request.threads ?? availableParallelism(), (i, outcome) => {
    if (E.isLeft(outcome)) return
    const { run: { measured }, provenance } = outcome.right
    // Each figure is written as soon as it is done: what a cut-off run has finished survives.
    writing[i] = writtenFigure(request.out, outcome.right, complain)()
    if (jobs.length > 1) print(`figure ${measured.figure}: done in ${spokenTime(provenance.timings?.total ?? 0)}`)
  })
  const figures = E.sequenceArray(await Promise.all(writing))
  const finished = E.sequenceArray(outcomes)
  if (E.isLeft(finished)) return finished
  if (E.isLeft(figures)) return figures
  const summed: Written[] = []
  for (const summary of sums) {
    const of = summary.of.flatMap((number) => finished.right.filter(({ run }) => run.measured.figure === number))
    const each = await writtenSummary(request.out, summary, of, complain)()
    if (E.isLeft(each)) return each
    summed.push(each.right)
  }
  const all = [...figures.right, ...summed]
  for (const { text } of jobs.length === 1 || sums.length === 0 ? all : summed) [text, ''].forEach((line) => print(line))
  all.flatMap(({ paths }) => paths).forEach((path) => print(path))
  return E.right(0)
}

/** Runs what is asked for, prints its text and then the names of the files written, one a line. Right: exit code 0. */
export const figure = (request: FigureRequest, print: Print, complain: Print): TE.TaskEither<UserError, number> => pipe(
  TE.fromEither(planOf(request)),
  // A folder that cannot be written to should be known before the work, not after it.
  TE.tap(() => written(request.out, new Map())),
  TE.flatMap((plan) => () => execute(request, plan, print, complain)),
  TE.mapLeft(({ message }) => ({ message: `phifold figure: ${message}` })))

