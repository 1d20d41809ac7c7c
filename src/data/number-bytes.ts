/**
 * Entries of arrays as bytes: IEEE 754 binary64, binary32 and binary16, bfloat16 (the upper half of a binary32), and integers. Decoding is exact:
 * every kind fits into doubles but 64-bit integers, which are refused beyond 2⁵³. Encoding to F32 rounds to nearest.
 */
import * as E from 'fp-ts/lib/Either.js'

/** Kinds of entries that are read; F64 and F32 are also written. */
export type Dtype = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'U8' | 'BOOL'

/** Bytes of one entry. */
export const entryBytes: Readonly<Record<Dtype, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, U8: 1, BOOL: 1 }

/** A dtype by name; undefined for any other name. */
export const dtypeOf = (name: unknown): Dtype | undefined =>
  typeof name === 'string' && Object.hasOwn(entryBytes, name) ? (name as Dtype) : undefined

/** An array as files hold it. */
export interface Stored {
  /** Kind of the entries in the file; `data` holds them as doubles. */
  readonly dtype: Dtype
  /** Extents of each axis; [] is a scalar. */
  readonly shape: readonly number[]
  /** Row-major: last index fastest. */
  readonly data: ArrayLike<number>
}

/** How many entries, and how many bytes they take; undefined where that is no exact double, or an extent is not a whole number ≥ 0. */
export const sizeOf = (shape: readonly number[], dtype: Dtype): { readonly entries: number; readonly bytes: number } | undefined => {
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) return undefined
  // An empty array is empty however large its other extents are.
  const entries = shape.includes(0) ? 0 : shape.reduce((product, extent) => product * extent, 1)
  return Number.isSafeInteger(entries * entryBytes[dtype]) ? { entries, bytes: entries * entryBytes[dtype] } : undefined
}

// 1 sign, 5 exponent and 10 fraction bits; all values are doubles.
const half = (bits: number): number => {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25)
}

const brain = new DataView(new ArrayBuffer(4))
const bfloat = (bits: number): number => {
  brain.setUint32(0, bits << 16)
  return brain.getFloat32(0)
}

/** A 64-bit integer that no double holds exactly. */
export interface UnsafeInteger {
  readonly index: number
  readonly value: bigint
}

/**
 * The entries that the bytes encode, in a fresh array: of singles for F32, of doubles otherwise. As many as whole ones fit; check lengths first.
 * Left: the first 64-bit integer beyond 2⁵³.
 */
export const decoded = (dtype: Dtype, bytes: Uint8Array, littleEndian: boolean): E.Either<UnsafeInteger, Float64Array | Float32Array> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const size = entryBytes[dtype]
  const count = Math.floor(bytes.byteLength / size)
  const out = dtype === 'F32' ? new Float32Array(count) : new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const at = i * size
    if (dtype === 'F64') out[i] = view.getFloat64(at, littleEndian)
    else if (dtype === 'F32') out[i] = view.getFloat32(at, littleEndian)
    else if (dtype === 'F16') out[i] = half(view.getUint16(at, littleEndian))
    else if (dtype === 'BF16') out[i] = bfloat(view.getUint16(at, littleEndian))
    else if (dtype === 'I32') out[i] = view.getInt32(at, littleEndian)
    else if (dtype === 'I64') {
      const value = view.getBigInt64(at, littleEndian)
      if (BigInt(Number(value)) !== value || !Number.isSafeInteger(Number(value))) return E.left({ index: i, value })
      out[i] = Number(value)
    } else out[i] = view.getUint8(at)
  }
  return E.right(out)
}

/** Little-endian bytes of the entries. */
export const encoded = (dtype: 'F64' | 'F32', data: ArrayLike<number>): Uint8Array => {
  const out = new DataView(new ArrayBuffer(data.length * entryBytes[dtype]))
  for (let i = 0; i < data.length; i++) {
    if (dtype === 'F64') out.setFloat64(8 * i, data[i]!, true)
    else out.setFloat32(4 * i, data[i]!, true)
  }
  return new Uint8Array(out.buffer)
}

/** Entries that were stored by columns (first index fastest), in row-major order. */
export const byRows = (shape: readonly number[], data: Float64Array | Float32Array): Float64Array | Float32Array => {
  const out = data.slice()
  const index = shape.map(() => 0)
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, extent) => product * extent, 1))
  let from = 0
  for (let i = 0; i < out.length; i++) {
    out[i] = data[from]!
    // The next index in row-major order, and where it lies.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]! += 1
      from += strides[axis]!
      if (index[axis]! < shape[axis]!) break
      from -= strides[axis]! * shape[axis]!
      index[axis] = 0
    }
  }
  return out
}

/** Byte strings one after another. */
export const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
