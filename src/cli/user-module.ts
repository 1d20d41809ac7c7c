/**
 * A module of the user's, imported by path, and what its default export gives. The one place that imports a computed name. Whatever such a
 * module does, throw now or later, end the program or wait for ever, is told in one line: it is a mistake of the file, not a bug of ours.
 */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { codeOf, wordsOf } from './reason.ts'
import type { Print, UserError } from './request.ts'

const failed = (file: string, reason: unknown): UserError => {
  const code = codeOf(reason)
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') return {
    message: /\.[cm]?ts$/.test(file)
      ? `${file}: Node ${process.versions.node} cannot import TypeScript; use Node 22.18 or later, or compile it to JavaScript first`
      : `${file}: expected a module .js, .mjs or .ts; give one of these`,
  }
  if (code === 'ERR_MODULE_NOT_FOUND') return { message: `${file}: ${wordsOf(reason)}; install it, or export a function: it is called with all of phifold` }
  return { message: `${file}: its import fails: ${wordsOf(reason)}; make it run by itself first: node ${file}` }
}

const isFile = (path: string): boolean => E.getOrElse(() => false)(E.tryCatch(() => statSync(path).isFile(), () => undefined))

/** Tells what a module does behind our back; `settled` is to be called when it has given its value. */
const watched = (file: string, complain: Print): { readonly settled: () => void } => {
  const ended = (): void => {
    complain(`${file}: the program ends before the module has given its model; take process.exit out of it, and every await that nothing answers`)
    process.exitCode = 2
  }
  process.once('exit', ended)
  process.on('uncaughtException', (reason) => {
    process.off('exit', ended)
    complain(`${file}: it throws: ${wordsOf(reason)}; make it run by itself first: node ${file}`)
    process.exit(2)
  })
  return { settled: () => { process.off('exit', ended) } }
}

/**
 * The default export; where it is a function, what it gives when called with `given`. Left: no file, or one that fails. What goes wrong
 * behind our back ends the program with exit code 2 and goes to `complain`.
 */
export const defaultExport = async (file: string, given: unknown, complain: Print): Promise<E.Either<UserError, unknown>> => {
  const path = resolve(file)
  if (!isFile(path)) return E.left({ message: `${file}: expected a module, got no file that can be read; give the path of a .js, .mjs or .ts file` })
  const { settled } = watched(file, complain)
  try {
    const module = await import(pathToFileURL(path).href) as { readonly default?: unknown }
    const made: unknown = module.default
    if (made === undefined) return E.left({ message: `${file}: expected a default export, got none; see phifold diagnose --help` })
    if (typeof made !== 'function') return E.right(made)
    try {
      return E.right(await (made as (library: unknown) => unknown)(given))
    } catch (reason) {
      return E.left({ message: `${file}: its default export, called with phifold, throws: ${wordsOf(reason)}` })
    }
  } catch (reason) {
    return E.left(failed(file, reason))
  } finally {
    settled()
  }
}
