/**
 * Geometry of convolution and pooling: lists of positions, and nothing about numbers. A convolution is a matrix product of
 * gathered patches, pooling gathers one entry per window, and their transposes scatter. So every interpreter that can gather, scatter
 * and multiply matrices can convolve, and the derivatives below a convolution are those of a matrix product.
 *
 * Images are (batch, channels, rows, columns), kernels (channels out, channels in, rows, columns), row-major. "Convolution" is
 * cross-correlation, as everywhere in this field.
 *
 * docs/theory.md §13; laws L11.
 */
import type { Positions, Shape } from './algebra.ts'
import { entries, largestOf, showShape } from './algebra.ts'

/** How a window moves over an image: every `stride` pixels, over `padding` zeros around it. */
export interface Sliding {
  /** Pixels from one place of the window to the next, a whole number ≥ 1. */
  readonly stride: number
  /** Rows and columns of zeros on each side, a whole number ≥ 0. */
  readonly padding: number
}

/** A map per channel, without the batch. */
export type MapShape = readonly [channels: number, rows: number, columns: number]

/** Places that a window of `size` takes along an extent; what is left over at the end is dropped. Below 1: it does not fit. */
export const places = (extent: number, size: number, { stride, padding }: Sliding): number =>
  Math.floor((extent + 2 * padding - size) / stride) + 1

/** A position for each entry of an array of this shape, in row-major order. `at` must not keep the coordinates: they change. */
const positions = (shape: Shape, at: (coordinates: readonly number[]) => number): Positions => {
  const list = new Int32Array(entries(shape))
  const coordinates = shape.map(() => 0)
  for (let flat = 0; flat < list.length; flat++) {
    list[flat] = at(coordinates)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (coordinates[axis] as number) + 1
      coordinates[axis] = next < (shape[axis] as number) ? next : 0
      if (next < (shape[axis] as number)) break
    }
  }
  return { shape, at: list }
}

/** Throws unless the shape has four axes. */
export const imageShape = (where: string, shape: Shape): readonly [number, number, number, number] => {
  const [batch, channels, rows, columns] = shape
  if (shape.length !== 4 || batch === undefined || channels === undefined || rows === undefined || columns === undefined)
    throw new TypeError(`${where}: expected (batch, channels, rows, columns), got shape ${showShape(shape)}`)
  return [batch, channels, rows, columns]
}

/**
 * One row per place of the window (batch · down · across), one column per entry under it (channels · k · l): gathering an image so
 * turns its convolution into a product with the kernels as a matrix. −1 marks the zeros of the padding.
 */
export const patches = (batch: number, [channels, rows, columns]: MapShape, [k, l]: readonly [number, number], sliding: Sliding): Positions => {
  const [down, across] = [places(rows, k, sliding), places(columns, l, sliding)]
  const per = [batch, down, across, channels, k, l]
  const list = positions(per, ([b = 0, i = 0, j = 0, c = 0, di = 0, dj = 0]) => {
    const [row, column] = [i * sliding.stride + di - sliding.padding, j * sliding.stride + dj - sliding.padding]
    return row < 0 || row >= rows || column < 0 || column >= columns ? -1 : ((b * channels + c) * rows + row) * columns + column
  })
  return { ...list, shape: [batch * down * across, channels * k * l] }
}

/** From (batch · rows · columns, channels), as the product of patches comes, to an image (batch, channels, rows, columns). */
export const channelsFirst = (batch: number, [channels, rows, columns]: MapShape): Positions =>
  positions([batch, channels, rows, columns], ([b = 0, c = 0, i = 0, j = 0]) => ((b * rows + i) * columns + j) * channels + c)

/** A vector (channels), repeated over batch and map. Scattering sums over them. */
export const perChannel = (batch: number, [channels, rows, columns]: MapShape): Positions =>
  positions([batch, channels, rows, columns], ([, c = 0]) => c)

/** One sample, repeated over the batch. Scattering sums over the batch. */
export const perUnit = (shape: Shape): Positions => {
  const sample = entries(shape.slice(1))
  return { shape, at: Int32Array.from({ length: entries(shape) }, (_, i) => i % sample) }
}

/** Entry (di, dj) of each pooling window of size × size, which do not overlap; left-over rows and columns are dropped. */
export const windowEntry = (image: Shape, size: number, di: number, dj: number): Positions => {
  const [batch, channels, rows, columns] = imageShape('pool', image)
  return positions([batch, channels, Math.floor(rows / size), Math.floor(columns / size)], ([b = 0, c = 0, i = 0, j = 0]) =>
    ((b * channels + c) * rows + i * size + di) * columns + j * size + dj)
}

/** All entries of each window, row by row: (batch, channels, down, across, size²). */
export const windows = (image: Shape, size: number): Positions => {
  const all = Array.from({ length: size * size }, (_, e) => windowEntry(image, size, Math.floor(e / size), e % size))
  const [count, area] = [entries(all[0]?.shape ?? [0]), size * size]
  const at = new Int32Array(count * area)
  all.forEach(({ at: one }, e) => {
    for (let w = 0; w < count; w++) at[w * area + e] = one[w] as number
  })
  return { shape: [...(all[0]?.shape ?? [0]), area], at }
}

/** Positions in a tensor whose entries are those of another one in that order; as they are without one. */
export const inOrder = (order: Positions | undefined, list: Positions): Positions =>
  (order === undefined ? list : { shape: list.shape, at: Int32Array.from(list.at, (k) => order.at[k] as number) })

/**
 * A pure function that remembers what it said of the last two keys: lists are long, depend on shapes alone, and a network is posed anew for every
 * mini-batch, by one of several threads for its own samples and for all of them by turns.
 */
export const rememberingTwo = <K, V>(f: (key: K) => V): ((key: K) => V) => {
  let known: readonly { readonly key: K; readonly value: V }[] = []
  return (key) => {
    const one = known.find((before) => before.key === key) ?? { key, value: f(key) }
    if (known[0] !== one) known = [one, ...known.filter((other) => other !== one).slice(0, 1)]
    return one.value
  }
}

/**
 * Where the largest entry of each window is, by its float value; the first in row-major order where several are largest (which
 * saturated zeros and black borders do produce). NaN counts as larger than any number, so that a diverged map shows.
 */
export const windowMaxima = (image: Shape, values: ArrayLike<number>, size: number): Positions => {
  const all = windows(image, size)
  return { shape: all.shape.slice(0, -1), at: largestOf(values, all) }
}
