/**
 * L1 for activations and costs: slope and curvature by complex step (tanh, sigm), by dual numbers over the rationals (the rest).
 * The complex step f′(x) = Im f(x + ih)/h has truncation error O(h²), nothing at h = 10⁻¹⁰⁰, and subtracts nothing.
 */
import fc from 'fast-check'
import type { Cost } from '../cost/cost.ts'
import { squaredError } from '../cost/squared-error.ts'
import { complex, type Complex } from '../number/complex.ts'
import { unitRoundoff as u } from '../number/float64.ts'
import { rational, type Rational, ratio } from '../number/rational.ts'
import { type Activation, hardSigmoid, identity, polynomial, sigm, tanh } from '../phi/activation.ts'
import type { Algebra } from '../tensor/algebra.ts'
import { dualOf } from '../tensor/dual.ts'
import { lift, lifted, type Lifted } from '../tensor/lift.ts'
import { reference } from '../tensor/reference.ts'
import { exactly } from './closeness.ts'
import { type Law, law, type Verdict, worst } from './law.ts'
import { faultyActivation } from './mutants.ts'

type Smooth = 'tanh' | 'logistic'

const C = lift(complex)
const h = 1e-100

/** Derivatives of value and slope by complex step at x. */
const byComplexStep = (activation: Activation<Smooth>, x: number): { readonly slope: number; readonly curvature: number } => {
  const jet = activation.at(C)(lifted<Complex>([1], [{ re: x, im: h }]))
  const imaginary = ({ data: [z] }: Lifted<Complex>): number => (z?.im ?? NaN) / h
  return { slope: imaginary(jet.value), curvature: imaginary(jet.slope()) }
}

/**
 * Rounding of either route to the slope and to the curvature is a few u of quantities of size at most 16: |sigm″| ≤ 4·4·¼·2, and
 * every intermediate (y, 1−y, 1−2y, and for tanh 1−y²) is at most 4 in size, with at most 12 operations and two
 * elementary functions within 2 ulp (4u) each on either route: 2 (12 + 8) u · 4 · 4.
 */
const stepAllowance = 2 * (12 + 8) * u * 16

const complexStep = (activation: Activation<Smooth>) => (x: number): Verdict => {
  const jet = activation.at(reference)(reference.of([1], [x]))
  const truth = byComplexStep(activation, x)
  const first = (t: ReturnType<typeof jet.slope>): number => reference.numbers(t)[0] as number
  return worst([
    { gap: Math.abs(first(jet.slope()) - truth.slope), allowance: stepAllowance },
    { gap: Math.abs(first(jet.curvature()) - truth.curvature), allowance: stepAllowance },
  ])
}

const complexLaw = (activation: Activation<Smooth>): Law => law({
  name: `L1.${activation.name}`,
  says: 'slope and curvature agree with the complex step of value and slope',
  cites: 'paper, appendix; Squire & Trapp 1998',
  about: [activation.name],
  rung: 'float64',
  over: ['reference', 'lift(complex)'],
  runs: 200,
  instances: fc.double({ min: -20, max: 20, noNaN: true }),
  subject: activation,
  judge: complexStep,
  mutants: [
    { fault: 'slope 1 − y instead of the true one', subject: faultyActivation(activation, (A, jet) => ({ slope: () => A.sub(A.fill(A.shape(jet.value), 1), jet.value) })) },
    { fault: 'curvature with the wrong sign', subject: faultyActivation(activation, (A, jet) => ({ curvature: () => A.neg(jet.curvature()) })) },
  ],
})

type Clips = 'clip' | 'inside'
const Q = lift(rational)
const D = dualOf(Q)

const byDual = (activation: Activation<Clips>) => ([n, d]: readonly [number, number]): Verdict => {
  const x = lifted<Rational>([1], [ratio(n, d)])
  const jet = activation.at(Q)(x)
  const dual = activation.at(D)({ primal: x, tangent: Q.fill([1], 1) })
  return exactly(Q, [[D.tangent(dual.value), jet.slope()], [D.tangent(dual.slope()), jet.curvature()]])
}

const dualLaw = (name: string, activation: Activation<Clips>, says: string): Law => law({
  name: `L1.${name}`,
  says,
  cites: 'docs/theory.md §5: ρ′ and ρ″',
  about: [name === 'hardsigm' ? 'hardSigmoid' : name],
  rung: 'exact rationals',
  over: ['lift(rational)', 'dualOf(lift(rational))'],
  runs: 100,
  instances: fc.tuple(fc.integer({ min: -60, max: 60 }), fc.integer({ min: 1, max: 12 })),
  subject: activation,
  judge: byDual,
  mutants: [{ fault: 'slope too large by 1', subject: faultyActivation(activation, (A, jet) => ({ slope: () => A.add(jet.slope(), A.fill(A.shape(jet.value), 1)) })) }],
})

type Fraction = readonly [number, number]
const pair: fc.Arbitrary<Fraction> = fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 6 }))
const row = (entries: readonly Fraction[]): Lifted<Rational> => lifted([1, entries.length], entries.map(([n, d]) => ratio(n, d)))

/** D_v ℓ = ⟨∂ℓ/∂s, v⟩. */
const costGradient = (cost: Cost<never>) => (instance: readonly (readonly [Fraction, Fraction, Fraction])[]): Verdict => {
  const [s, v, y] = [row(instance.map(([e]) => e)), row(instance.map(([, e]) => e)), row(instance.map(([, , e]) => e))]
  const tangent = D.tangent(cost.at(D)(D.constant(y)).value({ primal: s, tangent: v }))
  return exactly(Q, [[tangent, Q.dot(cost.at(Q)(y).gradient(s), v)]])
}

export const activationLaws: readonly Law[] = [
  complexLaw(tanh),
  complexLaw(sigm),
  dualLaw('hardsigm', hardSigmoid, 'slope and curvature agree with dual numbers, end points included'),
  dualLaw('identity', identity, 'slope and curvature agree with dual numbers'),
  dualLaw('polynomial', polynomial(0.5, 1, -0.25, 2), 'slope and curvature agree with dual numbers'),
  law({
    name: 'L1.squared-error', says: '∂ℓ/∂s agrees with dual numbers', cites: 'docs/theory.md §1', about: ['squaredError'],
    rung: 'exact rationals', over: ['lift(rational)', 'dualOf(lift(rational))'], runs: 100,
    instances: fc.array(fc.tuple(pair, pair, pair), { minLength: 1, maxLength: 5 }),
    subject: squaredError,
    judge: costGradient,
    mutants: [{
      fault: 'y − s instead of s − y',
      subject: { ...squaredError, at: <T>(A: Algebra<never, T>) => (y: T) => ({ ...squaredError.at(A)(y), gradient: (s: T) => A.sub(y, s) }) },
    }],
  }),
]
