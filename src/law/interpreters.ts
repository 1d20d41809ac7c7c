/**
 * Law L12 for the interpreters that ship, in pairs. No tolerance, with two exceptions for complex numbers, where a function is
 * computed by another formula.
 *
 * Bring your own interpreter: `agreementLaws` is a function of a pair of them, see agreement.ts.
 */
import fc from 'fast-check'
import { type Complex, complex } from '../number/complex.ts'
import { type Dual, dual } from '../number/dual.ts'
import { float64, unitRoundoff as u } from '../number/float64.ts'
import { type Rational, rational } from '../number/rational.ts'
import { hardSigmoid, polynomial, sigm, tanh } from '../phi/activation.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'
import { complexOf, type ComplexTensor } from '../tensor/complex.ts'
import { dualOf, type DualTensor } from '../tensor/dual.ts'
import { lift, type Lifted, lifted } from '../tensor/lift.ts'
import { reference, type Tensor } from '../tensor/reference.ts'
import { type Agreement, operations, sameDouble, type View, wrongly } from './agreement.ts'
import { steps } from './agreement-steps.ts'
import { gamma, slack } from './closeness.ts'
import type { Law } from './law.ts'
import { anyDoubles, dyadics, entries } from './number-arbitraries.ts'
import { errorFree, type Tracked, tracked, type TrackedOp } from './tracked.ts'

/** L12 for a pair of interpreters: single operations, and whole steps. */
export const agreementLaws = <N extends Op, X, Y, V>(agreement: Agreement<N, X, Y, V>): readonly Law[] =>
  [operations(agreement), steps(agreement)]

const [Q, F, C] = [lift(rational), lift(float64), lift(complex)]
const CR = complexOf(reference)
const [DR, DQ, QD] = [dualOf(reference), dualOf(Q), lift(dual(rational))]

const plain = <N extends Op, T>(algebra: Algebra<N, T>): View<N, T, number> =>
  ({ algebra, embed: algebra.of, read: (x) => [...algebra.numbers(x)] })

const referenceView = plain<Op, Tensor>(reference)
const floatView = plain(F)

const withZeros: View<Op, Tensor, Dual<number>> =
  { ...referenceView, read: (x) => [...reference.numbers(x)].map((primal) => ({ primal, tangent: 0 })) }

const pairs = (x: DualTensor<Tensor>): readonly Dual<number>[] => {
  const tangents = reference.numbers(DR.tangent(x))
  return [...reference.numbers(x.primal)].map((primal, i) => ({ primal, tangent: tangents[i] ?? NaN }))
}

const zeroTangents: View<Op, DualTensor<Tensor>, Dual<number>> = {
  algebra: DR,
  embed: (shape, data, tangents) =>
    ({ primal: reference.of(shape, data), tangent: tangents && reference.fill(shape, 0) }),
  read: pairs,
}

/** Rational tangents besides dyadic primals, so that nothing depends on doubles. */
const thirds = (data: readonly number[]): readonly Rational[] =>
  data.map((x) => rational.div(rational.of(x), rational.of(3)))

const dualTensors: View<'clip' | 'inside', DualTensor<Lifted<Rational>>, Dual<Rational>> = {
  algebra: DQ,
  embed: (shape, data, tangents) => ({ primal: Q.of(shape, data), tangent: tangents && lifted(shape, thirds(tangents)) }),
  read: (x) => x.primal.data.map((primal, i) => ({ primal, tangent: DQ.tangent(x).data[i] ?? rational.zero })),
}

const dualNumbers: View<'clip' | 'inside', Lifted<Dual<Rational>>, Dual<Rational>> = {
  algebra: QD,
  embed: (shape, data, tangents = data.map(() => 0)) => {
    const tangent = thirds(tangents)
    return lifted(shape, data.map((x, i) => ({ primal: rational.of(x), tangent: tangent[i] ?? rational.zero })))
  },
  read: (x) => x.data,
}

const exactRead = (x: Tensor): readonly Rational[] => [...reference.numbers(x)].map(rational.of)
const rationalView: View<'clip' | 'inside', Lifted<Rational>, Rational> = { algebra: Q, embed: Q.of, read: (x) => x.data }
const dyadicView: View<'clip' | 'inside', Tensor, Rational> = { algebra: reference, embed: reference.of, read: exactRead }

const realView: View<TrackedOp, Lifted<number>, Complex> =
  { algebra: F, embed: F.of, read: (x) => x.data.map((re) => ({ re, im: 0 })) }
const complexView: View<TrackedOp, Lifted<Complex>, Complex> = { algebra: C, embed: C.of, read: (x) => x.data }

/** Imaginary parts where an instance carries tangents. */
const complexNumbers: View<'tanh' | 'logistic', Lifted<Complex>, Complex> = {
  algebra: C, embed: (shape, data, parts) => lifted(shape, data.map((re, i) => ({ re, im: parts?.[i] ?? 0 }))), read: (x) => x.data,
}
const complexTensors: View<'tanh' | 'logistic', ComplexTensor<Tensor>, Complex> = {
  algebra: CR,
  embed: (shape, data, parts) => ({ re: reference.of(shape, data), im: parts && reference.of(shape, parts) }),
  read: (x) => {
    const parts = reference.numbers(CR.imaginary(x))
    return [...reference.numbers(x.re)].map((re, i) => ({ re, im: parts[i] ?? NaN }))
  },
}

/** An exact number, or a float with a bound on its error. */
interface Estimate {
  readonly value: Rational
  readonly error: number
}

const exactView: View<never, Lifted<Rational>, Estimate> =
  { algebra: Q, embed: Q.of, read: (x) => x.data.map((value) => ({ value, error: 0 })) }
const trackedView: View<never, Tracked, Estimate> = {
  algebra: tracked,
  embed: (shape, data) => errorFree(reference.of(shape, data)),
  read: ({ value, error }) => {
    const errors = reference.numbers(error)
    return exactRead(value).map((x, i) => ({ value: x, error: errors[i] ?? NaN }))
  },
}

const inBounds = { first: exactView, second: trackedView }
const inFloats = { first: referenceView, second: floatView }
const withoutTangents = { first: withZeros, second: zeroTangents }
const inDuals = { first: dualNumbers, second: dualTensors }
const inDyadics = { first: rationalView, second: dyadicView }
const inComplex = { first: complexNumbers, second: complexTensors }
const onReals = { first: realView, second: complexView }

const dualGap = <X>(gap: (a: X, b: X) => number) => (a: Dual<X>, b: Dual<X>): number =>
  Math.max(gap(a.primal, b.primal), gap(a.tangent, b.tangent))

// Quarters and halves, |x| ≤ 1: over a whole step of a quadratic ρ nothing needs more than 30 bits.
const coarse: fc.Arbitrary<number> = fc.integer({ min: -4, max: 4 }).map((n) => n / 4)
const powersOfTwo: fc.Arbitrary<number> = fc.constantFrom(-2, 0.5, 1, 4)
const ordinary: fc.Arbitrary<number> = fc.constantFrom(-2, 0.5, 1, 3, -0.1)
const quadratic = polynomial(0.25, 1, -0.5)

/** L12 for the interpreters that ship. */
export const interpreterLaws: readonly Law[] = [
  ...agreementLaws({
    prefix: 'L12.reference-lift', about: ['reference', 'lift', 'float64'], rung: 'interpreters',
    ...inFloats, gap: sameDouble,
    operands: fc.oneof({ weight: 4, arbitrary: entries }, { weight: 1, arbitrary: anyDoubles }),
    states: entries, factors: ordinary,
    functions: ['tanh', 'logistic', 'exp', 'log', 'clip', 'inside'], activations: [tanh, sigm, hardSigmoid, quadratic],
    faults: [
      wrongly(inFloats)('sums run backwards', {
        dot: (a, b) => F.dot(lifted(a.shape, a.data.toReversed()), lifted(b.shape, b.data.toReversed())),
      }),
      wrongly(inFloats)('tanh by exponentials', {
        tanh: (x) => lifted(x.shape, x.data.map((e) => 1 - 2 / (Math.exp(2 * e) + 1))),
      }),
      wrongly(inFloats)('exp by the logarithm of a power of two', { exp: (x) => lifted(x.shape, x.data.map((e) => 2 ** (e / Math.LN2))) }),
      wrongly(inFloats)('log by base two', { log: (x) => lifted(x.shape, x.data.map((e) => Math.log2(e) * Math.LN2)) }),
      wrongly(inFloats)('division by a reciprocal', { over: (x, c) => F.scale(1 / c, x) }),
      wrongly(inFloats)('clip hides NaN', {
        clip: (x) => lifted(x.shape, F.clip(x).data.map((e) => (Number.isNaN(e) ? 0 : e))),
      }),
    ],
  }),
  ...agreementLaws({
    prefix: 'L12.dual', about: ['dualOf', 'reference'], rung: 'interpreters',
    ...withoutTangents, gap: dualGap(sameDouble),
    operands: entries, states: entries, factors: ordinary,
    functions: ['tanh', 'logistic', 'exp', 'log', 'clip', 'inside'], activations: [tanh, sigm, hardSigmoid, quadratic],
    faults: [
      wrongly(withoutTangents)('exp is its tangent', { exp: (x) => ({ primal: DR.exp(x).primal, tangent: DR.exp(x).primal }) }),
      wrongly(withoutTangents)('constants carry a tangent', {
        fill: (shape, c) => ({ primal: reference.fill(shape, c), tangent: reference.fill(shape, c) }),
      }),
      wrongly(withoutTangents)('the product takes its value for its tangent', {
        mul: (a, b) => ({ primal: DR.mul(a, b).primal, tangent: DR.mul(a, b).primal }),
      }),
    ],
  }),
  ...agreementLaws({
    prefix: 'L12.dual-rational', about: ['dualOf', 'dual', 'lift', 'rational'], rung: 'exact rationals',
    ...inDuals, gap: dualGap(rational.distance),
    operands: dyadics, states: coarse, factors: ordinary,
    functions: ['clip', 'inside'], activations: [hardSigmoid, quadratic],
    faults: [
      wrongly(inDuals)('the product forgets a cross term', { mul: (a, b) => DQ.mul(a, DQ.constant(b.primal)) }),
      wrongly(inDuals)('an absent tangent is not negated against', {
        sub: (a, b) => (a.tangent === undefined ? { ...DQ.sub(a, b), tangent: b.tangent } : DQ.sub(a, b)),
      }),
      wrongly(inDuals)('clip lets every tangent through', { clip: (x) => ({ ...x, primal: Q.clip(x.primal) }) }),
    ],
  }),
  ...agreementLaws({
    prefix: 'L12.rational-dyadic', about: ['reference', 'lift', 'rational'], rung: 'dyadic float64',
    ...inDyadics, gap: rational.distance,
    operands: dyadics, states: coarse, factors: powersOfTwo,
    functions: ['clip', 'inside'], activations: [hardSigmoid, quadratic],
    faults: [
      wrongly(inDyadics)('clip to [−1, 1]', {
        clip: (x) => reference.sub(reference.clip(x), reference.clip(reference.neg(x))),
      }),
    ],
  }),
  {
    ...operations({
      prefix: 'L12.tracked', about: ['reference', 'lift', 'rational'], rung: 'float64',
      ...inBounds, gap: (a, b) => Math.max(0, rational.distance(a.value, b.value) - b.error * slack),
      operands: entries, states: entries, factors: ordinary, functions: [], activations: [],
      faults: [
        wrongly(inBounds)('a product of matrices is taken to round once', {
          matmulNT: (a, b) => tracked.scale(1, errorFree(reference.matmulNT(a.value, b.value))),
        }),
        wrongly(inBounds)('sums of scattered entries are taken to be exact', {
          scatter: (y, list, shape) => errorFree(reference.scatter(y.value, list, shape)),
        }),
      ],
    }),
    says: 'the error bounds that float allowances are made of cover how far each operation of the reference is from exact arithmetic',
  },
  // tanh of a real complex number divides by exactly 1. Over c it forms (x c) / (c c), three roundings instead of one: γ_4.
  // logistic: (1 + tanh(x/2)) / 2 has error ½ (2u + u), 1 / (1 + e^−x) at most 2u (see L14.float64.functions): below 4u.
  ...agreementLaws<TrackedOp, Lifted<number>, Lifted<Complex>, Complex>({
    prefix: 'L12.complex', about: ['complex', 'lift', 'float64'], rung: 'float64',
    ...onReals, gap: complex.distance,
    operands: entries, states: entries, factors: ordinary,
    functions: ['tanh', 'logistic', 'exp', 'log'], activations: [tanh, quadratic],
    allowance: (operation, magnitude) =>
      operation === 'over' ? gamma(4) * magnitude : operation === 'logistic' ? 4 * u : 0,
    faults: [
      wrongly(onReals)('logistic of 4x − 2', {
        logistic: (x) => C.logistic(C.sub(C.scale(4, x), C.fill(x.shape, 2))),
      }),
      wrongly(onReals)('exp of the half', { exp: (x) => C.exp(C.over(x, 2)) }),
      wrongly(onReals)('log on another branch', { log: (x) => C.add(C.log(x), lifted(x.shape, x.data.map(() => ({ re: 0, im: 2 * Math.PI })))) }),
      wrongly(onReals)('neg conjugates and adds i', {
        neg: (x) => lifted(x.shape, x.data.map(({ re, im }) => ({ re: -re, im: 1 - im }))),
      }),
    ],
  }),
  // A real argument's logistic is that of the reference, as above; the rest is exact, or the same function of the same number.
  ...agreementLaws<'tanh' | 'logistic', Lifted<Complex>, ComplexTensor<Tensor>, Complex>({
    prefix: 'L12.complex-tensors', about: ['complexOf', 'complex', 'lift'], rung: 'dyadic float64',
    ...inComplex, gap: complex.distance,
    operands: dyadics, states: coarse, factors: powersOfTwo,
    functions: ['tanh', 'logistic'], activations: [quadratic],
    allowance: (operation) => (operation === 'logistic' ? 4 * u : 0),
    faults: [
      wrongly(inComplex)('one factor of a product is conjugated', { mul: (a, b) => CR.mul(a, { re: b.re, im: b.im && reference.neg(b.im) }) }),
      wrongly(inComplex)('i² is taken for 0, as in dual numbers', {
        matmulNT: (a, b) => ({ ...CR.matmulNT(a, b), re: reference.matmulNT(a.re, b.re) }),
      }),
      wrongly(inComplex)('tanh of each part by itself', { tanh: (x) => ({ re: reference.tanh(x.re), im: x.im && reference.tanh(x.im) }) }),
      wrongly(inComplex)('an absent imaginary part is not negated against', {
        sub: (a, b) => (a.im === undefined ? { ...CR.sub(a, b), im: b.im } : CR.sub(a, b)),
      }),
    ],
  }),
]
