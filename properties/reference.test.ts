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
import { problemsIn, write } from './reference/check.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'phifold-reference-')))
afterAll(() => { rmSync(scratch, { recursive: true, force: true }) })

const problems = (folder: string): readonly string[] => problemsIn(folder)

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
  expect(problems(root)).toEqual([])
})

const sound = {
  'src/index.ts': "export { type Pair, sum } from './number/pair.ts'\n",
  'src/number/pair.ts': `/** Pairs. */
import type {} from 'node:fs'
/** More. */
interface More {
  /** The third. */
  readonly c: number
}
/** Two numbers. */
export interface Pair extends More {
  /** The first. */
  readonly a: number
  /** The second. */
  readonly b: number
}

/** a + b. */
export const sum = ({ a, b }: Pair): number => a + b
`,
}
const staleBoth = ['index', 'number'].map((page) => `stale: docs/api/${page}.md; run npm run docs:api`)

test('a checkout passes once its pages are written, until a docstring, a page or the folder changes', () => {
  const folder = tree('sound', sound)
  expect(problems(folder)).toEqual(staleBoth)
  write(folder)
  expect(problems(folder)).toEqual([])

  tree('sound', { 'src/number/pair.ts': sound['src/number/pair.ts'].replace('a + b.', 'The sum.'), 'docs/api/old.md': '# Old\n' })
  expect(problems(folder)).toEqual([...staleBoth, 'stale: docs/api/old.md is a page of nothing; run npm run docs:api'])

  write(folder)
  tree('sound', { 'docs/api/number.md': '# By hand\n' })
  expect(problems(folder)).toEqual([staleBoth[1]])
})

test('what has no docstring is named: a name, a member, one of a type that is not exported, one that has but the comment of its module', () => {
  const folder = tree('bare', {
    'src/index.ts': `${sound['src/index.ts']}export { type Alone } from './number/alone.ts'\n`,
    'src/number/pair.ts': ['  /** The third. */\n', '  /** The second. */\n', '/** a + b. */\n'].reduce((text, doc) => text.replace(doc, ''), sound['src/number/pair.ts']),
    'src/number/alone.ts': '/** Of the module. */\nexport type Alone = number\n',
  })
  expect(problems(folder).filter((line) => !line.startsWith('stale: '))).toEqual([
    ...['Pair.b', 'More.c', 'sum'].map((name) => `no-docstring: ${name} (src/number/pair.ts); say what it is above it`),
    'no-docstring: Alone (src/number/alone.ts); say what it is above it',
  ])
})

test('the command says so too: a checkout that exports nothing was not seen', () => {
  const folder = tree('empty', { 'src/index.ts': 'export {}\n' })
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'properties/reference.mjs'), '--check', folder], { encoding: 'utf8' })
  expect([status, stderr.split('\n')[0]]).toEqual([1, 'not-seen: src/index.ts exports nothing'])
})
