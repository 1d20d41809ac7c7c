/** The instances of L1 and L2: which terms and settings, and which faults in their derivatives must be seen. */
import type fc from 'fast-check'
import { bias } from '../phi/bias.ts'
import { clamped, clampedExact } from '../phi/clamped.ts'
import { dense } from '../phi/dense.ts'
import type { Dynamics, ExactDynamics, GradientDynamics } from '../phi/dynamics.ts'
import { energyBased, publishedEnergyBased } from '../phi/energy-based.ts'
import type { Interaction, Params } from '../phi/interaction.ts'
import { lateral } from '../phi/lateral.ts'
import { innerNudged, outerNudged } from '../phi/prototypical.ts'
import { layersOf, type Setting } from '../phi/setting.ts'
import { type Activation, polynomial } from '../phi/activation.ts'
import type { Algebra } from '../tensor/algebra.ts'
import { differences, hessian, primitive, symmetry, termDerivatives, transposes } from './derivatives.ts'
import { activationOf, interactionOf, networks, type NetworkSpec } from './instances.ts'
import { type Law, law, type Verdict, worst } from './law.ts'
import { faultyActivation, faultyMotion, faultyTerm, mapDrives, mapParams, withUnitMetric } from './mutants.ts'

type Make<X> = (spec: NetworkSpec) => X
type Clips = 'clip' | 'inside'

const specs = networks({ layers: 3, units: 3, batch: 2, steps: 1 })
// Terms are judged at the top of a network with a hidden layer, so that `from` may be a layer.
const deep: fc.Arbitrary<NetworkSpec> = networks({ layers: 3, units: 3, batch: 2, steps: 1, architectures: ['laterals'] }).filter(({ sizes }) => sizes.length > 2)

const exact = <X>(
  name: string, says: string, cites: string, about: readonly string[], instances: fc.Arbitrary<NetworkSpec>,
  subject: Make<X>, judge: (make: Make<X>) => (spec: NetworkSpec) => Verdict, faults: readonly (readonly [string, Make<X>])[],
): Law => law({
  name, says, cites, about, rung: 'exact rationals', over: ['lift(rational)', 'dualOf(lift(rational))'], runs: 100,
  instances, subject, judge, mutants: faults.map(([fault, faulty]) => ({ fault, subject: faulty })),
})

const denseTerm: Make<Interaction<never>> = ({ sizes }) => dense('W2', { layer: 1, units: sizes[1] as number }, { layer: 2, units: sizes[2] as number })
const inputTerm: Make<Interaction<never>> = ({ sizes }) => dense('W1', { layer: 0, units: sizes[0] as number }, { layer: 1, units: sizes[1] as number })
const biasTerm: Make<Interaction<never>> = ({ sizes }) => bias('b1', { layer: 1, units: sizes[1] as number })
const lateralTerm: Make<Interaction<never>> = ({ sizes }) => lateral('V1', { layer: 1, units: sizes[1] as number })

const says = 'value, ∂Ψ/∂u, ∂Ψ/∂θ and pull agree with dual numbers in every direction'
type TermFaults = readonly (readonly [string, Make<Interaction<never>>])[]
const faultsOf = (term: Make<Interaction<never>>): TermFaults => [
  ['∂Ψ/∂θ with the wrong sign', (spec) => faultyTerm(term(spec), (A, c) => ({ param: (u) => mapParams(c.param(u), A.neg) }))],
  ['pull.param twice too large', (spec) => faultyTerm(term(spec), (A, c) => ({
    pull: (u) => (v) => ({ ...c.pull(u)(v), param: () => mapParams(c.pull(u)(v).param(), (p) => A.scale(2, p)) }),
  }))],
]
const driveFaults = (term: Make<Interaction<never>>): TermFaults => [
  ['the drive of the lower layer is lost', (spec) => faultyTerm(term(spec), (A, c) => ({ drive: (u) => mapDrives(c.drive(u), (d, l) => (l === 1 ? A.scale(0, d) : d)) }))],
  ['pull.state with the wrong sign', (spec) => faultyTerm(term(spec), (A, c) => ({
    pull: (u) => (v) => ({ ...c.pull(u)(v), state: mapDrives(c.pull(u)(v).state, A.neg) }),
  }))],
]

const setting = (spec: NetworkSpec, rho: Activation<never> = activationOf(spec)): Setting<never> =>
  ({ interaction: interactionOf(spec), activation: rho, inputActivation: activationOf(spec), epsilon: spec.epsilon })

const flat = (spec: NetworkSpec): Activation<never> => faultyActivation(activationOf(spec), (A, jet) => ({ curvature: () => A.scale(0, jet.value) }))
const steep = (spec: NetworkSpec): Activation<never> => faultyActivation(activationOf(spec), (A, jet) => ({ slope: () => A.scale(3, jet.slope()) }))

const energy: Make<GradientDynamics<never>> = (spec) => energyBased(setting(spec))
const inner: Make<ExactDynamics<never>> = (spec) => innerNudged(setting(spec))
const outer: Make<Dynamics<never>> = (spec) => outerNudged(setting(spec))
const noInput = <X extends ExactDynamics<never>>(make: Make<X>): Make<ExactDynamics<never>> => (spec) =>
  faultyMotion(make(spec), (A, m) => ({ pull: (s) => (v) => ({ ...m.pull(s)(v), input: () => A.scale(2, m.pull(s)(v).input()) }) }))
const withPhi = (make: Make<GradientDynamics<never>>, change: Parameters<typeof faultyMotion<never>>[1]): Make<GradientDynamics<never>> => (spec) => {
  const [plain, faulty] = [make(spec), faultyMotion(make(spec), change)]
  return { ...plain, at: (A) => (theta, x) => ({ ...plain.at(A)(theta, x), ...faulty.at(A)(theta, x) }) }
}

/** σ = ½ + c x with another c in each layer and without a leak; the slope told from the value is `says`. */
const slopeOfLayer = (layer: number): number => layer + 2
const told = (spec: NetworkSpec, says: (layer: number) => number): Dynamics<never> => innerNudged({
  ...setting(spec),
  activation: layersOf(interactionOf(spec)).slice(1).map((_, l): Activation<never> => ({
    ...polynomial(0.5, slopeOfLayer(l)), slopeOf: (A) => (value) => A.fill(A.shape(value), says(l)),
  })),
  epsilon: 1,
})

const asOuter: Make<ExactDynamics<never>> = (spec) => withUnitMetric(outer(spec))

type Clamping = (free: ExactDynamics<never>) => ExactDynamics<Clips>
const bothClamped = (clamp: Clamping): Make<readonly ExactDynamics<Clips>[]> => (spec) => [clamp(energy(spec)), clamp(inner(spec))]
// A unit beyond a wall takes no force, but its metric says that it does.
const unmasked: Clamping = (free) => ({
  ...clampedExact(free),
  at: <T>(A: Algebra<Clips, T>) => (theta: Params<T>, x: T) =>
    ({ ...clampedExact(free).at(A)(theta, x), metric: free.at(A)(theta, x).metric }),
})

/** L1 and L2 over exact rationals. */
export const derivativeLaws: readonly Law[] = [
  exact('L1.dense', says, 'docs/theory.md §5', ['dense'], deep, denseTerm, termDerivatives, [...faultsOf(denseTerm), ...driveFaults(denseTerm)]),
  exact('L1.dense-input', says, 'docs/theory.md §5', ['dense'], deep, inputTerm, termDerivatives, faultsOf(inputTerm)),
  exact('L1.bias', says, 'docs/theory.md §5', ['bias'], deep, biasTerm, termDerivatives, faultsOf(biasTerm)),
  exact('L1.lateral', says, 'docs/theory.md §5', ['lateral'], deep, lateralTerm, termDerivatives, [...faultsOf(lateralTerm), ...driveFaults(lateralTerm)]),
  exact('L1.primitive', 'F = ∂Φ/∂s and rule = ∂Φ/∂θ by dual numbers', 'paper §2, eq. (1); docs/theory.md §5', ['energyBased'], specs, energy, primitive, [
    ['slope ρ′ three times too large', (spec) => energyBased(setting(spec, steep(spec)))],
    ['rule without ε', withPhi(energy, (A, m) => ({ rule: (s) => mapParams(m.rule(s), (p) => A.scale(8, p)) }))],
  ]),
  exact('L1.finite-differences', 'F = ∂Φ/∂s by central differences, exact for polynomials', 'paper §2, eq. (1); docs/theory.md §5', ['energyBased'], specs, energy, differences, [
    ['slope ρ′ three times too large', (spec) => energyBased(setting(spec, steep(spec)))],
  ]),
  exact<ExactDynamics<never>>('L1.pull.energy-based', '⟨w, DF⟩ = ⟨pull w, ·⟩ for s, θ and x', 'docs/theory.md §5', ['energyBased'], specs, energy, transposes, [
    ['pull without ρ″', (spec) => energyBased(setting(spec, flat(spec)))],
    ['∇x twice too large', noInput(energy)],
  ]),
  exact('L1.pull.published', '⟨w, DF⟩ = ⟨pull w, ·⟩ for s, θ and x', 'docs/theory.md §12', ['publishedEnergyBased'], specs, (spec) => publishedEnergyBased(setting(spec)), transposes, [
    ['pull without ρ″', (spec) => publishedEnergyBased(setting(spec, flat(spec)))],
  ]),
  exact<Dynamics<never>>('L1.pull.prototypical', '⟨w, DF⟩ = ⟨pull w, ·⟩ for s, θ and x, told the next state or not, and local v = ∂(rule)/∂s v', 'docs/theory.md §6', ['innerNudged', 'outerNudged'], specs, outer, transposes, [
    ['slope σ′ three times too large', (spec) => outerNudged(setting(spec, steep(spec)))],
    ['∇x twice too large', noInput(inner)],
    ['slopes told from the next state, where they are others', (spec) =>
      innerNudged(setting(spec, { ...activationOf(spec), slopeOf: (A) => (value) => A.fill(A.shape(value), 2) }))],
    ['local with the slope of σ', (spec) => faultyMotion(inner(spec), (_, m) => ({ local: (s) => (v) => m.pull(s)(v).param() }))],
  ]),
  exact<Dynamics<never>>('L1.pull.next', 'pull that is told the next state gives the same, where slopes are told from it', 'docs/theory.md §6', ['innerNudged'], specs, (spec) => told(spec, slopeOfLayer), transposes, [
    ['the slope of the first layer serves all', (spec) => told(spec, () => slopeOfLayer(0))],
    ['slopes told from the next state are twice too large', (spec) => told(spec, (layer) => 2 * slopeOfLayer(layer))],
  ]),
  exact('L2.hessian', '⟨v, ∂²Φ/∂s² w⟩ = ⟨w, ∂²Φ/∂s² v⟩', 'paper, proof of Theorem 1; docs/theory.md §5', ['energyBased'], specs, energy, hessian, [
    ['one layer of pull.state doubled', withPhi(energy, (A, m) => ({
      pull: (s) => (v) => ({ ...m.pull(s)(v), state: m.pull(s)(v).state.map((p, l) => (l === 0 ? A.scale(2, p) : p)) }),
    }))],
  ]),
  exact<ExactDynamics<never>>('L2.hypotheses.energy-based', 'J = Jᵀ, forces add, ∂(rule)/∂s = (∂F/∂θ)ᵀ', 'Theorem 1 of the paper; docs/theory.md §4, §5', ['hypotheses', 'energyBased'], specs, energy, symmetry, [
    ['nudge outside a drive without metric (outer prototypical)', asOuter],
  ]),
  exact('L2.hypotheses.inner-nudge', 'J M = M Jᵀ, forces enter through M = εD, ∂(rule)/∂s M = (∂F/∂θ)ᵀ', 'docs/theory.md §4, §6', ['hypotheses', 'innerNudged'], specs, inner, symmetry, [
    ['metric without ε', (spec) => faultyMotion(inner(spec), (A, m) => ({ metric: (s) => (v) => m.metric(s)(v).map((p) => A.scale(4, p)) }))],
    ['nudge outside σ', asOuter],
  ]),
  law({
    name: 'L1.pull.clamped', says: '⟨w, DF⟩ = ⟨pull w, ·⟩ for clipped states, away from the walls’ corners', cites: 'docs/theory.md §11', about: ['clamped'],
    rung: 'exact rationals', over: ['lift(rational)', 'dualOf(lift(rational))'], runs: 100, instances: specs,
    subject: energy,
    judge: (make) => transposes((spec) => clamped(make(spec))),
    mutants: [{ fault: 'pull without ρ″', subject: (spec) => energyBased(setting(spec, flat(spec))) }],
  }),
  law({
    name: 'L2.hypotheses.clamped', says: 'clipped: J M = M Jᵀ, forces enter through M, ∂(rule)/∂s M = (∂F/∂θ)ᵀ with P M for M',
    cites: 'docs/theory.md §4, §11', about: ['hypotheses', 'clampedExact', 'energyBased', 'innerNudged'],
    rung: 'exact rationals', over: ['lift(rational)', 'dualOf(lift(rational))'], runs: 100, instances: specs,
    subject: bothClamped(clampedExact),
    judge: (make) => (spec) => worst(make(spec).map((dynamics) => symmetry(() => dynamics)(spec))),
    mutants: [
      { fault: 'metric without the mask', subject: bothClamped(unmasked) },
      { fault: 'the mask alone for a metric', subject: bothClamped((free) => clampedExact(withUnitMetric(free))) },
    ],
  }),
]
