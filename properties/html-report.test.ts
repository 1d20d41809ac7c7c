/** The page about a folder of results: what is on it, that nothing on it can act or fetch, and what is refused. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { answer } from '../src/cli/answer.ts'
import { outputFirst } from '../src/experiment/label.ts'
import type { AnyRecord, BarsRecord, FigureRecord } from '../src/experiment/record.ts'
import { decodeRecord, recordSchema } from '../src/experiment/record-schema.ts'
import { resultsPage } from '../src/experiment/results-page.ts'
import { anchorOf, type Result } from '../src/experiment/results-section.ts'
import { settlingOf } from '../src/experiment/settling.ts'
import { barFigure } from '../src/report/bar-figure.ts'
import { inlineSvg } from '../src/report/inline-svg.ts'
import { html, trusted } from '../src/report/markup.ts'
import { pageStyle } from '../src/report/page-style.ts'
import { svgOf } from '../src/report/svg.ts'

const agreement = { rmse: 0.00123, spread: 0.00045, worst: 0.0067, scale: 0.89 }
const curves = (more: Partial<FigureRecord> = {}): FigureRecord => ({
  format: 'phifold-figure-1',
  figure: 2, title: 'Toy network', cites: 'Ernoult et al. 2019, Figure 2', network: 'toy network', version: '0.1.0', interpreter: 'reference',
  variant: [], seed: 20190532,
  hyperparameters: { sizes: [5, 50, 10], activation: 'tanh', dt: 0.08, beta: 0.01, nudge: 0.0008, T: 5000, K: 80, batch: 1, clamped: false },
  data: { origin: '3 digits', synthetic: false, indices: [4, 7, 9], labels: [1, 2, 3], replaced: [{ index: 31, label: 5, residual: 0.0123 }] },
  runs: [{
    name: 'energy-based', note: 'F is a gradient',
    settled: { steps: 5000, residual: 0, repeatedAt: 1024, period: 1, samplesRepeatAt: [1024] },
    estimates: [
      { estimate: 'one-sided', beta: 0.01, agreements: { s1: agreement, s2: { ...agreement, rmse: 0.00456 } } },
      { estimate: 'limit', beta: 0, agreements: { s1: { ...agreement, rmse: 2.5e-15 }, s2: { ...agreement, rmse: 3.5e-15 } } },
    ],
  }],
  timings: { freePhase: 1.5, folds: 2.5, total: 4.25 },
  machine: { node: 'v20.20.2', platform: 'linux x64', cpu: 'a processor' },
  ...more,
})
const bars: BarsRecord = {
  format: 'phifold-bars-1', figure: 3, title: 'Layer by layer', subtitle: 'small is good', cites: 'Ernoult et al. 2019, Figure 3', version: '0.1.0', of: [2],
  panels: [{ title: 'toy', groups: [{ name: 's1', bars: [{ series: 'one-sided', value: 0.0078, spread: 0.0012 }] }, { name: 's2', bars: [] }] }],
}
const picture = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1" class="marks" width="10" height="10" viewBox="0 0 10 10">' +
  '<defs><clipPath id="clip0"><rect width="5" height="5"/></clipPath></defs><g clip-path="url(#clip0)" aria-label="x"><text>1 &lt; 2</text></g></svg>'

const resultOf = (record: AnyRecord, svg: string | undefined = picture): Result =>
  ({ stem: `figure-${record.figure}`, record, svg, files: [`figure-${record.figure}.json`] })

const voids = new Set(['meta', 'br'])

/** An independent look at a page: tags that do not close, ids that occur twice, references that lead nowhere or outside. */
const faultsOf = (page: string): readonly string[] => {
  const faults: string[] = []
  const open: string[] = []
  const ids: string[] = []
  const body = page.replace(/^<!doctype html>/, '').replace(/<style>[^<]*<\/style>/, '')
  for (const [tag, slash, name = '', attributes = '', selfClosing] of body.matchAll(/<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z:-]+[0-9]?="[^"]*")*)\s*(\/?)>|<[^]{0,30}/g)) {
    if (name === '') faults.push(`no tag: ${tag}`)
    else if (slash === '/') { if (open.pop() !== name) faults.push(`closes nothing: ${tag}`) }
    else if (selfClosing !== '/' && !voids.has(name)) open.push(name)
    if (['script', 'link', 'iframe', 'img', 'object', 'embed', 'image', 'use', 'foreignObject', 'base', 'form'].includes(name)) faults.push(`not wanted: ${tag}`)
    for (const [, key = '', value = ''] of attributes.matchAll(/([a-zA-Z:-]+[0-9]?)="([^"]*)"/g)) {
      if (key === 'id') ids.push(value)
      if (/^on/.test(key) || key === 'src' || key === 'style') faults.push(`not wanted: ${tag}`)
      if (key === 'href' && !value.startsWith('#')) faults.push(`leads outside: ${tag}`)
    }
  }
  if (open.length > 0) faults.push(`left open: ${open.join()}`)
  faults.push(...ids.filter((id, i) => ids.indexOf(id) < i).map((id) => `id twice: ${id}`))
  const wanted = [...page.matchAll(/(?: href="#|aria-labelledby="|url\(#)([^")]+)/g)].map(([, id = '']) => id)
  faults.push(...wanted.filter((id) => !ids.includes(id)).map((id) => `no such id: ${id}`))
  if (/https?:|@import|\/\/[a-z]/i.test(page)) faults.push('an address')
  return faults
}

describe('the page', () => {
  const all: readonly Result[] = [
    resultOf(curves({ figure: 11, title: 'Eleventh', data: { origin: '20 digits', synthetic: true, indices: [], labels: [], replaced: [] }, timings: null, machine: null })),
    resultOf(curves()), resultOf(bars), resultOf(curves({ figure: 'departures', title: 'Named', variant: ['clamped states'], version: '0.2.0' })),
  ]
  const page = resultsPage(all, '0.1.0')

  it('is sound: tags closed, ids unique, references within, no address, no script; the check can fail', () => {
    expect(faultsOf(page)).toEqual([])
    for (const bad of ['<p>', '</p>', '<p id="main"></p>', '<a href="x"></a>', '<a href="#none"></a>', '<script></script>', '<p onclick="x"></p>', 'http://a', '<p'])
      expect(faultsOf(page.replace('</main>', `${bad}</main>`)), bad).not.toEqual([])
  })

  it('has a section, a picture and a table for each record, by number and then by name', () => {
    expect(Array.from(page.matchAll(/<section id="([^"]*)"/g), ([, id]) => id))
      .toEqual(['summary', 'figure-2', 'figure-3', 'figure-11', 'figure-departures', 'reading'])
    expect(page.match(/<svg role="img" aria-label="[^"]+"/g)).toHaveLength(4)
    expect(page.match(/<caption>/g)).toHaveLength(page.match(/<table/g)?.length ?? NaN)
    expect(page.match(/<h1>/g)).toHaveLength(1)
    for (const { record } of all) expect(page.split(record.title).length).toBeGreaterThan(3)
  })

  it('says every number of a record', () => {
    for (const text of ['5-50-10', 'tanh', '8.00e-4 times', '5000', '20190532', '4, 7, 9', '1, 2, 3', 'reference', '4.25 s', '1.50 s', '2.50 s', 'a processor', 'v20.20.2',
      '1.2e-3 ± 4.5e-4', '6.7e-3', '0.890', '2.5e-15 to 3.5e-15', '1.2e-3 to 4.6e-3', 'one-sided, β = 0.01', 'limit, β → 0', 'bit for bit from step 1024', '31 (moves by 0.012)',
      '7.8e-3 ± 1.2e-3', 'clamped states', 'not recorded', 'phifold 0.1.0, 0.2.0'])
      expect(page).toContain(text)
  })

  it('lists quantities output first', () => {
    expect(outputFirst(['s1', 'W1', 'b2', 'Wx2', 's2', 's10', 'b1', 'W2', 'other'])).toEqual(['s10', 's2', 's1', 'W2', 'W1', 'Wx2', 'b2', 'b1', 'other'])
    expect(page.indexOf('<th scope="row">s2<')).toBeLessThan(page.indexOf('<th scope="row">s1<'))
  })

  it('marks synthetic data, on top and beside the figure, and only there', () => {
    expect(page.match(/SYNTHETIC data/g)).toHaveLength(3)
    expect(page).toMatch(/<strong>Synthetic data\.<\/strong>[^<]*Figure 11\./)
    expect(resultsPage([resultOf(curves())], '0.1.0')).not.toMatch(/synthetic data/i)
  })

  it('says where a free phase did not settle', () => {
    const [run] = curves().runs
    if (run === undefined) throw new Error('no run')
    const settled = { steps: 9, residual: 1e-3, repeatedAt: null, period: null, samplesRepeatAt: [7, null] }
    const nudged = { hyperparameters: { ...curves().hyperparameters, nudge: 0.01 } }
    expect(settlingOf(nudged, { ...run, settled })).toMatchObject({ verdict: 'not settled', says: expect.stringContaining('adds 0.10') as string })
    expect(settlingOf(nudged, { ...run, settled: { ...settled, residual: 1e-9 } })).toMatchObject({ verdict: 'settled' })
    expect(settlingOf(nudged, run)).toMatchObject({ verdict: 'exactly' })
    expect(resultsPage([resultOf(curves({ runs: [{ ...run, settled }] }))], '0')).toContain('NOT settled')
  })

  it('says from which step the state, or as many samples as do, repeat bit for bit', () => {
    const [run] = curves().runs
    if (run === undefined) throw new Error('no run')
    const cell = (settled: Partial<typeof run.settled>): string => {
      const shown = resultsPage([resultOf(curves({ runs: [{ ...run, settled: { ...run.settled, ...settled } }] }))], '0')
      return /yes(?:, exactly)?<\/td><td>(.*?)<\/td>/.exec(shown)?.[1]?.replace(/<[^>]*>/g, '') ?? ''
    }
    expect(cell({})).toBe('1024')
    expect(cell({ repeatedAt: 829, period: 2 })).toBe('829 (period 2)')
    expect(cell({ repeatedAt: null, period: null, samplesRepeatAt: [null, null] })).toBe('not seen')
    expect(cell({ repeatedAt: null, period: null, samplesRepeatAt: [29792, null, 15458] })).toBe('15458 to 29792 (2 of 3 samples)')
    expect(cell({ repeatedAt: null, period: null, samplesRepeatAt: [null, 88] })).toBe('88 (1 of 2 samples)')
  })

  it('is the same for the same records in any order', () => {
    expect(resultsPage([...all].reverse(), '0.1.0')).toBe(page)
  })

  it('shows hostile texts as texts, wherever they stand', () => {
    const hostile = '"\'><script>alert(1)</script>&<img src=x onerror=y>\u0000'
    const { hyperparameters, data, runs: [run] } = curves()
    if (run === undefined) throw new Error('no run')
    const [estimate] = run.estimates
    if (estimate === undefined) throw new Error('no estimate')
    const bad = curves({
      figure: hostile, title: hostile, cites: hostile, network: hostile, version: hostile, interpreter: hostile, variant: [hostile],
      hyperparameters: { ...hyperparameters, activation: hostile }, data: { ...data, origin: hostile },
      runs: [{ ...run, name: hostile, note: hostile, estimates: [{ ...estimate, agreements: { [hostile]: agreement } }] }],
      machine: { node: hostile, platform: hostile, cpu: hostile },
    })
    const badBars: BarsRecord = { ...bars, title: hostile, panels: [{ title: hostile, groups: [{ name: hostile, bars: [{ series: hostile, value: 1, spread: 0 }] }] }] }
    const shown = resultsPage([{ ...resultOf(bad), stem: `figure-${hostile}`, files: [hostile] }, resultOf(badBars)], hostile)
    expect(faultsOf(shown)).toEqual([])
    expect(shown).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(shown).not.toContain('\u0000')
  })

  it('keeps ids apart, whatever files and pictures call theirs', () => {
    const titled = picture.replaceAll('clip0', 'title')
    const stems = ['figure-2', 'figure-2-title', 'figure-2_title', 'figure-2.title']
    expect(faultsOf(resultsPage(stems.map((stem) => ({ ...resultOf(curves(), titled), stem })), '0'))).toEqual([])
  })

  it('gives anchors that differ where stems do', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
      expect(anchorOf(a)).toMatch(/^[\w-]*$/)
      expect(anchorOf(a) === anchorOf(b)).toBe(a === b)
    }))
  })
})

describe('the style', () => {
  /** Contrast of WCAG 2.1, from #rgb or #rrggbb. */
  const contrast = (a: string, b: string): number => {
    const luminance = (hex: string): number => {
      const full = hex.length === 4 ? hex.replace(/[0-9a-f]/gi, '$&$&') : hex
      const [r = NaN, g = NaN, blue = NaN] = [1, 3, 5].map((i) => parseInt(full.slice(i, i + 2), 16) / 255)
        .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
      return 0.2126 * r + 0.7152 * g + 0.0722 * blue
    }
    const [dark = NaN, light = NaN] = [luminance(a), luminance(b)].sort((p, q) => p - q)
    return (light + 0.05) / (dark + 0.05)
  }

  it('has a contrast of 4.5:1 for every text on its background, light and dark', () => {
    const schemes = Array.from(pageStyle.matchAll(/:root \{([^}]*)\}/g), ([, text = '']) =>
      Object.fromEntries(Array.from(text.matchAll(/--([a-z-]+): (#[0-9a-f]+)/g), ([, name = '', colour = '']) => [name, colour])))
    expect(schemes).toHaveLength(2)
    for (const { ink = '', soft = '', link = '', warn = '', paper = '', shade = '', 'warn-shade': warnShade = '' } of schemes) {
      for (const text of [ink, soft, link, warn]) expect(contrast(text, paper)).toBeGreaterThanOrEqual(4.5)
      expect(contrast(ink, shade)).toBeGreaterThanOrEqual(4.5)
      expect(contrast(ink, warnShade)).toBeGreaterThanOrEqual(4.5)
    }
    expect(contrast('#888', '#fff')).toBeLessThan(4.5)
  })
})

describe('markup', () => {
  it('escapes any text and lets markup through', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { text: made } = html`<p title="${text}">${text}${trusted('<br>')}</p>`
      expect(made).toMatch(/^<p title="[^<>"']*">[^<>"']*<br><\/p>$/)
    }))
  })
})

describe('a picture', () => {
  const inline = (svg: string) => inlineSvg(svg, { prefix: 'a-', label: 'the "label" $&' })

  it('is let through with its ids renamed, without namespaces, as one labelled image', () => {
    const made = inline(`<?xml version="1.0"?>\n<!-- drawn -->\n${picture}\n`)
    expect(E.isRight(made) && made.right.text).toBe('<svg role="img" aria-label="the &quot;label&quot; $&amp;" width="10" height="10" viewBox="0 0 10 10">' +
      '<defs><clipPath id="a-clip0"><rect width="5" height="5"/></clipPath></defs><g clip-path="url(#a-clip0)"><text>1 &lt; 2</text></g></svg>')
  })

  it('of ours is let through whole', async () => {
    const chart = barFigure({
      title: 'a <b>', subtitle: '', yTitle: 'y', scale: 'log', whiskersMean: 'w', columns: 1, series: [{ name: 'one' }],
      panels: [{ title: 'p', groups: [{ name: 's1', bars: [{ series: 'one', value: 1e-3, spread: 1e-4 }] }] }],
    })
    if (E.isLeft(chart)) throw new Error(chart.left.message)
    const svg = await svgOf(chart.right)
    if (E.isLeft(svg)) throw new Error(svg.left.message)
    const made = inline(svg.right)
    if (E.isLeft(made)) throw new Error(made.left.message)
    const shapes = (text: string) => text.match(/<(path|line|text|rect|tspan)\b/g)
    expect(shapes(made.right.text)).toEqual(shapes(svg.right))
  })

  it('that could act or fetch, or is none, is refused with a line', () => {
    const inside = (content: string): string => `<svg xmlns="x">${content}</svg>`
    const bad = [
      '', 'no picture', '<svg>', '<svg/>', '</svg>', '<svg></svg><svg>', '<svg></svg><svg></svg>', '<svg></g></svg>', '<g></g>', '<svg></svg>text', '<svg><svg></svg></svg>', inside('<g>'),
      inside('<script>alert(1)</script>'), inside('<style>*{}</style>'), inside('<foreignObject></foreignObject>'), inside('<image width="1"/>'),
      inside('<a href="#x"></a>'), inside('<use href="#x"/>'), inside('<p></p>'), inside('<title>t</title>'), inside('<animate/>'),
      inside('<g onload="x"/>'), inside('<g style="fill:red"/>'), inside('<g fill="url(http://x/#a)"/>'), inside('<g fill="\\75rl(x)"/>'), inside('<g fill="u&#114;l(x)"/>'),
      inside("<g fill='red'/>"), inside('<g fill=red />'), inside('<g id="a b"/>'), inside('<![CDATA[x]]>'), '<!DOCTYPE svg [<!ENTITY a "b">]><svg></svg>', inside('</g fill="red">'),
    ]
    for (const svg of bad) {
      const made = inline(svg)
      if (E.isRight(made)) throw new Error(`accepted ${svg}`)
      expect(made.left.message).toMatch(/^expected a drawing of shapes and texts, got [^\n]*$/)
    }
    expect(resultsPage([resultOf(curves(), inside('<script>alert(1)</script>'))], '0')).toContain('figure-2.svg cannot be shown')
  })
})

describe('a record', () => {
  const faulty = (change: (json: Record<string, unknown>) => void, of: AnyRecord = curves()): string => {
    const json = JSON.parse(JSON.stringify(of)) as Record<string, unknown>
    change(json)
    return JSON.stringify(json)
  }
  const field = (json: Record<string, unknown>, name: string) => json[name] as Record<string, unknown>

  it('reads back as it was', () => {
    for (const record of [curves(), curves({ figure: 'name', timings: null, machine: null }), bars]) {
      expect(decodeRecord(JSON.stringify(record))).toEqual(E.right(record))
      expect(recordSchema.safeParse(record).success).toBe(true)
    }
  })

  it('that is malformed or foreign is refused with its field', () => {
    const faults: readonly (readonly [string, RegExp])[] = [
      ['', /^expected JSON/], ['{', /^expected JSON/], ['[]', /^expected a record/], ['null', /^expected a record/], ['7', /^expected a record/],
      ['{"format":"ep-bptt-golden-1"}', /^format: expected a record, "phifold-figure-1" or "phifold-bars-1"/], ['{}', /^format: /],
      [faulty((json) => { json['figure'] = true }), /^figure: expected a number from 0 or a name/],
      [faulty((json) => { delete json['seed'] }), /^seed: expected number, got undefined/],
      [faulty((json) => { json['extra'] = 1 }), /Unrecognized key: "extra"/],
      [faulty((json) => { json['runs'] = [] }), /^runs: /],
      [faulty((json) => { field(json, 'hyperparameters')['beta'] = 0 }), /^hyperparameters\.beta: /],
      [faulty((json) => { field(json, 'hyperparameters')['sizes'] = [5, 1.5] }), /^hyperparameters\.sizes\.1: /],
      [faulty((json) => { field(field(json, 'runs'), '0')['estimates'] = [{ estimate: 'limit', beta: 1, agreements: {} }] }), /^runs\.0\.estimates\.0\.beta: expected 0 for the limit/],
      [faulty((json) => { field(field(json, 'runs'), '0')['settled'] = { steps: 5, residual: null, repeatedAt: null, period: null } }), /^runs\.0\.settled\.residual: expected number, got null/],
      [faulty((json) => { field(field(json, 'runs'), '0')['estimates'] = [{ estimate: 'two-sided', beta: 1, agreements: {} }] }), /^runs\.0\.estimates\.0\.estimate: /],
      [faulty((json) => { json['panels'] = [] }, bars), /^panels: /],
      [faulty((json) => { json['seed'] = 1 }, bars), /Unrecognized key: "seed"/],
    ]
    for (const [text, line] of faults) {
      const decoded = decodeRecord(text)
      if (E.isRight(decoded)) throw new Error(`accepted, expected ${line}`)
      expect(decoded.left.message).toMatch(line)
      expect(decoded.left.message).not.toContain('\n')
    }
  })
})

describe('phifold report', () => {
  let dir = ''
  beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'phifold-page-')) })
  afterEach(() => { rmSync(dir, { recursive: true, force: true }) })
  const put = (name: string, content: string): void => { writeFileSync(join(dir, name), content) }

  const run = async (...args: readonly string[]): Promise<{ readonly code: number; readonly out: readonly string[]; readonly err: readonly string[] }> => {
    const [out, err]: [string[], string[]] = [[], []]
    return { code: await answer(['report', ...args], (line) => out.push(line), (line) => err.push(line)), out, err }
  }

  it('writes one page of all records of a folder, and leaves other files alone', async () => {
    put('figure-2.json', JSON.stringify(curves()))
    put('figure-2.svg', picture)
    put('figure-3.json', JSON.stringify(bars))
    put('figure-3.svg', picture)
    put('notes.json', 'no record')
    put('figures.txt', 'no record')
    expect(await run(dir)).toEqual({ code: 0, out: [join(dir, 'report.html')], err: [] })
    const page = readFileSync(join(dir, 'report.html'), 'utf8')
    expect(faultsOf(page)).toEqual([])
    expect(page).toContain('Files beside this record: figure-2.json, figure-2.svg.')
    expect(await run(dir, '--out', join(dir, 'more', 'all.html'))).toMatchObject({ code: 0 })
    expect(readFileSync(join(dir, 'more', 'all.html'), 'utf8')).toBe(page)
    expect(readdirSync(dir)).toHaveLength(8)
  })

  it('shows other reports with their pictures: recipes, comparisons, benchmarks', async () => {
    put('recipe-P-1h.json', '{}')
    put('recipe-P-1h.txt', 'P-1h: do they agree?\ndata: SYNTHETIC digits\n\nW1  94.5 <script>\n')
    put('compare-toy.json', '{}')
    put('compare-toy.txt', 'estimators, toy\n\nbptt  1.0\n')
    put('compare-toy.svg', picture)
    put('compare-alone.txt', 'without a record')
    put('recipe-silent.json', '{}')
    expect(await run(dir)).toEqual({ code: 0, out: [join(dir, 'report.html')], err: [] })
    const page = readFileSync(join(dir, 'report.html'), 'utf8')
    expect(faultsOf(page)).toEqual([])
    expect(Array.from(page.matchAll(/<section id="([^"]*)"/g), ([, id]) => id)).toEqual(['summary', 'compare-toy', 'recipe-P-1h', 'reading'])
    expect(page.match(/<svg role="img"/g)).toHaveLength(1)
    expect(page).toContain('W1  94.5 &lt;script&gt;')
    expect(page.match(/SYNTHETIC data/g)).toHaveLength(2)
    expect(page).toMatch(/<strong>Synthetic data\.<\/strong>[^<]*recipe-P-1h\./)
    expect(page).toContain('Files: compare-toy.json, compare-toy.svg, compare-toy.txt.')
  })

  it('says on the page that a picture is missing', async () => {
    put('figure-2.json', JSON.stringify(curves()))
    const { code, err } = await run(dir)
    expect({ code, err }).toEqual({ code: 0, err: ['phifold report: figure-2.svg is missing; the page says so'] })
    expect(readFileSync(join(dir, 'report.html'), 'utf8')).toContain('No picture: figure-2.svg is missing')
  })

  it('tells mistakes in one line and then writes nothing', async () => {
    const told = async (line: RegExp, ...args: readonly string[]): Promise<void> => {
      const { code, out, err } = await run(...args)
      expect({ code, out }).toEqual({ code: 2, out: [] })
      expect(err).toEqual([expect.stringMatching(line)])
      expect(err[0]).not.toContain('\n')
      expect(readdirSync(dir)).not.toContain('report.html')
    }
    await told(/^phifold report: expected a value for folder/)
    await told(/expected records figure-\*\.json, training runs or other reports, got none; make one: phifold figure 2 --out/, dir)
    await told(/none: expected a folder of results, got none \(ENOENT\)/, join(dir, 'none'))
    put('figure-2.json', JSON.stringify(curves()))
    put('figure-2.svg', picture)
    await told(/figure-2\.json: expected a folder of results, got none \(ENOTDIR\)/, join(dir, 'figure-2.json'))
    put('figure-9.json', JSON.stringify({ ...curves(), seed: 'seven\nlines' }))
    await told(/^phifold report: .*figure-9\.json: seed: expected number, got string; write it again with phifold figure or move it away$/, dir)
    rmSync(join(dir, 'figure-9.json'))
    mkdirSync(join(dir, 'figure-9.json'))
    await told(/figure-9\.json: cannot be read \(not a file\)/, dir)
    rmSync(join(dir, 'figure-9.json'), { recursive: true })
    await told(/expected a folder, got a file/, dir, '--out', join(dir, 'figure-2.json', 'page.html'))
  })
})
