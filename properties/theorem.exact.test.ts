/**
 * The centre piece, with no tolerance: over exact rationals EP's updates in the limit and minus BPTT's gradients are identical,
 * entry by entry and at every t. First one network written out in full, then the laws over random ones.
 */
import { describe, expect, test } from 'vitest'
import { checkLaw } from '../src/law/check.ts'
import { networks, prototypicalRest, energyRest, stationary } from '../src/law/instances.ts'
import { exactTheoremLaws } from '../src/law/theorem.ts'
import fc from 'fast-check'
import { squaredError } from '../src/cost/squared-error.ts'
import { rational, type Rational, ratio, showRational } from '../src/number/rational.ts'
import { identity, polynomial } from '../src/phi/activation.ts'
import { energyBased } from '../src/phi/energy-based.ts'
import { layered } from '../src/phi/network.ts'
import { backpropagation } from '../src/fold/bptt.ts'
import { take } from '../src/fold/phase.ts'
import { orThrow } from '../src/fold/mistake.ts'
import { pose } from '../src/fold/pose.ts'
import { lift, lifted, type Lifted } from '../src/tensor/lift.ts'
import { conclusion, limit } from '../src/theorem.ts'

describe('one network by hand', () => {
  // x = 1, one hidden unit, one output, ρ the identity, ε = 1/2: F(s¹, s²) = ½ (s¹, s²) + ½ (w₁ + b₁ + w₂ s², w₂ s¹ + b₂).
  const A = lift(rational)
  const q = (n: number, d = 1): Lifted<Rational> => lifted([1, 1], [ratio(n, d)])
  const vector = (n: number, d = 1): Lifted<Rational> => lifted([1], [ratio(n, d)])
  const network = energyBased({ interaction: layered([1, 1, 1]), activation: identity, epsilon: 0.5 })
  // s* = (1, 1) with w₁ = 1/3, w₂ = 1/2: b₁ = 1 − 1/3 − 1/2 = 1/6, b₂ = 1 − 1/2 = 1/2. Target y = 0, so ∂ℓ/∂s² = 1.
  const data = { theta: { W1: q(1, 3), b1: vector(1, 6), W2: q(1, 2), b2: vector(1, 2) }, x: q(1), y: q(0) }
  const state = [q(1), q(1)]
  const settled = { state, before: [state, state, state] }
  const show = (tensors: readonly Lifted<Rational>[]): readonly string[] => tensors.flatMap(({ data: entries }) => entries.map(showRational))

  test('BPTT: H = ½ [[1, ½], [½, 1]], so ∇s = (0, 1), (1/4, 1/2), (1/4, 5/16)', () => {
    const problem = orThrow(pose(A, network, squaredError)(data))
    const moments = take(orThrow(backpropagation(problem, settled, 3)), 3)
    expect(moments.map(({ state: gradient }) => show(gradient))).toEqual([['0', '1'], ['1/4', '1/2'], ['1/4', '5/16']])
    // ∇θ(0) = ½ (∂Ψ/∂θ∂u) ∇s(0): W1: ½·0·x, b1: 0, W2: ½·1·s¹, b2: ½.
    expect(show(Object.values(moments[0]?.param() ?? {}))).toEqual(['0', '0', '1/2', '1/2'])
  })

  test('EP in the limit emits exactly the negatives', () => {
    const moments = take(orThrow(limit(A, network, squaredError)(data, state)), 3)
    expect(moments.map(({ state: update }) => show(update))).toEqual([['0', '-1'], ['-1/4', '-1/2'], ['-1/4', '-5/16']])
    expect(orThrow(conclusion(A, network, squaredError)(data, settled, 3))).toEqual({ state: [0, 0, 0], param: [0, 0, 0] })
  })
})

describe('random networks, layered, toy and lateral, batches to 3, K to 12', () => {
  test.each(exactTheoremLaws.map((law) => [law.name, law] as const))('%s', (_, law) => {
    const report = checkLaw(law, { seed: 20190532 })
    expect(report.failure).toBeUndefined()
    expect(report).toMatchObject({ verdict: 'holds', gap: 0, allowance: 0, instances: law.runs })
  })

  test('the instances are what the law claims: stationary exactly, and of every kind', () => {
    const seen = new Set<string>()
    fc.assert(fc.property(networks({ layers: 3, units: 3, batch: 3, steps: 12 }), (spec) => {
      for (const [rest, couple] of [[energyRest, 'activated'], [prototypicalRest, 'raw']] as const) {
        const instance = stationary(rational, spec, rest, couple)
        if (instance === undefined) continue
        seen.add(`${spec.architecture} batch ${spec.batch} ${spec.steps === 12 ? 'K 12' : ''}`.trim())
        const dynamics = energyBased({ interaction: layered(spec.sizes), activation: polynomial(...spec.activation), epsilon: spec.epsilon })
        if (rest === energyRest && spec.architecture === 'layered') {
          const motion = dynamics.at(instance.algebra)(instance.data.theta, instance.data.x)
          if (!motion.step(instance.state).every((sl, l) => instance.algebra.equals(sl, instance.state[l] as typeof sl))) return false
        }
      }
      return true
    }), { numRuns: 400 })
    for (const architecture of ['layered', 'toy', 'laterals'])
      for (const batch of [1, 2, 3]) expect([...seen]).toContain(`${architecture} batch ${batch}`)
    expect([...seen].some((kind) => kind.endsWith('K 12'))).toBe(true)
  })
})
