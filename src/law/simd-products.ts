/**
 * Law L12 for the products on SIMD at sizes from 1 to 70, with left factors that are dense or mostly zeros: whole tiles and tiles over an edge, panels that are kept, kept panels after
 * their room was given away, factors in one block and in several. The interpreters here keep 16 KiB, which is less than one large factor,
 * and take blocks of 2 KiB, so all of this happens within a few products.
 */
import fc from 'fast-check'
import { seeded, uniforms } from '../data/random.ts'
import { float32, singleRoundoff } from '../number/float32.ts'
import { type Algebra, correlate, type Op, type Shape } from '../tensor/algebra.ts'
import { lift, type Lifted } from '../tensor/lift.ts'
import { reference, type Tensor } from '../tensor/reference.ts'
import { simd32, simd64, type SimdTensor } from '../tensor/simd/interpreter.ts'
import { compared, namesOf, type Pair, sameDouble, type View, wrongly } from './agreement.ts'
import { type Law, law, type Mutant, worst } from './law.ts'

/** Sizes of one product, k = n for square ones, a seed for the entries, one odd entry for the ends of both factors, and the share of the left one that is not zero. */
interface Factors {
  readonly m: number
  readonly k: number
  readonly n: number
  readonly square: boolean
  readonly seed: number
  readonly last: number
  readonly share: number
}

const size = fc.integer({ min: 1, max: 70 })
const factors: fc.Arbitrary<Factors> = fc.record({
  // Beyond 256 terms a sum is interrupted.
  m: size, k: fc.oneof({ weight: 9, arbitrary: size }, { weight: 1, arbitrary: fc.constantFrom(255, 256, 257, 300) }), n: size, square: fc.boolean(), seed: fc.nat(),
  share: fc.oneof(fc.constant(1), fc.constantFrom(0, 0.1, 0.3)),
  last: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -0) }),
})

const orientations = ['NN', 'NT', 'TN'] as const
const shapesOf: Readonly<Record<typeof orientations[number], (m: number, k: number, n: number) => readonly [Shape, Shape]>> = {
  NN: (m, k, n) => [[m, k], [k, n]],
  NT: (m, k, n) => [[m, k], [n, k]],
  TN: (m, k, n) => [[k, m], [k, n]],
}

/** All products of one instance: each orientation with b, with b again, with another b, and with the first once more. */
const productsOf = <T>({ algebra: A, embed }: View<never, T, number>, { m, k, n: columns, square, seed, last, share }: Factors): readonly T[] => {
  const n = square && k <= 70 ? k : columns
  const make = (nth: number, shape: Shape): T => {
    const count = shape.reduce((product, extent) => product * extent, 1)
    return embed(shape, uniforms(seeded(seed + nth), count, -1, 1)[0].with(-1, last), undefined)
  }
  const made = (nth: number, shape: Shape): T => {
    const count = shape.reduce((product, extent) => product * extent, 1)
    const [drawn, rest] = uniforms(seeded(seed + nth), count, -1, 1)
    const chances = uniforms(rest, count, 0, 1)[0]
    return embed(shape, drawn.map((entry, i) => ((chances[i] ?? 0) < share ? entry : 0)).with(-1, last), undefined)
  }
  return orientations.flatMap((orientation) => {
    const [left, right] = shapesOf[orientation](m, k, n)
    const [a, b, other] = [made(0, left), make(1, right), make(2, right)]
    const product = A[`matmul${orientation}`]
    const three = [make(2, left), make(3, left), make(4, left)]
    return [product(a, b), product(a, b), product(a, other), product(a, b), ...(orientation === 'TN' ? [correlate(A, three, [b, other, b])] : [])]
  })
}

const productLaw = <T, C extends Float64Array | Float32Array>(
  prefix: string, about: readonly string[], pair: Pair<never, T, SimdTensor<C>, number>,
  more: (S: Algebra<never, SimdTensor<C>>) => readonly Mutant<Pair<never, T, SimdTensor<C>, number>>[] = () => [],
): Law => {
  type S = SimdTensor<C>
  const S = pair.second.algebra
  const { first } = pair
  const byShape = {}
  const rebuilt = (x: S, change: (entry: number, row: number, column: number, m: number, n: number) => number): S => {
    const [m = 0, n = 0] = S.shape(x)
    return S.of([m, n], S.numbers(x).map((entry, i) => change(entry, Math.floor(i / n), i % n, m, n)))
  }
  const reversed = (x: S, axis: 0 | 1): S => {
    const [m = 0, n = 0] = S.shape(x)
    const data = S.numbers(x)
    return S.of([m, n], data.map((_, i) => {
      const [row, column] = [Math.floor(i / n), i % n]
      return data[axis === 0 ? (m - 1 - row) * n + column : row * n + n - 1 - column] ?? NaN
    }))
  }
  const cellsOf = (x: S): C => (x as unknown as { readonly data: C }).data
  return law({
    name: `${prefix}.products`,
    says: 'a b, a bᵀ, aᵀ b and sums of these are the same in both for all sizes from 1 to 70 and some longer sums, whatever the share of zeros: also with a right factor that came before, after ' +
      'another one of that shape, and after room for kept factors ran out',
    cites: 'definition of the product of matrices, summed in order of the inner index',
    about, rung: 'interpreters', over: namesOf(pair), runs: 40,
    instances: factors,
    subject: pair,
    judge: ({ second }: typeof pair) => (instance) => {
      const same = compared({ first, second }, sameDouble)
      const [ours, theirs] = [productsOf(first, instance), productsOf(second, instance)]
      return worst(ours.map((x, i) => same(x, theirs[i] as S)))
    },
    mutants: [
      wrongly(pair)('kept factors are known by their shape', {
        matmulNN: (a, b) => {
          const key = S.shape(b).join()
          if (!(key in byShape)) Reflect.set(byShape, key, b)
          return S.matmulNN(a, Reflect.get(byShape, key) as S)
        },
      }),
      wrongly(pair)('a kept factor is written to', {
        matmulNT: (a, b) => {
          const written = S.neg(b)
          S.matmulNT(a, written)
          cellsOf(written).set(cellsOf(b))
          return S.matmulNT(a, written)
        },
      }),
      wrongly(pair)('kept for a b, used for a bᵀ', {
        matmulNT: (a, b) => (S.shape(b)[0] === S.shape(b)[1] ? S.matmulNN(a, b) : S.matmulNT(a, b)),
      }),
      wrongly(pair)('a sum of products forgets those between', {
        sumTN: (as, bs) => [0, as.length - 1].map((t) => S.matmulTN(as[t] as S, bs[t] as S)).reduce(S.add),
      }),
      wrongly(pair)('a sum of products begins anew with every block of 512 terms', {
        sumTN: (as, bs) => {
          const step = Math.max(1, Math.floor(512 / (S.shape(as[0] as S)[0] ?? 1)))
          const from = Math.floor((as.length - 1) / step) * step
          return as.slice(from).map((a, t) => S.matmulTN(a, bs[from + t] as S)).reduce(S.add)
        },
      }),
      wrongly(pair)('a sum of products runs on over all terms', {
        sumTN: (as, bs) => {
          const rows = (xs: readonly S[]): S => S.of([xs.length * (S.shape(xs[0] as S)[0] ?? 0), S.shape(xs[0] as S)[1] ?? 0], xs.flatMap((x) => [...S.numbers(x)]))
          return S.matmulTN(rows(as), rows(bs))
        },
      }),
      wrongly(pair)('a tile over the edge is written in full', {
        matmulTN: (a, b) => rebuilt(S.matmulTN(a, b), (entry, row, column, _, n) => (row > 0 && column < (4 - (n % 4)) % 4 ? 0 : entry)),
      }),
      wrongly(pair)('the last column of an incomplete panel is dropped', {
        matmulNN: (a, b) => rebuilt(S.matmulNN(a, b), (entry, _, column, __, n) => (n % 4 !== 0 && column === n - 1 ? 0 : entry)),
      }),
      wrongly(pair)('rows beyond the last whole tile are those of the tile before', {
        matmulNN: (a, b) => {
          const result = S.matmulNN(a, b)
          const data = S.numbers(result)
          return rebuilt(result, (entry, row, column, m, n) => (row >= m - (m % 5) && row >= 5 ? data[(row - 5) * n + column] ?? NaN : entry))
        },
      }),
      wrongly(pair)('zeros are left out of products with what is not finite', {
        matmulNN: (a, b) => {
          const [k = 0] = S.shape(b)
          const left = S.numbers(a)
          const without = S.numbers(S.matmulNN(a, rebuilt(b, (entry) => (Number.isFinite(entry) ? entry : 0))))
          return rebuilt(S.matmulNN(a, b), (entry, row, column, _, n) => (left[row * k + k - 1] === 0 ? without[row * n + column] ?? NaN : entry))
        },
      }),
      wrongly(pair)('of each pair of entries that are not zero one is left out', {
        matmulNT: (a, b) => {
          const [, k = 0] = S.shape(a)
          const left = S.numbers(a)
          return left.some((entry) => entry === 0) ? S.matmulNT(rebuilt(a, (entry, row, column) => (column > 0 && left[row * k + column - 1] !== 0 ? 0 : entry)), b) : S.matmulNT(a, b)
        },
      }),
      wrongly(pair)('a sum starts anew with the second block of terms', {
        matmulTN: (a, b) => {
          const [k = 0, m = 0] = S.shape(a)
          const [, n = 0] = S.shape(b)
          const rest = (x: S, columns: number): S => S.of([k - 8, columns], S.numbers(x).slice(8 * columns))
          return k > 8 ? S.matmulTN(rest(a, m), rest(b, n)) : S.matmulTN(a, b)
        },
      }),
      wrongly(pair)('terms are summed from the last to the first', {
        matmulNN: (a, b) => S.matmulNN(reversed(a, 1), reversed(b, 0)),
      }),
      ...more(S),
    ],
  })
}

const plain = <T>(algebra: Algebra<Op, T>): View<never, T, number> =>
  ({ algebra, embed: algebra.of, read: (x) => [...algebra.numbers(x)] })

const small = { keep: 2 ** 14, block: 2 ** 11 }

const doubles = { first: plain<Tensor>(reference), second: plain(simd64(small)) }
const singles = { first: plain<Lifted<number>>(lift(float32)), second: plain(simd32(small)) }

/**
 * Fused products are as near to those of doubles as γ_k Σ |a| |b| says, with u of singles (Higham, Accuracy and Stability, §3.1): each entry takes k
 * roundings where it takes 2k − 1 otherwise.
 */
export const fusedProducts = (S: Algebra<Op, SimdTensor<Float32Array>>): Law => {
  type Fused = SimdTensor<Float32Array>
  const absolute = (x: Tensor): Tensor => reference.of(reference.shape(x), reference.numbers(x).map(Math.abs))
  const into = (x: Tensor): Fused => S.of(reference.shape(x), reference.numbers(x))
  const pair: Pair<never, Tensor, Fused, number> = { first: plain<Tensor>(reference), second: plain(S) }
  return law({
    name: `L12.${S.name}.products`,
    says: 'a b, a bᵀ and aᵀ b are those of doubles within γ_k Σ |a| |b|, for all sizes from 1 to 70 and some longer sums, whatever the share of zeros',
    cites: 'Higham, Accuracy and Stability of Numerical Algorithms, §3.1',
    about: ['simd32', 'reference'], rung: 'float32', over: namesOf(pair), runs: 40,
    instances: factors,
    subject: pair,
    judge: ({ second: { algebra } }: typeof pair) => ({ m, k, n, seed, share }) => {
      const gamma = (k * singleRoundoff) / (1 - k * singleRoundoff)
      return worst(orientations.flatMap((orientation) => {
        const factor = (nth: 0 | 1): Tensor => {
          const shape = shapesOf[orientation](m, k, n)[nth]
          const count = shape.reduce((product, extent) => product * extent, 1)
          const [drawn, rest] = uniforms(seeded(seed + nth), count, -1, 1)
          const chances = uniforms(rest, count, 0, 1)[0]
          return reference.of(shape, drawn.map((entry, i) => (nth === 1 || (chances[i] ?? 0) < share ? Math.fround(entry) : 0)))
        }
        const [a, b] = [factor(0), factor(1)]
        const product = `matmul${orientation}` as const
        const [ours, exact, sizes] = [algebra.numbers(algebra[product](into(a), into(b))), reference.numbers(reference[product](a, b)), reference.numbers(reference[product](absolute(a), absolute(b)))]
        // 2⁻⁵² k: what the doubles themselves may be off by.
        return [...ours].map((x, i) => ({ gap: Math.abs(x - (exact[i] ?? NaN)), allowance: (gamma + k * 2 ** -52) * (sizes[i] ?? NaN) }))
      }))
    },
    mutants: [
      wrongly(pair)('a product is off by 2⁻¹⁶', { matmulNN: (a, b) => S.scale(1 + 2 ** -16, S.matmulNN(a, b)) }),
      wrongly(pair)('the first term is added twice', {
        matmulNT: (a, b) => {
          const first = (x: Fused): Fused => { const [rows = 0, k = 0] = S.shape(x); return S.of([rows, 1], S.numbers(x).filter((_, i) => i % k === 0)) }
          return S.add(S.matmulNT(a, b), S.matmulNT(first(a), first(b)))
        },
      }),
    ],
  })
}

/** The products of simd64 and simd32. */
export const products: readonly Law[] = [
  productLaw('L12.simd64', ['simd64', 'reference'], doubles, (S) => {
    const single = simd32()
    const [into, back] = [(x: SimdTensor<Float64Array>) => single.of(S.shape(x), S.numbers(x)), (x: SimdTensor<Float32Array>) => S.of(single.shape(x), single.numbers(x))]
    return [wrongly(doubles)('a product in single precision', { matmulTN: (a, b) => back(single.matmulTN(into(a), into(b))) })]
  }),
  productLaw('L12.simd32', ['simd32', 'lift', 'float32'], singles),
]
