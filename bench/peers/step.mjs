/**
 * A training step of the fully connected networks of Table 1 by EP in TensorFlow.js on its WebAssembly backend, with the static input's product computed once
 * per phase and both orientations of each matrix laid out once per mini-batch, since its products of transposed matrices are the slow ones. Commands and
 * configuration as step.py says, without threads: in Node this backend has one. `gradient` is in single precision; there is no other.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'

const { sizes, kind, T, K, beta, epsilon, rates, batch, parameters, x, y } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const require = createRequire(import.meta.url)
const tf = require('@tensorflow/tfjs-core')
const wasm = require('@tensorflow/tfjs-backend-wasm')
wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`)
await tf.setBackend('wasm')
await tf.ready()

const read = ({ file }) => {
  const bytes = readFileSync(file)
  return Float32Array.from(new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8))
}
const [xs, ys] = [read(x), read(y)]
const batches = x.shape[0]
const batchOf = (all, i) => {
  const width = all.length / batches
  return tf.tensor2d(all.subarray(i * width, (i + 1) * width), [batch, width / batch])
}
const depth = sizes.length - 1
const energy = kind === 'energy-based'
const names = parameters.map(({ name }) => name)

const sigm = (s) => tf.sigmoid(tf.sub(tf.mul(s, 4), 2))
const activated = (s) => (energy ? s.map(sigm) : s)
const leaky = (s, moved) => (epsilon === 1 ? moved : s.map((sl, l) => tf.add(tf.mul(sl, 1 - epsilon), tf.mul(moved[l], epsilon))))

/** theta by name, and Wᵀ as `WT`. */
const drives = (theta, u, below) => Array.from({ length: depth }, (_, l) => {
  const up = l === 0 ? below : tf.add(tf.matMul(u[l - 1], theta[`WT${l + 1}`]), theta[`b${l + 1}`])
  return l + 1 < depth ? tf.add(up, tf.matMul(u[l + 1], theta[`W${l + 2}`])) : up
})

let taken = 0
const stepped = (theta, s, target, below, nudged) => tf.tidy(() => {
  taken += 1
  const u = activated(s)
  const d = drives(theta, u, below)
  const moved = leaky(s, energy ? u.map((ul, l) => tf.mul(tf.mul(tf.mul(ul, tf.sub(1, ul)), 4), d[l])) : d.map(sigm))
  const last = nudged ? tf.sub(moved.at(-1), tf.mul(tf.sub(s.at(-1), target), beta)) : moved.at(-1)
  const all = [...moved.slice(0, -1), last]
  return energy ? all.map((m) => tf.clipByValue(m, 0, 1)) : all
})

/** The state after so many steps; lets go of those between. */
const walked = (steps, from, step) => {
  let s = from
  for (let t = 0; t < steps; t += 1) {
    const next = step(s)
    if (s !== from) tf.dispose(s)
    s = next
  }
  return s
}

const gradientOf = (plain, input, target) => tf.tidy(() => {
  const theta = { ...plain, ...Object.fromEntries(Array.from({ length: depth }, (_, l) => [`WT${l + 1}`, tf.transpose(plain[`W${l + 1}`])])) }
  const below = tf.add(tf.matMul(input, theta.WT1), theta.b1)
  const rest = walked(T, sizes.slice(1).map((n) => tf.zeros([batch, n])), (s) => stepped(theta, s, target, below, false))
  const end = walked(K, rest, (s) => stepped(theta, s, target, below, true))
  const [us, vs] = [rest, end].map((s) => [input, ...activated(s)])
  const scale = epsilon / (beta * batch)
  const outer = (u, l) => tf.matMul(tf.transpose(u[l]), u[l - 1])
  return Object.fromEntries(Array.from({ length: depth }, (_, i) => i + 1).flatMap((l) => {
    const moved = tf.sub(us[l], vs[l])
    const ofWeights = l === 1 ? tf.matMul(tf.transpose(moved), input) : tf.sub(outer(us, l), outer(vs, l))
    return [[`W${l}`, tf.mul(ofWeights, scale)], [`b${l}`, tf.mul(tf.sum(moved, 0), scale)]]
  }))
})

const start = Object.fromEntries(parameters.map((parameter) => [parameter.name, tf.tensor(read(parameter), parameter.shape)]))
let theta = start
let done = 0

const gradient = (file) => {
  taken = 0
  const found = gradientOf(start, batchOf(xs, 0), batchOf(ys, 0))
  writeFileSync(file, Buffer.concat(names.map((name) => Buffer.from(Float64Array.from(found[name].dataSync()).buffer))))
  return { steps: taken }
}
const run = (count) => {
  const began = performance.now()
  for (let i = 0; i < count; i += 1) {
    const next = tf.tidy(() => {
      const found = gradientOf(theta, batchOf(xs, done % batches), batchOf(ys, done % batches))
      return Object.fromEntries(names.map((name) => [name, tf.sub(theta[name], tf.mul(found[name], rates[Number(name.slice(1)) - 1]))]))
    })
    if (theta !== start) tf.dispose(theta)
    theta = next
    done += 1
  }
  return { ms: performance.now() - began }
}
const answers = { gradient, run: (count) => run(Number(count)), memory: () => ({ peakMb: process.resourceUsage().maxRSS / 1024 }) }

console.log(JSON.stringify({ tfjs: tf.version_core, backend: tf.getBackend(), threads: wasm.getThreadsCount() }))
for await (const line of createInterface({ input: process.stdin })) {
  const [command, argument] = line.split(' ')
  console.log(JSON.stringify(answers[command](argument)))
}
