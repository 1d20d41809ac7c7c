/** The free phase stops early without anybody being able to tell: state, history and residual are those of every step taken. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { squaredError } from '../src/cost/squared-error.ts'
import { seeded, uniforms } from '../src/data/random.ts'
import { freePhase, stateDistance } from '../src/fold/free-phase.ts'
import { orThrow } from '../src/fold/mistake.ts'
import { pose, type Problem } from '../src/fold/pose.ts'
import { initialise } from '../src/learn/initialise.ts'
import { identity, tanh } from '../src/phi/activation.ts'
import type { Dynamics } from '../src/phi/dynamics.ts'
import { energyBased } from '../src/phi/energy-based.ts'
import type { Layers } from '../src/phi/interaction.ts'
import { laterals, layered } from '../src/phi/network.ts'
import { innerNudged } from '../src/phi/prototypical.ts'
import type { Op } from '../src/tensor/algebra.ts'
import { reference as A, type Tensor } from '../src/tensor/reference.ts'

/** Every step taken: s_0 … s_T. */
const trajectory = ({ motion, zeros }: Problem<Tensor>, steps: number): readonly Layers<Tensor>[] =>
  Array.from({ length: steps }).reduce<readonly Layers<Tensor>[]>((all) => [...all, motion.step(all.at(-1) as Layers<Tensor>)], [zeros])

const same = (a: Layers<Tensor>, b: Layers<Tensor>): boolean => a.every((al, l) => A.equals(al, b[l] as Tensor))

const problemOf = (dynamics: Dynamics<Op>, seed: number): Problem<Tensor> => {
  const [theta, rng] = initialise(A, dynamics.params, seeded(seed))
  const [inputs, outputs] = [dynamics.layers[0]?.units ?? 0, dynamics.layers.at(-1)?.units ?? 0]
  return orThrow(pose(A, dynamics, squaredError)({ theta, x: A.of([1, inputs], uniforms(rng, inputs, 0, 1)[0]), y: A.fill([1, outputs], 0) }))
}

describe('skipping whole periods', () => {
  test('loses nothing, whatever T and K', () => {
    const periods = new Set<number | undefined>()
    fc.assert(fc.property(
      fc.nat(1000), fc.integer({ min: 1, max: 400 }), fc.nat(9), fc.boolean(), (seed, steps, wanted, prototypical) => {
        const setting = { interaction: layered([3, 4, 2]), activation: tanh, epsilon: prototypical ? 1 : 0.5 }
        const problem = problemOf(prototypical ? innerNudged(setting) : energyBased(setting), seed)
        const keep = Math.min(wanted, steps)
        const settled = orThrow(freePhase(problem, { steps, keep }))
        periods.add(settled.period)
        const all = trajectory(problem, steps)
        const last = all[steps] as Layers<Tensor>
        return same(settled.state, last)
          && settled.residual === stateDistance(A, last, all[steps - 1] as Layers<Tensor>)
          && settled.before.length === keep
          && settled.before.every((s, k) => same(s, all[steps - 1 - k] as Layers<Tensor>))
      }), { numRuns: 150 })
    // Fixed points and phases that had not repeated yet both occurred.
    expect(periods.has(1) && periods.has(undefined)).toBe(true)
  })

  test.each([7, 8, 1000, 1001])('a cycle of two states, T = %i: the parity is right and it is not called settled', (steps) => {
    // s ← 1 − s from 0: 1, 0, 1, 0, …
    const flip = innerNudged({ interaction: laterals([1, 1]), activation: identity, epsilon: 1 })
    const theta = { W1: A.fill([1, 1], 0), b1: A.fill([1], 1), V1: A.fill([1, 1], -1) }
    const problem = orThrow(pose(A, flip, squaredError)({ theta, x: A.fill([1, 1], 0), y: A.fill([1, 1], 0) }))
    const settled = orThrow(freePhase(problem, { steps, keep: 3 }))
    expect(settled.state.map((s) => [...A.numbers(s)])).toEqual([[steps % 2]])
    expect(settled.before.map((s) => [...A.numbers(s[0] as Tensor)])).toEqual([[1 - (steps % 2)], [steps % 2], [1 - (steps % 2)]])
    expect(settled).toMatchObject({ residual: 1, period: 2 })
  })

  test('takes far fewer steps than T', () => {
    const taken: number[] = []
    const problem = problemOf(energyBased({ interaction: layered([3, 4, 2]), activation: tanh, epsilon: 0.5 }), 1)
    const settled = orThrow(freePhase(problem, { steps: 1_000_000, keep: 5, onStep: (t) => taken.push(t) }))
    expect(settled).toMatchObject({ steps: 1_000_000, residual: 0, period: 1 })
    expect(taken.length).toBeLessThan(1000)
    expect(taken.at(-1)).toBe(1_000_000)
  })

  test('NaN is never a repeated state', () => {
    const problem = problemOf(energyBased({ interaction: layered([3, 4, 2]), activation: tanh, epsilon: 0.5 }), 1)
    const start = problem.zeros.map((zero) => A.fill(A.shape(zero), NaN))
    expect(freePhase(problem, { steps: 50, start })).toMatchObject({ left: { _tag: 'Diverged', step: 1, layer: 1 } })
    expect(E.isLeft(freePhase(problem, { steps: 50, start }))).toBe(true)
  })
})
