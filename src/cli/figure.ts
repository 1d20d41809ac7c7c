/**
 * `figure`: runs figures of the paper, several on threads, and writes the picture, curves, numbers and table of each as soon as it is
 * done, all of them or none; then the bars that sum them up.
 */
import { availableParallelism } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Digits } from '../data/digits.ts'
import { reportOf } from '../experiment/figure-report.ts'
import { curveFigures, type Summary, summaries } from '../experiment/figures.ts'
import { summaryOf } from '../experiment/summary.ts'
import { departureFigure } from './departure-figure.ts'
import { type Asked, type FigureJob, figureOf, type Finished } from './figure-job.ts'
import { runFigures, worthOf } from './figure-jobs.ts'
import { trainingDigits } from './mnist-files.ts'
import { spokenTime } from './progress.ts'
import { sharedDigits } from './shared-digits.ts'
import type { FigureRequest } from './figure-request.ts'
import type { Print, UserError } from './request.ts'
import { filesOf, type Written } from './result-files.ts'
import { writable, written } from './written.ts'
import { writtenBars } from './bar-files.ts'
import { version } from './version.ts'

/** What to run, and what to sum up. */
interface Plan {
  readonly figures: readonly Asked[]
  readonly sums: readonly Summary[]
}

// What is published is run on what was drawn, settled or not.
const jobOf = ({ seed, engine, variant, unsettled }: FigureRequest, digits: Digits | undefined) => (asked: Asked, _: number, all: readonly Asked[]): FigureJob =>
  ({ ...asked, seed, digits, engine, unsettled: unsettled ?? (variant.join() === 'exact' ? 'replace' : 'keep'), oneOfSeveral: all.length > 1 })

/** The figures, the longest first, so that no thread is left alone with it at the end. Left: numbers that make no sense. */
const planOf = (request: FigureRequest & { readonly which: number | 'all' }): E.Either<UserError, Plan> => {
  const { which, data, variant, changes } = request
  const sums = which === 'all' ? summaries : summaries.filter(({ number }) => number === which)
  const numbers = which === 'all' ? curveFigures.map(({ number }) => number) : (sums[0]?.of ?? [which])
  return pipe(
    numbers.map((number): Asked => ({ number, variant, changes })),
    E.traverseArray((asked) => pipe(figureOf(asked), E.map((figure) => ({ asked, figure })))),
    E.filterOrElse(
      (planned) => data === undefined || planned.some(({ figure }) => figure.input === 'digits'),
      (): UserError => ({ message: `--data: figure ${which} draws its own random input, got ${data ?? ''}; leave --data out` })),
    E.map((planned) => ({ figures: planned.map(({ asked }) => asked).sort((a, b) => worthOf(b) - worthOf(a)), sums })))
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

/** Writes the bars. */
const writtenSummary = (out: string, summary: Summary, finished: readonly Finished[], complain: Print): TE.TaskEither<UserError, Written> =>
  writtenBars(out, summaryOf(summary, version, finished.map(({ run }) => run.measured)), complain)

/** Everything after the arguments have been understood and the digits read. */
const execute = async (
  request: FigureRequest, jobs: readonly FigureJob[], sums: readonly Summary[], print: Print, complain: Print,
): Promise<E.Either<UserError, number>> => {
  const ready = await writable(request.out)()
  if (E.isLeft(ready)) return ready
  const writing = new Map<number, Promise<E.Either<UserError, Written>>>()
  const finished = await runFigures(jobs, request.threads ?? availableParallelism(), (i, done) => {
    // Each figure is written as soon as it is done: what a cut-off run has finished survives.
    const write = writtenFigure(request.out, done, complain)()
    writing.set(i, write)
    if (jobs.length > 1) print(`figure ${done.run.measured.figure}: done in ${spokenTime(done.provenance.timings?.total ?? 0)}`)
    return write.then(() => undefined)
  })
  const inOrder = [...writing].sort(([i], [j]) => i - j).map(([, each]) => each)
  const figures = E.sequenceArray(await Promise.all(inOrder))
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

const figures = (request: FigureRequest, print: Print, complain: Print): TE.TaskEither<UserError, number> => {
  const { which } = request
  if (which === 'departures') return () => departureFigure(request, print, complain)
  return pipe(
    TE.fromEither(planOf({ ...request, which })),
    TE.bindW('digits', () => trainingDigits(request.data)),
    TE.flatMap(({ figures, sums, digits }) => () => execute(request, figures.map(jobOf(request, digits && sharedDigits(digits))), sums, print, complain)))
}

/** Runs what is asked for, prints its text and then the names of the files written, one a line. Right: exit code 0. */
export const figure = (request: FigureRequest, print: Print, complain: Print): TE.TaskEither<UserError, number> => pipe(
  figures(request, print, complain),
  TE.mapLeft(({ message }) => ({ message: `phifold figure: ${message}` })))
