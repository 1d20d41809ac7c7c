/**
 * Peak memory of every experiment, as the operating system saw the whole process with all its threads: each figure at the paper's T and K, and each network of Table 1
 * training on a few mini-batches, after which memory no longer grows, by EP and by BPTT. What it cannot see: what would be enough, since a
 * collector takes its time where there is room.
 */
import { resolve } from 'node:path'
import { trainedNetworks } from '../dist/experiment/trained-network.js'
import { curveFigures } from '../dist/experiment/figures.js'
import { inFolder } from './usage.mjs'

const batches = 10

export const memory = (data, say) => inFolder((run) => {
  const from = data === undefined ? [] : ['--data', resolve(data)]
  const measured = (experiment, ...args) => {
    say(`${experiment} …`)
    return { experiment, ...run(...args) }
  }
  return [
    ...curveFigures.map(({ number, input }) => measured(`figure ${number}`, 'figure', String(number), ...(input === 'digits' ? from : []))),
    ...trainedNetworks.flatMap(({ name }) => ['ep', 'bptt'].map((method) =>
      measured(`train ${name} by ${method}`, 'train', name, '--method', method, '--batches', String(batches), ...(data === undefined ? ['--examples', '2000'] : ['--tests', '500']), ...from, '--out', `${name}-${method}`))),
  ]
})
