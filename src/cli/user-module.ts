/** A module of the user's, imported by path, and what its default export gives. The one place that imports a computed name. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import type { UserError } from './request.ts'

const codeOf = (reason: unknown): string => (reason instanceof Error && 'code' in reason ? String(reason.code) : '')
const oneLine = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason)).replace(/\s*\n[^]*$/, '')

const failed = (file: string, reason: unknown): UserError => {
  const code = codeOf(reason)
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') return {
    message: /\.[cm]?ts$/.test(file)
      ? `${file}: Node ${process.versions.node} cannot import TypeScript; use Node 22.18 or later, or compile it to JavaScript first`
      : `${file}: expected a module .js, .mjs or .ts; give one of these`,
  }
  if (code === 'ERR_MODULE_NOT_FOUND') return { message: `${file}: ${oneLine(reason)}; install it, or export a function: it is called with all of phifold` }
  return { message: `${file}: its import fails: ${oneLine(reason)}; make it run by itself first: node ${file}` }
}

/** The default export; where it is a function, what it gives when called with `given`. Left: no file, or one that fails. */
export const defaultExport = async (file: string, given: unknown): Promise<E.Either<UserError, unknown>> => {
  const path = resolve(file)
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    return E.left({ message: `${file}: expected a module, got no such file; give the path of a .js, .mjs or .ts file` })
  try {
    const module = await import(pathToFileURL(path).href) as { readonly default?: unknown }
    const made: unknown = module.default
    if (made === undefined) return E.left({ message: `${file}: expected a default export, got none; see phifold diagnose --help` })
    if (typeof made !== 'function') return E.right(made)
    return E.right(await (made as (library: unknown) => unknown)(given))
  } catch (reason) {
    return E.left(failed(file, reason))
  }
}
