/** Bars → Vega-Lite specification: the panels and the legend. */
import { type Axis, axisOf } from './bar-axis.ts'
import type { BarFigure, BarPanel } from './bar-figure.ts'
import { filled, whiskers } from './bar-marks.ts'
import { lookUp, panelSize, roomFor, rowWidth, sheet, writing } from './sheet.ts'
import { figures } from './table.ts'

// ── Panels ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** A lone column is as wide as two, so that headings and the legend have room. */
const widthOf = ({ columns }: BarFigure): number => (columns === 1 ? rowWidth(2) : panelSize.width)

/** A name in lines of whole words, as many in a line as fit into the width. */
const linesOf = (name: string, width: number): ReadonlyArray<string> => name.split(' ').reduce<ReadonlyArray<string>>((lines, word) => {
  const longer = `${lines.at(-1) ?? ''} ${word}`.trim()
  return lines.length > 0 && roomFor(longer) <= width ? [...lines.slice(0, -1), longer] : [...lines, word]
}, [])

/** The horizontal scale in px, with the names of the groups below their bands. */
const groupAxis = (names: ReadonlyArray<string>, width: number, title: string | null): object => {
  const band = width / names.length
  const lines = names.map((name) => linesOf(name, band))
  const isTooWide = lines.some((texts) => texts.some((text) => roomFor(text) > band))
  return {
    type: 'quantitative', title, scale: { domain: [0, width], nice: false },
    axis: {
      // Vega leaves out values where there are more than the count of ticks.
      values: lines.map((_, g) => (g + 0.5) * band), tickCount: lines.length,
      labelExpr: lookUp(lines, `floor(datum.value / ${band})`),
      // Every bar says its group; the axis would add positions in px.
      aria: false, grid: false, ticks: false, labelOverlap: false, labelLimit: 0,
      ...(isTooWide ? { labelAngle: -30, labelAlign: 'right' } : {}),
    },
  }
}

const panelSpec = (figure: BarFigure, axis: Axis, panel: BarPanel, index: number): object => {
  const width = widthOf(figure)
  const count = figure.series.length
  const band = width / panel.groups.length
  // A series has the same place in every group, also where another one is missing.
  const step = Math.min(30, (0.84 * band) / count)
  const bars = panel.groups.flatMap(({ name, bars: all }, g) => all.map((bar) => {
    const i = figure.series.findIndex((series) => series.name === bar.series)
    return { ...bar, i, x: (g + 0.5) * band + (i - (count - 1) / 2) * step, group: name, isStub: axis.isStub(bar.value) }
  }))
  const atBottom = index + figure.columns >= figure.panels.length
  const x = groupAxis(panel.groups.map(({ name }) => name), width, atBottom ? figure.xTitle ?? null : null)
  const y = { type: 'quantitative', title: axis.title, scale: { domain: axis.domain, nice: axis.nice, zero: false }, axis: axis.ticks }
  const stubs = bars.filter(({ isStub }) => isStub).map((bar) => ({ x: bar.x, y: axis.base + axis.stub, text: figures(bar.value, 1) }))
  const isUpright = stubs.every(({ text }) => text.length * 6 <= step)
  return {
    width,
    height: panelSize.height,
    layer: [
      writing(panel.title, 'left', 0, -11, 'bold'), writing(panel.note ?? '', 'right', width, -11),
      ...figure.series.flatMap((series, i) => filled(i, bars.filter((bar) => bar.i === i).map((bar) => ({
        x: bar.x,
        base: axis.base,
        top: bar.isStub ? axis.base + axis.stub : axis.at(bar.value),
        label: `${bar.group}, ${series.name}: ${figures(bar.value, 3)} ± ${figures(bar.spread, 2)}`,
      })), 0.86 * step, x, y)),
      ...whiskers(bars.filter(({ isStub, spread }) => !isStub && spread > 0).map(({ x: middle, value, spread }) => ({
        x: middle, low: axis.at(value - spread), high: axis.at(value + spread), cut: axis.isBelow(value - spread),
      })), Math.min(8, 0.6 * step), x, y),
      {
        data: { values: stubs },
        mark: { type: 'text', fontSize: 10, aria: false, ...(isUpright ? { dy: -7 } : { angle: -90, align: 'left', dx: 4 }) },
        encoding: { x: { field: 'x', ...x }, y: { field: 'y', ...y }, text: { field: 'text', type: 'nominal' } },
      },
    ],
  }
}

// ── Legend ───────────────────────────────────────────────────────────────────────────────────────────────────────

const lineHeight = 20
const swatch = 20

interface Entry {
  readonly name: string
  readonly x: number
  readonly line: number
}

/** Names in lines no wider than the panels. */
const placed = (names: ReadonlyArray<string>, width: number): ReadonlyArray<Entry> =>
  names.reduce<ReadonlyArray<Entry>>((entries, name) => {
    const last = entries.at(-1)
    const next = last === undefined ? 0 : last.x + swatch + 6 + roomFor(last.name) + 22
    const line = last?.line ?? 0
    return [...entries, next > 0 && next + swatch + 6 + roomFor(name) > width ? { name, x: 0, line: line + 1 } : { name, x: next, line }]
  }, [])

/** A box of each series' filling with its name, then what the whiskers are. */
const legendSpec = (figure: BarFigure): object => {
  const width = rowWidth(figure.columns, widthOf(figure))
  const entries = placed([...figure.series.map(({ name }) => name), figure.whiskersMean], width)
  const height = lineHeight * ((entries.at(-1)?.line ?? 0) + 1)
  const scaled = (length: number): object =>
    ({ type: 'quantitative', title: null, axis: null, scale: { domain: [0, length], nice: false, zero: false } })
  // Heights count from below, lines from above.
  const bottom = (line: number): number => height - lineHeight * (line + 1) + 4
  const middle = (line: number): number => lineHeight * (line + 0.5)
  const [whisker] = entries.slice(-1)
  return {
    width,
    height,
    view: { stroke: null },
    layer: [
      ...entries.slice(0, -1).flatMap(({ name, x, line }, i) => filled(i,
        [{ x: x + swatch / 2, base: bottom(line), top: bottom(line) + 12, label: name }], swatch, scaled(width), scaled(height))),
      ...(whisker === undefined ? [] : whiskers([
        { x: whisker.x + swatch / 2, low: bottom(whisker.line), high: bottom(whisker.line) + 12, cut: false },
      ], 8, scaled(width), scaled(height))),
      ...entries.map(({ name, x, line }) => writing(name, 'left', x + swatch + 6, middle(line))),
    ],
  }
}

/** The specification of a bar figure. */
export const barSpec = (figure: BarFigure): object => {
  const axis = axisOf(figure)
  return sheet(figure, {
    legend: legendSpec(figure),
    panels: figure.panels.map((panel, index) => panelSpec(figure, axis, panel, index)),
    width: widthOf(figure),
  })
}
