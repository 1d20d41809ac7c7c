/** One recorded case, by its file, and what recomputing it comes to. */
import * as E from 'fp-ts/lib/Either.js'
import { judge, type Verdict } from '../experiment/golden/verdict.ts'
import { type EngineName, engines } from './engine.ts'
import type { UserError } from './request.ts'
import { readText } from './text-file.ts'

export interface RecordedJob {
  readonly file: string
  readonly engine: EngineName
}

/** A file that cannot be read or used is a verdict too. */
export const runRecordedJob = ({ file, engine }: RecordedJob): E.Either<UserError, Verdict> => {
  const text = readText(file)
  if (E.isLeft(text)) return E.right({ _tag: 'Unreadable', message: text.left.message })
  const verdict = engines[engine]().run((A) => judge(A, text.right))
  return E.right(verdict._tag === 'Unreadable' ? { ...verdict, message: `${file}: ${verdict.message}; correct the file or leave it out` } : verdict)
}
