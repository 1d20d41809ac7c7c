/** The log of a training folder: log.jsonl, an object per line, appended to. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { parseLog, type TrainingRun } from '../experiment/training-log.ts'
import type { EpochRecord, LogLine, StartRecord } from '../experiment/training-state.ts'
import { causeOf } from './reason.ts'
import type { UserError } from './request.ts'

export interface TrainingLog {
  readonly path: string
  /** Left: a full disk, or a file that someone took away. */
  readonly append: (line: LogLine) => E.Either<UserError, void>
  /** Its length in bytes. */
  readonly length: () => E.Either<UserError, number>
}

const lineOf = (line: LogLine): string => `${JSON.stringify(line)}\n`

/**
 * The log of a folder, which is made if need be. A run that starts begins it anew; one that goes on cuts off what was written after its checkpoint, and
 * writes what the checkpoint knows where the log is not as long as it was. Left: a folder that cannot be written to.
 */
export const openLog = (dir: string, start: StartRecord, epochs: readonly EpochRecord[], goingOn: number | undefined): E.Either<UserError, TrainingLog> => {
  const path = join(dir, 'log.jsonl')
  const onDisk = <A>(act: () => A, rest: string): E.Either<UserError, A> =>
    E.tryCatch(act, (reason) => ({ message: `${path}: cannot be written (${causeOf(reason)}); ${rest}` }))
  const mend = 'the last checkpoint is whole: make room, and go on with --resume'
  return onDisk(() => {
    mkdirSync(dir, { recursive: true })
    if (goingOn !== undefined && existsSync(path) && statSync(path).size >= goingOn) truncateSync(path, goingOn)
    else writeFileSync(path, [start, ...epochs].map(lineOf).join(''))
    return { path, append: (line) => onDisk(() => { appendFileSync(path, lineOf(line)) }, mend), length: () => onDisk(() => statSync(path).size, mend) }
  }, 'choose another --out')
}

/** What a folder's log tells. Left: none, or an unreadable one. */
export const readLog = (dir: string): E.Either<UserError, TrainingRun> => {
  const path = join(dir, 'log.jsonl')
  return pipe(
    E.tryCatch(() => readFileSync(path, 'utf8'), (): UserError => ({ message: `${path}: cannot be read` })),
    E.flatMap((text) => pipe(parseLog(text), E.mapLeft(({ message }) => ({ message: `${path}: ${message}` })))))
}
