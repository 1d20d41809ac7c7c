/**
 * Laws for a term or a dynamics of the user's own, over exact rationals, as suites: derivatives (L1), symmetry (L2) and the theorem (L5).
 *
 * The theorem needs a state that stands still. Any state s does under s ← F(s) + c with the constant c = s − F(s): J, the metric, the rule and
 * ∂F/∂θ are those of F (for a Φ it is Φ + ⟨c, s⟩), so what is shown of F + c at s is what (H1) claims of F there. Nothing is iterated or solved.
 */
import type fc from 'fast-check'
import { squaredError } from '../cost/squared-error.ts'
import { backpropagation } from '../fold/bptt.ts'
import { orThrow } from '../fold/mistake.ts'
import { equilibriumPropagation } from '../fold/nudged-phase.ts'
import type { Moment, Phase } from '../fold/phase.ts'
import { pose } from '../fold/pose.ts'
import type { Dynamics, ExactDynamics, GradientDynamics, Motion } from '../phi/dynamics.ts'
import { collected, contrastOf, type Interaction, type Layers } from '../phi/interaction.ts'
import { rational, type Rational } from '../number/rational.ts'
import { dualOf, type DualTensor } from '../tensor/dual.ts'
import { lift, type Lifted } from '../tensor/lift.ts'
import { compareFolds, vanishing } from '../theorem.ts'
import { hessian, primitive, symmetry, termDerivatives, transposes } from './derivatives.ts'
import { anywhereIn, type NetworkSpec } from './instances.ts'
import { type Law, law, type Verdict } from './law.ts'
import { faultyMotion, faultyTerm, late, mapDrives, mapParams } from './mutants.ts'

type Q = Lifted<Rational>
type Clips = 'clip' | 'inside'
const A = lift(rational)
const D = dualOf(A)

/** What a suite is told besides its subject. */
export interface SuiteOptions {
  /** Second part of the laws' names: L1.NAME, L2.NAME, … */
  readonly name: string
  /** Random networks to realise the subject in, such as `networks({ layers: 3, units: 3, batch: 2, steps: 3 })`. */
  readonly instances: fc.Arbitrary<NetworkSpec>
  /** Where the formulas are derived. */
  readonly cites?: string
  /** Instances per law; 100 by default. */
  readonly runs?: number
}

const over = ['lift(rational)', 'dualOf(lift(rational))'] as const
const exact = 'exact rationals' as const
const common = ({ name, instances, cites = 'docs/extending.md', runs = 100 }: SuiteOptions) =>
  ({ cites, about: [name], rung: exact, over, runs, instances })

/**
 * L1 for a term: value, ∂Ψ/∂u, ∂Ψ/∂θ and pull against dual numbers at arbitrary states. The term must fit the layers of the instance's own
 * network (`interactionOf`), whose parameters it may share; it may bring parameters of its own.
 */
export const termLaws = (term: (spec: NetworkSpec) => Interaction<never>, options: SuiteOptions): readonly Law[] => [law({
  ...common(options),
  name: `L1.${options.name}`,
  says: 'value, ∂Ψ/∂u, ∂Ψ/∂θ and pull agree with dual numbers in every direction; contrast with param and collect with pull, where there are any',
  subject: term,
  judge: termDerivatives,
  mutants: [
    { fault: 'drive with the wrong sign', subject: (spec) => faultyTerm(term(spec), (B, c) => ({ drive: (u) => mapDrives(c.drive(u), B.neg), constant: mapDrives(c.constant, B.neg) })) },
    { fault: '∂Ψ/∂θ with the wrong sign', subject: (spec) => faultyTerm(term(spec), (B, c) => ({ param: (u) => mapParams(c.param(u), B.neg) })) },
    { fault: 'pull.param twice too large', subject: (spec) => faultyTerm(term(spec), (B, c) => ({
      pull: (u) => (v) => ({ ...c.pull(u)(v), param: () => mapParams(c.pull(u)(v).param(), (p) => B.scale(2, p)) }),
    })) },
    { fault: 'contrast the wrong way round', subject: (spec) => faultyTerm(term(spec), (B, c) => ({ contrast: (after, before) => contrastOf(B, c, before, after) })) },
    { fault: 'collect forgets the first direction', subject: (spec) => faultyTerm(term(spec), (B, c) => ({ collect: (all) => collected(B, c, all.slice(1)) })) },
  ],
})]

/** The motion with a constant added to each step. */
const shifted = <T, M extends Motion<T>>(motion: M, add: (a: T, b: T) => T, c: Layers<T>): M =>
  ({ ...motion, step: (s, force) => motion.step(s, force).map((sl, l) => add(sl, c[l] as T)) })

/** A dynamics, and how BPTT's moments are read: a fault may shift them. */
interface Folded {
  readonly dynamics: (spec: NetworkSpec) => ExactDynamics<Clips>
  readonly bptt: (phase: Phase<Moment<Q>>) => Phase<Moment<Q>>
}

/** Δs(t) = −M ∇s(t) and Δθ(t) = −∇θ(t) for t < K, at a state that is made to stand still. */
const theorem = ({ dynamics, bptt }: Folded) => (spec: NetworkSpec): Verdict => {
  const model = dynamics(spec)
  const { data: { theta, x, y }, state } = anywhereIn(rational, spec, model)
  const plain = orThrow(pose(A, model, squaredError)({ theta, x, y }))
  const dual = orThrow(pose(D, model, squaredError)({ theta: mapParams(theta, D.constant), x: D.constant(x), y: D.constant(y) }))
  const c = plain.motion.step(state).map((moved, l) => A.sub(state[l] as Q, moved))
  const forward = equilibriumPropagation<DualTensor<Q>, Q>({ ...dual, motion: shifted(dual.motion, D.add, c.map(D.constant)) }, vanishing(A), state.map(D.constant))
  const before = Array.from({ length: spec.steps + 1 }, () => state)
  const reverse = orThrow(backpropagation(plain, { state, before }, spec.steps + 1))
  const gaps = compareFolds(A, plain.motion.metric(state))(forward, bptt(reverse), spec.steps)
  return { gap: Math.max(...gaps.state, ...gaps.param), allowance: 0 }
}

type Make<X> = (spec: NetworkSpec) => X
type Change = Parameters<typeof faultyMotion<Clips>>[1]
const doubledRule: Change = (B, m) => ({ rule: (s) => mapParams(m.rule(s), (p) => B.scale(2, p)) })
const doubledParam: Change = (B, m) => ({ pull: (s) => (v) => ({ ...m.pull(s)(v), param: () => mapParams(m.pull(s)(v).param(), (p) => B.scale(2, p)) }) })
const backward: Change = (B, m) => ({
  contrast: (after, before) => {
    const [a, b] = [m.rule(after.s, after.previous), m.rule(before.s, before.previous)]
    return mapParams(a, (p, name) => B.sub(b[name] as typeof p, p))
  },
})
const receding: Change = (B, m) => ({ local: (s) => (v) => mapParams(m.local?.(s)(v) ?? m.pull(s)(v).param(), B.neg) })
const lopsided: Change = (B, m) => ({ pull: (s) => (v) => ({ ...m.pull(s)(v), state: m.pull(s)(v).state.map((p, l) => (l === 0 ? B.scale(2, p) : p)) }) })

/** A fault in whatever the dynamics claim. */
const faultyly = <X extends Dynamics<Clips>>(make: Make<X>, change: Change): Make<X> => (spec) => {
  const plain = make(spec)
  const faulty = faultyMotion(plain as unknown as ExactDynamics<Clips>, change)
  return { ...plain, at: faulty.at }
}

/**
 * For any dynamics: (∂F/∂s)ᵀ, (∂F/∂θ)ᵀ and (∂F/∂x)ᵀ of `pull` against dual numbers (L1.NAME.pull). Its layers and
 * parameters may be any: states and data are drawn in its own shapes.
 */
export const dynamicsLaws = (dynamics: Make<Dynamics<Clips>>, options: SuiteOptions): readonly Law[] => [law({
  ...common(options), name: `L1.${options.name}.pull`, says: '⟨w, DF⟩ = ⟨pull w, ·⟩ for s, θ and x; contrast and local agree with rule and collect with pull, where there are any',
  subject: dynamics, judge: transposes,
  mutants: [
    { fault: 'pull.param twice too large', subject: faultyly(dynamics, doubledParam) },
    { fault: 'contrast the wrong way round', subject: faultyly(dynamics, backward) },
    { fault: 'local with the wrong sign', subject: faultyly(dynamics, receding) },
  ],
})]

/** For dynamics that claim a metric: also J M = M Jᵀ, the force and the rule (L2.NAME), and the theorem (L5.NAME). */
export const exactDynamicsLaws = (dynamics: Make<ExactDynamics<Clips>>, options: SuiteOptions): readonly Law[] => [
  ...dynamicsLaws(dynamics, options),
  law({
    ...common(options), name: `L2.${options.name}`, says: 'J M = M Jᵀ, forces enter through M, ∂(rule)/∂s M v = (∂F/∂θ)ᵀ v',
    subject: dynamics, judge: symmetry,
    mutants: [{ fault: 'rule twice too large', subject: faultyly(dynamics, doubledRule) }],
  }),
  law({
    ...common(options), name: `L5.${options.name}`, says: 'Δs(t) = −M ∇s(t) and Δθ(t) = −∇θ(t), identical for all t < K, at any state made to stand still',
    subject: { dynamics, bptt: (phase: Phase<Moment<Q>>) => phase }, judge: theorem,
    mutants: [
      { fault: 'rule twice too large', subject: { dynamics: faultyly(dynamics, doubledRule), bptt: (phase: Phase<Moment<Q>>) => phase } },
      { fault: 'time index of BPTT shifted by one', subject: { dynamics, bptt: late } },
    ],
  }),
]

/** For dynamics with a Φ: also F = ∂Φ/∂s and rule = ∂Φ/∂θ (L1.NAME.primitive) and a symmetric Hessian by `pull` alone (L2.NAME.hessian). */
export const gradientDynamicsLaws = (dynamics: Make<GradientDynamics<never>>, options: SuiteOptions): readonly Law[] => [
  law({
    ...common(options), name: `L1.${options.name}.primitive`, says: 'F = ∂Φ/∂s and rule = ∂Φ/∂θ by dual numbers',
    subject: dynamics, judge: primitive,
    mutants: [{ fault: 'rule twice too large', subject: faultyly<GradientDynamics<never>>(dynamics, doubledRule) }],
  }),
  law({
    ...common(options), name: `L2.${options.name}.hessian`, says: '⟨v, ∂²Φ/∂s² w⟩ = ⟨w, ∂²Φ/∂s² v⟩',
    subject: dynamics, judge: hessian,
    mutants: [{ fault: 'one layer of pull.state doubled', subject: faultyly<GradientDynamics<never>>(dynamics, lopsided) }],
  }),
  ...exactDynamicsLaws(dynamics, options),
]
