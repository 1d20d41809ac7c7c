/**
 * L1 for the cross-entropy with its readout, in float64: derivatives against dual numbers and against central differences, and what makes
 * a softmax one. Allowances are read off the error-tracking interpreter (tracked.ts), over which both sides are computed.
 */
import fc from 'fast-check'
import type { Cost, Costing } from '../cost/cost.ts'
import { crossEntropy, softmax, softmaxCrossEntropy } from '../cost/cross-entropy.ts'
import type { Algebra, Shape } from '../tensor/algebra.ts'
import { dualOf } from '../tensor/dual.ts'
import { reference, type Tensor } from '../tensor/reference.ts'
import { allTrue, exactly, slack } from './closeness.ts'
import { type Law, law, type Verdict, worst } from './law.ts'
import { drawn, entries, pools } from './number-arbitraries.ts'
import { mapParams } from './mutants.ts'
import { errorFree, tracked, type Tracked } from './tracked.ts'

type Exponentials = 'exp' | 'log'
const D = dualOf(tracked)

/** A batch with a readout; logits up to a few times `size`. Targets are one-hot, or half one class and half another. */
interface Read {
  readonly batch: number
  readonly features: number
  readonly classes: number
  readonly size: number
  readonly labels: readonly (readonly [number, number])[]
  readonly pool: readonly number[]
}

// Up to 16: d ≥ −400, whose exponential is still far from underflow.
const reads: fc.Arbitrary<Read> = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  features: fc.integer({ min: 1, max: 3 }),
  classes: fc.integer({ min: 1, max: 5 }),
  size: fc.constantFrom(0.5, 1, 4, 16),
  labels: fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { minLength: 3, maxLength: 3 }),
  pool: pools(entries),
})

const targets = ({ batch, classes, labels }: Pick<Read, 'batch' | 'classes' | 'labels'>): Tensor =>
  reference.of([batch, classes], Array.from({ length: batch * classes }, (_, i) => {
    const [first, second] = labels[Math.floor(i / classes)] as readonly [number, number]
    return (Number(first % classes === i % classes) + Number(second % classes === i % classes)) / 2
  }))

/** |a − b| of two computed scalars that are equal exactly, against the sum of their error bounds. */
const agreeing = (a: Tracked, b: Tracked, more: number = 0): Verdict => {
  const [gap, error] = [reference.distance(a.value, b.value), reference.numbers(reference.add(a.error, b.error))[0] as number]
  return { gap, allowance: slack * (error + more) + Number.MIN_VALUE }
}

const tensorsOf = ({ batch, features, classes, size, pool }: Read) => {
  const tensor = (nth: number, shape: Shape, scale: number): Tensor =>
    reference.scale(scale, reference.of(shape, drawn(pool, nth, shape.reduce((n, k) => n * k, 1))))
  return {
    s: tensor(0, [batch, features], 1), v: tensor(1, [batch, features], 1),
    theta: { Wo: tensor(2, [classes, features], size), bo: tensor(3, [classes], size) },
    eta: { Wo: tensor(4, [classes, features], 1), bo: tensor(5, [classes], 1) },
  }
}

type Make = (options: { readonly features: number; readonly outputs: number }) => Cost<Exponentials>

/** D_v ℓ = ⟨∂ℓ/∂s, v⟩ and D_η ℓ = ⟨∂ℓ/∂θ, η⟩ for both parameters. */
const byDual = (make: Make) => (instance: Read): Verdict => {
  const { s, v, theta, eta } = tensorsOf(instance)
  const cost = make({ features: instance.features, outputs: instance.classes })
  const [y, at, exact] = [errorFree(targets(instance)), errorFree(s), mapParams(theta, errorFree)]
  const costing = cost.at(tracked)(y, exact)
  const value = (params: typeof exact, tangents: Readonly<Record<string, Tensor>>, direction?: Tensor): Tracked => D.tangent(
    cost.at(D)(D.constant(y), mapParams(params, (primal, name) => ({ primal, tangent: tangents[name] && errorFree(tangents[name]) })))
      .value({ primal: at, tangent: direction && errorFree(direction) }))
  const gradient = costing.param?.(at) ?? {}
  return worst([
    agreeing(value(exact, {}, v), tracked.dot(costing.gradient(at), errorFree(v))),
    ...(['Wo', 'bo'] as const).map((name) => agreeing(value(exact, { [name]: eta[name] }), tracked.dot(gradient[name] as Tracked, errorFree(eta[name])))),
  ])
}

const h = 2 ** -12

/**
 * (ℓ(z + hv) − ℓ(z − hv)) / 2h = ⟨∂ℓ/∂z, v⟩ + h² ℓ‴/6. Along v the third derivative of log Σ e^z is the third central moment of the entries of v
 * under ŷ, which is at most r³/(6√3) for entries in an interval of length r; the other part of ℓ is linear.
 */
const byDifferences = (cost: Cost<Exponentials>) => (instance: Read): Verdict => {
  const { classes, batch, pool, size } = instance
  const of = (nth: number, scale: number): Tensor => reference.scale(scale, reference.of([batch, classes], drawn(pool, nth, batch * classes)))
  const [z, v] = [of(0, size), of(1, 1)]
  const costing = cost.at(tracked)(errorFree(targets(instance)))
  // z ± hv is rounded, which moves ℓ as an error of z does.
  const value = (step: number): Tracked => costing.value(tracked.add(errorFree(z), tracked.scale(step, errorFree(v))))
  const range = 2 * reference.numbers(v).reduce((most, e) => Math.max(most, Math.abs(e)), 0)
  const quotient = tracked.over(tracked.sub(value(h), value(-h)), 2 * h)
  return agreeing(quotient, tracked.dot(costing.gradient(errorFree(z)), errorFree(v)), batch * (h ** 2) * (range ** 3) / (36 * Math.sqrt(3)))
}

/** What is judged as a softmax with its cross-entropy. */
interface Softmax {
  readonly softmax: typeof softmax
  readonly cost: Cost<Exponentials>
}

/** Multiples of 2⁻²⁰ up to 1000, so that adding whole numbers is exact. */
interface Logits {
  readonly batch: number
  readonly classes: number
  readonly shift: number
  readonly small: boolean
  readonly labels: Read['labels']
  readonly pool: readonly number[]
}

const logits: fc.Arbitrary<Logits> = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  classes: fc.integer({ min: 1, max: 5 }),
  shift: fc.integer({ min: -1000, max: 1000 }),
  small: fc.boolean(),
  labels: fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { minLength: 3, maxLength: 3 }),
  pool: pools(fc.integer({ min: -1000 * 2 ** 20, max: 1000 * 2 ** 20 }).map((n) => n / 2 ** 20)),
})

/** The logits of an instance: small ones between −10 and 10, others up to 1000. */
const logitsOf = ({ batch, classes, small, pool }: Logits): Tensor =>
  reference.of([batch, classes], drawn(pool, 0, batch * classes).map((z) => (small ? Math.trunc(z * 2 ** 10) / 2 ** 17 : z)))

/** Shifted logits give the same bits, whatever their size; every ŷ is in [0, 1] and rows sum to 1. */
const shifts = ({ softmax: f, cost }: Softmax) => (instance: Logits): Verdict => {
  const [z, y] = [logitsOf(instance), targets(instance)]
  const moved = reference.add(z, reference.fill(reference.shape(z), instance.shift))
  const [p, costing] = [f(tracked)(errorFree(z)), cost.at(reference)(y)]
  const ones = tracked.fill([instance.classes, 1], 1)
  const sums = tracked.matmulNN(p, ones)
  const errors = reference.numbers(sums.error)
  return worst([
    exactly(reference, [
      [f(reference)(moved), f(reference)(z)],
      [costing.value(moved), costing.value(z)],
      [costing.gradient(moved), costing.gradient(z)],
      [costing.gradient(z), reference.sub(f(reference)(z), y)],
    ]),
    allTrue(
      reference.numbers(p.value).every((e) => e >= 0 && e <= 1 + 2 ** -40),
      reference.numbers(costing.value(z)).every((e) => Number.isFinite(e) && e >= -(2 ** -40)),
    ),
    ...Array.from(reference.numbers(sums.value), (sum, b) => ({ gap: Math.abs(sum - 1), allowance: slack * (errors[b] as number) })),
  ])
}

/** log ŷ_c − log ŷ_k = z_c − z_k, which with the sum 1 is what a softmax is; and ℓ = −Σ y log ŷ. Small logits, so that no ŷ is 0. */
const defines = ({ softmax: f, cost }: Softmax) => (instance: Logits): Verdict => {
  const [z, y] = [errorFree(logitsOf({ ...instance, small: true })), errorFree(targets(instance))]
  const [batch, classes] = [instance.batch, instance.classes]
  const logOf = tracked.log(f(tracked)(z))
  const next = { shape: [batch, classes], at: Array.from({ length: batch * classes }, (_, i) => i - (i % classes) + ((i + 1) % classes)) }
  const around = (x: Tracked): Tracked => tracked.sub(x, tracked.gather(x, next))
  const [left, right] = [around(logOf), around(z)]
  const [gaps, errors] = [reference.numbers(reference.sub(left.value, right.value)), reference.numbers(reference.add(left.error, right.error))]
  return worst([
    ...Array.from(gaps, (gap, i) => ({ gap: Math.abs(gap), allowance: slack * (errors[i] as number) + Number.MIN_VALUE })),
    agreeing(cost.at(tracked)(y).value(z), tracked.neg(tracked.dot(y, logOf))),
  ])
}

/** A softmax that starts from other logits: wrong(A)(z) instead of z. */
const from = (wrong: <T>(A: Algebra<Exponentials, T>) => (z: T) => T): Softmax => ({
  softmax: (A) => (z) => softmax(A)(wrong(A)(z)),
  cost: { ...softmaxCrossEntropy, at: (A) => (y) => {
    const costing = softmaxCrossEntropy.at(A)(y)
    return { value: (z) => costing.value(wrong(A)(z)), gradient: (z) => costing.gradient(wrong(A)(z)) }
  } },
})

const true_: Softmax = { softmax, cost: softmaxCrossEntropy }

/** e^z / Σ e^z by powers and without the maximum: overflows. */
const plainly = <T>(A: Algebra<Exponentials, T>) => (z: T): T => {
  const columns = A.fill([A.shape(z)[1] ?? 0, 1], 1)
  const logSum = A.log(A.matmulNN(A.exp(z), columns))
  return A.exp(A.sub(z, A.matmulNN(logSum, A.fill([1, A.shape(z)[1] ?? 0], 1))))
}

/** e^z normalised over the whole batch. */
const overBatch = <T>(A: Algebra<Exponentials, T>) => (z: T): T => A.over(softmax(A)(z), A.shape(z)[0] ?? 1)

type CostingFault = <T>(A: Algebra<Exponentials, T>, costing: Costing<T>, y: T) => Partial<Costing<T>>
const wrongly = (cost: Cost<Exponentials>, fault: CostingFault): Cost<Exponentials> => ({
  ...cost,
  at: <T>(A: Algebra<Exponentials, T>) => (y: T, theta?: Readonly<Record<string, T>>): Costing<T> => {
    const costing = cost.at(A)(y, theta)
    return { ...costing, ...fault(A, costing, y) }
  },
})

const faults = (fault: string, change: CostingFault) => ({ fault, subject: ((options) => wrongly(crossEntropy(options), change)) satisfies Make })
const logitFaults = (fault: string, change: CostingFault) => ({ fault, subject: wrongly(softmaxCrossEntropy, change) })

/** L1 for the cross-entropy. */
export const crossEntropyLaws: readonly Law[] = [
  law({
    name: 'L1.cross-entropy', says: '∂ℓ/∂s = W_oᵀ(ŷ − y), ∂ℓ/∂W_o = (ŷ − y) sᵀ and ∂ℓ/∂b_o = ŷ − y agree with dual numbers, within the rounding of both',
    cites: 'docs/theory.md §14; Laborieux et al. 2021, eq. (11)', about: ['crossEntropy'], rung: 'float64', over: ['reference', 'dualOf(reference)'], runs: 100,
    instances: reads, subject: crossEntropy, judge: byDual,
    mutants: [
      faults('∂ℓ/∂s off by one part in 10⁹', (A, c) => ({ gradient: (s) => A.scale(1 + 1e-9, c.gradient(s)) })),
      faults('∂ℓ/∂θ with the wrong sign', (A, c) => ({ param: (s) => mapParams(c.param?.(s) ?? {}, A.neg) })),
      faults('∂ℓ/∂θ at twice the state', (A, c) => ({ param: (s) => c.param?.(A.scale(2, s)) ?? {} })),
      faults('the value is twice too large', (A, c) => ({ value: (s) => A.scale(2, c.value(s)) })),
    ],
  }),
  law({
    name: 'L1.cross-entropy.differences', says: '⟨ŷ − y, v⟩ is the central difference of ℓ along v, within h² r³/(36√3) and rounding',
    cites: 'docs/theory.md §14; the third central moment on an interval of length r is at most r³/(6√3)', about: ['softmaxCrossEntropy'],
    rung: 'float64', over: ['reference'], runs: 100, instances: reads, subject: softmaxCrossEntropy, judge: byDifferences,
    mutants: [
      logitFaults('ŷ without y', (A, c, y) => ({ gradient: (z) => A.add(c.gradient(z), y) })),
      logitFaults('y − ŷ', (A, c) => ({ gradient: (z) => A.neg(c.gradient(z)) })),
      logitFaults('log Σ e^d only', (A, c, y) => ({ value: (z) => A.add(c.value(z), A.dot(y, z)) })),
    ],
  }),
  law({
    name: 'L1.cross-entropy.shift', says: 'softmax(z + c) = softmax(z) and ℓ(z + c) = ℓ(z) bit for bit where z + c is exact, for logits up to 1000; 0 ≤ ŷ, rows sum to 1',
    cites: 'docs/theory.md §14; Higham, Accuracy and Stability of Numerical Algorithms, §1.13', about: ['softmax', 'softmaxCrossEntropy'],
    rung: 'float64', over: ['reference'], runs: 200, instances: logits, subject: true_, judge: shifts,
    mutants: [
      { fault: 'without the maximum: overflows', subject: { ...true_, softmax: plainly } },
      { fault: 'normalised over the batch', subject: { ...true_, softmax: overBatch } },
      { fault: 'the square of the logits', subject: from((A) => (z) => A.mul(z, z)) },
      { fault: 'the gradient forgets the target', subject: { ...true_, cost: wrongly(softmaxCrossEntropy, (A, c, y) => ({ gradient: (z) => A.add(c.gradient(z), y) })) } },
    ],
  }),
  law({
    name: 'L1.cross-entropy.softmax', says: 'log ŷ_c − log ŷ_k = z_c − z_k and ℓ = −Σ y log ŷ, within the rounding of both sides',
    cites: 'docs/theory.md §14', about: ['softmax', 'softmaxCrossEntropy'], rung: 'float64', over: ['reference'], runs: 200,
    instances: logits, subject: true_, judge: defines,
    mutants: [
      { fault: 'a softmax at temperature 2', subject: from((A) => (z) => A.over(z, 2)) },
      { fault: 'e^−z', subject: from((A) => A.neg) },
      { fault: 'the value without log Σ e^d', subject: { ...true_, cost: wrongly(softmaxCrossEntropy, (A, _, y) => ({ value: (z) => A.neg(A.dot(y, z)) })) } },
    ],
  }),
]
