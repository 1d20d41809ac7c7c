/** The law suites take a user's own parts: sound ones pass, wrong ones are rejected with the law's name. */
import { describe, expect, it } from 'vitest'
import { squaredError } from '../src/cost/squared-error.ts'
import {
  activationOf, check, costLaws, dynamicsLaws, exactActivationLaws, exactDynamicsLaws, gradientDynamicsLaws, interactionOf, law, networks,
  type NetworkSpec, smoothActivationLaws, termLaws,
} from '../src/law/index.ts'
import { faultyActivation, faultyMotion, faultyTerm, mapDrives, mapParams, withUnitMetric } from '../src/law/mutants.ts'
import { polynomial, tanh } from '../src/phi/activation.ts'
import { clampedExact } from '../src/phi/clamped.ts'
import { dense } from '../src/phi/dense.ts'
import type { ExactDynamics } from '../src/phi/dynamics.ts'
import type { Coupling, Params } from '../src/phi/interaction.ts'
import { plus } from '../src/phi/monoid.ts'
import { energyBased, publishedEnergyBased } from '../src/phi/energy-based.ts'
import { innerNudged, outerNudged } from '../src/phi/prototypical.ts'
import type { Algebra } from '../src/tensor/algebra.ts'

const instances = networks({ layers: 3, units: 3, batch: 2, steps: 3 })
const deep = networks({ layers: 3, units: 3, batch: 2, steps: 3 }).filter(({ sizes }) => sizes.length > 3)
const options = { name: 'mine', instances, runs: 40 }
const setting = (spec: NetworkSpec) => ({ interaction: interactionOf(spec), activation: activationOf(spec), epsilon: spec.epsilon })
const energy = (spec: NetworkSpec) => energyBased(setting(spec))
const inner = (spec: NetworkSpec) => innerNudged(setting(spec))
const skip = ({ sizes }: NetworkSpec) => dense('S', { layer: 1, units: sizes[1] as number }, { layer: 3, units: sizes[3] as number })

describe('sound parts pass, and every seeded fault is rejected', () => {
  it.each([
    ['a term', termLaws(skip, { ...options, name: 'skip', instances: deep }), ['L1.skip']],
    ['a smooth activation', smoothActivationLaws(tanh), ['L1.tanh']],
    ['an exact activation', exactActivationLaws(polynomial(0, 1, 0.5), 'square'), ['L1.square']],
    ['a cost', costLaws(squaredError), ['L1.squared-error']],
    ['a gradient system', gradientDynamicsLaws(energy, options), ['L1.mine.primitive', 'L2.mine.hessian', 'L1.mine.pull', 'L2.mine', 'L5.mine']],
    ['dynamics with a metric', exactDynamicsLaws(inner, options), ['L1.mine.pull', 'L2.mine', 'L5.mine']],
    ['clipped ones', exactDynamicsLaws((spec) => clampedExact(inner(spec)), options), ['L1.mine.pull', 'L2.mine', 'L5.mine']],
    ['dynamics that claim nothing', dynamicsLaws((spec) => outerNudged(setting(spec)), options), ['L1.mine.pull']],
  ] as const)('%s', (_, laws, names) => {
    const report = check(laws)
    expect(report.laws.map(({ name, verdict }) => [name, verdict])).toEqual(names.map((name) => [name, 'holds']))
    for (const { mutants, gap, allowance } of report.laws) {
      expect(mutants.length).toBeGreaterThan(0)
      expect(mutants.every(({ rejected }) => rejected)).toBe(true)
      expect(gap).toBeLessThanOrEqual(allowance)
    }
  })
})

describe('wrong parts are rejected by name', () => {
  const wrongCost = { ...squaredError, name: 'twice', at: <T>(A: Algebra<never, T>) => (y: T) => ({ ...squaredError.at(A)(y), gradient: (s: T) => A.scale(2, A.sub(s, y)) }) }
  const asExact = (make: (spec: NetworkSpec) => Parameters<typeof withUnitMetric<never>>[0]) => (spec: NetworkSpec): ExactDynamics<never> => withUnitMetric(make(spec))
  // All derivatives are those of Ψ twice as large, but for `collect`, which is still that of Ψ.
  const stale = (spec: NetworkSpec) => {
    const term = skip(spec)
    return {
      ...term,
      at: <T>(A: Algebra<never, T>) => (theta: Params<T>, u0: T): Coupling<T> => {
        const { collect } = term.at(A)(theta, u0)
        return { ...plus(term, term).at(A)(theta, u0), ...(collect && { collect }) }
      },
    }
  }
  const forgetful = (spec: NetworkSpec) => faultyMotion(inner(spec), (_, m) => ({ collect: (all) => m.collect?.(all.slice(1)) ?? {} }))
  it.each([
    ['a term without feedback', termLaws((spec) => faultyTerm(skip(spec), (A, c) => ({ drive: (u) => mapDrives(c.drive(u), (d, l) => (l === 1 ? A.scale(0, d) : d)) })), { ...options, name: 'skip', instances: deep }), /^L1\.skip fails: gap .* \(seed 1, path /],
    ['a shortcut of another term', termLaws(stale, { ...options, name: 'skip', instances: deep }), /^L1\.skip fails: gap /],
    ['a shortcut of another motion', dynamicsLaws(forgetful, options), /^L1\.mine\.pull fails: gap /],
    ['tanh with twice the slope', smoothActivationLaws(faultyActivation(tanh, (A, jet) => ({ slope: () => A.scale(2, jet.slope()) }))), /^L1\.tanh fails/],
    ['a polynomial without curvature', exactActivationLaws(faultyActivation(polynomial(0, 1, 0.5), (A, jet) => ({ curvature: () => A.scale(0, jet.value) })), 'flat'), /^L1\.flat fails/],
    ['a cost without its ½', costLaws(wrongCost), /^L1\.twice fails/],
    ['the outer nudge as exact', exactDynamicsLaws(asExact((spec) => outerNudged(setting(spec))), options), /^L2\.mine fails.*\nL5\.mine fails/],
    ['the published output drive as exact', exactDynamicsLaws(asExact((spec) => publishedEnergyBased(setting(spec))), options), /^L2\.mine fails.*\nL5\.mine fails/],
    ['a wrong rule', exactDynamicsLaws((spec) => faultyMotion(inner(spec), (A, m) => ({ rule: (s) => mapParams(m.rule(s), A.neg) })), options), /^L2\.mine fails.*\nL5\.mine fails/],
  ] as const)('%s', (_, laws, message) => { expect(() => check(laws)).toThrow(message) })

  it('a law that notices nothing is told', () => {
    const blind = law({
      name: 'L0.blind', says: 'nothing', cites: '', about: [], rung: 'float64', over: [], runs: 3, instances,
      subject: 1, judge: () => () => ({ gap: 0, allowance: 0 }), mutants: [{ fault: 'anything', subject: 2 }],
    })
    expect(() => check([blind])).toThrow('L0.blind does not notice the fault "anything"')
    expect(check([blind], { mutants: false }).laws).toHaveLength(1)
  })

  it('the same seed, the same report', () => {
    expect(check(costLaws(squaredError), { seed: 5, runs: 7 })).toEqual(check(costLaws(squaredError), { seed: 5, runs: 7 }))
    expect(check(costLaws(squaredError), { runs: 7 }).laws[0]?.instances).toBe(7)
  })
})
