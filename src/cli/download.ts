/**
 * A file from the net, whole or not at all: it is written beside its place, compared with a checksum of its unpacked content (mirrors pack
 * differently) and only then renamed. What an interrupted transfer has left is gone on from.
 */
import { createHash } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import * as E from 'fp-ts/lib/Either.js'
import type { UserError } from './request.ts'

export interface Wanted {
  /** The file's name, here as at the mirrors; it is gzipped. */
  readonly name: string
  /** Of the unpacked content. */
  readonly sha256: string
  readonly bytes: number
}

/** Writes bytes to an open file: an argument, so that tests can have a full disk. */
export type Write = (file: number, bytes: Uint8Array) => void

const writeAll: Write = (file, bytes) => {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
}

const codeOf = (reason: unknown): string => {
  if (!(reason instanceof Error)) return String(reason)
  // fetch says "fetch failed", its cause says why.
  const cause = reason.cause instanceof Error ? reason.cause : reason
  return 'code' in cause && typeof cause.code === 'string' && cause.code !== '' ? cause.code : cause.message.split('\n')[0] ?? ''
}

/** The reason a file on this disk cannot be written, which no other mirror mends. */
interface DiskFault extends UserError {
  readonly disk: true
}

const onDisk = <A>(path: string, act: () => A): E.Either<DiskFault, A> => E.tryCatch(act, (reason) => {
  const code = codeOf(reason)
  return { disk: true, message: `${path}: expected to write it, got ${code}; ${code === 'ENOSPC' || code === 'EDQUOT' ? 'free some space' : 'choose another --out'}` }
})

/** What is wrong with a gzipped file. */
const faultOf = (path: string, { sha256, bytes }: Wanted): string | undefined => {
  const content = E.tryCatch(() => gunzipSync(readFileSync(path), { maxOutputLength: bytes + 1 }), codeOf)
  if (E.isLeft(content)) return `expected gzip data of ${bytes} bytes, got ${content.left}`
  const got = createHash('sha256').update(content.right).digest('hex')
  return got === sha256 ? undefined : `expected SHA-256 ${sha256.slice(0, 16)}… of its content, got ${got.slice(0, 16)}…`
}

/** Appends the body of an answer to the part. */
const received = async (response: Response, part: string, from: number, limit: number, write: Write): Promise<E.Either<UserError | DiskFault, void>> => {
  const opened = onDisk(part, () => openSync(part, from > 0 ? 'a' : 'w'))
  if (E.isLeft(opened)) return opened
  const file = opened.right
  try {
    let got = from
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      got += chunk.length
      if (got > limit) return E.left({ message: `expected at most ${limit} bytes, got more` })
      const written = onDisk(part, () => { write(file, chunk) })
      if (E.isLeft(written)) return written
    }
    return onDisk(part, () => { fsyncSync(file) })
  } catch (reason) {
    return E.left({ message: `the connection broke (${codeOf(reason)})` })
  } finally {
    closeSync(file)
  }
}

/** One mirror. */
const fromMirror = async (url: string, part: string, wanted: Wanted, write: Write): Promise<E.Either<UserError | DiskFault, void>> => {
  const before = existsSync(part) ? statSync(part).size : 0
  const response = await fetch(url, { headers: { 'accept-encoding': 'identity', ...(before > 0 && { range: `bytes=${before}-` }) } }).then(E.right, (reason: unknown) => E.left({ message: `no answer (${codeOf(reason)})` }))
  if (E.isLeft(response)) return response
  const { status, headers } = response.right
  const goesOn = status === 206 && (headers.get('content-range') ?? '').startsWith(`bytes ${before}-`)
  // 416: there is nothing after what is here already.
  if (status !== 416 && !goesOn && status !== 200) {
    await response.right.body?.cancel()
    return E.left({ message: `expected the file, got HTTP ${status}` })
  }
  if (status === 416) await response.right.body?.cancel()
  // Packed, such a file is never larger than unpacked but for a few bytes.
  const done = status === 416 ? E.right(undefined) : await received(response.right, part, goesOn ? before : 0, wanted.bytes + 65_536, write)
  if (E.isLeft(done)) return done
  const fault = faultOf(part, wanted)
  if (fault === undefined) return E.right(undefined)
  rmSync(part, { force: true })
  // The beginning may have come from a mirror that packs differently.
  return before > 0 ? fromMirror(url, part, wanted, write) : E.left({ message: fault })
}

/**
 * Gets the file into a folder that exists. Right: its path, and whether it was there already. Left, in one line: what each mirror answered, or that the
 * disk is full; there is nothing under its name then, but what has come so far is kept beside it for another try.
 */
export const download = async (dir: string, wanted: Wanted, mirrors: readonly string[], write: Write = writeAll): Promise<E.Either<UserError, { readonly path: string; readonly had: boolean }>> => {
  const [path, part] = [join(dir, wanted.name), join(dir, `.${wanted.name}.part`)]
  if (existsSync(path)) {
    const fault = faultOf(path, wanted)
    return fault === undefined ? E.right({ path, had: true }) : E.left({ message: `${path}: ${fault}; move it away and start again` })
  }
  const told: string[] = []
  for (const mirror of mirrors) {
    const url = `${mirror.replace(/\/+$/, '')}/${wanted.name}`
    const got = await fromMirror(url, part, wanted, write)
    if (E.isRight(got)) {
      const placed = onDisk(path, () => { renameSync(part, path) })
      return E.isLeft(placed) ? placed : E.right({ path, had: false })
    }
    if ('disk' in got.left) return got
    told.push(`${url}: ${got.left.message}`)
  }
  return E.left({ message: `${told.join('; ')}; try again later, or another --mirror` })
}
