/**
 * Law L12: interpreters agree. Two interpreters get the same operands and must give the same results, operation by
 * operation and for whole steps of the dynamics: `step` with and without a force, `pull`, `rule`.
 *
 * No tolerance, with two exceptions for complex numbers, where a function is computed by another formula. Agreement of
 * floating-point interpreters means the same doubles; +0 and −0 count as the same (no operation of a Φ can tell them
 * apart), and so does NaN with NaN.
 *
 * Bring your own interpreter: `agreementLaws` is a function of a pair of them.
 */
import fc from 'fast-check'
import { type Complex, complex } from '../number/complex.ts'
import { type Dual, dual } from '../number/dual.ts'
import { float64, unitRoundoff as u } from '../number/float64.ts'
import { type Rational, rational } from '../number/rational.ts'
import type { Activation } from '../phi/activation.ts'
import { hardSigmoid, polynomial, sigm, tanh } from '../phi/activation.ts'
import type { Dynamics } from '../phi/dynamics.ts'
import { energyBased, publishedEnergyBased } from '../phi/energy-based.ts'
import type { Interaction, Layers, Params } from '../phi/interaction.ts'
import { laterals, layered, toy } from '../phi/network.ts'
import { innerNudged, outerNudged } from '../phi/prototypical.ts'
import type { Setting } from '../phi/setting.ts'
import { type Algebra, entries as count, type Op, type Shape } from '../tensor/algebra.ts'
import { dualOf, type DualTensor } from '../tensor/dual.ts'
import { lift, type Lifted, lifted } from '../tensor/lift.ts'
import { reference, type Tensor } from '../tensor/reference.ts'
import { type Law, law, type Mutant, type Rung, type Verdict, worst } from './law.ts'
import { anyDoubles, drawn, dyadics, entries, pools } from './number-arbitraries.ts'
import { allTrue, bounded, gamma } from './numbers.ts'
import { allOperations, extents, faulty, operandsOf, type TensorFault } from './tensors.ts'

/** One interpreter, with ways in and out. V is the kind of number in which two of them are compared. */
export interface View<N extends Op, T, V> {
  readonly algebra: Algebra<N, T>
  /** A tensor with these entries; interpreters without tangents ignore those, absent tangents are zero. */
  readonly embed: (shape: Shape, entries: readonly number[], tangents: readonly number[] | undefined) => T
  readonly read: (x: T) => readonly V[]
}

/** Two interpreters that are to agree. */
export interface Pair<N extends Op, X, Y, V> {
  readonly first: View<N, X, V>
  readonly second: View<N, Y, V>
}

/** Two interpreters and what to try them on. */
export interface Agreement<N extends Op, X, Y, V> extends Pair<N, X, Y, V> {
  /** First part of the laws' names: 'L12.reference-lift'. */
  readonly prefix: string
  readonly about: readonly string[]
  readonly rung: Rung
  /** 0 where two numbers are the same, positive or NaN elsewhere. */
  readonly gap: (a: V, b: V) => number
  /** Entries for single operations, and for whole steps. */
  readonly operands: fc.Arbitrary<number>
  readonly states: fc.Arbitrary<number>
  /** Ordinary numbers c in c · x and x / c. */
  readonly factors: fc.Arbitrary<number>
  /** Functions that both have, besides the operations of every algebra. */
  readonly functions: readonly N[]
  readonly activations: readonly Activation<N>[]
  /** Allowance for one operation, by name, at a result of that magnitude; default 0. */
  readonly allowance?: (operation: string, magnitude: number) => number
  /** Faults of this pair in particular. */
  readonly faults: readonly Mutant<Pair<N, X, Y, V>>[]
}

/** The same double: equal, or both NaN. One NaN gives NaN, which never passes. */
export const sameDouble = (a: number, b: number): number =>
  a === b || (Number.isNaN(a) && Number.isNaN(b)) ? 0 : Math.max(Math.abs(a - b), Number.MIN_VALUE)

const compared = <N extends Op, X, Y, V>({ first, second }: Pair<N, X, Y, V>, gap: (a: V, b: V) => number) =>
  (x: X, y: Y): Verdict => {
    const [a, b] = [first.read(x), second.read(y)]
    const alike = allTrue(first.algebra.shape(x).join() === second.algebra.shape(y).join(), a.length === b.length)
    return a.reduce((verdict, entry, i) => {
      const other = b[i]
      return worst([verdict, { gap: other === undefined ? NaN : gap(entry, other), allowance: 0 }])
    }, alike)
  }

// Which tensors carry a tangent, in turn.
const carried: fc.Arbitrary<readonly boolean[]> = fc.array(fc.boolean(), { minLength: 1, maxLength: 7 })

const maker = <N extends Op, T, V>({ embed }: View<N, T, V>, pool: readonly number[], tangents: readonly boolean[]) =>
  (nth: number, shape: Shape): T => {
    const carries = tangents[nth % tangents.length] ?? false
    return embed(shape, drawn(pool, nth, count(shape)), carries ? drawn(pool, nth + 50, count(shape)) : undefined)
  }

/** The pair whose second interpreter gets one operation wrong. */
const wrongly = <N extends Op, X, Y, V>({ first, second }: Pair<N, X, Y, V>) =>
  (fault: string, wrong: Partial<Algebra<N, Y>>): Mutant<Pair<N, X, Y, V>> =>
    ({ fault, subject: { first, second: { ...second, algebra: { ...second.algebra, ...wrong } } } })

const faultsOf = <N extends Op, X, Y, V>(
  { first, second }: Pair<N, X, Y, V>, ...names: readonly TensorFault[]
): readonly Mutant<Pair<N, X, Y, V>>[] =>
  names.map((name) => {
    const { fault, subject } = faulty<Y, Algebra<N, Y>>(second.algebra, name)
    return { fault, subject: { first, second: { ...second, algebra: subject } } }
  })

const namesOf = <N extends Op, X, Y, V>({ first, second }: Pair<N, X, Y, V>): readonly string[] =>
  [first.algebra.name, second.algebra.name]

const operations = <N extends Op, X, Y, V>(agreement: Agreement<N, X, Y, V>): Law => law({
  name: `${agreement.prefix}.operations`,
  says: 'each operation of the algebra gives the same numbers in both interpreters, for all sizes from 0',
  cites: 'THEORY §12, L12',
  about: agreement.about, rung: agreement.rung, over: namesOf(agreement), runs: 100,
  instances: fc.record({ extents: extents(agreement.operands, 7), number: agreement.factors, tangents: carried }),
  subject: { first: agreement.first, second: agreement.second },
  judge: (pair: Pair<N, X, Y, V>) => ({ extents: instance, number, tangents }) => {
    const same = compared(pair, agreement.gap)
    const left = operandsOf(instance, number, maker(pair.first, instance.pool, tangents))
    const right = operandsOf(instance, number, maker(pair.second, instance.pool, tangents))
    const [ours, theirs] = [allOperations(pair.first.algebra), allOperations(pair.second.algebra)]
    return worst([
      allTrue(...agreement.functions.map((name) => name in ours && name in theirs)),
      ...Object.entries(theirs).map(([name, operation]) => {
        const [x, y] = [ours[name]?.(left), operation(right)]
        if (x === undefined) return { gap: 0, allowance: 0 } // a function that only one of them has
        const magnitude = pair.first.algebra.numbers(x).reduce((most, entry) => Math.max(most, Math.abs(entry)), 0)
        const { gap } = same(x, y)
        return bounded(gap, agreement.allowance?.(name, magnitude) ?? 0)
      }),
    ])
  },
  mutants: [
    ...faultsOf(agreement, 'lastSample', 'matmulNN', 'sumRows', 'addRow', 'sub', 'dot', 'fill'),
    ...agreement.faults,
  ],
})

const networks: Readonly<Record<string, (sizes: readonly number[]) => Interaction<never>>> = { layered, toy, laterals }
const settings: Readonly<Record<string, <N extends Op>(setting: Setting<N>) => Dynamics<N>>> =
  { energyBased, publishedEnergyBased, innerNudged, outerNudged }

/** A model and the numbers to fill its tensors with: plain data. */
interface Model {
  readonly sizes: readonly number[]
  readonly network: string
  readonly setting: string
  readonly activation: number
  readonly epsilon: number
  readonly batch: number
  readonly pool: readonly number[]
  readonly tangents: readonly boolean[]
}

const models = (numbers: fc.Arbitrary<number>, activations: number): fc.Arbitrary<Model> => fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 4 }),
  network: fc.constantFrom(...Object.keys(networks)),
  setting: fc.constantFrom(...Object.keys(settings)),
  activation: fc.nat({ max: activations - 1 }),
  epsilon: fc.constantFrom(0.25, 0.5, 1),
  batch: fc.integer({ min: 1, max: 3 }),
  pool: pools(numbers),
  tangents: carried,
})

/** All that a motion computes: step without and with a force, pull (state, parameters, input) and rule. */
const motionOf = <N extends Op, T, V>(
  view: View<N, T, V>,
  { sizes, network, setting, activation, epsilon, batch, pool, tangents }: Model,
  activations: readonly Activation<N>[],
): readonly T[] => {
  const [build, wrap, rho] = [networks[network], settings[setting], activations[activation]]
  if (build === undefined || wrap === undefined || rho === undefined)
    throw new RangeError(`no model ${network}, ${setting}, ${activation}`)
  const dynamics = wrap<N>({ interaction: build(sizes), activation: rho, epsilon })
  const make = maker(view, pool, tangents)
  const layers = (nth: number): Layers<T> => sizes.slice(1).map((units, l) => make(nth + l, [batch, units]))
  const theta = Object.fromEntries(Object.entries(dynamics.params).map(([name, shape], p) => [name, make(20 + p, shape)]))
  const motion = dynamics.at(view.algebra)(theta, make(0, [batch, sizes[0] ?? 0]))
  const [s, force, v] = [layers(1), layers(6), layers(11)]
  const pulled = motion.pull(s)(v)
  const named = (params: Params<T>): readonly T[] => Object.keys(dynamics.params).flatMap((name) => params[name] ?? [])
  return [
    ...motion.step(s), ...motion.step(s, force),
    ...pulled.state, ...named(pulled.param()), pulled.input(),
    ...named(motion.rule(s)),
  ]
}

const steps = <N extends Op, X, Y, V>(agreement: Agreement<N, X, Y, V>): Law => law({
  name: `${agreement.prefix}.step`,
  says: 'step, pull and rule of each setting on layered, toy and lateral networks give the same numbers in both',
  cites: 'THEORY §12, L12',
  about: [...agreement.about, ...Object.keys(settings), ...Object.keys(networks)],
  rung: agreement.rung, over: namesOf(agreement), runs: 60,
  instances: models(agreement.states, agreement.activations.length),
  subject: { first: agreement.first, second: agreement.second },
  judge: (pair: Pair<N, X, Y, V>) => (model) => {
    const same = compared(pair, agreement.gap)
    const ours = motionOf(pair.first, model, agreement.activations)
    const theirs = motionOf(pair.second, model, agreement.activations)
    return worst([allTrue(ours.length === theirs.length), ...ours.map((x, i) => {
      const y = theirs[i]
      return y === undefined ? { gap: NaN, allowance: 0 } : same(x, y)
    })])
  },
  mutants: faultsOf(agreement, 'lastSample', 'matmulNN', 'sumRows', 'addRow', 'fill'),
})

/** L12 for a pair of interpreters: single operations, and whole steps. */
export const agreementLaws = <N extends Op, X, Y, V>(agreement: Agreement<N, X, Y, V>): readonly Law[] =>
  [operations(agreement), steps(agreement)]

// ── Those that ship ──────────────────────────────────────────────────────────────────────────────────────────────

const [Q, F, C] = [lift(rational), lift(float64), lift(complex)]
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

const realView: View<'tanh' | 'logistic', Lifted<number>, Complex> =
  { algebra: F, embed: F.of, read: (x) => x.data.map((re) => ({ re, im: 0 })) }
const complexView: View<'tanh' | 'logistic', Lifted<Complex>, Complex> = { algebra: C, embed: C.of, read: (x) => x.data }

const inFloats = { first: referenceView, second: floatView }
const withoutTangents = { first: withZeros, second: zeroTangents }
const inDuals = { first: dualNumbers, second: dualTensors }
const inDyadics = { first: rationalView, second: dyadicView }
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
    functions: ['tanh', 'logistic', 'clip', 'inside'], activations: [tanh, sigm, hardSigmoid, quadratic],
    faults: [
      wrongly(inFloats)('sums run backwards', {
        dot: (a, b) => F.dot(lifted(a.shape, a.data.toReversed()), lifted(b.shape, b.data.toReversed())),
      }),
      wrongly(inFloats)('tanh by exponentials', {
        tanh: (x) => lifted(x.shape, x.data.map((e) => 1 - 2 / (Math.exp(2 * e) + 1))),
      }),
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
    functions: ['tanh', 'logistic', 'clip', 'inside'], activations: [tanh, sigm, hardSigmoid, quadratic],
    faults: [
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
  // tanh of a real complex number divides by exactly 1. Over c it forms (x c) / (c c), three roundings instead of one: γ_4.
  // logistic: (1 + tanh(x/2)) / 2 has error ½ (2u + u), 1 / (1 + e^−x) at most 2u (see L14.float64.functions): below 4u.
  ...agreementLaws<'tanh' | 'logistic', Lifted<number>, Lifted<Complex>, Complex>({
    prefix: 'L12.complex', about: ['complex', 'lift', 'float64'], rung: 'float64',
    ...onReals, gap: complex.distance,
    operands: entries, states: entries, factors: ordinary,
    functions: ['tanh', 'logistic'], activations: [tanh, quadratic],
    allowance: (operation, magnitude) =>
      operation === 'over' ? gamma(4) * magnitude : operation === 'logistic' ? 4 * u : 0,
    faults: [
      wrongly(onReals)('logistic of 4x − 2', {
        logistic: (x) => C.logistic(C.sub(C.scale(4, x), C.fill(x.shape, 2))),
      }),
      wrongly(onReals)('neg conjugates and adds i', {
        neg: (x) => lifted(x.shape, x.data.map(({ re, im }) => ({ re: -re, im: 1 - im }))),
      }),
    ],
  }),
]
