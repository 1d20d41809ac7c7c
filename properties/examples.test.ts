/**
 * Documentation that cannot rot. Every ```ts block of README.md and docs/*.md, and of the docstrings, from which docs/api is written, is a
 * whole program: it is type-checked under the project's own options, compiled together with src, and run by plain Node in a process of
 * its own, where 'phifold', 'phifold/law' and 'phifold/threads' are what a reader's import would find. Then the rest of what the pages say and can be looked
 * up: links, laws, files, command lines. (reference.test.ts sees to it that docs/api says what the docstrings say.)
 *
 * The last section feeds bad blocks to the same machinery: each must be reported.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requestOf } from '../src/cli/arguments.ts'
import { laws } from '../src/law/index.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const pagesIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder)).filter((name) => name.endsWith('.md')).sort().map((name) => `${folder}/${name}`)
/** From the docstrings. */
const reference = pagesIn('docs/api')
const pages = ['README.md', ...pagesIn('docs'), ...pagesIn('docs/results'), ...reference]
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8')

/** Written by a command, not by hand: they may be missing, and the first is checked by its own test. */
const generated = ['docs/audit.md', 'docs/figure-2.png']
const handwritten = pages.filter((page) => !generated.includes(page))

// ── Blocks ───────────────────────────────────────────────────────────────────────────────────────────────────────

interface Block {
  readonly page: string
  /** Line of the page on which the code starts. */
  readonly line: number
  readonly language: string
  readonly code: string
}

/** The fenced blocks of a page, in order. */
const blocksOf = (page: string, text: string): readonly Block[] => {
  const lines = text.split('\n')
  const fences = lines.flatMap((line, i) => (line.startsWith('```') ? [i] : []))
  return fences.flatMap((open, n) => n % 2 === 1 ? [] : [{
    page,
    line: open + 2,
    language: (lines[open] ?? '').slice(3).trim(),
    code: lines.slice(open + 1, fences[n + 1] ?? lines.length).join('\n'),
  }])
}

/** The text without its fenced blocks. */
const proseOf = (text: string): string => text.replace(/^```[^]*?^```/gm, '')

const nameOf = ({ page, line }: Block): string => `${page}:${line}`
/** A program shows something only if it can fail. */
const asserts = ({ code }: Block): boolean => /\bassert\b|\bthrow\b/.test(code.replace(/^import .*$/gm, ''))

const blocks = handwritten.flatMap((page) => blocksOf(page, textOf(page)))
const programs = blocks.filter(({ language }) => language === 'ts')

const bad = (line: number, ...code: readonly string[]): Block => ({ page: 'bad.md', line, language: 'ts', code: code.join('\n') })
const sound = bad(1, "import assert from 'node:assert/strict'", 'assert.equal(1 + 1, 2)')
const throwing = bad(2, "import assert from 'node:assert/strict'", "import { ratio } from 'phifold'", "assert.equal(ratio(1, 2).d, 3n, 'one half is not one third')")
const illTyped = bad(3, "import { ratio } from 'phifold'", "export const half: number = ratio(1, 2)")
const unknownName = bad(4, "import { nothing } from 'phifold'", 'nothing()')
const tanhOverRationals = bad(5, "import { energyBased, layered, lift, rational, tanh } from 'phifold'",
  'energyBased({ interaction: layered([2, 1]), activation: tanh, epsilon: 0.5 }).at(lift(rational))')

// ── Compiling and running ────────────────────────────────────────────────────────────────────────────────────────

// Inside node_modules, so that what our sources import is found from there; removed at the end.
mkdirSync(join(root, 'node_modules', '.cache'), { recursive: true })
const built = mkdtempSync(join(root, 'node_modules', '.cache', 'phifold-examples-'))
afterAll(() => rmSync(built, { recursive: true, force: true }))

const stemOf = (block: Block): string => `examples/${block.page.replaceAll(/\W/g, '-')}-${block.line}`

/** Type-checks and compiles the blocks with src. Gives the messages about each, by name, at the line of its page. */
const compiled = (all: readonly Block[]): ReadonlyMap<string, readonly string[]> => {
  const json: unknown = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config
  const options: ts.CompilerOptions = {
    ...ts.parseJsonConfigFileContent(json, ts.sys, root).options,
    rootDir: root, outDir: built, declaration: false, declarationMap: false, isolatedDeclarations: false, sourceMap: false, skipLibCheck: true,
    paths: { phifold: [join(root, 'src/index.ts')], 'phifold/law': [join(root, 'src/law/index.ts')], 'phifold/threads': [join(root, 'src/threads/index.ts')] },
  }
  // The blocks exist in memory only, as if beside src.
  const sources = new Map(all.map((block) => [join(root, `${stemOf(block)}.ts`), block.code]))
  const host = ts.createCompilerHost(options)
  const program = ts.createProgram([...sources.keys()], options, {
    ...host,
    fileExists: (path) => sources.has(path) || host.fileExists(path),
    readFile: (path) => sources.get(path) ?? host.readFile(path),
    getSourceFile: (path, target, ...rest) => {
      const code = sources.get(path)
      return code === undefined ? host.getSourceFile(path, target, ...rest) : ts.createSourceFile(path, code, target)
    },
  })
  program.emit()
  writeFileSync(join(built, 'package.json'), JSON.stringify({
    name: 'phifold', type: 'module', exports: { '.': './src/index.js', './law': './src/law/index.js', './threads': './src/threads/index.js' },
  }))
  return new Map(all.map((block) => {
    const source = program.getSourceFile(join(root, `${stemOf(block)}.ts`))
    const found = source === undefined ? [] : [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    return [nameOf(block), found.map(({ messageText, start = 0 }) => {
      const line = block.line + (source?.getLineAndCharacterOfPosition(start).line ?? 0)
      return `${block.page}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })]
  }))
}

/** Runs a compiled block; rejects with what it wrote to stderr. */
const run = async (block: Block): Promise<void> => {
  await promisify(execFile)(process.execPath, [join(built, `${stemOf(block)}.js`)], { timeout: 60_000 })
}

const messages = new Map<string, readonly string[]>()
beforeAll(() => {
  const results = compiled([...programs, sound, throwing, illTyped, unknownName, tanhOverRationals])
  results.forEach((found, name) => messages.set(name, found))
}, 120_000)

describe('programs', () => {
  test('there are some in README, and on the pages that promise them', () => {
    const having = new Set(programs.map(({ page }) => page))
    for (const page of ['README.md', 'docs/one-page.md', 'docs/theory.md', 'docs/extending.md']) expect(having).toContain(page)
    expect(reference.filter((page) => !having.has(page))).toEqual(['docs/api/index.md', 'docs/api/number.md'])
  })

  test('every block has a language that is looked at, or is plain text', () => {
    // Signatures are no programs.
    const known = (page: string): readonly string[] => ['ts', 'sh', 'text', ...(reference.includes(page) ? ['typescript'] : [])]
    expect(blocks.filter(({ page, language }) => !known(page).includes(language)).map(nameOf)).toEqual([])
  })

  test('every program can fail', () => {
    expect(programs.filter((block) => !asserts(block)).map(nameOf)).toEqual([])
  })

  test.each(programs.map((block) => [nameOf(block), block] as const))('%s', async (name, block) => {
    expect(messages.get(name)).toEqual([])
    await run(block)
  })
})

describe('README', () => {
  const [first] = blocksOf('README.md', textOf('README.md'))

  test('the first block is exactly the two commands', () => {
    expect(first).toMatchObject({ language: 'sh', code: 'npm ci && npm start\nnpm ci && npm test' })
  })

  test('the program that asserts the theorem has at most 12 lines, none too long', () => {
    const lines = programs.find(({ page }) => page === 'README.md')?.code.split('\n').filter((line) => line.trim() !== '') ?? []
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.length).toBeLessThanOrEqual(12)
    expect(lines.filter((line) => line.length > 120)).toEqual([])
  })
})

// ── What the prose says ──────────────────────────────────────────────────────────────────────────────────────────

/** A heading's anchor, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading.replace(/^#+\s+/, '').toLowerCase().replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '').trim().replaceAll(' ', '-')

const anchorsOf = (page: string): readonly string[] => proseOf(textOf(page)).split('\n').filter((line) => /^#+\s/.test(line)).map(anchorOf)

/** Relative links of a text as written on a page, that lead nowhere. */
const brokenLinks = (page: string, text: string): readonly string[] =>
  [...proseOf(text).matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? page : relative(root, join(root, dirname(page), path))
      if (generated.includes(file)) return false
      if (!existsSync(join(root, file))) return true
      return anchor !== undefined && !anchorsOf(file).includes(anchor)
    })

/** `code` in the prose, less what merely looks like it. */
const quotedIn = (text: string): readonly string[] => [...proseOf(text).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)

/** Laws named in a text that do not exist: `L5.energy-based`. */
const unknownLaws = (text: string): readonly string[] =>
  quotedIn(text).filter((code) => /^L\d+\.\S+$/.test(code)).filter((name) => !laws.some((law) => law.name === name || law.name.startsWith(`${name}.`)))

/** Files named in a text that do not exist: `src/theorem.ts`. */
const missingFiles = (text: string): readonly string[] =>
  quotedIn(text).filter((code) => /^(src|properties|docs|bench)\/[\w./-]+$/.test(code)).filter((path) => !generated.includes(path) && !existsSync(join(root, path)))

const commandsIn = (text: string): readonly string[] =>
  [...text.matchAll(/(?:^\s*|`)npx phifold ([^`\n#]+)/gm)].map(([, rest = '']) => rest.trim())

/** Arguments as a shell would split them; quotes, no escapes. */
const words = (line: string): readonly string[] => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')

describe.each(handwritten)('%s', (page) => {
  const text = textOf(page)
  test('every relative link leads somewhere', () => { expect(brokenLinks(page, text)).toEqual([]) })
  test('every law and file that it names exists', () => {
    expect(unknownLaws(text)).toEqual([])
    expect(missingFiles(text)).toEqual([])
  })
  test('every command line is one that the program takes', async () => {
    const read = await Promise.all(commandsIn(text).map(async (line) => [line, await requestOf(words(line))] as const))
    expect(read.filter(([, request]) => E.isLeft(request))).toEqual([])
  })
  test('no path of one machine', () => {
    expect(text).not.toMatch(/(^|[\s`'"(])(\/(work|home|root|tmp|usr|mnt|Users)\/|[A-Z]:\\|~\/)/m)
  })
})

describe('each of these checks can fail', () => {
  test('a sound block passes', async () => {
    expect(messages.get(nameOf(sound))).toEqual([])
    await expect(run(sound)).resolves.toBeUndefined()
  })
  test('a block that throws', async () => {
    expect(messages.get(nameOf(throwing))).toEqual([])
    await expect(run(throwing)).rejects.toThrow('one half is not one third')
  })
  test('a block with a type error is reported at its line', () => {
    expect(messages.get(nameOf(illTyped))).toEqual([expect.stringMatching(/^bad\.md:4: Type 'Rational' is not assignable to type 'number'/)])
  })
  test('a name that phifold does not export', () => {
    expect(messages.get(nameOf(unknownName))).toEqual([expect.stringContaining("no exported member 'nothing'")])
  })
  test('tanh over the rationals does not compile', () => {
    expect(messages.get(nameOf(tanhOverRationals))?.join()).toContain("'tanh' is missing")
  })
  test('a block that asserts nothing, a broken link, an unknown law, file, command', async () => {
    expect(asserts(bad(1, "import assert from 'node:assert/strict'", 'console.log(1)'))).toBe(false)
    expect(brokenLinks('README.md', '[a](docs/none.md) [b](#no-such-heading) [c](https://example.org) [d](LICENSE)')).toEqual(['docs/none.md', '#no-such-heading'])
    expect(unknownLaws('`L5.none`, `L5.energy-based`')).toEqual(['L5.none'])
    expect(missingFiles('`src/none.ts`, `src/theorem.ts`')).toEqual(['src/none.ts'])
    expect(commandsIn('npx phifold verify --none # words')).toEqual(['verify --none'])
    expect(E.isLeft(await requestOf(['verify', '--none']))).toBe(true)
  })
})
