/** Convolution and pooling on images small enough to do by hand. The laws L11 say the same of any image: see src/law/spatial.ts. */
import { describe, expect, test } from 'vitest'
import { float64 } from '../src/number/float64.ts'
import { conv } from '../src/phi/conv.ts'
import { drivesAt, mapEnd } from '../src/phi/interaction.ts'
import { averagePooling, maxPooling, noPooling } from '../src/phi/pooling.ts'
import { type Algebra, largest } from '../src/tensor/algebra.ts'
import { dualOf } from '../src/tensor/dual.ts'
import { lift } from '../src/tensor/lift.ts'
import { reference as A, type Tensor } from '../src/tensor/reference.ts'
import { simd32, simd64 } from '../src/tensor/simd/interpreter.ts'
import { channelsFirst, type MapShape, patches, perChannel, perUnit, places, windowMaxima } from '../src/tensor/spatial.ts'

const numbers = (x: Tensor | undefined): readonly number[] => (x === undefined ? [] : [...A.numbers(x)])
const plain = ({ at }: { readonly at: ArrayLike<number> }): readonly number[] => Array.from(at)

/** One image (1, …map) and kernels of size × size, through the interaction with the image as its lower layer. */
const convolved = (
  map: MapShape, image: readonly number[], channels: number, kernel: readonly number[], size: number, stride: number, padding: number,
) => {
  const term = conv('w', mapEnd(1, map), channels, { size, stride, padding, pooling: noPooling })
  const shape = term.ends[1]?.map ?? []
  const w = A.of([channels, map[0], size, size], kernel)
  const [none, x, zero] = [A.fill([1, 1], 0), A.of([1, ...map], image), A.fill([1, ...shape], 0)]
  const psi = term.at(A)({ w }, none)
  return {
    shape,
    forward: numbers(psi.drive([none, x, zero])[2]),
    transpose: (y: readonly number[]) => numbers(psi.pull([none, x, zero])(drivesAt([2, A.of([1, ...shape], y)])).state[1]),
    kernel: (y: readonly number[]) => numbers(psi.param([none, x, A.of([1, ...shape], y)])['w']),
  }
}

describe('a 3×3 image 1 … 9 under the 2×2 kernel 1 2 / 3 4', () => {
  const image = [1, 2, 3, 4, 5, 6, 7, 8, 9]
  const under = (stride: number, padding: number) => convolved([1, 3, 3], image, 1, [1, 2, 3, 4], 2, stride, padding)

  test('its patches, row by row', () => {
    expect(patches(1, [1, 3, 3], [2, 2], { stride: 1, padding: 0 })).toEqual({
      shape: [4, 4], at: Int32Array.of(0, 1, 3, 4, 1, 2, 4, 5, 3, 4, 6, 7, 4, 5, 7, 8),
    })
    expect(plain(patches(1, [1, 3, 3], [2, 2], { stride: 2, padding: 1 }))).toEqual([-1, -1, -1, 0, -1, -1, 1, 2, -1, 3, -1, 6, 4, 5, 7, 8])
  })

  test('no padding: 1·1 + 2·2 + 3·4 + 4·5 = 37 and so on, not flipped', () => {
    expect(under(1, 0)).toMatchObject({ shape: [1, 2, 2], forward: [37, 47, 67, 77] })
  })

  test('padding 1: the corner sees 4·1 alone, the next place 3·1 + 4·2', () => {
    expect(under(1, 1)).toMatchObject({ shape: [1, 4, 4], forward: [4, 11, 18, 9, 18, 37, 47, 21, 36, 67, 77, 33, 14, 23, 26, 9] })
  })

  test('stride 2: every second place; what is left over is dropped', () => {
    expect(under(2, 1)).toMatchObject({ shape: [1, 2, 2], forward: [4, 18, 36, 77] })
    expect(under(2, 0)).toMatchObject({ shape: [1, 1, 1], forward: [37] })
    expect([places(3, 2, { stride: 2, padding: 0 }), places(3, 4, { stride: 1, padding: 0 })]).toEqual([1, 0])
  })

  test('the transpose of y = 1 0 / 0 2 puts the kernel at the corner and twice the kernel at the centre', () => {
    expect(under(1, 0).transpose([1, 0, 0, 2])).toEqual([1, 2, 0, 3, 6, 4, 0, 6, 8])
  })

  test('the gradient of the kernel at that y is the upper left patch plus twice the lower right one', () => {
    expect(under(1, 0).kernel([1, 0, 0, 2])).toEqual([1 + 2 * 5, 2 + 2 * 6, 4 + 2 * 8, 5 + 2 * 9])
  })
})

test('channels: 1×1 kernels mix them, c₀ + 10 c₁ and −c₁', () => {
  expect(convolved([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8], 2, [1, 10, 0, -1], 1, 1, 0).forward)
    .toEqual([51, 62, 73, 84, -5, -6, -7, -8])
})

test('a 1×3 image is not a 3×1 image', () => {
  const padded = (map: MapShape) => convolved(map, [1, 2, 3], 1, [1, 10, 100, 1000], 2, 1, 1)
  expect(padded([1, 1, 3])).toMatchObject({ shape: [1, 2, 4], forward: [1000, 2100, 3200, 300, 10, 21, 32, 3] })
  expect(padded([1, 3, 1])).toMatchObject({ shape: [1, 4, 2], forward: [1000, 100, 2010, 201, 3020, 302, 30, 3] })
})

test('positions of channels, of values per channel and per unit', () => {
  expect(plain(channelsFirst(1, [2, 1, 3]))).toEqual([0, 2, 4, 1, 3, 5])
  expect(plain(perChannel(2, [2, 1, 2]))).toEqual([0, 0, 1, 1, 0, 0, 1, 1])
  expect(plain(perUnit([2, 3]))).toEqual([0, 1, 2, 0, 1, 2])
})

describe('pooling a 3×5 image by 2×2', () => {
  const shape = [1, 1, 3, 5]
  const image = A.of(shape, [
    1, 3, 3, 0, 9,
    2, 3, 5, 5, 9,
    9, 9, 9, 9, 9,
  ])

  test('the last row and column are left over; of equal maxima the first counts', () => {
    expect(windowMaxima(shape, A.numbers(image), 2)).toEqual({ shape: [1, 1, 1, 2], at: Int32Array.of(1, 7) })
    expect(maxPooling(2).shape([1, 3, 5])).toEqual([1, 1, 2])
  })

  test('max: 3 and 5; back to where these were', () => {
    const { pool, unpool } = maxPooling(2).at(A, shape)(image)
    expect(numbers(pool(image))).toEqual([3, 5])
    expect(numbers(unpool(A.of([1, 1, 1, 2], [10, 20])))).toEqual([0, 10, 0, 0, 0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0])
  })

  test('average: 9/4 and 13/4; back in equal shares', () => {
    const { pool, unpool } = averagePooling(2).at(A, shape)(image)
    expect(numbers(pool(image))).toEqual([9 / 4, 13 / 4])
    expect(numbers(unpool(A.of([1, 1, 1, 2], [4, 8])))).toEqual([1, 1, 2, 2, 0, 1, 1, 2, 2, 0, 0, 0, 0, 0, 0])
  })

  test('all zeros, and all equal: the first of each window', () => {
    expect(plain(windowMaxima(shape, new Float64Array(15), 2))).toEqual([0, 2])
    expect(plain(windowMaxima(shape, new Float64Array(15).fill(-1), 3))).toEqual([0])
  })

  test('NaN is the largest, the first of several: a diverged map must show', () => {
    expect(plain(windowMaxima([1, 1, 2, 2], Float64Array.of(1, NaN, 5, NaN), 2))).toEqual([1])
    expect(plain(windowMaxima([1, 1, 2, 2], Float64Array.of(NaN, 7, Infinity, 3), 2))).toEqual([0])
  })

  const findsTheSame = <T>(B: Algebra<never, T>): void => test(`${B.name} finds the same`, () => {
    const found = (list: readonly number[], rows: number): readonly number[] =>
      [...largest(B, B.of([list.length], list), { shape: [rows, list.length / rows], at: list.map((_, i) => i) })]
    expect(found([1, NaN, 5, NaN], 1)).toEqual([1])
    expect(found([NaN, 7, Infinity, 3], 1)).toEqual([0])
    expect(found([-Infinity, -Infinity, -0, 0], 2)).toEqual([0, 2])
    expect(found([3, 4, 4, 2, -5, -1, -2, -1], 2)).toEqual([1, 5])
  })
  findsTheSame(A)
  findsTheSame(simd64())
  findsTheSame(simd32())

  test('maps may come in any order', () => {
    const order = { shape, at: Array.from({ length: 15 }, (_, i) => 14 - i) }
    const reversed = A.of([5, 3], numbers(image).toReversed())
    for (const pooling of [maxPooling(2), averagePooling(2), noPooling]) {
      const [plainly, ordered] = [pooling.at(A, shape)(image), pooling.at(A, shape, order)(reversed)]
      const pooled = plainly.pool(image)
      expect(ordered.pool(reversed)).toEqual(pooled)
      expect(A.shape(ordered.unpool(pooled))).toEqual([5, 3])
      expect(numbers(ordered.unpool(pooled))).toEqual(numbers(plainly.unpool(pooled)).toReversed())
    }
  })

  test('one term at batches of several sizes, by turns', () => {
    const once = () => conv('w', mapEnd(1, [1, 3, 5]), 2, { size: 2, stride: 1, padding: 0, pooling: maxPooling(2) })
    const term = once()
    const kernels = A.of([2, 1, 2, 2], [1, -2, 3, 4, -1, 2, 5, -3])
    const drivenAt = (batch: number, from: typeof term): readonly (readonly number[])[] => {
      const maps = A.of([batch, 1, 3, 5], Array.from({ length: 15 * batch }, (_, i) => Math.sin(3 * i)))
      const up = A.of([batch, 2, 1, 2], Array.from({ length: 4 * batch }, (_, i) => Math.cos(i)))
      return from.at(A)({ w: kernels }, A.fill([batch, 1], 0)).drive([A.fill([batch, 1], 0), maps, up]).map(numbers)
    }
    for (const batch of [2, 1, 2, 3]) expect(drivenAt(batch, term)).toEqual(drivenAt(batch, once()))
  })

  test('a window larger than the image: no windows', () => {
    expect(windowMaxima([1, 1, 2, 2], new Float64Array(4), 3)).toEqual({ shape: [1, 1, 0, 0], at: new Int32Array() })
  })

  test('images have four axes', () => {
    expect(() => windowMaxima([3, 5], new Float64Array(15), 2)).toThrow('pool: expected (batch, channels, rows, columns), got shape 3×5')
  })
})

describe('a position in no tensor is a bug and throws, never undefined or NaN', () => {
  const check = <T>(name: string, B: Algebra<never, T>) => {
    const x = B.of([2, 2], [1, 2, 3, 4])
    test.each([4, -2, 0.5, NaN])(`${name}: %d`, (position) => {
      const message = `expected −1 or a position below 4 in shape 2×2, got ${position}`
      expect(() => B.gather(x, { shape: [2], at: [0, position] })).toThrow(new RangeError(`gather: ${message}`))
      expect(() => B.scatter(B.of([2], [1, 1]), { shape: [2], at: [0, position] }, [2, 2])).toThrow(new RangeError(`scatter: ${message}`))
    })
    test(`${name}: fewer positions than the shape needs`, () => {
      expect(() => B.gather(x, { shape: [2], at: [0] })).toThrow(new TypeError('gather: shape 2 needs 2 positions, got 1'))
    })
    test(`${name}: −1 is zero and ignored, what meets adds up`, () => {
      const list = { shape: [3], at: [3, -1, 3] }
      expect([...B.numbers(B.gather(x, list))]).toEqual([4, 0, 4])
      expect([...B.numbers(B.scatter(B.of([3], [5, 6, 7]), list, [2, 2]))]).toEqual([0, 0, 0, 12])
    })
  }
  check('reference', A)
  check('lift', lift(float64))
  check('dualOf', dualOf(A))
})
