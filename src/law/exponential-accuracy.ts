/**
 * Law L14 for e^x, tanh and the logistic function of floats (number/exponential.ts, exponential-single.ts) against whole-number arithmetic:
 * numbers as multiples of 2⁻³²⁰, e^x by its series of x/2⁸ and eight squarings. The witness is within 2⁻²⁴⁰ of the truth, relatively, where
 * |x| ≤ 40, which no bound of a float notices.
 */
import fc from 'fast-check'
import { float32, singleRoundoff } from '../number/float32.ts'
import { float64, unitRoundoff } from '../number/float64.ts'
import type { NumberSystem } from '../number/number.ts'
import { rational } from '../number/rational.ts'
import { allTrue } from './closeness.ts'
import { but, type Law, law, type Rung, worst } from './law.ts'

const ONE = 1n << 320n

const fixed = (x: number): bigint => {
  const { n, d } = rational.of(x)
  return (n * ONE) / d
}

const times = (a: bigint, b: bigint): bigint => (a * b) / ONE

/** e^x of a fixed x. */
const exponential = (x: bigint): bigint => {
  const part = x / 256n
  const { sum } = Array.from({ length: 60 }, (_, k) => BigInt(k + 1)).reduce(
    ({ sum, term }, k) => {
      const next = times(term, part) / k
      return { sum: sum + next, term: next }
    }, { sum: ONE, term: ONE })
  return Array.from({ length: 8 }).reduce<bigint>((power) => times(power, power), sum)
}

const absolute = (x: bigint): bigint => (x < 0n ? -x : x)

/** |y − truth| / |truth|; 0 where both are 0. */
const off = (y: number, truth: bigint): number => {
  const gap = absolute(fixed(y) - truth)
  return gap === 0n ? 0 : Number((gap << 80n) / absolute(truth)) / 2 ** 80
}

type Functions = Pick<NumberSystem<'exp' | 'tanh' | 'logistic', number>, 'exp' | 'tanh' | 'logistic'>

interface Suite {
  readonly name: 'float64' | 'float32'
  readonly rung: Rung
  readonly system: NumberSystem<'exp' | 'tanh' | 'logistic', number>
  readonly roundoff: number
}

const accuracy = ({ name, rung, system, roundoff: u }: Suite): Law => law<Functions, number>({
  name: `L14.${name}.exponential`,
  says: 'e^x is within 2u of the truth, tanh x and 1/(1 + e^−x) within 4u, relatively; NaN, ±∞ and ±0 go where they should',
  cites: 'number/exponential.ts',
  about: [name], rung, over: [name], runs: 300,
  instances: fc.tuple(fc.constantFrom(40, 4, 1, 0.5, 2 ** -10, 2 ** -30), fc.maxSafeInteger())
    .map(([size, n]) => system.of(size * n * 2 ** -53)),
  subject: system,
  judge: ({ exp, tanh, logistic }) => (x) => {
    const [square, inverse] = [exponential(2n * fixed(x)), exponential(-fixed(x))]
    return worst([
      { gap: off(exp(x), exponential(fixed(x))), allowance: 2 * u },
      { gap: off(tanh(x), ((square - ONE) * ONE) / (square + ONE)), allowance: 4 * u },
      { gap: off(logistic(x), (ONE * ONE) / (ONE + inverse)), allowance: 4 * u },
      allTrue(
        exp(-Infinity) === 0, exp(Infinity) === Infinity, tanh(Infinity) === 1, tanh(-Infinity) === -1, logistic(Infinity) === 1, logistic(-Infinity) === 0,
        [exp, tanh, logistic].every((f) => Number.isNaN(f(NaN))), Object.is(tanh(-0), -0), tanh(-x) === -tanh(x), Math.abs(tanh(x)) <= 1),
    ])
  },
  mutants: [
    but<Functions>(system)('a term of the series is missing', { exp: (x) => system.of(system.exp(x) * (1 + 6 * u)) }),
    but<Functions>(system)('tanh by the difference of exponentials', {
      tanh: (x) => system.div(system.sub(system.exp(x), system.exp(-x)), system.add(system.exp(x), system.exp(-x))),
    }),
    but<Functions>(system)('tanh hides NaN', { tanh: (x) => (Number.isNaN(x) ? 1 : system.tanh(x)) }),
    but<Functions>(system)('logistic by way of tanh', { logistic: (x) => system.div(system.add(1, system.tanh(system.div(x, 2))), 2) }),
  ],
})

/** L14 for e^x, tanh and the logistic function. */
export const accuracyLaws: readonly Law[] = [
  accuracy({ name: 'float64', rung: 'float64', system: float64, roundoff: unitRoundoff }),
  accuracy({ name: 'float32', rung: 'float32', system: float32, roundoff: singleRoundoff }),
]
