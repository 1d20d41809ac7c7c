/**
 * Law L12 for the interpreters on SIMD: `simd64` is bit for bit `reference`, `simd32` is bit for bit `lift(float32)`; and with the error
 * bounds of tracked.ts at u = 2⁻²⁴ on its side, `simd32` is as near to `reference` as rounding explains. Sizes beyond a tile are in
 * simd-products.ts.
 */
import fc from 'fast-check'
import { float32, singleRoundoff } from '../number/float32.ts'
import { hardSigmoid, polynomial, sigm, tanh } from '../phi/activation.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'
import { lift, type Lifted } from '../tensor/lift.ts'
import { reference, type Tensor } from '../tensor/reference.ts'
import { simd32, simd64, type SimdTensor } from '../tensor/simd/interpreter.ts'
import { operations, type Pair, sameDouble, type View, wrongly } from './agreement.ts'
import { steps } from './agreement-steps.ts'
import { slack } from './closeness.ts'
import type { Law } from './law.ts'
import { anyDoubles, entries, singleEntries } from './number-arbitraries.ts'
import { deferral } from './simd-deferral.ts'
import { repeatedSteps } from './simd-repeated.ts'
import { fusedProducts, products } from './simd-products.ts'
import { type Tracked, tracked, type TrackedOp, trackedOver } from './tracked.ts'

type Tensor64 = SimdTensor<Float64Array>
type Tensor32 = SimdTensor<Float32Array>

const [S64, S32, F32] = [simd64(), simd32(), lift(float32)]

const plain = <N extends Op, T>(algebra: Algebra<N, T>): View<N, T, number> =>
  ({ algebra, embed: algebra.of, read: (x) => [...algebra.numbers(x)] })

const inDoubles: Pair<Op, Tensor, Tensor64, number> = { first: plain(reference), second: plain(S64) }
const inSingles: Pair<Op, Lifted<number>, Tensor32, number> = { first: plain(F32), second: plain(S32) }

/** A float with a bound on its error. */
interface Estimate {
  readonly value: number
  readonly error: number
}

const estimated = <T>(below: Algebra<never, T>, algebra: Algebra<TrackedOp, Tracked<T>>): View<TrackedOp, Tracked<T>, Estimate> => ({
  algebra,
  embed: algebra.of,
  read: ({ value, error }) => {
    const errors = below.numbers(error)
    return Array.from(below.numbers(value), (x, i) => ({ value: x, error: errors[i] ?? NaN }))
  },
})

const ordinary: fc.Arbitrary<number> = fc.constantFrom(-2, 0.5, 1, 3, -0.1)
const quadratic = polynomial(0.25, 1, -0.5)
const withOddOnes = (usual: fc.Arbitrary<number>): fc.Arbitrary<number> =>
  fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: anyDoubles })

const exact = {
  rung: 'interpreters', gap: sameDouble, factors: ordinary,
  functions: ['tanh', 'logistic', 'exp', 'log', 'clip', 'inside'], activations: [tanh, sigm, hardSigmoid, quadratic],
} as const

const doubles = {
  ...exact, ...inDoubles, prefix: 'L12.simd64', about: ['simd64', 'reference'],
  operands: withOddOnes(entries), states: entries,
  faults: [
    wrongly(inDoubles)('a product in single precision', {
      matmulNN: (a, b) => S64.of([S64.shape(a)[0] ?? 0, S64.shape(b)[1] ?? 0],
        S32.numbers(S32.matmulNN(S32.of(S64.shape(a), S64.numbers(a)), S32.of(S64.shape(b), S64.numbers(b))))),
    }),
    wrongly(inDoubles)('division by a reciprocal', { over: (x, c) => S64.scale(1 / c, x) }),
    wrongly(inDoubles)('clip hides NaN', {
      clip: (x) => S64.of(S64.shape(x), S64.numbers(S64.clip(x)).map((e) => (Number.isNaN(e) ? 0 : e))),
    }),
  ],
}

/** What doubles give, rounded once at the end. */
const once = (f: (a: Tensor, b: Tensor) => Tensor) => (a: Tensor32, b: Tensor32): Tensor32 => {
  const result = f(reference.of(S32.shape(a), S32.numbers(a)), reference.of(S32.shape(b), S32.numbers(b)))
  return S32.of(reference.shape(result), reference.numbers(result))
}

const singles = {
  ...exact, ...inSingles, prefix: 'L12.simd32', about: ['simd32', 'lift', 'float32'],
  operands: withOddOnes(singleEntries), states: singleEntries,
  faults: [
    wrongly(inSingles)('exp a little too large', { exp: (x) => S32.of(S32.shape(x), S32.numbers(x).map((e) => Math.exp(e) * (1 + 2 ** -22))) }),
    wrongly(inSingles)('dot sums in double precision', { dot: once(reference.dot) }),
    wrongly(inSingles)('a product sums in double precision', { matmulTN: once(reference.matmulTN) }),
    wrongly(inSingles)('c in c · x is not rounded', {
      scale: (c, x) => S32.of(S32.shape(x), S32.numbers(x).map((e) => c * e)),
    }),
  ],
}

/** The laws that singles are as near to `reference` as the bounds on their rounding say. Products that round a term and a sum at once round less often. */
const near = (S: Algebra<Op, Tensor32>): readonly Law[] => {
  const bounded = trackedOver(S, singleRoundoff, Math.fround)
  const inBounds: Pair<TrackedOp, Tracked, Tracked<Tensor32>, Estimate> = { first: estimated(reference, tracked), second: estimated(S, bounded) }
  const nearby = {
    ...inBounds, prefix: `L12.${S.name}-reference`, about: ['simd32', 'reference', 'singleRoundoff'], rung: 'float32',
    gap: (a: Estimate, b: Estimate) => Math.max(0, Math.abs(a.value - b.value) - (a.error + b.error) * slack),
    operands: singleEntries, states: singleEntries, factors: ordinary,
    functions: ['tanh', 'logistic', 'exp', 'log'], activations: [tanh, sigm, quadratic],
    faults: [
      wrongly(inBounds)('exp of an argument off by 2⁻¹²', {
        exp: (x) => bounded.exp({ value: S.add(x.value, S.fill(S.shape(x.value), 2 ** -12)), error: x.error }),
      }),
      wrongly(inBounds)('log is off by 2⁻¹⁶', {
        log: (x) => {
          const { value, error } = bounded.log(x)
          return { value: S.add(value, S.fill(S.shape(value), 2 ** -16)), error }
        },
      }),
      wrongly(inBounds)('a product is off by 2⁻¹⁶', {
        matmulNT: (a, b) => {
          const { value, error } = bounded.matmulNT(a, b)
          return { value: S.scale(1 + 2 ** -16, value), error }
        },
      }),
    ],
  } as const
  return [operations, steps].map((of) => ({
    ...of<TrackedOp, Tracked, Tracked<Tensor32>, Estimate>(nearby),
    says: `what ${S.name} computes differs from what reference computes by no more than their error bounds`,
  }))
}

/** L12 for the interpreters on SIMD. */
export const simdLaws: readonly Law[] = [
  operations<Op, Tensor, Tensor64, number>(doubles), steps<Op, Tensor, Tensor64, number>(doubles),
  operations<Op, Lifted<number>, Tensor32, number>(singles), steps<Op, Lifted<number>, Tensor32, number>(singles),
  ...near(S32),
  ...products,
  ...deferral,
  ...repeatedSteps,
]

/** L12 for fused products, which not every JavaScript engine has. Throws as `simd32` does where they are missing. */
export const fusedLaws = (): readonly Law[] => [...near(simd32({ fused: true })), fusedProducts(simd32({ fused: true, keep: 2 ** 14, block: 2 ** 11 }))]
