/** `figure`: runs a figure of the paper and writes its picture, curves, numbers and table, all of them or none. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { syntheticDigits } from '../data/synthetic.ts'
import { type OnProgress, runFigure } from '../experiment/comparison.ts'
import { adjusted, curveFigures, type Figure } from '../experiment/figure.ts'
import type { Source } from '../experiment/figure-data.ts'
import { type FigureReport, reportOf } from '../experiment/figure-report.ts'
import { svgOf } from '../report/svg.ts'
import { reference } from '../tensor/reference.ts'
import { readMnist } from './mnist-files.ts'
import { pngOf } from './png.ts'
import { type Progress, progress } from './progress.ts'
import type { FigureRequest, Print, UserError } from './request.ts'
import { version } from './version.ts'
import { type Files, written } from './written.ts'

/** Curves in a panel. */
const curves = 6

const figureOf = ({ number, changes }: FigureRequest): E.Either<UserError, Figure> => {
  const figure = curveFigures.find((candidate) => candidate.number === number)
  if (figure === undefined) return E.left({ message: `no figure ${number}; phifold figure --help names those there are` })
  return pipe(adjusted(figure, changes), E.mapLeft(({ message }) => ({ message: `--${message}` })))
}

const sourceOf = (
  { data, seed }: FigureRequest, { input, number, batch }: Figure,
): TE.TaskEither<UserError, Source | undefined> => {
  if (input === 'random') return data === undefined
    ? TE.right(undefined)
    : TE.left({ message: `--data: figure ${number} draws its own random input, got ${data}; leave --data out` })
  if (data === undefined)
    return TE.right({ digits: syntheticDigits(seed, batch), origin: `${batch} SYNTHETIC digits`, synthetic: true })
  return pipe(readMnist(data), TE.map(({ train }) =>
    ({ digits: train, origin: `${batch} of ${train.count} training images`, synthetic: false })))
}

const run = (request: FigureRequest, figure: Figure, source: Source | undefined): E.Either<UserError, FigureReport> => {
  // A bar for each stage, since their steps take different times; a new one begins where a stage does.
  let bar: Progress | undefined
  const onProgress: OnProgress = (stage, done, total) => {
    if (done === 1) {
      bar?.end()
      bar = progress(`figure ${figure.number}, ${stage}`, total)
    }
    bar?.advance(done)
  }
  const result = runFigure(reference, figure, {
    seed: request.seed,
    curves,
    onProgress,
    ...(source && { source }),
  })
  bar?.end()
  return pipe(
    result,
    E.mapLeft((mistake): UserError => (mistake._tag === 'BadHyperparameter' ? { message: `--${mistake.message}` } : mistake)),
    E.flatMap((done) => reportOf(done, version)))
}

/** The files to write, and a line about each picture that the optional packages are missing for. */
const filesOf = async (
  figure: Figure, { chart, csv, json, text }: FigureReport,
): Promise<{ readonly files: Files; readonly missing: readonly string[] }> => {
  const name = `figure-${figure.number}`
  const svg = await svgOf(chart)
  const png = E.isRight(svg) ? await pngOf(svg.right, { scale: 2 }) : svg
  const pictures: readonly (readonly [string, E.Either<UserError, string | Uint8Array>])[] =
    [[`${name}.svg`, svg], [`${name}.png`, png]]
  return {
    files: new Map<string, string | Uint8Array>([
      ...pictures.flatMap(([file, picture]) => (E.isRight(picture) ? [[file, picture.right] as const] : [])),
      [`${name}.csv`, csv], [`${name}.json`, json], [`${name}.txt`, `${text}\n`],
    ]),
    missing: pictures.flatMap(([file, picture]) => (E.isLeft(picture) ? [`${file} not drawn: ${picture.left.message}`] : [])),
  }
}

/** Runs the figure, prints its text and then the names of the files written, one a line. Right: exit code 0. */
export const figure = (request: FigureRequest, print: Print, complain: Print): TE.TaskEither<UserError, number> => pipe(
  TE.Do,
  TE.apS('figure', TE.fromEither(figureOf(request))),
  TE.bind('source', ({ figure: chosen }) => sourceOf(request, chosen)),
  // A folder that cannot be written to should be known before the work, not after it.
  TE.tap(() => written(request.out, new Map())),
  TE.bind('report', ({ figure: chosen, source }) => TE.fromEither(run(request, chosen, source))),
  TE.bind('made', ({ figure: chosen, report }) => TE.fromTask(() => filesOf(chosen, report))),
  TE.bind('paths', ({ made }) => written(request.out, made.files)),
  TE.map(({ report, made, paths }) => {
    made.missing.forEach(complain)
    ;[report.text, '', ...paths].forEach(print)
    return 0
  }),
  TE.mapLeft(({ message }) => ({ message: `phifold figure: ${message}` })))
