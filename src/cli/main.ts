#!/usr/bin/env node
/**
 * The program `phifold`: output and exit codes, nothing else. 0 done; 1 a law fails or a number is beyond tolerance, or memory ran out; 2 a mistake
 * of the user, told in one line; 70 a bug, with its stack; 141 the reader of our output went away.
 */
import { answer } from './answer.ts'
import { codeOf, isOutOfMemory, wordsOf } from './reason.ts'

const print = (line: string): void => void process.stdout.write(`${line}\n`)
const complain = (line: string): void => void process.stderr.write(`${line}\n`)

const isMissing = (reason: unknown): reason is Error =>
  reason instanceof Error && codeOf(reason) === 'ERR_MODULE_NOT_FOUND' && reason.message.includes("'fast-check'")

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(141)
  throw error
})

answer(process.argv.slice(2), print, complain).then(
  (code) => { process.exitCode = code },
  (reason: unknown) => {
    if (isMissing(reason)) {
      complain('phifold: the laws need the package fast-check; install it: npm install fast-check@4.10.2')
      process.exitCode = 2
      return
    }
    if (isOutOfMemory(reason)) {
      complain(`phifold: ${wordsOf(reason)}: there is not as much memory as this needs, and nothing was finished; take smaller --sizes or --batch, or fewer --threads`)
      process.exitCode = 1
      return
    }
    complain(`phifold: a bug: ${reason instanceof Error ? reason.stack ?? reason.message : wordsOf(reason)}`)
    process.exitCode = 70
  })
