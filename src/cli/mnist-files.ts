/**
 * Reads the four MNIST files (or any set in their format) from a directory: effects at the edge, parsing in `data/`.
 *
 * Accepted names: train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, also
 * with a dot before "idx" as some archives unpack them, each plain or gzipped with .gz (the plain file is preferred).
 * Safety: a file may not exceed `largestFile` bytes, nor may what it unpacks to.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { digitsFrom } from '../data/digits.ts'
import type { Digits, DigitsError } from '../data/digits.ts'
import { parseIdx } from '../data/idx.ts'
import type { Idx, IdxError } from '../data/idx.ts'
import { causeOf } from './reason.ts'

/** The two halves of MNIST; images of both have the same size. */
export interface Mnist {
  readonly train: Digits
  readonly test: Digits
}

/** Why a directory or a file in it cannot be used. `message` is one line and says what to do. */
export type FileError =
  | PathError<'MissingDirectory'>
  | PathError<'UnreadableDirectory'>
  | PathError<'UnreadableFile'>
  | PathError<'CorruptGzip'>
  | PathError<'TooLarge'>
  | PathError<'MismatchedImageSizes'>
  | { readonly _tag: 'MissingFiles'; readonly path: string; readonly names: readonly string[]; readonly message: string }

interface PathError<Tag extends string> {
  readonly _tag: Tag
  readonly path: string
  readonly message: string
}

/** All that can go wrong when the files are read. */
export type DataError = FileError | IdxError | DigitsError

/** 256 MiB: over five times the largest MNIST file unpacked (47 040 016 bytes). */
const largestFile = 2 ** 28

const mnistNames = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
] as const

const instead = 'or leave out --data to use synthetic digits'

const failed = <Tag extends PathError<string>['_tag']>(_tag: Tag, path: string, rest: string): PathError<Tag> => ({
  _tag,
  path,
  message: `${path}: ${rest}`,
})

/** The names in a directory. */
const listed = (dir: string): TE.TaskEither<DataError, readonly string[]> =>
  TE.tryCatch(
    () => readdir(dir),
    (cause) => {
      const code = causeOf(cause)
      const expected = 'expected a directory with the four MNIST files'
      return code === 'ENOENT' || code === 'ENOTDIR'
        ? failed('MissingDirectory', dir, `${expected}, got no directory; check the path, ${instead}`)
        : failed('UnreadableDirectory', dir, `${expected}, got ${code}; check the permissions, ${instead}`)
    },
  )

/** The paths of an images file and its labels file. */
interface Pair {
  readonly images: string
  readonly labels: string
}

/** The paths of the four files; all that are missing are reported together. */
const located = (dir: string, present: readonly string[]): E.Either<DataError, { train: Pair; test: Pair }> => {
  const found = mnistNames.map((name) =>
    [name, name.replace('-idx', '.idx')]
      .flatMap((variant) => [variant, `${variant}.gz`])
      .find((candidate) => present.includes(candidate)),
  )
  const [trainImages, trainLabels, testImages, testLabels] = found
  if (trainImages === undefined || trainLabels === undefined || testImages === undefined || testLabels === undefined) {
    const names = mnistNames.filter((_, i) => found[i] === undefined)
    const rest = `expected the four MNIST files, got none named ${names.join(', ')} (or .gz); add them, ${instead}`
    return E.left({ _tag: 'MissingFiles', path: dir, names, message: `${dir}: ${rest}` })
  }
  return E.right({
    train: { images: join(dir, trainImages), labels: join(dir, trainLabels) },
    test: { images: join(dir, testImages), labels: join(dir, testLabels) },
  })
}

const tooLarge = (path: string, what: string): DataError =>
  failed('TooLarge', path, `expected at most ${largestFile} bytes, got ${what}; this is no MNIST file: get it again`)

/** The bytes of a file. The size is looked at first, and only regular files are opened (a pipe would wait for ever). */
const bytesOf = (path: string): TE.TaskEither<DataError, Uint8Array> => {
  const unreadable = (got: string): DataError =>
    failed('UnreadableFile', path, `expected a readable file, got ${got}; check the file and its permissions`)
  const guarded = <A>(action: () => Promise<A>): TE.TaskEither<DataError, A> =>
    TE.tryCatch(action, (cause) => unreadable(causeOf(cause)))
  return pipe(
    guarded(() => stat(path)),
    TE.flatMap((info) => {
      if (!info.isFile()) return TE.left(unreadable('something that is not a file'))
      if (info.size > largestFile) return TE.left(tooLarge(path, `${info.size}`))
      return guarded(() => readFile(path))
    }),
  )
}

/** Unpacks what starts like gzip or is called .gz; other bytes pass as they are. */
const unpacked = (path: string, bytes: Uint8Array): TE.TaskEither<DataError, Uint8Array> =>
  path.endsWith('.gz') || (bytes[0] === 0x1f && bytes[1] === 0x8b)
    ? TE.tryCatch(
        () => promisify(gunzip)(bytes, { maxOutputLength: largestFile, chunkSize: 2 ** 20 }),
        (cause) =>
          causeOf(cause) === 'ERR_BUFFER_TOO_LARGE'
            ? tooLarge(path, 'gzip data that unpack to more')
            : failed('CorruptGzip', path, `expected gzip data, got ${causeOf(cause) === 'Z_BUF_ERROR' ? 'a file that ends too early' : causeOf(cause)}; get the file again from its source`),
      )
    : TE.right(bytes)

const parsed = (path: string): TE.TaskEither<DataError, Idx> =>
  pipe(
    bytesOf(path),
    TE.flatMap((bytes) => unpacked(path, bytes)),
    TE.flatMap((bytes) => TE.fromEither<DataError, Idx>(parseIdx(bytes, path))),
  )

/** The digits of an images file and its labels file. */
const half = ({ images, labels }: Pair): TE.TaskEither<DataError, Digits> =>
  pipe(
    TE.Do,
    TE.apS('x', parsed(images)),
    TE.apS('y', parsed(labels)),
    TE.flatMap(({ x, y }) => TE.fromEither<DataError, Digits>(digitsFrom(x, y, images, labels))),
  )

const sameImageSize = (dir: string, mnist: Mnist): E.Either<DataError, Mnist> => {
  const { train, test } = mnist
  if (train.rows === test.rows && train.cols === test.cols) return E.right(mnist)
  const expected = `test images of ${train.rows}x${train.cols} pixels like the training images`
  const rest = `expected ${expected}, got ${test.rows}x${test.cols}; use four files of one set`
  return E.left(failed('MismatchedImageSizes', dir, rest))
}

/**
 * The training and test digits of a directory with the four MNIST files. Nothing is read before the task is run, and it
 * never rejects: errors are `DataError`s that name the file and what to do.
 */
export const readMnist = (dir: string): TE.TaskEither<DataError, Mnist> =>
  pipe(
    listed(dir),
    TE.flatMap((present) => TE.fromEither(located(dir, present))),
    TE.flatMap((pairs) => pipe(TE.Do, TE.apS('train', half(pairs.train)), TE.apS('test', half(pairs.test)))),
    TE.flatMap((mnist) => TE.fromEither(sameImageSize(dir, mnist))),
  )

/** The training digits of a directory; nothing where there is none to read. */
export const trainingDigits = (dir: string | undefined): TE.TaskEither<DataError, Digits | undefined> =>
  dir === undefined ? TE.right(undefined) : pipe(readMnist(dir), TE.map(({ train }) => train))
