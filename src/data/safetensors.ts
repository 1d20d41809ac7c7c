/**
 * The safetensors format: named arrays and text metadata. Pure: bytes in, arrays or tagged error out.
 *
 * Source: "Format", github.com/huggingface/safetensors: the header's length as a little-endian 64-bit integer, the header, then the entries of all
 * tensors, row-major and little-endian. The header is a JSON object that starts with {: name ↦ { dtype, shape, data_offsets: [begin, end] },
 * offsets counted from the end of the header, and perhaps __metadata__, a map of strings. No name may come twice; the tensors must cover
 * the data without holes or overlaps.
 * Safety: the header's length is compared with a limit (that of the reference implementation, 100 MB) and with the bytes that are there
 * before it is read; every offset is checked before any entry is.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { repeatedKey } from './json-keys.ts'
import { decoded, type Dtype, dtypeOf, encoded, entryBytes, joined, sizeOf, type Stored } from './number-bytes.ts'
import { again, readable, shown, type StoredError, storedError } from './stored-error.ts'

/** What a file holds. */
export interface Safetensors {
  /** Arrays by name, in the order of the header. */
  readonly tensors: Readonly<Record<string, Stored>>
  /** Text by key; {} where the file has none. */
  readonly metadata: Readonly<Record<string, string>>
}

const longestHeader = 100_000_000
const metadataKey = '__metadata__'

type Found<A> = E.Either<StoredError, A>

interface Entry {
  readonly tensor: string
  readonly dtype: Dtype
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const own = (object: Json, key: string): unknown => (Object.hasOwn(object, key) ? object[key] : undefined)
// UTF-8 cannot hold half of a surrogate pair, though JSON can.
const isText = (value: string): boolean => !/\p{Surrogate}/u.test(value)

/** The header's JSON object. */
const headerOf = (bytes: Uint8Array, name: string): Found<{ readonly header: Json; readonly data: Uint8Array }> => {
  const fail = (...[tag, field, expected, got]: readonly [StoredError['_tag'], string, string, string]) => E.left(storedError(tag, name, field, expected, got, again))
  if (bytes.length < 8) return fail('TruncatedHeader', 'header length', '8 bytes', String(bytes.length))
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true)
  if (length > BigInt(longestHeader)) return fail('AbsurdHeader', 'header length', `at most ${longestHeader} bytes`, String(length))
  const end = 8 + Number(length)
  if (bytes.length < end) return fail('TruncatedHeader', 'header', `${length} bytes`, String(bytes.length - 8))
  if (length === 0n || bytes[8] !== 0x7b) return fail('BadHeader', 'header', 'a JSON object that starts with {', length === 0n ? 'nothing' : `byte ${bytes[8] ?? 0}`)
  return pipe(
    E.tryCatch(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, end)), () => storedError('BadHeader', name, 'header', 'UTF-8', 'other bytes', again)),
    E.bindTo('text'),
    E.bind('json', ({ text }) => E.tryCatch((): unknown => JSON.parse(text), () => storedError('BadHeader', name, 'header', 'JSON', shown(text), again))),
    E.flatMap(({ text, json }) => {
      const repeated = repeatedKey(text)
      if (repeated !== undefined) return fail('DuplicateName', 'header', 'every name once', `${shown(repeated)} twice`)
      return isObject(json) ? E.right({ header: json, data: bytes.subarray(end) }) : fail('BadHeader', 'header', 'a JSON object', shown(json))
    }))
}

/** One tensor of the header, checked by itself. */
const entryOf = (name: string) => ([tensor, value]: readonly [string, unknown]): Found<Entry> => {
  const where = `tensor ${shown(tensor)}`
  const fail = (tag: StoredError['_tag'], key: string, expected: string, got: unknown, advice = again) =>
    E.left(storedError(tag, name, key === '' ? where : `${where}: ${key}`, expected, shown(got), advice))
  if (!isText(tensor)) return fail('WrongName', 'name', 'Unicode text', tensor)
  if (!isObject(value)) return fail('BadHeader', '', 'an object', value)
  const [dtype, shape, offsets] = [dtypeOf(own(value, 'dtype')), own(value, 'shape'), own(value, 'data_offsets')]
  if (dtype === undefined) return fail('WrongDtype', 'dtype', `one of ${readable}`, own(value, 'dtype'), 'convert the tensor before saving it')
  if (!Array.isArray(shape) || !shape.every(isWhole)) return fail('WrongShape', 'shape', 'a list of whole numbers', shape)
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isWhole)) return fail('WrongOffsets', 'data_offsets', 'two whole numbers', offsets)
  const [begin, end] = offsets as readonly number[] as readonly [number, number]
  const size = sizeOf(shape, dtype)
  if (size === undefined) return fail('WrongShape', 'shape', 'fewer than 2^53 bytes', shape)
  if (end - begin !== size.bytes) return fail('WrongOffsets', 'data_offsets', `${size.bytes} bytes for shape ${shown(shape)} of ${dtype}`, end - begin)
  return E.right({ tensor, dtype, shape, begin, end })
}

/** The tensors one after another, if they cover the data exactly. */
const covering = (entries: readonly Entry[], bytes: number, name: string): Found<readonly Entry[]> => {
  const sorted = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)
  const gap = sorted.findIndex(({ begin }, i) => begin !== (sorted[i - 1]?.end ?? 0))
  const last = sorted.at(-1)?.end ?? 0
  const entry = sorted[gap]
  if (entry !== undefined) {
    const expected = sorted[gap - 1]?.end ?? 0
    return E.left(storedError('WrongOffsets', name, `tensor ${shown(entry.tensor)}: data_offsets`, `a begin at ${expected}, where the one before ends`, String(entry.begin), again))
  }
  if (last === bytes) return E.right(entries)
  return E.left(storedError(last > bytes ? 'TruncatedData' : 'TrailingBytes', name, 'data', `${last} bytes`, String(bytes), again))
}

const metadataOf = (value: unknown, name: string): Found<Readonly<Record<string, string>>> =>
  value === undefined ? E.right({})
    : isObject(value) && Object.values(value).every((text) => typeof text === 'string') ? E.right(value as Readonly<Record<string, string>>)
      : E.left(storedError('BadHeader', name, metadataKey, 'a map of strings', shown(value), again))

/**
 * The tensors that the bytes encode, by name, and the metadata. Shares no memory with `bytes`. Left: the first `StoredError` found.
 * @param name whose bytes these are, for the messages, e.g. a file name
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { layered, orThrow, parametersFrom, parseSafetensors, reference as A, storedFrom, writeSafetensors } from 'phifold'
 *
 * // With Node: readFileSync('network.safetensors'), as PyTorch's safetensors.torch.save_file(model.state_dict(), …) wrote it.
 * const saved = storedFrom(A, { 'fc.weight': A.of([1, 2], [0.5, -0.25]), 'fc.bias': A.fill([1], 1) }, 'F32')
 * const bytes = orThrow(writeSafetensors(saved, 'network.safetensors'))
 *
 * const { tensors } = orThrow(parseSafetensors(bytes, 'network.safetensors'))
 * const theta = orThrow(parametersFrom(A, layered([2, 1]), tensors, { W1: 'fc.weight', b1: 'fc.bias' }))
 * assert.deepEqual([...A.numbers(theta['W1']!)], [0.5, -0.25])
 * ```
 */
export const parseSafetensors = (bytes: Uint8Array, name: string): E.Either<StoredError, Safetensors> => pipe(
  headerOf(bytes, name),
  E.bind('metadata', ({ header }) => metadataOf(own(header, metadataKey), name)),
  E.bind('entries', ({ header }) => E.traverseArray(entryOf(name))(Object.entries(header).filter(([key]) => key !== metadataKey))),
  E.tap(({ entries, data }) => covering(entries, data.length, name)),
  E.bind('tensors', ({ entries, data }) => E.traverseArray(({ tensor, dtype, shape, begin, end }: Entry) => pipe(
    decoded(dtype, data.subarray(begin, end), true),
    E.mapLeft(({ index, value }) =>
      storedError('UnsafeInteger', name, `tensor ${shown(tensor)}: entry ${index}`, 'an integer up to 2^53 in size', shown(value), 'convert the tensor before saving it')),
    E.map((numbers) => [tensor, { dtype, shape, data: numbers }] as const)))(entries)),
  E.map(({ tensors, metadata }) => ({ tensors: Object.fromEntries(tensors), metadata })))

/**
 * The bytes of a safetensors file. F64 entries keep their values, −0 and infinities included; F32 rounds to nearest. Wider entries come first,
 * so that all are aligned; apart from that tensors keep their order.
 * Left WrongDtype for dtypes other than F64 and F32, WrongEntries where there are not as many as the shape says, WrongName for a name that the
 * format cannot hold.
 */
export const writeSafetensors = (
  tensors: Readonly<Record<string, Stored>>, name: string, metadata: Readonly<Record<string, string>> = {},
): E.Either<StoredError, Uint8Array> => pipe(
  Object.entries(tensors),
  E.traverseArray(([tensor, { dtype, shape, data }]) => {
    const fail = (tag: StoredError['_tag'], key: string, expected: string, got: unknown, advice: string) =>
      E.left(storedError(tag, name, `tensor ${shown(tensor)}: ${key}`, expected, shown(got), advice))
    if (tensor === metadataKey || !isText(tensor)) return fail('WrongName', 'name', 'Unicode text other than __metadata__', tensor, 'name it otherwise')
    if (dtype !== 'F64' && dtype !== 'F32') return fail('WrongDtype', 'dtype', 'F64 or F32', dtype, 'write one of these')
    return sizeOf(shape, dtype)?.entries === data.length
      ? E.right({ tensor, dtype, shape, bytes: encoded(dtype, data) })
      : fail('WrongEntries', 'data', `as many entries as shape ${shown(shape)} has`, data.length, 'check shape and data')
  }),
  E.flatMap((parts) => {
    if (![...Object.keys(metadata), ...Object.values(metadata)].every(isText)) return E.left(storedError('WrongName', name, metadataKey, 'Unicode text', shown(metadata), 'use other text'))
    const sorted = [...parts].sort((a, b) => entryBytes[b.dtype] - entryBytes[a.dtype])
    const ends = sorted.reduce<readonly number[]>((all, { bytes }) => [...all, (all.at(-1) ?? 0) + bytes.length], [])
    const header = Object.fromEntries<unknown>([
      ...(Object.keys(metadata).length === 0 ? [] : [[metadataKey, metadata] as const]),
      ...sorted.map(({ tensor, dtype, shape, bytes }, i) => [tensor, { dtype, shape, data_offsets: [(ends[i] as number) - bytes.length, ends[i]] }] as const),
    ])
    const text = new TextEncoder().encode(JSON.stringify(header))
    // Spaces after the header put the entries at a multiple of 8 bytes.
    const padding = new Uint8Array((8 - (text.length % 8)) % 8).fill(0x20)
    const length = BigUint64Array.of(BigInt(text.length + padding.length))
    const prefix = Array.from({ length: 8 }, (_, i) => Number(((length[0] as bigint) >> BigInt(8 * i)) & 255n))
    return E.right(joined(Uint8Array.from(prefix), text, padding, ...sorted.map(({ bytes }) => bytes)))
  }))
