/** The curve figures of the paper, with its sizes and hyperparameters (its appendix), and the figures that sum them up in bars. */
import { energyBased } from '../phi/energy-based.ts'
import { convolutional, type ConvNetwork, layered, toy } from '../phi/network.ts'
import { maxPooling } from '../phi/pooling.ts'
import { innerNudged, outerNudged } from '../phi/prototypical.ts'
import { layersOf } from '../phi/setting.ts'
import type { Conventions, Figure, Nudging } from './figure.ts'

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

const exactly: Conventions = { inputActivated: false, nudge: 'dt β', measure: 'moments', precision: 'float64', variant: [] }

type Kind = Pick<Figure, 'title' | 'nudgings'>
type Numbers = Pick<Figure, 'number' | 'epsilon' | 'beta' | 'T' | 'K'>

/** 784-512-…-10 with `hidden` hidden layers on mini-batches of 20 digits, tanh throughout. */
const onDigits = (hidden: number, kind: Kind, numbers: Numbers): Figure => ({
  ...exactly,
  ...kind,
  ...numbers,
  cites: `Figure ${numbers.number}`,
  network: 'layered network',
  interaction: layered,
  activation: ['tanh'],
  clamp: false,
  input: 'digits',
  // With one hidden layer all settle.
  spare: hidden > 1 ? 0.2 : 0,
  sizes: [784, ...Array.from({ length: hidden }, () => 512), 10],
  batch: 20,
})

const energyBasedOnDigits: Kind = { title: 'Energy-based network: EP updates follow BPTT gradients', nudgings: [gradient] }
const prototypicalOnDigits: Kind = { title: 'Prototypical network: the nudge outside and inside σ', nudgings: [outer, inner] }

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
    ...exactly,
    number: 2,
    title: 'Toy network: EP updates follow BPTT gradients',
    cites: 'Figure 2',
    network: 'toy network (the input feeds both layers)',
    interaction: toy,
    activation: ['tanh'],
    clamp: false,
    input: 'random',
    spare: 0,
    nudgings: [gradient],
    sizes: [5, 50, 10], epsilon: 0.08, beta: 0.01, T: 5000, K: 80, batch: 1,
  },
  {
    ...onDigits(2, prototypicalOnDigits, { number: 4, epsilon: 1, beta: 0.02, T: 5000, K: 10 }),
    title: 'Convolutional network: the nudge outside and inside σ',
    network: 'convolutional network (1-32-64 channels, 5×5 kernels, 2×2 max-pooling)',
    interaction: () => convolutional(convolutions),
    activation: ['hardsigm'],
    sizes: layersOf(convolutional(convolutions)).map(({ units }) => units),
    fixed: true,
    spare: 0,
  },
  onDigits(1, energyBasedOnDigits, { number: 8, epsilon: 0.08, beta: 0.001, T: 800, K: 80 }),
  onDigits(2, energyBasedOnDigits, { number: 9, epsilon: 0.08, beta: 0.01, T: 5000, K: 150 }),
  onDigits(3, energyBasedOnDigits, { number: 10, epsilon: 0.08, beta: 0.02, T: 30_000, K: 200 }),
  onDigits(1, prototypicalOnDigits, { number: 11, epsilon: 1, beta: 0.01, T: 150, K: 10 }),
  onDigits(2, prototypicalOnDigits, { number: 12, epsilon: 1, beta: 0.01, T: 1500, K: 40 }),
  onDigits(3, prototypicalOnDigits, { number: 13, epsilon: 1, beta: 0.015, T: 5000, K: 40 }),
]

/** A figure of bars: mean rmse per layer of the curve figures named. */
export interface Summary {
  readonly number: number
  readonly title: string
  readonly cites: string
  readonly of: readonly number[]
}

export const summaries: readonly Summary[] = [
  { number: 3, title: 'Layered networks: relative rmse between EP and −BPTT', cites: 'Figure 3', of: [8, 9, 10, 11, 12, 13] },
  { number: 16, title: 'Convolutional network: relative rmse between EP and −BPTT', cites: 'Figure 16', of: [4] },
]
