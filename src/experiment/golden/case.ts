/**
 * The recorded cases of the authors' program, format `ep-bptt-golden-1`: one JSON object per case, as typed by
 * decode.ts. What a case recorded stays undecoded until it is compared: comparison.ts knows each number's shape.
 *
 * Conventions of the files, not ours: sizes and layers are listed output first, weights are (out, in).
 */
import type { Shape } from '../../tensor/algebra.ts'

export interface NumberArray {
  readonly shape: Shape
  readonly data: readonly number[]
}

export interface Affine {
  readonly weight: NumberArray
  readonly bias: NumberArray
}

/** Weights and biases by the file's names: w0, w1, … or w01, w0x, w1x or fc0, …, conv0, …. */
export type Affines = Readonly<Record<string, Affine>>

export interface Batch {
  readonly x: NumberArray
  readonly y: NumberArray
}

/** What all cases say of their phases. */
interface Phases {
  readonly activation: 'tanh' | 'sigm' | 'hardsigm'
  readonly clamp: boolean
  /** ρ′ kept in the output layer's drive; the authors' layered energy-based network leaves it out. */
  readonly consistent: boolean
  readonly T: number
  readonly K: number
  readonly dt: number
  readonly batch: number
}

/** A fully connected network. */
interface Layered extends Phases {
  readonly model: 'toy' | 'eb' | 'p'
  /** Output first, the input size last. */
  readonly sizes: readonly number[]
}

/** Convolutions with stride 1, each followed by max-pooling of windows side by side, below fully connected layers. */
export interface Convolutional extends Phases {
  readonly model: 'conv'
  /** The fully connected layers only, output first. */
  readonly sizes: readonly number[]
  /** Output first, the image's channels last. */
  readonly channels: readonly number[]
  /** Rows and columns of the image. */
  readonly image: readonly [rows: number, columns: number]
  /** Rows and columns of a kernel, zeros around a map, rows and columns of a pooling window. */
  readonly filter: number
  readonly padding: number
  readonly pool: number
}

export type Setup = Layered | Convolutional

export interface Common {
  readonly name: string
  readonly setup: Setup
  /** The sections of results by name. */
  readonly recorded: Readonly<Record<string, unknown>>
}

/** Row and column of the weights, units and biases of which a course was kept, by layer or by name. */
export interface Samples {
  readonly neurons: readonly (readonly number[])[]
  readonly weights: Readonly<Record<string, readonly (readonly number[])[]>>
  readonly biases: Readonly<Record<string, readonly number[]>>
}

/** Both phases of one small network, with their whole course; `times` lists the moments kept of the weights. */
export interface Course extends Common {
  readonly _tag: 'Course'
  readonly beta: number
  readonly params: Affines
  readonly data: Batch
  readonly times: readonly number[] | undefined
  /** Further β, with which EP was held against BPTT as well. */
  readonly betas: readonly number[]
}

/** EP against BPTT at several β and in the limit. */
export interface BetaScan extends Common {
  readonly _tag: 'BetaScan'
  readonly betas: readonly number[]
  readonly params: Affines
  readonly data: Batch
}

/** Share of the weights whose EP and BPTT updates have the same sign. */
export interface Signs extends Common {
  readonly _tag: 'Signs'
  readonly beta: number
  readonly params: Affines
  readonly batches: readonly Batch[]
}

/** Training steps by EP and by BPTT; one rate per layer, output first. */
export interface Training extends Common {
  readonly _tag: 'Training'
  readonly beta: number
  readonly params: Affines
  readonly batches: readonly Batch[]
  readonly rates: readonly number[]
}

/** A network of the paper's size with generated weights, of which samples and summaries were kept. */
export interface Sampled extends Common {
  readonly _tag: 'Sampled'
  readonly beta: number
  readonly seed: number
  readonly pixels: NumberArray
  readonly labels: readonly number[]
  readonly samples: Samples
  /** Recorded as well with ρ′ kept in the output layer's drive. */
  readonly alsoConsistent: boolean
}

/** A case that can be run. */
export type Case = Course | BetaScan | Training | Signs | Sampled

/** A kind of model that is not known, at all or in this kind of case. */
export interface Unsupported {
  readonly _tag: 'Unsupported'
  readonly name: string
  readonly what: string
}
