/**
 * The parts of a step, and a whole figure: phases and both folds of the toy network on the reference, one step, pull and rule of wider ones, the phases of
 * P-1h on the fast interpreters. Each is looked at before it is timed. What it cannot see: exact interpreters, memory.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  conclusion, energyBased, foldPhase, freePhase, initialise, layered, miniBatch, nudgedPhase, orThrow, outerNudged, pose, reference as A, seeded, sigm, simd32, simd64,
  squaredError, syntheticDigits, tanh, toy,
} from '../dist/index.js'
import { poseKnown } from '../dist/fold/pose.js'
import { random } from './kernels.mjs'
import { timed } from './timing.mjs'

const posed = (S, network, x, y) => {
  const [theta] = initialise(S, network.params, seeded(1))
  const data = { theta, x, y }
  return { data, problem: orThrow(pose(S, network, squaredError)(data)) }
}

const digits = (S) => {
  const { x, y } = orThrow(miniBatch(syntheticDigits(1, 20), Array.from({ length: 20 }, (_, i) => i)))
  return [S.of(x.shape, x.data), S.of(y.shape, y.data)]
}

const toyRows = () => {
  const network = energyBased({ interaction: toy([5, 50, 10]), activation: tanh, epsilon: 0.08 })
  const { data, problem } = posed(A, network, random([1, 5], 3), random([1, 10], 4))
  const settled = orThrow(freePhase(problem, { steps: 5000, keep: 80 }))
  const both = () => orThrow(conclusion(A, network, squaredError)(data, settled, 80))
  assert(settled.residual < 1e-15 && Math.max(...both().state, ...both().param) < 1e-11)
  return [timed('toy 5-50-10: free phase, T 5000', () => freePhase(problem, { steps: 5000 })), timed('toy 5-50-10: both folds, K 80', both)]
}

const wideRows = () => {
  const network = energyBased({ interaction: layered([784, 512, 10]), activation: tanh, epsilon: 0.08 })
  const motionOn = (S) => {
    const { problem: { motion, zeros } } = posed(S, network, ...digits(S))
    const state = motion.step(zeros)
    const pull = motion.pull(state)(state)
    const numbers = [...motion.step(state), ...pull.state, ...Object.values(pull.param()), ...Object.values(motion.rule(state))].map(S.numbers)
    return { motion, state, pull, numbers }
  }
  const { motion, state, pull, numbers } = motionOn(A)
  assert.deepEqual(motionOn(simd64()).numbers, numbers)
  return [
    timed('784-512-10, batch 20: step', () => motion.step(state)),
    timed('784-512-10, batch 20: pull (neurons)', () => motion.pull(state)(state)),
    timed('784-512-10, batch 20: pull (parameters)', pull.param),
    timed('784-512-10, batch 20: rule', () => motion.rule(state)),
  ]
}

const deepRows = () => {
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
  assert.deepEqual(stepOf(simd64())(), stepOf(A)())
  return [A, simd64(), simd32()].map((S) => timed(`784-512-512-512-10, batch 20: step, ${S.name}`, stepOf(S)))
}

/** P-1h at T 40, K 15: what depends on the input alone, then the free phase, then the nudged one. */
const phaseRows = () => [simd64(), simd32()].flatMap((S) => {
  const network = outerNudged({ interaction: layered([784, 512, 10]), activation: sigm, epsilon: 1 })
  const [x, y] = digits(S)
  const { data, problem } = posed(S, network, x, y)
  const read = (state) => state.map(S.numbers)
  const walked = (phase, steps, from) => foldPhase(phase, steps, from, (_, next) => next)
  const nudge = S.fill([], 0.1)
  const free = (steps) => Array.from({ length: steps }).reduce((state) => problem.motion.step(state), problem.zeros)
  const rest = free(40)
  assert.deepEqual(read(rest), read(orThrow(freePhase(problem, { steps: 40 })).state))
  return [
    // Fresh weights, as after each update: nothing of them is laid out yet.
    timed(`P-1h: input's product and one step, ${S.name}`, () => {
      const theta = Object.fromEntries(Object.entries(data.theta).map(([name, p]) => [name, S.neg(p)]))
      return read(poseKnown(S, network, squaredError)({ ...data, theta }).motion.step(problem.zeros))
    }),
    timed(`P-1h: free phase, T 40, ${S.name}`, () => read(free(40))),
    timed(`P-1h: nudged phase, K 15, ${S.name}`, () => read(walked(nudgedPhase(problem, nudge, rest), 15, rest))),
  ]
})

const figureRow = () => {
  const out = mkdtempSync(join(tmpdir(), 'phifold-bench-'))
  const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
  try {
    return timed('phifold figure 2, whole process', () => execFileSync(process.execPath, [main, 'figure', '2', '--out', out]))
  } finally {
    rmSync(out, { recursive: true })
  }
}

export const phases = () => [...toyRows(), ...wideRows(), ...deepRows(), ...phaseRows(), figureRow()]
