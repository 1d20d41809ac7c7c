/**
 * Instances of networks as plain data that prints and shrinks, and their realisation over any number system.
 *
 * Exact rungs need a state that is exactly stationary. Nothing is iterated for that: a rational state is chosen and the
 * biases (for batches also some incoming weights) are solved so that F(x, s, θ) = s holds identically.
 */
import fc from 'fast-check'
import type { NumberSystem } from '../number/number.ts'
import { type Activation, polynomial } from '../phi/activation.ts'
import { addDrives, type Interaction, type Layers, type Params, paramOf } from '../phi/interaction.ts'
import { layered, laterals, toy } from '../phi/network.ts'
import type { Data } from '../fold/pose.ts'
import type { Algebra, Shape } from '../tensor/algebra.ts'
import { entries } from '../tensor/algebra.ts'
import { lift, lifted, type Lifted } from '../tensor/lift.ts'
import { solve } from './linear-solve.ts'

/** Kinds of networks by name. */
export const architectures: { readonly [name in 'layered' | 'toy' | 'laterals']: (sizes: readonly number[]) => Interaction<never> } = { layered, toy, laterals }

/** A network, its data and K. `pool` fills every tensor in turn, going round: entries are fractions [numerator, denominator]. */
export interface NetworkSpec {
  readonly architecture: keyof typeof architectures
  /** Input first. */
  readonly sizes: readonly number[]
  readonly batch: number
  /** K. */
  readonly steps: number
  readonly epsilon: number
  /** Coefficients of the polynomial activation. */
  readonly activation: readonly number[]
  readonly pool: readonly (readonly [number, number])[]
}

export interface SpecBounds {
  readonly layers: number
  readonly units: number
  readonly batch: number
  readonly steps: number
  readonly architectures?: readonly (keyof typeof architectures)[]
  readonly epsilons?: readonly number[]
  readonly activations?: readonly (readonly number[])[]
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

export const interactionOf = ({ architecture, sizes }: Pick<NetworkSpec, 'architecture' | 'sizes'>): Interaction<never> =>
  architectures[architecture](sizes)

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
export const anywhere = <X>(S: NumberSystem<never, X>, spec: NetworkSpec): Instance<X> => {
  const { batch, sizes } = spec
  const shapes = interactionOf(spec).params
  const names = Object.keys(shapes)
  const tensors = fill(S, spec)([
    ...sizes.slice(1).map((units) => [batch, units]), [batch, sizes[0] as number], [batch, sizes.at(-1) as number], ...Object.values(shapes),
  ])
  const layers = sizes.length - 1
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
  const { algebra: A, data, state: free } = anywhere(S, spec)
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
    return corrected(S, params, l + 1, u[l] as Lifted<X>, missing)
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
