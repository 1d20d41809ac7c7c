/**
 * Chart → SVG text, by Vega-Lite → Vega with no renderer (no canvas, no DOM).
 *
 * The same chart gives the same bytes: no ids, dates or random numbers, sizes fixed in advance, and path coordinates
 * rounded to 1/100 px, which also hides the last digits in which platforms differ.
 *
 * Numerics: a panel whose largest |y| is below 0.01 or above 999 is divided by a power of 1000 that its y title names, e.g.
 * 'gradient (10⁻³)', so that tick labels stay short.
 *
 * vega and vega-lite are optional packages and are loaded when the first figure is drawn. Their typings need the DOM
 * library, so the few functions used here are typed by hand and the packages are imported by a name held in a variable.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Chart, CurveFigure, CurvePanel, Stroke } from './chart.ts'
import { palette } from './chart.ts'

/** A plotting package is not installed or does not load here. */
export interface RendererMissing {
  readonly _tag: 'RendererMissing'
  readonly message: string
}

/** What svgOf uses of vega and vega-lite. In a browser bundle, import both statically and pass them. */
export interface Renderer {
  readonly vega: {
    readonly parse: (spec: object) => object
    readonly View: new (runtime: object, options: { readonly renderer: 'none' }) => {
      readonly toSVG: () => Promise<string>
      readonly finalize: () => unknown
    }
  }
  readonly vegaLite: { readonly compile: (spec: object) => { readonly spec: object } }
}

const imported = (name: string): Promise<unknown> => import(/* @vite-ignore */ name)

/** Loads the optional packages. Rejects when one is missing. */
export const installedRenderer = async (): Promise<Renderer> => {
  const [vega, vegaLite] = await Promise.all([imported('vega'), imported('vega-lite')])
  return { vega: vega as Renderer['vega'], vegaLite: vegaLite as Renderer['vegaLite'] }
}

const font = 'DejaVu Sans, Verdana, sans-serif'
const ink = '#222222'

/** Solid lines are wide and half transparent: dashes of the same colour stay visible on top of them. */
const strokes: Readonly<Record<Stroke, object>> = {
  solid: { strokeWidth: 3.2, strokeOpacity: 0.42 },
  dashed: { strokeDash: [5, 3.5], strokeWidth: 1.5, strokeOpacity: 1 },
  dotted: { strokeDash: [1.5, 2.5], strokeWidth: 1.5, strokeOpacity: 1 },
}

const superscript = (exponent: number): string =>
  Array.from(String(exponent), (c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'.charAt(Number(c)))).join('')

/** Power of 1000 that brings the largest magnitude of a panel into [1, 1000), or 0 where plain labels are short enough. */
const exponentOf = (panel: CurvePanel): number => {
  const largest = panel.coordinates.reduce(
    (most, c) => c.lines.reduce((m, line) => Array.from(line).reduce((a, v) => Math.max(a, Math.abs(v)), m), most), 0)
  const exponent = largest === 0 ? 0 : Math.floor(Math.log10(largest))
  return exponent >= -2 && exponent < 3 ? 0 : 3 * Math.floor(exponent / 3)
}

const panelSize = { width: 310, height: 150 }
const panelGap = 26
/** A y axis with its title takes this much of a row, in px. */
const axisRoom = 60

/** A line of text at a fixed place of a panel, in px from its upper left corner. */
const writing = (text: string, align: 'left' | 'right', x: number, y: number, fontWeight = 'normal'): object => ({
  data: { values: [{}] },
  mark: { type: 'text', text, align, fontWeight, aria: false },
  encoding: { x: { value: x }, y: { value: y } },
})

const panelSpec = (figure: CurveFigure, panel: CurvePanel, index: number): object => {
  const exponent = exponentOf(panel)
  // Multiply by a positive power of ten, never by its reciprocal: 10^3 is a float64, 10^-3 is not.
  const scaled = (y: number): number => (exponent < 0 ? y * 10 ** -exponent : y / 10 ** exponent)
  const x = Array.from(panel.x)
  const atBottom = index + figure.columns >= figure.panels.length
  return {
    ...panelSize,
    // Title and note are marks at a fixed place: a Vega title moves with the tick labels, and a row would not line up.
    layer: [writing(panel.title, 'left', 0, -11, 'bold'), writing(panel.note ?? '', 'right', panelSize.width, -11),
      ...figure.methods.map((method, m) => ({
      data: {
        values: panel.coordinates.flatMap((c, i) => Array.from(c.lines[m] ?? [], (y, k) => ({
          x: x[k], y: scaled(y), i, label: `${c.name}, ${method.name}`,
        }))),
      },
      mark: { type: 'line', strokeCap: 'butt', strokeJoin: 'round', ...strokes[method.stroke] },
      encoding: {
        x: {
          field: 'x', type: 'quantitative', title: atBottom ? figure.xTitle : null,
          scale: { domain: [Math.min(...x), Math.max(...x)], nice: false },
        },
        y: {
          field: 'y', type: 'quantitative',
          title: exponent === 0 ? figure.yTitle : `${figure.yTitle} (10${superscript(exponent)})`,
        },
        color: {
          field: 'i', type: 'nominal', legend: null,
          scale: {
            domain: panel.coordinates.map((_, i) => i),
            range: panel.coordinates.map((_, i) => palette[i % palette.length]),
          },
        },
        description: { field: 'label', type: 'nominal' },
      },
    }))],
  }
}

/** Room for a text of the legend in px: DejaVu Sans takes 0.6 em a letter on average. */
const roomFor = (text: string): number => Math.ceil(0.62 * 12 * text.length)

/**
 * Stroke samples with their names, then what a colour stands for; drawn as a flat panel, since Vega-Lite's own legend
 * does not show dash, width and opacity of one method together.
 */
const legendSpec = (figure: CurveFigure): object => {
  const starts = figure.methods.reduce<ReadonlyArray<number>>(
    (xs, { name }) => [...xs, (xs.at(-1) ?? 0) + 40 + roomFor(name) + 26], [0])
  return {
    width: panelSize.width,
    height: 18,
    view: { stroke: null },
    layer: [
      ...figure.methods.flatMap(({ name, stroke }, m) => {
        const x = starts[m] ?? 0
        return [{
          data: { values: [{}] },
          mark: { type: 'rule', color: ink, aria: false, ...strokes[stroke] },
          encoding: { x: { value: x }, x2: { value: x + 34 }, y: { value: 9 } },
        }, writing(name, 'left', x + 40, 9)]
      }),
      writing(figure.colourMeans, 'left', starts.at(-1) ?? 0, 9),
    ],
  }
}

/** Words of a heading in lines no wider than the panels. Vega takes 0.8 em a letter, which is always enough. */
const wrapped = (text: string, figure: CurveFigure, fontSize: number): ReadonlyArray<string> => {
  const width = figure.columns * panelSize.width + (figure.columns - 1) * (panelGap + axisRoom)
  const letters = Math.floor(width / (0.8 * fontSize))
  // No line breaks around an equals sign.
  return text.split(/(?<!=) (?!=)/).reduce<ReadonlyArray<string>>((lines, word) => {
    const last = lines.at(-1)
    const longer = last === undefined ? word : `${last} ${word}`
    return last === undefined || longer.length <= letters ? [...lines.slice(0, -1), longer] : [...lines, word]
  }, [])
}

const curveSpec = (figure: CurveFigure): object => ({
  background: 'white',
  padding: 14,
  title: { text: wrapped(figure.title, figure, 15), subtitle: wrapped(figure.subtitle, figure, 12) },
  spacing: 12,
  vconcat: [legendSpec(figure), {
    columns: figure.columns,
    spacing: { row: 16, column: panelGap },
    concat: figure.panels.map((panel, index) => panelSpec(figure, panel, index)),
    // Panels have different numbers of curves: each counts its own colours.
    resolve: { scale: { color: 'independent' } },
  }],
  config: {
    font,
    text: { color: ink, fontSize: 12, baseline: 'middle' },
    title: {
      anchor: 'start', frame: 'group', color: ink, subtitleColor: ink,
      fontSize: 15, fontWeight: 'bold', subtitleFontSize: 12, offset: 10, subtitlePadding: 4,
    },
    view: { stroke: '#BBBBBB' },
    axis: {
      labelColor: ink, titleColor: ink, labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal',
      domain: false, tickColor: '#888888', tickSize: 4, tickCount: 5, labelPadding: 3, labelFlush: false,
      gridColor: '#E6E6E6',
    },
    axisY: {
      gridColor: { condition: { test: 'datum.value === 0', value: '#888888' }, value: '#E6E6E6' },
      // Fixed room for tick labels: panels line up, and the layout does not depend on a guess of text widths.
      minExtent: 40, maxExtent: 40,
    },
  },
})

const specOf = (chart: Chart): object => curveSpec(chart)

const rounded = (svg: string): string =>
  svg.replace(/ d="([^"]*)"/g, (_, path: string) =>
    ` d="${path.replace(/-?\d+\.\d+(e[-+]?\d+)?/g, (number) => String(Number(Number(number).toFixed(2))))}"`)

/**
 * SVG text of a chart, UTF-8, sizes in px. Left: vega or vega-lite is not installed.
 * `load` gives the two packages; the default imports the installed ones.
 */
export const svgOf = async (
  chart: Chart,
  load: () => Promise<Renderer> = installedRenderer,
): Promise<E.Either<RendererMissing, string>> => {
  const renderer = await load().then(E.right, (reason: unknown) => E.left<RendererMissing>({
    _tag: 'RendererMissing',
    message: `svgOf: expected the optional packages vega and vega-lite, got "${firstLine(reason)}"; ` +
      'install vega and vega-lite: npm install vega@6.4.0 vega-lite@6.4.3',
  }))
  if (E.isLeft(renderer)) return renderer
  const { vega, vegaLite } = renderer.right
  const view = new vega.View(vega.parse(vegaLite.compile(specOf(chart)).spec), { renderer: 'none' })
  const svg = await view.toSVG()
  view.finalize()
  return E.right(rounded(svg))
}

const firstLine = (reason: unknown): string =>
  (reason instanceof Error ? reason.message : String(reason)).split('\n', 1)[0] ?? ''
