/** Whole processes of the program: wall time, processor time and peak memory, which each says itself as it ends, since a parent learns neither of the last two. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))

/** Lets `use` run phifold in a folder that is removed afterwards: run(...args) gives { wallS, cpuS, peakMb }. */
export const inFolder = async (use) => {
  const out = mkdtempSync(join(tmpdir(), 'phifold-bench-'))
  const usage = join(out, 'usage.json')
  const preload = join(out, 'usage.mjs')
  writeFileSync(preload, `import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
if (isMainThread) process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  writeFileSync(${JSON.stringify(usage)}, JSON.stringify({ peakMb: maxRSS / 1024, cpuS: (userCPUTime + systemCPUTime) / 1e6 }))
})
`)
  const run = (...args) => {
    const start = performance.now()
    execFileSync(process.execPath, ['--import', preload, main, ...args], { cwd: out, stdio: ['ignore', 'ignore', 'inherit'] })
    return { wallS: (performance.now() - start) / 1000, ...JSON.parse(readFileSync(usage, 'utf8')) }
  }
  try {
    return await use(run, out)
  } finally {
    rmSync(out, { recursive: true })
  }
}
