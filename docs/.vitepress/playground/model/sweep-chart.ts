/** Error against β as a chart on log axes, with its sentence. */
import { type Chart, type Line, type Points } from './chart.ts'
import { shown } from './markup.ts'
import { clearOfRounding, families, type Family, familyNames, orders, type Sweep } from './sweep.ts'

export const shapes: Readonly<Record<Family, Points['shape']>> = { ep: 'circle', centered: 'square', holomorphic4: 'diamond', holomorphic6: 'triangle' }
export const colours: Readonly<Record<Family, number>> = { ep: 0, centered: 1, holomorphic4: 2, holomorphic6: 5 }

/** "1.00", or why there is none. */
export const slopeText = ({ slope, points }: Sweep): string =>
  slope !== null ? (Math.abs(slope) < 0.005 ? '0.00' : slope.toFixed(2)) : points.length === 0 ? 'not for this activation' : 'too few points clear of rounding'

/** Smallest error of a family and its β. */
export const bestOf = ({ points }: Sweep) =>
  points.reduce<Sweep['points'][number] | undefined>((best, point) => (best === undefined || point.error < best.error ? point : best), undefined)

export const sentenceOf = (sweeps: readonly Sweep[]): string => `Error of EP’s whole gradient against BPTT’s, over β from 10⁻⁶ to 1. ${sweeps.map((sweep) => {
  const best = bestOf(sweep)
  return best === undefined ? `${families[sweep.family]}: not for this activation.`
    : `${families[sweep.family]}: slope ${slopeText(sweep)}, in theory ${orders[sweep.family]}; smallest error ${shown(best.error)} at β = ${shown(best.beta)}.`
}).join(' ')}`

/** `narrow` for a phone: the same picture with less room. Hollow points hold more rounding than error. */
export const chartOfSweeps = (sweeps: readonly Sweep[], narrow = false): Chart => {
  const lines = sweeps.flatMap(({ family, slope, constant, points }): readonly Line[] => {
    const x = points.map(({ beta }) => beta)
    return slope === null || constant === null ? [] : [{ colour: colours[family], stroke: 'thin', x, y: x.map((beta) => constant * beta ** slope) }]
  })
  const inOrder = familyNames.flatMap((family) => sweeps.filter((sweep) => sweep.family === family))
  return {
    description: sentenceOf(sweeps), width: narrow ? 380 : 760, height: narrow ? 380 : 440,
    x: { label: 'β, or the radius of the circle of nudges', scale: 'log', domain: [10 ** -6.1, 10 ** 0.1] },
    y: { label: 'relative error', scale: 'log', domain: [1e-16, 10] },
    lines,
    points: inOrder.flatMap(({ family, points }) => [false, true].map((hollow): Points => {
      const those = points.filter((point) => clearOfRounding(point) !== hollow)
      return { colour: colours[family], shape: shapes[family], hollow, x: those.map(({ beta }) => beta), y: those.map(({ error }) => error) }
    })),
  }
}
