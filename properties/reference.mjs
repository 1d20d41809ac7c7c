/**
 * Writes the API reference from the docstrings: node properties/reference.mjs [--check] [folder, default: this checkout].
 *
 * With --check nothing is written. Exit 0: every exported name and member has a docstring, and docs/api says what they say. Exit 1: one line
 * for each that does not.
 */
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { problemsIn, write } from './reference/check.mjs'

const root = resolve(process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? dirname(dirname(fileURLToPath(import.meta.url))))

if (process.argv.includes('--check')) {
  const problems = problemsIn(root)
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length === 0 ? 0 : 1
} else console.log(`docs/api: ${write(root)} pages`)
