/**
 * The networks that the paper trains on MNIST (its Table 1) as values: sizes, hyperparameters, learning rates, and their dynamics
 * in two variants. Sizes and rates are listed input first; the table prints them output first.
 *
 * 'exact' is the strict theory: energy-based with ρ′ on every drive, the raw input and walls whose slope BPTT knows; prototypical as
 * in the paper's equation, without a leak. 'published' is what the authors' program runs (docs/theory.md §12):
 *
 * - energy-based: no ρ′ on the output's drive, and the input enters as ρ(x);
 * - prototypical: a leak dt = 0.2, which all their command lines have by default, and for P-1h T = 40, K = 15 of their command line;
 * - convolutional: pooling positions of the previous state in EP's rule;
 * - fully connected: BPTT walks K + 1 steps against K steps of EP.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Activation, identity, sigm, tanh } from '../phi/activation.ts'
import { clamped, clampedExact } from '../phi/clamped.ts'
import type { Dynamics } from '../phi/dynamics.ts'
import { energyBased, publishedEnergyBased } from '../phi/energy-based.ts'
import type { Interaction } from '../phi/interaction.ts'
import { convolutional, layered } from '../phi/network.ts'
import { innerNudged, outerNudged, publishedOuterNudged } from '../phi/prototypical.ts'
import { layersOf, type Setting } from '../phi/setting.ts'
import type { Op } from '../tensor/algebra.ts'
import type { Analytic } from '../tensor/complex.ts'
import { type ActivationName, badHyperparameter, type BadHyperparameter, type Fault, faultOf, type Hyperparameters, settingOf } from './figure.ts'
import { convolutions } from './figures.ts'

/** A network of Table 1. Its batch is that of training. */
export interface TrainedNetwork extends Hyperparameters {
  readonly name: string
  readonly cites: string
  readonly kind: 'energy-based' | 'prototypical' | 'convolutional'
  readonly interaction: (sizes: readonly number[]) => Interaction<never>
  /** Learning rates of W1 and b1, of W2 and b2, and so on. */
  readonly rates: readonly number[]
  readonly epochs: number
  /** Where the authors' command line has other numbers than their table. */
  readonly published: Partial<Hyperparameters>
}

export type Variant = 'exact' | 'published'
export type NudgePlace = 'outer' | 'inner'

/** A network ready to be posed. */
export interface Model {
  readonly dynamics: Dynamics<Op>
  /** Steps that BPTT walks beyond K. */
  readonly ahead: 0 | 1
}

type Numbers = Pick<TrainedNetwork, 'T' | 'K' | 'beta' | 'epsilon' | 'rates' | 'epochs'>

const wide = (hidden: number): readonly number[] => [784, ...Array.from({ length: hidden }, () => 512), 10]
const common = { cites: 'Table 1', batch: 20, interaction: layered, activation: ['sigm'], clamp: false } as const

const energyNetwork = (hidden: number, numbers: Numbers): TrainedNetwork =>
  ({ ...common, name: `EB-${hidden}h`, kind: 'energy-based', sizes: wide(hidden), ...numbers, clamp: true, published: {} })

const prototype = (hidden: number, numbers: Numbers, published: Partial<Hyperparameters> = {}): TrainedNetwork =>
  ({ ...common, name: `P-${hidden}h`, kind: 'prototypical', sizes: wide(hidden), ...numbers, published: { epsilon: 0.2, ...published } })

/** Those of Table 1, in its order. */
export const trainedNetworks: readonly TrainedNetwork[] = [
  energyNetwork(1, { T: 100, K: 12, beta: 0.5, epsilon: 0.2, rates: [0.1, 0.05], epochs: 30 }),
  energyNetwork(2, { T: 400, K: 40, beta: 0.5, epsilon: 0.2, rates: [0.4, 0.1, 0.01], epochs: 50 }),
  prototype(1, { T: 30, K: 10, beta: 0.1, epsilon: 1, rates: [0.08, 0.04], epochs: 30 }, { T: 40, K: 15 }),
  prototype(2, { T: 100, K: 20, beta: 0.5, epsilon: 1, rates: [0.2, 0.05, 0.005], epochs: 50 }),
  prototype(3, { T: 180, K: 20, beta: 0.5, epsilon: 1, rates: [0.2, 0.05, 0.01, 0.002], epochs: 100 }),
  {
    ...common,
    name: 'P-conv',
    kind: 'convolutional',
    interaction: () => convolutional(convolutions),
    activation: ['hardsigm'],
    sizes: layersOf(convolutional(convolutions)).map(({ units }) => units),
    T: 200, K: 10, beta: 0.4, epsilon: 1, rates: [0.15, 0.035, 0.015], epochs: 40,
    published: {},
  },
]

/** How far BPTT walks beyond K in a variant. */
const aheadOf = ({ kind }: TrainedNetwork, variant: Variant): 0 | 1 => (variant === 'published' && kind !== 'convolutional' ? 1 : 0)

/** The network with a variant's numbers and then some of its own replaced. Left: the first that makes no sense. */
export const adjustedNetwork = (
  network: TrainedNetwork, variant: Variant, changes: Partial<Hyperparameters>,
): E.Either<BadHyperparameter, TrainedNetwork> => {
  const changed = { ...network, ...(variant === 'published' ? network.published : {}), ...changes }
  const { sizes, T, K, beta } = changed
  const walked = K + aheadOf(network, variant)
  const faults: readonly (readonly [boolean, Fault])[] = [
    [network.kind === 'convolutional' && changes.sizes !== undefined, ['sizes', `the layers of ${network.name} as they are`, sizes.join('-'), 'leave --sizes out']],
    [sizes.length !== network.sizes.length,
      ['sizes', `${network.sizes.length} sizes, as ${network.name} has`, sizes.join('-'), `write them as in ${network.sizes.join('-')}`]],
    [!(beta > 0 && beta < Infinity), ['beta', 'a number above 0', beta, `take ${network.beta}, as Table 1 does`]],
    [T < walked, ['T', `at least ${walked} steps, which BPTT walks back`, T, 'raise T or lower K']],
  ]
  const fault = faults.find(([wrong]) => wrong)?.[1] ?? faultOf(changed)
  return fault === undefined ? E.right(changed) : E.left(badHyperparameter(...fault))
}

/** Its dynamics. `nudge` is for prototypical networks; outer by default, as in the paper. Left: a nudge that there is not. */
export const modelOf = (network: TrainedNetwork, variant: Variant, nudge?: NudgePlace): E.Either<BadHyperparameter, Model> => {
  const { name, kind, clamp } = network
  if (nudge !== undefined && kind === 'energy-based')
    return E.left(badHyperparameter('nudge', 'none, an energy-based network has one place for it', nudge, `leave --nudge out with ${name}`))
  if (nudge === 'inner' && variant === 'published')
    return E.left(badHyperparameter('nudge', 'outer, as the published program has it', nudge, 'take --variant exact'))
  const strict = variant === 'exact'
  const setting = settingOf({ ...network, inputActivated: kind === 'energy-based' && !strict })
  const walled = <D extends Dynamics<Op>>(clip: (dynamics: D) => Dynamics<Op>) => (free: D): Dynamics<Op> => (clamp ? clip(free) : free)
  const dynamics: Dynamics<Op> = kind === 'energy-based'
    ? strict ? walled(clampedExact)(energyBased(setting)) : walled(clamped)(publishedEnergyBased(setting))
    : nudge === 'inner' ? innerNudged(setting)
      : (kind === 'convolutional' && !strict ? publishedOuterNudged : outerNudged)(setting)
  return E.right({ dynamics, ahead: aheadOf(network, variant) })
}

const analyticActivations: Partial<Record<ActivationName, Activation<Analytic>>> = { tanh, sigm, identity }

/** The same dynamics as a function of complex numbers; undefined where walls, pooling or kinks stand against it. */
export const analyticModelOf = (network: TrainedNetwork, variant: Variant, nudge?: NudgePlace): Dynamics<Analytic> | undefined => {
  const { kind, clamp, interaction, sizes, epsilon } = network
  const activation = network.activation.flatMap((name) => analyticActivations[name] ?? [])
  const [first] = activation
  if (kind === 'convolutional' || clamp || first === undefined || activation.length !== network.activation.length) return undefined
  const strict = variant === 'exact'
  const setting: Setting<Analytic> = {
    interaction: interaction(sizes), activation: activation.length === 1 ? first : activation, epsilon,
    ...(kind === 'energy-based' && !strict && { inputActivation: first }),
  }
  return kind === 'energy-based' ? (strict ? energyBased : publishedEnergyBased)(setting) : (nudge === 'inner' ? innerNudged : outerNudged)(setting)
}
