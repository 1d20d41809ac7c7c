/**
 * Law L12 for results that wait (tensor/simd/deferred.ts): random programs, whose tensors are used once, again, or never before all of them are
 * read. The interpreters here let results of 4 entries wait and walk in blocks of 32 bytes, so that matrices of a few rows are many blocks.
 */
import fc from 'fast-check'
import { seeded, uniforms } from '../data/random.ts'
import { float32 } from '../number/float32.ts'
import { type Algebra, type Op, type Positions, sameShape, type Shape, within } from '../tensor/algebra.ts'
import { lift, type Lifted } from '../tensor/lift.ts'
import { reference, type Tensor } from '../tensor/reference.ts'
import { simd32, simd64, type SimdTensor } from '../tensor/simd/interpreter.ts'
import { namesOf, type Pair, sameDouble, type View, wrongly } from './agreement.ts'
import { type Law, law, type Mutant, worst } from './law.ts'

/** What one operation makes of the tensors x and y, both (rows, columns), which so is its result. `list` lays positions in x or y out as asked for. */
interface Step {
  readonly shape: readonly [rows: number, columns: number]
  readonly number: number
  readonly list: (shape: Shape) => Positions
  /** The same in a grid, as patches of a convolution lie. */
  readonly grid: (shape: readonly [number, number]) => Positions
}

/** A matrix that does not wait, of which three entries in four are zero. */
const mostlyZeros = <T>(A: Algebra<never, T>, x: T, { shape, at }: Positions): T =>
  A.addRow(A.gather(x, { shape, at: Array.from(at, (place, i) => (i % 4 === 0 ? place : -1)) }), A.fill([shape[1] ?? 0], 0))

/** Operations that wait, those that read what waits in part, and those that need all of it. */
const operations = {
  neg: (A, x) => A.neg(x),
  scale: (A, x, _, { number }) => A.scale(number, x),
  over: (A, x, _, { number }) => A.over(x, number),
  times: (A, x, _, { number }) => A.times(A.fill([], number), x),
  add: (A, x, y) => A.add(x, y),
  sub: (A, x, y) => A.sub(x, y),
  mul: (A, x, y) => A.mul(x, y),
  reshape: (A, x, _, { shape }) => A.reshape(A.neg(A.reshape(x, shape.toReversed())), shape),
  gather: (A, x, _, { shape, list }) => A.gather(x, list(shape)),
  scatter: (A, x, _, { shape, list }) => A.scatter(x, list(shape), shape),
  'gather into a product': (A, x, y, { shape: [rows, columns], list }) => A.matmulNT(A.gather(x, list([rows, 3])), A.gather(y, list([columns, 3]))),
  'gather into a product over rows': (A, x, y, { shape: [rows], list }) => A.matmulTN(A.gather(x, list([rows, rows])), A.over(y, rows)),
  'product into scatter': (A, x, y, { shape, list }) => A.scatter(A.matmulNN(A.gather(x, list([shape[0], 1])), A.gather(y, list([1, shape[1]]))), list(shape), shape),
  'patches into a product': (A, x, y, { shape: [rows, columns], list, grid }) => A.matmulNT(A.gather(x, grid([rows, 5])), A.gather(y, list([columns, 5]))),
  'patches into a product, twice': (A, x, y, { shape: [rows, columns], list, grid }) => {
    const under = A.gather(x, grid([rows, 6]))
    return A.add(A.matmulNN(under, A.gather(y, list([6, columns]))), A.matmulNT(under, A.gather(x, list([columns, 6]))))
  },
  'product onto patches': (A, x, y, { shape, list, grid }) => A.scatter(A.matmulNN(A.gather(x, list([7, 1])), A.gather(y, list([1, 4]))), grid([7, 4]), shape),
  'patches onto patches': (A, x, y, { shape, list, grid }) => A.scatter(A.matmulNT(A.gather(x, grid([9, 2])), A.gather(y, list([9, 2]))), grid([9, 9]), shape),
  'product over rows, of mostly zeros': (A, x, y, { shape: [rows, columns], list }) => A.matmulTN(A.gather(x, list([3, rows])), mostlyZeros(A, y, list([3, columns]))),
  'right factor of mostly zeros': (A, x, y, { shape: [rows], list }) => A.matmulNN(mostlyZeros(A, y, list([rows, rows])), x),
  'right factor, both ways': (A, x, y) => A.matmulNN(A.matmulNT(y, x), x),
  'sum of rows': (A, x, y) => A.addRow(x, A.sumRows(y)),
} satisfies Readonly<Record<string, <T>(A: Algebra<never, T>, x: T, y: T, step: Step) => T>>

/** An operation on two of the latest tensors. */
interface Instruction {
  readonly name: keyof typeof operations
  readonly x: number
  readonly y: number
  readonly number: number
  readonly seed: number
}

interface Program {
  readonly shape: readonly [rows: number, columns: number]
  readonly seed: number
  readonly instructions: readonly Instruction[]
  /** The last tensor is read first. */
  readonly lastFirst: boolean
}

const extent = fc.integer({ min: 1, max: 9 })
const recent = fc.integer({ min: 0, max: 3 })
const programs: fc.Arbitrary<Program> = fc.record({
  shape: fc.tuple(extent, extent), seed: fc.nat(), lastFirst: fc.boolean(),
  instructions: fc.array(fc.record({
    name: fc.constantFrom(...Object.keys(operations) as readonly (keyof typeof operations)[]),
    x: recent, y: recent, number: fc.constantFrom(-0.1, 3, 0.7, 10), seed: fc.nat(),
  }), { minLength: 4, maxLength: 24 }),
})

/** The first two tensors of a program. */
const starting = <T>({ embed }: View<never, T, number>, { shape, seed }: Program): readonly T[] =>
  [0, 1].map((nth) => embed(shape, [...uniforms(seeded(seed + nth), shape[0] * shape[1], -1, 1)[0]], undefined))

/** These tensors and those that instructions make of them. */
const followed = <T>({ algebra: A }: View<never, T, number>, { shape }: Program, start: readonly T[], instructions: readonly Instruction[]): readonly T[] => {
  const count = shape[0] * shape[1]
  return instructions.reduce<readonly T[]>((before, { name, x, y, number, seed: own }) => {
    const operand = (back: number): T => before[Math.max(0, before.length - 1 - back)] as T
    const list = (of: Shape): Positions => {
      const size = of.reduce((product, n) => product * n, 1)
      return { shape: of, at: Int32Array.from(uniforms(seeded(own), size, -1, count)[0], Math.floor) }
    }
    const grid = (of: readonly [number, number]): Positions => {
      const below = (size: number, nth: number): readonly number[] => Array.from(uniforms(seeded(own + nth), size, 0, count / 2)[0], Math.floor)
      const [bases, offsets] = [below(of[0], 0), below(of[1], 1)]
      return { shape: of, at: bases.flatMap((base) => offsets.map((offset) => base + offset)) }
    }
    return [...before, operations[name](A, operand(x), operand(y), { shape, number, list, grid })]
  }, start)
}

/** The tensors of a program, in one order or the other, each read twice. */
const outcomes = <T>(view: View<never, T, number>, program: Program): readonly (readonly number[])[] => {
  const tensors = followed(view, program, starting(view, program), program.instructions)
  return (program.lastFirst ? tensors.toReversed() : tensors).flatMap((x) => [view.read(x), view.read(x)])
}

/** The last tensors of a program that is run a few instructions at a time, where all but the tensors which the next ones may look at is forgotten. */
const phased = <T>(view: View<never, T, number>, program: Program): readonly (readonly number[])[] => {
  const { instructions } = program
  const parts = Array.from({ length: Math.ceil(instructions.length / 3) }, (_, i) => instructions.slice(3 * i, 3 * i + 3))
  const end = parts.reduce((before, part) => within(view.algebra, () => followed(view, program, before, part).slice(-4), before), starting(view, program))
  return end.map(view.read)
}

const agreed = (ours: readonly (readonly number[])[], theirs: readonly (readonly number[])[]) =>
  worst(ours.flatMap((x, i) => x.map((entry, e) => ({ gap: sameDouble(entry, theirs[i]?.[e] ?? NaN), allowance: 0 }))))

/** How many entries a block holds. */
const blockOf = { simd64: 4, simd32: 8 }

const deferralLaw = <T, C extends Float64Array | Float32Array>(
  name: keyof typeof blockOf, about: readonly string[], pair: Pair<never, T, SimdTensor<C>, number>,
  more: (S: Algebra<never, SimdTensor<C>>) => readonly Mutant<Pair<never, T, SimdTensor<C>, number>>[] = () => [],
): Law => {
  type S = SimdTensor<C>
  const S = pair.second.algebra
  const block = blockOf[name]
  const waits = (x: S): boolean => (x as unknown as { readonly data: C | undefined }).data === undefined
  const turned = (x: S): boolean => (x as unknown as { readonly turned: boolean }).turned
  const rebuilt = (x: S, change: (entry: number, i: number, all: Float64Array) => number): S => S.of(S.shape(x), S.numbers(x).map(change))
  const divided = new WeakMap<S, readonly [S, number]>()
  const lists = {}
  return law({
    name: `L12.${name}.deferred`,
    says: 'chains of operations on tensors that wait until they are read give the same numbers: used once or several times, gathered into ' +
      'products, products scattered, in blocks of a few entries',
    cites: 'docs/one-page.md, Φ is a value over an algebra',
    about, rung: 'interpreters', over: namesOf(pair), runs: 100,
    instances: programs,
    subject: pair,
    judge: ({ first, second }: typeof pair) => (program) => agreed(outcomes(first, program), outcomes(second, program)),
    mutants: [
      wrongly(pair)('two divisions become one', {
        over: (x, c) => {
          const [source, before] = divided.get(x) ?? [x, 1]
          const result = S.over(source, before * c)
          divided.set(result, [source, before * c])
          return result
        },
      }),
      wrongly(pair)('the second block starts one entry late', {
        sub: (a, b) => rebuilt(S.sub(a, b), (entry, i, all) => (i < block ? entry : all[i + 1] ?? entry)),
      }),
      wrongly(pair)('an incomplete last block is left out', {
        neg: (x) => rebuilt(S.neg(x), (entry, i, all) => (i >= all.length - (all.length % block) ? 0 : entry)),
      }),
      wrongly(pair)('two operands that wait share a block', {
        sub: (a, b) => S.sub(waits(a) && waits(b) ? b : a, b),
      }),
      wrongly(pair)('a list of positions is known by its length', {
        gather: (x, positions) => {
          const key = String(positions.at.length)
          if (!(key in lists)) Reflect.set(lists, key, positions.at)
          return S.gather(x, { shape: positions.shape, at: (Reflect.get(lists, key) as ArrayLike<number>) })
        },
      }),
      wrongly(pair)('each block is scattered as the first', {
        scatter: (y, positions, shape) => S.scatter(y, { shape: positions.shape, at: Array.from(positions.at, (_, i) => positions.at[i % block] ?? -1) }, shape),
      }),
      wrongly(pair)('all rows are the first patch', {
        matmulNT: (a, b) => S.matmulNT(waits(a) ? rebuilt(a, (_, i, all) => all[i % (S.shape(a)[1] ?? 1)] ?? NaN) : a, b),
      }),
      wrongly(pair)('what comes by columns is taken by rows', {
        matmulNN: (a, b) => {
          const [rows = 0, columns = 0] = S.shape(b)
          return S.matmulNN(a, turned(b) ? rebuilt(b, (_, i, all) => all[(i % rows) * columns + Math.floor(i / rows)] ?? NaN) : b)
        },
      }),
      wrongly(pair)('a factor of what waits is forgotten', {
        scale: (c, x) => (waits(x) ? x : S.scale(c, x)),
      }),
      ...more(S),
    ],
  })
}

const phaseLaw = <T, C extends Float64Array | Float32Array>(name: keyof typeof blockOf, about: readonly string[], pair: Pair<never, T, SimdTensor<C>, number>): Law => {
  const S = pair.second.algebra
  const copied = (x: SimdTensor<C>, change: (entry: number) => number = (entry) => entry): SimdTensor<C> => S.of(S.shape(x), S.numbers(x).map(change))
  return law({
    name: `L12.${name}.within`,
    says: 'a program whose steps forget all that the next ones do not look at, and whose memory so serves again, gives the same numbers',
    cites: 'docs/one-page.md, Φ is a value over an algebra',
    about, rung: 'interpreters', over: namesOf(pair), runs: 100,
    instances: programs,
    subject: pair,
    judge: ({ first, second }: typeof pair) => (program) => agreed(phased(first, program), phased(second, program)),
    mutants: [
      wrongly(pair)('what is spent comes back', {
        within: (act, spent) => {
          const before = spent.map((x) => copied(x))
          const results = within(S, act, spent)
          return results.map((x, i) => before[i] ?? x)
        },
      }),
      wrongly(pair)('results of one shape lie at one place', {
        within: (act, spent) => {
          const results = within(S, act, spent)
          return results.map((x) => results.find((one) => sameShape(S.shape(one), S.shape(x))) ?? x)
        },
      }),
      wrongly(pair)('results are computed when their operands are gone', {
        within: (act, spent) => within(S, act, spent).map((x) => copied(x, () => 0)),
      }),
    ],
  })
}

const plain = <T>(algebra: Algebra<Op, T>): View<never, T, number> =>
  ({ algebra, embed: algebra.of, read: (x) => [...algebra.numbers(x)] })

const waiting = { defer: 4, block: 512, keep: 2 ** 14 }

const doubles = { first: plain<Tensor>(reference), second: plain(simd64(waiting)) }
const singles = { first: plain<Lifted<number>>(lift(float32)), second: plain(simd32(waiting)) }

/** Results that wait, in simd64 and simd32. */
export const deferral: readonly Law[] = [
  phaseLaw('simd64', ['simd64', 'reference'], doubles),
  phaseLaw('simd32', ['simd32', 'lift', 'float32'], singles),
  deferralLaw('simd64', ['simd64', 'reference'], doubles),
  deferralLaw('simd32', ['simd32', 'lift', 'float32'], singles, (S) => {
    const factors = new WeakMap<SimdTensor<Float32Array>, readonly [SimdTensor<Float32Array>, number]>()
    type Single = SimdTensor<Float32Array>
    const scaled = (result: Single, x: Single, c: number): Single => {
      factors.set(result, [x, Math.fround(c)])
      return result
    }
    // What was scaled before is scaled again in doubles, and rounded with the sum.
    const late = (sign: 1 | -1) => (a: Single, b: Single): Single => {
      const [[x, c], [y, d]] = [factors.get(a) ?? [a, 1], factors.get(b) ?? [b, 1]]
      const [p, q] = [S.numbers(x), S.numbers(y)]
      return S.of(S.shape(a), p.map((entry, i) => c * entry + sign * d * (q[i] ?? NaN)))
    }
    return [wrongly(singles)('a chain rounds at its end only', {
      scale: (c, x) => scaled(S.scale(c, x), x, c),
      times: (c, x) => scaled(S.times(c, x), x, S.numbers(c)[0] ?? NaN),
      add: late(1),
      sub: late(-1),
    })]
  }),
]
