/** Reads the log of a training run, log.jsonl: how it began, its epochs so far, and what it reported between them. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type EpochRecord, type LogLine, logLineSchema, type ReportRecord, type StartRecord } from './training-state.ts'

export interface TrainingRun {
  readonly start: StartRecord
  readonly epochs: readonly EpochRecord[]
  /** Of all epochs. */
  readonly reports: readonly ReportRecord[]
}

/** A text that is no log. `message` is one line that begins with the line of the log. */
export interface MalformedLog {
  readonly _tag: 'MalformedLog'
  readonly message: string
}

const malformed = (line: number, expected: string): MalformedLog => ({ _tag: 'MalformedLog', message: `line ${line + 1}: ${expected}` })

const lineOf = (text: string, number: number): E.Either<MalformedLog, LogLine> => pipe(
  E.tryCatch((): unknown => JSON.parse(text), () => malformed(number, 'expected JSON')),
  E.flatMap((json) => {
    const read = logLineSchema.safeParse(json)
    if (read.success) return E.right(read.data as LogLine)
    const [issue] = read.error.issues
    return E.left(malformed(number, `${(issue?.path ?? []).join('.') || 'type'}: ${issue?.message ?? 'unreadable'}`))
  }))

/** The run that a log tells of. A last line without an end is one that is being written, and not looked at. */
export const parseLog = (text: string): E.Either<MalformedLog, TrainingRun> => pipe(
  text.split('\n').slice(0, -1).map((line, number) => [line, number] as const),
  E.traverseArray(([line, number]) => lineOf(line, number)),
  E.flatMap((lines) => {
    const [start] = lines
    return start?.type === 'start'
      ? E.right({ start, epochs: lines.filter((line) => line.type === 'epoch'), reports: lines.filter((line) => line.type === 'report') })
      : E.left(malformed(0, 'expected the start of a run'))
  }))
