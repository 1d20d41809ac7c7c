/**
 * L13: estimators that act while the nudged phase runs tend to EP. Continual EP with η = 0 is EP, over exact rationals, and off by O(η);
 * vector-field EP with tied weights is EP in the limit β → 0, identically, at every t.
 */
import fc from 'fast-check'
import { squaredError } from '../cost/squared-error.ts'
import type { Estimator } from '../estimate/estimator.ts'
import { continual, vectorField } from '../estimate/in-time.ts'
import { oneSided, tangent } from '../estimate/nudged.ts'
import { orThrow } from '../fold/mistake.ts'
import { rational } from '../number/rational.ts'
import type { Dynamics } from '../phi/dynamics.ts'
import { energyBased, publishedEnergyBased } from '../phi/energy-based.ts'
import type { Interaction } from '../phi/interaction.ts'
import { innerNudged, outerNudged } from '../phi/prototypical.ts'
import type { Setting } from '../phi/setting.ts'
import type { Op } from '../tensor/algebra.ts'
import { lift } from '../tensor/lift.ts'
import { activationOf, anywhere, energyRest, interactionOf, networks, type NetworkSpec, prototypicalRest, stationary } from './instances.ts'
import { type Law, law, type Verdict } from './law.ts'
import { asymmetricLayers } from './mutants.ts'
import { errorAt, fittedFrom, smoothNetwork, smoothNetworks, type SmoothSpec } from './nudge-orders.ts'
import { onFaulty, sameEstimate } from './reverse-estimators.ts'

const A = lift(rational)

// ── Continual EP ─────────────────────────────────────────────────────────────────────────────────────────────────

type Continual = (beta: number, eta: number, steps: number) => Estimator

/** η = 0: one-sided EP, from any state. */
const still = (subject: Continual) => (spec: NetworkSpec): Verdict => {
  const { data, state } = anywhere(rational, spec)
  const dynamics = energyBased({ interaction: interactionOf(spec), activation: activationOf(spec), epsilon: spec.epsilon })
  const run = (estimator: Estimator) => orThrow(estimator.at(A, dynamics, squaredError)(data, { state, before: [] }))
  return sameEstimate(run(oneSided(0.25, spec.steps)), run(subject(0.25, 0, spec.steps)))
}

const beta = 0.0625

/** continual(β, η) − EP(β) is O(η). */
const moves = (subject: Continual) => (spec: SmoothSpec): Verdict => {
  const point = errorAt(smoothNetwork(spec), (eta, steps) => subject(beta, eta, steps), oneSided(beta, spec.steps), false)
  const fitted = fittedFrom(point, Array.from({ length: 40 }, (_, j) => 2 ** (-26 + j / 2)))
  fc.pre(fitted !== undefined)
  return { gap: Math.abs(fitted.slope - 1), allowance: 0.05 }
}

// States of a cubic network triple their digits at each exact step.
const short = networks({ layers: 2, units: 2, batch: 2, steps: 3, activations: [[0, 1], [0, 1, 0.5]] })

// ── Vector-field EP ──────────────────────────────────────────────────────────────────────────────────────────────

interface Field {
  readonly interaction: (spec: NetworkSpec) => Interaction<never>
  readonly dynamics: (setting: Setting<never>) => Dynamics<never>
  readonly estimator: (steps: number) => Estimator
  readonly moments: (steps: number) => number
  readonly rest: 'energy-based' | 'prototypical'
}

const tied: Field = { interaction: interactionOf, dynamics: energyBased, rest: 'energy-based', estimator: (steps) => vectorField('limit', steps), moments: (steps) => steps }
const nudged: readonly (readonly [string, Field])[] = [
  ['inner-nudge', { ...tied, dynamics: innerNudged, rest: 'prototypical' }], ['outer-nudge', { ...tied, dynamics: outerNudged, rest: 'prototypical' }],
]
/** The same without `local`: (∂F/∂θ)ᵀ Δs, with a slope too many. */
const sloped = <N extends Op>(dynamics: Dynamics<N>): Dynamics<N> => ({
  ...dynamics,
  at: (B) => (theta, x) => {
    const { step, pull, rule } = dynamics.at(B)(theta, x)
    return { step, pull, rule }
  },
})
// A fault may leave the state unsettled, and rationals then grow at each step.
const briefly: Field = { ...tied, moments: (steps) => Math.min(steps, 3) }

const fieldIsRule = ({ interaction: make, dynamics: of, estimator, moments, rest }: Field) => (spec: NetworkSpec): Verdict => {
  const interaction = make(spec)
  const instance = rest === 'energy-based'
    ? stationary(rational, spec, energyRest, 'activated', interaction) : stationary(rational, spec, prototypicalRest, 'raw', interaction)
  fc.pre(instance !== undefined)
  const dynamics = of({ interaction, activation: activationOf(spec), epsilon: spec.epsilon })
  const steps = moments(spec.steps)
  const run = (each: Estimator) => orThrow(each.at(A, dynamics, squaredError)(instance.data, { state: instance.state, before: [] }))
  return sameEstimate(run(tangent(steps)), run(estimator(steps)))
}

export const movingEstimatorLaws: readonly Law[] = [
  law<Continual, NetworkSpec>({
    name: 'L13.continual.still', says: 'continual EP with η = 0 is EP: the whole estimate and every moment', cites: 'docs/theory.md §15',
    about: ['continual', 'oneSided'], rung: 'exact rationals', over: ['lift(rational)'], runs: 60, instances: short, subject: continual, judge: still,
    mutants: [
      { fault: 'the weights move all the same', subject: (b, _, steps) => continual(b, 0.125, steps) },
      { fault: 'nudged the other way', subject: (b, eta, steps) => continual(-b, eta, steps) },
      { fault: 'one step too many', subject: (b, eta, steps) => continual(b, eta, steps + 1) },
    ],
  }),
  law<Continual, SmoothSpec>({
    name: 'L13.continual.order', says: 'continual EP is off EP by O(η): fitted order 1 ± 0.05', cites: 'docs/theory.md §15',
    about: ['continual', 'oneSided'], rung: 'measured order', over: ['reference'], runs: 20, instances: smoothNetworks, subject: continual, judge: moves,
    mutants: [
      { fault: 'the rate is squared', subject: (b, eta, steps) => continual(b, 64 * eta ** 2, steps) },
      { fault: 'the rate has a part that stays', subject: (b, eta, steps) => continual(b, eta + 2 ** -10, steps) },
    ],
  }),
  law<Field, NetworkSpec>({
    name: 'L13.vector-field', says: 'vector-field EP with tied weights is EP in the limit β → 0: every Δs(t) and Δθ(t)', cites: 'docs/theory.md §15',
    about: ['vectorField', 'tangent'], rung: 'exact rationals', over: ['lift(rational)', 'dualOf(lift(rational))'], runs: 60,
    instances: networks({ layers: 3, units: 3, batch: 2, steps: 8 }), subject: tied, judge: fieldIsRule,
    mutants: [
      { fault: 'weights not tied: feedback through 2W', subject: { ...briefly, interaction: ({ sizes }) => asymmetricLayers(sizes) } },
      { fault: 'output drive without ρ′, as published', subject: { ...briefly, dynamics: publishedEnergyBased } },
      {
        fault: 'the field is that of a fresh θ of twice the size',
        subject: { ...briefly, estimator: (steps) => onFaulty(vectorField('limit', steps), (dynamics) => ({
          ...dynamics, at: (B) => (theta, x) => dynamics.at(B)(Object.fromEntries(Object.entries(theta).map(([name, p]) => [name, B.scale(2, p)])), x),
        })) },
      },
    ],
  }),
  ...nudged.map(([name, subject]) => law<Field, NetworkSpec>({
    name: `L13.vector-field.${name}`, says: 'vector-field EP with tied weights is EP in the limit β → 0, also where F is no gradient: every Δs(t) and Δθ(t)', cites: 'docs/theory.md §15',
    about: ['vectorField', 'tangent'], rung: 'exact rationals', over: ['lift(rational)', 'dualOf(lift(rational))'], runs: 60,
    instances: networks({ layers: 3, units: 3, batch: 2, steps: 8 }), subject, judge: fieldIsRule,
    mutants: [
      { fault: 'weights not tied: feedback through 2W', subject: { ...subject, moments: briefly.moments, interaction: ({ sizes }) => asymmetricLayers(sizes) } },
      { fault: 'by (∂F/∂θ)ᵀ, which has the slope of σ', subject: { ...subject, estimator: (steps) => onFaulty(vectorField('limit', steps), sloped) } },
    ],
  })),
]
