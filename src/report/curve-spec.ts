/**
 * Curves → Vega-Lite specification.
 *
 * Numerics: a panel whose largest |y| is below 0.01 or above 999 is divided by a power of 1000 that its y title names, e.g.
 * 'gradient (10⁻³)', so that tick labels stay short.
 */
import type { CurveFigure, CurvePanel, Stroke } from './chart.ts'
import { palette } from './palette.ts'
import { exponentOf, ink, panelSize, roomFor, scaledBy, sheet, unitOf, writing } from './sheet.ts'

/** Solid lines are wide and half transparent: dashes of the same colour stay visible on top of them. */
const strokes: Readonly<Record<Stroke, object>> = {
  solid: { strokeWidth: 3.2, strokeOpacity: 0.42 },
  dashed: { strokeDash: [5, 3.5], strokeWidth: 1.5, strokeOpacity: 1 },
  dotted: { strokeDash: [1.5, 2.5], strokeWidth: 1.5, strokeOpacity: 1 },
}

const largestOf = ({ coordinates }: CurvePanel): number => coordinates.reduce(
  (most, c) => c.lines.reduce((m, line) => Array.from(line).reduce((a, v) => Math.max(a, Math.abs(v)), m), most), 0)

const panelSpec = (figure: CurveFigure, panel: CurvePanel, index: number): object => {
  const exponent = exponentOf(largestOf(panel))
  const x = Array.from(panel.x)
  const atBottom = index + figure.columns >= figure.panels.length
  return {
    ...panelSize,
    // Title and note are marks at a fixed place: a Vega title moves with the tick labels, and a row would not line up.
    layer: [writing(panel.title, 'left', 0, -11, 'bold'), writing(panel.note ?? '', 'right', panelSize.width, -11),
      ...figure.methods.map((method, m) => ({
      data: {
        values: panel.coordinates.flatMap((c, i) => Array.from(c.lines[m] ?? [], (y, k) => ({
          x: x[k], y: scaledBy(y, exponent), i, label: `${c.name}, ${method.name}`,
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
          title: unitOf(figure.yTitle, exponent),
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

/** The specification of a curve figure. */
export const curveSpec = (figure: CurveFigure): object => sheet(figure, {
  legend: legendSpec(figure),
  panels: figure.panels.map((panel, index) => panelSpec(figure, panel, index)),
})
