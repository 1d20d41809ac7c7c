/**
 * Law L14 for exp and log of doubles and of complex numbers, and their derivatives in both kinds of dual numbers.
 *
 * exp is within 2u (L14.float64.exponential). Of Math.log, cos, sin and atan2 errors of at most one unit in the last place are assumed (2u,
 * relatively), of Math.hypot two. Then
 *
 *     exp x · exp(−x) = 1 within 2u + 2u + u              log(exp x) = x within 2u of the argument, relatively, and 2u |x|
 *     exp(log z) = z within |z| (2u |log |z|| + 4u + 2u π of the logarithm, 2u + 2u + u of the exponential)
 */
import fc from 'fast-check'
import { complex } from '../number/complex.ts'
import { dual } from '../number/dual.ts'
import { float64, unitRoundoff as u } from '../number/float64.ts'
import { dualOf } from '../tensor/dual.ts'
import { reference } from '../tensor/reference.ts'
import { allTrue, bounded, exactly } from './closeness.ts'
import { but, type Law, law, worst } from './law.ts'
import { complexes } from './number-arbitraries.ts'

const exponents = fc.double({ min: -300, max: 300, noNaN: true })

const ofDoubles: Law = law({
  name: 'L14.float64.exponentials',
  says: 'exp(x) exp(−x) = 1 within 5u, log(exp x) = x within 2u + 2u |x|; exp 0 = 1, exp(−∞) = 0, log 1 = 0, log 0 = −∞, log(−1) is NaN',
  cites: 'ECMA-262 §21.3.2; fdlibm e_log.c for the error assumed of log',
  about: ['float64'], rung: 'float64', over: ['float64'], runs: 200,
  instances: exponents,
  subject: float64,
  judge: ({ exp, log }) => (x) => worst([
    bounded(Math.abs(exp(x) * exp(-x) - 1), 5 * u),
    bounded(Math.abs(log(exp(x)) - x), 2 * u + 2 * u * Math.abs(x)),
    allTrue(exp(0) === 1, exp(-Infinity) === 0, log(1) === 0, log(0) === -Infinity, Number.isNaN(log(-1)), Number.isNaN(exp(NaN))),
  ]),
  mutants: [
    but(float64)('exp to the base 2', { exp: (x) => 2 ** x }),
    but(float64)('log to the base 10', { log: Math.log10 }),
    but(float64)('log of the magnitude', { log: (x) => Math.log(Math.abs(x)) }),
    but(float64)('log(1 + x)', { log: Math.log1p }),
  ],
})

const h = 2 ** -332

const ofComplex: Law = law({
  name: 'L14.complex.exponentials',
  says: 'exp(log z) = z; log(exp(i y)) = i y on the principal branch; exp of the conjugate is the conjugate of exp; ' +
    'Im f(x + i h) / h = f′(x) as dual numbers have it, for exp and log',
  cites: 'Squire & Trapp 1998, complex step; DLMF 4.2.19, 4.2.2',
  about: ['complex', 'dual'], rung: 'float64', over: ['complex', 'dual(float64)'], runs: 200,
  instances: complexes(fc.double({ min: -1.5, max: 1.5, noNaN: true })).filter(({ re, im }) => Math.hypot(re, im) > 1e-9),
  subject: complex,
  judge: (S) => (z) => {
    const [slope, size, x] = [dual(float64), Math.hypot(z.re, z.im), Math.abs(z.re) + 0.5]
    const angle = S.log(S.exp({ re: 0, im: z.im }))
    return worst([
      bounded(S.distance(S.exp(S.log(z)), z), size * u * (2 * Math.abs(Math.log(size)) + 4 + 2 * Math.PI + 5)),
      // cos y and sin y within 2u, so |e^{iy}| and its angle within 3u, and those of the logarithm.
      bounded(S.distance(angle, { re: 0, im: z.im }), u * (3 + 4 + 2 + 2 * Math.abs(z.im))),
      exactly(S, [[S.exp({ re: z.re, im: -z.im }), { re: S.exp(z).re, im: -S.exp(z).im }]]),
      bounded(Math.abs(S.exp({ re: z.re, im: h }).im / h - slope.exp({ primal: z.re, tangent: 1 }).tangent), 6 * u * Math.exp(z.re)),
      bounded(Math.abs(S.log({ re: x, im: h }).im / h - slope.log({ primal: x, tangent: 1 }).tangent), 6 * u / x),
    ])
  },
  mutants: [
    but(complex)('exp part by part', { exp: ({ re, im }) => ({ re: Math.exp(re), im: Math.exp(im) }) }),
    but(complex)('log of the square of the size', { log: (z) => ({ re: 2 * complex.log(z).re, im: complex.log(z).im }) }),
    but(complex)('log with angles from 0 to 2π', {
      log: (z) => ({ re: complex.log(z).re, im: (complex.log(z).im + 2 * Math.PI) % (2 * Math.PI) }),
    }),
  ],
})

const [D, numbers] = [dualOf(reference), dual(float64)]

/**
 * The slope of log is exp(−log x) over tensors and 1/x over numbers: 2u |log x| of the exponent and 2u of exp against u, and a product on either
 * side. exp is its own slope on both.
 */
const ofDuals: Law = law({
  name: 'L14.dual.exponentials',
  says: 'dual tensors and dual numbers have the same tangents of exp (exactly) and of log (within 2u |log x| + 5u, relatively)',
  cites: 'exp′ = exp, log′ x = 1/x = e^(−log x)',
  about: ['dualOf', 'dual'], rung: 'float64', over: ['dualOf(reference)', 'dual(float64)'], runs: 200,
  instances: fc.record({ x: exponents, tangent: fc.double({ min: -2, max: 2, noNaN: true }) }),
  subject: { exp: D.exp, log: D.log },
  judge: ({ exp, log }) => ({ x, tangent }) => {
    const along = (primal: number) => ({ primal: reference.of([1], [primal]), tangent: reference.of([1], [tangent]) })
    const tangentOf = (y: ReturnType<typeof exp>): number => reference.numbers(D.tangent(y))[0] as number
    const y = Math.exp(x)
    const expected = numbers.log({ primal: y, tangent }).tangent
    return worst([
      { gap: Math.abs(tangentOf(exp(along(x))) - numbers.exp({ primal: x, tangent }).tangent), allowance: 0 },
      bounded(Math.abs(tangentOf(log(along(y))) - expected), u * (2 * Math.abs(x) + 5) * Math.abs(expected)),
    ])
  },
  mutants: [
    { fault: 'log′ = x', subject: { exp: D.exp, log: (x) => ({ primal: reference.log(x.primal), tangent: reference.mul(x.primal, D.tangent(x)) }) } },
    { fault: 'exp′ = 1', subject: { exp: (x) => ({ primal: reference.exp(x.primal), tangent: x.tangent }), log: D.log } },
  ],
})

/** L14 for exp and log. */
export const exponentialLaws: readonly Law[] = [ofDoubles, ofComplex, ofDuals]
