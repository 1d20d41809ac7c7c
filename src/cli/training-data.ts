/**
 * The digits that a training run learns from and is tested on: MNIST files, or synthetic ones, which is said wherever they are used. What is said of
 * them goes into results, which are to be the same on every machine: what they are, not the path that they were given by.
 */
import { createHash } from 'node:crypto'
import { basename, resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Digits } from '../data/digits.ts'
import { drawnDigits } from './digit-source.ts'
import { readMnist } from './mnist-files.ts'
import type { UserError } from './request.ts'

export interface TrainingData {
  readonly train: Digits
  readonly test: Digits
  /** What they are a part of: 'MNIST' where the files are known by their content, else the name of their folder; 'SYNTHETIC digits'. */
  readonly set: string
  /** How many of what. */
  readonly origin: string
  readonly synthetic: boolean
  /** Of all pixels and labels: tells one set of digits from another. */
  readonly digest: string
}

/** Synthetic digits to learn from and to be tested on. */
const synthetic = { train: 6000, test: 1000 }

const digestOf = (sets: readonly Digits[]): string =>
  sets.reduce((hash, { pixels, labels }) => hash.update(Uint8Array.from(pixels)).update(Uint8Array.from(labels)), createHash('sha256')).digest('hex')

/** SHA-256 of all that the four files of MNIST hold, in the order in which `phifold data mnist` gets them, less their headers. */
export const known: Readonly<Record<string, string>> = { '06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16': 'MNIST' }

/** What a folder holds. */
const setIn = (dir: string, digest: string): string => known[digest] ?? `the IDX files in ${basename(resolve(dir)) || 'a folder without a name'}`

/** The first so many digits of a set. */
const firstOf = ({ rows, cols, pixels, labels, count }: Digits, n: number): Digits => {
  const kept = Math.min(n, count)
  return { count: kept, rows, cols, pixels: Uint8Array.from(pixels).subarray(0, kept * rows * cols), labels: Uint8Array.from(labels).subarray(0, kept) }
}

/** Reads or draws the digits; `examples` of them to learn from and `tests` to be tested on, if that is said. */
export const trainingData = (dir: string | undefined, seed: number, examples: number | undefined, tests?: number): TE.TaskEither<UserError, TrainingData> => {
  if (dir === undefined) {
    const count = examples ?? synthetic.train
    const test = tests ?? Math.min(count, synthetic.test)
    // One row of draws, so that no test digit is one learned from.
    return TE.fromEither(pipe(drawnDigits(seed, count + test), E.map((all) => {
      const size = all.rows * all.cols
      const rest = { ...all, count: test, pixels: Uint8Array.from(all.pixels).subarray(count * size), labels: Uint8Array.from(all.labels).subarray(count) }
      const train = firstOf(all, count)
      return { train, test: rest, set: 'SYNTHETIC digits', origin: `${count} SYNTHETIC digits, tested on ${test}`, synthetic: true, digest: digestOf([train, rest]) }
    })))
  }
  return pipe(readMnist(dir), TE.map(({ train, test }) => {
    const some = examples === undefined ? train : firstOf(train, examples)
    const unseen = tests === undefined ? test : firstOf(test, tests)
    const all = digestOf([train, test])
    const set = setIn(dir, all)
    return {
      train: some, test: unseen, set, origin: `${some.count} digits of ${set}, tested on ${unseen.count}`, synthetic: false,
      digest: some === train && unseen === test ? all : digestOf([some, unseen]),
    }
  }))
}
