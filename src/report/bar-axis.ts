/**
 * The vertical axis of a bar figure, one for all its panels.
 *
 * Numerics: a logarithmic axis is a linear one of log₁₀. It begins at a whole power of ten below the smallest value above the floor, by
 * at least a tenth of a decade, so that every bar has a height, and ends at one above the highest whisker. A linear axis includes 0
 * and is in units of a power of 1000, as in curve-spec.ts.
 */
import type { Bar, BarFigure } from './bar-figure.ts'
import { exponentOf, lookUp, panelSize, powerOfTen, scaledBy, unitOf } from './sheet.ts'

/** Where numbers are on the vertical axis, and how it is labelled. */
export interface Axis {
  readonly domain: readonly [number, number]
  /** Whether the domain may be widened to round numbers. */
  readonly nice: boolean
  readonly title: string
  readonly ticks: object
  /** Where bars stand. */
  readonly base: number
  readonly at: (y: number) => number
  /** Beyond the axis: `at` gives its end. */
  readonly isBelow: (y: number) => boolean
  /** To be drawn as a stub of the height `stub`, in units of the axis, with its value written above. */
  readonly isStub: (y: number) => boolean
  readonly stub: number
}

const barsOf = ({ panels }: BarFigure): ReadonlyArray<Bar> => panels.flatMap(({ groups }) => groups.flatMap(({ bars }) => bars))

const most = (values: ReadonlyArray<number>, from: number): number => values.reduce((a, b) => Math.max(a, b), from)
const least = (values: ReadonlyArray<number>, from: number): number => values.reduce((a, b) => Math.min(a, b), from)

/** Tick labels that fit on the height of a panel. */
const labels = 6
/** In px. */
const stubHeight = 3

const logarithmic = (figure: BarFigure): Axis => {
  const { floor = 0 } = figure
  const tall = barsOf(figure).filter(({ value }) => value > floor)
  // A tenth of a decade is the least height of a bar, and far more than log10 is off by.
  const below = tall.length === 0 ? -1 : Math.floor(least(tall.map(({ value }) => Math.log10(value)), Infinity) - 0.1)
  const above = Math.ceil(most(tall.map(({ value, spread }) => Math.log10(value + spread)), below + 1) - 1e-9)
  const step = Math.ceil((above - below) / labels)
  const powers = Array.from({ length: above - below + 1 }, (_, i) => below + i)
  // Counted from the top: the largest values matter most.
  const ticks = powers.filter((power) => (above - power) % step === 0)
  return {
    domain: [below, above],
    nice: false,
    title: figure.yTitle,
    ticks: {
      values: ticks, tickCount: ticks.length, gridColor: '#E6E6E6',
      labelExpr: lookUp(powers.map(powerOfTen), `datum.value - (${below})`),
      description: `${figure.yTitle}, logarithmic, from ${powerOfTen(below)} to ${powerOfTen(above)}`,
    },
    base: below,
    // A whisker's lower end may be 0 or negative, whose logarithm is no number.
    at: (y) => (y > 0 ? Math.max(below, Math.log10(y)) : below),
    isBelow: (y) => !(Math.log10(y) >= below),
    isStub: (y) => y <= floor,
    stub: (above - below) * (stubHeight / panelSize.height),
  }
}

const linear = (figure: BarFigure): Axis => {
  const ends = barsOf(figure).flatMap(({ value, spread }) => [value - spread, value + spread, value])
  const [low, high] = [least(ends, 0), most(ends, 0)]
  const exponent = exponentOf(Math.max(high, -low))
  return {
    domain: low === high ? [0, 1] : [scaledBy(low, exponent), scaledBy(high, exponent)],
    nice: true,
    title: unitOf(figure.yTitle, exponent),
    ticks: {},
    base: 0,
    at: (y) => scaledBy(y, exponent),
    isBelow: () => false,
    isStub: () => false,
    stub: 0,
  }
}

/** The axis on which all bars of a figure stand. */
export const axisOf = (figure: BarFigure): Axis => (figure.scale === 'log' ? logarithmic(figure) : linear(figure))
