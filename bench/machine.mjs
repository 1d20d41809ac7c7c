/** What machine this is and how busy it is: what every number of a bench depends on. */
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

export const machine = () => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism(), memoryMb: Math.round(totalmem() / 2 ** 20), platform: `${process.platform}-${process.arch}`,
  node: process.versions.node, v8: process.versions.v8,
})

/** Processes that want to run, mean of the last minute. */
export const load = () => Number(loadavg()[0].toFixed(2))

export const version = () => JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version

export const machineLine = ({ cpu, cores, node, v8 }, busy) => `${cpu} × ${cores}, Node ${node} (V8 ${v8}), load ${busy}`

/** Peers in words, from what they said of themselves. */
export const peerLines = ({ torch, numpy, blas, core, environment, tfjs, backend }) => [
  ...(torch === undefined ? [] : [`PyTorch ${torch}, NumPy ${numpy}, ${blas}${core === null ? '' : ` with the kernels of ${core}`}${Object.entries(environment).map(([name, value]) => `, ${name}=${value}`).join('')}`]),
  ...(tfjs === undefined ? [] : [`TensorFlow.js ${tfjs}, backend ${backend}`]),
]
