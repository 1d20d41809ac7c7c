/** What the command line asks for, ready to be run, and how it is answered. */
import type * as E from 'fp-ts/lib/Either.js'

/** A mistake of the user, in one line that says what to do. The program ends with exit code 2. */
export interface UserError {
  readonly message: string
}

/** Writes one line. */
export type Print = (line: string) => void

/** Does what is asked for: results go to `print`, mistakes and warnings to `complain`. Right: the exit code. */
export type Request = (print: Print, complain: Print) => Promise<E.Either<UserError, number>>
