/** docs/audit.md is what the laws say today, and what it and the sources cite can be found: exported names, pages, sections, files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import * as library from '../src/index.ts'
import * as suites from '../src/law/index.ts'
import { auditOf } from '../src/law/audit.ts'
import { laws } from '../src/law/index.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const page = auditOf(laws)

test('docs/audit.md is not stale: npm run audit writes it anew', () => {
  expect(existsSync(join(root, 'docs/audit.md'))).toBe(true)
  expect(read('docs/audit.md') === page, 'docs/audit.md differs from the laws; run npm run build && npm run audit').toBe(true)
})

test('every law has one row, in the section of its number', () => {
  const sections = page.split(/^## /m).slice(1)
  for (const { name } of laws) {
    const rows = sections.filter((section) => section.split('\n').some((line) => line.startsWith('| ') && line.includes(` | \`${name}\` | `)))
    expect(rows.map((section) => section.split(' ')[0])).toEqual([name.split('.')[0]])
  }
})

test('a law of a new number needs a section of its own', () => {
  const [law] = laws
  if (law === undefined) throw new Error('no laws')
  expect(() => auditOf([{ ...law, name: 'L99.new' }])).toThrow('L99.new has a number of no family')
})

// ── What laws and sources point to ───────────────────────────────────────────────────────────────────────────────

const exported = new Set([...Object.keys(library), ...Object.keys(suites)])
const unexported = (names: readonly string[]): readonly string[] => names.filter((name) => !exported.has(name))

/** Headings of a page, in lower case: "2. bptt as a reverse fold". */
const headingsOf = (path: string): readonly string[] => {
  const lines = existsSync(join(root, path)) ? read(path).split('\n') : []
  return lines.filter((line) => /^#+ /.test(line)).map((line) => line.replace(/^#+ /, '').toLowerCase())
}

/**
 * Citations of our pages in a text that lead nowhere: "docs/theory.md §4, §5" needs sections "4. …" and "5. …", "docs/one-page.md, laws
 * and rungs" a heading that begins so, and a page alone must exist. A stop, bracket, quote or line ends a heading.
 */
const lost = (text: string): readonly string[] =>
  [...text.matchAll(/(docs\/[\w-]+\.md)((?:,? §\d+)+|, [^;:.)'"`\n]+)?/g)].flatMap(([cited, path = '', place = '']) => {
    const headings = headingsOf(path)
    const sections = [...place.matchAll(/§(\d+)/g)].map(([, number]) => `${number}. `)
    const wanted = sections.length > 0 ? sections : place === '' ? [''] : [place.slice(2).trim().toLowerCase()]
    return wanted.every((start) => headings.some((heading) => heading.startsWith(start))) ? [] : [cited]
  })

/** Files that a text names under src or properties and that are not there. */
const missing = (text: string): readonly string[] =>
  [...text.matchAll(/\b(?:src|properties)\/[\w./-]+\.ts\b/g)].map(([path]) => path).filter((path) => !existsSync(join(root, path)))

describe.each(laws.map((law) => [law.name, law] as const))('%s', (_, { about, cites, says, faults }) => {
  test('speaks about names that are exported, cites what exists, and says something', () => {
    expect(about.length).toBeGreaterThan(0)
    expect(unexported(about)).toEqual([])
    expect(lost(cites)).toEqual([])
    expect(missing(cites)).toEqual([])
    for (const text of [cites, says, ...faults]) expect(text.trim()).not.toBe('')
  })
})

test('comments of the sources cite pages and sections that exist', () => {
  const files = readdirSync(join(root, 'src'), { recursive: true }).map((file) => `src/${String(file)}`).filter((file) => file.endsWith('.ts'))
  expect(files.length).toBeGreaterThan(50)
  // In prose a comma may be just a comma, so of the headings only those with numbers are looked for.
  const cited = (text: string): readonly string[] => [...text.matchAll(/docs\/[\w-]+\.md(?:,? §\d+)*/g)].map(([match]) => match)
  expect(files.flatMap((file) => cited(read(file)).flatMap(lost).map((match) => `${file}: ${match}`))).toEqual([])
  expect(files.flatMap((file) => missing(read(file)).map((path) => `${file}: ${path}`))).toEqual([])
})

test('the page links to files and headings that exist', () => {
  expect(missing(page)).toEqual([])
  const anchors = page.split('\n').filter((line) => line.startsWith('## '))
    .map((line) => line.slice(3).toLowerCase().replace(/[^\p{L}\p{N} -]/gu, '').replaceAll(' ', '-'))
  const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor)
  expect(links).toEqual(anchors)
  const pages = [...page.matchAll(/\]\(([\w-]+\.md)/g)].map(([, name]) => `docs/${name}`)
  expect(pages.length).toBeGreaterThan(0)
  expect([...new Set(pages)].filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test('each of these checks can fail', () => {
  expect(unexported(['energyBased', 'checkLaw', 'nobody'])).toEqual(['nobody'])
  expect(lost('see docs/theory.md §4, §5; docs/one-page.md, laws and rungs; docs/theory.md.')).toEqual([])
  expect(lost('docs/theory.md §4, §99; docs/one-page.md, no such heading; docs/none.md')).toEqual(
    ['docs/theory.md §4, §99', 'docs/one-page.md, no such heading', 'docs/none.md'])
  expect(missing('src/theorem.ts, src/none.ts')).toEqual(['src/none.ts'])
})
