/** Figures 3 and 16: bars of the mean rmse per layer, with its spread, of curve figures already run. */
import type { Summary } from './figures.ts'
import { agreementOf, quantitiesOf } from './figure-report.ts'
import type { BarsRecord, EstimateRecord, Measured, RunRecord } from './record.ts'

type Bars = BarsRecord['panels'][number]['groups'][number]['bars']

const nudgeOf = ({ name }: RunRecord): string => (name === 'inner nudge' ? 'inner nudge' : 'paper\'s nudge')

/** One-sided estimates only: β and β/10 show whether the gap falls with β. */
const oneSided = (run: RunRecord): readonly EstimateRecord[] => run.estimates.filter(({ estimate }) => estimate === 'one-sided')

const barsOf = ({ runs }: Measured, quantity: string): Bars => runs.flatMap((run) => oneSided(run).map((estimate, i) => {
  const { rmse, spread } = agreementOf(estimate, quantity)
  return { series: `${nudgeOf(run)}, ${i === 0 ? 'β' : 'β/10'}`, value: rmse, spread }
}))

const panelOf = (measured: Measured): BarsRecord['panels'][number] => {
  const { figure, network, hyperparameters: { sizes, beta }, runs } = measured
  // The paper's names of its networks: EB-2h has two hidden layers.
  const kind = runs[0]?.name.startsWith('energy-based') ? 'EB' : 'P'
  const name = network.startsWith('convolutional') ? `${kind}-conv` : `${kind}-${sizes.length - 2}h`
  const quantities = quantitiesOf(runs[0] as RunRecord).filter((quantity) => !quantity.startsWith('b'))
  return {
    title: `${name} (figure ${figure}), β = ${beta}`,
    groups: quantities.map((name) => ({ name, bars: barsOf(measured, name) })),
  }
}

/** The bars of a summary, from the records of the figures that it is of. */
export const summaryOf = ({ number, title, cites, of }: Summary, version: string, records: readonly Measured[]): BarsRecord => ({
  format: 'phifold-bars-1', figure: number, title, cites: `Ernoult et al. 2019, ${cites}`, version, of,
  subtitle: 'One-sided EP at the figure\'s β and at a tenth of it: where the theorem holds, the gap falls with β.',
  panels: records.map(panelOf),
})
