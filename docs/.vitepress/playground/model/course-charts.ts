/** The charts of a course, one for each layer's neurons and each parameter, with what they say in words. */
import { type Chart, type Line } from './chart.ts'
import type { Choices } from './choices.ts'
import type { Panel } from './course.ts'
import { shown } from './markup.ts'

/** "Output neurons s2", "Weights W1 into layer 1". */
export const titleOf = (name: string, layers: number): string => {
  const layer = Number(/\d+$/.exec(name)?.[0] ?? 0)
  const place = layer === layers ? 'output' : layers > 2 ? `hidden layer ${layer}` : 'hidden layer'
  const kind = name.replace(/\d+$/, '')
  switch (kind) {
    case 's': return `${name}: neurons, ${place}`
    case 'b': return `${name}: biases, ${place}`
    case 'Wx': return `${name}: input → ${place}`
    default: return `${name}: weights → ${place}`
  }
}

/** The largest gap relative to the largest gradient: one number for each panel. */
export const relativeGap = ({ worst, scale }: Pick<Panel, 'worst' | 'scale'>): number => (worst === 0 ? 0 : worst / scale)

const symbolOf = (name: string): readonly [ep: string, bptt: string] => (name.startsWith('s') ? ['Δs', 'M∇s'] : ['Δθ', '∇θ'])

/** One sentence for those who do not see the picture. */
export const sentenceOf = (panel: Panel): string => {
  const { name, count, worst, scale, rmse, pairs } = panel
  const [ep, bptt] = symbolOf(name)
  const first = pairs.find(({ bptt: values }) => values.some((v) => v !== 0)) ?? pairs[0]
  const example = first === undefined ? '' : ` For number ${first.index}, BPTT goes from ${shown(first.bptt[0] ?? NaN)} to ${shown(first.bptt.at(-1) ?? NaN)} and EP from ${shown(first.ep[0] ?? NaN)} to ${shown(first.ep.at(-1) ?? NaN)}.`
  return `${name}, ${pairs.length} of ${count} drawn: EP’s ${ep} over BPTT’s −${bptt} at each moment. Largest gap ${shown(worst)} where the largest gradient is ${shown(scale)}; relative rmse ${shown(rmse)}.${example}`
}

export const chartOfPanel = (panel: Panel): Chart => {
  const K = panel.pairs[0]?.bptt.length ?? 0
  const t = Array.from({ length: K }, (_, i) => i)
  const lines = (of: 'bptt' | 'ep'): readonly Line[] => panel.pairs.map((pair, i) => ({
    colour: i % 7, stroke: of === 'bptt' ? 'solid' : 'dashed', x: t, y: pair[of], drawn: of === 'ep',
  }))
  return {
    description: sentenceOf(panel), width: 310, height: 190,
    x: { label: 't, moments of both folds', scale: 'linear', domain: [0, Math.max(1, K - 1)] },
    y: { label: '', scale: 'linear' },
    lines: [...lines('bptt'), ...lines('ep')],
  }
}

/** Neurons first, then weights, then biases; within each from the input on. */
export const ordered = (panels: readonly Panel[]): readonly Panel[] => {
  const rank = (name: string): number => (name.startsWith('s') ? 0 : name.startsWith('W') ? 1 : 2)
  return [...panels].sort((a, b) => rank(a.name) - rank(b.name))
}

/** What is divided by what, for the heading of the charts. */
export const methodsOf = ({ estimator, beta }: Pick<Choices, 'estimator' | 'beta'>): readonly [bptt: string, ep: string] => [
  'BPTT: −∇', estimator === 'limit' ? 'EP in the limit β → 0' : estimator === 'centered' ? `EP at ±β = ${shown(beta)}` : `EP at β = ${shown(beta)}`,
]
