/**
 * Bar charts as plain values: a mean with its spread for each series in each group, e.g. the rmse of each layer for each
 * estimate of EP.
 *
 * All panels share one vertical axis, so that bars of different panels can be compared by their height. On a logarithmic
 * axis zero has no place: a value of 0, or one at or below the chart's `floor`, is drawn as a short stub that stands on the
 * axis and bears the value, without a whisker; a whisker that would reach below the axis ends there, without a cap. Values below 0
 * are refused.
 */
import * as E from 'fp-ts/lib/Either.js'
import { gridFaults, malformed, type MalformedChart } from './malformed.ts'
import { palette } from './palette.ts'

/** The mean of some entries, and how far they spread: the whisker goes from value − spread to value + spread. */
export interface Bar {
  /** Name of one of the figure's series. */
  readonly series: string
  readonly value: number
  /** Such as the sample standard deviation over the entries of a layer; 0 for no whisker. */
  readonly spread: number
}

/** Bars side by side, in the order of the figure's series; a series may be missing and leaves its place empty. */
export interface BarGroup {
  /** A layer or a parameter, such as 's1' or 'W2'. */
  readonly name: string
  readonly bars: ReadonlyArray<Bar>
}

/** One network or setting. */
export interface BarPanel {
  readonly title: string
  /** A short remark beside the title. */
  readonly note?: string
  readonly groups: ReadonlyArray<BarGroup>
}

/** What one colour and filling stands for. */
export interface Series {
  readonly name: string
}

/** A grid of panels filled row by row, all with the same vertical axis. */
export interface BarFigure {
  readonly _tag: 'Bars'
  readonly title: string
  readonly subtitle: string
  readonly xTitle?: string
  /** What a bar's height is, with its unit. */
  readonly yTitle: string
  readonly scale: 'linear' | 'log'
  /** On a logarithmic axis: values at or below this positive number are drawn as stubs. */
  readonly floor?: number
  /** What the whiskers are, said in the legend, e.g. 'whiskers: ± standard deviation over the entries'. */
  readonly whiskersMean: string
  /** At most as many as there are colours. */
  readonly series: ReadonlyArray<Series>
  readonly panels: ReadonlyArray<BarPanel>
  /** Panels in a row. */
  readonly columns: number
}

/** The first text that occurs a second time. */
const repeated = (texts: ReadonlyArray<string>): string | undefined => texts.find((text, i) => texts.indexOf(text) < i)

const repetition = (where: string, what: string, texts: ReadonlyArray<string>, next: string): ReadonlyArray<MalformedChart> => {
  const twice = repeated(texts)
  return twice === undefined ? [] : [malformed(where, `${what} of different names`, `"${twice}" twice`, next)]
}

const barFaults = (where: string, { value, spread }: Bar, scale: BarFigure['scale']): ReadonlyArray<MalformedChart> => [
  ...(Number.isFinite(value) ? [] : [malformed(`${where}, value`, 'a finite number', value, 'find the step that left the finite numbers')]),
  ...(value < 0 && scale === 'log'
    ? [malformed(`${where}, value`, 'a number from 0 on a logarithmic axis', value, 'take its magnitude or a linear axis')] : []),
  ...(Number.isFinite(spread) && spread >= 0 ? [] : [malformed(`${where}, spread`, 'a finite number from 0', spread, 'give 0 for no whisker')]),
  ...(Number.isFinite(value) && Number.isFinite(spread) && !Number.isFinite(value + spread)
    ? [malformed(where, 'a whisker that ends at a finite number', value + spread, 'give smaller numbers')] : []),
]

const panelFaults = (panel: BarPanel, { series, scale }: Pick<BarFigure, 'series' | 'scale'>): ReadonlyArray<MalformedChart> => {
  const where = `panel "${panel.title}"`
  const known = series.map(({ name }) => name)
  return [
    ...(panel.groups.length === 0 ? [malformed(where, 'at least 1 group', 0, 'leave the panel out')] : []),
    ...repetition(where, 'groups', panel.groups.map(({ name }) => name), 'merge the two'),
    ...panel.groups.flatMap(({ name, bars }) => {
      const group = `${where}, "${name}"`
      return [
        ...repetition(group, 'bars', bars.map((bar) => bar.series), 'give one bar per series'),
        ...bars.flatMap((bar) => known.includes(bar.series)
          ? barFaults(`${group}, ${bar.series}`, bar, scale)
          : [malformed(group, `a series among ${known.join(', ')}`, `"${bar.series}"`, 'add it to the series')]),
      ]
    }),
    ...(panel.groups.length > 0 && panel.groups.every(({ bars }) => bars.length === 0)
      ? [malformed(where, 'at least 1 bar', 0, 'leave the panel out')] : []),
  ]
}

const floorFaults = ({ scale, floor }: Pick<BarFigure, 'scale' | 'floor'>): ReadonlyArray<MalformedChart> =>
  floor === undefined ? []
    : scale === 'linear' ? [malformed('floor', 'none on a linear axis', floor, 'leave it out')]
      : floor > 0 && Number.isFinite(floor) ? [] : [malformed('floor', 'a finite number above 0', floor, 'leave it out')]

const copied = ({ title, note, groups }: BarPanel): BarPanel => ({
  title,
  ...(note === undefined ? {} : { note }),
  groups: groups.map(({ name, bars }) => ({ name, bars: bars.map(({ series, value, spread }) => ({ series, value, spread })) })),
})

/**
 * A bar figure that can be drawn: 1 to 7 series, at least one panel, at least one bar in each, finite numbers, none negative on a
 * logarithmic axis. What is given is copied. Left names the first fault.
 */
export const barFigure = (figure: Omit<BarFigure, '_tag'>): E.Either<MalformedChart, BarFigure> => {
  const { series, panels } = figure
  const fault = [
    ...(series.length === 0 ? [malformed('series', 'at least 1', 0, 'name what is compared')] : []),
    ...(series.length > palette.length
      ? [malformed('series', `at most ${palette.length}`, series.length, 'leave some out or draw two figures')] : []),
    ...repetition('series', 'series', series.map(({ name }) => name), 'rename one'),
    ...gridFaults(panels.length, figure.columns),
    ...floorFaults(figure),
    ...panels.flatMap((panel) => panelFaults(panel, figure)),
  ][0]
  return fault !== undefined
    ? E.left(fault)
    : E.right({ ...figure, _tag: 'Bars', series: series.map(({ name }) => ({ name })), panels: panels.map(copied) })
}
