/** `start`: the laws, then figure 2; the last lines name the files written. */
import * as E from 'fp-ts/lib/Either.js'
import type { EngineName } from './engine.ts'
import { figure } from './figure.ts'
import type { Print, UserError } from './request.ts'
import { verify } from './verify.ts'
import { writable } from './written.ts'

export interface StartRequest {
  readonly seed: number
  readonly out: string
  /** Of the figure: laws name theirs. */
  readonly engine: EngineName
  /** Laws judged side by side. */
  readonly threads: number | undefined
}

/** Right: 0, or 1 when a law fails (no figure is drawn then). */
export const start = async ({ seed, out, engine, threads }: StartRequest, print: Print, complain: Print): Promise<E.Either<UserError, number>> => {
  const ready = await writable(out)()
  if (E.isLeft(ready)) return E.left({ message: `phifold start: ${ready.left.message}` })
  const verified = await verify({
    seed, runs: undefined, json: false, law: undefined, path: undefined, mutant: undefined, mutants: false, threads,
  }, print, complain)
  if (E.isLeft(verified) || verified.right !== 0) return verified
  print('')
  return figure({
    which: 2, seed, out, data: undefined, variant: ['exact'], engine, unsettled: undefined, threads: 1, changes: {},
  }, print, complain)()
}
