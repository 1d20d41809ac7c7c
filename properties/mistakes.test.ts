/**
 * What a user gets wrong, and what comes back: a tagged value with its numbers for data, a RangeError for a model that cannot be
 * built, and no compilation for a function that a number system lacks. Every message is one line that names what is wrong.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { squaredError } from '../src/cost/squared-error.ts'
import { seeded, uniforms } from '../src/data/random.ts'
import { backpropagation } from '../src/fold/bptt.ts'
import { freePhase, settledWithin } from '../src/fold/free-phase.ts'
import { type Mistake, orThrow } from '../src/fold/mistake.ts'
import { finite } from '../src/fold/nudge.ts'
import { type Data, pose } from '../src/fold/pose.ts'
import { rational } from '../src/number/rational.ts'
import { identity, polynomial, tanh } from '../src/phi/activation.ts'
import { bias } from '../src/phi/bias.ts'
import { conv } from '../src/phi/conv.ts'
import { dense } from '../src/phi/dense.ts'
import { energyBased, publishedEnergyBased } from '../src/phi/energy-based.ts'
import { mapEnd } from '../src/phi/interaction.ts'
import { lateral } from '../src/phi/lateral.ts'
import { plus, zero } from '../src/phi/monoid.ts'
import { laterals, layered, toy } from '../src/phi/network.ts'
import { maxPooling } from '../src/phi/pooling.ts'
import { innerNudged, outerNudged } from '../src/phi/prototypical.ts'
import { entries, sameShape, type Shape, showShape } from '../src/tensor/algebra.ts'
import { lift } from '../src/tensor/lift.ts'
import { reference as A, type Tensor } from '../src/tensor/reference.ts'
import { conclusion, limit } from '../src/theorem.ts'

const batch = 2
const network = energyBased({ interaction: toy([3, 4, 2]), activation: tanh, epsilon: 0.5 })
const random = (shape: Shape, seed: number): Tensor => A.of(shape, uniforms(seeded(seed), entries(shape), -0.5, 0.5)[0])
const good: Data<Tensor> = {
  theta: Object.fromEntries(Object.entries(network.params).map(([name, shape], i) => [name, random(shape, i)])),
  x: random([batch, 3], 90),
  y: random([batch, 2], 91),
}
const posed = pose(A, network, squaredError)
const problem = orThrow(posed(good))

/** Every tensor that a user brings: its name in messages, its shape, and the data with it replaced. */
const tensors: readonly (readonly [name: string, shape: Shape, replaced: (tensor: Tensor) => Data<Tensor>])[] = [
  ...Object.entries(network.params).map(([name, shape]) =>
    [name, shape, (tensor: Tensor) => ({ ...good, theta: { ...good.theta, [name]: tensor } })] as const),
  ['input x', [batch, 3], (x) => ({ ...good, x })],
  ['target y', [batch, 2], (y) => ({ ...good, y })],
]

/** The mistake; fails the test where there is none. Its message must be one line. */
const mistakeOf = (result: E.Either<Mistake, unknown>): Mistake => {
  if (E.isRight(result)) throw new Error('expected a mistake')
  expect(result.left.message).toMatch(/^[^\n]+$/)
  return result.left
}

test('there is nothing wrong with the data that the mistakes start from', () => {
  expect(E.isRight(posed(good))).toBe(true)
})

describe('wrong shapes', () => {
  const shapes = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 })

  test.each(tensors.filter(([name]) => name !== 'input x'))('%s: any other shape is refused, and both shapes are named', (name, expected, replaced) => {
    fc.assert(fc.property(shapes.filter((shape) => !sameShape(shape, expected)), (actual) => {
      const mistake = mistakeOf(posed(replaced(A.fill(actual, 0.5))))
      expect(mistake).toMatchObject({ _tag: 'WrongShape', tensor: name, expected, actual })
      expect(mistake.message).toBe(`${name}: expected shape ${showShape(expected)}, got ${showShape(actual)}`)
    }))
  })

  test('input x: any batch will do, but not none, nor another width or rank', () => {
    fc.assert(fc.property(shapes.filter((shape) => shape.length !== 2 || shape[0] === 0 || shape[1] !== 3), (actual) => {
      const mistake = mistakeOf(posed({ ...good, x: A.fill(actual, 0.5) }))
      expect(mistake).toMatchObject({ _tag: 'WrongShape', tensor: 'input x', actual })
      expect(mistake.message).toMatch(/^input x: expected shape [1-5]×3, got /)
    }))
  })

  test('a target for another batch than that of the input', () => {
    expect(mistakeOf(posed({ ...good, x: random([5, 3], 1) })).message).toBe('target y: expected shape 5×2, got 2×2')
  })
})

describe('parameters', () => {
  const names = Object.keys(network.params)

  test.each(names)('%s is missing', (name) => {
    const theta = Object.fromEntries(Object.entries(good.theta).filter(([other]) => other !== name))
    expect(mistakeOf(posed({ ...good, theta })))
      .toMatchObject({ _tag: 'MissingParameter', tensor: name, message: `parameter ${name} is missing; the model needs ${names.join(', ')}` })
  })

  test('one that the model does not have', () => {
    fc.assert(fc.property(fc.stringMatching(/^[A-Za-z]\w{0,5}$/).filter((name) => !names.includes(name) && !(name in {})), (name) => {
      expect(mistakeOf(posed({ ...good, theta: { ...good.theta, [name]: A.fill([1], 0) } })))
        .toMatchObject({ _tag: 'UnknownParameter', tensor: name, message: `parameter ${name} is not one of the model's; it has ${names.join(', ')}` })
    }))
  })
})

describe('NaN and infinities', () => {
  test.each(tensors)('%s: the entry and its value are named', (name, shape, replaced) => {
    const bad = fc.constantFrom(NaN, Infinity, -Infinity)
    fc.assert(fc.property(fc.nat({ max: entries(shape) - 1 }), bad, (index, value) => {
      const numbers = Array.from({ length: entries(shape) }, (_, i) => (i === index ? value : 0.5))
      const mistake = mistakeOf(posed(replaced(A.of(shape, numbers))))
      expect(mistake).toMatchObject({ _tag: 'NonFinite', tensor: name, index, value })
      expect(mistake.message).toBe(`${name}: entry ${index} is ${value}; all entries must be finite`)
    }))
  })

  test('the theorem reports them too', () => {
    const data = { ...good, x: A.fill([batch, 3], NaN) }
    const state = problem.zeros
    expect(mistakeOf(limit(A, network, squaredError)(data, state))._tag).toBe('NonFinite')
    expect(mistakeOf(conclusion(A, network, squaredError)(data, { state, before: [state] }, 1))._tag).toBe('NonFinite')
  })
})

describe('β', () => {
  test.each([0, -0, NaN, Infinity, -Infinity])('%s', (beta) => {
    const mistake = mistakeOf(finite(A, beta))
    expect(mistake).toMatchObject({ _tag: 'BadBeta', beta })
    expect(mistake.message).toMatch(/^beta: /)
  })
  test('any other number is taken, negative ones too', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }).filter((beta) => beta !== 0), (beta) => E.isRight(finite(A, beta))))
  })
})

describe('steps', () => {
  const notCounts = [0, -1, 1.5, NaN, Infinity]

  test.each(notCounts)('T = %s', (steps) => {
    const mistake = mistakeOf(freePhase(problem, { steps }))
    expect(mistake).toMatchObject({ _tag: 'BadSteps', steps, message: `T: expected a whole number of steps, at least 1, got ${steps}` })
  })

  test.each([-1, 0.5, NaN, 11])('keeping %s of 10 states', (keep) => {
    expect(mistakeOf(freePhase(problem, { steps: 10, keep })).message)
      .toBe(`K: expected a whole number of steps, at least 0 and at most 10, got ${keep}`)
  })

  test('K above what was kept, whether or not the state repeats', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 400 }), fc.nat({ max: 20 }), fc.integer({ min: 1, max: 5 }), (steps, asked, more) => {
      const keep = Math.min(asked, steps)
      const settled = orThrow(freePhase(problem, { steps, keep }))
      expect(settled.before.length).toBe(keep)
      expect(mistakeOf(backpropagation(problem, settled, keep + more)))
        .toMatchObject({ _tag: 'BadSteps', message: `K: expected a whole number of steps, at least 1 and at most ${keep}, got ${keep + more}` })
      if (keep > 0) expect(E.isRight(backpropagation(problem, settled, keep))).toBe(true)
    }))
  })

  test.each(notCounts)('K = %s', (steps) => {
    const settled = orThrow(freePhase(problem, { steps: 10, keep: 10 }))
    expect(mistakeOf(backpropagation(problem, settled, steps))._tag).toBe('BadSteps')
    expect(mistakeOf(conclusion(A, network, squaredError)(good, settled, steps))._tag).toBe('BadSteps')
  })
})

describe('the free phase', () => {
  test('diverges: the step and the layer are named, whatever the weights', () => {
    const linear = energyBased({ interaction: laterals([1, 1]), activation: identity, epsilon: 0.5 })
    const row = (n: number): Tensor => A.of([1, 1], [n])
    fc.assert(fc.property(fc.double({ min: 3, max: 1e6, noNaN: true }), (weight) => {
      // s ← ½ s + ½ (x + weight s): grows by a factor of at least 2 a step.
      const data = { theta: { W1: row(1), b1: A.of([1], [0]), V1: row(weight) }, x: row(1), y: row(0) }
      const mistake = mistakeOf(freePhase(orThrow(pose(A, linear, squaredError)(data)), { steps: 5000 }))
      expect(mistake).toMatchObject({ _tag: 'Diverged', layer: 1 })
      expect(mistake.message).toMatch(/^free phase: layer s1 is no longer finite after \d+ steps; use a smaller epsilon or smaller weights$/)
    }))
  })

  test('is unsettled: the residual, the tolerance and the steps are named', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 20 }), (steps) => {
      const settled = orThrow(freePhase(problem, { steps }))
      const tolerance = settled.residual / 2
      const mistake = mistakeOf(settledWithin(tolerance)(settled))
      expect(mistake).toMatchObject({ _tag: 'NotSettled', residual: settled.residual, tolerance, steps })
      expect(mistake.message).toContain(`after ${steps} steps the state still moves by ${settled.residual}, more than ${tolerance}`)
    }))
  })

  test('settles in the end, and then that is no mistake', () => {
    expect(E.isRight(settledWithin(1e-15)(orThrow(freePhase(problem, { steps: 2000 }))))).toBe(true)
  })
})

describe('models that cannot be built throw a RangeError that names what is wrong', () => {
  const interaction = layered([3, 4, 2])
  const build = { energyBased, publishedEnergyBased, innerNudged, outerNudged }
  /** The one-line message of the RangeError; fails the test where none is thrown. */
  const refused = (act: () => unknown): string => {
    try {
      act()
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError)
      const { message } = error as RangeError
      expect(message).toMatch(/^[^\n]+$/)
      return message
    }
    throw new Error('expected a RangeError')
  }

  test.each([[[]], [[5]], [[3, 0]], [[3, 2.5]], [[3, -1, 2]], [[3, NaN]], [[3, Infinity]]])('sizes %j', (sizes) => {
    for (const architecture of [layered, toy, laterals])
      expect(refused(() => architecture(sizes))).toBe(`network sizes: expected at least an input and an output, whole numbers above 0, got ${sizes.join('-')}`)
  })

  test.each([0, -0.5, 1.001, NaN, Infinity])('ε = %s', (epsilon) => {
    for (const setting of Object.values(build))
      expect(refused(() => setting({ interaction, activation: tanh, epsilon }))).toBe(`epsilon: expected a step size in (0, 1], got ${epsilon}`)
  })

  test.each([0, 1, 3])('%s activations for two layers', (count) => {
    for (const setting of Object.values(build))
      expect(refused(() => setting({ interaction, activation: Array.from({ length: count }, () => tanh), epsilon: 0.5 })))
        .toBe(`activations: expected one for each of 2 layers, got ${count}`)
  })

  test('two terms that disagree about a width', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 9 }).filter((units) => units !== 4), (units) => {
      const both = plus(interaction, lateral('V1', { layer: 1, units }))
      expect(refused(() => energyBased({ interaction: both, activation: tanh, epsilon: 0.5 })))
        .toContain(`layer 1 has 4 units in one term and ${units} units in another`)
    }))
  })

  test('two terms that share a name but not a shape', () => {
    expect(refused(() => plus(bias('p', { layer: 1, units: 2 }), bias('p', { layer: 2, units: 3 }))))
      .toBe('p + p: parameter p is 2 in one term and 3 in the other; rename one')
  })

  test('convolutions that do not fit', () => {
    const image = mapEnd(0, [1, 4, 4])
    const options = { size: 5, stride: 1, padding: 0, pooling: maxPooling(2) }
    expect(refused(() => conv('W1', image, 2, options))).toBe('conv W1: a 5×5 kernel does not fit maps of 4×4 with padding 0; use a smaller kernel or more padding')
    expect(refused(() => conv('W1', image, 2, { ...options, size: 4 }))).toBe('conv W1: max 2×2 pooling does not fit maps of 1×1; use a smaller window')
    expect(refused(() => conv('W1', image, 0, { ...options, size: 3 }))).toContain('units above 0, got 0')
    expect(refused(() => conv('W1', { layer: 0, units: 16 }, 2, options))).toBe('conv W1: layer 0 has no maps to convolve')
    expect(refused(() => conv('W1', image, 2, { ...options, size: 3, stride: 0 }))).toContain('stride ≥ 1')
    expect(refused(() => maxPooling(0))).toContain('pooling: expected a window of a whole number of pixels')
  })

  test('a layer that no term mentions', () => {
    const gap = dense('W2', { layer: 0, units: 3 }, { layer: 2, units: 2 })
    expect(refused(() => energyBased({ interaction: gap, activation: tanh, epsilon: 0.5 }))).toContain('no term says how many units layer 1 has')
  })

  test('connections that are none', () => {
    const [input, hidden] = [{ layer: 0, units: 3 }, { layer: 1, units: 3 }]
    expect(refused(() => dense('W', hidden, hidden))).toBe('dense W: expected two different layers, got 1 twice; use lateral within one')
    expect(refused(() => dense('W', hidden, input))).toBe('dense W: expected a layer ≥ 1, got 0 (the input has no dynamics)')
    expect(refused(() => bias('b', input))).toBe('bias b: expected a layer ≥ 1, got 0 (the input has no dynamics)')
    expect(refused(() => dense('W', { layer: 0, units: NaN }, hidden))).toBe('dense W: layer 0: expected a whole number of units above 0, got NaN')
    expect(refused(() => dense('W', input, { layer: 1.5, units: 2 }))).toBe('dense W: expected a layer ≥ 1, got 1.5')
    expect(refused(() => energyBased({ interaction: zero, activation: tanh, epsilon: 0.5 }))).toBe('interaction 0: it has no terms, so no layers')
    expect(refused(() => lateral('V', input))).toBe('lateral V: expected a layer ≥ 1, got 0 (the input has no dynamics)')
  })
})

describe('functions that a number system lacks', () => {
  const rationals = lift(rational)
  const setting = { interaction: layered([3, 2]), epsilon: 0.5 }

  test('tanh over the rationals does not compile; a polynomial does', () => {
    // @ts-expect-error the rationals have no tanh
    expect(energyBased({ ...setting, activation: tanh }).at(rationals)).toBeInstanceOf(Function)
    // @ts-expect-error nor does one layer of several
    expect(innerNudged({ ...setting, activation: [tanh] }).at(rationals)).toBeInstanceOf(Function)
    // @ts-expect-error posing is no way around it
    expect(pose(rationals, energyBased({ ...setting, activation: tanh }), squaredError)).toBeInstanceOf(Function)
    expect(energyBased({ ...setting, activation: polynomial(0, 1) }).at(rationals)).toBeInstanceOf(Function)
  })

  test('dynamics without a metric do not compile where the theorem promises one', () => {
    // @ts-expect-error the outer nudge has no metric
    expect(conclusion(A, outerNudged({ ...setting, activation: tanh }), squaredError)).toBeInstanceOf(Function)
    expect(conclusion(A, innerNudged({ ...setting, activation: tanh }), squaredError)).toBeInstanceOf(Function)
  })
})
