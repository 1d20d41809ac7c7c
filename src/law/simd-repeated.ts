/**
 * Law L12 for steps that are taken again and again (tensor/simd/replay.ts): random steps from states of two tensors and a third one that is new each time to the next
 * state and something of another shape, two of them by turns, from the latest state or an earlier one, while what is no longer looked at is spent. Some steps ask for entries, and cannot be replayed; the others must be.
 */
import fc from 'fast-check'
import { seeded, uniforms } from '../data/random.ts'
import { float32 } from '../number/float32.ts'
import { type Algebra, type Op, repeated, type Shape } from '../tensor/algebra.ts'
import { lift, type Lifted } from '../tensor/lift.ts'
import { reference, type Tensor } from '../tensor/reference.ts'
import { simd32, simd64, type SimdTensor } from '../tensor/simd/interpreter.ts'
import { namesOf, type Pair, sameDouble, type View, wrongly } from './agreement.ts'
import { type Law, law, worst } from './law.ts'

/** What belongs to a step beside its operands: a number, a weight (inner, columns), a drive of the state's shape. */
interface Own<T> {
  readonly number: number
  readonly weight: T
  readonly drive: T
}

/** Operations of a step; all but the last can be replayed. */
const operations = {
  neg: (A, x) => A.neg(x),
  scale: (A, x, _, { number }) => A.scale(number, x),
  over: (A, x, _, { number }) => A.over(x, number),
  times: (A, x, _, { number }) => A.times(A.fill([], number), x),
  add: (A, x, y) => A.add(x, y),
  sub: (A, x, y) => A.sub(x, y),
  mul: (A, x, y) => A.mul(x, y),
  clip: (A, x) => A.clip(x),
  inside: (A, x) => A.inside(x),
  tanh: (A, x) => A.tanh(x),
  logistic: (A, x, y) => A.add(A.logistic(A.sub(A.scale(4, x), A.fill(A.shape(x), 2))), A.mul(y, A.logistic(x))),
  driven: (A, x, _, { drive }) => A.add(x, drive),
  'there and back': (A, x, _, { weight }) => A.matmulNN(A.matmulNT(x, weight), weight),
  'there, bent, and back': (A, x, y, { weight }) => A.add(A.matmulNN(A.clip(A.matmulNT(x, weight)), weight), y),
  constant: (A, x, _, { number, weight }) => {
    const [[rows = 0], [inner = 0]] = [A.shape(x), A.shape(weight)]
    return A.add(A.mul(x, A.tanh(A.fill(A.shape(x), number))), A.matmulNN(A.fill([rows, inner], number), weight))
  },
  'product with what was made': (A, x) => A.matmulNN(x, A.of([A.shape(x)[1] ?? 0, A.shape(x)[1] ?? 0], Array.from({ length: (A.shape(x)[1] ?? 0) ** 2 }, (_, i) => (i % 7) / 8))),
  'places of what was made': (A, x) => {
    const size = (A.shape(x)[0] ?? 0) * (A.shape(x)[1] ?? 0)
    const made = A.of([size], Array.from({ length: size }, (_, i) => (i % 5) / 4))
    return A.mul(x, A.gather(made, { shape: A.shape(x), at: Array.from({ length: size }, (_, i) => size - 1 - i) }))
  },
  reshape: (A, x, y) => A.sub(A.reshape(A.neg(A.reshape(x, A.shape(x).toReversed())), A.shape(x)), y),
  'as its first entry says': (A, x) => A.scale((A.numbers(x)[0] ?? 0) > 0 ? 0.5 : -2, x),
} satisfies Readonly<Record<string, <T>(A: Algebra<Op, T>, x: T, y: T, own: Own<T>) => T>>

/** An operation on two of the latest four tensors; which belongs to the state that is given, and which was just made, is all the same. */
interface Instruction {
  readonly name: keyof typeof operations
  readonly x: number
  readonly y: number
  readonly number: number
}

/** Which of two steps is taken next, and from the how-manieth last state. */
interface Turn {
  readonly second: boolean
  readonly from: number
}

interface Walk {
  readonly shape: readonly [rows: number, columns: number]
  readonly inner: number
  readonly seed: number
  readonly steps: readonly [readonly Instruction[], readonly Instruction[]]
  /** Whether both do the same, each with numbers of its own. */
  readonly alike: boolean
  readonly turns: readonly Turn[]
}

const extent = fc.integer({ min: 1, max: 12 })
const recent = fc.integer({ min: 0, max: 3 })
const instructions = fc.array(fc.record({
  name: fc.constantFrom(...Object.keys(operations) as readonly (keyof typeof operations)[]), x: recent, y: recent, number: fc.constantFrom(-0.1, 3, 0.7, -0),
}), { minLength: 1, maxLength: 12 })
const walks: fc.Arbitrary<Walk> = fc.record({
  shape: fc.tuple(extent, extent), inner: extent, seed: fc.nat(), steps: fc.tuple(instructions, instructions), alike: fc.boolean(),
  turns: fc.array(fc.record({ second: fc.boolean(), from: fc.constantFrom(0, 0, 0, 1, 2) }), { minLength: 5, maxLength: 12 }),
})

/** The steps of a walk, and the entries of all its states that were not spent. */
const states = <T>({ algebra: A, embed, read }: View<Op, T, number>, { shape, inner, seed, steps, alike, turns }: Walk): readonly (readonly number[])[] => {
  const random = (nth: number, of: Shape): T => embed(of, [...uniforms(seeded(seed + nth), of.reduce((product, n) => product * n, 1), -1, 1)[0]], undefined)
  const stepOf = (nth: number, list: readonly Instruction[]) => {
    const [weight, drive] = [random(10 + nth, [inner, shape[1]]), random(20 + nth, shape)]
    return repeated(A, ([one, other, news]: readonly T[]) => {
      const made = list.reduce<readonly T[]>((before, { name, x, y, number }) => {
        const operand = (back: number): T => before[Math.max(0, before.length - 1 - back)] as T
        return [...before, operations[name](A, operand(x), operand(y), { number, weight, drive })]
      }, [news, one, other] as readonly T[])
      return [...made.slice(-2).map(A.neg), A.matmulNT(made.at(-1) as T, weight)]
    })
  }
  const [first, second] = [stepOf(0, steps[0]), stepOf(1, alike ? steps[0] : steps[1])]
  const start = [0, 1].map((nth) => random(nth, shape))
  // Turns look back at most two states: what lies further back is spent at every other turn, and looked at in the end at the others.
  const walk = turns.reduce<readonly { readonly state: readonly T[]; readonly spent: boolean }[]>((before, turn, nth) => {
    const at = before.length - 1
    const past = at >= 4 && at % 2 === 0 ? before[at - 3] : undefined
    const state = (turn.second ? second : first)([...(before[Math.max(0, at - turn.from)]?.state ?? []).slice(0, 2), random(100 + nth, shape)], past === undefined ? [] : past.state)
    return [...before.map((one) => (one === past ? { ...one, spent: true } : one)), { state, spent: false }]
  }, [{ state: start, spent: false }])
  return walk.filter(({ spent }) => !spent).flatMap(({ state }) => state.map(read))
}

/** One thing that a mutant does not forget. */
const noted = <V>(): { readonly known: () => V | undefined; readonly note: (value: V) => V } => {
  const box: { readonly value?: V } = {}
  return {
    known: () => box.value,
    note: (value) => {
      Reflect.set(box, 'value', value)
      return value
    },
  }
}

const repeatedLaw = <T, C extends Float64Array | Float32Array>(name: 'simd64' | 'simd32', about: readonly string[], pair: Pair<Op, T, SimdTensor<C>, number>): Law => {
  type S = SimdTensor<C>
  const S = pair.second.algebra
  const asked = noted<Float64Array>()
  const latest = noted<((state: readonly S[]) => readonly S[]) | undefined>()
  return law({
    name: `L12.${name}.repeated`,
    says: 'a step that is taken again and again, replayed or not, gives the same numbers: from any state, after another step, and whatever is spent',
    cites: 'docs/one-page.md, Φ is a value over an algebra',
    about, rung: 'interpreters', over: namesOf(pair), runs: 100,
    instances: walks,
    subject: pair,
    judge: ({ first, second }: typeof pair) => (walk) => {
      const [ours, theirs] = [states(second, walk), states(first, walk)]
      return worst(ours.flatMap((x, i) => x.map((entry, e) => ({ gap: sameDouble(entry, theirs[i]?.[e] ?? NaN), allowance: 0 }))))
    },
    mutants: [
      wrongly(pair)('every step leads where the first one led', {
        repeated: (step) => {
          const led = noted<readonly S[]>()
          return (state) => led.known() ?? led.note(step(state))
        },
      }),
      wrongly(pair)('a step begins where the last one ended', {
        repeated: (step) => {
          const ended = noted<readonly S[]>()
          return (state) => ended.note(step(ended.known() ?? state))
        },
      }),
      wrongly(pair)('steps that do the same have the same weights', {
        repeated: (step) => {
          const mine = latest.known() ?? step
          latest.note(latest.known() === undefined ? step : undefined)
          return mine
        },
      }),
      wrongly(pair)('what an entry decided is decided for ever', {
        numbers: (x) => asked.known() ?? asked.note(S.numbers(x)),
      }),
      wrongly(pair)('the state that a step begins with is spent', {
        repeated: (step) => {
          const next = repeated(S, step)
          return (state) => next(state, state)
        },
      }),
    ],
  })
}

const plain = <T>(algebra: Algebra<Op, T>): View<Op, T, number> =>
  ({ algebra, embed: algebra.of, read: (x) => [...algebra.numbers(x)] })

/** Little room for right factors, and tensors of a few entries are large: what is spent or forgotten is written over soon. */
const scarce = { defer: 4, keep: 2 ** 11 }

/** Steps that are replayed, in simd64 and simd32. */
export const repeatedSteps: readonly Law[] = [
  repeatedLaw('simd64', ['simd64', 'reference'], { first: plain<Tensor>(reference), second: plain(simd64(scarce)) }),
  repeatedLaw('simd32', ['simd32', 'lift', 'float32'], { first: plain<Lifted<number>>(lift(float32)), second: plain(simd32(scarce)) }),
]
