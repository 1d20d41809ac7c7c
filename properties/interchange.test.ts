/**
 * npy and safetensors files: what the real packages wrote is read as they mean it, what we write is read back bit for bit, and no bytes
 * whatever make a parser throw. The reference files below were written by NumPy 2.4.6 and the safetensors package 0.8.0 for Python.
 */
import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { crossEntropy } from '../src/cost/cross-entropy.ts'
import { repeatedKey } from '../src/data/json-keys.ts'
import { parseNpy, writeNpy } from '../src/data/npy.ts'
import { entryBytes, type Stored } from '../src/data/number-bytes.ts'
import { parametersFrom, storedFrom } from '../src/data/parameters.ts'
import { seeded, uniforms } from '../src/data/random.ts'
import { parseSafetensors, writeSafetensors } from '../src/data/safetensors.ts'
import type { StoredError } from '../src/data/stored-error.ts'
import { orThrow } from '../src/fold/mistake.ts'
import { tanh } from '../src/phi/activation.ts'
import { energyBased } from '../src/phi/energy-based.ts'
import { layered } from '../src/phi/network.ts'
import { entries } from '../src/tensor/algebra.ts'
import { reference as A } from '../src/tensor/reference.ts'

const unpacked = (base64: string): Uint8Array => new Uint8Array(inflateSync(Buffer.from(base64, 'base64')))

const numpyFiles: readonly (readonly [string, string])[] = [
['f8 by rows', 'eNqb7BfqGxDJyFDGUK2eklqcXKRupaBuk2ahrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOgrGmjoKtQpkAy4GMPhhD6EZGhgZkMGH+lAwuAqVlzkAAACLIoU='],
  ['f8 by columns', 'eNqb7BfqGxDJyFDGUK2eklqcXKRupaBuk2ahrqOgnpZfVFKUmBefX5SSChIPKSpNBQoXZyQWpAK5GkY6CsaaOgq1CuQDLgYw+GEPoT/UQ2iGhlAwuGrPyIAMZA4AABk6Ilo='],
  ['f8 big-endian', 'eNqb7BfqGxDJyFDGUK2eklqcXKRupaBul2ahrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOgrGmjoKtQpkAy77Hwxg0MCAAhjrP0AY9ldDweCADIQPABumIoc='],
  ['f4 version 2', 'eNqb7BfqGxDJxFDCwMBQrZ6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CsaaOgq1CmQCLgaGA/ZAqxsYwKChfvWqVXYMDA8OAADp1yGG'],
  ['f2 version 3', 'eNqb7BfqGxDJzFDCwMBQrZ6SWpxcpG6loG6TZqSuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CsaaOgq1CmQCLgY7hgag1TWhpgzHAXZiHbU='],
  ['i8', 'eNqb7BfqGxDJyFDGUK2eklqcXKRupaBuk2mhrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RrGOpo6CrUKFACu/2Agz/AXwvjPAAUAzSgpcA=='],
  ['u1 scalar', 'eNqb7BfqGxDJyFDGUK2eklqcXKRupaBeU2qorqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RqaOgq1ChQBLnYAhvQbjg=='],
  ['bool', 'eNqb7BfqGxDJyFDGUK2eklqcXKRupaBek2SorqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOpo6CrUKFAAuRgYAoZgbkw=='],
  ['empty', 'eNqb7BfqGxDJyFDGUK2eklqcXKRupaBuk2ahrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RoGOgrGmjoKtQpkAy4AV48bbg=='],
  ['three axes by columns', 'eNqb7BfqGxDJyFDGUK2eklqcXKRupaBul2airqOgnpZfVFKUmBefX5SSChIPKSpNBQoXZyQWpAK5GkY6CsY6CiaaOgq1CmQCLgYgcHRgYHBoANIgDOIvYGCwB7EDgOJAtmMHEAsA8QogHySfAKQPAOkJQKwAxBuAfKCEYwGQfgCkZwCxARDvYGAAAGsDK1I='],
]

const third = [1.5, -0, 2 ** -1074, Infinity, 1 / 3, -7]
const halves = [1.5, -0, 0, Infinity, 1365 / 4096, -7]
const range = Array.from({ length: 24 }, (_, i) => i)
const meant: Readonly<Record<string, Stored>> = {
  'f8 by rows': { dtype: 'F64', shape: [2, 3], data: third },
  'f8 by columns': { dtype: 'F64', shape: [2, 3], data: third },
  'f8 big-endian': { dtype: 'F64', shape: [2, 3], data: third },
  'f4 version 2': { dtype: 'F32', shape: [2, 3], data: [1.5, -0, 0, Infinity, Math.fround(1 / 3), -7] },
  'f2 version 3': { dtype: 'F16', shape: [2, 3], data: halves },
  i8: { dtype: 'I64', shape: [3], data: [2 ** 53 - 1, -3, 0] },
  'u1 scalar': { dtype: 'U8', shape: [], data: [7] },
  bool: { dtype: 'BOOL', shape: [2], data: [1, 0] },
  empty: { dtype: 'F64', shape: [0, 3], data: [] },
  'three axes by columns': { dtype: 'F32', shape: [2, 3, 4], data: range },
}

/** The same with plain entries: toEqual tells −0 from 0. */
const plain = ({ dtype, shape, data }: Stored): Stored => ({ dtype, shape, data: Array.from(data) })
const right = <L extends { readonly message: string }, R>(result: E.Either<L, R>): R => orThrow(result)

test.each(numpyFiles)('npy as NumPy writes it: %s', (name, base64) => {
  expect(plain(right(parseNpy(unpacked(base64), name)))).toEqual(meant[name])
})

const safetensorsFile = 'eNpzYGQAg2ql+Pjc1JLElMSSxPh4JatqpbT8otzEEiUrpbwCpVodpTyQWEpJZUEqUMjTzERJR6k4IxHEizaK1VEC68tPSytOLSkGChnoGJrFAnWFGyJrc0PVpmOMqdHQTMfMBKSzODkxJ7EIt25MrWYmOuZGIK1JqJYaG+F3q7mRjoUBSF8GijZDM0JutTDQsQRaWKsABKyQYGT49R8CILwf9lDhBmgwQ8GH+lAwuAqVlzkAoVkcgEpBYg4MdgwNQLom1JThOACJ4HSe'

test('safetensors as the reference implementation writes them', () => {
  const { tensors, metadata } = right(parseSafetensors(unpacked(safetensorsFile), 'reference'))
  expect(metadata).toEqual({ format: 'np' })
  expect(Object.fromEntries(Object.entries(tensors).map(([name, stored]) => [name, plain(stored)]))).toEqual({
    W1: { dtype: 'F64', shape: [2, 3], data: third },
    b1: { dtype: 'F32', shape: [2], data: [1, 2] },
    h: { dtype: 'F16', shape: [2, 3], data: halves },
    n: { dtype: 'I64', shape: [2], data: [5, -6] },
    scalar: { dtype: 'F64', shape: [], data: [2.5] },
  })
})

// ── Round trips ──────────────────────────────────────────────────────────────────────────────────────────────────

const stored: fc.Arbitrary<Stored> = fc.record({
  dtype: fc.constantFrom('F64' as const, 'F32' as const),
  shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
}).chain(({ dtype, shape }) => {
  const size = { minLength: entries(shape), maxLength: entries(shape) }
  return fc.array(dtype === 'F64' ? fc.double() : fc.float(), size).map((data) => ({ dtype, shape, data }))
})
const names = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constantFrom('W1', 'constructor', '__proto__', 'toString', '', 'a"b\\\n'))
  .filter((name) => name !== '__metadata__' && !/\p{Surrogate}/u.test(name))

test('what is written is read back: the same doubles and singles, −0, ∞ and NaN included', () => {
  fc.assert(fc.property(stored, (array) => {
    const bytes = right(writeNpy(array, 'file'))
    expect(plain(right(parseNpy(bytes, 'file')))).toEqual(plain(array))
    // The entries start at a multiple of 64 bytes.
    expect((bytes.length - array.data.length * entryBytes[array.dtype]) % 64).toBe(0)
  }))
  fc.assert(fc.property(fc.array(fc.tuple(names, stored)), fc.dictionary(names, names), (list, metadata) => {
    const tensors = Object.fromEntries(list)
    const read = right(parseSafetensors(right(writeSafetensors(tensors, 'file', metadata)), 'file'))
    expect(new Map(Object.entries(read.tensors).map(([name, t]) => [name, plain(t)]))).toEqual(new Map(Object.entries(tensors).map(([name, t]) => [name, plain(t)])))
    expect(Object.entries(read.metadata).sort()).toEqual(Object.entries(metadata).sort())
  }))
})

test('reading and writing share no memory with what they are given, and change nothing', () => {
  const data = Float64Array.of(1, 2, 3)
  for (const [write, parse] of [
    [() => right(writeNpy({ dtype: 'F64', shape: [3], data }, 'f')), (bytes: Uint8Array) => right(parseNpy(bytes, 'f')).data],
    [() => right(writeSafetensors({ a: { dtype: 'F64', shape: [3], data } }, 'f')), (bytes: Uint8Array) => right(parseSafetensors(bytes, 'f')).tensors['a']?.data ?? []],
  ] as const) {
    const bytes = write()
    // In the middle of another buffer, where nothing is aligned.
    const inside = new Uint8Array(bytes.length + 5)
    inside.set(bytes, 3)
    const read = parse(inside.subarray(3, 3 + bytes.length))
    inside.fill(255)
    expect(Array.from(read)).toEqual([1, 2, 3])
    expect(Array.from(data)).toEqual([1, 2, 3])
  }
})

test('F32 rounds to nearest, and singles stay as they are', () => {
  const { data } = right(parseNpy(right(writeNpy({ dtype: 'F32', shape: [2], data: [0.1, 1 + 2 ** -25] }, 'f')), 'f'))
  expect(Array.from(data)).toEqual([Math.fround(0.1), 1])
})

// ── What is refused ──────────────────────────────────────────────────────────────────────────────────────────────

const text = (line: string): Uint8Array => new TextEncoder().encode(line)
const bytesOf = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]))
const npy = (header: string, data: readonly number[] = [], length = header.length, version = [1, 0]): Uint8Array =>
  bytesOf([0x93], text('NUMPY'), version, version[0] === 1 ? [length & 255, length >> 8] : [length & 255, (length >> 8) & 255, (length >> 16) & 255, length >>> 24], text(header), data)
const dict = (descr: string, order: string, shape: string): string => `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`
const eight = [0, 0, 0, 0, 0, 0, 0, 0]

const little = (n: number | bigint): readonly number[] => Array.from({ length: 8 }, (_, i) => Number((BigInt(n) >> BigInt(8 * i)) & 255n))
const safe = (header: unknown, data: readonly number[] = [], length?: number | bigint): Uint8Array => {
  const json = text(typeof header === 'string' ? header : JSON.stringify(header))
  return bytesOf(little(length ?? json.length), json, data)
}
const one = (change: Readonly<Record<string, unknown>>, data: readonly number[] = eight): Uint8Array =>
  safe({ W: { dtype: 'F64', shape: [1], data_offsets: [0, 8], ...change } }, data)

const refused = (result: E.Either<StoredError, unknown>, tag: string, field: string, ...words: readonly string[]): void => {
  if (E.isRight(result)) throw new Error(`expected ${tag}`)
  expect([result.left._tag, result.left.field]).toEqual([tag, field])
  expect(result.left.message).toMatch(/^file: [^\n\u2028]{1,300}$/)
  expect(result.left.message).toContain(field)
  for (const word of words) expect(result.left.message).toContain(word)
}

describe('npy files that are refused, with the field that is wrong', () => {
  const good = dict("'<f8'", 'False', '(1,)')
  test('there is nothing wrong with what they are made from', () => {
    expect(plain(right(parseNpy(npy(good, eight), 'file')))).toEqual({ dtype: 'F64', shape: [1], data: [0] })
    for (const tuple of ['( 1 , )', '(1, 1)', '(1,1,)', '()']) expect(E.isRight(parseNpy(npy(dict('"<f8"', 'True', tuple), eight), 'file'))).toBe(true)
    expect(E.isRight(parseNpy(npy("{'shape':(1,),'descr':'<f8','fortran_order':False}", eight), 'file'))).toBe(true)
  })
  test.each<readonly [string, Uint8Array, string, string, string]>([
    ['another file', text('PK\u0003\u0004 a zip'), 'WrongMagic', 'magic', 'NUMPY'],
    ['nothing', new Uint8Array(), 'TruncatedHeader', 'header', 'got 0'],
    ['half a magic', text('\u0093').subarray(0, 0), 'TruncatedHeader', 'header', 'got 0'],
    ['no header', npy(good).subarray(0, 9), 'TruncatedHeader', 'header', 'got 9'],
    ['a header cut short', npy(good).subarray(0, 40), 'TruncatedHeader', 'header', `expected ${good.length} bytes, got 30`],
    ['version 4', npy(good, eight, good.length, [4, 0]), 'WrongVersion', 'version', '4.0'],
    ['an absurd header', npy(good, eight, 2 ** 31, [2, 0]), 'AbsurdHeader', 'header length', '2147483648'],
    ['objects', npy(dict("'|O'", 'False', '(1,)'), eight), 'WrongDtype', 'descr', '|O'],
    ['complex numbers', npy(dict("'<c16'", 'False', '(1,)'), [...eight, ...eight]), 'WrongDtype', 'descr', 'astype'],
    ['no byte order', npy(dict("'|f8'", 'False', '(1,)'), eight), 'WrongDtype', 'descr', '|f8'],
    ['records', npy(dict("[('a', '<f8')]", 'False', '(1,)'), eight), 'BadHeader', 'header', 'dict'],
    ['an order of 1', npy(dict("'<f8'", "'yes'", '(1,)'), eight), 'BadHeader', 'fortran_order', 'True or False'],
    ['no tuple', npy(dict("'<f8'", 'False', '(1)'), eight), 'WrongShape', 'shape', '(1)'],
    ['a hole in the tuple', npy(dict("'<f8'", 'False', '(1,,2)'), eight), 'WrongShape', 'shape', '(1,,2)'],
    ['a negative extent', npy(dict("'<f8'", 'False', '(-1,)'), eight), 'BadHeader', 'header', 'dict'],
    ['an absurd extent', npy(dict("'<f8'", 'False', '(99999999999999999999,)'), eight), 'WrongShape', 'shape', '9999'],
    ['an absurd product', npy(dict("'<f8'", 'False', '(4294967296, 4294967296)'), eight), 'WrongShape', 'shape', '4294967296'],
    ['a key twice', npy("{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", eight), 'BadHeader', 'header', 'dict'],
    ['a key missing', npy("{'descr': '<f8', 'fortran_order': False}", eight), 'BadHeader', 'header', 'shape'],
    ['a key too many', npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': True}", eight), 'BadHeader', 'header', 'dict'],
    ['code', npy("{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,)}", eight), 'BadHeader', 'header', 'dict'],
    ['data cut short', npy(good, eight.slice(1)), 'TruncatedData', 'data', 'expected 8 bytes for shape [1] of F64, got 7'],
    ['data left over', npy(good, [...eight, 1]), 'TrailingBytes', 'data', 'got 9'],
    ['a large integer', npy(dict("'<i8'", 'False', '(1,)'), [1, 0, 0, 0, 0, 0, 32, 0]), 'UnsafeInteger', 'entry 0', '9007199254740993'],
  ])('%s', (_, bytes, tag, field, words) => refused(parseNpy(bytes, 'file'), tag, field, words))

  test('arrays that cannot be written', () => {
    refused(writeNpy({ dtype: 'F16', shape: [1], data: [1] }, 'file'), 'WrongDtype', 'dtype')
    refused(writeNpy({ dtype: 'F64', shape: [2], data: [1] }, 'file'), 'WrongEntries', 'data', '[2]')
    refused(writeNpy({ dtype: 'F64', shape: [-1], data: [] }, 'file'), 'WrongEntries', 'data')
    refused(writeNpy({ dtype: 'F64', shape: Array.from({ length: 30_000 }, () => 1), data: [1] }, 'file'), 'AbsurdHeader', 'shape')
  })
})

describe('safetensors files that are refused, with the field that is wrong', () => {
  const tensor = { dtype: 'F64', shape: [1], data_offsets: [0, 8] }
  const two = (begin: number, end: number): unknown => ({ a: tensor, b: { ...tensor, data_offsets: [begin, end] } })
  const sixteen = [...eight, ...eight]
  test('there is nothing wrong with what they are made from', () => {
    expect(E.isRight(parseSafetensors(one({}), 'file'))).toBe(true)
    expect(E.isRight(parseSafetensors(safe(two(8, 16), sixteen), 'file'))).toBe(true)
    expect(Object.keys(right(parseSafetensors(safe({}), 'file')).tensors)).toEqual([])
  })
  test.each<readonly [string, Uint8Array, string, string, string]>([
    ['nothing', new Uint8Array(), 'TruncatedHeader', 'header length', 'got 0'],
    ['a header cut short', one({}).subarray(0, 20), 'TruncatedHeader', 'header', 'got 12'],
    ['an absurd header', safe({}, [], 2n ** 63n), 'AbsurdHeader', 'header length', '9223372036854775808'],
    ['a large header', safe({}, [], 100_000_001), 'AbsurdHeader', 'header length', '100000001'],
    ['an empty header', safe('', eight), 'BadHeader', 'header', 'nothing'],
    ['a list', safe('[]'), 'BadHeader', 'header', 'starts with {'],
    ['bad JSON', safe('{"W": }'), 'BadHeader', 'header', 'JSON'],
    ['more than JSON', safe('{} {}'), 'BadHeader', 'header', 'JSON'],
    ['no UTF-8', bytesOf(little(3), [0x7b, 0xff, 0x7d]), 'BadHeader', 'header', 'UTF-8'],
    ['a name twice', safe(`{"W": ${JSON.stringify(tensor)}, "\\u0057": ${JSON.stringify(tensor)}}`, eight), 'DuplicateName', 'header', '"W" twice'],
    ['a key twice', safe('{"W": {"dtype": "F64", "dtype": "F32", "shape": [], "data_offsets": [0, 8]}}', eight), 'DuplicateName', 'header', '"dtype" twice'],
    ['half a character in a name', safe('{"\\ud800": 1}'), 'WrongName', 'tensor "\\ud800": name', 'Unicode'],
    ['a tensor that is none', safe({ W: 3 }), 'BadHeader', 'tensor "W"', 'an object'],
    ['a tensor nested too deeply to print', safe(`{"W": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`), 'BadHeader', 'tensor "W"', 'an object'],
    ['another dtype', one({ dtype: 'F8_E4M3' }), 'WrongDtype', 'tensor "W": dtype', 'F8_E4M3'],
    ['an inherited name for a dtype', one({ dtype: 'constructor' }), 'WrongDtype', 'tensor "W": dtype', 'constructor'],
    ['no dtype', one({ dtype: undefined }), 'WrongDtype', 'tensor "W": dtype', 'nothing'],
    ['no shape', one({ shape: null }), 'WrongShape', 'tensor "W": shape', 'null'],
    ['a negative extent', one({ shape: [-1] }), 'WrongShape', 'tensor "W": shape', '[-1]'],
    ['half an extent', one({ shape: [0.5] }), 'WrongShape', 'tensor "W": shape', '[0.5]'],
    ['an absurd shape', one({ shape: [2 ** 40, 2 ** 40] }), 'WrongShape', 'tensor "W": shape', '2^53'],
    ['offsets of another shape', one({ shape: [2] }), 'WrongOffsets', 'tensor "W": data_offsets', 'expected 16 bytes for shape [2] of F64, got 8'],
    ['one offset', one({ data_offsets: [0] }), 'WrongOffsets', 'tensor "W": data_offsets', '[0]'],
    ['offsets backwards', one({ data_offsets: [8, 0] }), 'WrongOffsets', 'tensor "W": data_offsets', '-8'],
    ['negative offsets', one({ data_offsets: [-8, 0] }), 'WrongOffsets', 'tensor "W": data_offsets', '[-8,0]'],
    ['overlapping tensors', safe(two(0, 8), eight), 'WrongOffsets', 'tensor "b": data_offsets', 'expected a begin at 8, where the one before ends, got 0'],
    ['partly overlapping tensors', safe(two(4, 12), [...eight, 0, 0, 0, 0]), 'WrongOffsets', 'tensor "b": data_offsets', 'got 4'],
    ['a hole', safe(two(9, 17), [...sixteen, 0]), 'WrongOffsets', 'tensor "b": data_offsets', 'got 9'],
    ['a hole at the start', one({ data_offsets: [1, 9] }, [...eight, 0]), 'WrongOffsets', 'tensor "W": data_offsets', 'got 1'],
    ['data cut short', one({}, eight.slice(1)), 'TruncatedData', 'data', 'expected 8 bytes, got 7'],
    ['data left over', one({}, [...eight, 0]), 'TrailingBytes', 'data', 'got 9'],
    ['metadata that are no text', safe({ __metadata__: { epoch: 3 } }), 'BadHeader', '__metadata__', 'strings'],
    ['a large integer', one({ dtype: 'I64' }, [1, 0, 0, 0, 0, 0, 32, 0]), 'UnsafeInteger', 'tensor "W": entry 0', '9007199254740993'],
  ])('%s', (_, bytes, tag, field, words) => refused(parseSafetensors(bytes, 'file'), tag, field, words))

  test('arrays that cannot be written', () => {
    const array: Stored = { dtype: 'F64', shape: [1], data: [1] }
    refused(writeSafetensors({ __metadata__: array }, 'file'), 'WrongName', 'tensor "__metadata__": name')
    refused(writeSafetensors({ '\ud800': array }, 'file'), 'WrongName', 'tensor "\\ud800": name')
    refused(writeSafetensors({ W: { ...array, dtype: 'I64' } }, 'file'), 'WrongDtype', 'tensor "W": dtype')
    refused(writeSafetensors({ W: { ...array, shape: [2] } }, 'file'), 'WrongEntries', 'tensor "W": data')
    refused(writeSafetensors({}, 'file', { note: '\ud800' }), 'WrongName', '__metadata__')
  })
})

test('keys that JSON.parse would merge are found, wherever strings and brackets stand', () => {
  expect(repeatedKey('{"a": {"b": 1}, "b": ["a", "a"], "c": "\\"}{", "d": {"a": {}}}')).toBeUndefined()
  expect(repeatedKey('{"a": [{"x": 1 , "x" : 2}]}')).toBe('x')
  fc.assert(fc.property(fc.json(), (json) => { expect(repeatedKey(JSON.stringify(JSON.parse(json)))).toBeUndefined() }))
})

describe('no bytes make a parser throw', () => {
  /** Changes of a valid file: bytes replaced, inserted and left out. */
  const changes = fc.array(fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }), kind: fc.constantFrom('replace', 'insert', 'remove', 'cut') }), { minLength: 1, maxLength: 4 })
  const changed = (bytes: Uint8Array, list: readonly { readonly at: number; readonly byte: number; readonly kind: string }[]): Uint8Array =>
    list.reduce((now, { at, byte, kind }) => {
      const i = at % (now.length + 1)
      const rest = now.subarray(kind === 'replace' || kind === 'remove' ? i + 1 : i)
      return bytesOf(now.subarray(0, i), kind === 'replace' || kind === 'insert' ? [byte] : [], kind === 'cut' ? [] : rest)
    }, bytes)
  const valid = (result: E.Either<StoredError, readonly Stored[]>): void => {
    if (E.isLeft(result)) expect(result.left.message).toMatch(/^f: [^\n]+$/)
    else for (const { shape, data } of result.right) expect(data.length).toBe(entries(shape))
  }
  const files = numpyFiles.map(([, base64]) => unpacked(base64))
  const tensors = unpacked(safetensorsFile)

  test('npy', () => {
    const read = (bytes: Uint8Array): void => valid(E.map((one: Stored) => [one])(parseNpy(bytes, 'f')))
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), read))
    fc.assert(fc.property(fc.constantFrom(...files), changes, (bytes, list) => read(changed(bytes, list))), { numRuns: 1000 })
    // The header alone, whose grammar is the part that is easy to get wrong.
    fc.assert(fc.property(fc.constantFrom(...files), fc.integer({ min: 6, max: 70 }), fc.integer({ min: 0, max: 255 }), (bytes, at, byte) => read(bytes.map((b, i) => (i === at ? byte : b)))), { numRuns: 1000 })
  })
  test('safetensors', () => {
    const read = (bytes: Uint8Array): void => valid(E.map(({ tensors: all }: { tensors: Readonly<Record<string, Stored>> }) => Object.values(all))(parseSafetensors(bytes, 'f')))
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), read))
    fc.assert(fc.property(fc.json(), fc.uint8Array(), (json, data) => read(safe(json, [...data]))))
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.record({ dtype: fc.constantFrom('F64', 'F32', 'U8', 3), shape: fc.array(fc.oneof(fc.nat(3), fc.double())), data_offsets: fc.array(fc.nat(16)) })),
      fc.uint8Array({ maxLength: 16 }), (header, data) => read(safe(header, [...data]))), { numRuns: 500 })
    fc.assert(fc.property(changes, (list) => read(changed(tensors, list))), { numRuns: 1000 })
  })
})

// ── Parameters ───────────────────────────────────────────────────────────────────────────────────────────────────

describe('parametersFrom', () => {
  const network = energyBased({ interaction: layered([3, 4, 2]), activation: tanh, epsilon: 0.5 })
  const cost = crossEntropy({ features: 2, outputs: 5 })
  const model = { params: { ...network.params, ...cost.readout?.params } }
  const theta = Object.fromEntries(Object.entries(model.params).map(([name, shape], i) => [name, A.of(shape, uniforms(seeded(i), entries(shape), -1, 1)[0])]))

  test('parameters and states come back from a file as they were', () => {
    const read = right(parseSafetensors(right(writeSafetensors(storedFrom(A, theta), 'file')), 'file'))
    const back = right(parametersFrom(A, model, read.tensors))
    expect(Object.keys(back)).toEqual(Object.keys(theta))
    for (const [name, tensor] of Object.entries(theta)) expect(A.equals(back[name] as typeof tensor, tensor)).toBe(true)
    const state = { s1: A.of([2, 3], [1, 2, 3, 4, 5, 6]) }
    expect(storedFrom(A, state, 'F32')['s1']).toMatchObject({ dtype: 'F32', shape: [2, 3] })
  })

  test('names of another program, and matrices kept as (inputs, outputs)', () => {
    const own = storedFrom(A, theta)
    const { W1, Wo, ...rest } = own
    const kernel: Stored = { dtype: 'F64', shape: [3, 4], data: Array.from({ length: 12 }, (_, i) => W1?.data[(i % 4) * 3 + Math.floor(i / 4)] ?? NaN) }
    const back = right(parametersFrom(A, model, { ...rest, 'layers.0.kernel': kernel, 'head.weight': Wo as Stored },
      { W1: { name: 'layers.0.kernel', transposed: true }, Wo: 'head.weight' }))
    for (const [name, tensor] of Object.entries(theta)) expect(A.equals(back[name] as typeof tensor, tensor), name).toBe(true)
  })

  test('every missing, unknown and ill-shaped one is named in one line', () => {
    const { b1, W2, ...rest } = storedFrom(A, theta)
    const result = parametersFrom(A, model, { ...rest, 'fc.weight': { dtype: 'F64', shape: [4, 2], data: W2?.data ?? [] }, extra: b1 as Stored }, { W2: 'fc.weight' })
    if (E.isRight(result)) throw new Error('expected an error')
    expect(result.left).toMatchObject({ _tag: 'WrongParameters', missing: ['b1'], unknown: ['extra'], wrong: [{ parameter: 'W2', expected: [2, 4], actual: [4, 2] }] })
    expect(result.left.message).toBe(
      'parameters: missing b1; not a parameter: extra; W2 (fc.weight): expected shape 2×4, got 4×2; the model has W1, b1, W2, b2, Wo, bo')
    const inherited = parametersFrom(A, { params: { constructor: [1] } }, {})
    expect(E.isLeft(inherited) && inherited.left.missing).toEqual(['constructor'])
    expect(() => parametersFrom(A, model, {}, { W7: 'x' })).toThrow('W7 is not one of the parameters')
  })
})
