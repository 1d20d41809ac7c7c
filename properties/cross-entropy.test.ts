/**
 * Cross-entropy with a softmax readout outside the state. The laws about it run with all others; here is what they do not say: what pose
 * refuses, means over the batch, whole updates, finite β, maps as output layer, and that a network learns with it.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { crossEntropy, softmax, softmaxCrossEntropy } from '../src/cost/cross-entropy.ts'
import { readout } from '../src/cost/readout.ts'
import { squaredError } from '../src/cost/squared-error.ts'
import { seeded, uniforms } from '../src/data/random.ts'
import { backpropagation, descending } from '../src/fold/bptt.ts'
import { freePhase } from '../src/fold/free-phase.ts'
import { orThrow } from '../src/fold/mistake.ts'
import { finite } from '../src/fold/nudge.ts'
import { equilibriumPropagation, meanOf, nudgedPhase } from '../src/fold/nudged-phase.ts'
import { drop, type Moment, take } from '../src/fold/phase.ts'
import { type Data, pose } from '../src/fold/pose.ts'
import { contrasts, totals } from '../src/fold/total.ts'
import { passes } from '../src/law/law.ts'
import { floatTheorem } from '../src/law/theorem-float.ts'
import { initialise } from '../src/learn/initialise.ts'
import { unitRoundoff } from '../src/number/float64.ts'
import { tanh } from '../src/phi/activation.ts'
import { energyBased } from '../src/phi/energy-based.ts'
import { convolutional, layered } from '../src/phi/network.ts'
import { noPooling } from '../src/phi/pooling.ts'
import type { Params } from '../src/phi/interaction.ts'
import { entries, type Shape } from '../src/tensor/algebra.ts'
import { reference as A, type Tensor } from '../src/tensor/reference.ts'
import { simd64 } from '../src/tensor/simd/interpreter.ts'

const network = energyBased({ interaction: layered([3, 5, 4]), activation: tanh, epsilon: 0.5 })
const cost = crossEntropy({ features: 4, outputs: 3 })
const random = (shape: Shape, seed: number): Tensor => A.of(shape, uniforms(seeded(seed), entries(shape), -1, 1)[0])
const [theta] = initialise(A, { ...network.params, ...cost.readout?.params }, seeded(3))
const oneHot = (labels: readonly number[], classes = 3): Tensor =>
  A.of([labels.length, classes], labels.flatMap((label) => Array.from({ length: classes }, (_, c) => Number(c === label))))
const good: Data<Tensor> = { theta, x: random([2, 3], 7), y: oneHot([0, 2]) }
const posed = pose(A, network, cost)
const K = 12
const settledAt = (data: Data<Tensor>) => orThrow(freePhase(orThrow(posed(data)), { steps: 2000, keep: K }))

describe('pose refuses', () => {
  const tagOf = (data: Data<Tensor>): unknown => E.match((mistake: { readonly _tag: string; readonly message: string }) => {
    expect(mistake.message).toMatch(/^[^\n]+$/)
    return mistake
  }, () => ({ _tag: 'none' }))(posed(data))

  test('a readout that is missing, unknown, of another shape, or not finite', () => {
    const { Wo, ...rest } = theta
    expect(tagOf(good)).toMatchObject({ _tag: 'none' })
    expect(tagOf({ ...good, theta: rest })).toMatchObject({ _tag: 'MissingParameter', tensor: 'Wo' })
    expect(tagOf({ ...good, theta: { ...theta, W9: Wo as Tensor } })).toMatchObject({ _tag: 'UnknownParameter', tensor: 'W9' })
    expect(tagOf({ ...good, theta: { ...theta, Wo: A.fill([4, 3], 0) } })).toMatchObject({ _tag: 'WrongShape', tensor: 'Wo', expected: [3, 4], actual: [4, 3] })
    expect(tagOf({ ...good, theta: { ...theta, bo: A.of([3], [0, NaN, 0]) } })).toMatchObject({ _tag: 'NonFinite', tensor: 'bo', index: 1 })
    // Without a readout its parameters are unknown.
    expect(E.isLeft(pose(A, network, squaredError)({ ...good, y: A.fill([2, 4], 0) }))).toBe(true)
  })

  test('targets of the output layer’s width, and those that are no probabilities', () => {
    expect(tagOf({ ...good, y: A.fill([2, 4], 0.25) })).toMatchObject({ _tag: 'WrongShape', tensor: 'target y', expected: [2, 3], actual: [2, 4] })
    expect(tagOf({ ...good, y: A.of([2, 3], [1, 0, 0, 1, 1, 0]) })).toMatchObject({
      _tag: 'NotProbabilities', sample: 1, message: 'target y: sample 1 sums to 2; this cost needs probabilities, such as one-hot labels',
    })
    expect(tagOf({ ...good, y: A.of([2, 3], [2, -1, 0, 1, 0, 0]) })).toMatchObject({ _tag: 'NotProbabilities', sample: 0, message: expect.stringContaining('has the entry -1') as string })
    // Thirds rounded to singles still are.
    expect(tagOf({ ...good, y: A.fill([2, 3], Math.fround(1 / 3)) })).toMatchObject({ _tag: 'none' })
    expect(tagOf({ ...good, y: A.fill([2, 3], 0.3333) })).toMatchObject({ _tag: 'NotProbabilities' })
    // The squared error takes any targets.
    expect(E.isRight(pose(A, network, readout(squaredError, { features: 4, outputs: 3 }))({ ...good, y: A.fill([2, 3], -7) }))).toBe(true)
  })

  test('models that cannot be built', () => {
    expect(() => pose(A, network, crossEntropy({ features: 5, outputs: 3 }))).toThrow('expected an output layer of 5 units, got 4')
    expect(() => pose(A, network, crossEntropy({ features: 4, outputs: 3, weight: 'W1' }))).toThrow('parameter W1 is also one of the network’s'.replace('’', "'"))
    expect(() => crossEntropy({ features: 4, outputs: 3, bias: 'Wo' })).toThrow('both named Wo')
    for (const outputs of [0, -1, 1.5, NaN]) expect(() => crossEntropy({ features: 4, outputs })).toThrow(RangeError)
    expect(() => readout(cost, { features: 4, outputs: 3 })).toThrow('a readout already')
    expect(() => cost.at(A)(good.y)).toThrow('parameter Wo is missing')
  })
})

test('probabilities and values, by hand', () => {
  const z = A.of([2, 3], [0, Math.LN2, 0, 1000, 1000, -1000])
  Array.from(A.numbers(softmax(A)(z))).forEach((p, i) => expect(p).toBeCloseTo([1 / 4, 1 / 2, 1 / 4, 1 / 2, 1 / 2, 0][i] as number, 14))
  const costing = softmaxCrossEntropy.at(A)(oneHot([1, 2]))
  expect(A.numbers(costing.value(z))[0]).toBeCloseTo(Math.LN2 + 2000 + Math.LN2, 10)
})

test('state gradients are each sample’s own, parameters are means over the batch', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(2)), { minLength: 2, maxLength: 4 }), (samples) => {
    const rows = samples.map(([seed]) => random([1, 3], seed))
    const x = A.of([samples.length, 3], rows.flatMap((row) => [...A.numbers(row)]))
    const labels = samples.map(([, label]) => label)
    const gradient = (data: Data<Tensor>): Params<Tensor> => {
      const problem = orThrow(posed(data))
      const { state } = orThrow(freePhase(problem, { steps: 30 }))
      return take(orThrow(backpropagation(problem, { state, before: [state] }, 1)), 1)[0]?.param() ?? {}
    }
    const whole = gradient({ theta, x, y: oneHot(labels) })
    const single = rows.map((row, b) => gradient({ theta, x: row, y: oneHot([labels[b] as number]) }))
    // The samples' products are summed in the same order, so nothing rounds differently. (For the network's parameters: law L10.batch.)
    for (const name of ['Wo', 'bo'])
      expect(A.distance(whole[name] as Tensor, A.over(single.map((own) => own[name] as Tensor).reduce(A.add), samples.length))).toBe(0)
  }), { numRuns: 20 })
})

describe('whole updates', () => {
  const problem = orThrow(posed(good))
  const { state, before } = settledAt(good)
  const reverse = () => descending(problem, orThrow(backpropagation(problem, { state, before }, K)))
  const nudged = (beta: number) => equilibriumPropagation(problem, orThrow(finite(A, beta)), state)
  const last = <T>(moments: readonly T[]): T => moments.at(-1) as T

  test('the readout’s EP updates add up to minus its gradient at the last nudged state, as a contrast too', () => {
    // A power of two: neither β g nor its quotient by β is rounded.
    const beta = 2 ** -4
    const end = last(take(contrasts(problem, orThrow(finite(A, beta)), state), K))()
    const moved = last(take(nudgedPhase(problem, A.fill([], beta), state), K))
    const gradient = problem.costing.param?.(moved.at(-1) as Tensor) ?? {}
    const updates = take(nudged(beta), K).map(({ param }) => param())
    for (const name of ['Wo', 'bo']) {
      expect(A.distance(end[name] as Tensor, A.neg(A.over(gradient[name] as Tensor, 2)))).toBe(0)
      // As in law L6.telescoping: (K + 3)u Σ|Δθ(t)|, where each difference is rounded once, and so is each sum.
      const courses = updates.map((update) => A.numbers(update[name] as Tensor))
      A.numbers(end[name] as Tensor).forEach((whole, i) => {
        const course = courses.map((numbers) => numbers[i] as number)
        const size = course.reduce((sum, value) => sum + Math.abs(value), 0)
        expect(Math.abs(course.reduce((sum, value) => sum + value, 0) - whole)).toBeLessThanOrEqual((K + 3) * unitRoundoff * size + 3 * unitRoundoff * Math.abs(whole))
      })
    }
  })

  test('with a finite β the error of every parameter is O(β), centered O(β²)', () => {
    const truth = last(take(totals(A, reverse()), K))
    const errorOf = (phase: ReturnType<typeof nudged>): number => {
      const total = last(take(totals(A, phase), K))
      return Math.max(...Object.entries(truth).map(([name, g]) => A.distance(total[name] as Tensor, g)))
    }
    const order = (error: (beta: number) => number): number => Math.log2(error(2 ** -8) / error(2 ** -9))
    expect(Math.abs(order((beta) => errorOf(nudged(beta))) - 1)).toBeLessThan(0.05)
    expect(Math.abs(order((beta) => errorOf(meanOf(A, nudged(beta), nudged(-beta)))) - 2)).toBeLessThan(0.05)
    // Of the readout alone as well: its gradient is evaluated at the nudged states.
    const readoutError = (beta: number): number => A.distance(last(take(totals(A, nudged(beta)), K))['Wo'] as Tensor, truth['Wo'] as Tensor)
    expect(Math.abs(order(readoutError) - 1)).toBeLessThan(0.05)
  })

  test('BPTT gives the readout its gradient once, at s_T', () => {
    const [first, second] = take(reverse(), 2).map(({ param }: Moment<Tensor>) => param()['Wo'] as Tensor)
    expect(A.equals(second as Tensor, A.fill([3, 4], 0))).toBe(true)
    const gradient = problem.costing.param?.(state.at(-1) as Tensor)['Wo'] as Tensor
    expect(A.distance(first as Tensor, A.neg(A.over(gradient, 2)))).toBe(0)
    // The check can fail: one moment late.
    expect(A.distance(drop(reverse(), 1).next()[0].param()['Wo'] as Tensor, first as Tensor)).toBeGreaterThan(1e-3)
  })
})

test('the fast interpreter gives the same bits', () => {
  const S = simd64()
  const carried = (t: Tensor) => S.of(A.shape(t), A.numbers(t))
  const fast = orThrow(pose(S, network, cost)({ theta: Object.fromEntries(Object.entries(theta).map(([name, p]) => [name, carried(p)])), x: carried(good.x), y: carried(good.y) }))
  const slow = orThrow(posed(good))
  const [ours, theirs] = [orThrow(freePhase(fast, { steps: 20 })).state.at(-1), orThrow(freePhase(slow, { steps: 20 })).state.at(-1) as Tensor]
  if (ours === undefined) throw new Error('no state')
  expect(S.numbers(fast.costing.gradient(ours))).toEqual(A.numbers(slow.costing.gradient(theirs)))
  expect(S.numbers(fast.costing.value(ours))).toEqual(A.numbers(slow.costing.value(theirs)))
})

test('a readout on maps reads them channel by channel', () => {
  const interaction = convolutional({ input: [1, 4, 4], channels: [2], options: { size: 2, stride: 2, padding: 0, pooling: noPooling }, dense: [] })
  const model = energyBased({ interaction, activation: tanh, epsilon: 0.5 })
  const read = crossEntropy({ features: 8, outputs: 3 })
  const [params] = initialise(A, { ...model.params, ...read.readout?.params }, seeded(5))
  const data = { theta: params, x: random([2, 1, 4, 4], 1), y: oneHot([1, 2]) }
  const settled = orThrow(freePhase(orThrow(pose(A, model, read)(data)), { steps: 500, keep: 4 }))
  expect(settled.period).toBe(1)
  const verdict = orThrow(floatTheorem(model, model, read)(data, settled, 4))
  expect(passes(verdict)).toBe(true)
  expect(verdict.allowance).toBeLessThan(1e-12)
})

test('descending EP’s whole updates finds the classes', () => {
  const data = { x: random([3, 3], 11), y: oneHot([2, 0, 1]) }
  const run = (params: Params<Tensor>) => {
    const problem = orThrow(posed({ ...data, theta: params }))
    const { state } = orThrow(freePhase(problem, { steps: 60 }))
    const output = state.at(-1) as Tensor
    const z = A.addRow(A.matmulNT(output, params['Wo'] as Tensor), params['bo'] as Tensor)
    return { problem, state, value: A.numbers(problem.costing.value(output))[0] as number, p: A.numbers(softmax(A)(z)) }
  }
  const trained = Array.from({ length: 60 }).reduce<Params<Tensor>>((params) => {
    const { problem, state } = run(params)
    const update = (take(contrasts(problem, orThrow(finite(A, 0.1)), state), 15).at(-1) as () => Params<Tensor>)()
    return Object.fromEntries(Object.entries(params).map(([name, p]) => [name, A.add(p, A.scale(0.5, update[name] as Tensor))]))
  }, theta)
  const own = ({ p }: ReturnType<typeof run>): readonly number[] => [p[2], p[3], p[7]].map(Number)
  const [before, after] = [run(theta), run(trained)]
  expect(Math.min(...own(before))).toBeLessThan(0.5)
  expect(Math.min(...own(after))).toBeGreaterThan(0.5)
  expect(after.value).toBeLessThan(before.value)
})
