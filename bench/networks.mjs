/**
 * `npm run bench:networks [-- N]`: law L5.energy-based.float64 on N random networks (10 000), half of them in each of two
 * processes with seeds of their own. Says how long that took, the worst gap and its allowance; exit code 1 when a network fails the law.
 * What it cannot see: the law's other settings and rungs. The machine's load is printed, since it decides the time.
 */
import { execFile } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const name = 'L5.energy-based.float64'
const wanted = Number(process.argv[2] ?? 10_000)
const processes = 2
const load = loadavg()[0].toFixed(1)

const start = performance.now()
const results = await Promise.all(Array.from({ length: processes }, async (_, i) => {
  const runs = Math.floor((i + 1) * wanted / processes) - Math.floor(i * wanted / processes)
  const args = [main, 'verify', '--law', name, '--runs', String(runs), '--seed', String(i + 1), '--json']
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout).laws[0]
}))
const seconds = (performance.now() - start) / 1000
const networks = results.reduce((sum, { instances }) => sum + instances, 0)
const worst = results.reduce((a, b) => (b.gap / b.allowance > a.gap / a.allowance ? b : a))
console.log(`${cpus()[0]?.model.trim()} × ${cpus().length}, Node ${process.version}, load ${load}`)
console.log(`${name}: ${networks} networks in ${seconds.toFixed(1)} s on ${processes} processes; worst gap ${worst.gap} of ${worst.allowance} allowed`)
