/** `predict`: what a trained network tells, as a sheet of the digits that it misreads, or as CSV of digits from a file. */
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, extname } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Digits } from '../data/digits.ts'
import { greyImages } from '../data/grey-images.ts'
import { parseNpy } from '../data/npy.ts'
import { digitNames, testTitle } from '../experiment/evaluation.ts'
import type { Reading } from '../learn/reading.ts'
import { csvOf } from '../report/csv.ts'
import { digitSheet } from '../report/digit-sheet.ts'
import { pngOf } from './png.ts'
import type { Print, UserError } from './request.ts'
import { dataOf, readDigits, type Replaced, testedOf, type TrainedFolder, trainedIn } from './trained.ts'
import { written } from './written.ts'

export interface PredictRequest extends Replaced {
  readonly data: string | undefined
  /** Digits to read, an npy file; the test digits if absent. */
  readonly file: string | undefined
  readonly out: string | undefined
  /** Misread digits to show at most. */
  readonly count: number | undefined
  readonly threads: number | undefined
}

/** Digits in a row of the sheet, and on it. */
const [across, most] = [10, 60]
const largestFile = 2 ** 28

const wrong = (message: string): E.Either<UserError, never> => E.left({ message })
const codeOf = (reason: unknown): string => (reason instanceof Error && 'code' in reason ? String(reason.code) : String(reason))

const checked = ({ file, out, data, count }: PredictRequest): E.Either<UserError, undefined> => {
  const kind = extname(out ?? '')
  return file === undefined && kind !== '.png' && kind !== '.svg' ? wrong(`--out: expected a file such as misread.png or misread.svg, got ${out === undefined ? 'none' : JSON.stringify(out)}; give one`)
    : file !== undefined && out !== undefined && kind !== '.csv' ? wrong(`--out: expected a file such as told.csv with --file, got ${JSON.stringify(out)}; leave it out to see the lines here`)
      : file !== undefined && data !== undefined ? wrong('--file: expected no --data with it, got both; leave one of them out')
        : file !== undefined && count !== undefined ? wrong('--count: expected no --file with it, got both; leave one of them out')
          : E.right(undefined)
}

/** Puts a file in place under the name it was given. */
const put = (path: string, content: string | Uint8Array, print: Print): TE.TaskEither<UserError, number> => pipe(
  written(dirname(path), new Map([[basename(path), content]])),
  TE.map((paths) => {
    paths.forEach(print)
    return 0
  }))

const sheetOf = (folder: TrainedFolder, request: PredictRequest, print: Print): TE.TaskEither<UserError, number> => pipe(
  dataOf(folder, request.data),
  TE.bindTo('data'),
  TE.bind('read', ({ data: { test } }) => () => readDigits(folder, test, request.threads)),
  TE.flatMap(({ data, read }) => {
    const { rows, cols, pixels, labels } = data.test
    const all = Uint8Array.from(pixels)
    const misread = read.flatMap(({ told }, i) => (told === labels[i] ? [] : [{ told, meant: labels[i] ?? 0, i }]))
    const shownOnes = misread.slice(0, request.count ?? most)
    const tested = testedOf(folder, data)
    const said = `${misread.length} of ${read.length} digits misread${shownOnes.length < misread.length ? `, the first ${shownOnes.length} of them here` : ''}; ${tested.data.origin}`
    const svg = digitSheet({
      title: testTitle(tested), subtitle: said, rows, cols, across,
      images: shownOnes.map(({ told, meant, i }) => ({ caption: `told ${told}, meant ${meant}`, pixels: all.subarray(i * rows * cols, (i + 1) * rows * cols) })),
    })
    print(said)
    if (tested.note !== undefined) print(tested.note)
    const out = request.out ?? ''
    return extname(out) === '.svg' ? put(out, svg, print)
      : pipe(() => pngOf(svg, { scale: 2 }), TE.mapLeft(({ message }): UserError => ({ message: `${message}; or write an .svg` })), TE.flatMap((png) => put(out, png, print)))
  }))

const digitsOf = (path: string, pixels: number): TE.TaskEither<UserError, Digits> => pipe(
  TE.tryCatch(async () => {
    const { size } = await stat(path)
    return size > largestFile ? undefined : new Uint8Array(await readFile(path))
  }, (reason): UserError => ({ message: `${path}: expected a readable npy file, got ${codeOf(reason)}; check the path` })),
  TE.flatMapEither((bytes) => (bytes === undefined ? wrong(`${path}: expected at most ${largestFile} bytes, got more; split the file`) : E.right(bytes))),
  TE.flatMapEither((bytes) => parseNpy(bytes, path)),
  TE.flatMapEither((stored) => greyImages(stored, pixels, path)))

const csvOfReadings = (read: readonly Reading[], tolerance: number): E.Either<UserError, string> => csvOf(
  ['digit', 'told', 'settled', 'residual', ...digitNames.map((digit) => `output${digit}`)],
  read.map(({ told, residual, outputs }, i) => [i, told, residual <= tolerance ? 1 : 0, residual, ...outputs]))

/** Predicts; prints what there is to say. Right: exit code 0. */
export const predict = (request: PredictRequest, print: Print): TE.TaskEither<UserError, number> => pipe(
  TE.fromEither(checked(request)),
  TE.flatMapEither(() => trainedIn(request)),
  TE.flatMap((folder) => {
    const { file, out } = request
    if (file === undefined) return sheetOf(folder, request, print)
    return pipe(
      digitsOf(file, folder.trainer.network.sizes[0] ?? 0),
      TE.flatMap((digits) => () => readDigits(folder, digits, request.threads)),
      TE.flatMapEither((read) => csvOfReadings(read, folder.trainer.learner.tolerance)),
      TE.flatMap((csv) => {
        if (out !== undefined) return put(out, csv, print)
        print(csv.trimEnd().replaceAll('\r\n', '\n'))
        return TE.right(0)
      }))
  }),
  TE.mapLeft(({ message }) => ({ message: `phifold predict: ${message}` })))
