/**
 * NumPy's npy format, versions 1 to 3: one array a file. Pure: bytes in, array or tagged error out.
 *
 * Source: "NEP 1, A Simple File Format for NumPy Arrays", and numpy.lib.format: the bytes 93 "NUMPY", two version bytes, the header's length as a
 * little-endian integer of 2 bytes (version 1) or 4 (2, 3), the header, then the entries. The header is a Python literal, a dict with the
 * keys descr (byte order and kind: '<f8'), fortran_order (True: first index fastest) and shape (a tuple).
 * Safety: lengths are compared with the bytes that are there before anything is allocated; headers of more than 65 535 bytes are refused.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { byRows, decoded, type Dtype, encoded, joined, sizeOf, type Stored } from './number-bytes.ts'
import { again, shown, type StoredError, storedError } from './stored-error.ts'

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
const longestHeader = 65_535

const kinds: Readonly<Record<string, Dtype>> = { f8: 'F64', f4: 'F32', f2: 'F16', i8: 'I64', i4: 'I32', u1: 'U8', b1: 'BOOL' }

interface Header {
  readonly dtype: Dtype
  readonly littleEndian: boolean
  readonly byColumns: boolean
  readonly shape: readonly number[]
}

/** 'key': value of the dict, with what may stand between. Values: a string, True or False, a tuple of whole numbers. */
const entry = /^\s*(['"])(\w+)\1\s*:\s*('[^']*'|"[^"]*"|True|False|\([\d\s,]*\))\s*(?:,|(?=\}))/

/** The values of the dict by key as they are written, or what is wrong. */
const literals = (text: string, known: ReadonlyMap<string, string> = new Map()): E.Either<string, ReadonlyMap<string, string>> => {
  if (/^\s*\}\s*$/.test(text)) return E.right(known)
  const [whole, , key = '', value = ''] = entry.exec(text) ?? []
  if (whole === undefined || known.has(key) || known.size > 2) return E.left(text)
  return literals(text.slice(whole.length), new Map([...known, [key, value]]))
}

const headerOf = (text: string, name: string): E.Either<StoredError, Header> => {
  const bad = (field: string, expected: string, got: unknown, tag: 'BadHeader' | 'WrongDtype' | 'WrongShape' = 'BadHeader') =>
    E.left(storedError(tag, name, field, expected, shown(got), tag === 'WrongDtype' ? 'convert the array, for example with astype("float64")' : again))
  const start = /^\s*\{/.exec(text)
  const read = start === null ? E.left(text) : literals(text.slice(start[0].length))
  if (E.isLeft(read)) return bad('header', "a dict of 'descr', 'fortran_order' and 'shape'", read.left)
  const [descr, order, tuple] = ['descr', 'fortran_order', 'shape'].map((key) => read.right.get(key))
  if (descr === undefined || order === undefined || tuple === undefined) return bad('header', "the keys 'descr', 'fortran_order' and 'shape'", [...read.right.keys()])
  const [, endian, kind = ''] = /^['"]([<>|])(\w+)['"]$/.exec(descr) ?? []
  const dtype = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
  if (dtype === undefined || (endian === '|' && !kind.endsWith('1'))) return bad('descr', `< or > and one of ${Object.keys(kinds).join(', ')}`, descr, 'WrongDtype')
  if (order !== 'True' && order !== 'False') return bad('fortran_order', 'True or False', order)
  // (), (3,), (3, 4), (3, 4,): with one extent the comma is what makes it a tuple.
  const inside = /^\(\s*((?:\d+\s*,\s*)*)(\d*)\s*\)$/.exec(tuple)
  const [leading, last] = [(inside?.[1] ?? '').match(/\d+/g) ?? [], inside?.[2] ?? '']
  const shape = [...leading, ...(last === '' ? [] : [last])].map(Number)
  if (inside === null || (leading.length === 0 && last !== '') || sizeOf(shape, dtype) === undefined) return bad('shape', 'a tuple of whole numbers', tuple, 'WrongShape')
  return E.right({ dtype, littleEndian: endian !== '>', byColumns: order === 'True', shape })
}

/**
 * The array that the bytes encode, row-major whatever its order in the file. Shares no memory with `bytes`.
 * Left: the first `StoredError` from front to back; also where bytes are left over.
 * @param name whose bytes these are, for the messages, e.g. a file name
 */
export const parseNpy = (bytes: Uint8Array, name: string): E.Either<StoredError, Stored> => {
  const fail = (...[tag, field, expected, got, advice = again]: readonly [StoredError['_tag'], string, string, string, string?]) =>
    E.left(storedError(tag, name, field, expected, got, advice))
  const first = [...bytes.subarray(0, 6)]
  if (!first.every((byte, i) => byte === magic[i])) return fail('WrongMagic', 'magic', 'the bytes 93 "NUMPY"', first.map((b) => b.toString(16)).join(' '), 'is this an npy file?')
  const [major = 0, minor = 0] = bytes.subarray(6, 8)
  if (bytes.length >= 8 && (major < 1 || major > 3 || minor !== 0)) return fail('WrongVersion', 'version', '1.0, 2.0 or 3.0', `${major}.${minor}`, 'write the file with numpy.save')
  const start = major === 1 ? 10 : 12
  if (bytes.length < start) return fail('TruncatedHeader', 'header', `at least ${start} bytes`, String(bytes.length))
  const view = new DataView(bytes.buffer, bytes.byteOffset, start)
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (length > longestHeader) return fail('AbsurdHeader', 'header length', `at most ${longestHeader} bytes`, String(length))
  if (bytes.length < start + length) return fail('TruncatedHeader', 'header', `${length} bytes`, String(bytes.length - start))
  // What is neither ASCII nor valid UTF-8 turns into other characters, which the grammar refuses.
  const text = new TextDecoder().decode(bytes.subarray(start, start + length))
  return pipe(
    headerOf(text, name),
    E.flatMap(({ dtype, littleEndian, byColumns, shape }): E.Either<StoredError, Stored> => {
      const data = bytes.subarray(start + length)
      const expected = sizeOf(shape, dtype)?.bytes ?? NaN
      if (data.length !== expected) {
        return fail(data.length < expected ? 'TruncatedData' : 'TrailingBytes', 'data', `${expected} bytes for shape ${shown(shape)} of ${dtype}`, String(data.length))
      }
      return pipe(
        decoded(dtype, data, littleEndian),
        E.mapLeft(({ index, value }) => storedError('UnsafeInteger', name, `entry ${index}`, 'an integer up to 2^53 in size', shown(value), 'convert the array, for example with astype("float64")')),
        E.map((numbers) => ({ dtype, shape, data: byColumns ? byRows(shape, numbers) : numbers })))
    }))
}

/**
 * The bytes of an npy file, version 1.0, little-endian and row-major. F64 entries keep their values, −0 and infinities included; F32 rounds to nearest.
 * Left WrongDtype for others, WrongEntries where there are not as many as the shape says, AbsurdHeader for thousands of axes.
 */
export const writeNpy = ({ dtype, shape, data }: Stored, name: string): E.Either<StoredError, Uint8Array> => {
  if (dtype !== 'F64' && dtype !== 'F32') return E.left(storedError('WrongDtype', name, 'dtype', 'F64 or F32', dtype, 'write one of these'))
  const size = sizeOf(shape, dtype)
  if (size?.entries !== data.length) return E.left(storedError('WrongEntries', name, 'data', `as many entries as shape ${shown(shape)} has`, String(data.length), 'check shape and data'))
  const tuple = shape.length === 1 ? `(${shape.join()},)` : `(${shape.join(', ')})`
  const dict = `{'descr': '${dtype === 'F64' ? '<f8' : '<f4'}', 'fortran_order': False, 'shape': ${tuple}, }`
  // Padded with spaces and a final line break, so that the entries start at a multiple of 64 bytes.
  const text = `${dict}${' '.repeat((64 - ((10 + dict.length + 1) % 64)) % 64)}\n`
  if (text.length > longestHeader) return E.left(storedError('AbsurdHeader', name, 'shape', 'fewer axes', String(shape.length), 'reshape the array'))
  return E.right(joined(
    Uint8Array.from([...magic, 1, 0, text.length & 255, text.length >> 8]), new TextEncoder().encode(text), encoded(dtype, data)))
}
