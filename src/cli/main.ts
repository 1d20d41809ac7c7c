#!/usr/bin/env node
/**
 * The program `phifold`: dispatch and exit codes, nothing else. Each command is loaded when asked for, so that none waits for
 * what another needs. Exit codes: 0 done; 1 a law fails or a number is beyond tolerance; 2 a mistake of the user, told in one line;
 * 70 a bug, with its stack; 141 the reader of our output went away.
 */
import * as E from 'fp-ts/lib/Either.js'
import { requestOf } from './arguments.ts'
import type { Request, UserError } from './request.ts'

const print = (line: string): void => void process.stdout.write(`${line}\n`)
const complain = (line: string): void => void process.stderr.write(`${line}\n`)

const answer = async (request: Request): Promise<E.Either<UserError, number>> => {
  switch (request._tag) {
    case 'Verify': return (await import('./verify.ts')).verify(request, print, complain)
    case 'Figure': return (await import('./figure.ts')).figure(request, print, complain)()
    case 'Recipe': return (await import('./recipe.ts')).recipe(request, print, complain)()
    case 'Compare': return (await import('./compare.ts')).compare(request, print, complain)()
    case 'Train': return (await import('./train.ts')).train(request, print, complain)()
    case 'Report': return (await import('./report.ts')).report(request, print, complain)
    case 'Diagnose': return (await import('./diagnose.ts')).diagnose(request, print)
    case 'Golden': return E.right(await (await import('./golden.ts')).golden(request.paths, print))
    case 'Audit': return (await import('./audit.ts')).audit(request.write, print)
    case 'Start': return (await import('./start.ts')).start(request.seed, request.out, print, complain)
    case 'Help': return E.right((print(request.text), 0))
    case 'Version': return E.right((print((await import('./version.ts')).version), 0))
  }
}

const isMissing = (reason: unknown): reason is Error =>
  reason instanceof Error && 'code' in reason && reason.code === 'ERR_MODULE_NOT_FOUND' && reason.message.includes("'fast-check'")

const main = async (argv: readonly string[]): Promise<number> => {
  const request = await requestOf(argv)
  const answered = E.isLeft(request) ? request : await answer(request.right)
  if (E.isRight(answered)) return answered.right
  complain(answered.left.message)
  return 2
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(141)
  throw error
})

main(process.argv.slice(2)).then(
  (code) => { process.exitCode = code },
  (reason: unknown) => {
    if (isMissing(reason)) {
      complain('phifold: the laws need the package fast-check; install it: npm install fast-check@4.10.2')
      process.exitCode = 2
      return
    }
    complain(`phifold: a bug: ${reason instanceof Error ? reason.stack ?? reason.message : String(reason)}`)
    process.exitCode = 70
  })
