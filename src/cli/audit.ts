/** `audit`: the page docs/audit.md, printed or written to a file. */
import { basename, dirname } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { auditOf } from '../law/audit.ts'
import { laws } from '../law/index.ts'
import type { Print, UserError } from './request.ts'
import { writeResults } from './write-results.ts'

/** Right: exit code 0. */
export const audit = (write: string | undefined, print: Print): E.Either<UserError, number> => {
  const page = auditOf(laws)
  if (write === undefined) {
    print(page.trimEnd())
    return E.right(0)
  }
  return pipe(
    writeResults(dirname(write), new Map([[basename(write), page]])),
    E.map((paths) => {
      paths.forEach(print)
      return 0
    }),
    E.mapLeft(({ message }) => ({ message: `phifold audit: ${message.replace('--out', '--write')}` })))
}
