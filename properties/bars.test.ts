/** Bar charts: what is drawn where, on linear and logarithmic axes, and what is refused. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { type BarFigure, barFigure, type BarPanel } from '../src/report/bar-figure.ts'
import { palette } from '../src/report/palette.ts'
import { svgOf } from '../src/report/svg.ts'

type Given = Omit<BarFigure, '_tag'>

const rightOf = <L, A>(either: E.Either<L, A>): A => {
  if (E.isLeft(either)) throw new Error(`expected a Right, got ${JSON.stringify(either.left)}`)
  return either.right
}

const names = ['one-sided', 'centered', 'limit', 'truncated']
const layers = ['s2', 's1', 'W2', 'W1', 'Wx2', 'b2', 'b1', 's3']

/** Panels with `groups` layers each; the n-th bar of all is 0.3 · 10^(−n mod 16). */
const example = (panels: number, groups: number, series: number, more: Partial<Given> = {}): Given => ({
  title: 'Relative error of EP',
  subtitle: 'mean over the entries of a layer',
  yTitle: 'relative rmse',
  scale: 'log',
  whiskersMean: 'whisker: ± standard deviation',
  columns: 2,
  series: names.slice(0, series).map((name) => ({ name })),
  panels: Array.from({ length: panels }, (_, p) => ({
    title: `network ${p}`,
    note: '784-512-10',
    groups: layers.slice(0, groups).map((name, g) => ({
      name,
      bars: names.slice(0, series).map((each, i) => {
        const value = 0.3 * 10 ** -((p + g * series + i) % 16)
        return { series: each, value, spread: value / 2 }
      }),
    })),
  })),
  ...more,
})

const panelOf = (...bars: readonly (readonly [value: number, spread: number])[]): BarPanel =>
  ({ title: 'p', groups: bars.map(([value, spread], g) => ({ name: `g${g}`, bars: [{ series: 'a', value, spread }] })) })
/** One series, one panel, one group per bar. */
const plain = (scale: Given['scale'], ...bars: readonly (readonly [value: number, spread: number])[]): Given =>
  ({ ...example(1, 1, 1), scale, columns: 1, series: [{ name: 'a' }], panels: [panelOf(...bars)] })

const drawn = async (figure: Given): Promise<string> => rightOf(await svgOf(rightOf(barFigure(figure))))

const textsOf = (svg: string): readonly string[] => Array.from(svg.matchAll(/<t(?:ext|span)[^>]*>([^<]+)/g), ([, text = '']) => text)

interface Box {
  readonly label: string
  readonly tag: string
  readonly left: number
  readonly width: number
  readonly top: number
  readonly height: number
}

/** The labelled boxes, in px of their own panel; the legend's have no value in their labels. */
const boxesOf = (svg: string): readonly Box[] =>
  Array.from(svg.matchAll(/<path aria-label="([^"]*±[^"]*)"[^>]*d="M([-\d.]+),([-\d.]+)h([-\d.]+)v([-\d.]+)[^>]*>/g),
    ([tag, label = '', left, top, width, height]) => ({
      label, tag, left: Number(left), width: Number(width), top: Number(top), height: Number(height),
    }))

const linesOf = (svg: string): readonly (readonly [x2: number, y2: number, tag: string])[] =>
  Array.from(svg.matchAll(/<line transform="[^"]*" x2="([-\d.e]+)" y2="([-\d.e]+)"[^>]*stroke="#222222"[^>]*>/g),
    ([tag, x2, y2]) => [Number(x2), Number(y2), tag])

describe('bar charts', () => {
  it('say in one line which part cannot be drawn', () => {
    const base = plain('log', [1, 0.1])
    const [panel] = base.panels as readonly [BarPanel]
    const bars = (...all: BarPanel['groups'][number]['bars']): Given => ({ ...base, panels: [{ title: 'p', groups: [{ name: 'g', bars: all }] }] })
    const faults: readonly (readonly [Given, RegExp])[] = [
      [{ ...base, series: [] }, /series: expected at least 1, got 0/],
      [{ ...base, series: Array.from({ length: 8 }, (_, i) => ({ name: String(i) })) }, /series: expected at most 7, got 8/],
      [{ ...base, series: [{ name: 'a' }, { name: 'a' }] }, /series: expected series of different names, got "a" twice/],
      [{ ...base, panels: [] }, /panels: expected at least 1, got 0/],
      [{ ...base, columns: 0 }, /columns: expected a positive integer, got 0/],
      [{ ...base, columns: 1.5 }, /columns: expected a positive integer, got 1.5/],
      [{ ...base, floor: 0 }, /floor: expected a finite number above 0, got 0/],
      [{ ...base, floor: NaN }, /floor: expected a finite number above 0, got NaN/],
      [{ ...base, scale: 'linear', floor: 1 }, /floor: expected none on a linear axis, got 1/],
      [{ ...base, panels: [{ title: 'p', groups: [] }] }, /panel "p": expected at least 1 group, got 0/],
      [{ ...base, panels: [{ title: 'p', groups: [{ name: 'g', bars: [] }] }] }, /panel "p": expected at least 1 bar, got 0/],
      [{ ...base, panels: [{ ...panel, groups: [...panel.groups, ...panel.groups] }] }, /panel "p": expected groups of different names, got "g0" twice/],
      [bars({ series: 'b', value: 1, spread: 0 }), /"g": expected a series among a, got "b"/],
      [bars({ series: 'a', value: 1, spread: 0 }, { series: 'a', value: 2, spread: 0 }), /"g": expected bars of different names, got "a" twice/],
      [plain('log', [NaN, 0]), /"g0", a, value: expected a finite number, got NaN/],
      [plain('linear', [-Infinity, 0]), /value: expected a finite number, got -Infinity/],
      [plain('log', [1, 0], [-1e-3, 0]), /"g1", a, value: expected a number from 0 on a logarithmic axis, got -0.001/],
      [plain('log', [1, -0.1]), /"g0", a, spread: expected a finite number from 0, got -0.1/],
      [plain('linear', [1, NaN]), /spread: expected a finite number from 0, got NaN/],
      [plain('linear', [1e308, 1e308]), /"g0", a: expected a whisker that ends at a finite number, got Infinity/],
    ]
    faults.forEach(([figure, text]) => {
      const made = barFigure(figure)
      if (E.isRight(made)) throw new Error(`accepted, expected ${text}`)
      expect(made.left).toMatchObject({ _tag: 'MalformedChart', message: expect.stringMatching(text) as string })
      expect(made.left.message).toMatch(/^chart: [^\n]*; [^\n]*$/)
    })
  })

  it('take zero on a logarithmic axis and negative values on a linear one, and copy what they are given', () => {
    expect(E.isRight(barFigure(plain('log', [0, 0], [1, 2])))).toBe(true)
    expect(E.isRight(barFigure(plain('linear', [-1, 0], [1, 2])))).toBe(true)
    const bars = [{ series: 'a', value: 1, spread: 0 }]
    const chart = rightOf(barFigure({ ...plain('log', [1, 0]), panels: [{ title: 'p', groups: [{ name: 'g', bars }] }] }))
    bars[0] = { series: 'a', value: 9, spread: 9 }
    expect(chart.panels[0]?.groups[0]?.bars).toEqual([{ series: 'a', value: 1, spread: 0 }])
  })
})

describe('bars in SVG', () => {
  it('stand side by side without overlap, one per value, labelled, for 1 to 6 panels, 2 to 8 groups, 1 to 4 series', async () => {
    for (const [panels, groups, series, columns] of [[1, 2, 1, 1], [1, 8, 4, 1], [6, 8, 4, 2], [6, 5, 3, 3]] as const) {
      const svg = await drawn(example(panels, groups, series, { columns }))
      expect(svg).not.toMatch(/NaN|undefined|null/)
      const boxes = boxesOf(svg)
      expect(boxes).toHaveLength(panels * groups * series)
      // All panels place their bars alike.
      const perPanel = boxes.filter((_, i) => i < groups * series).map(({ left, width }) => [left, left + width] as const).sort(([a], [b]) => a - b)
      perPanel.forEach(([left, right], i) => {
        expect(right).toBeGreaterThan(left + 3)
        expect(perPanel[i + 1]?.[0] ?? Infinity).toBeGreaterThan(right)
      })
      const texts = textsOf(svg)
      for (const text of [...layers.slice(0, groups), ...names.slice(0, series), 'relative rmse', 'network 0', '784-512-10', 'whisker: ± standard deviation'])
        expect(texts).toContain(text)
      for (const layer of layers.slice(0, groups)) expect(texts.filter((text) => text === layer)).toHaveLength(panels)
    }
  })

  it('are affine in log₁₀ of the value on a logarithmic axis, over all of 1e-15 to 0.3, and stand on its end', async () => {
    const values = [0.3, 1e-3, 2e-7, 1e-15]
    const boxes = boxesOf(await drawn(plain('log', ...values.map((value) => [value, 0] as const))))
    const [first, second] = boxes as readonly [Box, Box]
    const unit = (second.top - first.top) / (Math.log10(1e-3) - Math.log10(0.3))
    expect(unit).toBeLessThan(0)
    boxes.forEach(({ top, height }, i) => {
      // Four coordinates rounded to 1/100 px, one of them extrapolated over 15 decades from two and a half.
      expect(Math.abs(top - first.top - unit * (Math.log10(values[i] ?? NaN) - Math.log10(0.3)))).toBeLessThan(0.08)
      expect(Math.abs(top + height - 150)).toBeLessThanOrEqual(0.0101)
      expect(height).toBeGreaterThan(0.5)
    })
  })

  it('are proportional to the value on a linear axis, also below zero', async () => {
    const values = [0.3, 0.1, -0.2]
    const boxes = boxesOf(await drawn(plain('linear', ...values.map((value) => [value, 0] as const))))
    const heights = boxes.map(({ height }) => height)
    const zero = (boxes[0]?.top ?? NaN) + (heights[0] ?? NaN)
    heights.forEach((height, i) => expect(Math.abs(height / (heights[0] ?? NaN) - Math.abs(values[i] ?? NaN) / 0.3)).toBeLessThan(1e-3))
    expect(boxes[1]?.top).toBeLessThan(zero)
    expect(boxes[2]?.top).toBeCloseTo(zero, 1)
  })

  it('have powers of ten as labels, at most seven, or a unit in the title', async () => {
    const powers = (svg: string): readonly string[] => textsOf(svg).filter((text) => /^10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+$/.test(text))
    expect(powers(await drawn(plain('log', [2e-3, 0], [3e-2, 0])))).toEqual(['10⁻³', '10⁻²', '10⁻¹'])
    expect(powers(await drawn(plain('log', [1e-15, 0], [0.3, 0])))).toEqual(['10⁻¹⁵', '10⁻¹²', '10⁻⁹', '10⁻⁶', '10⁻³', '10⁰'])
    expect(textsOf(await drawn(plain('linear', [2e-5, 0])))).toContain('relative rmse (10⁻⁶)')
  })

  it('end a whisker at the axis, without its lower cap, where the spread reaches to zero or below', async () => {
    // Halo first, then ink: a vertical line and its caps.
    const [full, cut, none] = await Promise.all([[1e-2, 5e-3], [1e-2, 2e-2], [1e-2, 0]].map(async ([value = 0, spread = 0]) =>
      linesOf(await drawn(plain('log', [1e-3, 0], [value, spread])))))
    // The legend shows one whisker with two caps.
    expect(none).toHaveLength(3)
    expect(full).toHaveLength(6)
    expect(cut).toHaveLength(5)
    const reach = (lines: typeof full): number => Math.max(...(lines ?? []).map(([, y2]) => Math.abs(y2)))
    expect(reach(cut)).toBeGreaterThan(reach(full))
    expect(reach(cut)).toBeLessThanOrEqual(150)
  })

  it('show zero, and values at or below the floor, as stubs with the value written', async () => {
    const figure = plain('log', [0, 0], [3e-17, 1e-17], [1e-3, 1e-4])
    const boxes = boxesOf(await drawn({ ...figure, floor: 1e-16 }))
    expect(boxes.map(({ height }) => height)).toEqual([3, 3, expect.any(Number)])
    const texts = textsOf(await drawn({ ...figure, floor: 1e-16 }))
    expect(texts).toContain('0')
    expect(texts).toContain('3e-17')
    expect(texts).toContain('10⁻³')
    expect(texts.some((text) => text.startsWith('10⁻¹'))).toBe(false)
    // Without a floor only zero is a stub.
    expect(textsOf(await drawn(figure))).not.toContain('3e-17')
    expect(boxesOf(await drawn(plain('log', [0, 0])))).toHaveLength(1)
  })

  it('differ in colour and in filling from series to series', async () => {
    const series = Array.from({ length: 7 }, (_, i) => `series ${i}`)
    const svg = await drawn({
      ...example(1, 1, 1), series: series.map((name) => ({ name })),
      panels: [{ title: 'p', groups: [{ name: 'g', bars: series.map((name) => ({ series: name, value: 1, spread: 0 })) }] }],
    })
    const looks = boxesOf(svg).map(({ tag }) => {
      const look = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(tag)?.[1] ?? ''
      return { colour: look(' fill').toUpperCase(), opacity: look('fill-opacity') }
    })
    expect(looks.map(({ colour }) => colour)).toEqual(palette)
    const dashes = looks.map(({ colour }) => new RegExp(`<line[^>]*stroke="${colour}"[^>]*stroke-dasharray="([^"]*)"`, 'i').exec(svg)?.[1] ?? '')
    expect(new Set(looks.map(({ opacity }, i) => `${opacity} ${dashes[i]}`)).size).toBe(7)
  })

  it('leave the place of a missing series empty', async () => {
    const whole = example(1, 2, 3)
    const [panel] = whole.panels as readonly [BarPanel]
    const lacking = { ...panel, groups: panel.groups.map((group) => ({ ...group, bars: group.bars.filter(({ series }) => series !== 'centered') })) }
    const at = (svg: string): Readonly<Record<string, number>> => Object.fromEntries(boxesOf(svg).map(({ label, left }) => [label, left]))
    const all = at(await drawn(whole))
    const rest = at(await drawn({ ...whole, panels: [lacking] }))
    expect(Object.keys(rest)).toHaveLength(4)
    for (const [label, left] of Object.entries(rest)) expect(all[label]).toBe(left)
  })

  it('give the same bytes for the same chart, no ids, and others for another', async () => {
    const svg = await drawn(example(2, 4, 3))
    expect(await drawn(example(2, 4, 3))).toBe(svg)
    expect(await drawn(example(2, 4, 2))).not.toBe(svg)
    expect(svg).not.toMatch(/\sid="/)
  })

  it('say to screen readers what the axis is', async () => {
    const svg = await drawn(plain('log', [2e-3, 0], [3e-2, 0]))
    expect(svg).toContain('aria-label="relative rmse, logarithmic, from 10⁻³ to 10⁻¹"')
    expect(svg).not.toContain('X-axis')
    expect(svg).toContain('aria-label="g0, a: 2.00e-3 ± 0"')
  })

  it('escape names, also in the labels of the axis', async () => {
    const svg = await drawn({
      ...plain('log', [1, 0]), series: [{ name: '<a>' }],
      panels: [{ title: 'p & q', groups: [{ name: '"]; </text>\u2028\\', bars: [{ series: '<a>', value: 1, spread: 0 }] }] }],
    })
    expect(svg).toContain('p &amp; q')
    expect(svg).toContain('&lt;a&gt;')
    expect(svg.match(/<text/g)?.length).toBe(svg.match(/<\/text>|<text[^>]*\/>/g)?.length)
    expect(svg).toContain('aria-label="&quot;]; &lt;/text&gt;')
  })

  it('break long names of groups into lines, and turn those that cannot be broken', async () => {
    const named = (name: string): Given => ({
      ...plain('log', [1, 0]), columns: 2,
      panels: [{ title: 'p', groups: Array.from({ length: 6 }, (_, g) => ({ name: `${name} ${g}`, bars: [{ series: 'a', value: 1, spread: 0 }] })) }],
    })
    const broken = await drawn(named('outer nudge'))
    expect(textsOf(broken)).toContain('outer')
    expect(broken).not.toContain('rotate(330')
    expect(await drawn(named('784-512-512-10'))).toContain('rotate(330')
  })
})
