/**
 * Writes the API reference from the docstrings: node properties/reference.mjs [--check] [folder, default: this checkout].
 *
 * With --check nothing is written: every exported name, and every member of an exported type, must have a docstring, and the pages in docs/api
 * must be those that would be written. Exit 0: so it is. Exit 1: one line for each that is not.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publicNames } from './reference/names.mjs'
import { pagesOf, textsOf } from './reference/pages.mjs'

const checking = process.argv.includes('--check')
const root = resolve(process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? dirname(dirname(fileURLToPath(import.meta.url))))
const folder = join(root, 'docs/api')

const names = publicNames(root)
const pages = pagesOf(names)
const present = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.md')) : []

const check = () => {
  const written = textsOf(folder, present)
  const problems = [
    ...(names.length === 0 ? ['not-seen: src/index.ts exports nothing'] : []),
    ...names.flatMap(({ file, missing }) => missing.map((name) => `no-docstring: ${name} (${file}); say what it is above it`)),
    ...[...pages].filter(([file, text]) => written.get(file) !== text).map(([file]) => `stale: docs/api/${file}; run npm run docs:api`),
    ...present.filter((file) => !pages.has(file)).map((file) => `stale: docs/api/${file} is a page of nothing; run npm run docs:api`),
  ]
  for (const problem of problems) console.error(problem)
  return problems.length
}

const write = () => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [file, text] of pages) writeFileSync(join(folder, file), text)
  return 0
}

const problems = checking ? check() : write()
console.log(`reference: ${names.length} names, ${pages.size} pages, ${checking ? `${problems} problems` : 'written to docs/api'}`)
process.exitCode = problems === 0 ? 0 : 1
