/**
 * Digits as rows of numbers, for training: the same numbers as `miniBatch` gives, without an array per pixel. A kernel: plain loops
 * over arrays that it allocated.
 */
import type { Digits } from './digits.ts'

/** Chosen digits: x (digits, rows × cols) in [0, 1] and one-hot y (digits, 10), row-major. */
export interface PixelRows {
  readonly x: Float64Array
  readonly y: Float64Array
}

// Bytes over 255, correctly rounded.
const shades = Float64Array.from({ length: 256 }, (_, byte) => byte / 255)

/** The digits at the given indices, in that order. Throws RangeError for an index that is none of theirs: a bug. */
export const pixelRows = ({ count, rows, cols, pixels, labels }: Digits, indices: readonly number[]): PixelRows => {
  const size = rows * cols
  const [x, y] = [new Float64Array(indices.length * size), new Float64Array(indices.length * 10)]
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!
    if (!(Number.isInteger(index) && index >= 0 && index < count)) throw new RangeError(`pixelRows: expected an index below ${count}, got ${index}`)
    for (let from = index * size, to = i * size, end = to + size; to < end; from++, to++) x[to] = shades[pixels[from]!]!
    y[i * 10 + labels[index]!] = 1
  }
  return { x, y }
}
