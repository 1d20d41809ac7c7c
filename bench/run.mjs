/**
 * `npm run bench [-- kernels | phases | step NAME... | memory | record] [--json] [--data MNIST] [--method ep|bptt] [--seconds N] [--write FOLDER]`. Without a word: kernels as
 * a share of the machine's measured SIMD peak, phases, and the steps of all networks beside their peers. `record` writes it all to
 * docs/results. Exit code 2 for what it does not know or cannot read, 1 where what is timed does not agree.
 *
 * Medians with the 10th and 90th percentile; machines are shared and noisy, so compare ratios of one run, not single times.
 */
import { trainedNetworks } from '../dist/experiment/trained-network.js'
import { requestOf } from './request.mjs'

const request = requestOf(process.argv.slice(2), trainedNetworks.map(({ name }) => name))
if (request.mistake !== undefined) {
  console.error(request.mistake)
  process.exit(2)
}

if (request.data !== undefined) {
  try {
    await (await import('./setting.mjs')).digitsFrom(request.data)
  } catch (error) {
    console.error(`bench --data: ${error.message}`)
    process.exit(2)
  }
}

const say = (line) => { console.error(line) }
const { load, machine, machineLine, peerLines } = await import('./machine.mjs')
const { agreementCells, memoryCells, plainTable, stepCells, targetCells, timedCells } = await import('./table.mjs')
const { isOurs, reachedOf } = await import('./targets.mjs')

const parts = {
  kernels: async () => {
    const { peaks, rows } = await (await import('./kernels.mjs')).kernels()
    return { json: rows, text: `peak in registers: ${Object.entries(peaks).map(([name, peak]) => `${name} ${(peak / 1e9).toFixed(1)} GFLOP/s`).join(', ')}\n${plainTable(...timedCells(rows))}` }
  },
  phases: async () => {
    const rows = (await import('./phases.mjs')).phases()
    return { json: rows, text: plainTable(...timedCells(rows)) }
  },
  step: async () => {
    const { digits, rows, agreement, about } = await (await import('./step.mjs')).steps(request, say)
    const reached = reachedOf(rows)
    return {
      json: rows,
      text: [
        ...peerLines(about), `${digits}; gradients agree:`, plainTable(...agreementCells(agreement), 2), '', plainTable(...stepCells(rows, isOurs), 3),
        ...(reached.length === 0 ? [] : ['', plainTable(...targetCells(reached), 4)]),
      ].join('\n'),
    }
  },
  memory: async () => {
    const rows = await (await import('./memory.mjs')).memory(request.data, say)
    return { json: rows, text: plainTable(...memoryCells(rows)) }
  },
}

try {
  if (request.what === 'record') {
    await (await import('./record.mjs')).record(request, say)
    say(`written: performance.json and performance.md in ${request.write}`)
  } else {
    const names = request.what === 'all' ? ['kernels', 'phases', 'step'] : [request.what]
    if (!request.json) console.log(machineLine(machine(), load()))
    const found = {}
    for (const name of names) {
      const { json, text } = await parts[name]()
      found[name] = json
      if (!request.json) console.log(`\n${text}`)
    }
    if (request.json) console.log(JSON.stringify(request.what === 'all' ? found : found[request.what]))
  }
} catch (error) {
  console.error(`bench: ${error.message}`)
  process.exit(1)
}
