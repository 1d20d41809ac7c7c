/**
 * `npm run bench -- step NAME [--json]`: one training step (a mini-batch of 20: free phase, gradient, update) of a network of Table 1 by EP and by
 * BPTT, on simd32 and, where `python3` has torch, by PyTorch (peers/step.py) as published and with the product of the static input hoisted.
 * First the gradients are held against each other; then rounds of a few steps alternate, so that all meet the same weather. PyTorch runs at
 * whichever of one and two threads is faster. All T and K steps are computed.
 * What it cannot see: convolutions in PyTorch; the reading of data and tests between epochs.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { initialise, miniBatch, orThrow, seeded, simd32, syntheticDigits } from '../dist/index.js'
import { trainerOf } from '../dist/experiment/training-job.js'
import { trainedNetworks } from '../dist/experiment/trained-network.js'
import { begun, trained } from '../dist/learn/training.js'
import { pulled } from '../dist/learn/shard.js'

const [ROUNDS, STEPS] = [15, 6]

/** Python with torch, if there is any. */
const python = async () => {
  for (const program of ['/usr/bin/python3', 'python3']) {
    const found = await new Promise((resolve) => {
      const child = spawn(program, ['-c', 'import torch, numpy'], { stdio: 'ignore' })
      child.on('error', () => resolve(false)).on('exit', (code) => resolve(code === 0))
    })
    if (found) return program
  }
  return undefined
}

/** A process of step.py that answers one line for a line. */
const peer = async (program, config, folder) => {
  const file = join(folder, `${config.hoisted ? 'hoisted' : 'published'}-${config.method}.json`)
  writeFileSync(file, JSON.stringify(config))
  const child = spawn(program, [new URL('peers/step.py', import.meta.url).pathname, file], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async () => JSON.parse((await lines.next()).value)
  const about = await answer()
  const ask = (command, argument) => {
    child.stdin.write(`${command} ${argument}\n`)
    return answer()
  }
  return { about, ask, end: () => child.stdin.end() }
}

const median = (times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]

/** Multiplications and additions of the products in a step, with the input's hoisted. */
const operationsOf = ({ sizes, T, K, batch }, method) => {
  const pairs = sizes.slice(1).map((n, l) => sizes[l] * n)
  const [input, ...hidden] = pairs
  const inner = hidden.reduce((sum, n) => sum + n, 0)
  return method === 'ep'
    ? 2 * batch * (2 * input + (T + K) * 2 * inner + 2 * inner)
    : 2 * batch * (2 * input + T * 2 * inner + K * 4 * inner)
}

/** Rows of one network and method. */
const rowsOf = async (name, method, program) => {
  const job = {
    name, variant: 'exact', method, loss: 'squared', changes: name === 'P-1h' ? { T: 40, K: 15 } : {}, optimiser: { name: 'sgd', momentum: 0 }, weightDecay: 0, decay: 1,
    unsettled: 'keep', seed: 1, ...(process.env.SHARD && { shard: Number(process.env.SHARD) }),
  }
  const { network, learner, optimiser, params, ratesIn } = orThrow(trainerOf(job))
  const A = simd32()
  const [theta] = initialise(A, params, seeded(1))
  const { x, y } = orThrow(miniBatch(syntheticDigits(1, 20), Array.from({ length: 20 }, (_, i) => i)))
  const shape = learner.dynamics.layers[0].map
  const samples = { x: A.of(shape ? [20, ...shape] : [20, 784], x.data), y: A.of(y.shape, y.data) }
  const descent = { rates: ratesIn(1), weightDecay: 0 }
  const advance = trained(A, learner, optimiser)
  const ours = {
    run: (count) => {
      let state = begun(A, optimiser, theta)
      return Array.from({ length: count }, () => {
        const start = performance.now()
        state = orThrow(advance(state, [samples], descent))
        // An update may still wait: it counts.
        for (const p of Object.values(state.theta)) A.equals(p, p)
        return performance.now() - start
      })
    },
  }
  const contestants = [{ engine: 'simd32', threads: 1, ...ours, times: [] }]
  const folder = mkdtempSync(join(tmpdir(), 'phifold-step-'))
  const about = {}
  if (program !== undefined && network.kind !== 'convolutional') {
    const floats = (tensor) => Float32Array.from(A.numbers(tensor))
    const tensors = Object.entries({ ...samples, ...theta }).map(([title, tensor]) => {
      const file = join(folder, title)
      writeFileSync(file, floats(tensor))
      return { name: title, shape: A.shape(tensor), file }
    })
    const expected = orThrow(pulled(A, learner)(theta, samples, 1)).gradient
    for (const hoisted of [false, true]) {
      const { kind, sizes, T, K, epsilon, beta, batch } = network
      const other = await peer(program, { kind, sizes, T, K, epsilon, beta: epsilon * beta, batch, rates: network.rates, method, hoisted, tensors }, folder)
      Object.assign(about, other.about)
      const file = join(folder, 'gradient')
      await other.ask('gradient', file)
      const gradient = new Float32Array(readFileSync(file).buffer.slice(0))
      let at = 0
      for (const [title, g] of Object.entries(expected)) {
        const own = A.numbers(A.over(g, 20))
        const theirs = gradient.subarray(at, at += own.length)
        const scale = own.reduce((most, e) => Math.max(most, Math.abs(e)), 0)
        // Both round (T + K) times in single precision, and EP divides a difference by β.
        const allowance = (T + K) * 2 ** -24 * (method === 'ep' ? 4 / (epsilon * beta) : 64 * scale)
        own.forEach((e, i) => assert(Math.abs(e - theirs[i]) <= allowance, `${name} ${method} ${title}: ${e} against ${theirs[i]}, allowed ${allowance}`))
      }
      // The faster of one and two threads.
      const trials = {}
      for (const threads of [1, 2]) {
        await other.ask('threads', threads)
        await other.ask('run', 2)
        trials[threads] = median((await other.ask('run', STEPS)).ms)
      }
      const threads = trials[2] < trials[1] ? 2 : 1
      await other.ask('threads', threads)
      contestants.push({ engine: `pytorch ${hoisted ? 'hoisted' : 'published'}`, threads, run: async (count) => (await other.ask('run', count)).ms, end: other.end, times: [] })
    }
  }
  contestants[0].run(20)
  for (let round = 0; round < ROUNDS; round++)
    for (const contestant of contestants) contestant.times.push(...await contestant.run(STEPS))
  for (const { end } of contestants) end?.()
  rmSync(folder, { recursive: true })
  const operations = operationsOf(network, method)
  return {
    about,
    rows: contestants.map(({ engine, threads, times }) => {
      const sorted = times.toSorted((a, b) => a - b)
      const at = (q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]
      const convolutional = network.kind === 'convolutional'
      return { step: name, method, engine, threads, medianMs: at(0.5), p10Ms: at(0.1), p90Ms: at(0.9), gflops: convolutional ? null : operations / at(0.5) / 1e6 }
    }),
  }
}

/** Prints the steps of the networks named; all fully connected ones where none is. */
export const benchSteps = async (names, json) => {
  const known = trainedNetworks.map(({ name }) => name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    console.error(`bench step: expected one of ${known.join(', ')}, got ${unknown}`)
    return 2
  }
  const program = await python()
  const results = []
  for (const name of names.length === 0 ? known : names)
    for (const method of ['ep', 'bptt']) results.push(await rowsOf(name, method, program))
  const rows = results.flatMap((result) => result.rows)
  if (json) console.log(JSON.stringify(rows))
  else {
    const { torch = 'not there' } = results.find(({ about }) => about.torch)?.about ?? {}
    console.log(`${cpus()[0]?.model.trim()} × ${cpus().length}, Node ${process.version}, PyTorch ${torch}, load ${loadavg()[0].toFixed(1)}; ms per mini-batch of 20`)
    for (const { rows: group } of results)
      for (const { step, method, engine, threads, medianMs, p10Ms, p90Ms, gflops } of group) {
        const ratio = engine === 'simd32' ? '' : `  ${(medianMs / group[0].medianMs).toFixed(1)} × simd32`
        console.log(`${step.padEnd(7)} ${method.padEnd(5)} ${engine.padEnd(18)} ${threads} thread${threads === 1 ? ' ' : 's'} ${medianMs.toFixed(2).padStart(9)}  (${p10Ms.toFixed(2)} – ${p90Ms.toFixed(2)})` +
          `${gflops === null ? '' : `  ${gflops.toFixed(1)} GFLOP/s`}${ratio}`)
      }
  }
  return 0
}
