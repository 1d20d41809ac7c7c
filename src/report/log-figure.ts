/**
 * Points on two logarithmic axes, with the straight lines that powers make there. For errors against β: each series has its points, the
 * rounding that they may contain, and a fitted power.
 */
import * as E from 'fp-ts/lib/Either.js'
import { malformed, type MalformedChart } from './malformed.ts'

/** x and y, both above 0. */
export interface LogPoint {
  readonly x: number
  readonly y: number
}

export interface LogSeries {
  /** Said in the legend. */
  readonly name: string
  readonly points: ReadonlyArray<LogPoint>
  /** A level under which y means nothing, drawn dotted in the same colour; may be empty. */
  readonly floor: ReadonlyArray<LogPoint>
  /** y = constant · x^slope, drawn dashed from the first to the last x. */
  readonly fit?: { readonly slope: number; readonly constant: number; readonly from: number; readonly to: number }
}

export interface LogFigure {
  readonly _tag: 'Log'
  readonly title: string
  readonly subtitle: string
  readonly xTitle: string
  readonly yTitle: string
  readonly series: ReadonlyArray<LogSeries>
}

const isPositive = (value: number): boolean => value > 0 && Number.isFinite(value)

const pointFault = (where: string, points: ReadonlyArray<LogPoint>): ReadonlyArray<MalformedChart> => {
  const bad = points.find(({ x, y }) => !isPositive(x) || !isPositive(y))
  return bad === undefined ? [] : [malformed(where, 'finite numbers above 0', `(${bad.x}, ${bad.y})`, 'leave out what has no logarithm')]
}

/** A figure that can be drawn: at least one point in all, numbers with logarithms only. Left names the first fault. */
export const logFigure = (figure: Omit<LogFigure, '_tag'>): E.Either<MalformedChart, LogFigure> => {
  const faults = [
    ...(figure.series.some(({ points }) => points.length > 0) ? [] : [malformed('series', 'at least 1 point', 0, 'add a series')]),
    ...figure.series.flatMap(({ name, points, floor, fit }) => [
      ...pointFault(`"${name}"`, points),
      ...pointFault(`"${name}", floor`, floor),
      ...(fit === undefined ? [] : pointFault(`"${name}", fit`, [{ x: fit.from, y: fit.constant }, { x: fit.to, y: fit.constant }])),
    ]),
  ]
  const fault = faults[0]
  return fault !== undefined ? E.left(fault) : E.right({
    ...figure,
    _tag: 'Log',
    series: figure.series.map((series) => ({ ...series, points: [...series.points], floor: [...series.floor] })),
  })
}
