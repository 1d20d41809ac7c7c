/**
 * L5, the centre: EP's updates in the limit and minus BPTT's gradients are *identical*, at every t, over exact rationals, and
 * bit for bit over dyadic floats. The statement itself is theorem.ts; here are its instances, and the faults it must reject.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { squaredError } from '../cost/squared-error.ts'
import { backpropagation } from '../fold/bptt.ts'
import { orThrow } from '../fold/mistake.ts'
import { pose } from '../fold/pose.ts'
import type { Moment, Phase } from '../fold/phase.ts'
import { float64 } from '../number/float64.ts'
import type { NumberSystem } from '../number/number.ts'
import { rational } from '../number/rational.ts'
import type { Activation } from '../phi/activation.ts'
import type { ExactDynamics } from '../phi/dynamics.ts'
import { energyBased, publishedEnergyBased } from '../phi/energy-based.ts'
import type { Interaction } from '../phi/interaction.ts'
import { innerNudged, outerNudged } from '../phi/prototypical.ts'
import type { Setting } from '../phi/setting.ts'
import type { Algebra } from '../tensor/algebra.ts'
import type { Lifted } from '../tensor/lift.ts'
import { compareFolds, limit } from '../theorem.ts'
import {
  activationOf, convolutionals, energyRest, type Instance, interactionOf, networks, type NetworkSpec, prototypicalRest, stationary,
} from './instances.ts'
import { type Law, law, type Mutant, type Rung, type Verdict } from './law.ts'
import {
  asymmetricLayers, faultyActivation, faultyMotion, faultyPhase, faultyTerm, late, mapDrives, mapParams, withUnitMetric,
} from './mutants.ts'

/** What is judged: a setting, and how it is folded both ways. The true one changes nothing. */
export interface Folded {
  readonly interaction: (spec: NetworkSpec) => Interaction<never>
  readonly activation: (rho: Activation<never>) => Activation<never>
  readonly dynamics: (setting: Setting<never>) => ExactDynamics<never>
  readonly state: <T>(A: Algebra<never, T>, s: T) => T
  readonly ep: <T>(A: Algebra<never, T>, phase: Phase<Moment<T>>) => Phase<Moment<T>>
  readonly bptt: <T>(A: Algebra<never, T>, phase: Phase<Moment<T>>) => Phase<Moment<T>>
  /** How many of the K moments to look at. */
  readonly moments: (steps: number) => number
}

/** Largest gap over all t; no allowance. Instances whose samples cannot all be stationary are discarded. */
const judgeOver = <X>(S: NumberSystem<never, X>, kind: 'energy-based' | 'prototypical') =>
  (folded: Folded) => (spec: NetworkSpec): Verdict => {
    const interaction = folded.interaction(spec)
    const instance: Instance<X> | undefined = kind === 'energy-based'
      ? stationary(S, spec, energyRest, 'activated', interaction)
      : stationary(S, spec, prototypicalRest, 'raw', interaction)
    fc.pre(instance !== undefined)
    const { algebra: A, data, state } = instance
    const dynamics = folded.dynamics({ interaction, activation: folded.activation(activationOf(spec)), epsilon: spec.epsilon })
    const s = state.map((sl) => folded.state(A, sl))
    // One more than K, so that a fault may skip a moment.
    const steps = folded.moments(spec.steps)
    const before = Array.from({ length: steps + 1 }, () => s)
    const gap = orThrow(pipe(
      E.Do,
      E.bind('problem', () => pose(A, dynamics, squaredError)(data)),
      E.bind('reverse', ({ problem }) => backpropagation(problem, { state: s, before }, steps + 1)),
      E.bind('forward', () => limit(A, dynamics, squaredError)(data, s)),
      E.map(({ problem, forward, reverse }) =>
        compareFolds<Lifted<X>>(A, problem.motion.metric(s))(folded.ep(A, forward), folded.bptt(A, reverse), steps)),
      E.map(({ state: neurons, param }) => Math.max(...neurons, ...param))))
    return { gap, allowance: 0 }
  }

const asIs = <T>(_: unknown, value: T): T => value

const sound = (dynamics: Folded['dynamics']): Folded =>
  ({ interaction: interactionOf, activation: (rho) => rho, dynamics, state: asIs, ep: asIs, bptt: asIs, moments: (steps) => steps })

// A fault may leave the state unsettled; rationals of a cubic network then triple their digits at each step, and three moments show any fault.
const briefly = (folds: Folded): Folded => ({ ...folds, moments: (steps) => Math.min(steps, 3) })

/** Faults of folds and derivatives that break the theorem in either setting. */
const foldFaults = (folds: Folded): readonly Mutant<Folded>[] => [
  { fault: 'asymmetric weights: feedback through 2W', subject: { ...folds, interaction: ({ sizes }) => asymmetricLayers(sizes) } },
  { fault: 'unsettled: the state is shifted by 1/8', subject: { ...folds, state: (A, s) => A.add(s, A.fill(A.shape(s), 0.125)) } },
  { fault: 'time index of BPTT shifted by one', subject: { ...folds, bptt: (_, phase) => late(phase) } },
  { fault: 'time index of EP shifted by one', subject: { ...folds, ep: (_, phase) => late(phase) } },
  { fault: 'sign of the nudge', subject: { ...folds, ep: (A, phase) => faultyPhase(A, phase, (B, m) => ({ state: m.state.map(B.neg) })) } },
  {
    fault: 'Δθ compared at the wrong scale (factor 2)',
    subject: { ...folds, ep: (A, phase) => faultyPhase(A, phase, (B, m) => ({ param: () => mapParams(m.param(), (p) => B.scale(2, p)) })) },
  },
  {
    fault: 'nudge acts on the first layer instead of the output',
    subject: { ...folds, dynamics: (setting) => faultyMotion(folds.dynamics(setting), (_, m) => ({ step: (s, f) => m.step(s, f && [...f].reverse()) })) },
  },
  {
    fault: 'pull forgets ∂²Ψ/∂θ∂u of the feedback',
    subject: {
      ...folds,
      interaction: (spec) => faultyTerm(interactionOf(spec), (A, c) => ({
        pull: (u) => (v) => ({ ...c.pull(u)(v), param: c.pull(u)(mapDrives(v, (d, l) => (l === 1 ? A.scale(0, d) : d))).param }),
      })),
    },
  },
  {
    fault: 'pull goes up the layers but not down',
    subject: {
      ...folds,
      interaction: (spec) => faultyTerm(interactionOf(spec), (A, c) => ({
        pull: (u) => (v) => {
          const pulled = c.pull(u)(v)
          return { ...pulled, state: mapDrives(pulled.state, (d, l) => (l === 1 ? A.scale(0, d) : d)) }
        },
      })),
    },
  },
  {
    fault: 'rule takes ∂Ψ/∂θ with the wrong sign',
    subject: { ...folds, dynamics: (setting) => faultyMotion(folds.dynamics(setting), (A, m) => ({ rule: (s) => mapParams(m.rule(s), A.neg) })) },
  },
]

const energy = sound(energyBased)
const faultyEnergy = briefly(energy)
const energyFaults: readonly Mutant<Folded>[] = [
  ...foldFaults(faultyEnergy),
  { fault: 'output drive without ρ′, as published', subject: { ...faultyEnergy, dynamics: (setting) => withUnitMetric(publishedEnergyBased(setting)) } },
  {
    fault: 'pull without ρ″',
    subject: { ...faultyEnergy, activation: (rho) => faultyActivation(rho, (A, jet) => ({ curvature: () => A.scale(0, jet.value) })) },
  },
  { fault: 'slope ρ′ twice too large', subject: { ...faultyEnergy, activation: (rho) => faultyActivation(rho, (A, jet) => ({ slope: () => A.scale(2, jet.slope()) })) } },
]

const inner = sound(innerNudged)
const faultyInner = briefly(inner)
const innerFaults: readonly Mutant<Folded>[] = [
  ...foldFaults(faultyInner),
  { fault: 'nudge outside σ, as in the paper', subject: { ...faultyInner, dynamics: (setting) => withUnitMetric(outerNudged(setting)) } },
  { fault: 'neurons not weighted by εD', subject: { ...faultyInner, dynamics: (setting) => faultyMotion(innerNudged(setting), () => ({ metric: () => (v) => v })) } },
  { fault: 'rule scaled by ε', subject: { ...faultyInner, dynamics: (setting) => faultyMotion(innerNudged(setting), (A, m) => ({ rule: (s) => mapParams(m.rule(s), (p) => A.scale(setting.epsilon / 2, p)) })) } },
]

const about = ['conclusion', 'limit', 'backpropagation', 'equilibriumPropagation'] as const

const exactNetworks = networks({ layers: 3, units: 3, batch: 3, steps: 12 })

// Every factor is a small dyadic, so that K ≤ 4 steps fit in 53 bits and nothing rounds: ρ(s) = s + s²/2 has ρ′ = 1 + s, a
// power of two at each state drawn, and the bias is solved by dividing by it.
const dyadicFractions: readonly (readonly [number, number])[] = [[0, 1], [1, 1], [-1, 2], [3, 1], [-3, 2], [-3, 4]]
const dyadicNetworks = networks({
  layers: 2, units: 3, batch: 1, steps: 4, epsilons: [0.25, 0.5, 1], activations: [[0, 1], [0, 1, 0.5]],
  fraction: fc.constantFrom(...dyadicFractions),
})

const makeLaw = (
  name: string, says: string, cites: string, more: string, rung: Rung, over: string, runs: number,
  instances: fc.Arbitrary<NetworkSpec>, subject: Folded, judge: (folded: Folded) => (spec: NetworkSpec) => Verdict,
  mutants: readonly Mutant<Folded>[],
): Law => law({ name, says, cites, about: [...about, more], rung, over: [over], runs, instances, subject, judge, mutants })

// The faults that speak of maps too: not those that build a layered network or reverse the layers.
const onMaps = (faults: readonly Mutant<Folded>[]): readonly Mutant<Folded>[] =>
  faults.filter(({ fault }) => !fault.startsWith('asymmetric') && !fault.startsWith('nudge acts'))
const exactConvolutions = convolutionals({ batch: 1, steps: 8 })

/** L5 on the two rungs without a tolerance. */
export const exactTheoremLaws: readonly Law[] = [
  makeLaw('L5.energy-based', 'Δs(t) = −∇s(t) and Δθ(t) = −∇θ(t), identical for all t < K ≤ 12', 'Theorem 1 of the paper; docs/theory.md §4, §5',
    'energyBased', 'exact rationals', 'dualOf(lift(rational))', 200, exactNetworks, energy, judgeOver(rational, 'energy-based'), energyFaults),
  makeLaw('L5.inner-nudge', 'Δs(t) = −εD ∇s(t) and Δθ(t) = −∇θ(t), identical for all t < K ≤ 12', 'docs/theory.md §4, §6',
    'innerNudged', 'exact rationals', 'dualOf(lift(rational))', 200, exactNetworks, inner, judgeOver(rational, 'prototypical'), innerFaults),
  makeLaw('L5.energy-based.conv', 'Δs(t) = −∇s(t) and Δθ(t) = −∇θ(t), identical, through convolutions and pooling', 'Theorem 1 of the paper; docs/theory.md §4, §13',
    'convolutional', 'exact rationals', 'dualOf(lift(rational))', 40, exactConvolutions, energy, judgeOver(rational, 'energy-based'), onMaps(energyFaults)),
  makeLaw('L5.inner-nudge.conv', 'Δs(t) = −εD ∇s(t) and Δθ(t) = −∇θ(t), identical, through convolutions and pooling', 'docs/theory.md §4, §6, §13',
    'convolutional', 'exact rationals', 'dualOf(lift(rational))', 40, exactConvolutions, inner, judgeOver(rational, 'prototypical'), onMaps(innerFaults)),
  makeLaw('L5.energy-based.dyadic', 'Δ = −∇ bit for bit where nothing rounds', 'Theorem 1 of the paper; docs/one-page.md, laws and rungs',
    'energyBased', 'dyadic float64', 'dualOf(lift(float64))', 200, dyadicNetworks, energy, judgeOver(float64, 'energy-based'), energyFaults),
]
