/** Everything in one run, written as performance.json and performance.md. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kernels } from './kernels.mjs'
import { load, machine, version } from './machine.mjs'
import { memory } from './memory.mjs'
import { pageOf } from './page.mjs'
import { phases } from './phases.mjs'
import { steps } from './step.mjs'

export const record = async (request, say) => {
  const before = load()
  // What takes no clock comes first: nothing has been measured in vain if it fails.
  const memoryRows = await memory(request.data, say)
  say('kernels …')
  const { peaks, rows: kernelRows } = await kernels()
  say('phases …')
  const phaseRows = phases()
  const { digits, rows, agreement, turns, chosen, about: { node: _, ...peers } } = await steps(request, say)
  const after = load()
  const found = {
    format: 'phifold-performance-1', title: 'Speed and memory', version: version(), machine: machine(), load: { before, after }, peers, data: digits,
    peaks, kernels: kernelRows, phases: phaseRows, steps: rows, agreement, turns, chosen, memory: memoryRows,
  }
  mkdirSync(request.write, { recursive: true })
  writeFileSync(join(request.write, 'performance.json'), `${JSON.stringify(found, undefined, 1)}\n`)
  writeFileSync(join(request.write, 'performance.md'), pageOf(found))
}
