/**
 * Products of matrices on the reference, simd64 and simd32, as floating-point operations per second and as a share of what a core can do without
 * loading anything (peak.mjs). First each is held against its definition. What it cannot see: several threads, products that follow
 * others and find their factors packed in other caches than here.
 */
import assert from 'node:assert/strict'
import { reference as A, seeded, simd32, simd64, singleRoundoff, uniforms } from '../dist/index.js'
import { relaxed } from '../dist/cli/engine.js'
import { peakOf } from './peak.mjs'
import { timed } from './timing.mjs'

export const random = (shape, seed) => A.of(shape, uniforms(seeded(seed), shape.reduce((n, k) => n * k, 1), -1, 1)[0])

/** The definition, for agreement: sums in index order, so even the rounding is the same. */
const naive = (a, b, [m, k, n], at) => Float64Array.from({ length: m * n }, (_, e) => {
  let total = 0
  for (let j = 0; j < k; j++) total += at(a, b, Math.floor(e / n), j, e % n)
  return total
})

const referenceRows = () => [
  ['a b', 'matmulNN', (m, k, n) => [[m, k], [k, n]], (k, n) => (a, b, i, j, c) => a[i * k + j] * b[j * n + c]],
  ['a bᵀ', 'matmulNT', (m, k, n) => [[m, k], [n, k]], (k) => (a, b, i, j, c) => a[i * k + j] * b[c * k + j]],
  ['aᵀ b', 'matmulTN', (m, k, n) => [[k, m], [k, n]], (k, n, m) => (a, b, i, j, c) => a[j * m + i] * b[j * n + c]],
].map(([kind, op, shapes, at]) => {
  const [m, k, n] = op === 'matmulTN' ? [512, 20, 784] : [20, 512, 512]
  const [left, right] = shapes(m, k, n).map((shape, i) => random(shape, i + 1))
  assert.deepEqual(A.numbers(A[op](left, right)), naive(A.numbers(left), A.numbers(right), [m, k, n], at(k, n, m)))
  return timed(`reference ${kind}, ${m}×${k}×${n}`, () => A[op](left, right), { operations: 2 * m * k * n })
})

const cases = [
  ['matmulNN', 20, 512, 512], ['matmulNT', 20, 512, 512], ['matmulTN', 512, 20, 784], ['matmulNT', 20, 784, 512], ['matmulNN', 1280, 800, 64],
  ['matmulNN', 512, 512, 512], ['matmulNN', 1024, 1024, 1024],
]

/** Results that wait for nobody, so that they are computed while they are timed. */
const atOnce = { defer: Infinity }

const peaksNow = async () => {
  const [simd64, simd32] = [await peakOf('f64'), await peakOf('f32')]
  return { simd64, simd32, 'simd32-fused': simd32 }
}

export const kernels = async () => {
  const before = await peaksNow()
  const rows = cases.flatMap(([op, m, k, n]) => {
    const shapes = [op === 'matmulTN' ? [k, m] : [m, k], op === 'matmulNT' ? [n, k] : [k, n]]
    const factors = shapes.map((shape, i) => A.numbers(random(shape, i + 1)).map(Math.fround))
    const product = (S, change = (x) => x) => S[op](...shapes.map((shape, i) => S.of(shape, factors[i].map(change))))
    const expected = A.numbers(product(A))
    const magnitudes = A.numbers(product(A, Math.abs))
    const operations = 2 * m * k * n
    // The same bits in double precision, within γ_k |a| |b| in single.
    return [[simd64(atOnce), 0], [simd32(atOnce), singleRoundoff], ...(relaxed() ? [[simd32({ ...atOnce, fused: true }), singleRoundoff]] : [])].map(([S, roundoff]) => {
      const gamma = (k * roundoff) / (1 - k * roundoff)
      assert(S.numbers(product(S)).every((x, i) => Math.abs(x - expected[i]) <= gamma * magnitudes[i] * (1 + 2 ** -40)))
      const [a, b] = shapes.map((shape, i) => S.of(shape, factors[i]))
      return timed(`${S.name} ${op}, ${m}×${k}×${n}`, () => S[op](a, b), { operations, peak: before[S.name] })
    })
  })
  // A processor that others use as well is not always as fast: shares are of the better of two looks, before and after.
  const after = await peaksNow()
  const peaks = Object.fromEntries(Object.entries(before).map(([name, peak]) => [name, Math.max(peak, after[name])]))
  const shared = rows.map((row) => ({ ...row, share: row.gflops * 1e9 / peaks[row.name.split(' ')[0]] }))
  return { peaks, rows: [...referenceRows(), ...shared] }
}
