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
import { shownOf, valueText } from '../docs/.vitepress/results/records.ts'
import { headingOf, sidebarOf } from '../docs/.vitepress/sidebar.ts'

const docs = fileURLToPath(new URL('../docs', import.meta.url))
const pages = readdirSync(docs).filter((name) => name.endsWith('.md')).sort()
const textOf = (page: string): string => readFileSync(join(docs, page), 'utf8')

/** Indented blocks outside of fences: the formulas of a page. */
const blocksOf = (text: string): readonly string[] =>
  text.replace(/^```[^]*?^```/gm, '').split(/\n(?! {4})/).map((part) => part.split('\n').filter((line) => /^ {4}\S| {5,}\S/.test(line)).join('\n')).filter((block) => block !== '')

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
    const results = readdirSync(join(docs, 'results')).filter((name) => name.endsWith('.md')).map((name) => `results/${name}`)
    expect([...links].sort()).toEqual([...pages, ...results].map((page) => (page === 'index.md' ? '/' : `/${page.slice(0, -3)}`)).sort())
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
  const figure = {
    format: 'phifold-figure-1', figure: 2, title: 'Toy', version: '0.1.0', seed: 3, hyperparameters: { K: 80, sizes: [5, 50, 10] },
    runs: [{ name: 'EP', estimates: [
      { estimate: 'one-sided', beta: 0.01, agreements: { s1: { rmse: 0.01234567 } } }, { estimate: 'limit', beta: 0, agreements: { s1: { rmse: 1.5e-15 } } },
    ] }],
  }
  test('of a figure', () => {
    expect(shownOf('figure-2', figure)).toEqual({
      stem: 'figure-2', title: 'Figure 2: Toy',
      tables: [{ caption: 'EP: mean relative rmse of EP against −BPTT', header: ['quantity', 'one-sided, β = 0.01', 'limit β → 0'], rows: [['s1', '0.01235', '1.5e-15']] }],
      facts: [['version', '0.1.0'], ['seed', '3'], ['hyperparameters k', '80'], ['hyperparameters sizes', '5, 50, 10']],
    })
  })

  test('of any other kind: single values and lists', () => {
    expect(shownOf('table-1', { title: 'Table 1', machine: { cpu: 'x' }, rows: [{ name: 'P-1h', testError: 0.02 }, { name: 'EB-1h', epochs: 30 }] })).toEqual({
      stem: 'table-1', title: 'Table 1', facts: [['machine cpu', 'x']],
      tables: [{ caption: 'rows', header: ['name', 'test error', 'epochs'], rows: [['P-1h', '0.02', '–'], ['EB-1h', '–', '30']] }],
    })
    expect(shownOf('list', [1, 2])).toBeUndefined()
    expect(valueText(1234.5678)).toBe('1235')
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
