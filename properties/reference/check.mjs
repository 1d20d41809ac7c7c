/** The pages in docs/api of a checkout: writes them, and says what is wrong with them or with the docstrings. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { publicNames } from './names.mjs'
import { pagesOf } from './pages.mjs'

const folderOf = (root) => join(root, 'docs/api')

/** Every exported name and member must have a docstring, and the pages must be those that would be written: a line for each that is not. */
export const problemsIn = (root) => {
  const names = publicNames(root)
  const pages = pagesOf(names)
  const folder = folderOf(root)
  const present = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.md')) : []
  const written = new Map(present.map((file) => [file, readFileSync(join(folder, file), 'utf8')]))
  return [
    ...(names.length === 0 ? ['not-seen: src/index.ts exports nothing'] : []),
    ...names.flatMap(({ file, missing }) => missing.map((name) => `no-docstring: ${name} (${file}); say what it is above it`)),
    ...[...pages].filter(([file, text]) => written.get(file) !== text).map(([file]) => `stale: docs/api/${file}; run npm run docs:api`),
    ...present.filter((file) => !pages.has(file)).map((file) => `stale: docs/api/${file} is a page of nothing; run npm run docs:api`),
  ]
}

/** Writes all pages anew, and returns how many. */
export const write = (root) => {
  const [folder, pages] = [folderOf(root), pagesOf(publicNames(root))]
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [file, text] of pages) writeFileSync(join(folder, file), text)
  return pages.size
}
