/**
 * Law L14 for the functions beyond a field: `clip` and `inside` of any system, tanh and logistic of doubles and of complex
 * numbers. Bring your own system: `clipLaws` is a function of it.
 */
import fc from 'fast-check'
import { complex } from '../number/complex.ts'
import { dual } from '../number/dual.ts'
import { float64, unitRoundoff as u } from '../number/float64.ts'
import type { NumberSystem } from '../number/number.ts'
import { bounded, exactly } from './closeness.ts'
import { but, type Law, law, type Rung, worst } from './law.ts'
import { complexes, doubles } from './number-arbitraries.ts'
import type { NumberSuite } from './number-ring.ts'

/** A system with `clip` and `inside`, and numbers x for which 1 − x is exact. */
export const clipLaws = <X>(
  { prefix, about, system, elements, rung }:
  Omit<NumberSuite<X, NumberSystem<'clip' | 'inside', X>>, 'divisors' | 'faults'> & { readonly rung: Rung },
): readonly Law[] => [law({
  name: `${prefix}.clip`,
  says: 'clip(clip x) = clip x, clip(1 − x) = 1 − clip x, inside(1 − x) = inside x, inside x (x − clip x) = 0, ' +
    '(1 − inside x) clip x (1 − clip x) = 0; 0 and 1 are inside and stay',
  cites: 'docs/theory.md §11: states clamped to [0, 1]',
  about, rung, over: [system.name], runs: 100,
  instances: elements,
  subject: system,
  judge: (S) => (x) => {
    const [reflect, moved, within] = [(y: X) => S.sub(S.one, y), S.clip(x), S.inside(x)]
    return exactly(S, [
      [S.clip(moved), moved],
      [S.clip(reflect(x)), reflect(moved)],
      [S.inside(reflect(x)), within],
      [S.mul(within, S.sub(x, moved)), S.zero],
      [S.mul(reflect(within), S.mul(moved, reflect(moved))), S.zero],
      [S.clip(S.zero), S.zero],
      [S.clip(S.one), S.one],
      [S.inside(S.zero), S.one],
      [S.inside(S.one), S.one],
    ])
  },
  mutants: [
    but(system)('clips to [−1, 1]', { clip: (x) => system.sub(system.clip(x), system.clip(system.neg(x))) }),
    but(system)('clips to [0, 2]', { clip: (x) => system.add(system.clip(x), system.clip(system.sub(x, system.one))) }),
    but(system)('the walls are outside', {
      inside: (x) => ([system.zero, system.one].some((wall) => system.equals(x, wall)) ? system.zero : system.inside(x)),
    }),
    but(system)('everything is inside', { inside: () => system.one }),
  ],
})]

/**
 * tanh and logistic of doubles, which L14.float64.exponential holds to 4u: then e = exp(−x) has relative error 2u, and ŷ = fl(1 / fl(1 + e)) = y (1 + δ) with |δ| ≤ 2u (1 − y) + u + u. Hence
 *
 *     |fl(ŷ(x) + ŷ(−x)) − 1| ≤ 4u y(1−y) + 2u + u < 5u, and all doubles near 1 are multiples of u: ≤ 4u
 *     |fl(2ŷ(x) − 1) − tanh(x/2)| ≤ 2·2u + u + 2u = 7u
 */
export const float64Functions: Law = law({
  name: 'L14.float64.functions',
  says: 'tanh(−x) = −tanh x, |tanh x| ≤ 1; logistic(x) + logistic(−x) = 1 within 4u, ' +
    'tanh(x/2) = 2 logistic(x) − 1 within 7u',
  cites: 'number/exponential.ts',
  about: ['float64'], rung: 'float64', over: ['float64'], runs: 200,
  instances: fc.oneof(fc.double({ min: -40, max: 40, noNaN: true }), doubles),
  subject: float64,
  judge: ({ tanh, logistic }) => (x) => worst([
    { gap: Math.abs(tanh(-x) + tanh(x)), allowance: 0 },
    { gap: Math.max(0, Math.abs(tanh(x)) - 1), allowance: 0 },
    { gap: Math.abs(logistic(x) + logistic(-x) - 1), allowance: 4 * u },
    { gap: Math.abs(2 * logistic(x) - 1 - tanh(x / 2)), allowance: 7 * u },
  ]),
  mutants: [
    but(float64)('logistic of −x', { logistic: (x) => 1 / (1 + Math.exp(x)) }),
    but(float64)('logistic of 2x', { logistic: (x) => 1 / (1 + Math.exp(-2 * x)) }),
    but(float64)('tanh by exponentials', { tanh: (x) => (Math.exp(x) - Math.exp(-x)) / (Math.exp(x) + Math.exp(-x)) }),
    but(float64)('tanh a little off 0', { tanh: (x) => Math.tanh(x) + 8 * u }),
  ],
})

const h = 2 ** -332

/**
 * tanh and logistic of complex numbers. With h = 2⁻³³² the terms in h² vanish against 1, so the imaginary part over h is f′ up
 * to roundings; it lies in [0, 1].
 * tanh: both sides are 1 − t² of the same t, with errors 2u t² and a quotient against 2u: below 6u.
 * logistic: ¼(1 − t²) with t = tanh(x/2), error ¼(2·2u + 3u), against y(1 − y), error 2u + u: below 6u.
 */
export const complexFunctions: Law = law({
  name: 'L14.complex.functions',
  says: 'tanh(−z) = −tanh z and tanh(i y) = i tan y exactly; logistic(z) + logistic(−z) = 1; ' +
    'Im f(x + i h) / h = f′(x) as dual numbers have it, within 6u',
  cites: 'Squire & Trapp 1998, complex step; DLMF 4.28.10',
  about: ['complex', 'dual'], rung: 'float64', over: ['complex', 'dual(float64)'], runs: 200,
  instances: complexes(fc.double({ min: -1.5, max: 1.5, noNaN: true })),
  subject: complex,
  judge: (S) => (z) => {
    const [y, slope] = [S.logistic(z), dual(float64)]
    const along = { primal: z.re, tangent: 1 }
    return worst([
      exactly(S, [
        [S.tanh(S.neg(z)), S.neg(S.tanh(z))],
        [S.tanh({ re: 0, im: z.im }), { re: 0, im: Math.tan(z.im) }],
      ]),
      // logistic = (1 + t)/2, so each of the two and their sum has an error of at most u (1 + |t|), |t| ≤ 2|y| + 1.
      bounded(S.distance(S.add(y, S.logistic(S.neg(z))), S.one), 3 * u * (2 + 2 * (Math.abs(y.re) + Math.abs(y.im)))),
      { gap: Math.abs(S.tanh({ re: z.re, im: h }).im / h - slope.tanh(along).tangent), allowance: 6 * u },
      { gap: Math.abs(S.logistic({ re: z.re, im: h }).im / h - slope.logistic(along).tangent), allowance: 6 * u },
    ])
  },
  mutants: [
    but(complex)('tanh part by part', { tanh: ({ re, im }) => ({ re: Math.tanh(re), im: Math.tanh(im) }) }),
    but(complex)('tanh of the conjugate', { tanh: ({ re, im }) => complex.tanh({ re, im: -im }) }),
    but(complex)('logistic forgets to halve z', { logistic: (z) => complex.logistic(complex.add(z, z)) }),
  ],
})
