/**
 * A chart as SVG text: axes with ticks, lines, points. A pure function of its data, so the page, the exported file and the tests have the
 * same picture. Colours are classes (`c0` … `c6`), which the page paints for its light or dark side and an exported file for paper.
 */
import { scaleLinear, scaleLog } from 'd3-scale'
import { escaped, place } from './markup.ts'

export interface Line {
  /** Which of the seven colours. */
  readonly colour: number
  /** Solid lines are wide and pale, so that dashes of the same colour show on top. */
  readonly stroke: 'solid' | 'dashed' | 'thin' | 'dotted'
  readonly x: readonly number[]
  readonly y: readonly number[]
  /** Drawn from left to right as time goes on. */
  readonly drawn?: boolean
}

/** Points with a shape of their own, so that colour is not needed to tell them apart. */
export interface Points {
  readonly colour: number
  readonly shape: 'circle' | 'square' | 'diamond' | 'triangle' | 'cross'
  readonly x: readonly number[]
  readonly y: readonly number[]
  /** Drawn as outlines only. */
  readonly hollow?: boolean
}

export interface Axis {
  readonly label: string
  readonly scale: 'linear' | 'log'
  /** Smallest and largest value to show; the lines' own by default. */
  readonly domain?: readonly [number, number]
}

export interface Chart {
  /** One sentence with the numbers, for those who do not see the picture. */
  readonly description: string
  readonly width: number
  readonly height: number
  readonly x: Axis
  readonly y: Axis
  readonly lines: readonly Line[]
  readonly points?: readonly Points[]
}

const margin = { top: 8, right: 10, bottom: 34, left: 52 }

/** Differences of larger numbers may not be finite, and ticks between numbers that are closer cannot be told apart. */
const [largest, closest] = [1e300, 1e-300]

const finiteOf = (values: readonly number[], scale: Axis['scale']): readonly number[] => values.filter((v) => Math.abs(v) <= largest && (scale === 'linear' || v > closest))

/** Smallest and largest, apart from each other. */
export const extentOf = ({ scale, domain }: Axis, values: readonly number[]): readonly [number, number] => {
  if (domain !== undefined) return domain
  const finite = finiteOf(values, scale)
  const [low, high] = finite.reduce(([least, most], v) => [Math.min(least, v), Math.max(most, v)], [Infinity, -Infinity])
  if (low > high) return scale === 'log' ? [0.1, 1] : [0, 1]
  if (high - low > closest + 1e-12 * Math.max(Math.abs(low), Math.abs(high))) return [low, high]
  return scale === 'log' ? [low / 2, low * 2] : [low - Math.max(Math.abs(low), 1) / 2, low + Math.max(Math.abs(low), 1) / 2]
}

export interface Tick {
  readonly at: number
  readonly label: string
}

export interface Scaled {
  readonly of: (value: number) => number
  readonly ticks: readonly Tick[]
}

const superscript = (n: number): string => Array.from(String(n)).map((c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)] ?? '')).join('')

/** −0.002, 50, 2e−4. */
const tickText = (value: number): string => {
  const plain = String(Number(value.toPrecision(6)))
  return (Math.abs(value) < 1e-3 && value !== 0 ? Number(value.toPrecision(6)).toExponential() : plain).replaceAll('-', '−')
}

/** Values to places between `from` and `to`, with a few ticks. */
export const scaled = (axis: Axis, values: readonly number[], from: number, to: number, most: number): Scaled => {
  const extent = extentOf(axis, values)
  if (axis.scale === 'log') {
    const of = scaleLog().domain(extent).range([from, to])
    const [first, last] = [Math.log10(extent[0]), Math.log10(extent[1])]
    const decades = Array.from({ length: Math.floor(last + 1e-9) - Math.ceil(first - 1e-9) + 1 }, (_, i) => Math.ceil(first - 1e-9) + i)
    const every = Math.max(1, Math.ceil(decades.length / most))
    return { of: (value) => of(value), ticks: decades.filter((n) => n % every === 0).map((n) => ({ at: of(10 ** n), label: `10${superscript(n)}` })) }
  }
  const of = scaleLinear().domain(extent).range([from, to])
  return { of: (value) => of(value), ticks: of.ticks(most).map((value) => ({ at: of(value), label: tickText(value) })) }
}

const marks: Readonly<Record<Points['shape'], (x: number, y: number) => string>> = {
  circle: (x, y) => `M${place(x - 3)} ${place(y)}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0`,
  square: (x, y) => `M${place(x - 2.7)} ${place(y - 2.7)}h5.4v5.4h-5.4z`,
  diamond: (x, y) => `M${place(x)} ${place(y - 3.8)}l3.8 3.8l-3.8 3.8l-3.8 -3.8z`,
  triangle: (x, y) => `M${place(x)} ${place(y - 3.6)}l3.6 6.4h-7.2z`,
  cross: (x, y) => `M${place(x - 3)} ${place(y - 3)}l6 6m0 -6l-6 6`,
}

/** Inside the chart, the part between the axes: x, y, width, height. */
export const innerOf = ({ width, height }: Pick<Chart, 'width' | 'height'>) =>
  ({ x: margin.left, y: margin.top, width: width - margin.left - margin.right, height: height - margin.top - margin.bottom })

/** The SVG element. `id` must be unique on the page: it names the part that hides what is not drawn yet. */
export const chartOf = (chart: Chart, id: string): string => {
  const { width, height, lines, points = [], description } = chart
  const inner = innerOf(chart)
  const [bottom, right] = [inner.y + inner.height, inner.x + inner.width]
  const x = scaled(chart.x, [...lines, ...points].flatMap((each) => each.x), inner.x, right, Math.max(2, Math.floor(inner.width / 55)))
  const y = scaled(chart.y, [...lines, ...points].flatMap((each) => each.y), bottom, inner.y, Math.max(2, Math.floor(inner.height / 26)))
  const path = (each: Line): string => {
    const at = each.x.map((value, i) => [x.of(value), y.of(each.y[i] ?? NaN)] as const).filter((point) => point.every(Number.isFinite))
    const d = at.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${place(px)} ${place(py)}`).join('')
    return `<path class="line ${each.stroke} c${each.colour}" clip-path="url(#${id}-${each.drawn === true ? 'clip' : 'inner'})" d="${d}"/>`
  }
  const mark = ({ colour, shape, hollow = false, ...each }: Points): string =>
    `<path class="mark ${shape} c${colour}${hollow ? ' hollow' : ''}" clip-path="url(#${id}-inner)" d="${each.x.map((value, i) => marks[shape](x.of(value), y.of(each.y[i] ?? NaN))).filter((d) => !d.includes('NaN')).join('')}"/>`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(description)}">`,
    `<defs><clipPath id="${id}-clip"><rect class="revealed" x="${inner.x}" y="0" width="${inner.width}" height="${height}"/></clipPath><clipPath id="${id}-inner"><rect x="${inner.x - 4}" y="${inner.y - 4}" width="${inner.width + 8}" height="${inner.height + 8}"/></clipPath></defs>`,
    ...x.ticks.map(({ at, label }) => `<path class="grid" d="M${place(at)} ${inner.y}V${bottom}"/><text class="tick" x="${place(at)}" y="${bottom + 14}" text-anchor="middle">${label}</text>`),
    ...y.ticks.map(({ at, label }) => `<path class="grid" d="M${inner.x} ${place(at)}H${right}"/><text class="tick" x="${inner.x - 6}" y="${place(at + 3.5)}" text-anchor="end">${label}</text>`),
    `<path class="axis" d="M${inner.x} ${inner.y}V${bottom}H${right}"/>`,
    `<text class="label" x="${place(inner.x + inner.width / 2)}" y="${height - 4}" text-anchor="middle">${escaped(chart.x.label)}</text>`,
    ...(chart.y.label === '' ? [] : [`<text class="label" transform="translate(11 ${place(inner.y + inner.height / 2)}) rotate(-90)" text-anchor="middle">${escaped(chart.y.label)}</text>`]),
    ...lines.map(path),
    ...points.map(mark),
    '</svg>',
  ].join('')
}
