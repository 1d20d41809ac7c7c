/**
 * `npm run bench:figures [-- --data MNIST] [--all] [--json]`: whole processes of `phifold figure`: wall time, processor time and peak memory,
 * after asserting that the fast interpreter gives the numbers of the reference. `--all` includes `figure all`, which takes minutes. Machines are
 * shared and noisy: see the load that is printed along.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join, resolve } from 'node:path'
import { inFolder } from './usage.mjs'

const given = process.argv.slice(2)
const data = given.includes('--data') ? ['--data', resolve(given[given.indexOf('--data') + 1] ?? '')] : []

const rows = await inFolder((run, out) => {
  const short = ['figure', '8', '--T', '40', '--K', '4', '--unsettled', 'keep', ...data, '--out', out]
  const [fast, plain] = ['simd64', 'reference'].map((engine) => {
    run(...short, '--engine', engine)
    return JSON.parse(readFileSync(join(out, 'figure-8.json'), 'utf8')).runs
  })
  assert.deepEqual(fast, plain)
  return [['2', 3, []], ['8', 3, data], ...(given.includes('--all') ? [['all', 1, data]] : [])].map(([figure, runs, more]) => {
    const times = Array.from({ length: runs }, () => run('figure', figure, ...more, '--out', out)).sort((a, b) => a.wallS - b.wallS)
    return { figure, runs, data: more.length === 0 ? 'synthetic or random' : 'MNIST', load: loadavg()[0], ...times[Math.floor(runs / 2)] }
  })
})

if (given.includes('--json')) console.log(JSON.stringify(rows))
else {
  console.log(`${cpus()[0]?.model.trim()} × ${cpus().length}, Node ${process.version}; medians by wall time`)
  for (const { figure, runs, data: from, load, wallS, cpuS, peakMb } of rows)
    console.log(`figure ${figure.padEnd(4)} ${wallS.toFixed(1).padStart(7)} s wall  ${cpuS.toFixed(1).padStart(7)} s processor  ${peakMb.toFixed(0).padStart(6)} MB peak  (${runs} runs, ${from}, load ${load.toFixed(1)})`)
}
