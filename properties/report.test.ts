/** Figures, CSV, tables, result files and progress: what is written for people, and what happens when it cannot be. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pngOf } from '../src/cli/png.ts'
import { progressOn, spokenTime } from '../src/cli/progress.ts'
import type { Disk } from '../src/cli/write-results.ts'
import { checkFolder, nodeDisk, writeResults } from '../src/cli/write-results.ts'
import type { CurveFigure } from '../src/report/chart.ts'
import { curveFigure } from '../src/report/chart.ts'
import { csvOf } from '../src/report/csv.ts'
import { palette } from '../src/report/palette.ts'
import { logFigure } from '../src/report/log-figure.ts'
import { svgOf } from '../src/report/svg.ts'
import { figures, markdownTableOf, tableOf } from '../src/report/table.ts'

const rightOf = <L, A>(either: E.Either<L, A>): A => {
  if (E.isLeft(either)) throw new Error(`expected a Right, got ${JSON.stringify(either.left)}`)
  return either.right
}
const leftOf = <L, A>(either: E.Either<L, A>): L => {
  if (E.isRight(either)) throw new Error('expected a Left, got a Right')
  return either.left
}

/** Six panels like the paper's Figure 2: oscillations that die out, EP two per cent below BPTT. */
const example = (coordinates: number, steps: number, unit = 0.02): Omit<CurveFigure, '_tag'> => ({
  title: 'EP updates follow BPTT gradients step by step',
  subtitle: 'toy network 5-50-10, tanh, ε = 0.08, β = 0.01, T = 5000, K = 80',
  xTitle: 'time step t',
  yTitle: 'gradient',
  colourMeans: 'one colour per neuron or synapse',
  methods: [{ name: 'BPTT', stroke: 'solid' }, { name: 'EP', stroke: 'dashed' }],
  columns: 2,
  panels: ['s¹', 's²', 'W₁₂', 'W₁ₓ', 'W₂ₓ', 'W₂₁'].map((title, p) => ({
    title,
    note: `rmse ${figures(0.00137 * (p + 1), 3)}`,
    x: Array.from({ length: steps }, (_, t) => t),
    coordinates: Array.from({ length: coordinates }, (_, i) => ({
      name: `${title}[${i}]`,
      lines: [1, 0.98].map((size) => Float64Array.from({ length: steps }, (_, t) =>
        unit * size * Math.exp(-t / (12 + i)) * Math.cos(t / (4 + p) + i))),
    })),
  })),
})

const drawn = async (figure: Omit<CurveFigure, '_tag'>): Promise<string> => rightOf(await svgOf(rightOf(curveFigure(figure))))

const pathsLabelled = (svg: string, label: string): ReadonlyArray<string> =>
  (svg.match(/<path[^>]*>/g) ?? []).filter((path) => path.includes(`aria-label="${label}"`))

const attribute = (tag: string, name: string): string | undefined => new RegExp(`${name}="([^"]*)"`).exec(tag)?.[1]

// Relative luminance and contrast of WCAG 2.1, from linear RGB.
type Triple = readonly [number, number, number]
const linear = (hex: string): Triple => {
  const at = (i: number): number => {
    const c = parseInt(hex.slice(i, i + 2), 16) / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  }
  return [at(1), at(3), at(5)]
}
const dot = (a: Triple, b: Triple): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
const contrastOnWhite = (hex: string): number => 1.05 / (dot([0.2126, 0.7152, 0.0722], linear(hex)) + 0.05)

/** CIE L*a*b*, D65. */
const lab = (rgb: Triple): Triple => {
  const f = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116)
  const x = f(dot([0.4124, 0.3576, 0.1805], rgb) / 0.9505)
  const y = f(dot([0.2126, 0.7152, 0.0722], rgb))
  const z = f(dot([0.0193, 0.1192, 0.9505], rgb) / 1.089)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

/** Machado, Oliveira & Fernandes 2009, severity 1, on linear RGB. */
const vision: Readonly<Record<string, readonly [Triple, Triple, Triple]>> = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanope: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranope: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanope: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
const closestPair = (colours: ReadonlyArray<string>, [r, g, b]: readonly [Triple, Triple, Triple]): number => {
  const clipped = (c: number): number => Math.min(1, Math.max(0, c))
  const seen = colours.map(linear).map((c) => lab([clipped(dot(r, c)), clipped(dot(g, c)), clipped(dot(b, c))]))
  return Math.min(...seen.flatMap((p, i) =>
    seen.slice(0, i).map((q) => Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]))))
}

describe('charts', () => {
  it('have colours with a contrast of 3:1 on white that colour-blind readers can tell apart', () => {
    expect(palette.map(contrastOnWhite).every((contrast) => contrast >= 3)).toBe(true)
    expect(Object.values(vision).every((matrices) => closestPair(palette, matrices) > 18)).toBe(true)
    // The check can fail: Okabe & Ito's yellow is too pale, and red beside green is lost on a deuteranope.
    expect(contrastOnWhite('#F0E442') >= 3).toBe(false)
    expect(Object.values(vision).every((matrices) => closestPair(['#A04000', '#5F6A00'], matrices) > 18)).toBe(false)
  })

  it('copy the numbers that they are given', () => {
    const values = Float64Array.of(1, 2)
    const panel = { title: 'p', x: [0, 1], coordinates: [{ name: 'c', lines: [values, [3, 4]] }] }
    const chart = rightOf(curveFigure({ ...example(1, 2), panels: [panel] }))
    values[0] = 9
    expect(chart.panels[0]?.coordinates[0]?.lines[0]).toEqual([1, 2])
  })

  it('say in one line which part cannot be drawn', () => {
    const base = example(1, 4)
    const withLines = (lines: ReadonlyArray<ReadonlyArray<number>>): Omit<CurveFigure, '_tag'> =>
      ({ ...base, panels: [{ title: 'p', x: [0, 1], coordinates: [{ name: 'c', lines }] }] })
    const faults: ReadonlyArray<readonly [Omit<CurveFigure, '_tag'>, RegExp]> = [
      [{ ...base, panels: [] }, /panels: expected at least 1, got 0/],
      [{ ...base, methods: [] }, /methods: expected at least 1, got 0/],
      [{ ...base, columns: 0 }, /columns: expected a positive integer, got 0/],
      [withLines([[1, 2]]), /panel "p", "c": expected 2 lines \(one per method\), got 1/],
      [withLines([[1, 2], [1]]), /"c", line 1: expected 2 values \(one per x\), got 1/],
      [withLines([[1, NaN], [1, 2]]), /"c", line 0\[1\]: expected a finite number, got NaN/],
      [withLines([[1, 2], [-Infinity, 2]]), /"c", line 1\[0\]: expected a finite number, got -Infinity/],
      [{ ...base, panels: [{ title: 'p', x: [0], coordinates: [] }] }, /x: expected at least 2 points, got 1/],
      [{ ...base, panels: [{ title: 'p', x: [0, 1], coordinates: [] }] }, /expected at least 1 coordinate, got 0/],
    ]
    faults.forEach(([figure, text]) => {
      const fault = leftOf(curveFigure(figure))
      expect(fault).toMatchObject({ _tag: 'MalformedChart', message: expect.stringMatching(text) as string })
      expect(fault.message).not.toContain('\n')
    })
  })
})

describe('svg', () => {
  it('draws each coordinate in one colour, BPTT solid, and EP dashed later, on top', async () => {
    const svg = await drawn(example(3, 20))
    const [bptt = '', more] = pathsLabelled(svg, 'W₁₂[2], BPTT')
    const [ep = ''] = pathsLabelled(svg, 'W₁₂[2], EP')
    expect(more).toBeUndefined()
    expect([attribute(bptt, 'stroke'), attribute(ep, 'stroke')].map((c) => c?.toUpperCase()))
      .toEqual([palette[2], palette[2]])
    expect([attribute(bptt, 'stroke-dasharray'), attribute(ep, 'stroke-dasharray')]).toEqual([undefined, '5,3.5'])
    expect(Number(attribute(bptt, 'stroke-width'))).toBeGreaterThan(Number(attribute(ep, 'stroke-width')))
    expect(svg.indexOf(ep)).toBeGreaterThan(svg.indexOf(bptt))
    expect((attribute(ep, ' d')?.match(/[ML]/g) ?? []).length).toBe(20)
    expect(svg.match(/<path[^>]*aria-label="[^"]*, (BPTT|EP)"/g)?.length).toBe(6 * 3 * 2)
  })

  it('names titles, axes and strokes, and the power of ten of small numbers', async () => {
    const svg = await drawn(example(2, 20, 4e-5))
    const texts = Array.from(svg.matchAll(/<text[^>]*>(?:<tspan>)?([^<]*)/g), ([, text]) => text)
    const wanted = ['EP updates follow BPTT gradients step by step', 'W₁ₓ', 'rmse 1.37e-3', 'time step t', 'BPTT', 'EP',
      'one colour per neuron or synapse', 'gradient (10⁻⁶)']
    expect(wanted.filter((text) => !texts.includes(text))).toEqual([])
    expect(texts.filter((text) => text === 'time step t').length).toBe(2)
    expect(svg).toContain('DejaVu Sans, Verdana, sans-serif')
    expect(await drawn(example(2, 20, 0.5))).not.toContain('(10')
  })

  it('draws the heights of the values: the y coordinate is affine in the value', async () => {
    const values = [[0, 1, -0.5, 0.25], [0.5, 0.75, -1, 0]]
    const svg = await drawn({ ...example(1, 4), panels: [{ title: 'p', x: [0, 1, 2, 3], coordinates: [{ name: 'c', lines: values }] }] })
    const heights = ['BPTT', 'EP'].map((method) => Array.from(
      attribute(pathsLabelled(svg, `c, ${method}`)[0] ?? '', ' d')?.matchAll(/[ML]([-\d.]+),([-\d.]+)/g) ?? [],
      ([, , y]) => Number(y)))
    const zero = heights[0]?.[0] ?? NaN
    const unit = (heights[0]?.[1] ?? NaN) - zero
    expect(unit).toBeLessThan(0)
    values.forEach((line, m) => line.forEach((value, k) =>
      expect(Math.abs((heights[m]?.[k] ?? NaN) - zero - unit * value)).toBeLessThanOrEqual(0.021)))
  })

  it('gives the same bytes for the same chart, and others for another', async () => {
    const svg = await drawn(example(3, 20))
    expect(await drawn(example(3, 20))).toBe(svg)
    expect(await drawn(example(3, 20, 0.03))).not.toBe(svg)
    expect(svg).not.toMatch(/NaN|undefined/)
  })

  it('escapes what people put into titles', async () => {
    const svg = await drawn({ ...example(1, 3), title: 'a < b & "c"' })
    expect(svg).toContain('a &lt; b &amp; "c"')
  })

  it('draws a panel where everything is zero', async () => {
    expect(await drawn(example(2, 5, 0))).not.toMatch(/NaN|undefined/)
  })

  it('keeps within the time of a prompt: 6 panels × 10 curves × 2 methods × 80 points', async () => {
    const start = performance.now()
    await drawn(example(10, 80))
    // Measured 0.45 s with the import, 0.2 s without; the bound leaves room for a busy machine.
    expect(performance.now() - start).toBeLessThan(5000)
  })

  it('draws powers on log axes, and refuses what has no logarithm', async () => {
    const figure = {
      title: 'error', subtitle: '', xTitle: 'β', yTitle: 'error',
      series: [{ name: 'ep: order 1', points: [{ x: 1e-3, y: 2e-3 }, { x: 1e-2, y: 2e-2 }], floor: [{ x: 1e-3, y: 1e-9 }, { x: 1e-2, y: 1e-10 }], fit: { slope: 1, constant: 2, from: 1e-3, to: 1e-2 } }],
    }
    const svg = rightOf(await svgOf(rightOf(logFigure(figure))))
    expect(svg).toContain('10⁻³')
    expect(svg).toContain('ep: order 1')
    expect(svg).not.toMatch(/NaN|undefined/)
    expect(leftOf(logFigure({ ...figure, series: [{ name: 'a', points: [{ x: 1, y: 0 }], floor: [] }] })).message).toMatch(/"a": expected finite numbers above 0, got \(1, 0\)/)
    expect(leftOf(logFigure({ ...figure, series: [] })).message).toMatch(/at least 1 point/)
  })

  it('says what to install when vega is missing', async () => {
    const missing = leftOf(await svgOf(rightOf(curveFigure(example(1, 3))), () =>
      Promise.reject(new Error("Cannot find package 'vega'\nRequire stack: here"))))
    expect(missing._tag).toBe('RendererMissing')
    expect(missing.message).toMatch(/install vega and vega-lite: npm install/)
    expect(missing.message).not.toContain('\n')
  })
})

describe('png', () => {
  const square = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="red"/></svg>'
  const sizeOf = (png: Uint8Array): readonly [number, number] => {
    const view = new DataView(png.buffer, png.byteOffset)
    return [view.getUint32(16), view.getUint32(20)]
  }

  it('has the width or the scale asked for', async () => {
    expect(sizeOf(rightOf(await pngOf(square, { width: 100 })))).toEqual([100, 50])
    expect(sizeOf(rightOf(await pngOf(square, { scale: 3 })))).toEqual([120, 60])
    await expect(pngOf(square, { scale: 0 })).rejects.toThrow(/zoom: expected a number between 0 and 1e5, got 0/)
  })

  it('sets text in the font that it brings along', async () => {
    const text = (family: string, words: string): string => '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="30">' +
      `<text x="4" y="20" font-family="${family}" font-size="14">${words}</text></svg>`
    const [named, unknown, blank] = await Promise.all([text('DejaVu Sans', 'W₁₂ ← β'), text('No Such Font', 'W₁₂ ← β'),
      text('DejaVu Sans', '')].map((svg) => pngOf(svg, { scale: 1 }).then(rightOf)))
    expect(unknown).toEqual(named)
    expect(named).not.toEqual(blank)
  })

  it('says in one line that a text is no SVG, or that the rasteriser is missing', async () => {
    const unreadable = leftOf(await pngOf('no picture', { scale: 1 }))
    expect(unreadable._tag).toBe('UnreadableSvg')
    const missing = leftOf(await pngOf(square, { scale: 1 }, () => Promise.reject(new Error('Cannot find native binding'))))
    expect(missing._tag).toBe('RasteriserMissing')
    expect(missing.message).toMatch(/npm install @resvg\/resvg-js/)
    expect([unreadable, missing].some(({ message }) => message.includes('\n'))).toBe(false)
  })

  it('draws the example figure', async () => {
    const png = rightOf(await pngOf(await drawn(example(5, 80)), { scale: 2 }))
    expect(Array.from(png.slice(1, 4), (c) => String.fromCharCode(c)).join('')).toBe('PNG')
    expect(sizeOf(png)[0]).toBeGreaterThan(1200)
  })
})

describe('csv', () => {
  /** An independent reader of RFC 4180, one character at a time. */
  const read = (text: string): ReadonlyArray<ReadonlyArray<string>> => {
    const rows: string[][] = [[]]
    let field = ''
    let quoted = false
    for (let i = 0; i < text.length; i++) {
      const c = text.charAt(i)
      if (quoted && c === '"' && text.charAt(i + 1) === '"') { field += '"'; i++ }
      else if (c === '"') quoted = !quoted
      else if (!quoted && (c === ',' || c === '\r')) {
        rows.at(-1)?.push(field)
        field = ''
        if (c === '\r') { rows.push([]); i++ }
      } else field += c
    }
    return rows.slice(0, -1)
  }
  const awkward = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', 'a,b', '"', 'a\r\nb', ' x ', 'β₁', '\n'))
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true })

  it('reads back: every text as it was, every number to the same float64', () => {
    fc.assert(fc.property(
      fc.integer({ min: 1, max: 4 }).chain((n) => fc.tuple(
        fc.array(awkward, { minLength: n, maxLength: n }),
        fc.array(fc.array(fc.oneof(awkward, finite), { minLength: n, maxLength: n }), { maxLength: 5 }))),
      ([columns, rows]) => {
        const [header, ...body] = read(rightOf(csvOf(columns, rows)))
        expect(header).toEqual(columns)
        expect(body.map((row, r) => row.map((cell, c) => (typeof rows[r]?.[c] === 'number' ? Number(cell) : cell)))).toEqual(rows)
      }))
  })

  it('quotes where it is needed and ends lines with CRLF', () => {
    expect(rightOf(csvOf(['t', 'BPTT, s'], [[0, 0.1], [1, -0], [2, 1e-300], ['say "hi"', '']])))
      .toBe('t,"BPTT, s"\r\n0,0.1\r\n1,-0\r\n2,1e-300\r\n"say ""hi""",""\r\n')
  })

  it('refuses NaN and infinities with their place, and ragged rows as a bug', () => {
    expect(leftOf(csvOf(['t', 'y'], [[0, 1], [1, NaN]]))).toMatchObject({ _tag: 'NonFiniteCell', row: 1, column: 'y', value: NaN })
    expect(leftOf(csvOf(['t'], [[-Infinity]])).message)
      .toBe('csvOf: row 0, column "t": expected a finite number, got -Infinity; find the step that left the finite numbers')
    expect(() => csvOf(['t', 'y'], [[1]])).toThrow('csvOf: row 0: expected 2 cells, got 1')
    expect(() => csvOf([], [])).toThrow('expected at least 1, got 0')
  })
})

describe('tables', () => {
  it('are aligned, with Greek letters counted as one', () => {
    expect(tableOf(['layer', 'rmse'], [['β₁', '1.37e-3'], ['hidden', '2e-12']], { align: ['left', 'right'] })).toBe([
      'layer      rmse',
      '──────  ───────',
      'β₁      1.37e-3',
      'hidden    2e-12',
    ].join('\n'))
  })

  it('have a Markdown form that escapes bars', () => {
    expect(markdownTableOf(['a|b', 'n'], [['x\ny', '1']], { align: ['left', 'right'] })).toBe([
      '| a\\|b   |   n |',
      '| ------ | --: |',
      '| x<br>y |   1 |',
    ].join('\n'))
    expect(() => tableOf(['a'], [['1', '2']])).toThrow('table: row 0: expected 1 cells, got 2')
  })

  it('have lines of one width and no trailing spaces', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.string(), fc.stringMatching(/^[0-9]{1,9}$/))), (rows) => {
      const lines = tableOf(['name', 'n'], rows.map(([a, b]) => [a.replace(/\s/g, '_'), b]), { align: ['left', 'right'] }).split('\n')
      expect(lines.length).toBe(rows.length + 2)
      expect(new Set(lines.map((line) => Array.from(line).length)).size).toBe(1)
    }))
  })

  it('write numbers to significant figures', () => {
    const cases: ReadonlyArray<readonly [number, number, string]> = [
      [0.0013689, 3, '1.37e-3'], [12.3456, 3, '12.3'], [0.01, 3, '0.0100'], [0.00999, 2, '0.010'], [999.6, 3, '1.00e3'],
      [999.4, 3, '999'], [-2.5e-12, 2, '-2.5e-12'], [0, 3, '0'], [1, 1, '1'], [NaN, 3, 'NaN'], [-Infinity, 3, '-Infinity'],
    ]
    expect(cases.map(([x, digits]) => figures(x, digits))).toEqual(cases.map(([, , text]) => text))
    fc.assert(fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e200, max: 1e200 }), fc.integer({ min: 1, max: 15 }),
      (x, digits) => {
        expect(Number(figures(x, digits))).toBe(x === 0 ? 0 : Number(x.toPrecision(digits)))
      }))
  })
})

describe('result files', () => {
  let root = ''
  beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'phifold-results-')) })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const contents = (dir: string): Readonly<Record<string, string>> =>
    Object.fromEntries(readdirSync(dir).sort().map((name) => [name, readFileSync(join(dir, name), 'utf8')]))
  const failing = (operation: keyof Disk, code: string, onCall: number): Disk => {
    let calls = 0
    return { ...nodeDisk, [operation]: (...args: ReadonlyArray<never>): unknown => {
      calls += 1
      if (calls === onCall) throw Object.assign(new Error(`${code}: made up`), { code })
      return (nodeDisk[operation] as (...given: ReadonlyArray<never>) => unknown)(...args)
    } }
  }
  const files = new Map<string, string | Uint8Array>([['a.csv', 'new a\n'], ['b.png', Uint8Array.of(66, 66)], ['c.svg', 'new c']])

  it('are written into a folder that is created, and replace old ones', () => {
    const dir = join(root, 'deep', 'results')
    expect(rightOf(writeResults(dir, files))).toEqual([join(dir, 'a.csv'), join(dir, 'b.png'), join(dir, 'c.svg')])
    expect(contents(dir)).toEqual({ 'a.csv': 'new a\n', 'b.png': 'BB', 'c.svg': 'new c' })
    rightOf(writeResults(dir, new Map([['a.csv', 'newer']])))
    expect(contents(dir)).toEqual({ 'a.csv': 'newer', 'b.png': 'BB', 'c.svg': 'new c' })
  })

  it('stay as they were, with nothing left behind, whichever operation fails', () => {
    const old = { 'a.csv': 'old a', 'c.svg': 'old c' }
    const failures: ReadonlyArray<readonly [keyof Disk, string, number, string]> = [
      ['writeNew', 'ENOSPC', 1, 'DiskFull'], ['writeNew', 'ENOSPC', 3, 'DiskFull'], ['writeNew', 'EDQUOT', 2, 'DiskFull'],
      ['link', 'EACCES', 2, 'NoPermission'], ['rename', 'EACCES', 1, 'NoPermission'], ['rename', 'EIO', 2, 'NotWritten'],
      ['rename', 'ENOSPC', 3, 'DiskFull'], ['makeDirectory', 'EROFS', 1, 'NoPermission'], ['kindOf', 'EACCES', 1, 'NoPermission'],
    ]
    failures.forEach(([operation, code, onCall, tag]) => {
      Object.entries(old).forEach(([name, text]) => writeFileSync(join(root, name), text))
      const failure = leftOf(writeResults(root, files, failing(operation, code, onCall)))
      expect(failure._tag, `${operation} ${onCall}`).toBe(tag)
      expect(failure.message).toMatch(/^results: [^\n]+: expected [^\n]+, got [^\n]+; [^\n]+$/)
      expect(contents(root), `${operation} ${onCall}`).toEqual(old)
    })
  })

  it('keep the old content under another name when it cannot be put back', () => {
    writeFileSync(join(root, 'a.csv'), 'old a')
    let calls = 0
    const disk: Disk = { ...nodeDisk, rename: (from, to) => {
      calls += 1
      if (calls > 1) throw Object.assign(new Error('EIO'), { code: 'EIO' })
      nodeDisk.rename(from, to)
    } }
    const failure = leftOf(writeResults(root, files, disk))
    expect(failure._tag).toBe('NotRestored')
    expect(failure.message).not.toContain('\n')
    expect(contents(root)).toEqual({ [`.a.csv.${process.pid}.old`]: 'old a', 'a.csv': 'new a\n' })
  })

  it('are refused where a file or folder is in the way', () => {
    writeFileSync(join(root, 'file'), 'kept')
    mkdirSync(join(root, 'b.png'))
    expect(leftOf(writeResults(join(root, 'file'), files))._tag).toBe('NotADirectory')
    expect(leftOf(writeResults(join(root, 'file', 'below'), files))._tag).toBe('NotADirectory')
    expect(leftOf(writeResults(root, files))).toMatchObject({ _tag: 'NotAFile', path: join(root, 'b.png') })
    expect(readdirSync(root).sort()).toEqual(['b.png', 'file'])
  })

  it('are known to fit before there are any: a folder is tried, and nothing is left in it', () => {
    rightOf(checkFolder(join(root, 'deep', 'results')))
    expect(readdirSync(join(root, 'deep', 'results'))).toEqual([])
    const failures: ReadonlyArray<readonly [keyof Disk, string, string]> = [
      ['makeDirectory', 'EROFS', 'NoPermission'], ['kindOf', 'EACCES', 'NoPermission'], ['writeNew', 'EACCES', 'NoPermission'], ['writeNew', 'ENOSPC', 'DiskFull'],
    ]
    failures.forEach(([operation, code, tag]) => {
      expect(leftOf(checkFolder(join(root, 'r'), failing(operation, code, 1)))._tag, operation).toBe(tag)
    })
    writeFileSync(join(root, 'file'), 'kept')
    expect(leftOf(checkFolder(join(root, 'file')))._tag).toBe('NotADirectory')
    expect(leftOf(checkFolder(join(root, 'file', 'below')))._tag).toBe('NotADirectory')
    expect(leftOf(checkFolder(root, { ...nodeDisk, kindOf: () => 'other' })).message).toContain('got neither file nor folder')
    expect(readdirSync(root).sort()).toEqual(['deep', 'file', 'r'])
  })

  it('never leave the folder', () => {
    const names = ['../a', '..', '.', '', '/etc/a', 'a/b', 'a\\b', 'C:a', 'a\u0000', '.hidden']
    names.forEach((name) => {
      const failure = leftOf(writeResults(join(root, 'r'), new Map([['fine', ''], [name, '']])))
      expect(failure._tag, name).toBe('BadFileName')
    })
    expect(readdirSync(root)).toEqual([])
  })

  it('pass bugs on as exceptions', () => {
    const disk: Disk = { ...nodeDisk, writeNew: () => { throw new TypeError('a bug') } }
    expect(() => writeResults(root, files, disk)).toThrow('a bug')
  })
})

describe('progress', () => {
  const terminal = (isTTY: boolean): { readonly stream: Writable & { isTTY: boolean }; readonly written: () => string } => {
    const chunks: string[] = []
    const stream = new Writable({ write: (chunk, _encoding, done) => { chunks.push(String(chunk)); done() } })
    return { stream: Object.assign(stream, { isTTY, columns: 100 }), written: () => chunks.join('') }
  }
  const run = (isTTY: boolean, times: ReadonlyArray<number>): string => {
    const { stream, written } = terminal(isTTY)
    let now = 100
    const progress = progressOn(stream, () => now)('free phase', 40)
    times.forEach((time, i) => {
      now = 100 + time
      progress.advance(10 * (i + 1))
    })
    const text = written()
    progress.end()
    return text
  }

  it('draws nothing in the first two seconds', () => {
    expect(run(true, [500, 1000, 1999])).toBe('')
  })

  it('then draws label, share and time left', () => {
    const text = run(true, [1000, 3000])
    expect(text).toContain('free phase [==============              ] 50%  3 s left')
  })

  it('has room for the time left on 80 columns, with the longest label that training has', () => {
    const { stream, written } = terminal(true)
    let now = 0
    const progress = progressOn(Object.assign(stream, { columns: 80 }), () => now)('train', 1000)
    now = 5000
    progress.advance(1, 'epoch 30 of 100, 9999 digits/s, error 90.0 %')
    const text = written()
    progress.end()
    expect(text).toMatch(/error 90\.0 % \[ {8}\] 0% {2}1 h 23 min left/)
  })

  it('draws nothing where the stream is no terminal', () => {
    expect(run(false, [1000, 3000, 9000])).toBe('')
  })

  it('erases the bar at the end, and leaves the cursor and line wrapping of the terminal alone', () => {
    const { stream, written } = terminal(true)
    let now = 0
    const progress = progressOn(stream, () => now)('x', 2)
    now = 2000
    progress.advance(1)
    progress.end()
    progress.end()
    expect(written().endsWith('\u001b[1G\u001b[2K')).toBe(true)
    expect(written()).not.toMatch(/\u001b\[\?(25|7)/)
  })

  it('says times as people do', () => {
    expect([0, 59.4, 60, 125, 3600, 4805].map(spokenTime))
      .toEqual(['0 s', '59 s', '1 min 00 s', '2 min 05 s', '1 h 00 min', '1 h 20 min'])
  })
})
