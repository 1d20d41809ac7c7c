/**
 * L1 for the cross-entropy with its readout, in float64: derivatives against dual numbers and against central differences; softmax.ts has what
 * makes a softmax one. Allowances are read off the error-tracking interpreter (tracked.ts), over which both sides are computed.
 */
import fc from 'fast-check'
import type { Cost, Costing } from '../cost/cost.ts'
import { crossEntropy, softmaxCrossEntropy } from '../cost/cross-entropy.ts'
import type { Algebra, Shape } from '../tensor/algebra.ts'
import { dualOf } from '../tensor/dual.ts'
import { reference, type Tensor } from '../tensor/reference.ts'
import { slack } from './closeness.ts'
import { type Law, law, type Verdict, worst } from './law.ts'
import { drawn, entries, pools } from './number-arbitraries.ts'
import { mapParams } from './mutants.ts'
import { errorFree, tracked, type Tracked } from './tracked.ts'

export type Exponentials = 'exp' | 'log'
const D = dualOf(tracked)

/** A batch with a readout; logits up to a few times `size`. Targets are one-hot, or half one class and half another. */
export interface Read {
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

/** The targets of an instance, (batch, classes). */
export const targets = ({ batch, classes, labels }: Pick<Read, 'batch' | 'classes' | 'labels'>): Tensor =>
  reference.of([batch, classes], Array.from({ length: batch * classes }, (_, i) => {
    const [first, second] = labels[Math.floor(i / classes)] as readonly [number, number]
    return (Number(first % classes === i % classes) + Number(second % classes === i % classes)) / 2
  }))

/** |a − b| of two computed scalars that are equal exactly, against the sum of their error bounds. */
export const agreeing = (a: Tracked, b: Tracked, more: number = 0): Verdict => {
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

export type CostingFault = <T>(A: Algebra<Exponentials, T>, costing: Costing<T>, y: T) => Partial<Costing<T>>
/** A cost with parts of its costing replaced. */
export const wrongly = (cost: Cost<Exponentials>, fault: CostingFault): Cost<Exponentials> => ({
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
]
