/**
 * The third rung at the paper's sizes: in float64 the limit β → 0 of EP equals −BPTT within the rounding of both, in the toy
 * network and in 784-512-10. The allowance of each entry comes from the error-tracking interpreter (law/tracked.ts).
 */
import { expect, test } from 'vitest'
import { squaredError } from '../src/cost/squared-error.ts'
import { miniBatch } from '../src/data/batch.ts'
import { seeded, uniforms } from '../src/data/random.ts'
import { syntheticDigits } from '../src/data/synthetic.ts'
import { freePhase } from '../src/fold/free-phase.ts'
import { orThrow } from '../src/fold/mistake.ts'
import { type Data, pose } from '../src/fold/pose.ts'
import { passes } from '../src/law/law.ts'
import { floatTheorem } from '../src/law/theorem-float.ts'
import { tanh } from '../src/phi/activation.ts'
import { energyBased } from '../src/phi/energy-based.ts'
import { innerNudged } from '../src/phi/prototypical.ts'
import { layered, toy } from '../src/phi/network.ts'
import { reference as A, type Tensor } from '../src/tensor/reference.ts'
import type { Shape } from '../src/tensor/algebra.ts'

const random = (shape: Shape, seed: number, size: number): Tensor =>
  A.of(shape, uniforms(seeded(seed), shape.reduce((n, k) => n * k, 1), -size, size)[0])

const parameters = (shapes: Readonly<Record<string, Shape>>): Data<Tensor>['theta'] =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape], i) => [name, random(shape, i + 1, 1 / Math.sqrt(shape.at(-1) as number))]))

test('toy network 5-50-10, T 5000, K 80: every entry within its allowance, and far below any β', () => {
  const network = energyBased({ interaction: toy([5, 50, 10]), activation: tanh, epsilon: 0.08 })
  const data = { theta: parameters(network.params), x: random([1, 5], 40, 1), y: random([1, 10], 41, 1) }
  const settled = orThrow(freePhase(orThrow(pose(A, network, squaredError)(data)), { steps: 5000, keep: 80 }))
  expect(settled.period).toBe(1)
  expect(settled.repeatedAt).toBeLessThan(5000 - 80)
  const verdict = orThrow(floatTheorem(network, network)(data, settled, 80))
  console.log('toy 5-50-10, K 80: worst entry', verdict)
  expect(passes(verdict)).toBe(true)
  expect(verdict.allowance).toBeLessThan(1e-11)
})

test.each([
  ['energy-based', energyBased({ interaction: layered([784, 512, 10]), activation: tanh, epsilon: 0.5 })] as const,
  ['prototypical, inner nudge', innerNudged({ interaction: layered([784, 512, 10]), activation: tanh, epsilon: 0.5 })] as const,
])('784-512-10 %s on digits, K 8: every entry within its allowance', (name, network) => {
  const { x, y } = orThrow(miniBatch(syntheticDigits(7, 20), [3, 11]))
  const data = { theta: parameters(network.params), x: A.of(x.shape, x.data), y: A.of(y.shape, y.data) }
  const settled = orThrow(freePhase(orThrow(pose(A, network, squaredError)(data)), { steps: 1500, keep: 8 }))
  expect(settled.period).toBe(1)
  expect(settled.repeatedAt).toBeLessThan(1500 - 8)
  const verdict = orThrow(floatTheorem(network, network)(data, settled, 8))
  console.log(`784-512-10 ${name}, K 8: worst entry`, verdict)
  expect(passes(verdict)).toBe(true)
  expect(verdict.allowance).toBeLessThan(1e-11)
})
