/** The effect of each departure from theory on one plot: bars of the mean rmse of EP's weights, network by network. */
import { departures, departuresOf } from './departure.ts'
import type { Figure, Hyperparameters } from './figure.ts'
import { agreementOf, quantitiesOf } from './figure-report.ts'
import { curveFigures } from './figures.ts'
import type { BarsRecord, EstimateRecord, Measured, RunRecord } from './record.ts'

/** A network that the departures are shown on. */
export interface Shown {
  readonly number: number
  readonly changes: Partial<Hyperparameters>
}

/** Energy-based, prototypical and convolutional. The last one has settled to rounding long before its T. */
const shown: readonly Shown[] = [{ number: 8, changes: {} }, { number: 11, changes: {} }, { number: 4, changes: { T: 200 } }]

const figureOf = ({ number }: Shown): Figure => {
  const found = curveFigures.find((figure) => figure.number === number)
  if (found === undefined) throw new RangeError(`no figure ${number}`)
  return found
}

/** What to run: each network exactly, with each departure alone, and as published. */
export const departureRuns: readonly (Shown & { readonly variant: string })[] = shown.flatMap((each) =>
  ['exact', ...departuresOf(figureOf(each)), 'published'].map((variant) => ({ ...each, variant })))

/** A departure run. */
export interface DepartureRun {
  readonly variant: string
  readonly measured: Measured
}

const seriesOf = ({ estimate }: EstimateRecord, i: number): string =>
  estimate === 'limit' ? 'β → 0' : i === 0 ? 'EP at β' : 'EP at β/10'

const barsOf = ({ estimates }: RunRecord, quantity: string): BarsRecord['panels'][number]['groups'][number]['bars'] =>
  estimates.filter(({ estimate }) => estimate !== 'centered').map((each, i) => {
    const { rmse, spread } = agreementOf(each, quantity)
    return { series: seriesOf(each, i), value: rmse, spread }
  })

const panelsOf = (runs: readonly DepartureRun[]): BarsRecord['panels'] => {
  const [{ measured }] = runs as readonly [DepartureRun, ...(readonly DepartureRun[])]
  const weights = quantitiesOf(measured.runs[0] as RunRecord).filter((quantity) => quantity.startsWith('W'))
  // Next to the output and next to the input.
  return [...new Set([weights[0] ?? '', weights.at(-1) ?? ''])].map((quantity) => ({
    title: `${quantity} of ${measured.hyperparameters.sizes.join('-')} (figure ${measured.figure})`,
    groups: runs.flatMap(({ variant, measured: { runs: [papers, inner] } }) => [
      { name: variant, bars: barsOf(papers as RunRecord, quantity) },
      // The inner nudge is exact; the paper's outer one is not, and stands beside it.
      ...(variant === 'exact' && inner !== undefined ? [{ name: 'inner nudge', bars: barsOf(inner, quantity) }] : []),
    ]),
  }))
}

/** The bars, two panels per network. */
export const departureBars = (version: string, runs: readonly DepartureRun[]): BarsRecord => ({
  format: 'phifold-bars-1',
  figure: 'departures',
  title: 'What each departure from theory does to the gap between EP and −BPTT',
  subtitle: 'Each departure alone, and the published ones together; a gap that theory forbids stays as β → 0.',
  cites: 'Ernoult et al. 2019',
  version,
  of: shown.map(({ number }) => number),
  panels: shown.flatMap(({ number }) => {
    const own = runs.filter(({ measured }) => measured.figure === number)
    return own.length === 0 ? [] : panelsOf(own)
  }),
})

/** What the names mean, one a line. */
export const departureNotes: readonly string[] = Object.entries(departures).map(([name, { note }]) => `${name}: ${note}`)
