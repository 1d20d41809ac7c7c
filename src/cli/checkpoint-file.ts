/**
 * The checkpoint of a training folder. It is put in place atomically: written to a file beside it, forced to the disk, renamed over the old
 * one, and the folder forced to the disk too. Whenever the process ends, a whole checkpoint lies there: the new one or the one before.
 */
import { createHash } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Checkpoint, type CheckpointError, type Hash, readCheckpoint, writeCheckpoint } from '../experiment/checkpoint.ts'
import { causeOf } from './reason.ts'
import type { UserError } from './request.ts'

const sha256: Hash = (parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex')

export const checkpointName = 'checkpoint.safetensors'

const forced = (path: string, flags: string, write: (fd: number) => void): void => {
  const fd = openSync(path, flags)
  try {
    write(fd)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** All bytes; one call may write fewer. */
const writeAll = (bytes: Uint8Array) => (fd: number): void => {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at)
}

export const hasCheckpoint = (dir: string): boolean => existsSync(join(dir, checkpointName))

/** Puts the checkpoint in place. Left: numbers that are not finite, or a folder that cannot be written to; the old one stays. */
export const saveCheckpoint = (dir: string, checkpoint: Checkpoint): E.Either<CheckpointError | UserError, void> => pipe(
  writeCheckpoint(sha256, checkpoint),
  E.flatMap((bytes) => {
    const [path, beside] = [join(dir, checkpointName), join(dir, `.${checkpointName}.part`)]
    return E.tryCatch(() => {
      forced(beside, 'w', writeAll(bytes))
      renameSync(beside, path)
      // Some file systems cannot do this for folders; the rename is atomic all the same.
      E.tryCatch(() => { forced(dir, 'r', () => undefined) }, () => undefined)
    }, (reason): UserError => {
      rmSync(beside, { force: true })
      return { message: `${path}: cannot be written (${causeOf(reason)}); ${existsSync(path) ? 'the checkpoint before it is kept; make room, and go on with --resume' : 'make room or choose another --out'}` }
    })
  }))

/** Reads the folder's checkpoint. Left: none, an unreadable, a foreign or a damaged one. */
export const loadCheckpoint = (dir: string): E.Either<UserError, Checkpoint> => {
  const path = join(dir, checkpointName)
  return pipe(
    E.tryCatch(() => new Uint8Array(readFileSync(path)), (reason): UserError => ({
      message: causeOf(reason) === 'ENOENT' ? `${dir}: expected a checkpoint to go on from, got none; leave --resume out, or give the folder of the run with --out`
        : `${path}: cannot be read (${causeOf(reason)}); expected a file with permission to read it`,
    })),
    E.flatMap((bytes) => readCheckpoint(sha256, bytes, path)))
}
