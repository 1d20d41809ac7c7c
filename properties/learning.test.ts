/**
 * Training's pure parts: what a shard comes to, how shards add up, optimisers, the schedule, checkpoints. Over rationals there is no
 * tolerance; where floats are compared it is derived beside the comparison.
 */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { squaredError } from '../src/cost/squared-error.ts'
import { crossEntropy } from '../src/cost/cross-entropy.ts'
import { seeded, uniforms } from '../src/data/random.ts'
import { type Hash, readCheckpoint, restoredTraining, storedTraining, writeCheckpoint } from '../src/experiment/checkpoint.ts'
import { commandOf } from '../src/experiment/training-command.ts'
import { methodNames, type TrainingJob, trainerOf } from '../src/experiment/training-job.ts'
import { resultsPage } from '../src/experiment/results-page.ts'
import { settlingNote } from '../src/experiment/settling-watch.ts'
import { parseLog, type TrainingRun } from '../src/experiment/training-log.ts'
import { labelOf, trainingReportOf } from '../src/experiment/training-report.ts'
import type { EpochRecord, ReportRecord, TrainingState } from '../src/experiment/training-state.ts'
import { unitRoundoff } from '../src/number/float64.ts'
import { freePhase } from '../src/fold/free-phase.ts'
import { orThrow } from '../src/fold/mistake.ts'
import { foldPhase } from '../src/fold/phase.ts'
import { pose, poseKnown } from '../src/fold/pose.ts'
import { relax } from '../src/fold/relax.ts'
import { finite } from '../src/fold/nudge.ts'
import { backpropagation } from '../src/fold/bptt.ts'
import { contrasts, reverseTotal, totals } from '../src/fold/total.ts'
import { initialise } from '../src/learn/initialise.ts'
import { backprop, centeredEp, continualEp, ep, type Method, type Occasion, randomSignEp, recurrentBackprop } from '../src/learn/method.ts'
import { adam, descended, momentum, noMemory, sgd } from '../src/learn/optimiser.ts'
import { decayed, orderOf, pieces, placeOf, signsOf } from '../src/learn/schedule.ts'
import { gradientFrom, type Learner, settledPart, shardSum, tested, together, wrongOnes } from '../src/learn/shard.ts'
import { advanced, begun, trained } from '../src/learn/training.ts'
import { identity, polynomial, sigm } from '../src/phi/activation.ts'
import { addParams, type Params } from '../src/phi/interaction.ts'
import { energyBased } from '../src/phi/energy-based.ts'
import { laterals, layered } from '../src/phi/network.ts'
import { innerNudged, outerNudged } from '../src/phi/prototypical.ts'
import { type Rational, ratio, rational } from '../src/number/rational.ts'
import type { Algebra } from '../src/tensor/algebra.ts'
import { lift, type Lifted, lifted } from '../src/tensor/lift.ts'
import { reference } from '../src/tensor/reference.ts'
import { simd32 } from '../src/tensor/simd/interpreter.ts'

const Q = lift(rational)
const small = fc.integer({ min: -6, max: 6 }).map((n) => ratio(n, 4))
const rationals = (shape: readonly number[]): fc.Arbitrary<Lifted<Rational>> => {
  const count = shape.reduce((a, b) => a * b, 1)
  return fc.array(small, { minLength: count, maxLength: count }).map((entries) => lifted(shape, entries))
}
const sizes = [2, 2, 1]
const exactNetwork = energyBased({ interaction: layered(sizes), activation: polynomial(0, 1, 0.5), epsilon: 0.5 })
const instance = fc.record({
  theta: fc.record({ W1: rationals([2, 2]), b1: rationals([2]), W2: rationals([1, 2]), b2: rationals([1]) }),
  x: rationals([3, 2]), y: rationals([3, 1]),
})
// Three steps of rationals that square at each are long enough.
const learnerOf = (method: Method): Learner => ({ dynamics: exactNetwork, cost: squaredError, method, T: 2, tolerance: 1e-6, unsettled: 'keep' })
const exactly = <T>(A: Algebra<never, T>, a: Params<T>, b: Params<T>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, p]) => A.equals(p, b[name] as T))
const rows = (A: Algebra<never, Lifted<Rational>>, t: Lifted<Rational>, some: readonly number[]): Lifted<Rational> => {
  const [, width = 1] = A.shape(t)
  return A.gather(t, { shape: [some.length, width], at: some.flatMap((row) => Array.from({ length: width }, (_, i) => row * width + i)) })
}
/** One matrix below another. */
const below = (a: Lifted<Rational>, b: Lifted<Rational>): Lifted<Rational> => {
  const [[m = 0, width = 0], [n = 0]] = [Q.shape(a), Q.shape(b)]
  const place = (first: number, count: number) => ({ shape: [count, width], at: Array.from({ length: count * width }, (_, i) => first * width + i) })
  return Q.add(Q.scatter(a, place(0, m), [m + n, width]), Q.scatter(b, place(m, n), [m + n, width]))
}
const once: Occasion = { sign: 1, rates: {} }
// lift(rational) has no tanh; what the learner runs does not ask for it.
const AQ = Q as unknown as Parameters<typeof shardSum<Lifted<Rational>>>[0]

describe('a shard, over rationals', () => {
  const methods: readonly Method[] = [ep(0.25, 2), centeredEp(0.25, 2), randomSignEp(0.25, 2), backprop(2), recurrentBackprop(2)]

  test.each(methods.map((method) => [method.name, method] as const))('L10: shards of a mini-batch add up, %s', (_, method) => {
    const pull = shardSum(AQ, learnerOf(method))
    fc.assert(fc.property(instance, ({ theta, x, y }) => {
      const part = (some: readonly number[]) => orThrow(pull(theta, { x: rows(Q, x, some), y: rows(Q, y, some) }, { sign: -1, rates: {} }))
      const whole = part([0, 1, 2])
      const sum = together(Q, [part([0]), part([1, 2])])
      return exactly(Q, whole.gradient, sum.gradient) && whole.tally.samples === sum.tally.samples && whole.tally.wrong === sum.tally.wrong
    }), { numRuns: 10 })
  })

  test.each(methods.flatMap((method) => (method.apart === undefined ? [] : [[method.name, method, method.apart] as const])))(
    'samples settled in different places have the gradient of the whole, %s', (_, method, apart) => {
      const learner = learnerOf(method)
      const [settle, gradient, whole] = [settledPart(AQ, learner, apart), gradientFrom(AQ, learner, apart), shardSum(AQ, learner)]
      const sign = { sign: -1, rates: {} } as const
      fc.assert(fc.property(instance, ({ theta, x, y }) => {
        const found = [[0], [1, 2]].map((some) => orThrow(settle(theta, { x: rows(Q, x, some), y: rows(Q, y, some) }, sign)).states)
        const [first, second] = found
        const together = first!.map((layers, state) => layers.map((part, l) => below(part, second![state]![l]!)))
        const { gradient: ours, cost } = gradient(theta, { x, y }, together, sign)
        const theirs = orThrow(whole(theta, { x, y }, sign))
        return found.every((states) => states.length === apart.states) && exactly(Q, ours, theirs.gradient) && cost === theirs.tally.cost
      }), { numRuns: 10 })
    })

  test('EP is the telescoped sum of its moments, with its sign turned; BPTT the sum of its own', () => {
    fc.assert(fc.property(instance, (data) => {
      const problem = orThrow(pose(Q, exactNetwork, squaredError)(data))
      const settled = orThrow(freePhase(problem, { steps: 2, keep: 2 }))
      const nudge = orThrow(finite(Q, 0.25))
      const updates = foldPhase<() => Params<Lifted<Rational>>, Params<Lifted<Rational>>>(contrasts(problem, nudge, settled.state), 2, {}, (_, whole) => whole())
      const [byEp, byBptt] = [ep(0.25, 2), backprop(2)].map((method) => orThrow(shardSum(AQ, learnerOf(method))(data.theta, data, once)).gradient)
      const gradients = foldPhase<Params<Lifted<Rational>>, Params<Lifted<Rational>>>(totals(Q, orThrow(backpropagation(problem, settled, 2))), 2, {}, (_, sum) => sum)
      const times = (factor: number, params: Params<Lifted<Rational>>) => Object.fromEntries(Object.entries(params).map(([name, p]) => [name, Q.scale(factor, p)]))
      return exactly(Q, byEp ?? {}, times(-3, updates)) && exactly(Q, byBptt ?? {}, times(3, gradients))
    }), { numRuns: 10 })
  })

  const quadratic = { activation: polynomial(0, 1, 0.5), epsilon: 0.5 }
  test.each([
    ['energy-based', energyBased({ interaction: layered(sizes), ...quadratic })],
    ['outer nudge', outerNudged({ interaction: layered(sizes), ...quadratic })],
    ['inner nudge', innerNudged({ interaction: layered(sizes), ...quadratic })],
    ['lateral', outerNudged({ interaction: laterals(sizes), ...quadratic })],
  ] as const)('a contrast is the difference of two rules, %s', (_, dynamics) => {
    const shapes = Object.values(dynamics.params)
    const ends = fc.record({ after: fc.tuple(rationals([3, 2]), rationals([3, 1])), before: fc.tuple(rationals([3, 2]), rationals([3, 1])) })
    fc.assert(fc.property(fc.tuple(...shapes.map((shape) => rationals([...shape]))), rationals([3, 2]), ends, (params, x, { after, before }) => {
      const theta = Object.fromEntries(Object.keys(dynamics.params).map((name, i) => [name, params[i]!]))
      const motion = dynamics.at(Q)(theta, x)
      const [a, b] = [motion.rule(after, before), motion.rule(before, after)]
      const contrast = motion.contrast?.({ s: after, previous: before }, { s: before, previous: after }) ?? {}
      return exactly(Q, contrast, Object.fromEntries(Object.entries(a).map(([name, p]) => [name, Q.sub(p, b[name]!)])))
    }), { numRuns: 20 })
  })

  test('continual EP is EP at rate 0, and otherwise tells where the weights have moved to', () => {
    const moving = continualEp(exactNetwork, squaredError, 0.25, 2)
    fc.assert(fc.property(instance, (data) => {
      const gradient = (method: Method, rate: number) =>
        orThrow(shardSum(AQ, learnerOf(method))(data.theta, data, { sign: 1, rates: { W1: rate, b1: rate, W2: rate, b2: rate } })).gradient
      // By hand: each step with the weights that the step before has left, of a mini-batch of 3.
      const { state } = relax(poseKnown(Q, exactNetwork, squaredError)(data), 2, 0)
      const end = [0, 1].reduce(({ theta, s }: { readonly theta: Params<Lifted<Rational>>; readonly s: typeof state }) => {
        const { motion, costing } = poseKnown(Q, exactNetwork, squaredError)({ ...data, theta })
        const next = motion.step(s, s.map((sl, l) => (l === 1 ? Q.scale(-0.25, costing.gradient(sl)) : undefined)))
        const [after, before] = [motion.rule(next), motion.rule(s)]
        return { s: next, theta: Object.fromEntries(Object.entries(theta).map(([name, p]) => [name, Q.add(p, Q.over(Q.over(Q.scale(0.5, Q.sub(after[name]!, before[name]!)), 0.25), 3))])) }
      }, { theta: data.theta, s: state })
      const moved = descended(Q, data.theta, Object.fromEntries(Object.entries(gradient(moving, 0.5)).map(([name, g]) => [name, Q.over(g, 3)])),
        { rates: { W1: 0.5, b1: 0.5, W2: 0.5, b2: 0.5 }, weightDecay: 0 })
      return exactly(Q, gradient(moving, 0), gradient(ep(0.25, 2), 0)) && exactly(Q, moved, end.theta)
    }), { numRuns: 10 })
  })

  test('unsettled samples that are skipped leave the gradient of the others', () => {
    const skipping: Learner = { ...learnerOf(ep(0.25, 2)), unsettled: 'skip', tolerance: 0.1 }
    let skipped = 0
    fc.assert(fc.property(instance, ({ theta, x, y }) => {
      const problem = poseKnown(Q, exactNetwork, squaredError)({ theta, x, y })
      const { state, before: [previous = state] } = relax(problem, 2, 1)
      const moved = (row: number): number => Math.max(...state.map((sl, l) => Q.distance(rows(Q, sl, [row]), rows(Q, previous[l] ?? sl, [row]))))
      const settled = [0, 1, 2].filter((row) => moved(row) <= 0.1)
      const { gradient, tally } = orThrow(shardSum(AQ, skipping)(theta, { x, y }, once))
      skipped += settled.length > 0 && settled.length < 3 ? 1 : 0
      const expected = settled.length === 0
        ? Object.fromEntries(Object.entries(theta).map(([name, p]) => [name, Q.fill(Q.shape(p), 0)]))
        : orThrow(shardSum(AQ, learnerOf(ep(0.25, 2)))(theta, { x: rows(Q, x, settled), y: rows(Q, y, settled) }, once)).gradient
      return tally.unsettled === 3 - settled.length && exactly(Q, gradient, expected)
    }), { numRuns: 60, seed: 1 })
    expect(skipped).toBeGreaterThan(0)
  })

  test('a wrong K or β is told, not divided by', () => {
    const data = { theta: Object.fromEntries(Object.entries(exactNetwork.params).map(([name, shape]) => [name, Q.fill(shape, 0)])), x: Q.fill([1, 2], 0), y: Q.fill([1, 1], 0) }
    const left = (method: Method) => E.match((mistake: { readonly _tag: string }) => mistake._tag, () => 'none')(shardSum(AQ, learnerOf(method))(data.theta, data, once))
    expect([ep(0, 2), ep(Infinity, 2), ep(0.1, 0), ep(0.1, 1.5)].map(left)).toEqual(['BadBeta', 'BadBeta', 'BadSteps', 'BadSteps'])
  })
})

describe('the free phase without evidence', () => {
  const network = outerNudged({ interaction: layered([4, 6, 3]), activation: sigm, epsilon: 1 })
  const A = simd32()
  test('gives what freePhase gives, bit for bit, whether or not the state comes to rest', () => {
    let [rested, alternating] = [0, 0]
    fc.assert(fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 12 }), (seed, steps, keep) => {
      const [theta, rng] = initialise(A, network.params, seeded(seed))
      const problem = poseKnown(A, network, squaredError)({ theta, x: A.of([2, 4], uniforms(rng, 8, 0, 1)[0]), y: A.fill([2, 3], 0) })
      const kept = Math.min(keep, steps)
      const [plain, evident] = [relax(problem, steps, kept), orThrow(freePhase(problem, { steps, keep: kept }))]
      rested += evident.period === 1 ? 1 : 0
      alternating += evident.period === 2 ? 1 : 0
      const same = (a: readonly unknown[], b: readonly unknown[]) => JSON.stringify(a.map((s) => [...A.numbers(s as never)])) === JSON.stringify(b.map((s) => [...A.numbers(s as never)]))
      return same(plain.state, evident.state) && plain.before.length === kept && plain.before.every((s, t) => same(s, evident.before[t] ?? []))
    }), { numRuns: 60, seed: 2 })
    expect([rested > 0, alternating > 0]).toEqual([true, true])
  })
})

describe('walking back', () => {
  test('through states that come again by turns pulls at each of them', () => {
    fc.assert(fc.property(instance, ({ theta, x, y }) => {
      const problem = poseKnown(Q, exactNetwork, squaredError)({ theta, x, y })
      const { state, before: [other = state] } = relax(problem, 2, 1)
      const before = [other, state, other, state, state]
      const start = state.map((sl, l) => (l === state.length - 1 ? problem.costing.gradient(sl) : Q.fill(Q.shape(sl), 0)))
      const { sum } = before.reduce<{ readonly gradient: typeof state; readonly sum: Params<Lifted<Rational>> | undefined }>(({ gradient, sum }, s) => {
        const pulled = problem.motion.pull(s)(gradient)
        return { gradient: pulled.state, sum: sum === undefined ? pulled.param() : addParams(Q, sum, pulled.param()) }
      }, { gradient: start, sum: undefined })
      return exactly(Q, orThrow(reverseTotal(problem, { state, before }, before.length)), Object.fromEntries(Object.entries(sum ?? {}).map(([name, g]) => [name, Q.over(g, problem.batch)])))
    }), { numRuns: 20 })
  })
})

describe('counting', () => {
  test('an answer is wrong where the largest output is elsewhere', () => {
    const A = reference
    expect(wrongOnes(A, A.of([3, 2], [0.1, 0.2, 0.9, 0.3, 0.5, 0.4]), A.of([3, 2], [0, 1, 0, 1, 1, 0]))).toBe(1)
  })
  test('with a readout, of what it makes of the output layer', () => {
    const A = reference
    const network = outerNudged({ interaction: layered([1, 2]), activation: sigm, epsilon: 1 })
    const learner: Learner = { dynamics: network, cost: crossEntropy({ features: 2, outputs: 2 }), method: ep(0.1, 1), T: 2, tolerance: 1, unsettled: 'keep' }
    // The readout swaps the two units.
    const theta = { W1: A.of([2, 1], [4, -4]), b1: A.fill([2], 0), Wo: A.of([2, 2], [0, 1, 1, 0]), bo: A.fill([2], 0) }
    const wrong = (label: number) => orThrow(tested(A, learner)(theta, { x: A.fill([1, 1], 1), y: A.of([1, 2], label === 0 ? [1, 0] : [0, 1]) })).wrong
    expect([wrong(0), wrong(1)]).toEqual([1, 0])
  })
  test('NaN is told with its layer', () => {
    const A = reference
    const network = outerNudged({ interaction: layered([1, 2, 2]), activation: sigm, epsilon: 1 })
    const learner: Learner = { dynamics: network, cost: squaredError, method: ep(0.1, 1), T: 3, tolerance: 1, unsettled: 'keep' }
    const theta = { W1: A.fill([2, 1], 1), b1: A.fill([2], 0), W2: A.fill([2, 2], NaN), b2: A.fill([2], 0) }
    const result = shardSum(A, learner)(theta, { x: A.fill([1, 1], 1), y: A.fill([1, 2], 0) }, once)
    expect(E.isLeft(result) && result.left).toMatchObject({ _tag: 'Diverged', step: 1, layer: 1 })
  })
  test('a state that has become infinite and stays so has not settled', () => {
    const A = reference
    const network = outerNudged({ interaction: layered([1, 1, 1]), activation: identity, epsilon: 1 })
    const learner: Learner = { dynamics: network, cost: squaredError, method: ep(0.1, 1), T: 9, tolerance: 1, unsettled: 'keep' }
    const theta = { W1: A.fill([1, 1], 1), b1: A.fill([1], 0), W2: A.fill([1, 1], 1e200), b2: A.fill([1], 0) }
    const result = shardSum(A, learner)(theta, { x: A.fill([1, 1], 1), y: A.fill([1, 1], 0) }, once)
    expect(E.isLeft(result) && result.left).toMatchObject({ _tag: 'Diverged', layer: 1 })
  })
})

describe('optimisers', () => {
  const vectors = fc.record({ W: rationals([1, 3]), b: rationals([2]) })
  const steps = fc.tuple(vectors, fc.array(vectors, { minLength: 1, maxLength: 4 }))
  const times = (c: Rational, t: Lifted<Rational>): Lifted<Rational> => Q.times(lifted([], [c]), t)

  test('plain descent over rationals: θ − η g, step by step', () => {
    fc.assert(fc.property(steps, ([theta, gradients]) => {
      const result = gradients.reduce<Params<Lifted<Rational>>>((p, g) => descended(Q, p, sgd.direction(Q)(g, {}, 1).direction, { rates: { W: 0.5, b: 0.25 }, weightDecay: 0 }), theta)
      const sum = (name: 'W' | 'b') => gradients.map((g) => g[name]).reduce(Q.add)
      return Q.equals(result['W']!, Q.sub(theta.W, times(ratio(1, 2), sum('W')))) && Q.equals(result['b']!, Q.sub(theta.b, times(ratio(1, 4), sum('b'))))
    }))
  })

  test('momentum over rationals: θ_n = θ_0 − η Σ_t (1 + μ + … + μ^{n−t}) g_t', () => {
    fc.assert(fc.property(steps, ([theta, gradients]) => {
      const optimiser = momentum(0.5)
      const [end] = gradients.reduce<readonly [Params<Lifted<Rational>>, Record<string, Params<Lifted<Rational>>>]>(([p, memory], g, t) => {
        const next = optimiser.direction(Q)(g, memory, t + 1)
        return [descended(Q, p, next.direction, { rates: { W: 1, b: 1 }, weightDecay: 0 }), next.memory]
      }, [theta, noMemory(Q, optimiser, theta)])
      const n = gradients.length
      // 1 + … + 2^−m = 2 − 2^−m
      const factor = (t: number) => ratio(2 ** (n - t + 1) - 1, 2 ** (n - t))
      const moved = gradients.map((g, i) => times(factor(i + 1), g.W)).reduce(Q.add)
      return Q.equals(end['W']!, Q.sub(theta.W, moved))
    }))
  })

  test('weight decay over rationals: weights shrink by 1 − ηλ, biases do not; a parameter without a rate stays', () => {
    fc.assert(fc.property(vectors, (theta) => {
      const none = { W: Q.fill([1, 3], 0), b: Q.fill([2], 0) }
      const result = descended(Q, theta, none, { rates: { W: 0.5, b: 0.5 }, weightDecay: 0.25 })
      return Q.equals(result['W']!, times(ratio(7, 8), theta.W)) && Q.equals(result['b']!, theta.b)
        && descended(Q, theta, theta, { rates: { b: 1 }, weightDecay: 1 })['W'] === theta.W
    }))
  })

  test('adam as its formula says', () => {
    const A = reference
    const entry = fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 10, noNaN: true }), fc.double({ min: -10, max: -1e-3, noNaN: true }))
    fc.assert(fc.property(fc.array(fc.tuple(entry, entry), { minLength: 1, maxLength: 5 }), (gradients) => {
      const optimiser = adam()
      const { direction } = gradients.reduce<{ readonly direction: Params<ReturnType<typeof A.of>>; readonly memory: ReturnType<typeof noMemory<ReturnType<typeof A.of>>> }>(
        ({ memory }, g, t) => optimiser.direction(A)({ p: A.of([2], [...g]) }, memory, t + 1),
        { direction: {}, memory: noMemory(A, optimiser, { p: A.fill([2], 0) }) })
      return A.numbers(direction['p']!).every((d, i) => {
        const n = gradients.length
        const [m, v] = gradients.reduce(([m, v], g) => [0.9 * m + 0.1 * g[i as 0 | 1], 0.999 * v + 0.001 * g[i as 0 | 1] ** 2], [0, 0])
        const [mHat, vHat] = [m / (1 - 0.9 ** n), v / (1 - 0.999 ** n)]
        const expected = mHat / (Math.sqrt(vHat) + 1e-8)
        // A root and a quotient by e and log lose about |log v| + |log √v| units beside a few for the functions themselves (2 ulp each);
        // m̂ may cancel: its error is measured against the sizes that it is a sum of.
        const sizes = gradients.reduce((sum, g) => 0.9 * sum + 0.1 * Math.abs(g[i as 0 | 1]), 0) / (1 - 0.9 ** n)
        const scale = vHat === 0 ? 0 : sizes / (Math.sqrt(vHat) + 1e-8)
        const lost = vHat === 0 ? 0 : 2 * Math.abs(Math.log(vHat)) + 2 * Math.abs(Math.log(Math.sqrt(vHat) + 1e-8)) + 12 * n + 16
        return Math.abs(d - expected) <= lost * unitRoundoff * Math.max(scale, Math.abs(expected))
      })
    }))
  })
})

describe('the schedule', () => {
  test('an epoch takes every sample once, in an order of its own', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 1, max: 50 }), fc.integer({ min: 5, max: 60 }), (seed, epoch, count) => {
      const order = orderOf(seed, epoch, count)
      return [...order].sort((a, b) => a - b).every((sample, i) => sample === i) && order.length === count
    }))
    expect(orderOf(1, 1, 50)).toEqual(orderOf(1, 1, 50))
    expect(orderOf(1, 2, 50)).not.toEqual(orderOf(1, 1, 50))
    expect(orderOf(2, 1, 50)).not.toEqual(orderOf(1, 2, 50))
  })
  test('signs, pieces, places, decay', () => {
    expect(new Set(signsOf(3, 1, 50))).toEqual(new Set([1, -1]))
    expect(pieces([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]])
    expect(placeOf(7, 3)).toEqual({ epoch: 3, done: 1 })
    expect([decayed(0.5, 1, 9), decayed(0.5, 3, 9), decayed('cosine', 1, 4), decayed('cosine', 3, 4)]).toEqual([1, 0.25, 1, (1 + Math.cos(Math.PI / 2)) / 2])
  })
})

// ── Whole runs and their checkpoints ─────────────────────────────────────────────────────────────────────────────

const job: TrainingJob = {
  name: 'P-1h', variant: 'exact', method: 'ep', loss: 'squared', changes: { sizes: [4, 5, 10], T: 6, K: 3 }, optimiser: { name: 'momentum', momentum: 0.5 },
  weightDecay: 0.01, decay: 0.9, unsettled: 'keep', shard: 2, seed: 5,
}
const hash: Hash = (parts) => parts.reduce((h, part) => h.update(part), createHash('sha256')).digest('hex')
const A = simd32()
const trainer = orThrow(trainerOf(job))
const shardsOf = (step: number) => pieces(Array.from({ length: 5 }, (_, i) => i), 2).map((some) => {
  const [x] = uniforms(seeded(100 * step + (some[0] ?? 0)), some.length * 4, 0, 1)
  return { x: A.of([some.length, 4], x), y: A.of([some.length, 10], some.flatMap((i) => Array.from({ length: 10 }, (_, c) => (c === (i + step) % 10 ? 1 : 0)))) }
})
const run = (from: ReturnType<typeof begun<ReturnType<typeof A.of>>>, steps: number) => Array.from({ length: steps }).reduce<typeof from>((state) =>
  orThrow(trained(A, trainer.learner, trainer.optimiser)(state, shardsOf(state.step), { rates: trainer.ratesIn(1), weightDecay: job.weightDecay })), from)
const start = begun(A, trainer.optimiser, initialise(A, trainer.params, seeded(job.seed))[0])
const stateOf = ({ step, tally }: typeof start): TrainingState => ({
  format: 'phifold-training-1', version: '0', engine: 'simd32', job, data: { origin: 'made up', synthetic: true, train: 5, test: 5, digest: 'none' },
  step, tally, seconds: 1, epochs: [], logBytes: 0,
})
const numbersOf = (state: typeof start) => JSON.stringify([state.theta, ...Object.values(state.memory)].map((params) => Object.entries(params).map(([name, p]) => [name, ...A.numbers(p)])))
const middle = run(start, 3)
const bytes = orThrow(writeCheckpoint(hash, { state: stateOf(middle), tensors: storedTraining(A, middle, 'F32') }))
const restored = (from: Uint8Array) => pipe(readCheckpoint(hash, from, 'it'), E.flatMap((checkpoint) => restoredTraining(A, trainer, checkpoint, 'it')))

describe('checkpoints', () => {
  test('a run that is taken up again ends as one that never stopped, bit for bit', () => {
    expect(numbersOf(run(orThrow(restored(bytes)), 4))).toBe(numbersOf(run(start, 7)))
    expect(numbersOf(run(start, 7))).not.toBe(numbersOf(middle))
  })
  test('parameters stand under their own names', () => {
    const { tensors, state } = orThrow(readCheckpoint(hash, bytes, 'it'))
    expect(Object.keys(tensors).sort()).toEqual(['W1', 'W2', 'b1', 'b2', 'velocity.W1', 'velocity.W2', 'velocity.b1', 'velocity.b2'])
    expect(state.job).toEqual(job)
  })
  test('every damaged byte and every cut is noticed', () => {
    fc.assert(fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
      const damaged = bytes.slice()
      damaged[place] = damaged[place]! ^ change
      return E.isLeft(restored(damaged)) && E.isLeft(restored(bytes.subarray(0, place)))
    }), { numRuns: 300 })
  })
  test('other tensors, other versions and numbers that are none are refused in one line', () => {
    const tensors = storedTraining(A, middle, 'F32')
    const { W1, ...fewer } = tensors
    const message = (result: E.Either<{ readonly message: string }, unknown>) => (E.isLeft(result) ? result.left.message : 'none')
    expect(message(restored(orThrow(writeCheckpoint(hash, { state: stateOf(middle), tensors: fewer }))))).toMatch(/^it: parameters: missing W1.*; take another/)
    expect(message(restored(orThrow(writeCheckpoint(hash, { state: { ...stateOf(middle), step: -1 }, tensors }))))).toMatch(/^it: step: .* another version/)
    expect(message(writeCheckpoint(hash, { state: stateOf(middle), tensors: { ...fewer, W1: { ...W1!, data: Float32Array.from(W1!.data).fill(NaN) } } }))).toBe('W1 is no longer finite')
  })
  test('what was advanced by hand is what the fold gives', () => {
    const pull = shardSum(A, trainer.learner)
    const sum = together(A, shardsOf(0).map((shard) => orThrow(pull(start.theta, shard, once))))
    const next = advanced(A, trainer.optimiser)(start, sum, { rates: trainer.ratesIn(1), weightDecay: job.weightDecay })
    expect(numbersOf(next)).toBe(numbersOf(run(start, 1)))
    expect(next.tally.samples).toBe(5)
  })
})

describe('jobs', () => {
  test('numbers that make no sense are refused in one line', () => {
    const message = (changes: Partial<TrainingJob>) => {
      const result = trainerOf({ ...job, ...changes })
      return E.isLeft(result) ? result.left.message : 'none'
    }
    expect(message({ name: 'P-9h' })).toMatch(/^network: expected EB-1h/)
    expect(message({ rates: [1] })).toMatch(/^rates: expected 2 rates/)
    expect(message({ rates: [1, -1] })).toMatch(/^rates: expected numbers of at least 0/)
    expect(message({ changes: { sizes: [4, 5, 6] } })).toMatch(/^sizes: expected 10 outputs/)
    expect(message({ changes: { sizes: [4, 5, 6] }, loss: 'cross-entropy' })).toBe('none')
    expect(message({ nudge: 'inner', variant: 'published' })).toMatch(/^nudge/)
  })
  test('every method trains, with a readout too; holomorphic EP where numbers may be complex', () => {
    const small = { ...job, changes: { sizes: [4, 5, 10], T: 6, K: 3, activation: ['sigm'] as const } }
    const gradient = (changes: Partial<TrainingJob>) => {
      const { learner, params } = orThrow(trainerOf({ ...small, ...changes }))
      const [theta] = initialise(A, params, seeded(1))
      const sum = orThrow(shardSum(A, learner)(theta, { x: A.of([2, 4], uniforms(seeded(2), 8, 0, 1)[0]), y: A.of([2, 10], Array.from({ length: 20 }, (_, i) => (i % 10 === 3 ? 1 : 0))) }, { sign: -1, rates: { W1: 0.01 } }))
      expect(Object.keys(sum.gradient).sort()).toEqual(Object.keys(params).sort())
      return Object.values(sum.gradient).flatMap((g) => [...A.numbers(g)])
    }
    const reference = gradient({ method: 'bptt', nudge: 'inner' })
    for (const method of methodNames) {
      expect(gradient({ method }).every(Number.isFinite)).toBe(true)
      if (method !== 'holomorphic') expect(gradient({ method, loss: 'cross-entropy' }).every(Number.isFinite)).toBe(true)
      // In the same quadrant as BPTT where theory says so; how near is what the laws of the estimators are about.
      const g = gradient({ method, nudge: 'inner' })
      expect(g.reduce((sum, p, i) => sum + p * reference[i]!, 0)).toBeGreaterThan(0)
    }
    const refused = (changes: Partial<TrainingJob>) => E.match((e: { readonly message: string }) => e.message, () => 'none')(trainerOf({ ...small, method: 'holomorphic', ...changes }))
    expect(refused({ name: 'EB-1h' })).toMatch(/^method: expected another one where there are walls/)
    expect(refused({ loss: 'cross-entropy' })).toMatch(/^method/)
    expect(refused({ points: 100 })).toMatch(/^points/)
  })
  test('a readout has the last rate, or one of its own', () => {
    const rates = (given: readonly number[]) => orThrow(trainerOf({ ...job, loss: 'cross-entropy', decay: 1, rates: given })).ratesIn(1)
    expect(rates([1, 2])).toEqual({ W1: 1, b1: 1, W2: 2, b2: 2, Wo: 2, bo: 2 })
    expect(rates([1, 2, 3])).toMatchObject({ Wo: 3, bo: 3 })
  })
})

describe('what a run tells', () => {
  const epoch = (number: number, unsettled: number, testError = 5): EpochRecord => ({
    type: 'epoch', epoch: number, trainError: 4, testError, trainCost: 0.1, testCost: 0.2, seconds: 1.5, residual: 1e-3, unsettled, testResidual: 1e-3, testUnsettled: unsettled,
  })
  const startLine = { type: 'start', version: '0', engine: 'simd32', job, data: { origin: 'made up', synthetic: true, train: 5, test: 5, digest: 'none' } } as const
  const lines = [startLine, epoch(1, 0.5, 6), epoch(2, 1.5)].map((line) => `${JSON.stringify(line)}\n`).join('')

  test('growth of unsettled inputs is told once, and again when there are half as many more', () => {
    const notes = (shares: readonly number[]) => shares.map((_, i) => settlingNote(shares.slice(0, i + 1).map((share, e) => epoch(e + 1, share)))?.slice(0, 20))
    expect(notes([0, 0.5, 0.9])).toEqual([undefined, undefined, undefined])
    const said = 'ever more inputs do '
    expect(notes([2, 2.5, 3.1, 3.2, 4.6, 2])).toEqual([undefined, undefined, said, undefined, said, undefined])
    expect(settlingNote([epoch(1, 1), epoch(2, 3)])).toBe(
      'ever more inputs do not settle: 3.0 %, 1.0 % in epoch 1; a larger --T, a smaller --dt, --method centered or --nudge inner help, --unsettled skip leaves them out of the update')
  })
  test('the log is read back; a line that is being written is not', () => {
    const whole = orThrow(parseLog(lines))
    expect(whole).toEqual({ start: startLine, epochs: [epoch(1, 0.5, 6), epoch(2, 1.5)], reports: [] })
    expect(orThrow(parseLog(lines.slice(0, -20))).epochs.length).toBe(1)
    const message = (text: string) => E.match((e: { readonly message: string }) => e.message, () => 'none')(parseLog(text))
    expect(message('')).toBe('line 1: expected the start of a run')
    expect(message(`${lines}{]\n`)).toBe('line 4: expected JSON')
    expect(message(lines.replace('"trainError":4', '"trainError":400'))).toMatch(/^line 2: trainError: /)
  })
  test('table, CSV and curves', () => {
    const { csv, text, chart } = orThrow(trainingReportOf(orThrow(parseLog(lines))))
    expect(csv).toMatch(/^epoch,trainError,testError,.*\r\n1,4,6,0.1,0.2,1.5,"",0.001,0.5,0.001,0.5\r\n/)
    expect(text).toContain('test error 5.00 % at the end, 5.00 % at best, in epoch 2')
    expect(chart?.panels.map(({ title }) => title)).toEqual(['error', 'inputs that do not settle'])
    expect(orThrow(trainingReportOf({ start: startLine, epochs: [epoch(1, 0)], reports: [] })).chart).toBeUndefined()
  })
  test('an epoch that is not done is drawn and told by its reports', () => {
    const report = (done: number, trainError: number): ReportRecord => ({ type: 'report', epoch: 1, done, trainError, trainCost: 0.1, residual: 1e-3, unsettled: 0 })
    const reports = [report(10, 80), report(20, 60), { ...report(30, 50), testError: 35 }]
    const run = { start: startLine, epochs: [], reports }
    const { chart, text, json } = orThrow(trainingReportOf(run))
    // Errors of the ten mini-batches each: 80, 40 and 30 %.
    expect(chart?.panels[0]?.x).toEqual([10, 20, 30])
    expect(chart?.panels[0]?.coordinates[0]?.lines[0]).toEqual([80, 40, 30])
    expect(text).toMatch(/epoch 1, not done:\n[^]*30 +50\.00 +35\.00/)
    expect((JSON.parse(json) as TrainingRun).reports).toEqual(reports)
    // Once the epoch is done it speaks for itself.
    expect((JSON.parse(orThrow(trainingReportOf({ ...run, epochs: [epoch(1, 0)] })).json) as TrainingRun).reports).toEqual([])
  })
  test('the command that does it again says what is not usual', () => {
    const usual: TrainingJob = { name: 'P-1h', variant: 'exact', method: 'ep', loss: 'squared', changes: {}, optimiser: { name: 'sgd', momentum: 0.9 }, weightDecay: 0, decay: 1, unsettled: 'keep', seed: 3 }
    const real = { origin: '60000 digits of MNIST, tested on 10000', synthetic: false, train: 60000, test: 10000, digest: 'd' }
    expect(commandOf({ ...startLine, job: usual, data: real })).toBe('phifold train P-1h --data path/to/mnist --seed 3')
    expect(commandOf({ ...startLine, engine: 'simd64', data: { ...real, origin: '9 digits of MNIST, tested on 4', train: 9, test: 4 }, job: {
      ...usual, method: 'centered', nudge: 'inner', loss: 'cross-entropy', variant: 'published', changes: { sizes: [784, 5, 10], T: 40, K: 15, beta: 0.2, epsilon: 0.5, batch: 10 },
      rates: [0.1, 0.2], epochs: 12, optimiser: { name: 'momentum', momentum: 0.8 }, weightDecay: 1e-4, decay: 'cosine', unsettled: 'skip', tolerance: 1e-3, shard: 5,
    } })).toBe('phifold train P-1h --data path/to/mnist --examples 9 --tests 4 --epochs 12 --seed 3 --method centered --nudge inner --loss cross-entropy --variant published ' +
      '--rates 0.1,0.2 --optimiser momentum --momentum 0.8 --weight-decay 0.0001 --decay cosine --unsettled skip --tolerance 0.001 --shard 5 ' +
      '--beta 0.2 --T 40 --K 15 --dt 0.5 --batch 10 --sizes 784-5-10 --engine simd64')
    expect(commandOf({ ...startLine, job: { ...usual, changes: { clamp: true } } })).toBeUndefined()
    expect(labelOf(usual)).toBe('P-1h by ep')
    expect(labelOf({ ...usual, nudge: 'inner', loss: 'cross-entropy', changes: { T: 60, epsilon: 0.5, sizes: [784, 5, 10] }, rates: [0.1, 0.2], unsettled: 'skip' }))
      .toBe('P-1h by ep, inner nudge, T 60, dt 0.5, sizes 784-5-10, rates 0.1 0.2, loss cross-entropy, unsettled left out')
  })
  test('a page of training runs alone escapes what it shows', () => {
    const text = resultsPage([], '0', [{ folder: '<b>', run: orThrow(parseLog(lines)), svg: undefined }])
    expect(text).toContain('Training: P-1h by ep')
    expect(text).toMatch(/Test error after the last epoch: <strong[^>]*>5\.00 %<\/strong>, with 2 of \d+ epochs done\. The lowest on the way was <span[^>]*>5\.00 %<\/span> in epoch 2: no result/)
    expect(text).toContain('SYNTHETIC')
    expect(text).toContain('&lt;b&gt;')
    expect(text).not.toContain('<b>')
  })
})
