/** Arguments → exit code: reads what is asked for and does it. A mistake of the user is one line to `complain` and exit code 2. */
import * as E from 'fp-ts/lib/Either.js'
import { requestOf } from './arguments.ts'
import type { Print } from './request.ts'

export const answer = async (argv: readonly string[], print: Print, complain: Print): Promise<number> => {
  const request = await requestOf(argv)
  const answered = E.isLeft(request) ? request : await request.right(print, complain)
  if (E.isRight(answered)) return answered.right
  complain(answered.left.message)
  return 2
}
