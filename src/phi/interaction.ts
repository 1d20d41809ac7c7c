/**
 * An interaction Ψ(u, θ) couples layers: u_0 is the input, u_1 … u_L the layers (after their activation). Interactions
 * add, so they form a commutative monoid, and each derivative below is a homomorphism of it: law L3.
 *
 * Each term carries its value, its hand-derived first derivatives and its two products of second derivatives with a
 * vector. Ψ sums over the batch (axis 0), so ∂Ψ/∂u is per sample and ∂Ψ/∂θ is summed. Laws: L1, L2.
 *
 * The stages matter. `at(A)(θ, u0)` runs once per phase: what depends on the static input and θ alone, such as W u_0 + b,
 * is computed there and handed out as `constant`; only `drive` is computed at every step.
 */
import type { Algebra, Op, Shape } from '../tensor/algebra.ts'
import type { MapShape } from '../tensor/spatial.ts'

/** One tensor per layer. */
export type Layers<T> = readonly T[]

/** A contribution to some layers, indexed like u (0 is the input); absent means zero. */
export type Drives<T> = readonly (T | undefined)[]

/** Parameters, or gradients with respect to them, by name. */
export type Params<T> = Readonly<Record<string, T>>

/** Ψ at given θ and input u_0; u and v list all layers, the input first. */
export interface Coupling<T> {
  /** The part of ∂Ψ/∂u which does not depend on the state. */
  readonly constant: Drives<T>
  /** Ψ summed over the batch, a scalar. */
  readonly value: (u: Layers<T>) => T
  /** ∂Ψ/∂u_l for l ≥ 1, less `constant`. */
  readonly drive: (u: Layers<T>) => Drives<T>
  /** ∂Ψ/∂θ, summed over the batch. Terms that pool take their positions from `poolsOf`, which is u but in published variants. */
  readonly param: (u: Layers<T>, poolsOf?: Layers<T>) => Params<T>
  /**
   * What `param` gives at one end of a contrast less what it gives at the other, where there is a shorter way than to take both. Whoever
   * replaces `param` must leave it out.
   */
  readonly contrast?: (after: Contrasted<T>, before: Contrasted<T>) => Params<T>
  /** v ↦ ∂²Ψ/∂u² v, ∂²Ψ/∂θ∂u v and ∂²Ψ/∂u_0∂u v. The last two are computed when asked for; v_0 is absent. */
  readonly pull: (u: Layers<T>) => (v: Drives<T>) => Pulled<T>
  /**
   * Σ ∂²Ψ/∂θ∂u v over directions v at states u, where there is a cheaper way than to add up what `pull` says of each; at least one. Whoever
   * replaces `pull` must leave it out.
   */
  readonly collect?: (all: readonly Direction<T>[]) => Params<T>
}

/** v at u. */
export interface Direction<T> {
  /** All layers after their activation, the input first. */
  readonly u: Layers<T>
  /** A direction at each layer; absent is zero, and always absent at the input. */
  readonly v: Drives<T>
}

/** One end of a contrast: u, and where terms that pool take their positions from. */
export interface Contrasted<T> {
  /** All layers after their activation, the input first. */
  readonly u: Layers<T>
  /** All layers of the state from which positions of maxima are taken: u itself but in published variants. */
  readonly poolsOf: Layers<T>
}

/** What `pull` gives for one direction v. */
export interface Pulled<T> {
  /** ∂²Ψ/∂u² v, per sample, at the layers where it is not zero. */
  readonly state: Drives<T>
  /** ∂²Ψ/∂θ∂u v, summed over the batch, in the shapes of the parameters; computed when asked for. */
  readonly param: () => Params<T>
  /** ∂²Ψ/∂u_0∂u v, per sample, in the shape of the input; undefined where the term does not see the input. */
  readonly input: () => T | undefined
}

/** Ψ(u, θ) over every algebra that has the functions named in N. */
export interface Interaction<N extends Op> {
  /** Names the term in messages; of a sum, its terms with + between. */
  readonly name: string
  /** Name and shape of each parameter. */
  readonly params: Readonly<Record<string, Shape>>
  /** The layers that it couples, with the shape that it takes them to have. */
  readonly ends: readonly End[]
  /** First the algebra, then parameters and input u_0 (batch, …): all that does not depend on the state is computed in this stage, once per phase. */
  readonly at: <T>(A: Algebra<N, T>) => (theta: Params<T>, u0: T) => Coupling<T>
}

/** a + b, where absent is zero. */
export const addDrives = <T>(A: Algebra<never, T>, a: Drives<T>, b: Drives<T>): Drives<T> => {
  // Most terms of a sum drive nothing: every step of every phase passes here.
  if (b.length === 0) return a
  if (a.length === 0) return b
  return [...(a.length > b.length ? a : b)].map((_, l) => {
    const [p, q] = [a[l], b[l]]
    return p !== undefined && q !== undefined ? A.add(p, q) : (p ?? q)
  })
}

/** Pointwise sum: a parameter that two terms share gets the sum of their gradients. */
export const addParams = <T>(A: Algebra<never, T>, a: Params<T>, b: Params<T>): Params<T> => ({
  ...a,
  ...Object.fromEntries(Object.entries(b).map(([name, q]) => {
    const p = a[name]
    return [name, p === undefined ? q : A.add(p, q)]
  })),
})

/** Σ ∂²Ψ/∂θ∂u v over at least one direction. */
export const collected = <T>(A: Algebra<never, T>, { collect, pull }: Coupling<T>, all: readonly Direction<T>[]): Params<T> =>
  collect?.(all) ?? all.map(({ u, v }) => pull(u)(v).param()).reduce((sum, one) => addParams(A, sum, one))

/** Sum of what is present at one layer; undefined where nothing is. */
export const sumAt = <T>(A: Algebra<never, T>, all: readonly Drives<T>[], layer: number): T | undefined =>
  all.flatMap((v) => { const vl = v[layer]; return vl === undefined ? [] : [vl] }).reduce<T | undefined>((sum, vl) => (sum === undefined ? vl : A.add(sum, vl)), undefined)

/** ∂Ψ/∂θ at one end less ∂Ψ/∂θ at the other. */
export const contrastOf = <T>(A: Algebra<never, T>, { contrast, param }: Coupling<T>, after: Contrasted<T>, before: Contrasted<T>): Params<T> => {
  if (contrast !== undefined) return contrast(after, before)
  const [a, b] = [param(after.u, after.poolsOf), param(before.u, before.poolsOf)]
  return Object.fromEntries(Object.entries(a).map(([name, p]) => [name, A.sub(p, paramOf(b, name))]))
}

/** A drive that acts on the layers named and nowhere else. */
export const drivesAt = <T>(...parts: readonly (readonly [layer: number, drive: T | undefined])[]): Drives<T> => {
  const last = parts.reduce((most, [layer]) => Math.max(most, layer), -1)
  return [...Array<undefined>(last + 1)].map((_, layer) => parts.findLast(([at]) => at === layer)?.[1])
}

/** The tensor of one layer. Throws where there is none: a bug, since `pose` checks what users bring. */
export const layerOf = <T>(u: Layers<T>, layer: number): T => {
  const tensor = u[layer]
  if (tensor === undefined) throw new RangeError(`no layer ${layer} among ${u.length}`)
  return tensor
}

/** The parameter of that name. Throws where there is none, likewise. */
export const paramOf = <T>(theta: Params<T>, name: string): T => {
  const tensor = theta[name]
  if (tensor === undefined) throw new RangeError(`no parameter ${name} among ${Object.keys(theta).join(', ')}`)
  return tensor
}

/** A layer's number of units, and how they are arranged if not in a row. */
export interface Layer {
  /** Number of units of the layer, for one sample. */
  readonly units: number
  /** (channels, rows, columns) of a layer of maps. */
  readonly map?: MapShape
}

/** One end of a connection: which layer (0 is the input), and what it looks like. */
export interface End extends Layer {
  /** Which layer: 0 is the input, 1 … L those of the state. */
  readonly layer: number
}

/** The end, if it can be one: a whole layer ≥ `least`, a whole number of units ≥ 1. Throws RangeError otherwise. */
export const checkedEnd = (term: string, end: End, least: number = 0): End => {
  if (!Number.isSafeInteger(end.layer) || end.layer < least)
    throw new RangeError(`${term}: expected a layer ≥ ${least}, got ${end.layer}${end.layer === 0 ? ' (the input has no dynamics)' : ''}`)
  if (!Number.isSafeInteger(end.units) || end.units < 1)
    throw new RangeError(`${term}: layer ${end.layer}: expected a whole number of units above 0, got ${end.units}`)
  return end
}

/** Shape of a layer's tensor for a batch. */
export const layerShape = (batch: number, { units, map }: Layer): Shape => (map === undefined ? [batch, units] : [batch, ...map])

/** A layer of maps. */
export const mapEnd = (layer: number, map: MapShape): End => ({ layer, units: map[0] * map[1] * map[2], map })
