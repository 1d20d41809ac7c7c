/**
 * Log-log figure → Vega-Lite specification. Both axes are linear ones of log₁₀, from a whole power of ten to one, as in bar-axis.ts; what
 * the floor has below the lowest decade is cut, since points are what the figure is about.
 */
import type { LogFigure, LogPoint, LogSeries } from './log-figure.ts'
import { palette } from './palette.ts'
import { ink, lookUp, panelSize, powerOfTen, roomFor, rowWidth, sheet, writing } from './sheet.ts'

const width = rowWidth(2)
const height = 2 * panelSize.height

interface Axis {
  readonly low: number
  readonly high: number
  readonly spec: object
}

/** Whole powers around the values, with a label at every step-th. */
const axisOf = (values: ReadonlyArray<number>, title: string, labels: number): Axis => {
  const logs = values.map(Math.log10)
  const low = Math.floor(logs.reduce((a, b) => Math.min(a, b), Infinity) + 1e-9)
  const high = Math.max(low + 1, Math.ceil(logs.reduce((a, b) => Math.max(a, b), -Infinity) - 1e-9))
  const powers = Array.from({ length: high - low + 1 }, (_, i) => low + i)
  const step = Math.ceil(powers.length / labels)
  const ticks = powers.filter((power) => (high - power) % step === 0)
  return {
    low,
    high,
    spec: {
      type: 'quantitative', title, scale: { domain: [low, high], nice: false, zero: false },
      axis: {
        values: ticks, tickCount: ticks.length, gridColor: '#E6E6E6', labelExpr: lookUp(powers.map(powerOfTen), `datum.value - (${low})`),
        description: `${title}, logarithmic, from ${powerOfTen(low)} to ${powerOfTen(high)}`,
      },
    },
  }
}

const placed = (points: ReadonlyArray<LogPoint>, label: string): ReadonlyArray<object> =>
  points.map(({ x, y }) => ({ x: Math.log10(x), y: Math.log10(y), label }))

const layersOf = ({ name, points, floor, fit }: LogSeries, colour: string, x: Axis, y: Axis): ReadonlyArray<object> => {
  const encoding = { x: { field: 'x', ...x.spec }, y: { field: 'y', ...y.spec }, description: { field: 'label', type: 'nominal' } }
  const ends = fit === undefined ? [] : [fit.from, fit.to].map((at) => ({ x: at, y: fit.constant * at ** fit.slope }))
  return [
    { data: { values: placed(floor, `${name}, rounding`) }, mark: { type: 'line', clip: true, color: colour, strokeWidth: 1.2, strokeOpacity: 0.7, strokeDash: [1.5, 2.5] }, encoding },
    { data: { values: placed(ends, `${name}, fit`) }, mark: { type: 'line', clip: true, color: colour, strokeWidth: 6, strokeOpacity: 0.25 }, encoding },
    { data: { values: placed(points, name) }, mark: { type: 'line', clip: true, color: colour, strokeWidth: 1.5 }, encoding },
    { data: { values: placed(points, name) }, mark: { type: 'point', clip: true, filled: true, color: colour, size: 26, opacity: 1 }, encoding },
  ]
}

/** One line for each series; beside each other they would not fit. */
const legendSpec = ({ series }: LogFigure): object => ({
  width,
  height: 18 * (series.length + 1),
  view: { stroke: null },
  layer: [
    ...series.flatMap(({ name }, i) => [
      {
        data: { values: [{}] },
        mark: { type: 'rule', color: palette[i % palette.length], strokeWidth: 2.5, aria: false },
        encoding: { x: { value: 0 }, x2: { value: 34 }, y: { value: 9 + 18 * i } },
      },
      writing(name, 'left', 40, 9 + 18 * i),
    ]),
    { data: { values: [{}] }, mark: { type: 'rule', color: ink, strokeWidth: 6, strokeOpacity: 0.25, aria: false }, encoding: { x: { value: 0 }, x2: { value: 34 }, y: { value: 9 + 18 * series.length } } },
    writing('fitted power', 'left', 40, 9 + 18 * series.length),
    {
      data: { values: [{}] },
      mark: { type: 'rule', color: ink, strokeWidth: 1.2, strokeDash: [1.5, 2.5], aria: false },
      encoding: { x: { value: 40 + roomFor('fitted power') + 26 }, x2: { value: 74 + roomFor('fitted power') + 26 }, y: { value: 9 + 18 * series.length } },
    },
    writing('rounding', 'left', 80 + roomFor('fitted power') + 26, 9 + 18 * series.length),
  ],
})

/** The specification of a log-log figure. */
export const logSpec = (figure: LogFigure): object => {
  const points = figure.series.flatMap((series) => series.points)
  const x = axisOf(points.map((point) => point.x), figure.xTitle, 10)
  const y = axisOf(points.map((point) => point.y), figure.yTitle, 10)
  return sheet({ title: figure.title, subtitle: figure.subtitle, columns: 1 }, {
    width,
    legend: legendSpec(figure),
    panels: [{ width, height, layer: figure.series.flatMap((series, i) => layersOf(series, palette[i % palette.length] ?? ink, x, y)) }],
  })
}
