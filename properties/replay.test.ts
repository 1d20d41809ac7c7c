/** Steps of a phase are replayed in the machine's memory where they can be, and taken one by one where they cannot (law L12 says that the numbers are the same). */
import { describe, expect, test } from 'vitest'
import { squaredError } from '../src/cost/squared-error.ts'
import { seeded, uniforms } from '../src/data/random.ts'
import { trainerOf } from '../src/experiment/training-job.ts'
import { orThrow } from '../src/fold/mistake.ts'
import { nudgedPhase } from '../src/fold/nudged-phase.ts'
import { poseKnown, type Problem } from '../src/fold/pose.ts'
import { reverseTotal } from '../src/fold/total.ts'
import { initialise } from '../src/learn/initialise.ts'
import { sigm } from '../src/phi/activation.ts'
import { type Layer, type Layers, layerShape } from '../src/phi/interaction.ts'
import { layered } from '../src/phi/network.ts'
import { innerNudged } from '../src/phi/prototypical.ts'
import { type Algebra, entries, type Op, repeated, type Shape } from '../src/tensor/algebra.ts'
import { simd32, type SimdTensor } from '../src/tensor/simd/interpreter.ts'

type S = SimdTensor<Float32Array>

/** The problem of a network of Table 1 with random samples. */
const problemOf = (A: Algebra<Op, S>, name: string, batch: number, loss: 'squared' | 'cross-entropy' = 'squared'): Problem<S> => {
  const { learner: { dynamics, cost }, params } = orThrow(trainerOf({
    name, variant: 'exact', method: 'ep', loss, changes: {}, optimiser: { name: 'sgd', momentum: 0 }, weightDecay: 0, decay: 1, unsettled: 'keep', seed: 1,
  }))
  const random = (shape: Shape): S => A.of(shape, uniforms(seeded(2), entries(shape), 0, 1)[0])
  const [first, last] = [dynamics.layers[0] as Layer, dynamics.layers.at(-1) as Layer]
  return poseKnown(A, dynamics, cost)({ theta: initialise(A, params, seeded(1))[0], x: random(layerShape(batch, first)), y: random(layerShape(batch, last)) })
}

/** Free and nudged steps. */
const stepsOf = (problem: Problem<S>): readonly ((s: Layers<S>) => Layers<S>)[] =>
  [(s) => problem.motion.step(s), (s) => nudgedPhase(problem, problem.algebra.fill([], 0.1), s).next()[0]]

/** The state after so many steps, of which each but the first spends the one before it. */
const after = (steps: number, next: (s: Layers<S>, spent: Layers<S>) => Layers<S>, start: Layers<S>): Layers<S> =>
  Array.from({ length: steps }).reduce<readonly [Layers<S>, Layers<S>]>(([s, spent], _, t) => [next(s, spent), t === 0 ? [] : s], [start, []])[0]

/** Whether it lies where steps are replayed. */
const replayed = (state: Layers<S>): boolean => state.every((x) => (x as unknown as { readonly place: number | undefined }).place !== undefined)

describe('free and nudged steps', () => {
  test.each([['P-1h', true], ['P-2h', true], ['P-3h', true], ['EB-1h', true], ['EB-2h', true], ['P-conv', false]] as const)('of %s are replayed: %s', (name, can) => {
    const A = simd32()
    const problem = problemOf(A, name, 2)
    const alone = simd32({ replay: 0 })
    const other = problemOf(alone, name, 2)
    stepsOf(problem).forEach((step, nth) => {
      const end = after(4, repeated(A, step), problem.zeros)
      expect(replayed(end)).toBe(can)
      const expected = after(4, repeated(alone, stepsOf(other)[nth] as typeof step), other.zeros)
      expect(replayed(expected)).toBe(false)
      expect(end.map(A.numbers)).toEqual(expected.map(alone.numbers))
    })
  })

  test.each([['P-1h', true], ['P-3h', true], ['EB-2h', true], ['P-conv', false]] as const)('and steps back of %s: %s', (name, can) => {
    const [end, expected] = [simd32(), simd32({ replay: 0 })].map((A) => {
      const { motion, zeros } = problemOf(A, name, 2)
      const states = Array.from({ length: 4 }).reduce<readonly Layers<S>[]>((all) => [...all, motion.step(all.at(-1) as Layers<S>)], [zeros])
      const back = repeated(A, (all: Layers<S>) => {
        const part = (nth: number): Layers<S> => all.slice(nth * zeros.length, (nth + 1) * zeros.length)
        const { state, direction = [] } = motion.pull(part(0), part(1))(part(2))
        return [...state, ...direction]
      })
      const last = states.slice(1).reduce<Layers<S>>((v, next, t) => back([...states[t] as Layers<S>, ...next, ...v.slice(0, zeros.length)], []), states[4] as Layers<S>)
      return { replayed: replayed(last), numbers: last.map(A.numbers) }
    })
    expect(end).toEqual({ replayed: can, numbers: expected?.numbers })
    expect(expected?.replayed).toBe(false)
    expect(end?.numbers.length).toBe(2 * { 'P-1h': 2, 'P-3h': 4, 'EB-2h': 3, 'P-conv': 3 }[name])
  })

  test('with a softmax readout: the free ones', () => {
    const A = simd32()
    const problem = problemOf(A, 'P-1h', 2, 'cross-entropy')
    expect(stepsOf(problem).map((step) => replayed(after(4, repeated(A, step), problem.zeros)))).toEqual([true, false])
  })

  test('are taken one by one where a state needs more room than there is', () => {
    const numbers = [2 ** 14, 2 ** 20].map((replay) => {
      const A = simd32({ replay })
      const problem = problemOf(A, 'P-1h', 20)
      const end = after(5, repeated(A, stepsOf(problem)[0] as never), problem.zeros)
      expect(replayed(end)).toBe(replay === 2 ** 20)
      return end.map(A.numbers)
    })
    expect(numbers[0]).toEqual(numbers[1])
  })

  test('make no array once they run', () => {
    const A = simd32()
    const problem = problemOf(A, 'P-2h', 20)
    for (const step of stepsOf(problem)) {
      const used: number[] = []
      const next = repeated(A, step)
      after(50, (s, spent) => {
        const state = next(s, spent)
        used.push(process.memoryUsage().arrayBuffers)
        return state
      }, problem.zeros)
      expect(Math.max(...used.slice(3))).toBe(used[3])
    }
  })
})

test('a step that goes wrong says so, and the next one goes well', () => {
  const A = simd32()
  const problem = problemOf(A, 'P-1h', 2)
  const [free] = stepsOf(problem)
  const wrong = repeated(A, () => { throw new RangeError('no such step') })
  expect(() => wrong(problem.zeros, [])).toThrow('no such step')
  expect(replayed(after(3, repeated(A, free as never), problem.zeros))).toBe(true)
})

test('nobody may look at what a step has made on the way', () => {
  const A = simd32()
  const seen: S[] = []
  const next = repeated(A, ([s]: readonly S[]) => {
    const inner = A.scale(2, s as S)
    seen.push(inner)
    return [A.add(inner, s as S)]
  })
  expect(Array.from(A.numbers(next([A.fill([2], 1)], [])[0] as S))).toEqual([3, 3])
  expect(() => A.numbers(seen[0] as S)).toThrow('memory has been given to others')
})

describe('replayed or not', () => {
  const ones = (A: Algebra<Op, S>, c: number): S => A.of([8, 8], new Float32Array(64).fill(c))
  const first = (A: Algebra<Op, S>, x: S | undefined): number => A.numbers(x as S)[0] as number
  /** Computed by simd32, and where nothing is replayed. */
  const both = <V>(compute: (A: Algebra<Op, S>) => V): readonly V[] => [simd32({ defer: 4 }), simd32({ defer: 4, replay: 0 })].map(compute)

  test('a tensor of the step\'s own and a second operand are not taken for each other', () => {
    expect(both((A) => {
      const [a, b] = [ones(A, 1), ones(A, 2)]
      const own = repeated(A, ([x]: readonly S[]) => [A.add(x as S, b)])
      const given = repeated(A, ([x, y]: readonly S[]) => [A.add(x as S, y as S)])
      return [first(A, own([a], [])[0]), first(A, given([a, ones(A, 5)], [])[0])]
    })).toEqual([[3, 6], [3, 6]])
  })

  test('what is spent may be an operand, or what one waits for', () => {
    expect(both((A) => {
      const step = repeated(A, ([x]: readonly S[]) => [A.scale(2, x as S)])
      const a = ones(A, 1)
      const twice = step([a], [a])
      const waited = ones(A, 3)
      return [first(A, step(step(twice, twice), twice)[0]), first(A, step([A.neg(waited)], [waited])[0])]
    })).toEqual([[8, -6], [8, -6]])
  })

  test('a step whose own tensor is gone says so every time', () => {
    both((A) => {
      const [own, gone] = [ones(A, 100), ones(A, 3)]
      const other = repeated(A, ([x]: readonly S[]) => [A.add(x as S, own)])
      const step = repeated(A, ([x]: readonly S[]) => [A.add(x as S, gone)])
      const start = ones(A, 1)
      expect([first(A, other([start], [])[0]), first(A, step([start], [])[0])]).toEqual([101, 4])
      other([start], [gone])
      const again = (): unknown => step([start], [])
      expect(again).toThrow('memory has been given to others')
      expect(again).toThrow('memory has been given to others')
    })
  })

  test('when walked back a motion may pass on what it is given, and give one tensor twice', () => {
    const network = innerNudged({ interaction: layered([3, 40, 40]), activation: sigm, epsilon: 1 })
    const walked = (replay: number) => {
      const A = simd32({ replay })
      const random = (seed: number, columns: number): S => A.of([2, columns], uniforms(seeded(seed), 2 * columns, 0, 1)[0])
      const problem = poseKnown(A, network, squaredError)({ theta: initialise(A, network.params, seeded(1))[0], x: random(2, 3), y: random(3, 40) })
      const [state = [], ...before] = [4, 5, 6, 7, 8].map((seed) => [random(seed, 40), random(seed + 10, 40)])
      // A delay line.
      const pull: typeof problem.motion.pull = (s) => ([one, other]) => {
        const twice = A.scale(2, one as S)
        return { ...problem.motion.pull(s)([one as S, other as S]), state: [other as S, twice], direction: [twice, other as S] }
      }
      const motion = { ...problem.motion, pull, collect: (all: readonly { readonly direction: readonly S[] }[]) => Object.fromEntries(all.flatMap(({ direction }, t) => direction.map((d, l) => [`${t} ${l}`, d]))) }
      const sums = orThrow(reverseTotal({ ...problem, motion }, { state, before }, 4))
      const output = A.numbers(A.over(problem.costing.gradient(state[1] as S), 2))[0]
      return Array.from({ length: 4 }, (_, t) => [0, 1].map((l) => (A.numbers(sums[`${t} ${l}`] as S)[0] as number) / (output as number) + 0))
    }
    // ∇s is (0, g), then (g, 0), (0, 2g), (2g, 0).
    const expected = [[0, 1], [2, 0], [0, 2], [4, 0]]
    expect([walked(0), walked(2 ** 22)]).toEqual([expected, expected])
  })
})
