/**
 * Negative controls: each hypothesis of the theorem is needed. Break one on a named network and the equality must fail, by an
 * amount written down here in exact rationals; and every seeded fault of every law must be rejected by that law.
 */
import { describe, expect, test } from 'vitest'
import { squaredError } from '../src/cost/squared-error.ts'
import { backpropagation } from '../src/fold/bptt.ts'
import { orThrow } from '../src/fold/mistake.ts'
import { pose } from '../src/fold/pose.ts'
import { checkMutants } from '../src/law/check.ts'
import { laws } from '../src/law/index.ts'
import { asymmetricLayers } from '../src/law/mutants.ts'
import { rational, type Rational, ratio } from '../src/number/rational.ts'
import { identity, polynomial } from '../src/phi/activation.ts'
import type { Dynamics } from '../src/phi/dynamics.ts'
import { energyBased, publishedEnergyBased } from '../src/phi/energy-based.ts'
import { layered } from '../src/phi/network.ts'
import { innerNudged, outerNudged } from '../src/phi/prototypical.ts'
import { lift, lifted, type Lifted } from '../src/tensor/lift.ts'
import { compareFolds, limit } from '../src/theorem.ts'

const A = lift(rational)
const q = (n: number, d = 1): Lifted<Rational> => lifted([1, 1], [ratio(n, d)])
const v = (n: number, d = 1): Lifted<Rational> => lifted([1], [ratio(n, d)])

/** Largest gap of neurons and of parameters over three moments, from the state (s¹, s²), with M = 1 unless given. */
const gaps = (
  dynamics: Dynamics<never>, theta: Readonly<Record<string, Lifted<Rational>>>, state: readonly Lifted<Rational>[],
  metric: (s: readonly Lifted<Rational>[]) => readonly Lifted<Rational>[] = (s) => s,
): { readonly neurons: number; readonly parameters: number } => {
  const data = { theta, x: q(1), y: q(0) }
  const problem = orThrow(pose(A, dynamics, squaredError)(data))
  const reverse = orThrow(backpropagation(problem, { state, before: [state, state, state] }, 3))
  const { state: neurons, param } = compareFolds(A, metric)(orThrow(limit(A, dynamics, squaredError)(data, state)), reverse, 3)
  return { neurons: Math.max(...neurons), parameters: Math.max(...param) }
}

describe('a 1-1-1 network at s* = (1, 1), w₁ = 1/3, w₂ = 1/2', () => {
  const linear = { interaction: layered([1, 1, 1]), activation: identity, epsilon: 0.5 }
  const theta = { W1: q(1, 3), b1: v(1, 6), W2: q(1, 2), b2: v(1, 2) }
  const ones = [q(1), q(1)]

  test('all hypotheses hold: gap 0', () => {
    expect(gaps(energyBased(linear), theta, ones)).toEqual({ neurons: 0, parameters: 0 })
  })

  test('asymmetric feedback (2W): the hidden neuron is off by ∇s¹(1) = 1/4 at t = 1', () => {
    // Feedback 2 w₂ s² = 1, so b₁ = 1 − 1/3 − 1 = −1/3 keeps s* = (1, 1) stationary.
    const asymmetric = energyBased({ ...linear, interaction: asymmetricLayers([1, 1, 1]) })
    const { neurons, parameters } = gaps(asymmetric, { ...theta, b1: v(-1, 3) }, ones)
    expect(neurons).toBe(0.25)
    expect(parameters).toBeGreaterThan(0)
  })

  test('unsettled (s = (2, 1)): EP sees the state move, BPTT does not', () => {
    const bent = energyBased({ ...linear, activation: polynomial(0, 1, 0.5) })
    const { neurons, parameters } = gaps(bent, theta, [q(2), q(1)])
    expect(neurons).toBeGreaterThan(0.1)
    expect(parameters).toBeGreaterThan(0.1)
  })

  test('no ρ′ on the output drive, as published: a finite gap in the limit itself', () => {
    // ρ(s) = s + s²/2, ρ(1) = 3/2, ρ′(1) = 2. Hidden: 1 = 2 (1/3 + b₁ + ½·3/2) → b₁ = −7/12; output: 1 = ½·3/2 + b₂ → b₂ = 1/4.
    const bent = { ...linear, activation: polynomial(0, 1, 0.5) }
    const published = gaps(publishedEnergyBased(bent), { ...theta, b1: v(-7, 12), b2: v(1, 4) }, ones)
    expect(published.parameters).toBeGreaterThan(0.1)
    // With ρ′ the output needs 1 = 2 (½·3/2 + b₂) → b₂ = −1/4, and the gap is 0.
    expect(gaps(energyBased(bent), { ...theta, b1: v(-7, 12), b2: v(-1, 4) }, ones)).toEqual({ neurons: 0, parameters: 0 })
  })

  test('prototypical: outer nudge leaves a gap that no β removes, inner nudge leaves none', () => {
    // σ(a) = a + a²/2 with drives a = (1, 1): s* = (3/2, 3/2), D = 2; b₁ = 1 − 1/3 − 3/4 = −1/12, b₂ = 1 − 3/4 = 1/4.
    const setting = { ...linear, activation: polynomial(0, 1, 0.5) }
    const settled = { ...theta, b1: v(-1, 12), b2: v(1, 4) }
    const state = [q(3, 2), q(3, 2)]
    expect(gaps(outerNudged(setting), settled, state).parameters).toBeGreaterThan(0.1)
    const { metric } = innerNudged(setting).at(A)(settled, q(1))
    expect(gaps(innerNudged(setting), settled, state, metric(state))).toEqual({ neurons: 0, parameters: 0 })
  })
})

describe('every law rejects each of its seeded faults', () => {
  const faults = laws.flatMap((law) => law.faults)
  test('there are at least ten kinds', () => { expect(new Set(faults).size).toBeGreaterThanOrEqual(10) })
  test('every law has one', () => { expect(laws.filter((law) => law.faults.length === 0).map(({ name }) => name)).toEqual([]) })
  test.each(laws.map((law) => [law.name, law] as const))('%s', (_, law) => {
    expect(checkMutants(law, { seed: 20190532 }).filter(({ rejected }) => !rejected).map(({ fault }) => fault)).toEqual([])
  })
})
