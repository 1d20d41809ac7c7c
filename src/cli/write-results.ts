/**
 * Writes a set of result files so that old results are never half-overwritten: every file is first written beside its
 * target and flushed to the disk; only then are all renamed into place. On any failure the new files are removed and the
 * old ones are back as they were. (A power cut between two renames can leave some files new and some old, each whole.)
 */
import {
  closeSync, constants, copyFileSync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, rmSync, statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { codeOf } from './reason.ts'

export type WriteFailure = {
  readonly _tag: 'BadFileName' | 'NotADirectory' | 'NotAFile' | 'NoPermission' | 'DiskFull' | 'NotWritten' | 'NotRestored'
  readonly path: string
  readonly message: string
}

type Kind = 'file' | 'directory' | 'nothing' | 'other'

/** The few operations on files that are used, so that tests can make any of them fail. All are synchronous and throw. */
export interface Disk {
  readonly makeDirectory: (path: string) => void
  readonly kindOf: (path: string) => Kind
  /** Creates a new file, writes all of it and flushes it to the disk; throws where the path exists. */
  readonly writeNew: (path: string, content: string | Uint8Array) => void
  /** A second name for a file, or a copy of it. */
  readonly link: (from: string, to: string) => void
  /** Replaces the target in one step. */
  readonly rename: (from: string, to: string) => void
  /** Removes a file; nothing happens where there is none. */
  readonly remove: (path: string) => void
}

const kindOf = (path: string): Kind => {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat === undefined ? 'nothing' : stat.isDirectory() ? 'directory' : stat.isFile() ? 'file' : 'other'
}

/** Node's own `recursive` tries for ever where a folder may not be made, as in /proc, though the one above it is there. */
const makeDirectory = (path: string): void => {
  if (kindOf(path) !== 'nothing') return
  if (dirname(path) !== path) makeDirectory(dirname(path))
  try {
    mkdirSync(path)
  } catch (reason) {
    // Another program may have been faster.
    if (codeOf(reason) !== 'EEXIST') throw reason
  }
}

/** The file system of this machine. */
export const nodeDisk: Disk = {
  makeDirectory,
  kindOf,
  writeNew: (path, content) => {
    const descriptor = openSync(path, 'wx')
    try {
      writeFileSync(descriptor, content)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  },
  link: (from, to) => {
    try {
      linkSync(from, to)
    } catch {
      // Some file systems have no second names.
      copyFileSync(from, to, constants.COPYFILE_EXCL)
    }
  },
  rename: renameSync,
  remove: (path) => rmSync(path, { force: true }),
}

const failure = (tag: WriteFailure['_tag'], path: string, expected: string, got: string, next: string): WriteFailure =>
  ({ _tag: tag, path, message: `results: ${path}: expected ${expected}, got ${got}; ${next}` })

const elsewhere = 'choose another folder with --out'

const described = (path: string, reason: unknown): WriteFailure => {
  const code = codeOf(reason)
  switch (code) {
    case 'ENOSPC': case 'EDQUOT':
      return failure('DiskFull', path, 'room on the disk', code, 'free some space; old results are unchanged')
    case 'EACCES': case 'EPERM': case 'EROFS':
      return failure('NoPermission', path, 'permission to write', code, elsewhere)
    case 'ENOTDIR': case 'EEXIST':
      return failure('NotADirectory', path, 'a folder', 'a file on the way', elsewhere)
    case '':
      throw reason
    default:
      return failure('NotWritten', path, 'to write the results', code, elsewhere)
  }
}

/** A plain name inside the folder on every system: no separator, drive, leading dot or control character. */
const isPlainName = (name: string): boolean => /^[^/\\:\u0000-\u001f]+$/.test(name) && !name.startsWith('.')

type Step<A> = E.Either<WriteFailure, A>

/** An operation of the disk as a value: errors of the system become failures, anything else is a bug and is thrown on. */
const attempt = <A>(path: string, act: () => A): Step<A> => E.tryCatch(act, (reason) => described(path, reason))

/** Runs the actions in order up to the first failure. */
const inOrder = (acts: ReadonlyArray<() => Step<void>>): Step<void> =>
  acts.reduce<Step<void>>((done, act) => (E.isLeft(done) ? done : act()), E.right(undefined))

const shown: Readonly<Record<Kind, string>> = { file: 'a file', directory: 'a folder', nothing: 'nothing', other: 'neither file nor folder' }

/** Left unless the path holds one of the kinds that are fine. A rename would put a file in the place of a device. */
const check = (disk: Disk, path: string, fine: readonly Kind[], tag: WriteFailure['_tag'], expected: string): Step<void> =>
  E.chain((kind: Kind): Step<void> => (fine.includes(kind) ? E.right(undefined)
    : E.left(failure(tag, path, expected, shown[kind], elsewhere))))(
    attempt(path, () => disk.kindOf(path)))

const folder = (disk: Disk, dir: string): Step<void> => inOrder([
  () => attempt(dir, () => disk.makeDirectory(dir)),
  () => check(disk, dir, ['directory'], 'NotADirectory', 'a folder'),
])

/** Makes the folder where it is missing, and tries whether files can be put there. Left: one line. */
export const checkFolder = (dir: string, disk: Disk = nodeDisk): E.Either<WriteFailure, void> => {
  const trial = join(dir, `.phifold.${process.pid}.new`)
  return inOrder([
    () => folder(disk, dir),
    () => attempt(dir, () => {
      disk.remove(trial)
      disk.writeNew(trial, '')
      disk.remove(trial)
    }),
  ])
}

/** Hidden names of this process beside the target: a rename is one step only within a file system. */
const pathsOf = (dir: string, name: string): { readonly target: string; readonly fresh: string; readonly old: string } => ({
  target: join(dir, name),
  fresh: join(dir, `.${name}.${process.pid}.new`),
  old: join(dir, `.${name}.${process.pid}.old`),
})

/**
 * Writes `files` (plain name → content; text as UTF-8) into the folder `dir`, which is created where it is missing.
 * Right: the paths written, in the order given. Left: one line; no file in the folder has changed.
 */
export const writeResults = (
  dir: string,
  files: ReadonlyMap<string, string | Uint8Array>,
  disk: Disk = nodeDisk,
): E.Either<WriteFailure, ReadonlyArray<string>> => {
  const badName = [...files.keys()].find((name) => !isPlainName(name))
  if (badName !== undefined) {
    return E.left(failure('BadFileName', JSON.stringify(badName), 'a plain file name', 'one that may leave the folder',
      "drop '/', '\\', ':' and leading dots"))
  }
  const all = [...files].map(([name, content]) => ({ ...pathsOf(dir, name), content }))
  const removed = (paths: ReadonlyArray<string>): Step<void> =>
    inOrder(paths.map((path) => () => attempt(path, () => disk.remove(path))))
  const leftovers = all.flatMap(({ fresh, old }) => [fresh, old])

  const written = inOrder([
    () => folder(disk, dir),
    ...all.map(({ target }) => () => check(disk, target, ['file', 'nothing'], 'NotAFile', 'a file')),
    () => removed(leftovers),
    ...all.map(({ target, fresh, content }) => () => attempt(target, () => disk.writeNew(fresh, content))),
    ...all.map(({ target, old }) => () => attempt(target, () => {
      if (disk.kindOf(target) === 'file') disk.link(target, old)
    })),
  ])
  if (E.isLeft(written)) {
    removed(leftovers)
    return written
  }
  const renamed = inOrder(all.map(({ target, fresh }) => () => attempt(target, () => disk.rename(fresh, target))))
  if (E.isRight(renamed)) {
    removed(leftovers)
    return E.right(all.map(({ target }) => target))
  }
  // A target whose new file is gone was replaced: it gets its old content back, or goes where there was none.
  const restored = inOrder(all.map(({ target, fresh, old }) => () => attempt(target, () => {
    if (disk.kindOf(fresh) === 'nothing') {
      if (disk.kindOf(old) === 'file') disk.rename(old, target)
      else disk.remove(target)
    }
  })))
  removed(E.isRight(restored) ? leftovers : all.map(({ fresh }) => fresh))
  return E.isRight(restored) ? renamed : E.left(failure('NotRestored', dir, 'the old results back', restored.left.message,
    `rename the files .*.${process.pid}.old in this folder back by hand`))
}
