/** A file of the user's as text. Only plain files are opened: a pipe would wait for ever. */
import { readFileSync, statSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { causeOf } from './reason.ts'
import type { UserError } from './request.ts'

/** Its text, as UTF-8. Left: what stands there instead. */
export const readText = (path: string): E.Either<UserError, string> => {
  const failed = (got: string): UserError => ({ message: `${path}: cannot be read (${got}); expected a file with permission to read it` })
  return E.flatten(E.tryCatch(
    () => (statSync(path).isFile() ? E.right(readFileSync(path, 'utf8')) : E.left(failed('not a file'))),
    (reason) => failed(causeOf(reason))))
}
