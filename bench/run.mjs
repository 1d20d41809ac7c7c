/**
 * `npm run bench [-- step NAME] [--json]`: with `step`, see step.mjs. Otherwise times the interpreters reference, simd64 and simd32, the phases and a whole figure, after asserting that
 * what is timed is right. Medians with the 10th and 90th percentile; machines are shared and noisy, so compare ratios of one run, not
 * single times. Products also say how many floating-point operations per second the best run made, and the share of what the core could do
 * without loading anything (peak.mjs).
 * What it cannot see: exact interpreters, memory, the first run's compilation (each case warms up first).
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  conclusion, energyBased, freePhase, initialise, layered, miniBatch, orThrow, pose, reference as A, seeded, simd32, simd64, singleRoundoff,
  squaredError, syntheticDigits, tanh, toy, uniforms,
} from '../dist/index.js'
import { peakOf } from './peak.mjs'
import { benchSteps } from './step.mjs'

const json = process.argv.includes('--json')
const [what, ...names] = process.argv.slice(2).filter((argument) => argument !== '--json')
if (what === 'step') process.exit(await benchSteps(names, json))
if (what !== undefined) {
  console.error(`bench: expected nothing, or step and names of networks, got ${what}`)
  process.exit(2)
}
const rows = []

/** With a number of floating-point operations and a peak, also says how near to it the best run came. */
const time = (name, runs, act, { operations, peak } = {}) => {
  for (let warm = 0; warm < runs / 4; warm++) act()
  const times = Array.from({ length: runs }, () => {
    const start = performance.now()
    act()
    return performance.now() - start
  }).sort((a, b) => a - b)
  const at = (q) => times[Math.min(times.length - 1, Math.floor(q * times.length))]
  const gflops = operations === undefined ? {} : { gflops: operations / at(0) / 1e6, ...(peak && { share: operations / at(0) * 1e3 / peak }) }
  rows.push({ name, medianMs: at(0.5), p10Ms: at(0.1), p90Ms: at(0.9), runs, ...gflops })
}

const random = (shape, seed) => A.of(shape, uniforms(seeded(seed), shape.reduce((n, k) => n * k, 1), -1, 1)[0])

/** The definition, for agreement: sums in index order, so even the rounding is the same. */
const naive = (a, b, [m, k, n], at) => Float64Array.from({ length: m * n }, (_, e) => {
  let total = 0
  for (let j = 0; j < k; j++) total += at(a, b, Math.floor(e / n), j, e % n)
  return total
})

for (const [kind, op, shapes, at] of [
  ['a b', 'matmulNN', (m, k, n) => [[m, k], [k, n]], (k, n) => (a, b, i, j, c) => a[i * k + j] * b[j * n + c]],
  ['a bᵀ', 'matmulNT', (m, k, n) => [[m, k], [n, k]], (k) => (a, b, i, j, c) => a[i * k + j] * b[c * k + j]],
  ['aᵀ b', 'matmulTN', (m, k, n) => [[k, m], [k, n]], (k, n, m) => (a, b, i, j, c) => a[j * m + i] * b[j * n + c]],
]) {
  const [m, k, n] = op === 'matmulTN' ? [512, 20, 784] : [20, 512, 512]
  const [left, right] = shapes(m, k, n).map((shape, i) => random(shape, i + 1))
  assert.deepEqual(A.numbers(A[op](left, right)), naive(A.numbers(left), A.numbers(right), [m, k, n], at(k, n, m)))
  time(`product ${kind}, ${m}×${k}×${n}`, 15, () => A[op](left, right))
}

// The interpreters on SIMD against the reference: the same bits in double precision, within γ_k |a| |b| in single.
const peaks = { simd64: await peakOf('f64'), simd32: await peakOf('f32') }
for (const [op, m, k, n] of [
  ['matmulNN', 20, 512, 512], ['matmulNT', 20, 512, 512], ['matmulTN', 512, 20, 784], ['matmulNN', 1280, 800, 64], ['matmulNN', 512, 512, 512],
]) {
  const shapes = [op === 'matmulTN' ? [k, m] : [m, k], op === 'matmulNT' ? [n, k] : [k, n]]
  const factors = shapes.map((shape, i) => A.numbers(random(shape, i + 1)).map(Math.fround))
  const product = (S, change = (x) => x) => S[op](...shapes.map((shape, i) => S.of(shape, factors[i].map(change))))
  const expected = A.numbers(product(A))
  const magnitudes = A.numbers(product(A, Math.abs))
  const operations = 2 * m * k * n
  for (const [S, roundoff] of [[A, 0], [simd64(), 0], [simd32(), singleRoundoff]]) {
    const gamma = (k * roundoff) / (1 - k * roundoff)
    assert(S.numbers(product(S)).every((x, i) => Math.abs(x - expected[i]) <= gamma * magnitudes[i] * (1 + 2 ** -40)))
    const [a, b] = shapes.map((shape, i) => S.of(shape, factors[i]))
    time(`${S.name} ${op}, ${m}×${k}×${n}`, S === A ? 5 : Math.ceil(4e9 / operations), () => S[op](a, b), { operations, peak: peaks[S.name] })
  }
}

const posed = (network, x, y) => {
  const [theta] = initialise(A, network.params, seeded(1))
  const data = { theta, x, y }
  return { data, problem: orThrow(pose(A, network, squaredError)(data)) }
}

{
  const network = energyBased({ interaction: toy([5, 50, 10]), activation: tanh, epsilon: 0.08 })
  const { data, problem } = posed(network, random([1, 5], 3), random([1, 10], 4))
  const settled = orThrow(freePhase(problem, { steps: 5000, keep: 80 }))
  const both = () => orThrow(conclusion(A, network, squaredError)(data, settled, 80))
  assert(settled.residual < 1e-15 && Math.max(...both().state, ...both().param) < 1e-11)
  time('toy 5-50-10: free phase, T 5000', 9, () => freePhase(problem, { steps: 5000 }))
  time('toy 5-50-10: both folds, K 80', 9, both)
}

{
  const network = energyBased({ interaction: layered([784, 512, 10]), activation: tanh, epsilon: 0.08 })
  const { x, y } = orThrow(miniBatch(syntheticDigits(1, 20), Array.from({ length: 20 }, (_, i) => i)))
  const { problem: { motion, zeros } } = posed(network, A.of(x.shape, x.data), A.of(y.shape, y.data))
  const state = motion.step(zeros)
  const pull = motion.pull(state)(state)
  assert(pull.state.every((p) => A.numbers(p).every(Number.isFinite)))
  time('784-512-10, batch 20: step', 41, () => motion.step(state))
  time('784-512-10, batch 20: pull (neurons)', 41, () => motion.pull(state)(state))
  time('784-512-10, batch 20: pull (parameters)', 21, pull.param)
  time('784-512-10, batch 20: rule', 21, () => motion.rule(state))
}

{
  const network = energyBased({ interaction: layered([784, 512, 512, 512, 10]), activation: tanh, epsilon: 0.08 })
  const widths = Object.entries(network.params).flatMap(([name, shape]) => (name.startsWith('b') ? shape : []))
  const [plain] = initialise(A, network.params, seeded(1))
  const x = A.numbers(random([20, 784], 2))
  const states = widths.map((width, l) => A.numbers(random([20, width], 3 + l)))
  const stepOf = (S) => {
    const theta = Object.fromEntries(Object.entries(plain).map(([name, p]) => [name, S.of(A.shape(p), A.numbers(p))]))
    const motion = network.at(S)(theta, S.of([20, 784], x))
    const state = states.map((data, l) => S.of([20, widths[l]], data))
    return () => motion.step(state).map(S.numbers)
  }
  const expected = stepOf(A)()
  assert.deepEqual(stepOf(simd64())(), expected)
  for (const S of [A, simd64(), simd32()]) time(`784-512-512-512-10, batch 20: step, ${S.name}`, 41, stepOf(S))
}

const out = mkdtempSync(join(tmpdir(), 'phifold-bench-'))
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
time('phifold figure 2, whole process', 3, () => execFileSync(process.execPath, [main, 'figure', '2', '--out', out]))
rmSync(out, { recursive: true })

if (json) console.log(JSON.stringify(rows))
else {
  console.log(`${cpus()[0]?.model.trim()} × ${cpus().length}, Node ${process.version}, load ${loadavg()[0].toFixed(1)}; ms`)
  console.log(`peak in registers: ${Object.entries(peaks).map(([name, peak]) => `${name} ${(peak / 1e9).toFixed(1)} GFLOP/s`).join(', ')}`)
  for (const { name, medianMs, p10Ms, p90Ms, runs, gflops, share } of rows) {
    const rate = gflops === undefined ? '' : `  best ${gflops.toFixed(1)} GFLOP/s${share === undefined ? '' : `, ${(100 * share).toFixed(0)} % of the peak`}`
    console.log(`${name.padEnd(46)} ${medianMs.toFixed(2).padStart(9)}  (${p10Ms.toFixed(2)} – ${p90Ms.toFixed(2)}, ${runs} runs)${rate}`)
  }
}
