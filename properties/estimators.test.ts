/** The estimators as values: what they share, what they refuse, and how they are compared. Their laws are L7, L8 and L13. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import {
  bptt, centered, compareEstimators, continual, energyBased, type Estimator, freePhase, holomorphic, implicit, initialise, innerNudged, layered,
  oneSided, orThrow, pose, randomSign, rbp, reference as A, seeded, squaredError, tangent, tanh, toy, uniforms, untied, vectorField,
} from '../src/index.ts'
import type { Analytic } from '../src/index.ts'

const K = 12
const posed = (kind: typeof energyBased | typeof innerNudged) => {
  const interaction = toy([4, 6, 3])
  const dynamics = kind({ interaction, activation: tanh, epsilon: 0.5 })
  const [theta, rng] = initialise(A, interaction.params, seeded(5))
  const [xs, later] = uniforms(rng, 8, 0, 1)
  const data = { theta, x: A.of([2, 4], xs), y: A.of([2, 3], uniforms(later, 6, 0, 1)[0]) }
  const settled = orThrow(freePhase(orThrow(pose(A, dynamics, squaredError)(data)), { steps: 2000, keep: K }))
  return { dynamics, data, settled, model: { dynamics, cost: squaredError } }
}

const all: readonly Estimator<Analytic>[] = [
  bptt(K), rbp(K), implicit({ tolerance: 1e-10, most: 2000 }), oneSided(1e-4, K), centered(1e-3, K), randomSign(1e-4, K, seeded(2)), tangent(K),
  holomorphic(6, 0.05, K), continual(1e-4, 1e-8, K), vectorField(1e-4, K), vectorField('limit', K),
]

describe('estimators', () => {
  it.each([['energy-based', energyBased], ['inner nudge', innerNudged]] as const)('point the same way: %s', (name, kind) => {
    const { model, data, settled } = posed(kind)
    const { rows } = orThrow(compareEstimators(A, model)(all, data, settled, { steps: K, overTime: true }))
    for (const { name: estimator, result } of rows) {
      const { whole, layers, params, course } = orThrow(result)
      // Vector-field EP asks for M = 1.
      if (name === 'inner nudge' && estimator.startsWith('vector-field')) continue
      expect(whole.cosine, estimator).toBeGreaterThan(0.99)
      expect(Object.keys(layers)).toEqual(['layer 1', 'layer 2'])
      expect(Object.keys(params)).toEqual(['W1', 'b1', 'W2', 'b2', 'Wx2'])
      expect(course.length, estimator).toBe(estimator === 'implicit' ? 0 : K)
    }
  })

  it('the exact ones agree to rounding, moment by moment, neurons weighted by the metric', () => {
    const { model, data, settled } = posed(innerNudged)
    const { rows } = orThrow(compareEstimators(A, model)([bptt(K), rbp(K)], data, settled, { steps: K, overTime: true }))
    for (const { result } of rows) {
      const { whole, course } = orThrow(result)
      expect(whole.deviation).toBeLessThan(1e-12)
      expect(Math.max(...course.flatMap((moment) => Object.values(moment).map(({ deviation }) => deviation)))).toBeLessThan(1e-9)
    }
  })

  it('one, two and N points on the circle are one-sided, centered and better', () => {
    const { model, data, settled } = posed(energyBased)
    const of = (estimator: Estimator<Analytic>) => orThrow(estimator.at(A, model.dynamics, model.cost)(data, settled)).params
    expect(of(holomorphic(1, 0.01, K))).toEqual(of(oneSided(0.01, K)))
    expect(of(holomorphic(2, 0.01, K))).toEqual(of(centered(0.01, K)))
  })

  it('a random sign is that of its generator', () => {
    const { model, data, settled } = posed(energyBased)
    const of = (estimator: Estimator) => orThrow(estimator.at(A, model.dynamics, model.cost)(data, settled)).params
    const drawn = Array.from({ length: 12 }, (_, seed) => of(randomSign(0.01, K, seeded(seed))))
    const [up, down] = [of(oneSided(0.01, K)), of(oneSided(-0.01, K))]
    const ups = drawn.filter((params) => JSON.stringify(params) === JSON.stringify(up)).length
    const downs = drawn.filter((params) => JSON.stringify(params) === JSON.stringify(down)).length
    expect([ups + downs, ups > 0, downs > 0]).toEqual([12, true, true])
  })

  it.each([
    [rbp(0), 'K: expected a whole number of steps, at least 1, got 0'],
    [bptt(K + 1), `K: expected a whole number of steps, at least 1 and at most ${K}, got ${K + 1}`],
    [oneSided(0, K), 'beta: 0 leaves nothing to divide by; use a small one such as 0.01, or the exact limit'],
    [oneSided(0.1, 1.5), 'K: expected a whole number of steps, at least 1, got 1.5'],
    [holomorphic(0, 0.1, K), 'holomorphic, points: expected a whole number above 0, got 0'],
    [holomorphic(3, NaN, K), 'beta: expected a finite number other than 0, got NaN'],
    [continual(0.1, -1, K), 'continual, rate: expected a number of at least 0, got -1'],
    [implicit({ tolerance: 0, most: 3 }), 'implicit, tolerance: expected a share between 0 and 1, got 0'],
  ] as readonly (readonly [Estimator<Analytic>, string])[])('%j is refused in one line', (estimator, message) => {
    const { model, data, settled } = posed(energyBased)
    expect(estimator.at(A, model.dynamics, model.cost)(data, settled)).toMatchObject(E.left({ message }))
  })

  it('an equation that is not solved is told, with what is left of it', () => {
    const { model, data, settled } = posed(energyBased)
    const result = implicit({ tolerance: 1e-12, most: 3 }).at(A, model.dynamics, model.cost)(data, settled)
    expect(result).toMatchObject(E.left({ _tag: 'NotSolved', terms: 3 }))
  })

  it('an estimate that is no number is told', () => {
    const { data, settled } = posed(energyBased)
    const wild = energyBased({ interaction: toy([4, 6, 3]), activation: tanh, epsilon: 0.5 })
    expect(oneSided(1e308, 4).at(A, wild, squaredError)(data, settled)).toMatchObject(E.left({ _tag: 'NonFinite' }))
  })

  it('a reference that fails is a Left, a candidate that fails a row', () => {
    const { model, data, settled } = posed(energyBased)
    const run = compareEstimators(A, model)
    expect(run([tangent(K)], data, settled, { steps: K, reference: bptt(K + 1) })).toMatchObject(E.left({ _tag: 'BadSteps' }))
    expect(orThrow(run([bptt(K + 1)], data, settled, { steps: K })).rows[0]?.result).toMatchObject(E.left({ _tag: 'BadSteps' }))
  })

})

describe('backward weights of their own', () => {
  const sizes = [3, 4, 2]
  const interaction = layered(sizes)
  const tied = energyBased({ interaction, activation: tanh, epsilon: 0.5 })
  const free = untied(sizes, { activation: tanh, epsilon: 0.5 })
  const [theta] = initialise(A, interaction.params, seeded(8))
  const batch = { x: A.of([1, 3], [0.2, 0.9, 0.5]), y: A.of([1, 2], [1, 0]) }
  const settledFor = (B2: typeof batch.x) => {
    const data = { ...batch, theta: { ...theta, B2 } }
    return { data, settled: orThrow(freePhase(orThrow(pose(A, free, squaredError)(data)), { steps: 2000, keep: K })) }
  }
  const params = (estimator: Estimator, dynamics: typeof free, data: ReturnType<typeof settledFor>['data'] | (typeof batch & { theta: typeof theta }), settled: ReturnType<typeof settledFor>['settled']) =>
    orThrow(estimator.at(A, dynamics, squaredError)(data, settled)).params

  it('move as the tied network where they are equal, and share its gradient between them', () => {
    const { data, settled } = settledFor(theta['W2']!)
    const whole = params(bptt(K), tied, { ...batch, theta }, settled)
    for (const estimator of [bptt(K), vectorField('limit', K)]) {
      const parts = params(estimator, free, data, settled)
      expect(A.distance(parts['W1']!, whole['W1']!)).toBeLessThan(1e-14)
      expect(A.distance(A.add(parts['W2']!, parts['B2']!), whole['W2']!)).toBeLessThan(1e-14)
    }
  })

  it('part EP from BPTT where they are not; BPTT stays the gradient, which the tangent of the cost confirms', () => {
    const { data, settled } = settledFor(A.scale(-1.5, theta['W2']!))
    const truth = params(bptt(K), free, data, settled)
    expect(A.distance(params(rbp(K), free, data, settled)['W1']!, truth['W1']!)).toBeLessThan(1e-14)
    expect(A.distance(params(vectorField('limit', K), free, data, settled)['W1']!, truth['W1']!)).toBeGreaterThan(1e-3)
    // The cost at s_T with W1 moved by ±h, K = T steps from s*.
    const h = 1e-5
    const cost = (step: number) => {
      const problem = orThrow(pose(A, free, squaredError)({ ...data, theta: { ...data.theta, W1: A.add(theta['W1']!, A.fill(A.shape(theta['W1']!), step)) } }))
      const moved = orThrow(freePhase(problem, { steps: K, start: settled.state }))
      return A.numbers(problem.costing.value(moved.state.at(-1)!))[0]!
    }
    const slope = A.numbers(truth['W1']!).reduce((sum, g) => sum + g, 0)
    expect(Math.abs((cost(h) - cost(-h)) / (2 * h) - slope)).toBeLessThan(1e-8)
  })
})
