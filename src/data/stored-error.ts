/** What can be wrong with a file of arrays, as tagged values with a one-line message: where, what was expected, what came, what to do. */
import * as E from 'fp-ts/lib/Either.js'
import { entryBytes } from './number-bytes.ts'

type Tag =
  | 'TruncatedHeader' | 'WrongMagic' | 'WrongVersion' | 'AbsurdHeader' | 'BadHeader' | 'DuplicateName' | 'WrongDtype' | 'WrongShape'
  | 'WrongOffsets' | 'TruncatedData' | 'TrailingBytes' | 'UnsafeInteger' | 'WrongName' | 'WrongEntries'

/** Why bytes are no such file, or why arrays cannot be written to one. `name` says whose they are. */
export interface StoredError {
  /** What is wrong, to switch on. */
  readonly _tag: Tag
  /** Whose bytes they are, as given to the parser: a file name. */
  readonly name: string
  /** Which part of the file: 'header', 'tensor "W1": shape', …. */
  readonly field: string
  /** One line: name, field, what was expected, what came, what to do. */
  readonly message: string
}

/** What came, on one line and no longer than is readable. */
export const shown = (value: unknown): string => {
  // JSON.stringify throws at values nested too deeply for the stack, and they still have to be named.
  const written = E.tryCatch(() => (JSON.stringify(typeof value === 'string' ? value.slice(0, 60) : value) as string | undefined) ?? 'nothing', () => 'something deeply nested')
  const text = typeof value === 'bigint' ? String(value) : E.toUnion(written)
  // Line separators are not escaped by JSON.
  const line = text.replace(/[\u2028\u2029]/g, ' ')
  return line.length > 60 ? `${line.slice(0, 57)}...` : line
}

/** "name: field: expected X, got Y; advice". */
export const storedError = (_tag: Tag, name: string, field: string, expected: string, got: string, advice: string): StoredError =>
  ({ _tag, name, field, message: `${name}: ${field}: expected ${expected}, got ${got}; ${advice}` })

/** Dtypes that are read, for messages. */
export const readable: string = Object.keys(entryBytes).join(', ')

/** Advice for damaged files. */
export const again = 'get the file again from its source'
