/**
 * Trains the network of the playground's third view and writes it beside this file: 196-128-10, prototypical with the inner nudge, for which
 * the theorem holds, by centered EP and plain gradient descent. Plain calls of the library; nothing is drawn but from the seed.
 *
 *     node docs/.vitepress/network/train.mjs path/to/mnist
 *
 * expects the four IDX files of MNIST, gzipped or not. Images are 28×28, averaged over 2×2 pixels to 14×14 as `pooled` of the playground does.
 * Writes network.safetensors (float32) and network.json: sizes, hyperparameters, test error.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import {
  centered, digitsFrom, freePhase, initialise, innerNudged, layered, orThrow, parseIdx, pose, seeded, shuffled, sigm, simd32, squaredError, storedFrom, writeSafetensors,
} from 'phifold'

const here = dirname(fileURLToPath(import.meta.url))
const [folder] = process.argv.slice(2)
if (folder === undefined) {
  process.stderr.write('train: expected the folder of the MNIST files; node docs/.vitepress/network/train.mjs path/to/mnist\n')
  process.exit(2)
}

const sizes = [196, 128, 10]
const [epsilon, T, K, beta, batch, seed] = [1, 30, 10, 0.1, 20, 1]
/** Learning rates of W1 and W2 by epoch: the paper's for P-1h with which it begins, then less. */
const rates = [[0.08, 0.04], [0.08, 0.04], [0.08, 0.04], [0.08, 0.04], [0.08, 0.04], [0.08, 0.04], [0.04, 0.02], [0.04, 0.02], [0.04, 0.02], [0.02, 0.01], [0.02, 0.01], [0.01, 0.005]]

const bytes = (name) => {
  const path = join(folder, name)
  return existsSync(path) ? readFileSync(path) : gunzipSync(readFileSync(`${path}.gz`))
}
const idx = (name) => orThrow(parseIdx(bytes(name), name))
const set = (name) => {
  const { count, pixels, labels } = orThrow(digitsFrom(idx(`${name}-images-idx3-ubyte`), idx(`${name}-labels-idx1-ubyte`), `${name} images`, `${name} labels`))
  // 0 to 1, means of 2×2 pixels.
  const small = new Float32Array(count * 196)
  for (let i = 0; i < count; i++)
    for (let r = 0; r < 14; r++)
      for (let c = 0; c < 14; c++) {
        const at = i * 784 + 56 * r + 2 * c
        small[i * 196 + 14 * r + c] = (pixels[at] + pixels[at + 1] + pixels[at + 28] + pixels[at + 29]) / 1020
      }
  return { count, small, labels }
}

const A = simd32()
const network = innerNudged({ interaction: layered(sizes), activation: sigm, epsilon })
const batchOf = ({ small, labels }, rows) => ({
  x: A.of([rows.length, 196], rows.flatMap((i) => Array.from(small.subarray(i * 196, i * 196 + 196)))),
  y: A.of([rows.length, 10], rows.flatMap((i) => Array.from({ length: 10 }, (_, d) => (labels[i] === d ? 1 : 0)))),
})

const [train, test] = [set('train'), set('t10k')]
let [theta, random] = initialise(A, network.params, seeded(seed))

const settle = (data) => orThrow(freePhase(orThrow(pose(A, network, squaredError)(data)), { steps: T, keep: 1 }))

/** Share of wrong answers: the largest output of the settled network is its answer. */
const errorOf = (digits) => {
  let wrong = 0
  for (let from = 0; from < digits.count; from += 100) {
    const rows = Array.from({ length: Math.min(100, digits.count - from) }, (_, i) => from + i)
    const out = A.numbers(settle({ theta, ...batchOf(digits, rows) }).state[1])
    rows.forEach((i, r) => {
      const scores = Array.from(out.subarray(r * 10, r * 10 + 10))
      if (scores.indexOf(Math.max(...scores)) !== digits.labels[i]) wrong++
    })
  }
  return wrong / digits.count
}

rates.forEach(([rate1, rate2], epoch) => {
  const started = performance.now()
  const [order, later] = shuffled(random, train.count)
  random = later
  for (let from = 0; from + batch <= train.count; from += batch) {
    const data = { theta, ...batchOf(train, order.slice(from, from + batch)) }
    const { params } = orThrow(centered(beta, K).at(A, network, squaredError)(data, settle(data)))
    theta = Object.fromEntries(Object.entries(theta).map(([name, p]) => [name, A.sub(p, A.scale(name.endsWith('1') ? rate1 : rate2, params[name]))]))
  }
  process.stdout.write(`epoch ${epoch + 1}: test error ${(100 * errorOf(test)).toFixed(2)} %, ${((performance.now() - started) / 1000).toFixed(0)} s\n`)
})

const named = { W1: theta.W1, b1: theta.b1, W2: theta.W2, b2: theta.b2 }
writeFileSync(join(here, 'network.safetensors'), orThrow(writeSafetensors(storedFrom(A, named, 'F32'), 'network.safetensors')))
writeFileSync(join(here, 'network.json'), `${JSON.stringify({
  sizes, setting: 'prototypical, inner nudge', activation: 'sigm', epsilon, T, K, beta, estimator: 'centered', batch, seed,
  epochs: rates.length, rates, data: 'MNIST, 60000 training images, averaged to 14×14', testImages: test.count, testError: errorOf(test), trainError: errorOf(train),
}, null, 2)}\n`)
