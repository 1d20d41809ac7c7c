/**
 * The marks of a bar figure as layers of a Vega-Lite specification: filled boxes and whiskers.
 *
 * Series differ by colour, by filling (plain, outlined, striped, …) and by their place within a group, so that black and white and
 * colour-blind readers can tell them apart. A striped bar is a dashed line as wide as the bar: Vega has no patterns, and its
 * gradients would need ids.
 */
import { palette } from './palette.ts'
import { ink } from './sheet.ts'

/** How a series is filled: a plain box, with stripes on it where there is a dash. */
interface Filling {
  readonly opacity: number
  readonly stripes?: readonly [drawn: number, gap: number]
}

/** Neighbours differ in black and white. */
const fillings: ReadonlyArray<Filling> = [
  { opacity: 1 },
  { opacity: 0.12 },
  { opacity: 0.12, stripes: [2, 2] },
  { opacity: 0.45 },
  { opacity: 0.12, stripes: [1, 5] },
  { opacity: 0.45, stripes: [1, 3] },
  { opacity: 0.12, stripes: [6, 3] },
]

/** A box: its middle in px from the panel's left, its ends on the vertical axis, and what it says to screen readers. */
interface Box {
  readonly x: number
  readonly base: number
  readonly top: number
  readonly label: string
}

/** Boxes of series i, `width` px wide, on the horizontal and vertical scale given. */
export const filled = (i: number, boxes: ReadonlyArray<Box>, width: number, x: object, y: object): ReadonlyArray<object> => {
  const { opacity, stripes } = fillings[i % fillings.length] as Filling
  const color = palette[i % palette.length]
  const ends = { y: { field: 'base', ...y }, y2: { field: 'top' } }
  return [
    {
      data: { values: boxes.map((box) => ({ ...box, left: box.x - width / 2, right: box.x + width / 2 })) },
      mark: { type: 'rect', fill: color, fillOpacity: opacity, stroke: color, strokeWidth: 1.2 },
      encoding: { x: { field: 'left', ...x }, x2: { field: 'right' }, ...ends, description: { field: 'label', type: 'nominal' } },
    },
    ...(stripes === undefined ? [] : [{
      data: { values: boxes },
      mark: { type: 'rule', color, strokeDash: stripes, strokeWidth: width, strokeCap: 'butt', aria: false },
      encoding: { x: { field: 'x', ...x }, ...ends },
    }]),
  ]
}

interface Whisker {
  readonly x: number
  readonly low: number
  readonly high: number
  /** It goes on below the axis. */
  readonly cut: boolean
}

/** Dark on a white edge, to be seen on bars of any filling; a cut whisker has no cap at its lower end. */
export const whiskers = (all: ReadonlyArray<Whisker>, cap: number, x: object, y: object): ReadonlyArray<object> => {
  const caps = all.flatMap(({ x: middle, low, high, cut }) =>
    (cut ? [high] : [low, high]).map((end) => ({ left: middle - cap / 2, right: middle + cap / 2, end })))
  return [{ color: 'white', strokeWidth: 3, opacity: 0.85 }, { color: ink, strokeWidth: 1.1 }].flatMap((look) => [
    {
      data: { values: all },
      mark: { type: 'rule', aria: false, ...look },
      encoding: { x: { field: 'x', ...x }, y: { field: 'low', ...y }, y2: { field: 'high' } },
    },
    {
      data: { values: caps },
      mark: { type: 'rule', aria: false, ...look },
      encoding: { x: { field: 'left', ...x }, x2: { field: 'right' }, y: { field: 'end', ...y } },
    },
  ])
}
