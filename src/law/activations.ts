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

const complexStep = (allowance: number) => (activation: Activation<Smooth>) => (x: number): Verdict => {
  const jet = activation.at(reference)(reference.of([1], [x]))
  const truth = byComplexStep(activation, x)
  const first = (t: ReturnType<typeof jet.slope>): number => reference.numbers(t)[0] as number
  return worst([
    ...(activation.slopeOf === undefined ? [] : [{ gap: Math.abs(first(activation.slopeOf(reference)(jet.value)) - first(jet.slope())), allowance: 0 }]),
    { gap: Math.abs(first(jet.slope()) - truth.slope), allowance },
    { gap: Math.abs(first(jet.curvature()) - truth.curvature), allowance },
  ])
}

/** What the rounding of an activation's derivatives is made of. */
export interface ActivationBounds {
  /** Points to look at; from −20 to 20 by default. */
  readonly points?: fc.Arbitrary<number>
  /** Operations in a row on either route, an elementary function within 2 ulp counting for 4; 20 by default. */
  readonly operations?: number
  /** Largest product of an intermediate with the factors that it meets later; 16 by default. */
  readonly size?: number
}

/**
 * L1 for an activation with tanh or the logistic function in it, over float64: slope and curvature against the complex step of value and
 * slope. Allowance: 2 · operations · u · size. Entries are scalars; a NaN fails.
 */
export const smoothActivationLaws = (
  activation: Activation<Smooth>, { points = fc.double({ min: -20, max: 20, noNaN: true }), operations = 20, size = 16 }: ActivationBounds = {},
): readonly Law[] => [law({
  name: `L1.${activation.name}`,
  says: 'slope and curvature agree with the complex step of value and slope, and the slope told from the value is the slope',
  cites: 'paper, appendix; Squire & Trapp 1998',
  about: [activation.name],
  rung: 'float64',
  over: ['reference', 'lift(complex)'],
  runs: 200,
  instances: points,
  subject: activation,
  judge: complexStep(2 * operations * u * size),
  mutants: [
    { fault: 'slope 1 − y instead of the true one', subject: faultyActivation(activation, (A, jet) => ({ slope: () => A.sub(A.fill(A.shape(jet.value), 1), jet.value) })) },
    { fault: 'another slope is told from the value', subject: { ...activation, slopeOf: <T>(A: Algebra<Smooth, T>) => (y: T) => A.sub(A.fill(A.shape(y), 1), y) } },
    { fault: 'curvature with the wrong sign', subject: faultyActivation(activation, (A, jet) => ({ curvature: () => A.neg(jet.curvature()) })) },
  ],
})]

type Clips = 'clip' | 'inside'
const Q = lift(rational)
const D = dualOf(Q)

const byDual = (activation: Activation<Clips>) => ([n, d]: readonly [number, number]): Verdict => {
  const x = lifted<Rational>([1], [ratio(n, d)])
  const jet = activation.at(Q)(x)
  const dual = activation.at(D)({ primal: x, tangent: Q.fill([1], 1) })
  const told = activation.slopeOf?.(Q)(jet.value)
  return exactly(Q, [[D.tangent(dual.value), jet.slope()], [D.tangent(dual.slope()), jet.curvature()], ...(told === undefined ? [] : [[told, jet.slope()] as const])])
}

/** L1 for an activation of ring operations and clipping, over exact rationals: slope and curvature by dual numbers. No allowance. */
export const exactActivationLaws = (
  activation: Activation<Clips>, name: string = activation.name, says: string = 'slope and curvature agree with dual numbers',
): readonly Law[] => [law({
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
})]

type Fraction = readonly [number, number]
const pair: fc.Arbitrary<Fraction> = fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 6 }))
const row = (entries: readonly Fraction[]): Lifted<Rational> => lifted([1, entries.length], entries.map(([n, d]) => ratio(n, d)))

/** D_v ℓ = ⟨∂ℓ/∂s, v⟩. */
const costGradient = (cost: Cost<never>) => (instance: readonly (readonly [Fraction, Fraction, Fraction])[]): Verdict => {
  const [s, v, y] = [row(instance.map(([e]) => e)), row(instance.map(([, e]) => e)), row(instance.map(([, , e]) => e))]
  const tangent = D.tangent(cost.at(D)(D.constant(y)).value({ primal: s, tangent: v }))
  return exactly(Q, [[tangent, Q.dot(cost.at(Q)(y).gradient(s), v)]])
}

/** L1 for a cost of ring operations, over exact rationals: ∂ℓ/∂s against dual numbers, for one sample of 1 to 5 outputs. No allowance. */
export const costLaws = (
  cost: Cost<never>, { name = cost.name.replaceAll(' ', '-'), cites = 'docs/theory.md §1', about = [name] }: { readonly name?: string; readonly cites?: string; readonly about?: readonly string[] } = {},
): readonly Law[] => [law({
  name: `L1.${name}`, says: '∂ℓ/∂s agrees with dual numbers', cites, about,
  rung: 'exact rationals', over: ['lift(rational)', 'dualOf(lift(rational))'], runs: 100,
  instances: fc.array(fc.tuple(pair, pair, pair), { minLength: 1, maxLength: 5 }),
  subject: cost,
  judge: costGradient,
  mutants: [{
    fault: 'gradient with the wrong sign',
    subject: { ...cost, at: <T>(A: Algebra<never, T>) => (y: T) => ({ ...cost.at(A)(y), gradient: (s: T) => A.neg(cost.at(A)(y).gradient(s)) }) },
  }],
})]

export const activationLaws: readonly Law[] = [
  // Rounding of either route to the slope and to the curvature is a few u of quantities of size at most 16: |sigm″| ≤ 4·4·¼·2, and
  // every intermediate (y, 1−y, 1−2y, and for tanh 1−y²) is at most 4 in size, with at most 12 operations and two
  // elementary functions within 2 ulp (4u) each on either route: 2 (12 + 8) u · 4 · 4.
  ...smoothActivationLaws(tanh),
  ...smoothActivationLaws(sigm),
  ...exactActivationLaws(hardSigmoid, 'hardsigm', 'slope and curvature agree with dual numbers, end points included'),
  ...exactActivationLaws(identity),
  ...exactActivationLaws(polynomial(0.5, 1, -0.25, 2), 'polynomial'),
  ...costLaws(squaredError, { about: ['squaredError'] }),
]
