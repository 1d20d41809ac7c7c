/**
 * The checks of the code's shape, checked: the real tree passes, and small wrong trees are caught under the right name.
 * The wrong programs are written to a temporary folder with the layout of ours, and judged by our own configurations.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ESLint } from 'eslint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'phifold-architecture-')))
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true })
})

/** Writes a small checkout and returns its folder. */
const tree = (name: string, files: Readonly<Record<string, string>>): string => {
  const folder = join(scratch, name)
  const tsconfig = JSON.stringify({
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { rootDir: '.', noEmit: true, types: [], allowImportingTsExtensions: true },
    include: ['src', 'properties'],
  })
  const site = JSON.stringify({ extends: '../../tsconfig.json', include: ['playground', 'markdown', 'sidebar.ts'] })
  const all = { 'tsconfig.json': tsconfig, 'properties/tsconfig.json': tsconfig, 'docs/.vitepress/tsconfig.json': site, ...files }
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  return folder
}

// ── Lint ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const sum = `export const sum = (xs: readonly number[]): number => {
  let total = 0
  for (const x of xs) total += x
  return total
}
`
const write = `export const zero = (xs: Float64Array): Float64Array => {
  xs[0] = 0
  return xs
}
`

/** A forbidden program, where it stands, and the rule that must name it. */
const forbidden: readonly (readonly [file: string, code: string, rule: string])[] = [
  ['src/fold/let.ts', sum, 'functional/no-let'],
  ['src/phi/loop.ts', sum, 'functional/no-loop-statements'],
  ['src/fold/while.ts',
    'export const f = (g: () => boolean): void => { while (g()) {} }',
    'functional/no-loop-statements'],
  ['src/cost/write.ts', write, 'functional/immutable-data'],
  ['src/learn/push.ts', 'export const f = (xs: number[]): number => xs.push(1)', 'functional/immutable-data'],
  ['src/learn/parameter.ts', 'export const f = (xs: number[]): number => xs.length', 'functional/prefer-readonly-type'],
  ['src/fold/alias.ts',
    'export const f = (xs: Record<string, number>): number | undefined => xs[""]',
    'functional/prefer-immutable-types'],
  ['src/law/field.ts', 'export interface Law { name: string }', 'functional/prefer-readonly-type'],
  ['src/fold/class.ts', 'export class Model {}', 'functional/no-classes'],
  ['src/fold/chance.ts', 'export const f = (): number => Math.random()', 'no-restricted-properties'],
  ['src/fold/chance-renamed.ts',
    'const { random } = Math\nexport const f = (): number => random()',
    'no-restricted-properties'],
  ['src/law/now.ts', 'export const f = (): number => Date.now()', 'no-restricted-globals'],
  ['src/law/date.ts', 'export const f = (): string => new Date().toISOString()', 'no-restricted-globals'],
  ['src/fold/clock.ts', 'export const f = (): number => performance.now()', 'no-restricted-globals'],
  ['src/tensor/clock.ts', 'export const f = (): number => performance.now()', 'no-restricted-globals'],
  ['src/learn/print.ts', 'export const f = (): void => { console.log(1) }', 'no-restricted-globals'],
  ['src/fold/bare-fp-ts.ts', "import * as E from 'fp-ts/Either'\nexport const f = E.right(1)", 'no-restricted-imports'],
  ['src/fold/no-extension.ts',
    "import * as E from 'fp-ts/lib/Either'\nexport const f = E.right(1)",
    'no-restricted-imports'],
  ['src/cli/bare-fp-ts.ts', "export * from 'fp-ts/function'", 'no-restricted-imports'],
  ['properties/bare-fp-ts.ts',
    "import * as E from 'fp-ts/Either'\nexport const f = E.right(1)",
    'no-restricted-imports'],
  ['src/fold/fast-check.ts', "import fc from 'fast-check'\nexport const f = fc.boolean()", 'no-restricted-imports'],
  ['src/fold/fast-check-type.ts',
    "import type { Arbitrary } from 'fast-check'\nexport type F = Arbitrary<1>",
    'no-restricted-imports'],
  ['src/fold/node.ts',
    "import { readFileSync } from 'node:fs'\nexport const f = readFileSync",
    'no-restricted-imports'],
  ['src/law/node-bare.ts', "import { readFileSync } from 'fs'\nexport const f = readFileSync", 'no-restricted-imports'],
  ['src/tensor/node-later.ts', "export const f = (): Promise<unknown> => import('node:fs')", 'no-restricted-syntax'],
  ['src/tensor/computed.ts',
    'export const f = (name: string): Promise<unknown> => import(name)',
    'no-restricted-syntax'],
  ['src/fold/ndarray.ts', "import ndarray from 'ndarray'\nexport const f = ndarray", 'no-restricted-imports'],
  ['src/tensor/ndarray-ops.ts', "import ops from 'ndarray-ops'\nexport const f = ops", 'no-restricted-imports'],
  ['src/fold/any.ts', 'export const f = (x: any): unknown => x', '@typescript-eslint/no-explicit-any'],
  ['src/tensor/ignored.ts', '// @ts-ignore\nexport const f: number = 1', '@typescript-eslint/ban-ts-comment'],
  ['src/fold/disabled.ts', `/* eslint-disable */\n${sum}`, 'functional/no-let'],
  ['src/fold/disabled-again.ts', `/* eslint-disable */\n${sum}`, 'no-warning-comments'],
  ['src/cli/promise.ts',
    'const g = async (): Promise<number> => 1\nexport const f = (): void => { g() }',
    '@typescript-eslint/no-floating-promises'],
  ['docs/.vitepress/playground/model/let.ts', sum, 'functional/no-let'],
  ['docs/.vitepress/playground/model/now.ts', 'export const f = (): number => Date.now()', 'no-restricted-globals'],
  ['docs/.vitepress/markdown/formula.ts', "import { readFileSync } from 'node:fs'\nexport const f = readFileSync", 'no-restricted-imports'],
  ['docs/.vitepress/playground/crew.ts', "import ops from 'ndarray-ops'\nexport const f = ops", 'no-restricted-imports'],
]

/** Programs that must pass: kernels mutate, effects live in cli, and pure code needs none of it. */
const allowed: readonly (readonly [file: string, code: string])[] = [
  ['src/tensor/kernel.ts', sum + write],
  ['src/data/idx.ts', sum + write],
  ['src/fold/measure.ts', sum],
  ['src/cli/clock.ts', `${sum}export const now = (): number => Date.now()\n`],
  ['src/fold/pure.ts', 'export const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0)\n'],
  ['docs/.vitepress/sidebar.ts', `${sum}export const now = (): number => Date.now()\n`],
  ['src/fold/view.ts', 'export const size = (xs: Float64Array): string => `${xs.length} numbers`\n'],
]

describe('lint', () => {
  const found = new Map<string, readonly string[]>()

  beforeAll(async () => {
    const files = Object.fromEntries([...forbidden, ...allowed].map(([file, code]) => [file, code]))
    const folder = tree('lint', files)
    const eslint = new ESLint({
      cwd: folder,
      overrideConfigFile: join(root, 'eslint.config.js'),
      overrideConfig: { languageOptions: { parserOptions: { tsconfigRootDir: folder } } },
    })
    for (const { filePath, messages } of await eslint.lintFiles(Object.keys(files))) {
      const errors = messages.filter(({ severity }) => severity === 2)
      found.set(filePath.slice(folder.length + 1), errors.map(({ ruleId, message }) => ruleId ?? message))
    }
  })

  it.each(forbidden)('%s is rejected', (file, _, rule) => {
    expect(found.get(file)).toContain(rule)
  })

  it.each(allowed)('%s is accepted', (file) => {
    expect(found.get(file)).toEqual([])
  })
})

// ── Arrows ───────────────────────────────────────────────────────────────────────────────────────────────────────

interface Report {
  readonly status: number | null
  readonly problems: readonly string[]
  readonly summary: string
}

const arrows = (folder: string): Report => {
  const script = join(root, 'properties/arrows.mjs')
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' })
  return { status, problems: stderr.split('\n').filter((line) => line !== ''), summary: stdout.trim() }
}

const one = 'export const one: number = 1\n'
const uses = (...specifiers: readonly string[]): string =>
  specifiers.map((specifier, i) => `export { one as one${i} } from '${specifier}'\n`).join('')

/** A tree whose arrows are all allowed; each wrong tree below adds to it. */
const sound = {
  'src/number/float64.ts': one,
  'src/number/dual.ts': one,
  'src/tensor/algebra.ts': uses('../number/float64.ts'),
  'src/tensor/lift.ts': uses('../number/dual.ts'),
  'src/phi/phi.ts': uses('../tensor/algebra.ts'),
  'src/fold/bptt.ts': uses('../phi/phi.ts'),
  'src/theorem.ts': uses('./fold/bptt.ts', './number/dual.ts'),
  'src/law/law.ts': uses('../theorem.ts', '../fold/bptt.ts'),
  'src/cli/main.ts': "export { readFileSync } from 'node:fs'\n" + uses('../law/law.ts'),
  'src/index.ts': uses('./theorem.ts'),
}

/** An addition to the sound tree and the start of the line that must report it. */
const wrong: readonly (readonly [rule: string, files: Readonly<Record<string, string>>])[] = [
  ['arrow-number: src/number/rational.ts → src/tensor/algebra.ts', {
    'src/number/rational.ts': uses('../tensor/algebra.ts'),
  }],
  ['arrow-phi: src/phi/dense.ts → src/fold/bptt.ts', { 'src/phi/dense.ts': uses('../fold/bptt.ts') }],
  ['arrow-phi: src/phi/type.ts → src/fold/type.ts', {
    'src/fold/type.ts': 'export type T = 1\n',
    'src/phi/type.ts': "import type { T } from '../fold/type.ts'\nexport type U = T\n",
  }],
  ['arrow-fold: src/fold/later.ts → src/theorem.ts', {
    'src/fold/later.ts': "export const f = () => import('../theorem.ts')\n",
  }],
  ['arrow-index: src/index.ts → src/law/law.ts', { 'src/index.ts': uses('./law/law.ts') }],
  ['autograd-free: src/fold/estimator.ts → src/number/dual.ts', { 'src/fold/estimator.ts': uses('../number/dual.ts') }],
  ['autograd-free: src/cost/indirect.ts → src/number/dual.ts', { 'src/cost/indirect.ts': uses('../tensor/lift.ts') }],
  ['no-cycle: src/phi/a.ts → src/phi/b.ts', { 'src/phi/a.ts': uses('./b.ts'), 'src/phi/b.ts': uses('./a.ts') }],
  ['src-stands-alone: src/learn/test.ts → properties/help.ts', {
    'properties/help.ts': one,
    'src/learn/test.ts': uses('../../properties/help.ts'),
  }],
  ['fast-check-in-law: src/fold/random.ts → fast-check', {
    'src/fold/random.ts': "import fc from 'fast-check'\nexport const f = fc\n",
  }],
  ['ndarray-in-reference: src/tensor/simd.ts → ndarray', {
    'src/tensor/simd.ts': "import nd from 'ndarray'\nexport const f = nd\n",
  }],
  ['node-in-cli: src/data/file.ts → fs', { 'src/data/file.ts': "export { readFileSync } from 'node:fs'\n" }],
  ['resolvable: src/data/lost.ts → ./nowhere.ts', { 'src/data/lost.ts': uses('./nowhere.ts') }],
  // Written at the start of a line, as an import is, and yet invisible to the tool: stands for a tool gone blind.
  ['not-seen: src/phi/unseen.ts → src/phi/phi.ts', {
    'src/phi/unseen.ts': `/*\nimport { one } from './phi.ts'\n*/\n${one}`,
  }],
  ['no-layer: src/misc/odd.ts', { 'src/misc/odd.ts': one }],
]

describe('arrows', () => {
  it('the checkout has none that is forbidden', () => {
    const { status, problems, summary } = arrows(root)
    expect(problems).toEqual([])
    expect(status).toBe(0)
    expect(summary).toMatch(/^arrows: [1-9]\d* source files, [1-9]\d* modules, [1-9]\d* dependencies, .* 0 violations$/)
  })

  it('a sound tree passes, and everything in it is counted', () => {
    const { status, problems, summary } = arrows(tree('sound', sound))
    expect(problems).toEqual([])
    expect(summary).toMatch(/^arrows: 10 source files, 11 modules, 11 dependencies, /)
    expect(status).toBe(0)
  })

  it('every forbidden arrow is reported by name', () => {
    const folder = tree('wrong', wrong.reduce((all, [, files]) => ({ ...all, ...files }), sound))
    const { status, problems } = arrows(folder)
    expect(status).toBe(1)
    for (const [line] of wrong) expect(problems.filter((problem) => problem.startsWith(line))).not.toEqual([])
  })

  it('an empty tree fails instead of passing for lack of evidence', () => {
    const { status, problems } = arrows(tree('empty', { 'src/readme.txt': '' }))
    expect(status).toBe(1)
    expect(problems).toEqual(['not-seen: src holds no TypeScript file'])
  })
})
