/**
 * Parser of the IDX format of unsigned bytes, as the MNIST files use it. Pure: bytes in, value or tagged error out.
 *
 * Source: "The IDX file format", yann.lecun.com/exdb/mnist: two zero bytes, a type byte (0x08 = unsigned byte), the rank,
 * then one big-endian 32-bit size per dimension, then the data, row-major (last index fastest).
 * Safety: the size promised by the header is compared with the bytes that are there before anything is allocated.
 */
import * as E from 'fp-ts/lib/Either.js'

/** An array of unsigned bytes: `data` is flat, row-major, its length the product of `dims`. */
export interface Idx {
  /** Extents of each axis; [] is a single byte. */
  readonly dims: readonly number[]
  /** Bytes, 0 to 255, row-major. */
  readonly data: ArrayLike<number>
}

/** Why bytes are not an IDX array. `name` says whose bytes they are; `message` is one line. Sizes are in bytes. */
export type IdxError =
  /** The first bytes are not those of an IDX file: `actual`. */
  | { readonly _tag: 'WrongMagic'; readonly name: string; readonly actual: readonly number[]; readonly message: string }
  /** The entries are not unsigned bytes. */
  | { readonly _tag: 'UnsupportedType'; readonly name: string; readonly type: number; readonly message: string }
  | SizeError<'TruncatedHeader'>
  | SizeError<'TruncatedData'>
  | SizeError<'TrailingBytes'>
  | DimsError<'ZeroSize'>
  | DimsError<'AbsurdSize'>

/** Too few or too many bytes. */
interface SizeError<Tag extends string> {
  /** Which part has the wrong size. */
  readonly _tag: Tag
  /** Whose bytes they are. */
  readonly name: string
  /** Bytes that the header promises. */
  readonly expected: number
  /** Bytes that are there. */
  readonly actual: number
  /** One line. */
  readonly message: string
}

/** Extents that no array has. */
interface DimsError<Tag extends string> {
  /** An extent of 0, or more entries than can be counted. */
  readonly _tag: Tag
  /** Whose bytes they are. */
  readonly name: string
  /** The extents of the header. */
  readonly dims: readonly number[]
  /** One line. */
  readonly message: string
}

const again = 'get the file again from its source'

const hex = (bytes: readonly number[]): string => bytes.map((b) => b.toString(16).padStart(2, '0')).join(' ')

const wrongMagic = (name: string, actual: readonly number[]): IdxError => ({
  _tag: 'WrongMagic',
  name,
  actual,
  message:
    `${name}: expected an IDX file starting with the bytes 00 00 08, got ${hex(actual)}; ` +
    (actual[0] === 0x1f && actual[1] === 0x8b ? 'this is gzip data: unpack it first' : again),
})

const unsupportedType = (name: string, type: number): IdxError => ({
  _tag: 'UnsupportedType',
  name,
  type,
  message: `${name}: expected IDX type 08 (unsigned byte), got ${hex([type])}; convert the data to unsigned bytes`,
})

const sizeError = <Tag extends 'TruncatedHeader' | 'TruncatedData' | 'TrailingBytes'>(
  _tag: Tag,
  name: string,
  what: string,
  expected: number,
  actual: number,
): SizeError<Tag> => {
  const fault = _tag === 'TrailingBytes' ? 'too long' : 'truncated'
  const message = `${name}: ${fault}: expected ${expected} bytes of ${what}, got ${actual}; ${again}`
  return { _tag, name, expected, actual, message }
}

const dimsError = <Tag extends 'ZeroSize' | 'AbsurdSize'>(
  _tag: Tag,
  name: string,
  expected: string,
  dims: readonly number[],
): DimsError<Tag> => {
  // A hostile header can have 255 dimensions: the line shows the first few.
  const shown = dims.slice(0, 6).join('x') + (dims.length > 6 ? 'x...' : '')
  return { _tag, name, dims, message: `${name}: expected ${expected}, got dimensions ${shown}; ${again}` }
}

/**
 * The IDX array that the bytes encode, of any rank (rank 0 is one byte). The result shares no memory with `bytes`.
 * Errors: `IdxError`, the first one found from front to back.
 * @param name whose bytes these are, for the messages, e.g. a file name
 */
export const parseIdx = (bytes: Uint8Array, name: string): E.Either<IdxError, Idx> => {
  const magic = [...bytes.subarray(0, 4)]
  const [zero0, zero1, type, rank] = magic
  if ((zero0 ?? 0) !== 0 || (zero1 ?? 0) !== 0) return E.left(wrongMagic(name, magic))
  if (type === undefined || rank === undefined) {
    return E.left(sizeError('TruncatedHeader', name, 'header', 4, bytes.length))
  }
  if (type !== 0x08) return E.left(unsupportedType(name, type))

  const start = 4 + 4 * rank
  if (bytes.length < start) return E.left(sizeError('TruncatedHeader', name, 'header', start, bytes.length))
  const view = new DataView(bytes.buffer, bytes.byteOffset, start)
  const dims = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i))
  if (dims.includes(0)) return E.left(dimsError('ZeroSize', name, 'at least one entry', dims))

  // Sizes are at least 1, so partial products only grow: an inexact or infinite one cannot come back below the limit.
  const expected = dims.reduce((product, size) => product * size, 1)
  if (expected > Number.MAX_SAFE_INTEGER) return E.left(dimsError('AbsurdSize', name, 'fewer than 2^53 entries', dims))

  const actual = bytes.length - start
  if (actual < expected) return E.left(sizeError('TruncatedData', name, 'data', expected, actual))
  if (actual > expected) return E.left(sizeError('TrailingBytes', name, 'data', expected, actual))
  // A copy by constructor: `slice` of a Buffer would share its memory.
  return E.right({ dims, data: new Uint8Array(bytes.subarray(start)) })
}
