/** The ten outputs: as bars at one step, and over all steps. */
import type { Chart } from './chart.ts'
import type { Read } from './digit.ts'
import { place, shown } from './markup.ts'

/** Ten bars from 0 to 1, the largest in the second colour and marked. */
export const barsOf = (outputs: readonly number[], t: number): string => {
  const [width, height, bottom] = [360, 150, 118]
  const best = outputs.indexOf(Math.max(...outputs))
  const text = outputs.length === 0 ? 'Outputs: none yet' : `Outputs at step ${t}: ${outputs.map((value, d) => `${d}: ${shown(value, 2)}`).join(', ')}`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${text}">`,
    `<path class="axis" d="M20 ${bottom}H${width - 10}"/>`,
    ...Array.from({ length: 10 }, (_, d) => {
      const value = Math.min(1.1, Math.max(0, outputs[d] ?? 0))
      const [x, size] = [26 + d * 33, value * 92]
      return `<rect class="bar c${d === best ? 1 : 0}" x="${x}" y="${place(bottom - size)}" width="24" height="${place(size)}"/>`
        + `<text class="label" x="${x + 12}" y="${bottom + 14}" text-anchor="middle">${d}</text>`
        + `<text class="tick" x="${x + 12}" y="${bottom + 28}" text-anchor="middle">${outputs[d] === undefined ? '' : shown(Math.abs(outputs[d]) < 0.005 ? 0 : Number(outputs[d].toFixed(2)), 2)}</text>`
    }),
    `<text class="label" x="20" y="12">output at step ${t}</text>`,
    '</svg>',
  ].join('')
}

/** Outputs over the steps, up to one of them. */
export const outputsChart = ({ frames, answer, outputs }: Read, until: number = frames.length): Chart => {
  const steps = frames.filter((_, i) => i <= until)
  const ranked = outputs.map((value, d) => [d, value] as const).sort(([, a], [, b]) => b - a)
  return {
    description: `The outputs over ${frames.length - 1} steps. At the end: ${ranked.slice(0, 3).map(([d, value]) => `${d} at ${shown(value)}`).join(', ')}.`,
    width: 360, height: 190,
    x: { label: 't, steps of the free phase', scale: 'linear', domain: [0, Math.max(1, frames.length - 1)] },
    y: { label: '', scale: 'linear', domain: [-0.02, 1.1] },
    lines: outputs.map((_, d) => ({
      colour: d === answer ? 1 : 0, stroke: d === answer ? 'solid' : 'thin', x: steps.map(({ t }) => t), y: steps.map(({ layers }) => layers[1]?.[d] ?? NaN),
    })),
  }
}
