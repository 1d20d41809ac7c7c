/**
 * Instances of networks as plain data that prints and shrinks, and their realisation over any number system.
 *
 * Exact rungs need a state that is exactly stationary. Nothing is iterated for that: a rational state is chosen and the
 * biases (for batches also some incoming weights) are solved so that F(x, s, θ) = s holds identically.
 */
import fc from 'fast-check'
import type { NumberSystem } from '../number/number.ts'
import { type Activation, polynomial } from '../phi/activation.ts'
import { addDrives, type Interaction, type Layers, layerShape, type Params, paramOf } from '../phi/interaction.ts'
import type { Dynamics } from '../phi/dynamics.ts'
import { convolutional, layered, laterals, toy } from '../phi/network.ts'
import { plus } from '../phi/monoid.ts'
import { field } from '../phi/bias.ts'
import { averagePooling, maxPooling, noPooling } from '../phi/pooling.ts'
import { layersOf } from '../phi/setting.ts'
import type { Data } from '../fold/pose.ts'
import type { Algebra, Shape } from '../tensor/algebra.ts'
import { entries } from '../tensor/algebra.ts'
import { lift, lifted, type Lifted } from '../tensor/lift.ts'
import { solve } from './linear-solve.ts'

/** Kinds of networks by name. */
export const architectures: { readonly [name in 'layered' | 'toy' | 'laterals']: (sizes: readonly number[]) => Interaction<never> } = { layered, toy, laterals }

/** A network, its data and K. `pool` fills every tensor in turn, going round: entries are fractions [numerator, denominator]. */
export interface NetworkSpec {
  /** Which sum of terms; `interactionOf` builds it. */
  readonly architecture: keyof typeof architectures | 'convolutional'
  /** Input first; empty for a convolutional network, which `maps` describes. */
  readonly sizes: readonly number[]
  /** Present for convolutional networks only. */
  readonly maps?: MapsSpec
  /** Number of samples. */
  readonly batch: number
  /** K. */
  readonly steps: number
  /** The step size ε in (0, 1]. */
  readonly epsilon: number
  /** Coefficients of the polynomial activation. */
  readonly activation: readonly number[]
  /** Fractions [numerator, denominator] to fill all tensors with. */
  readonly pool: readonly (readonly [number, number])[]
}

/** A convolutional network on square maps. */
export interface MapsSpec {
  /** Channels of the input, then those that each convolution makes. */
  readonly channels: readonly [number, ...readonly number[]]
  /** Rows and columns of the square input. */
  readonly pixels: number
  /** Rows and columns of the kernels. */
  readonly size: number
  /** Of every convolution. */
  readonly stride: number
  /** Of every convolution. */
  readonly padding: number
  /** In windows of 2×2, or none. */
  readonly pooling: 'max' | 'average' | 'none'
  /** Units of the dense layer on top. */
  readonly outputs: number
}

/** Bounds of random networks. Exact arithmetic takes longer with every unit and step: three layers of three units, batch 3 and K = 3 are quick. */
export interface SpecBounds {
  /** Most layers beside the input; at least one is drawn. */
  readonly layers: number
  /** Most units of each layer, the input included. */
  readonly units: number
  /** Most samples. */
  readonly batch: number
  /** Largest K. */
  readonly steps: number
  /** Kinds to draw from; by default 'layered', 'toy' and 'laterals'. */
  readonly architectures?: readonly (keyof typeof architectures)[]
  /** Step sizes to draw from; by default ¼, ½ and 1. */
  readonly epsilons?: readonly number[]
  /** Coefficients of polynomial activations to draw from, constant term first; by default four of degree 1 to 3. */
  readonly activations?: readonly (readonly number[])[]
  /** Entries of all tensors; by default small fractions with denominators up to 4. */
  readonly fraction?: fc.Arbitrary<readonly [number, number]>
}

// 31 entries: prime, so that rows of a matrix do not repeat each other however wide it is.
const poolSize = 31

/** Small fractions; few denominators keep exact arithmetic short. */
const smallFraction: fc.Arbitrary<readonly [number, number]> = fc.tuple(fc.integer({ min: -6, max: 6 }), fc.constantFrom(1, 2, 3, 4))

/** Random networks within bounds; every stated size, batch and K up to its bound occurs. */
export const networks = (bounds: SpecBounds): fc.Arbitrary<NetworkSpec> => fc.record({
  architecture: fc.constantFrom(...(bounds.architectures ?? (['layered', 'toy', 'laterals'] as const))),
  sizes: fc.array(fc.integer({ min: 1, max: bounds.units }), { minLength: 2, maxLength: bounds.layers + 1 }),
  batch: fc.integer({ min: 1, max: bounds.batch }),
  steps: fc.integer({ min: 1, max: bounds.steps }),
  epsilon: fc.constantFrom(...(bounds.epsilons ?? [0.25, 0.5, 1])),
  activation: fc.constantFrom(...(bounds.activations ?? [[0, 1], [0, 1, 0.5], [0.5, 1, 0, -0.25], [0.25, 0.5, 1, 0.5]])),
  pool: fc.array(bounds.fraction ?? smallFraction, { minLength: poolSize, maxLength: poolSize }),
})

const poolings = { max: maxPooling(2), average: averagePooling(2), none: noPooling } as const

/** Ψ of an instance. Throws RangeError for a convolutional one without `maps`. */
export const interactionOf = ({ architecture, sizes, maps }: Pick<NetworkSpec, 'architecture' | 'sizes' | 'maps'>): Interaction<never> => {
  if (architecture !== 'convolutional') return architectures[architecture](sizes)
  if (maps === undefined) throw new RangeError('a convolutional spec needs maps')
  const { channels: [first, ...channels], pixels, size, stride, padding, pooling, outputs } = maps
  const network = convolutional({
    input: [first, pixels, pixels], channels, options: { size, stride, padding, pooling: poolings[pooling] }, dense: [outputs],
  })
  // A bias per unit beside the bias per channel, so that any state of the maps can be made stationary.
  return layersOf(network).reduce<Interaction<never>>(
    (sum, layer, l) => (l === 0 || layer.map === undefined ? sum : plus(sum, field(`h${l}`, { ...layer, layer: l }))), network)
}

/** Random convolutional networks: one or two convolutions of any stride, padding and pooling that fit, then a dense layer. */
export const convolutionals = (given: Omit<SpecBounds, 'layers' | 'units' | 'architectures'>): fc.Arbitrary<NetworkSpec> => {
  const channels = fc.integer({ min: 1, max: 2 })
  const bounds = { ...given, layers: 1, units: 1 }
  const maps: fc.Arbitrary<MapsSpec> = fc.record({
    channels: fc.tuple(channels, channels, fc.option(channels)).map(([a, b, c]): MapsSpec['channels'] => (c === null ? [a, b] : [a, b, c])),
    pixels: fc.integer({ min: 2, max: 6 }),
    size: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 2 }),
    padding: fc.integer({ min: 0, max: 1 }),
    pooling: fc.constantFrom('max' as const, 'average' as const, 'none' as const),
    outputs: fc.integer({ min: 1, max: 3 }),
  })
  return fc.tuple(networks(bounds), maps)
    .map(([spec, shape]): NetworkSpec => ({ ...spec, architecture: 'convolutional', sizes: [], maps: shape }))
    .filter(fits)
}

const fits = (spec: NetworkSpec): boolean => {
  try {
    interactionOf(spec)
    return true
  } catch {
    return false
  }
}

/** The polynomial activation of an instance: ring operations only, so exact over the rationals. */
export const activationOf = ({ activation }: NetworkSpec): Activation<never> => polynomial(...activation)

/** Tensors of the pool's fractions over S, each starting where the one before ended. */
export const fill = <X>(S: NumberSystem<never, X>, { pool }: Pick<NetworkSpec, 'pool'>) =>
  (shapes: readonly Shape[], offset = 0): readonly Lifted<X>[] => {
    const entry = (i: number): X => {
      const [n, d] = pool[i % pool.length] as readonly [number, number]
      return S.div(S.of(n), S.of(d))
    }
    const starts = shapes.reduce<readonly number[]>((all, shape) => [...all, (all.at(-1) ?? 0) + entries(shape)], [offset])
    return shapes.map((shape, k) => lifted(shape, Array.from({ length: entries(shape) }, (_, i) => entry((starts[k] as number) + i))))
  }

/** A network with data and one state, over S. */
export interface Instance<X> {
  readonly algebra: Algebra<never, Lifted<X>>
  readonly data: Data<Lifted<X>>
  readonly state: Layers<Lifted<X>>
}

/** θ, x, y and a state straight from the pool; the state is stationary only by accident. */
export const anywhere = <X>(
  S: NumberSystem<never, X>, spec: NetworkSpec, interaction: Interaction<never> = interactionOf(spec),
): Instance<X> => anywhereIn(S, spec, { layers: layersOf(interaction), params: interaction.params })

/** The same for any model with these layers, input first, and these parameters. */
export const anywhereIn = <X>(
  S: NumberSystem<never, X>, spec: Pick<NetworkSpec, 'batch' | 'pool'>, { layers: described, params }: Pick<Dynamics<never>, 'layers' | 'params'>,
): Instance<X> => {
  const shapes = described.map((layer) => layerShape(spec.batch, layer))
  const [input, rest] = [shapes[0] as Shape, shapes.slice(1)]
  const names = Object.keys(params)
  const tensors = fill(S, spec)([...rest, input, rest.at(-1) as Shape, ...Object.values(params)])
  const layers = rest.length
  return {
    algebra: lift(S),
    state: tensors.slice(0, layers),
    data: {
      x: tensors[layers] as Lifted<X>,
      y: tensors[layers + 1] as Lifted<X>,
      theta: Object.fromEntries(names.map((name, i) => [name, tensors[layers + 2 + i] as Lifted<X>])),
    },
  }
}

/** What the drive of a layer must be for its state to stay, and that state. */
export type Rest = <X>(A: Algebra<never, Lifted<X>>, S: NumberSystem<never, X>, rho: Activation<never>, z: Lifted<X>) =>
  { readonly state: Lifted<X>; readonly drive: Lifted<X> } | undefined

/** Energy-based: s = ρ′(s) ⊙ drive, so the drive is s / ρ′(s). Undefined where ρ′ vanishes. */
export const energyRest: Rest = (A, S, rho, z) => {
  const slope = rho.at(A)(z).slope()
  if (slope.data.some((e) => S.equals(e, S.zero))) return undefined
  return { state: z, drive: lifted(z.shape, z.data.map((e, i) => S.div(e, slope.data[i] as typeof e))) }
}

/** Prototypical: s = σ(drive). */
export const prototypicalRest: Rest = (A, _, sigma, z) => ({ state: sigma.at(A)(z).value, drive: z })

/**
 * The instance with b_l (and, for batches, some columns of W_l) solved, from the top layer down, so that the state is exactly
 * stationary. `couple` maps states to what the interaction sees: ρ(s) in the energy-based setting. Undefined where the samples' features are dependent.
 */
export const stationary = <X>(
  S: NumberSystem<never, X>, spec: NetworkSpec, rest: Rest, couple: 'activated' | 'raw', interaction: Interaction<never> = interactionOf(spec),
): Instance<X> | undefined => {
  const { algebra: A, data, state: free } = anywhere(S, spec, interaction)
  const rho = activationOf(spec)
  const rests = free.map((z) => rest(A, S, rho, z))
  if (rests.some((r) => r === undefined)) return undefined
  const state = rests.map((r) => (r as NonNullable<typeof r>).state)
  const u = [data.x, ...state.map((sl) => (couple === 'activated' ? rho.at(A)(sl).value : sl))]
  const theta = rests.reduceRight<Params<Lifted<X>> | undefined>((params, r, l) => {
    if (params === undefined) return undefined
    const psi = interaction.at(A)(params, data.x)
    const drive = addDrives(A, psi.constant, psi.drive(u))[l + 1] as Lifted<X>
    const missing = A.sub((r as NonNullable<typeof r>).drive, drive)
    const h = params[`h${l + 1}`]
    return h === undefined
      ? corrected(S, params, l + 1, A.reshape(u[l] as Lifted<X>, [spec.batch, entries((u[l] as Lifted<X>).shape) / spec.batch]), missing)
      : spec.batch > 1 ? undefined : { ...params, [`h${l + 1}`]: A.add(h, A.reshape(missing, h.shape)) }
  }, data.theta)
  return theta && { algebra: A, data: { ...data, theta }, state }
}

/** θ with W_l and b_l changed so that layer l's drive grows by `missing`, sample by sample. */
const corrected = <X>(
  S: NumberSystem<never, X>, theta: Params<Lifted<X>>, l: number, below: Lifted<X>, missing: Lifted<X>,
): Params<Lifted<X>> | undefined => {
  const [batch, units] = missing.shape as readonly [number, number]
  const inputs = below.shape[1] as number
  const features = Array.from({ length: batch }, (_, b) => [S.one, ...below.data.slice(b * inputs, (b + 1) * inputs)])
  const deltas = Array.from({ length: units }, (_, i) =>
    solve(S, features, Array.from({ length: batch }, (_, b) => missing.data[b * units + i] as X)))
  if (deltas.some((delta) => delta === undefined)) return undefined
  const [W, b] = [paramOf(theta, `W${l}`), paramOf(theta, `b${l}`)]
  const delta = (i: number, j: number): X => deltas[i]?.[j] as X
  return {
    ...theta,
    [`b${l}`]: lifted(b.shape, b.data.map((e, i) => S.add(e, delta(i, 0)))),
    [`W${l}`]: lifted(W.shape, W.data.map((e, k) => S.add(e, delta(Math.floor(k / inputs), 1 + (k % inputs))))),
  }
}
