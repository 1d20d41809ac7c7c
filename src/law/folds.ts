/**
 * L4 and L6: what the two folds are as folds. Splitting a phase changes nothing; the reverse fold is the adjoint of the forward
 * one, along any trajectory, settled or not; and EP's updates telescope to the contrastive difference.
 */
import fc from 'fast-check'
import { squaredError } from '../cost/squared-error.ts'
import { backpropagation } from '../fold/bptt.ts'
import { freePhase, type Settled, stateDistance } from '../fold/free-phase.ts'
import { orThrow } from '../fold/mistake.ts'
import { finite } from '../fold/nudge.ts'
import { equilibriumPropagation, nudgedPhase, zipParams } from '../fold/nudged-phase.ts'
import { drop, take } from '../fold/phase.ts'
import { pose, type Problem } from '../fold/pose.ts'
import { float64, unitRoundoff as u } from '../number/float64.ts'
import { rational, type Rational } from '../number/rational.ts'
import { energyBased } from '../phi/energy-based.ts'
import type { Layers } from '../phi/interaction.ts'
import { dualOf } from '../tensor/dual.ts'
import { lift, type Lifted } from '../tensor/lift.ts'
import { exactly } from './closeness.ts'
import { activationOf, anywhere, convolutionals, fill, interactionOf, networks, type NetworkSpec } from './instances.ts'
import { type Law, law, type Verdict, worst } from './law.ts'
import { mapParams } from './mutants.ts'

type Q = Lifted<Rational>
const A = lift(rational)
const D = dualOf(A)
const F = lift(float64)

const dynamicsOf = (spec: NetworkSpec) => energyBased({ interaction: interactionOf(spec), activation: activationOf(spec), epsilon: spec.epsilon })

// States of a cubic network triple their digits at each exact step, so trajectories are short; floats may run longer.
const short = networks({ layers: 2, units: 2, batch: 2, steps: 3, activations: [[0, 1], [0, 1, 0.5], [0.5, 1, 0, -0.25]] })
// Weights and states of at most 1/4 and a gentle polynomial keep these bounded.
const long = networks({
  layers: 3, units: 4, batch: 2, steps: 20, activations: [[0, 0.25], [0.25, 0.25, 0.125]], epsilons: [0.125, 0.25],
  fraction: fc.integer({ min: -40, max: 40 }).map((n): readonly [number, number] => [n, 160]),
})

// The same through convolutions and pooling, whose layers have more units: small maps, and a linear ρ where phases are long.
const shortMaps = fc.noShrink(convolutionals({ batch: 2, steps: 3, activations: [[0, 1], [0, 1, 0.5]] }).filter(({ maps }) => maps !== undefined && maps.pixels <= 4))
const longMaps = convolutionals({
  batch: 2, steps: 20, activations: [[0, 0.25], [0.25, 0.25]], epsilons: [0.125, 0.25],
  fraction: fc.integer({ min: -40, max: 40 }).map((n): readonly [number, number] => [n, 160]),
})
const over = (plain: fc.Arbitrary<NetworkSpec>, maps: fc.Arbitrary<NetworkSpec>) =>
  [{ suffix: '', through: '', cites: '', about: [], instances: plain }, { suffix: '.conv', through: ', through convolutions and pooling', cites: ', §13', about: ['convolutional'], instances: maps }]

/** The free phase of T = K steps from the pool's state, all states kept. */
const trajectory = (spec: NetworkSpec) => {
  const { data, state } = anywhere(rational, spec)
  const problem = orThrow(pose(A, dynamicsOf(spec), squaredError)(data))
  return { data, problem, start: state, settled: orThrow(freePhase(problem, { steps: spec.steps, keep: spec.steps, start: state })) }
}

/** T₁ steps, then T₂ more, against T₁ + T₂ at once, bit for bit in float64; likewise nudged. */
const split = (rejoin: <T>(s: Layers<T>, start: Layers<T>) => Layers<T>) => (spec: NetworkSpec): Verdict => {
  const { data, state } = anywhere(float64, spec)
  const problem = orThrow(pose(F, dynamicsOf(spec), squaredError)(data))
  const [first, second] = [Math.ceil(spec.steps / 2), Math.floor(spec.steps / 2) + 1]
  const run = (steps: number, start: typeof state) => orThrow(freePhase(problem, { steps, start })).state
  const beta = F.fill([], 0.125)
  const nudged = (steps: number, start: typeof state) => take(nudgedPhase(problem, beta, start), steps).at(-1) as typeof state
  return worst([run, nudged].map((go) => ({
    gap: stateDistance(F, go(second, rejoin(go(first, state), state)), go(first + second, state)),
    allowance: 0,
  })))
}

type Trajectory = <T>(settled: Settled<T>) => Settled<T>

/** ⟨∇s(t), δ_{T−t}⟩ is the same for all t, with δ the forward tangent from a random δ_0: the reverse fold is the adjoint. */
const adjoint = (walk: Trajectory) => (spec: NetworkSpec): Verdict => {
  const { data, problem, start, settled } = trajectory(spec)
  const constants = { theta: mapParams(data.theta, D.constant), x: D.constant(data.x), y: D.constant(data.y) }
  const dual = orThrow(pose(D, dynamicsOf(spec), squaredError)(constants))
  const delta = fill(rational, spec)(start.map((sl) => sl.shape), 11)
  const forward = start.map((primal, l) => ({ primal, tangent: delta[l] as Q }))
  const tangents = Array.from({ length: spec.steps }).reduce<readonly (typeof forward)[]>(
    (all) => [...all, [...dual.motion.step(all.at(-1) ?? forward)] as typeof forward], [forward])
  const gradients = take(orThrow(backpropagation(problem, walk(settled), spec.steps)), spec.steps)
  const products = gradients.map(({ state }, t) =>
    (tangents[spec.steps - t] as typeof forward).reduce((sum, d, l) => A.add(sum, A.dot(state[l] as Q, D.tangent(d))), A.fill([], 0)))
  return exactly(A, products.map((product) => [product, products[0] as Q]))
}

/** Σ_{t<T} ⟨∇θ(t), η⟩ is the derivative of the batch's mean cost along η, over the whole phase. */
const total = (walk: Trajectory) => (spec: NetworkSpec): Verdict => {
  const { data, problem, start, settled } = trajectory(spec)
  const names = Object.keys(data.theta)
  const eta = fill(rational, spec)(names.map((name) => (data.theta[name] as Q).shape), 3)
  const theta = Object.fromEntries(names.map((name, i) => [name, { primal: data.theta[name] as Q, tangent: eta[i] as Q }]))
  const dual = orThrow(pose(D, dynamicsOf(spec), squaredError)({ theta, x: D.constant(data.x), y: D.constant(data.y) }))
  const end = Array.from({ length: spec.steps }).reduce<ReturnType<typeof dual.motion.step>>((s) => dual.motion.step(s), start.map(D.constant))
  const slope = A.over(D.tangent(dual.costing.value(end.at(-1) as (typeof end)[number])), spec.batch)
  const gradients = take(orThrow(backpropagation(problem, walk(settled), spec.steps)), spec.steps).map(({ param }) => param())
  const sum = gradients.flatMap((g) => names.map((name, i) => A.dot(g[name] as Q, eta[i] as Q))).reduce(A.add, A.fill([], 0))
  return exactly(A, [[sum, slope]])
}

/**
 * Σ_{t<K} Δθ(β, t) = (rule(s_K) − rule(s_0)) / (β · batch). In floats each Δθ(t) carries at most 3u relative (difference, two
 * quotients), the sum of K of them γ_K Σ|Δθ|, and the right side 3u: entry by entry (K + 3)u Σ|Δθ(t)| + 3u |right|.
 */
const telescoping = (skip: number) => (spec: NetworkSpec): Verdict => {
  const { data, state } = anywhere(float64, spec)
  const problem: Problem<Lifted<number>> = orThrow(pose(F, dynamicsOf(spec), squaredError)(data))
  const nudge = orThrow(finite(F, 0.0625))
  const updates = take(drop(equilibriumPropagation(problem, nudge, state), skip), spec.steps).map(({ param }) => param())
  const end = take(nudgedPhase(problem, nudge.beta, state), spec.steps).at(-1) as typeof state
  const contrast = zipParams(problem.motion.rule(end), problem.motion.rule(state), (a, b) => F.over(F.over(F.sub(a, b), 0.0625), spec.batch))
  return worst(Object.entries(contrast).flatMap(([name, right]) => right.data.map((c, i): Verdict => {
    const terms = updates.map((update) => (update[name] as Lifted<number>).data[i] as number)
    const size = terms.reduce((a, b) => a + Math.abs(b), 0)
    return { gap: Math.abs(terms.reduce((a, b) => a + b, 0) - c), allowance: (spec.steps + 3) * u * size + 3 * u * Math.abs(c) }
  })))
}

const forwardOrder: Trajectory = (settled) => ({ ...settled, before: [...settled.before].reverse() })
const shifted: Trajectory = (settled) => ({ ...settled, before: [settled.state, ...settled.before.slice(0, -1)] })
const alwaysLast: Trajectory = (settled) => ({ ...settled, before: settled.before.map(() => settled.state) })
const walkFaults = [
  { fault: 'BPTT walks the states forward in time', subject: forwardOrder },
  { fault: 'BPTT pulls at s_{T−t} instead of s_{T−t−1}', subject: shifted },
  { fault: 'BPTT pulls at s_T throughout', subject: alwaysLast },
]

export const foldLaws: readonly Law[] = [
  ...over(long, longMaps).map(({ suffix, through, about, instances }) => law({
    name: `L4.split${suffix}`, says: `T₁ steps then T₂ are T₁ + T₂ steps, free and nudged, bit for bit${through}`, cites: 'docs/one-page.md, two folds as phases', about: ['freePhase', 'nudgedPhase', ...about],
    rung: 'float64', over: ['lift(float64)'], runs: 100, instances,
    subject: <T>(s: Layers<T>) => s, judge: split,
    mutants: [{ fault: 'the second part starts over', subject: <T>(_: Layers<T>, start: Layers<T>) => start }],
  })),
  ...over(short, shortMaps).flatMap(({ suffix, through, cites, about, instances }) => [
    law<Trajectory, NetworkSpec>({
      name: `L4.adjoint${suffix}`, says: `⟨∇s(t), δ_{T−t}⟩ does not depend on t${through}`, cites: `docs/theory.md §2${cites}`, about: ['backpropagation', ...about],
      rung: 'exact rationals', over: ['lift(rational)', 'dualOf(lift(rational))'], runs: 60, instances,
      subject: (settled) => settled, judge: adjoint, mutants: walkFaults,
    }),
    law<Trajectory, NetworkSpec>({
      name: `L4.total-gradient${suffix}`, says: `Σ ∇θ(t) over the whole phase is dL/dθ by dual numbers${through}`, cites: `docs/theory.md §2${cites}`, about: ['backpropagation', ...about],
      rung: 'exact rationals', over: ['lift(rational)', 'dualOf(lift(rational))'], runs: 60, instances,
      subject: (settled) => settled, judge: total, mutants: walkFaults,
    }),
  ]),
  ...over(long, longMaps).map(({ suffix, through, cites, about, instances }) => law({
    name: `L6.telescoping${suffix}`, says: `Σ_{t<K} Δθ(β, t) = (rule(s_K) − rule(s_0)) / β${through}`, cites: `paper, eq. for the total update; docs/theory.md §8${cites}`, about: ['equilibriumPropagation', ...about],
    rung: 'float64', over: ['lift(float64)'], runs: 100, instances,
    subject: 0, judge: telescoping, mutants: [{ fault: 'the first increment is dropped, as in the published plots', subject: 1 }],
  })),
]
