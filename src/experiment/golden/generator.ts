/**
 * Inputs of a case of the paper's size: weights that are generated rather than stored, and digits as bytes.
 */
import { xorshift32, xorshiftUniforms } from '../../data/random.ts'
import type { Affines, Batch, Sampled, Setup } from './case.ts'
import { type Computed, fields, fieldsOf, list, same, scalar } from './comparison.ts'

/**
 * (2u / 2³² − 1) / √fan-in in the order w0 weights, w0 biases, w1 weights, w1 biases, … The records were made with a
 * product by the rounded 1 / √fan-in, which differs from the quotient in the last place.
 */
export const generated = ({ sizes }: Setup, seed: number): Affines => {
  const shapes = sizes.slice(1).map((columns, l) => ({ rows: sizes[l] as number, columns }))
  const stream = xorshiftUniforms(seed, shapes.reduce((n, { rows, columns }) => n + rows * (columns + 1), 0))
  return Object.fromEntries(shapes.map(({ rows, columns }, l) => {
    const start = shapes.slice(0, l).reduce((n, shape) => n + shape.rows * (shape.columns + 1), 0)
    const cut = (from: number, n: number) => stream.slice(from, from + n).map((value) => value * (1 / Math.sqrt(columns)))
    return [`w${l}`, {
      weight: { shape: [rows, columns], data: cut(start, rows * columns) },
      bias: { shape: [rows], data: cut(start + rows * columns, rows) },
    }]
  }))
}

// A sum of n values of size 1 / √fan-in at most, in any order: n − 1 roundings of partial sums of n / √fan-in at most,
// in theirs and in ours.
const summed = (n: number, columns: number): number => n * (n / Math.sqrt(columns)) * 2 ** -52

/** What a file records of its weights, so that a reader can tell early that they are the right ones. */
export const generatorOf = (seed: number, params: Affines): Computed => fields({
  kind: same('xorshift32'),
  seed: same(seed),
  first_outputs: list(xorshift32(seed, 5).map(same)),
  checks: fieldsOf(params, ({ weight: { shape, data: w }, bias: { data: b } }) => {
    const sum = (values: readonly number[]): Computed =>
      scalar(values.reduce((a, v) => a + v, 0), summed(values.length, shape[1] as number))
    const exactly = (value: number | undefined): Computed => same(value ?? NaN)
    return fields({
      weight_sum: sum(w),
      weight_abs_sum: sum(w.map(Math.abs)),
      weight_first3: list(w.slice(0, 3).map(exactly)),
      weight_last: exactly(w.at(-1)),
      bias_first: exactly(b[0]),
      bias_last: exactly(b.at(-1)),
      bias_sum: sum(b),
    })
  }),
})

/** Pixels over 255, labels one-hot. */
export const batchOf = ({ setup: { sizes: [outputs = 0] }, pixels, labels }: Sampled): Batch => ({
  x: { shape: pixels.shape, data: pixels.data.map((pixel) => pixel / 255) },
  y: {
    shape: [labels.length, outputs],
    data: labels.flatMap((label) => Array.from({ length: outputs }, (_, digit) => (digit === label ? 1 : 0))),
  },
})
