/** Data: randomness as a value, the IDX parser, digits real and synthetic, mini-batches, and the MNIST reader. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readMnist } from '../src/cli/mnist-files.ts'
import { trainingData } from '../src/cli/training-data.ts'
import { miniBatch } from '../src/data/batch.ts'
import { digitsFrom } from '../src/data/digits.ts'
import type { Digits } from '../src/data/digits.ts'
import { parseIdx } from '../src/data/idx.ts'
import type { Idx } from '../src/data/idx.ts'
import { sampled, seeded, shuffled, uniforms, xorshift32, xorshiftUniforms } from '../src/data/random.ts'
import type { Random } from '../src/data/random.ts'
import { syntheticDigits } from '../src/data/synthetic.ts'

const right = <L, A>(result: E.Either<L, A>): A => {
  if (E.isLeft(result)) throw new Error(`expected a right, got ${JSON.stringify(result.left)}`)
  return result.right
}

const left = <L, A>(result: E.Either<L, A>): L => {
  if (E.isRight(result)) throw new Error('expected a left, got a right')
  return result.left
}

/** The tag of a failure, once its message is seen to be one line of "where: expected …, got …; next step". */
const tagOf = (error: { readonly _tag: string; readonly message: string }): string => {
  expect(error.message).toMatch(/^[^\n]+: .*expected [^\n]+, got [^\n]+; [^\n]+$/)
  return error._tag
}

/** The 784 bytes of one image. */
const image = (digits: Digits, i: number): readonly number[] =>
  Array.from({ length: 784 }, (_, p) => digits.pixels[784 * i + p] ?? NaN)

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 })

describe('random', () => {
  it('gives the doubles of NumPy RandomState(42)', () => {
    const expected = [0.3745401188473625, 0.9507143064099162, 0.7319939418114051, 0.5986584841970366]
    expect(uniforms(seeded(42), 4, 0, 1)[0]).toEqual(expected)
  })

  it('is a value: drawing changes nothing, the same generator gives the same numbers, and JSON keeps it', () => {
    fc.assert(
      fc.property(seeds, fc.nat(700), fc.nat(50), (seed, n, m) => {
        const rng = seeded(seed)
        const before = JSON.stringify(rng)
        const [whole] = uniforms(rng, n + m, -1, 1)
        const [head, next] = uniforms(rng, n, -1, 1)
        const [tail] = uniforms(JSON.parse(JSON.stringify(next)) as Random, m, -1, 1)
        expect(JSON.stringify(rng)).toBe(before)
        expect([...head, ...tail]).toEqual(whole)
        expect(shuffled(rng, m)).toEqual(shuffled(seeded(seed), m))
      }),
    )
    const rng = seeded(1)
    expect(Object.isFrozen(rng) && Object.isFrozen(rng.state)).toBe(true)
    expect(uniforms(seeded(1), 3, 0, 1)[0]).not.toEqual(uniforms(seeded(2), 3, 0, 1)[0])
  })

  it('stays in [low, high), also where the sum rounds up to high', () => {
    const finite = fc.double({ min: -1e300, max: 1e300, noNaN: true })
    fc.assert(
      fc.property(seeds, finite, finite, (seed, a, b) => {
        fc.pre(a !== b)
        const [low, high] = a < b ? [a, b] : [b, a]
        const [values] = uniforms(seeded(seed), 40, low, high)
        expect(values.length).toBe(40)
        expect(values.every((v) => v >= low && v < high)).toBe(true)
      }),
    )
    // One ulp wide: half of the sums would round up to the excluded bound.
    expect(new Set(uniforms(seeded(3), 100, 1, 1 + Number.EPSILON)[0])).toEqual(new Set([1]))
  })

  it('has the mean and variance of the uniform distribution', () => {
    const [values] = uniforms(seeded(7), 400_000, -1, 1)
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length
    const square = values.reduce((sum, v) => sum + v * v, 0) / values.length
    // Standard deviations of the two averages: sqrt(1/3 / n) = 9.1e-4 and sqrt(4/45 / n) = 4.7e-4; five of each.
    expect(Math.abs(mean)).toBeLessThan(4.6e-3)
    expect(Math.abs(square - 1 / 3)).toBeLessThan(2.4e-3)
  })

  it('shuffles to permutations and samples different members', () => {
    fc.assert(
      fc.property(seeds, fc.nat(200), fc.nat(200), (seed, a, b) => {
        const [k, n] = [Math.min(a, b), Math.max(a, b)]
        const [order] = shuffled(seeded(seed), n)
        expect([...order].sort((x, y) => x - y)).toEqual(Array.from({ length: n }, (_, i) => i))
        const [some] = sampled(seeded(seed), k, n)
        expect(some.length).toBe(k)
        expect(new Set(some).size).toBe(k)
        expect(some.every((i) => Number.isInteger(i) && i >= 0 && i < n)).toBe(true)
      }),
    )
  })

  it('shuffles without bias, by a test that rejects the naive shuffle', () => {
    const runs = 6000
    /** Chi-square of the 6 orders of 3; 5 degrees of freedom: above 25.7 with probability 1e-4. */
    const chiSquare = (orders: readonly (readonly number[])[]): number =>
      ['012', '021', '102', '120', '201', '210']
        .map((order) => orders.filter((o) => o.join('') === order).length - runs / 6)
        .reduce((sum, gap) => sum + gap ** 2 / (runs / 6), 0)
    const orders = Array.from({ length: runs }, (_, seed) => shuffled(seeded(seed), 3)[0])
    expect(chiSquare(orders)).toBeLessThan(25.7)
    // Control: every place swapped with any place. Some orders come 5 times in 27, others 4.
    const naive = Array.from({ length: runs }, (_, seed) => {
      const order = [0, 1, 2]
      const [draws] = uniforms(seeded(seed), 3, 0, 3)
      draws.forEach((draw, i) => {
        const j = Math.floor(draw)
        const [x, y] = [order[i] ?? NaN, order[j] ?? NaN]
        order[i] = y
        order[j] = x
      })
      return order
    })
    expect(chiSquare(naive)).toBeGreaterThan(25.7)
  })

  it('xorshift32 gives the reference outputs, restarts from its last output and scales to [-1, 1)', () => {
    expect(xorshift32(20190532, 5)).toEqual([4026942922, 794569525, 3982564136, 244054378, 1165407897])
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 - 1 }), fc.nat(20), (seed, n) => {
        const head = xorshift32(seed, n)
        expect([...head, ...xorshift32(head.at(-1) ?? seed, 5)]).toEqual(xorshift32(seed, n + 5))
        const values = xorshiftUniforms(seed, n)
        expect(values.every((v) => v >= -1 && v < 1)).toBe(true)
        expect(values.map((v) => (v + 1) * 2 ** 31)).toEqual(head)
      }),
    )
  })

  it('refuses wrong seeds, counts and bounds', () => {
    const rng = seeded(0)
    for (const seed of [-1, 0.5, 2 ** 32, NaN]) expect(() => seeded(seed)).toThrow(RangeError)
    for (const seed of [0, -1, 2 ** 32]) expect(() => xorshift32(seed, 1)).toThrow(RangeError)
    for (const n of [-1, 0.5, NaN, Infinity]) {
      expect(() => uniforms(rng, n, 0, 1)).toThrow(RangeError)
      expect(() => shuffled(rng, n)).toThrow(RangeError)
      expect(() => xorshift32(1, n)).toThrow(RangeError)
    }
    for (const [low, high] of [[1, 1], [1, 0], [NaN, 1], [0, Infinity], [-1.7e308, 1.7e308]] as const) {
      expect(() => uniforms(rng, 1, low, high)).toThrow(RangeError)
    }
    expect(() => sampled(rng, 4, 3)).toThrow(RangeError)
  })
})

/** The IDX encoding, written from the format's description and independent of the parser. */
const encoded = ({ dims, data }: Idx): Uint8Array<ArrayBuffer> => {
  const sizes = dims.flatMap((d) => [(d >>> 24) & 255, (d >>> 16) & 255, (d >>> 8) & 255, d & 255])
  return Uint8Array.from([0, 0, 8, dims.length, ...sizes, ...Array.from(data)])
}

const arrays: fc.Arbitrary<Idx> = fc
  .array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 })
  .chain((dims) => {
    const size = dims.reduce((a, b) => a * b, 1)
    return fc.uint8Array({ minLength: size, maxLength: size }).map((data) => ({ dims, data }))
  })

const idx = (dims: readonly number[], ...data: readonly number[]): Idx => ({ dims, data: Uint8Array.from(data) })

describe('parseIdx', () => {
  it('reads back what was encoded, of any rank, without touching or keeping the bytes', () => {
    fc.assert(
      fc.property(arrays, fc.boolean(), (array, asBuffer) => {
        const bytes = encoded(array)
        const copy = bytes.slice()
        const parsed = right(parseIdx(asBuffer ? Buffer.from(bytes.buffer) : bytes, 'a'))
        expect(bytes).toEqual(copy)
        bytes.fill(7)
        expect(parsed).toEqual(array)
      }),
    )
  })

  it('reads a window of a larger buffer', () => {
    const bytes = encoded(idx([2, 1], 5, 6))
    const window = new Uint8Array([9, 9, 9, ...bytes, 9]).subarray(3, 3 + bytes.length)
    expect(right(parseIdx(window, 'a'))).toEqual(idx([2, 1], 5, 6))
  })

  it('finds every truncation and every trailing byte, with the numbers', () => {
    fc.assert(
      fc.property(arrays, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 9 }), (array, cut, more) => {
        const bytes = encoded(array)
        const header = 4 + 4 * array.dims.length
        const short = bytes.subarray(0, cut % bytes.length)
        const error = left(parseIdx(short, 'a'))
        expect(tagOf(error)).toBe(short.length < header ? 'TruncatedHeader' : 'TruncatedData')
        if (short.length >= header) {
          expect(error).toMatchObject({ expected: bytes.length - header, actual: short.length - header })
        }
        const long = left(parseIdx(Uint8Array.from([...bytes, ...more]), 'a'))
        expect(long).toMatchObject({ expected: array.data.length, actual: array.data.length + more.length })
        expect(tagOf(long)).toBe('TrailingBytes')
      }),
    )
  })

  it('finds every wrong magic and every other type', () => {
    fc.assert(
      fc.property(arrays, fc.integer({ min: 0, max: 2 }), fc.integer({ min: 1, max: 255 }), (array, at, flip) => {
        const bytes = encoded(array).map((b, i) => (i === at ? b ^ flip : b))
        expect(tagOf(left(parseIdx(bytes, 'a')))).toBe(at === 2 ? 'UnsupportedType' : 'WrongMagic')
      }),
    )
    const gzip = left(parseIdx(gzipSync(encoded(idx([1], 1))), 'train.idx'))
    expect(gzip.message).toBe(
      'train.idx: expected an IDX file starting with the bytes 00 00 08, got 1f 8b 08 00; ' +
        'this is gzip data: unpack it first',
    )
  })

  it('refuses empty and absurd dimensions before it allocates', () => {
    const header = (...dims: readonly number[]): Uint8Array => encoded(idx(dims))
    expect(tagOf(left(parseIdx(header(3, 0, 2), 'a')))).toBe('ZeroSize')
    const huge = 2 ** 32 - 1
    expect(tagOf(left(parseIdx(header(huge, huge), 'a')))).toBe('AbsurdSize')
    expect(tagOf(left(parseIdx(header(...Array.from({ length: 255 }, () => huge)), 'a')))).toBe('AbsurdSize')
    // 2^31 × 2^21 = 2^52 is a possible size, only not this file's.
    expect(left(parseIdx(header(2 ** 31, 2 ** 21), 'a'))).toMatchObject({ _tag: 'TruncatedData', expected: 2 ** 52 })
    expect(left(parseIdx(header(60000, 28, 28), 'train-images')).message).toBe(
      'train-images: truncated: expected 47040000 bytes of data, got 0; get the file again from its source',
    )
  })
})

describe('digitsFrom', () => {
  const images = idx([2, 1, 3], 1, 2, 3, 4, 5, 6)

  it('pairs images with labels in fresh arrays', () => {
    const source = { images: Uint8Array.of(1, 2, 3, 4, 5, 6), labels: Uint8Array.of(9, 0) }
    const digits = right(digitsFrom({ dims: [2, 1, 3], data: source.images }, { dims: [2], data: source.labels }))
    source.images.fill(77)
    source.labels.fill(7)
    expect(digits).toEqual({ count: 2, rows: 1, cols: 3, pixels: images.data, labels: Uint8Array.of(9, 0) })
  })

  it('names what does not fit', () => {
    const tag = (x: Idx, y: Idx): string => tagOf(left(digitsFrom(x, y)))
    expect(tag(idx([2, 3], 1, 2, 3, 4, 5, 6), idx([2], 1, 2))).toBe('ImagesNotRank3')
    expect(tag(idx([2, 1, 3, 1], 1, 2, 3, 4, 5, 6), idx([2], 1, 2))).toBe('ImagesNotRank3')
    expect(tag(idx([2], 1, 2), images)).toBe('ImagesNotRank3')
    expect(tag(images, idx([2, 1], 1, 2))).toBe('LabelsNotRank1')
    expect(tag(images, idx([3], 1, 2, 3))).toBe('MismatchedCounts')
    expect(left(digitsFrom(images, idx([2], 9, 10), 'i', 'l'))).toMatchObject({
      _tag: 'LabelOutOfRange',
      index: 1,
      label: 10,
      message: 'l: expected labels 0 to 9, got 10 at index 1; use a set of the ten digits',
    })
  })
})

describe('syntheticDigits', () => {
  /** Share of images whose nearest mean image (of the learnt set, per label) is that of their label. */
  const recognised = (learnt: Digits, asked: Digits): number => {
    const pixels = Array.from({ length: learnt.count }, (_, i) => image(learnt, i))
    const means = Array.from({ length: 10 }, (_, digit) => {
      const own = pixels.filter((_, i) => learnt.labels[i] === digit)
      return Array.from({ length: 784 }, (_, p) => own.reduce((sum, one) => sum + (one[p] ?? NaN), 0) / own.length)
    })
    const hits = Array.from({ length: asked.count }, (_, i) => {
      const one = image(asked, i)
      const gaps = means.map((mean) => mean.reduce((sum, v, p) => sum + (v - (one[p] ?? NaN)) ** 2, 0))
      return gaps.indexOf(Math.min(...gaps)) === asked.labels[i]
    })
    return hits.filter(Boolean).length / asked.count
  }

  it('is determined by the seed, and balanced for every count', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 33 }), (seed, count) => {
        const digits = syntheticDigits(seed, count)
        expect(syntheticDigits(seed, count)).toEqual(digits)
        expect([digits.count, digits.rows, digits.cols]).toEqual([count, 28, 28])
        expect(digits.pixels.length).toBe(784 * count)
        const labels = Array.from(digits.labels)
        const numbers = Array.from({ length: 10 }, (_, digit) => labels.filter((label) => label === digit).length)
        expect(Math.max(...numbers) - Math.min(...numbers)).toBeLessThanOrEqual(1)
        expect(numbers.reduce((a, b) => a + b)).toBe(count)
        // Nearly white in places, an empty background, and enough ink to see.
        const all = Array.from({ length: count }, (_, i) => image(digits, i))
        expect(all.every((one) => Math.max(...one) > 200 && one.filter((v) => v === 0).length > 392)).toBe(true)
        expect(all.every((one) => one.reduce((a, b) => a + b) / 784 / 255 > 0.02)).toBe(true)
      }),
      { numRuns: 30 },
    )
    expect(syntheticDigits(1, 10)).not.toEqual(syntheticDigits(2, 10))
    for (const count of [0, -1, 1.5, NaN, 1e7]) expect(() => syntheticDigits(1, count)).toThrow(RangeError)
  })

  it('draws the same pixels on every machine (golden checksum)', () => {
    const { pixels, labels } = syntheticDigits(20190532, 20)
    const sum = Array.from(pixels).reduce((h, v) => (Math.imul(h, 31) + v) >>> 0, 0)
    expect(Array.from(labels)).toEqual([7, 2, 6, 6, 3, 9, 9, 3, 0, 2, 4, 5, 8, 8, 1, 5, 7, 1, 4, 0])
    expect(sum).toBe(209395640)
  })

  it('makes ten different digits: mean images recognise those of another seed, shuffled labels do not', () => {
    const learnt = syntheticDigits(1, 200)
    const asked = syntheticDigits(2, 200)
    // The nearest mean recognises 0.82 of the real test set.
    expect(recognised(learnt, asked)).toBeGreaterThan(0.8)
    const [order] = shuffled(seeded(3), asked.count)
    const mixed = { ...asked, labels: order.map((i) => asked.labels[i] ?? NaN) }
    expect(recognised(learnt, mixed)).toBeLessThan(0.25)
  })
})

describe('miniBatch', () => {
  const digits = syntheticDigits(5, 12)

  it('scales the chosen pixels and makes one-hot targets, in order, in fresh arrays', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(11), { minLength: 1, maxLength: 8 }), (indices) => {
        const before = structuredClone(digits)
        const { x, y } = right(miniBatch(digits, indices))
        expect(digits).toEqual(before)
        expect([x.shape, y.shape]).toEqual([[indices.length, 784], [indices.length, 10]])
        expect(x.data).toEqual(indices.flatMap((i) => image(digits, i).map((v) => v / 255)))
        const rows = indices.map((_, b) => y.data.slice(10 * b, 10 * b + 10))
        expect(rows.map((row) => row.indexOf(1))).toEqual(indices.map((i) => digits.labels[i]))
        expect(rows.every((row) => row.filter((v) => v === 0).length === 9)).toBe(true)
        expect(right(miniBatch(digits, indices)).x.data).not.toBe(x.data)
      }),
    )
    expect(Math.max(...right(miniBatch(digits, [0])).x.data)).toBeLessThanOrEqual(1)
  })

  it('refuses an empty choice and any index that is none', () => {
    expect(tagOf(left(miniBatch(digits, [])))).toBe('EmptyBatch')
    const wrong = fc.oneof(fc.integer({ min: 12 }), fc.integer({ max: -1 }), fc.constantFrom(12, -1, 0.5, NaN, Infinity))
    fc.assert(
      fc.property(fc.array(fc.nat(11)), wrong, fc.array(fc.nat(11)), (before, index, after) => {
        const error = left(miniBatch(digits, [...before, index, ...after]))
        expect(tagOf(error)).toBe('IndexOutOfRange')
        expect(error).toMatchObject({ position: before.length, index, count: 12 })
      }),
    )
  })
})

describe('readMnist', () => {
  const names = [
    'train-images-idx3-ubyte',
    'train-labels-idx1-ubyte',
    't10k-images-idx3-ubyte',
    't10k-labels-idx1-ubyte',
  ] as const
  const [trainImages, trainLabels, testImages, testLabels] = names
  const small: Readonly<Record<string, Uint8Array>> = {
    [trainImages]: encoded(idx([2, 1, 2], 1, 2, 3, 4)),
    [trainLabels]: encoded(idx([2], 3, 8)),
    [testImages]: encoded(idx([1, 1, 2], 5, 6)),
    [testLabels]: encoded(idx([1], 7)),
  }
  const expected = {
    train: { count: 2, rows: 1, cols: 2, pixels: Uint8Array.of(1, 2, 3, 4), labels: Uint8Array.of(3, 8) },
    test: { count: 1, rows: 1, cols: 2, pixels: Uint8Array.of(5, 6), labels: Uint8Array.of(7) },
  }
  let root = ''
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'phifold-data-'))
  })
  afterAll(() => rm(root, { recursive: true, force: true }))

  const directory = async (files: Readonly<Record<string, Uint8Array>>): Promise<string> => {
    const dir = await mkdtemp(join(root, 'set-'))
    await Promise.all(Object.entries(files).map(([name, bytes]) => writeFile(join(dir, name), bytes)))
    return dir
  }
  const renamed = (name: (old: string) => string, change: (bytes: Uint8Array) => Uint8Array): typeof small =>
    Object.fromEntries(Object.entries(small).map(([old, bytes]) => [name(old), change(bytes)]))
  const without = (name: string): typeof small => Object.fromEntries(Object.entries(small).filter(([n]) => n !== name))

  it('reads plain, gzipped, dotted and mixed names', async () => {
    const same = (bytes: Uint8Array): Uint8Array => bytes
    const dotted = (name: string): string => name.replace('-idx', '.idx')
    const sets = [
      small,
      renamed((name) => `${name}.gz`, gzipSync),
      renamed(dotted, same),
      renamed((name) => `${dotted(name)}.gz`, gzipSync),
      // gzip data under a plain name
      renamed((name) => name, gzipSync),
      { ...without(trainLabels), [`${trainLabels}.gz`]: gzipSync(small[trainLabels] ?? ''), notes: Uint8Array.of(1) },
      // the plain file wins over a broken packed one
      { ...small, [`${trainImages}.gz`]: Uint8Array.of(1, 2) },
    ]
    for (const set of sets) expect(right(await readMnist(await directory(set))())).toEqual(expected)
  })

  it('names the directory or the files that are missing', async () => {
    const nowhere = left(await readMnist(join(root, 'nowhere'))())
    expect(tagOf(nowhere)).toBe('MissingDirectory')
    expect(nowhere.message).toContain(join(root, 'nowhere'))
    const file = join(await directory(small), trainImages)
    expect(tagOf(left(await readMnist(file)()))).toBe('MissingDirectory')
    for (const name of names) {
      const error = left(await readMnist(await directory(without(name)))())
      expect(tagOf(error)).toBe('MissingFiles')
      expect(error).toMatchObject({ names: [name] })
      expect(error.message).toContain(name)
    }
    expect(left(await readMnist(await directory({}))())).toMatchObject({ names })
  })

  it('names the file that is broken, whichever of the four it is', async () => {
    const broken = (name: string): readonly (readonly [string, string, Uint8Array])[] => {
      const good = small[name] ?? new Uint8Array()
      return [
        ['CorruptGzip', `${name}.gz`, gzipSync(good).subarray(0, -9)],
        ['CorruptGzip', `${name}.gz`, gzipSync(good).map((b, i) => (i === 12 ? b ^ 255 : b))],
        ['CorruptGzip', `${name}.gz`, good],
        ['CorruptGzip', `${name}.gz`, new Uint8Array()],
        ['WrongMagic', name, Uint8Array.from([1, ...good.subarray(1)])],
        ['UnsupportedType', name, good.map((b, i) => (i === 2 ? 13 : b))],
        ['TruncatedData', name, good.subarray(0, -1)],
        ['TruncatedData', `${name}.gz`, gzipSync(good.subarray(0, -1))],
        ['TruncatedHeader', name, good.subarray(0, 7)],
        ['TruncatedHeader', name, new Uint8Array()],
        ['TrailingBytes', name, Uint8Array.from([...good, 0])],
      ]
    }
    for (const name of names) {
      for (const [tag, path, bytes] of broken(name)) {
        const error = left(await readMnist(await directory({ ...without(name), [path]: bytes }))())
        expect(tagOf(error)).toBe(tag)
        expect(error.message).toContain(path)
      }
    }
  })

  it('finds files that do not belong together', async () => {
    const read = async (files: typeof small): Promise<string> => tagOf(left(await readMnist(await directory(files))()))
    expect(await read({ ...small, [trainLabels]: encoded(idx([1], 3)) })).toBe('MismatchedCounts')
    expect(await read({ ...small, [testLabels]: encoded(idx([2], 3, 4)) })).toBe('MismatchedCounts')
    expect(await read({ ...small, [testLabels]: encoded(idx([1], 10)) })).toBe('LabelOutOfRange')
    expect(await read({ ...small, [testImages]: small[testLabels] ?? new Uint8Array() })).toBe('ImagesNotRank3')
    expect(await read({ ...small, [testLabels]: small[testImages] ?? new Uint8Array() })).toBe('LabelsNotRank1')
    expect(await read({ ...small, [testImages]: encoded(idx([1, 2, 2], 1, 2, 3, 4)) })).toBe('MismatchedImageSizes')
  })

  it('refuses gzip bombs, huge files and what is not a file', async () => {
    // 257 MiB of zeros, packed a MiB at a time (gzip members may follow each other): 260 kB.
    const member = gzipSync(new Uint8Array(2 ** 20))
    const bomb = Buffer.concat(Array.from({ length: 257 }, () => member))
    const dir = await directory({ ...without(trainImages), [`${trainImages}.gz`]: bomb })
    expect(tagOf(left(await readMnist(dir)()))).toBe('TooLarge')
    const large = await directory(small)
    await truncate(join(large, trainImages), 2 ** 28 + 1)
    expect(tagOf(left(await readMnist(large)()))).toBe('TooLarge')
    const folder = await directory(without(testImages))
    await mkdir(join(folder, testImages))
    expect(tagOf(left(await readMnist(folder)()))).toBe('UnreadableFile')
    const device = await directory(without(testImages))
    await symlink(devNull, join(device, testImages))
    expect(tagOf(left(await readMnist(device)()))).toBe('UnreadableFile')
  })

  it('reads the real MNIST files', async (context) => {
    const shared = process.env['PHIFOLD_SHARED'] ?? fileURLToPath(new URL('../../shared', import.meta.url))
    const dir = join(shared, 'data', 'mnist')
    if (!existsSync(dir)) {
      console.info('skipped: reading the real MNIST files (no ../shared/data/mnist beside this checkout)')
      context.skip()
    }
    const { train, test } = right(await readMnist(dir)())
    expect([train.count, train.rows, train.cols]).toEqual([60000, 28, 28])
    expect([test.count, test.rows, test.cols]).toEqual([10000, 28, 28])
    expect(Array.from(train.labels).slice(0, 10)).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
    expect(Array.from(test.labels).slice(0, 10)).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
    // Whatever folder they lie in, they are told by their content.
    expect(right(await trainingData(dir, 1, undefined)()).origin).toBe('60000 digits of MNIST, tested on 10000')
    expect(right(await trainingData(dir, 1, 100, 7)())).toMatchObject({ set: 'MNIST', origin: '100 digits of MNIST, tested on 7' })
    // The mean pixel of the training set, known from the literature as 0.1307.
    const sum = Uint8Array.from(train.pixels).reduce((a, b) => a + b, 0)
    expect(sum / train.pixels.length / 255).toBeCloseTo(0.1307, 4)
    const { x, y } = right(miniBatch(test, [0, 9999]))
    expect([x.shape, y.shape, y.data.slice(0, 10).indexOf(1)]).toEqual([[2, 784], [2, 10], 7])
  })
})
