/**
 * Mini-batches: chosen digits as the input x and the target y of a network 784-…-10.
 * Numerics: pixels over 255 in float64, correctly rounded, in [0, 1]; targets are one-hot.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Digits } from './digits.ts'

/** A matrix [rows, columns] of numbers, flat and row-major. */
export interface Matrix {
  /** Rows and columns. */
  readonly shape: readonly [number, number]
  /** rows · columns numbers. */
  readonly data: readonly number[]
}

/** B chosen digits: x [B, rows × cols] of the images, y [B, 10] of the labels. */
export interface MiniBatch {
  /** Pixels in [0, 1], a row for each digit. */
  readonly x: Matrix
  /** One-hot labels, a row for each digit. */
  readonly y: Matrix
}

/** Why a choice of indices is not a mini-batch. `position` is the place in the choice; `message` is one line. */
export type BatchError =
  /** No index was given. */
  | { readonly _tag: 'EmptyBatch'; readonly message: string }
  /** An index at which there is no digit. */
  | {
      readonly _tag: 'IndexOutOfRange'
      readonly position: number
      readonly index: number
      readonly count: number
      readonly message: string
    }

/** The digits at the given indices, in that order (an index may repeat). Fresh arrays. Errors: `BatchError`. */
export const miniBatch = (digits: Digits, indices: readonly number[]): E.Either<BatchError, MiniBatch> => {
  const { count, rows, cols, pixels, labels } = digits
  if (indices.length === 0) {
    const message = 'miniBatch: expected at least one index, got none; choose some digits'
    return E.left({ _tag: 'EmptyBatch', message })
  }
  const position = indices.findIndex((index) => !Number.isInteger(index) || index < 0 || index >= count)
  const index = indices[position]
  if (index !== undefined) {
    const rest = `got ${index} at position ${position}; choose among the ${count} digits`
    const message = `miniBatch: expected indices from 0 to ${count - 1}, ${rest}`
    return E.left({ _tag: 'IndexOutOfRange', position, index, count, message })
  }
  const size = rows * cols
  // `?? NaN`: pixels that a hand-made set lacks must show, not pass for background.
  const image = (i: number): readonly number[] =>
    Array.from({ length: size }, (_, p) => (pixels[i * size + p] ?? NaN) / 255)
  const oneHot = (i: number): readonly number[] =>
    Array.from({ length: 10 }, (_, digit) => (labels[i] === digit ? 1 : 0))
  return E.right({
    x: { shape: [indices.length, size], data: indices.flatMap(image) },
    y: { shape: [indices.length, 10], data: indices.flatMap(oneHot) },
  })
}
