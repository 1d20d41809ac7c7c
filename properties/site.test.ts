/**
 * The documentation site without a browser: formulas of all pages, anchors, contents, records, charts. What needs a browser is in
 * properties/browser.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import temml from 'temml'
import { describe, expect, test } from 'vitest'
import { outlined } from '../docs/.vitepress/inline-scripts.ts'
import { anchorOf } from '../docs/.vitepress/markdown/anchor.ts'
import { displayTex, pieces, tex } from '../docs/.vitepress/markdown/formula.ts'
import { chartOf, extentOf } from '../docs/.vitepress/playground/model/chart.ts'
import { escaped, shown } from '../docs/.vitepress/playground/model/markup.ts'
import { summaryOf } from '../docs/.vitepress/results/figures.ts'
import { resultsOf, sizeOf, stemOf } from '../docs/.vitepress/results/reading.ts'
import { inOrder, shownOf } from '../docs/.vitepress/results/records.ts'
import { isNumeric, valueText, words } from '../docs/.vitepress/results/shape.ts'
import { headingOf, sidebarOf } from '../docs/.vitepress/sidebar.ts'

const docs = fileURLToPath(new URL('../docs', import.meta.url))
/** Written by hand: those of the API reference are made by one program. */
const pages = ['', 'results/'].flatMap((folder) => readdirSync(join(docs, folder)).filter((name) => name.endsWith('.md')).map((name) => `${folder}${name}`)).sort()
const textOf = (page: string): string => readFileSync(join(docs, page), 'utf8')

/** Indented blocks outside of fences: the formulas of a page. */
const blocksOf = (text: string): readonly string[] =>
  text.replace(/^```[^]*?^```/gm, '').split(/\n(?! {4})/).map((part) => part.split('\n').filter((line) => /^ {4,}\S/.test(line)).join('\n')).filter((block) => block !== '')

describe('formulas', () => {
  test('there are some', () => {
    expect(pages.flatMap((page) => blocksOf(textOf(page))).length).toBeGreaterThan(20)
  })

  test.each(pages)('all of %s can be set', (page) => {
    blocksOf(textOf(page)).forEach((block) => {
      const mathml = temml.renderToString(displayTex(block), { displayMode: true, throwOnError: true })
      expect(mathml).toMatch(/^<math/)
      expect(mathml).not.toContain('temml-error')
    })
  })

  test('indices, primes, transposes, fractions, words', () => {
    expect(tex('s^β_{t+1}')).toBe('s^{\\beta }_{t+1}')
    expect(tex('(Jᵀ)ᵗ g')).toBe('(J^{\\top })^{t} g')
    expect(tex('ρ″(s)')).toBe("\\rho ''(s)")
    expect(tex('W̃ ŷ')).toBe('\\tilde{W} \\hat y')
    expect(tex('∂²Ψ/∂θ∂u', true)).toBe('\\frac{\\partial ^{2}\\Psi }{\\partial \\theta \\partial u}')
    expect(tex('∂F/∂s')).toBe('\\partial F/\\partial s')
    expect(tex('v at a')).toBe('v \\text{ at } a')
    expect(tex('Σ_batch softmax(z)')).toBe('\\sum _{\\text{batch}} \\operatorname{softmax}(z)')
    expect(displayTex('    a   = b\n    c   = (∂F/∂s)ᵀ v     t = 0')).toBe(
      '\\begin{aligned}a &= b \\\\ c &= \\left(\\frac{\\partial F}{\\partial s}\\right)^{\\top } v \\qquad t = 0\\end{aligned}')
    expect(displayTex('    r = √( x / y )')).toContain('\\sqrt { x / y }')
    expect(displayTex('    a = b for all t, centered.')).toMatch(/\\text\{ centered\}\.\\end/)
  })

  test('a sign that is not known stops the build, with its name', () => {
    expect(() => tex('a ⊕ b')).toThrow('formula: expected a known sign, got "⊕" (U+2295)')
  })

  test('indices in the text, and only those', () => {
    expect(pieces('from s^β_{t+1} = s* + δ_t')).toEqual([
      'from ', { base: 's', above: 'β', below: 't+1' }, ' = s* + ', { base: 'δ', above: undefined, below: 't' },
    ])
    expect(pieces('fan_in and snake_case, u^{1/3}')).toEqual(['fan_in and snake_case, ', { base: 'u', above: '1/3', below: undefined }])
    fc.assert(fc.property(fc.string(), (text) => {
      const plain = text.replaceAll(/[\^_]/g, '')
      expect(pieces(plain).map((piece) => (typeof piece === 'string' ? piece : '?')).join('')).toBe(plain)
    }))
  })
})

describe('pages', () => {
  test('anchors are those of GitHub', () => {
    expect(anchorOf('9. Finite β')).toBe('9-finite-β')
    expect(anchorOf('Inner nudge: exact')).toBe('inner-nudge-exact')
    expect(anchorOf('`npx phifold` & co.')).toBe('npx-phifold--co')
  })

  test('the contents name every page, once', () => {
    const linksOf = (items: ReturnType<typeof sidebarOf>): readonly string[] => items.flatMap(({ link, items: inner = [] }) => [...(link === undefined ? [] : [link]), ...linksOf(inner)])
    const links = linksOf(sidebarOf(docs)).filter((link) => !link.startsWith('/api'))
    expect([...links].sort()).toEqual(pages.map((page) => (page === 'index.md' ? '/' : `/${page.slice(0, -3)}`)).sort())
  })

  test('pages of the API reference are found as they lie there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'phifold-contents-'))
    mkdirSync(join(folder, 'api', 'functions'), { recursive: true })
    writeFileSync(join(folder, 'api', 'zeta.md'), '# `zeta`\n')
    writeFileSync(join(folder, 'api', 'index.md'), 'no heading')
    writeFileSync(join(folder, 'api', 'functions', 'alpha.md'), '# Function: alpha()\n')
    const api = sidebarOf(folder).at(-1)
    rmSync(folder, { recursive: true, force: true })
    expect(api).toMatchObject({ text: 'API reference', items: [
      { text: 'Overview', link: '/api/index' }, { text: 'functions', items: [{ text: 'Function: alpha()', link: '/api/functions/alpha' }] }, { text: 'zeta', link: '/api/zeta' },
    ] })
    expect(headingOf('text\n# A *heading*\n', 'name')).toBe('A heading')
  })

  test('scripts in a page become files; references stay', () => {
    const { html, files } = outlined('<head><script id="a">let x = 1</script><script src="/b.js"></script><script type="module" src="c.js"></script></head>', '/assets/')
    expect(html).toMatch(/^<head><script src="\/assets\/inline\.[0-9a-f]{10}\.js"><\/script><script src="\/b\.js"><\/script><script type="module" src="c\.js"><\/script><\/head>$/)
    expect([...files.values()]).toEqual(['let x = 1'])
  })
})

describe('records', () => {
  const estimates = [
    { estimate: 'one-sided', beta: 0.01, agreements: { s1: { rmse: 0.01234567 }, W1: { rmse: 0.2 } } }, { estimate: 'one-sided', beta: 0.001, agreements: { s1: { rmse: 0.0012 } } },
    { estimate: 'centered', beta: 0.01, agreements: { s1: { rmse: 3e-5 } } }, { estimate: 'limit', beta: 0, agreements: { s1: { rmse: 1.5e-15 } } },
  ]
  const figure = {
    format: 'phifold-figure-1', figure: 2, title: 'Toy', version: '0.1.0', seed: 3, hyperparameters: { K: 80, beta: 0.01, sizes: [5, 50, 10] },
    runs: [{ name: 'EP', note: 'exact', settled: { steps: 30, residual: 1.23e-16 }, estimates }],
  }
  test('of a figure: a table of each run, its facts in groups', () => {
    expect(shownOf('figure-2', figure)).toEqual({
      stem: 'figure-2', title: 'Figure 2: Toy', about: '5-50-10',
      tables: [{
        caption: 'EP: relative rmse of EP against −BPTT, mean over the entries', note: 'Exact. After 30 steps of the free phase the state moves by 1.2e-16 a step',
        header: ['quantity', 'one-sided, β = 0.01', 'one-sided, β = 0.001', 'centered, ±0.01', 'limit, β → 0'],
        rows: [['s1', '0.012', '1.2e-3', '3e-5', '1.5e-15'], ['W1', '0.2', '–', '–', '–']],
      }],
      groups: [{ name: '', facts: [['version', '0.1.0'], ['seed', '3']] }, { name: 'hyperparameters', facts: [['K', '80'], ['beta', '0.01'], ['sizes', '5, 50, 10']] }],
    })
  })

  test('of figures together: the largest rmse of each run', () => {
    expect(summaryOf([figure, { format: 'other' }])).toMatchObject({
      header: ['figure', 'setting', 'rmse, β', 'rmse, β/10', 'rmse, ±β', 'rmse, β → 0', 'β =', 'network'],
      rows: [['2', 'EP', '0.2', '1.2e-3', '3e-5', '1.5e-15', '0.01', '5-50-10']],
    })
  })

  test('of bars: a table of each panel', () => {
    const bars = { format: 'phifold-bars-1', figure: 3, title: 'Bars', of: [8, 9], panels: [{ title: 'EB-1h', groups: [{ name: 's1', bars: [{ series: 'β', value: 0.0123, spread: 0.004 }] }, { name: 's2', bars: [] }] }] }
    expect(shownOf('figure-3', bars)).toMatchObject({
      title: 'Figure 3: Bars', tables: [{ header: ['quantity', 'β'], rows: [['s1', '0.012 ± 4e-3'], ['s2', '–']] }], groups: [{ name: '', facts: [['of', '8, 9']] }],
    })
  })

  test('of any other kind, by its shape: single values, lists, rows, rows within rows', () => {
    expect(shownOf('table-1', { title: 'Table 1', machine: { cpu: 'x' }, rows: [{ name: 'P-1h', testError: 0.02 }, { name: 'EB-1h', epochs: 30, steps: [{ T: 1 }, { T: 2 }] }] })).toEqual({
      stem: 'table-1', title: 'Table 1', about: '', groups: [{ name: 'machine', facts: [['cpu', 'x']] }],
      tables: [
        { caption: 'rows', note: '', header: ['name', 'test error', 'epochs'], rows: [['P-1h', '0.02', '–'], ['EB-1h', '–', '30']] },
        { caption: 'rows, EB-1h, steps', note: '', header: ['T'], rows: [['1'], ['2']] },
      ],
    })
    expect(shownOf('training/p-1h', { data: { parts: [{ n: 1 }], synthetic: false } })).toMatchObject({
      title: 'Training p 1h', tables: [{ caption: 'data, parts', rows: [['1']] }], groups: [{ name: 'data', facts: [['synthetic', 'no']] }],
    })
    expect(shownOf('performance', [{ name: 'step', medianMs: 1.23456 }])).toMatchObject({ title: 'Performance', tables: [{ header: ['name', 'median ms'], rows: [['step', '1.235']] }] })
    expect(shownOf('list', [1, 2])).toBeUndefined()
    expect([1234.5678, 30000, null, [], 1e-7].map(valueText)).toEqual(['1235', '30000', '–', '–', '1e-7'])
    expect(['testError', 'T', 'dt', 'samplesRepeatAt', 'p10Ms'].map(words)).toEqual(['test error', 'T', 'dt', 'samples repeat at', 'p10 ms'])
    expect([['1', '–', '2.5e-7', '-3'], ['0.1 ± 2e-3'], ['–'], ['1', '784-10'], ['1 of 2']].map(isNumeric)).toEqual([true, true, false, false, false])
  })

  test('no value of any record is shown as the name of its kind, or lost', () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (record) => {
      expect(JSON.stringify(shownOf('any', record))).not.toContain('[object Object]')
    }))
    fc.assert(fc.property(fc.string({ minLength: 3 }), fc.array(fc.constantFrom('row', 'fields', 'rows'), { maxLength: 4 }), (value, around) => {
      const wrapped = around.reduce<unknown>((inner, kind) => (kind === 'fields' ? { inner } : [{ inner }]), [{ value }])
      expect(JSON.stringify(shownOf('any', { wrapped }))).toContain(JSON.stringify(value))
    }))
  })

  test('stand in the order in which they are looked for: figures, tables, the rest', () => {
    const stems = ['performance', 'figure-10', 'training/p-1h', 'table-1', 'figure-2'].map((stem) => ({ stem }))
    expect(inOrder(stems).map(({ stem }) => stem)).toEqual(['figure-2', 'figure-10', 'table-1', 'performance', 'training/p-1h'])
  })

  const committed = readdirSync(join(docs, 'results'), { recursive: true, encoding: 'utf8' }).filter((name) => /\.(json|svg)$/.test(name)).map((name) => join(docs, 'results', name))
  test('that are committed: every figure of the paper has its picture, and nothing names a place on somebody’s machine', () => {
    const { records, pictures, summary } = resultsOf(committed)
    expect(records.map(({ stem }) => stem)).toEqual(expect.arrayContaining([2, 3, 4, 8, 9, 10, 11, 12, 13, 16].map((n) => `figure-${n}`)))
    records.filter(({ stem }) => stem.startsWith('figure-')).forEach(({ stem }) => { expect(pictures.filter((picture) => picture.stem === stem), stem).toHaveLength(1) })
    pictures.forEach(({ stem, width, height }) => { expect(Math.min(width, height), stem).toBeGreaterThan(100) })
    // Figures 2, 4, 8 … 13; those with both nudges twice.
    expect(summary.rows).toHaveLength(8 + 4)
    committed.forEach((path) => { expect(readFileSync(path, 'utf8'), path).not.toMatch(/(?<![\w.>])\.{0,2}\/(?:home|Users|tmp|root|work|mnt|data|shared)\/|[A-Z]:\\\\/) })
  })

  test('names and sizes of files', () => {
    expect(stemOf('/a/results/docs/results/training/p-1h.json')).toBe('training/p-1h')
    expect(sizeOf('<svg xmlns="x" class="marks" width="796" height="749.5" viewBox="0 0 1 1">')).toEqual({ width: 796, height: 749.5 })
    expect(sizeOf('<svg viewBox="0 0 1 1">')).toBeUndefined()
  })
})

describe('charts', () => {
  const line = { colour: 0, stroke: 'solid', x: [0, 1, 2], y: [0, NaN, 4] } as const
  const chart = { description: 'a "b" <c>', width: 300, height: 200, x: { label: 'x', scale: 'linear' }, y: { label: '', scale: 'linear' }, lines: [line] } as const
  test('have words, and no number that cannot be drawn', () => {
    const svg = chartOf(chart, 'id')
    expect(svg).toContain('aria-label="a &quot;b&quot; &lt;c&gt;"')
    expect(svg).not.toContain('NaN')
    fc.assert(fc.property(fc.array(fc.double(), { maxLength: 20 }), fc.constantFrom('linear' as const, 'log' as const), (y, scale) => {
      expect(chartOf({ ...chart, y: { label: 'y', scale }, lines: [{ ...line, x: y.map((_, i) => i), y }] }, 'id')).not.toMatch(/NaN|Infinity/)
    }))
  })

  test('have axes that are not empty', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true })), fc.constantFrom('linear' as const, 'log' as const), (values, scale) => {
      const [low, high] = extentOf({ label: '', scale }, values)
      expect(low).toBeLessThan(high)
    }))
  })

  test('numbers for people', () => {
    expect([0, 1, 0.01234, 12345678, 3.2e-15, -0.5, NaN].map((x) => shown(x))).toEqual(['0', '1', '0.0123', '1.23e7', '3.2e-15', '-0.5', 'NaN'])
    fc.assert(fc.property(fc.string(), (text) => { expect(escaped(text)).not.toMatch(/[<>"]/) }))
  })
})
