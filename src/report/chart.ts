/**
 * Charts as plain values: what is drawn, never how. A renderer (svg.ts) turns a chart into a picture.
 *
 * `Chart` is a union told apart by `_tag`; a new kind of figure is a new member with its own constructor. Here are curves;
 * bars are in bar-figure.ts, log-log points in log-figure.ts, colours in palette.ts.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { BarFigure } from './bar-figure.ts'
import type { LogFigure } from './log-figure.ts'
import { gridFaults, malformed, type MalformedChart } from './malformed.ts'

/** How the lines of one method are drawn. Solid lines are wide and pale: dashes of the same colour show on top. */
export type Stroke = 'solid' | 'dashed' | 'dotted'

/** One of the things that a figure compares, e.g. BPTT (solid) and EP (dashed). Later methods are drawn on top. */
export interface Method {
  readonly name: string
  readonly stroke: Stroke
}

/** One neuron or synapse: one colour, one line per method, in the order of the figure's methods. */
export interface Coordinate {
  readonly name: string
  readonly lines: ReadonlyArray<ArrayLike<number>>
}

/** One layer or parameter group. `x` has as many entries as every line of the panel. */
export interface CurvePanel {
  readonly title: string
  /** A short remark beside the title, e.g. 'rmse 1.3e-3'. */
  readonly note?: string
  readonly x: ArrayLike<number>
  readonly coordinates: ReadonlyArray<Coordinate>
}

/** A grid of panels filled row by row: x on the horizontal axis, one line per coordinate and method. */
export interface CurveFigure {
  readonly _tag: 'Curves'
  readonly title: string
  readonly subtitle: string
  readonly xTitle: string
  readonly yTitle: string
  /** What one colour stands for, said beside the methods in the legend. */
  readonly colourMeans: string
  readonly methods: ReadonlyArray<Method>
  readonly panels: ReadonlyArray<CurvePanel>
  /** Panels in a row. */
  readonly columns: number
}

/** Everything that can be drawn. */
export type Chart = CurveFigure | BarFigure | LogFigure

export type { MalformedChart } from './malformed.ts'

const firstNonFinite = (values: ReadonlyArray<number>): number => values.findIndex((v) => !Number.isFinite(v))

const lineFault = (where: string, line: ReadonlyArray<number>, length: number): ReadonlyArray<MalformedChart> => {
  const bad = firstNonFinite(line)
  return line.length !== length
    ? [malformed(where, `${length} values (one per x)`, line.length, 'give x and every line the same length')]
    : bad >= 0
      ? [malformed(`${where}[${bad}]`, 'a finite number', line[bad] ?? NaN, 'find the step that left the finite numbers')]
      : []
}

const panelFaults = (panel: CurvePanel, methods: number): ReadonlyArray<MalformedChart> => {
  const where = `panel "${panel.title}"`
  const x = Array.from(panel.x)
  return [
    ...(x.length < 2 ? [malformed(`${where}, x`, 'at least 2 points', x.length, 'record more steps')] : []),
    ...lineFault(`${where}, x`, x, x.length),
    ...(panel.coordinates.length === 0 ? [malformed(where, 'at least 1 coordinate', 0, 'leave the panel out')] : []),
    ...panel.coordinates.flatMap((c) => [
      ...(c.lines.length === methods
        ? []
        : [malformed(`${where}, "${c.name}"`, `${methods} lines (one per method)`, c.lines.length, 'add or drop lines')]),
      ...c.lines.flatMap((line, m) => lineFault(`${where}, "${c.name}", line ${m}`, Array.from(line), x.length)),
    ]),
  ]
}

/**
 * A curve figure that can be drawn: at least one method and panel, equal lengths within a panel, finite numbers only.
 * Numbers are copied, so later changes of a caller's arrays do not reach the chart. Left names the first fault.
 */
export const curveFigure = (figure: Omit<CurveFigure, '_tag'>): E.Either<MalformedChart, CurveFigure> => {
  const faults = [
    ...(figure.methods.length === 0 ? [malformed('methods', 'at least 1', 0, 'name what is compared')] : []),
    ...gridFaults(figure.panels.length, figure.columns),
    ...figure.panels.flatMap((panel) => panelFaults(panel, figure.methods.length)),
  ]
  const fault = faults[0]
  return fault !== undefined ? E.left(fault) : E.right({
    ...figure,
    _tag: 'Curves',
    panels: figure.panels.map((panel) => ({
      ...panel,
      x: Array.from(panel.x),
      coordinates: panel.coordinates.map(({ name, lines }) => ({ name, lines: lines.map((line) => Array.from(line)) })),
    })),
  })
}
