/**
 * The curve figures of the paper as values: one record each, with the paper's sizes and hyperparameters (its
 * appendix). Nothing is run here; see comparison.ts. Sizes are listed input first, the paper lists them output first.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Activation, hardSigmoid, tanh } from '../phi/activation.ts'
import type { Dynamics, ExactDynamics } from '../phi/dynamics.ts'
import { energyBased } from '../phi/energy-based.ts'
import type { Interaction } from '../phi/interaction.ts'
import { convolutional, type ConvNetwork, layered, toy } from '../phi/network.ts'
import { maxPooling } from '../phi/pooling.ts'
import { innerNudged, outerNudged } from '../phi/prototypical.ts'
import { layersOf, type Setting } from '../phi/setting.ts'
import type { Op } from '../tensor/algebra.ts'

/** The numbers of a figure, which may be changed on the command line. */
export interface Hyperparameters {
  /** Units per layer, input first. */
  readonly sizes: readonly number[]
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

/** The nudge added to F is −ε β ∂ℓ/∂s, as in the authors' program (docs/theory.md §12): our folds' β is the paper's times ε. */
export const strength = ({ epsilon, beta }: Pick<Hyperparameters, 'epsilon' | 'beta'>): number => epsilon * beta

/**
 * A way to nudge, and the dynamics that go with it. 'exact': the theorem relates the two folds by a metric M, and neurons
 * are held against −M∇s. 'approximate': no metric is known, and neurons are held against −∇s, as the paper does.
 */
export type Nudging = { readonly name: string; readonly note: string } & (
  | { readonly kind: 'exact'; readonly dynamics: (setting: Setting<Op>) => ExactDynamics<Op> }
  | { readonly kind: 'approximate'; readonly dynamics: (setting: Setting<Op>) => Dynamics<Op> }
)

/** A figure: a network in one setting, and the numbers to run it with. */
export interface Figure extends Hyperparameters {
  readonly number: number
  readonly title: string
  readonly cites: string
  /** What the network is, for subtitles. */
  readonly network: string
  readonly interaction: (sizes: readonly number[]) => Interaction<never>
  /** True where the network is more than its sizes, so that they cannot be changed. */
  readonly fixed?: true
  readonly activation: Activation<Op>
  /** Random x in [0, 1] with a random class, or a mini-batch of digits. */
  readonly input: 'random' | 'digits'
  /** The ways to nudge it, at least one. */
  readonly nudgings: readonly [Nudging, ...(readonly Nudging[])]
}

/** Why a figure cannot be run with these numbers. `message` is one line. */
export interface BadHyperparameter {
  readonly _tag: 'BadHyperparameter'
  readonly name: string
  readonly message: string
}

const gradient: Nudging = {
  kind: 'exact',
  name: 'energy-based',
  note: 'energy-based: F = ∂Φ/∂s, so EP equals −BPTT exactly as β → 0, neurons and parameters alike',
  dynamics: energyBased,
}

const outer: Nudging = {
  kind: 'approximate',
  name: 'outer nudge',
  note: 'outer nudge (the paper\'s, added outside σ): F is no gradient, so a gap remains as β → 0; neurons against −∇s',
  dynamics: outerNudged,
}

const inner: Nudging = {
  kind: 'exact',
  name: 'inner nudge',
  note: 'inner nudge (inside σ): exact as β → 0; parameters against −∇θ, neurons against −M∇s with M = ε diag σ′(∂Ψ/∂u)',
  dynamics: innerNudged,
}

type Numbers = Pick<Figure, 'number' | 'epsilon' | 'beta' | 'T' | 'K'>

/** 784-512-…-10 with `hidden` hidden layers on mini-batches of 20 digits, tanh throughout. */
const onDigits = (hidden: number, kind: Pick<Figure, 'title' | 'nudgings'>, numbers: Numbers): Figure => ({
  ...kind,
  ...numbers,
  cites: `Figure ${numbers.number}`,
  network: 'layered network',
  interaction: layered,
  activation: tanh,
  input: 'digits',
  sizes: [784, ...Array.from({ length: hidden }, () => 512), 10],
  batch: 20,
})

const energyBasedOnDigits: Pick<Figure, 'title' | 'nudgings'> = { title: 'Energy-based network: EP updates follow BPTT gradients', nudgings: [gradient] }
const prototypicalOnDigits: Pick<Figure, 'title' | 'nudgings'> = { title: 'Prototypical network: the nudge outside and inside σ', nudgings: [outer, inner] }

/** The paper's convolutional network: two convolutions with 5×5 kernels and 2×2 max-pooling, then the output. */
export const convolutions: ConvNetwork = {
  input: [1, 28, 28],
  channels: [32, 64],
  options: { size: 5, stride: 1, padding: 0, pooling: maxPooling(2) },
  dense: [10],
}

/** Those that can be run, by the paper's number. */
export const curveFigures: readonly Figure[] = [
  {
    number: 2,
    title: 'Toy network: EP updates follow BPTT gradients',
    cites: 'Figure 2',
    network: 'toy network (the input feeds both layers)',
    interaction: toy,
    activation: tanh,
    input: 'random',
    nudgings: [gradient],
    sizes: [5, 50, 10], epsilon: 0.08, beta: 0.01, T: 5000, K: 80, batch: 1,
  },
  {
    ...onDigits(2, prototypicalOnDigits, { number: 4, epsilon: 1, beta: 0.02, T: 5000, K: 10 }),
    title: 'Convolutional network: the nudge outside and inside σ',
    network: 'convolutional network (1-32-64 channels, 5×5 kernels, 2×2 max-pooling)',
    interaction: () => convolutional(convolutions),
    activation: hardSigmoid,
    sizes: layersOf(convolutional(convolutions)).map(({ units }) => units),
    fixed: true,
  },
  onDigits(1, energyBasedOnDigits, { number: 8, epsilon: 0.08, beta: 0.001, T: 800, K: 80 }),
  onDigits(2, energyBasedOnDigits, { number: 9, epsilon: 0.08, beta: 0.01, T: 5000, K: 150 }),
  onDigits(3, energyBasedOnDigits, { number: 10, epsilon: 0.08, beta: 0.02, T: 30_000, K: 200 }),
  onDigits(1, prototypicalOnDigits, { number: 11, epsilon: 1, beta: 0.01, T: 150, K: 10 }),
  onDigits(2, prototypicalOnDigits, { number: 12, epsilon: 1, beta: 0.01, T: 1500, K: 40 }),
  onDigits(3, prototypicalOnDigits, { number: 13, epsilon: 1, beta: 0.015, T: 5000, K: 40 }),
]

/** 2²⁴ numbers (128 MiB in float64): more in one tensor is a typing error. */
const largestTensor = 2 ** 24
const largestK = 10_000

/** What is wrong with a number: its name, what was expected, what came, and what to do. */
export type Fault = readonly [name: string, expected: string, got: string | number, next: string]

const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 1

/** The first fault of the numbers, if any. Written with ! so that NaN is a fault everywhere. */
export const faultOf = ({ sizes, epsilon, beta, T, K, batch }: Hyperparameters): Fault | undefined => {
  const widths = sizes.join('-')
  const largest = Math.max(...sizes.slice(1).map((n, l) => n * (sizes[l] ?? 1)), ...sizes.map((n) => n * batch))
  const faults: readonly (readonly [boolean, Fault])[] = [
    [sizes.length < 2, ['sizes', 'at least an input and an output', widths, 'write them input first, such as 784-512-10']],
    [!sizes.every(isCount), ['sizes', 'whole numbers above 0', widths, 'write them input first, such as 784-512-10']],
    [!(epsilon > 0 && epsilon <= 1), ['dt', 'a step size above 0 and at most 1', epsilon, 'try 0.08']],
    [beta === 0, ['beta', 'a number above 0', 0, 'with β = 0 nothing is nudged; take 0.01 (the limit β → 0 is always shown beside it)']],
    [!(beta > 0 && beta < Infinity), ['beta', 'a number above 0', beta, 'take 0.01 (the centered estimate uses both signs of it)']],
    [!isCount(batch), ['batch', 'a whole number above 0', batch, 'take 20']],
    [!isCount(T), ['T', 'a whole number of steps above 0', T, 'take 1000']],
    [!(Number.isSafeInteger(K) && K >= 2 && K <= largestK), ['K', `a whole number of steps from 2 to ${largestK}`, K, 'take 20']],
    [T < K, ['T', `at least K = ${K} steps, which BPTT walks back`, T, 'raise T or lower K']],
    [largest > largestTensor,
      ['sizes', `at most ${largestTensor} numbers in a tensor`, `${widths} with batch ${batch}`, 'take smaller ones']],
  ]
  return faults.find(([wrong]) => wrong)?.[1]
}

export const badHyperparameter = ([name, expected, got, next]: Fault): BadHyperparameter =>
  ({ _tag: 'BadHyperparameter', name, message: `${name}: expected ${expected}, got ${got}; ${next}` })

/** The same figure with some of its numbers replaced. Left: the first that makes no sense. */
export const adjusted = (figure: Figure, changes: Partial<Hyperparameters>): E.Either<BadHyperparameter, Figure> => {
  const changed = { ...figure, ...changes }
  const fault: Fault | undefined = figure.fixed && changes.sizes !== undefined
    ? ['sizes', `the layers of figure ${figure.number} as they are`, changes.sizes.join('-'), 'leave --sizes out']
    : faultOf(changed)
  return fault === undefined ? E.right(changed) : E.left(badHyperparameter(fault))
}
