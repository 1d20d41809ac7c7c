/**
 * Interactions of the paper's networks, from sizes listed input first (784-512-10). Parameters are named after the layer
 * that they drive, counted from the input: W1, b1 drive s¹. The paper counts layers from the output: our W2 of a
 * one-hidden-layer network is its W₀₁, our W1 its W₁ₓ, and our Wx2 of the toy network its W₀ₓ.
 */
import { bias } from './bias.ts'
import type { MapShape } from '../tensor/spatial.ts'
import { conv, convEnd, type ConvOptions } from './conv.ts'
import { dense } from './dense.ts'
import { type End, type Interaction, mapEnd } from './interaction.ts'
import { lateral } from './lateral.ts'
import { plus, zero } from './monoid.ts'

const ends = (sizes: readonly number[]): readonly End[] => {
  if (sizes.length < 2 || !sizes.every((n) => Number.isSafeInteger(n) && n > 0))
    throw new RangeError(`network sizes: expected at least an input and an output, whole numbers above 0, got ${sizes.join('-')}`)
  return sizes.map((units, layer) => ({ layer, units }))
}

const sum = (terms: readonly Interaction<never>[]): Interaction<never> => terms.reduce(plus, zero)

/**
 * Ψ = Σ_l ⟨u_l, W_l u_{l−1}⟩ + ⟨b_l, u_l⟩: input, any number of hidden layers, output.
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { layered } from 'phifold'
 *
 * assert.deepEqual(layered([784, 512, 10]).params, { W1: [512, 784], b1: [512], W2: [10, 512], b2: [10] })
 * ```
 */
export const layered = (sizes: readonly number[]): Interaction<never> => {
  const layers = ends(sizes)
  return sum(layers.slice(1).flatMap((to, below) => [
    dense(`W${to.layer}`, layers[below] as End, to),
    bias(`b${to.layer}`, to),
  ]))
}

/** The layered network whose input also feeds every later layer (Wx2, Wx3, …): the paper's toy network, for 5-50-10. */
export const toy = (sizes: readonly number[]): Interaction<never> => {
  const [input, , ...later] = ends(sizes)
  return sum([layered(sizes), ...later.map((to) => dense(`Wx${to.layer}`, input as End, to))])
}

/** The layered network with lateral connections V1, V2, … within every layer. */
export const laterals = (sizes: readonly number[]): Interaction<never> =>
  sum([layered(sizes), ...ends(sizes).slice(1).map((end) => lateral(`V${end.layer}`, end))])

/** A convolutional classifier's shape, listed from the input. */
export interface ConvNetwork {
  /** Channels, rows and columns of the input. */
  readonly input: MapShape
  /** Channels that each convolution makes. */
  readonly channels: readonly number[]
  /** Kernel size, stride, padding and pooling, the same for every convolution. */
  readonly options: ConvOptions
  /** Units of the fully connected layers on top, the output last. */
  readonly dense: readonly number[]
}

/** Convolutions with pooling, then dense layers: W1 … are kernels, the later ones matrices; b1 … per channel, then per unit. */
export const convolutional = ({ input, channels, options, dense: tops }: ConvNetwork): Interaction<never> => {
  const maps = channels.reduce<readonly End[]>(
    (ends, count, i) => [...ends, convEnd(`W${i + 1}`, ends[i] as End, count, options)], [mapEnd(0, input)])
  const layers: readonly End[] = [...maps, ...tops.map((units, i): End => ({ layer: maps.length + i, units }))]
  return sum(layers.slice(1).flatMap((to, i) => {
    const from = layers[i] as End
    const name = `W${to.layer}`
    return [to.map === undefined ? dense(name, from, to) : conv(name, from, to.map[0], options), bias(`b${to.layer}`, to)]
  }))
}
