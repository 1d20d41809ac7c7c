/**
 * A figure of the paper as a value: a network in one setting, the numbers to run it with, and which conventions it follows.
 * Nothing is run here; see comparison.ts. The paper's own are in figures.ts. Sizes are listed input first, the paper lists them
 * output first.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Activation, hardSigmoid, identity, sigm, tanh } from '../phi/activation.ts'
import type { Dynamics, ExactDynamics } from '../phi/dynamics.ts'
import type { Interaction } from '../phi/interaction.ts'
import type { Setting } from '../phi/setting.ts'
import type { Op } from '../tensor/algebra.ts'

/** Activations by the names that commands and records use. */
export const activationsByName: Readonly<Record<ActivationName, Activation<Op>>> = { tanh, sigm, hardsigm: hardSigmoid, identity }
export type ActivationName = 'tanh' | 'sigm' | 'hardsigm' | 'identity'

/** The numbers of a figure, which may be changed on the command line. */
export interface Hyperparameters {
  /** Units per layer, input first. */
  readonly sizes: readonly number[]
  /** One for all layers, or one per layer from s1 on. */
  readonly activation: readonly ActivationName[]
  /** States clipped to [0, 1] after each step, as the paper's energy-based training does. */
  readonly clamp: boolean
  /** The paper's dt. */
  readonly epsilon: number
  /** The paper's β; its program scales the nudge by dt like everything else, see `strength`. */
  readonly beta: number
  /** Steps of the free phase. */
  readonly T: number
  /** Steps of the nudged phase and of BPTT. */
  readonly K: number
  readonly batch: number
}

/**
 * A way to nudge, and the dynamics that go with it. 'exact': the theorem relates the two folds by a metric M, and neurons
 * are held against −M∇s. 'approximate': no metric is known, and neurons are held against −∇s, as the paper does.
 */
export type Nudging = { readonly name: string; readonly note: string } & (
  | { readonly kind: 'exact'; readonly dynamics: (setting: Setting<Op>) => ExactDynamics<Op> }
  | { readonly kind: 'approximate'; readonly dynamics: (setting: Setting<Op>) => Dynamics<Op> }
)

/** What theory and the authors' program do differently; departure.ts changes them. */
export interface Conventions {
  /** True where the input enters as ρ(x), with ρ of the first layer. */
  readonly inputActivated: boolean
  /** The nudge is −dt β ∂ℓ/∂s, as in the authors' program (docs/theory.md §12), or −β ∂ℓ/∂s. */
  readonly nudge: 'dt β' | 'β'
  /** What the rmse is taken of: every moment as it is, or what the authors take it of, see `publishedMeasure`. */
  readonly measure: 'moments' | 'published'
  /** The numbers to compute in. */
  readonly precision: 'float64' | 'float32'
  /** Names of the departures made. */
  readonly variant: readonly string[]
}

/** A figure: a network in one setting, and the numbers to run it with. */
export interface Figure extends Hyperparameters, Conventions {
  readonly number: number
  readonly title: string
  readonly cites: string
  /** What the network is, for subtitles. */
  readonly network: string
  readonly interaction: (sizes: readonly number[]) => Interaction<never>
  /** True where the network is more than its sizes, so that they cannot be changed. */
  readonly fixed?: true
  /** Random x in [0, 1] with a random class, or a mini-batch of digits. */
  readonly input: 'random' | 'digits'
  /**
   * The share of digits beside the mini-batch that are settled along with it, since some do not settle; to settle a few more in a round
   * of their own takes longer.
   */
  readonly spare: number
  /** The ways to nudge it, at least one. */
  readonly nudgings: readonly [Nudging, ...(readonly Nudging[])]
}

/** The strength of the nudge for one of the paper's β: our folds' own β. */
export const strength = ({ epsilon, nudge }: Pick<Figure, 'epsilon' | 'nudge'>, beta: number): number => (nudge === 'β' ? beta : epsilon * beta)

type Modelled = Pick<Figure, 'interaction' | 'sizes' | 'activation' | 'inputActivated' | 'epsilon'>

/** The model that a figure runs, less its nudge. */
export const settingOf = ({ interaction, sizes, activation, inputActivated, epsilon }: Modelled): Setting<Op> => {
  const [first, ...others] = activation.map((name): Activation<Op> => activationsByName[name])
  if (first === undefined) throw new RangeError('figure: expected at least one activation, got none')
  return {
    interaction: interaction(sizes),
    activation: others.length === 0 ? first : [first, ...others],
    epsilon,
    ...(inputActivated && { inputActivation: first }),
  }
}

/** Why a figure cannot be run with these numbers. `message` is one line. */
export interface BadHyperparameter {
  readonly _tag: 'BadHyperparameter'
  readonly name: string
  readonly message: string
}

export const badHyperparameter = (name: string, expected: string, got: string | number, next: string): BadHyperparameter =>
  ({ _tag: 'BadHyperparameter', name, message: `${name}: expected ${expected}, got ${got}; ${next}` })

/** 2²⁴ numbers (128 MiB in float64): more in one tensor is a typing error. */
const largestTensor = 2 ** 24
const largestK = 10_000
/** Hours even in the smallest network. */
const largestT = 10_000_000

const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 1

export type Fault = Parameters<typeof badHyperparameter>

/** The first fault of the numbers, if any; K is at least `leastK`. Written with ! so that NaN is a fault everywhere. */
export const faultOf = ({ sizes, activation, epsilon, beta, T, K, batch }: Hyperparameters, leastK = 2): Fault | undefined => {
  const widths = sizes.join('-')
  const [weights, widest] = [Math.max(...sizes.slice(1).map((n, l) => n * (sizes[l] ?? 1))), Math.max(...sizes)]
  const faults: readonly (readonly [boolean, Fault])[] = [
    [sizes.length < 2, ['sizes', 'at least an input and an output', widths, 'write them input first, such as 784-512-10']],
    [!sizes.every(isCount), ['sizes', 'whole numbers above 0', widths, 'write them input first, such as 784-512-10']],
    [activation.length !== 1 && activation.length !== sizes.length - 1,
      ['activation', `one name, or one for each of ${sizes.length - 1} layers`, activation.length, 'join them by commas, next to the input first']],
    [!(epsilon > 0 && epsilon <= 1), ['dt', 'a step size above 0 and at most 1', epsilon, 'try 0.08']],
    [beta === 0, ['beta', 'a number above 0', 0, 'with β = 0 nothing is nudged; take 0.01 (the limit β → 0 is always shown beside it)']],
    [!(beta > 0 && beta < Infinity), ['beta', 'a number above 0', beta, 'take 0.01 (the centered estimate uses both signs of it)']],
    [!isCount(batch), ['batch', 'a whole number above 0', batch, 'take 20']],
    [!(Number.isSafeInteger(K) && K >= leastK && K <= largestK), ['K', `a whole number of steps from ${leastK} to ${largestK}`, K, 'take 20']],
    [!(isCount(T) && T <= largestT), ['T', `a whole number of steps from 1 to ${largestT}`, T, 'take 1000']],
    [T < K, ['T', `at least K = ${K} steps, which BPTT walks back`, T, 'raise T or lower K']],
    [Math.max(weights, widest) > largestTensor, ['sizes', `at most ${largestTensor} numbers in a tensor`, widths, 'take smaller ones']],
    [widest * batch > largestTensor, ['batch', `at most ${largestTensor} numbers in a tensor`, `${batch} samples of ${widths}`, 'take fewer']],
  ]
  return faults.find(([wrong]) => wrong)?.[1]
}

/** The same figure with some of its numbers replaced. Left: the first that makes no sense. */
export const adjusted = (figure: Figure, changes: Partial<Hyperparameters>): E.Either<BadHyperparameter, Figure> => {
  const changed = { ...figure, ...changes }
  const fault: Fault | undefined = figure.fixed && changes.sizes !== undefined
    ? ['sizes', `the layers of figure ${figure.number} as they are`, changes.sizes.join('-'), 'leave --sizes out']
    : faultOf(changed)
  return fault === undefined ? E.right(changed) : E.left(badHyperparameter(...fault))
}
