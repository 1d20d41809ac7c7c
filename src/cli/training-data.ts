/** The digits that a training run learns from and is tested on: MNIST files, or synthetic ones, which is said wherever they are used. */
import { createHash } from 'node:crypto'
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
  readonly origin: string
  readonly synthetic: boolean
  /** Of all pixels and labels: tells one set of digits from another. */
  readonly digest: string
}

/** Synthetic digits to learn from and to be tested on. */
const synthetic = { train: 6000, test: 1000 }

const digestOf = (sets: readonly Digits[]): string =>
  sets.reduce((hash, { pixels, labels }) => hash.update(Uint8Array.from(pixels)).update(Uint8Array.from(labels)), createHash('sha256')).digest('hex')

const dataOf = (train: Digits, test: Digits, origin: string, isSynthetic: boolean): TrainingData =>
  ({ train, test, origin, synthetic: isSynthetic, digest: digestOf([train, test]) })

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
      return dataOf(firstOf(all, count), rest, `${count} SYNTHETIC digits, tested on ${test}`, true)
    })))
  }
  return pipe(readMnist(dir), TE.map(({ train, test }) => {
    const some = examples === undefined ? train : firstOf(train, examples)
    const unseen = tests === undefined ? test : firstOf(test, tests)
    return dataOf(some, unseen, `${some.count} digits of ${dir}, tested on ${unseen.count}`, false)
  }))
}
