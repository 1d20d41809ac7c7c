/** Digits to draw mini-batches from: MNIST files, or synthetic ones, which is said wherever they are used. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Digits } from '../data/digits.ts'
import { mostDigits, syntheticDigits } from '../data/synthetic.ts'
import type { Source } from '../experiment/figure-data.ts'
import { readMnist } from './mnist-files.ts'
import type { UserError } from './request.ts'

/** So many synthetic digits. Left: more than can be made. */
export const drawnDigits = (seed: number, count: number): E.Either<UserError, Digits> => (count <= mostDigits ? E.right(syntheticDigits(seed, count))
  : E.left({ message: `expected at most ${mostDigits} synthetic digits in all, got ${count}; take fewer, or give real ones with --data` }))

/** The training digits of a directory, or `count` synthetic ones. */
export const digitSource = (dir: string | undefined, seed: number, count: number): TE.TaskEither<UserError, Source> => (dir === undefined
  ? pipe(TE.fromEither(drawnDigits(seed, count)), TE.map((digits) => ({ digits, origin: `${count} SYNTHETIC digits`, synthetic: true })))
  : pipe(readMnist(dir), TE.map(({ train }) => ({ digits: train, origin: `${train.count} training images`, synthetic: false }))))
