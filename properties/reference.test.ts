/**
 * The API reference, docs/api, is what the docstrings say, and every exported name and member has one. Small wrong checkouts show that each
 * complaint is made. That the examples in docstrings compile and run is checked by examples.test.ts, on the pages.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'phifold-reference-')))
afterAll(() => { rmSync(scratch, { recursive: true, force: true }) })

const told = (...args: readonly string[]): { readonly status: number | null; readonly lines: readonly string[] } => {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'properties/reference.mjs'), ...args], { encoding: 'utf8' })
  return { status, lines: stderr.trim().split('\n').filter((line) => line !== '') }
}

/** Writes a small checkout and returns its folder. */
const tree = (name: string, files: Readonly<Record<string, string>>): string => {
  const folder = join(scratch, name)
  const all = { 'tsconfig.json': JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions: { types: [] }, include: ['src'] }), ...files }
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  return folder
}

test('every exported name and member has a docstring, and the pages are those that npm run docs:api writes', () => {
  expect(told('--check')).toEqual({ status: 0, lines: [] })
}, 60_000)

const sound = {
  'src/index.ts': "export { type Pair, sum } from './number/pair.ts'\n",
  'src/number/pair.ts': `/** Pairs. */
import type {} from 'node:fs'
/** Two numbers. */
export interface Pair {
  /** The first. */
  readonly a: number
  /** The second. */
  readonly b: number
}

/** a + b. */
export const sum = ({ a, b }: Pair): number => a + b
`,
}
const changed = (from: string, to: string): Readonly<Record<string, string>> =>
  ({ ...sound, 'src/number/pair.ts': sound['src/number/pair.ts'].replace(from, to) })

test('a sound checkout passes once its pages are written, and not before', () => {
  const folder = tree('sound', sound)
  expect(told('--check', folder)).toEqual({ status: 1, lines: ['index', 'number'].map((page) => `stale: docs/api/${page}.md; run npm run docs:api`) })
  expect(told(folder)).toEqual({ status: 0, lines: [] })
  expect(told('--check', folder)).toEqual({ status: 0, lines: [] })
}, 60_000)

test('a page changed by hand, one of nothing, a docstring changed since', () => {
  const folder = tree('stale', sound)
  told(folder)
  writeFileSync(join(folder, 'docs/api/number.md'), '# By hand\n')
  writeFileSync(join(folder, 'docs/api/old.md'), '# Old\n')
  expect(told('--check', folder)).toEqual({
    status: 1, lines: ['stale: docs/api/number.md; run npm run docs:api', 'stale: docs/api/old.md is a page of nothing; run npm run docs:api'],
  })
  told(folder)
  tree('stale', changed('a + b.', 'The sum.'))
  expect(told('--check', folder)).toEqual({ status: 1, lines: ['index', 'number'].map((page) => `stale: docs/api/${page}.md; run npm run docs:api`) })
}, 60_000)

test.each([
  ['a name', changed('/** a + b. */\n', ''), 'no-docstring: sum (src/number/pair.ts); say what it is above it'],
  ['a member', changed('  /** The second. */\n', ''), 'no-docstring: Pair.b (src/number/pair.ts); say what it is above it'],
  ['a member of a type that is not exported', changed('/** Two numbers. */\nexport interface Pair {', '/** More. */\ninterface More { readonly c: number }\n/** Two numbers. */\nexport interface Pair extends More {'),
    'no-docstring: More.c (src/number/pair.ts); say what it is above it'],
  ['a name that takes the comment of its module for its own', changed("import type {} from 'node:fs'\n/** Two numbers. */\n", ''),
    'no-docstring: Pair (src/number/pair.ts); say what it is above it'],
])('without a docstring: %s', (name, files, line) => {
  const folder = tree(name.replaceAll(' ', '-'), files)
  told(folder)
  expect(told('--check', folder)).toEqual({ status: 1, lines: [line] })
}, 60_000)

test('a checkout that exports nothing was not seen', () => {
  expect(told('--check', tree('empty', { 'src/index.ts': 'export {}\n' })).lines).toContain('not-seen: src/index.ts exports nothing')
}, 60_000)
