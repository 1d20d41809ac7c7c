/**
 * `npm run bench:figures [-- --data MNIST] [--all] [--json]`: whole processes of `phifold figure`: wall time, processor time and peak memory,
 * after asserting that the fast interpreter gives the numbers of the reference. `--all` includes `figure all`, which takes minutes. Machines are
 * shared and noisy: see the load that is printed along.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const given = process.argv.slice(2)
const data = given.includes('--data') ? ['--data', resolve(given[given.indexOf('--data') + 1] ?? '')] : []
const out = mkdtempSync(join(tmpdir(), 'phifold-bench-'))
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const usage = join(out, 'usage.json')
// Asks the process itself when it ends, since a parent learns neither its memory nor its processor time.
const preload = join(out, 'usage.mjs')
writeFileSync(preload, `import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
if (isMainThread) process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  writeFileSync(${JSON.stringify(usage)}, JSON.stringify({ peakMb: maxRSS / 1024, cpuS: (userCPUTime + systemCPUTime) / 1e6 }))
})
`)

const phifold = (...args) => execFileSync(process.execPath, ['--import', preload, main, ...args, '--out', out], { stdio: ['ignore', 'ignore', 'inherit'] })
const recordOf = (number) => JSON.parse(readFileSync(join(out, `figure-${number}.json`), 'utf8'))

const short = ['figure', '8', '--T', '40', '--K', '4', '--unsettled', 'keep', ...data]
const [fast, plain] = ['simd64', 'reference'].map((engine) => {
  phifold(...short, '--engine', engine)
  return recordOf(8).runs
})
assert.deepEqual(fast, plain)

const rows = [['2', 3, []], ['8', 3, data], ...(given.includes('--all') ? [['all', 1, data]] : [])].map(([figure, runs, more]) => {
  const times = Array.from({ length: runs }, () => {
    const start = performance.now()
    phifold('figure', figure, ...more)
    return { wallS: (performance.now() - start) / 1000, ...JSON.parse(readFileSync(usage, 'utf8')) }
  }).sort((a, b) => a.wallS - b.wallS)
  return { figure, runs, data: more.length === 0 ? 'synthetic or random' : 'MNIST', load: loadavg()[0], ...times[Math.floor(runs / 2)] }
})
rmSync(out, { recursive: true })

if (given.includes('--json')) console.log(JSON.stringify(rows))
else {
  console.log(`${cpus()[0]?.model.trim()} × ${cpus().length}, Node ${process.version}; medians by wall time`)
  for (const { figure, runs, data: from, load, wallS, cpuS, peakMb } of rows)
    console.log(`figure ${figure.padEnd(4)} ${wallS.toFixed(1).padStart(7)} s wall  ${cpuS.toFixed(1).padStart(7)} s processor  ${peakMb.toFixed(0).padStart(6)} MB peak  (${runs} runs, ${from}, load ${load.toFixed(1)})`)
}
