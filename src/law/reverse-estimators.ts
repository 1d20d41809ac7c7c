/**
 * L7: estimators that walk back agree at a steady state, over exact rationals.
 *
 * RBP(K), which sums the λ_t and pulls once, is BPTT(K). And both tend to the solution of (1 − Jᵀ) Λ = g, here found by elimination
 * with J from dual numbers: with q = ‖Jᵀ‖∞ < 1, what is left of g after a sum of λ's leaves at most |left| / (1 − q) of Λ, and of a
 * parameter's gradient C times that, C the largest Σ_i |∂F_i/∂θ| / batch.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { squaredError } from '../cost/squared-error.ts'
import type { Estimate, Estimator } from '../estimate/estimator.ts'
import { bptt, implicit, rbp } from '../estimate/reverse.ts'
import { stateDistance } from '../fold/free-phase.ts'
import { orThrow } from '../fold/mistake.ts'
import { take } from '../fold/phase.ts'
import { pose } from '../fold/pose.ts'
import { rational, type Rational } from '../number/rational.ts'
import type { Dynamics, ExactDynamics } from '../phi/dynamics.ts'
import { energyBased } from '../phi/energy-based.ts'
import type { Layers, Params } from '../phi/interaction.ts'
import { innerNudged } from '../phi/prototypical.ts'
import type { Op } from '../tensor/algebra.ts'
import { dualOf } from '../tensor/dual.ts'
import { lift, lifted, type Lifted } from '../tensor/lift.ts'
import { bounded } from './closeness.ts'
import { activationOf, anywhere, energyRest, interactionOf, networks, type NetworkSpec, prototypicalRest, stationary } from './instances.ts'
import { type Law, law, type Mutant, type Verdict, worst } from './law.ts'
import { solve } from './linear-solve.ts'
import { faultyMotion, mapParams } from './mutants.ts'

type Q = Lifted<Rational>
const A = lift(rational)

/** The largest distance of two sets of parameters. */
export const paramDistance = (a: Params<Q>, b: Params<Q>): number =>
  Object.entries(a).reduce((most, [name, p]) => Math.max(most, A.distance(p, b[name] as Q)), 0)

/** Whole gradients and every moment of two estimates, entry for entry. */
export const sameEstimate = (a: Estimate<Q>, b: Estimate<Q>): Verdict => {
  const [f, g] = [a, b].map(({ course }) => (course === undefined ? [] : take(course.phase, course.steps)))
  const apart = (f ?? []).map((moment, t) => {
    const other = g?.[t]
    return other === undefined ? Infinity : Math.max(stateDistance(A, moment.state, other.state), paramDistance(moment.param(), other.param()))
  })
  return { gap: Math.max(paramDistance(a.params, b.params), (f ?? []).length === (g ?? []).length ? 0 : Infinity, ...apart), allowance: 0 }
}

/** The same estimator, run on a dynamics with a fault. */
export const onFaulty = (estimator: Estimator, fault: <N extends Op>(dynamics: Dynamics<N>) => Dynamics<N>): Estimator =>
  ({ ...estimator, at: (B, dynamics, cost) => estimator.at(B, fault(dynamics), cost) })

/** Faults of pulls; a fault for dynamics of any kind, since `metric` is not looked at. */
const pullFault = (fault: Parameters<typeof faultyMotion>[1]) => <N extends Op>(dynamics: Dynamics<N>): Dynamics<N> =>
  faultyMotion(dynamics as ExactDynamics<N>, fault)

const backwards = pullFault((B, m) => ({ pull: (s) => (v) => ({ ...m.pull(s)(v), state: m.pull(s)(v).state.map(B.neg) }) }))

// ── RBP(K) = BPTT(K) ─────────────────────────────────────────────────────────────────────────────────────────────

/** A network at rest, with K copies of its state behind it. */
const atRest = (spec: NetworkSpec, kind: 'energy-based' | 'prototypical') => {
  const interaction = interactionOf(spec)
  const instance = kind === 'energy-based'
    ? stationary(rational, spec, energyRest, 'activated', interaction) : stationary(rational, spec, prototypicalRest, 'raw', interaction)
  fc.pre(instance !== undefined)
  const setting = { interaction, activation: activationOf(spec), epsilon: spec.epsilon }
  const dynamics: ExactDynamics<never> = kind === 'energy-based' ? energyBased(setting) : innerNudged(setting)
  return { dynamics, data: instance.data, settled: { state: instance.state, before: Array.from({ length: spec.steps + 1 }, () => instance.state) } }
}

type Rbp = (steps: number) => Estimator

const agrees = (kind: 'energy-based' | 'prototypical') => (subject: Rbp) => (spec: NetworkSpec): Verdict => {
  const { dynamics, data, settled } = atRest(spec, kind)
  const run = (estimator: Estimator): Estimate<Q> => orThrow(estimator.at(A, dynamics, squaredError)(data, settled))
  return sameEstimate(run(bptt(spec.steps)), run(subject(spec.steps)))
}

const shifted: Rbp = (steps) => ({
  ...rbp(steps),
  at: (B, dynamics, cost) => (data, { state, before }) =>
    rbp(steps).at(B, dynamics, cost)(data, { before, state: state.map((sl) => B.add(sl, B.fill(B.shape(sl), 0.125))) }),
})

const rbpFaults: readonly Mutant<Rbp>[] = [
  { fault: 'RBP stops one term early', subject: (steps) => rbp(steps === 1 ? 2 : steps - 1) },
  { fault: 'RBP starts from another state', subject: shifted },
  { fault: 'RBP pulls with −Jᵀ', subject: (steps) => onFaulty(rbp(steps), backwards) },
  {
    fault: 'RBP walks without the leak',
    subject: (steps) => onFaulty(rbp(steps), pullFault((B, m) => ({
      pull: (s) => (v) => ({ ...m.pull(s)(v), state: m.pull(s)(v).state.map((sl, l) => B.sub(sl, B.scale(0.5, v[l] as typeof sl))) }),
    }))),
  },
  { fault: 'RBP forgets the mean over the batch', subject: (steps) => ({
    ...rbp(steps),
    at: (B, dynamics, cost) => (data, settled) => {
      const result = rbp(steps).at(B, dynamics, cost)(data, settled)
      return E.isLeft(result) ? result : E.right({ ...result.right, params: mapParams(result.right.params, (p) => B.scale(B.shape(data.x)[0] ?? 1, p)) })
    },
  }) },
]

// ── implicit = K → ∞ ─────────────────────────────────────────────────────────────────────────────────────────────

/** (1 − Jᵀ) Λ = g by elimination, with q = ‖Jᵀ‖∞ and C as above. Undefined where q is not below 1. */
const eliminated = (spec: NetworkSpec) => {
  const { data, state } = anywhere(rational, spec)
  const dynamics = energyBased({ interaction: interactionOf(spec), activation: activationOf(spec), epsilon: spec.epsilon })
  const problem = orThrow(pose(A, dynamics, squaredError)(data))
  const D = dualOf(A)
  const dual = dynamics.at(D)(mapParams(data.theta, D.constant), D.constant(data.x))
  const flat = (layers: Layers<Q>): readonly Rational[] => layers.flatMap((sl) => [...sl.data])
  const count = flat(state).length
  const units = Array.from({ length: count }, (_, i): Layers<Q> => {
    const starts = state.map((_, l) => flat(state.slice(0, l)).length)
    return state.map((sl, l) => lifted(sl.shape, sl.data.map((_, j) => (j + (starts[l] as number) === i ? rational.one : rational.zero))))
  })
  // Column i of J is row i of Jᵀ, seen from its other side.
  const columns = units.map((e) => flat(dual.step(state.map((primal, l) => ({ primal, tangent: e[l] as Q }))).map(D.tangent)))
  const q = columns.reduce((most, column) => Math.max(most, column.reduce((total, x) => total + Math.abs(rational.toNumber(x)), 0)), 0)
  fc.pre(q < 0.95)
  const start = state.map((sl, l) => (l === state.length - 1 ? problem.costing.gradient(sl) : A.fill(sl.shape, 0)))
  const g = flat(start)
  const solution = solve(rational, columns.map((column, i) => column.map((x, j) => rational.sub(i === j ? rational.one : rational.zero, x))), g)
  fc.pre(solution !== undefined)
  const pull = problem.motion.pull(state)
  const lambda = units.reduce<Layers<Q>>(
    (total, e, i) => total.map((sl, l) => A.add(sl, A.times(lifted([], [solution[i] as Rational]), e[l] as Q))), state.map((sl) => A.fill(sl.shape, 0)))
  const truth = mapParams(pull(lambda).param(), (p) => A.over(p, spec.batch))
  const effects = units.map((e) => pull(e).param())
  const C = Object.keys(truth).reduce((most, name) => (truth[name] as Q).data.reduce(
    (top, _, k) => Math.max(top, effects.reduce((total, effect) => total + Math.abs(rational.toNumber((effect[name] as Q).data[k] as Rational)), 0)), most), 0) / spec.batch
  const size = g.reduce((most, x) => Math.max(most, Math.abs(rational.toNumber(x))), 0)
  return { dynamics, data, state, truth, share: (C * size) / (1 - q), q }
}

const small = networks({
  layers: 2, units: 2, batch: 2, steps: 6, activations: [[0, 0.5], [0.25, 0.5, 0.25]], epsilons: [0.5, 1],
  fraction: fc.integer({ min: -8, max: 8 }).map((n): readonly [number, number] => [n, 8]),
})

const tolerance = 2 ** -8

const limits = (subject: Estimator) => (spec: NetworkSpec): Verdict => {
  const { dynamics, data, state, truth, share, q } = eliminated(spec)
  const run = (estimator: Estimator): Params<Q> => orThrow(estimator.at(A, dynamics, squaredError)(data, { state, before: [] })).params
  return worst([
    bounded(paramDistance(run(subject), truth), tolerance * share),
    bounded(paramDistance(run(rbp(spec.steps)), truth), q ** spec.steps * share),
  ])
}

const solver = implicit({ tolerance, most: 200 })

export const reverseEstimatorLaws: readonly Law[] = [
  ...(['energy-based', 'prototypical'] as const).map((kind) => law<Rbp, NetworkSpec>({
    name: `L7.rbp.${kind}`, says: 'RBP(K) and BPTT(K) are identical at a steady state: the whole gradient, and every ∇s(t) and ∇θ(t)', cites: 'docs/theory.md §2, §15',
    about: ['rbp', 'bptt'], rung: 'exact rationals', over: ['lift(rational)'], runs: 100,
    instances: networks({ layers: 3, units: 3, batch: 2, steps: 8 }), subject: rbp, judge: agrees(kind), mutants: rbpFaults,
  })),
  law<Estimator, NetworkSpec>({
    name: 'L7.implicit', says: 'implicit(tolerance) and RBP(K) are as near to (∂F/∂θ)ᵀ (1 − Jᵀ)⁻¹ ∂ℓ/∂s as their remainders allow', cites: 'docs/theory.md §15',
    about: ['implicit', 'rbp'], rung: 'exact rationals', over: ['lift(rational)', 'dualOf(lift(rational))'], runs: 40,
    instances: small, subject: solver, judge: limits,
    mutants: [
      { fault: 'one term is taken for all', subject: rbp(1) },
      { fault: 'solves with 1 + Jᵀ', subject: onFaulty(solver, backwards) },
      { fault: 'stops at half the cost gradient', subject: implicit({ tolerance: 0.9, most: 200 }) },
    ],
  }),
]
