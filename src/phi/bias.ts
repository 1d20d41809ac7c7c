/**
 * Biases: ⟨b, u_l⟩ for every sample, where R repeats the parameter b over the batch (and over a map, for one bias per channel):
 *
 *     Ψ = Σ_batch ⟨R b, u_l⟩      ∂Ψ/∂u_l = R b (constant)      ∂Ψ/∂b = Rᵀ u_l      ∂²Ψ/∂u² = 0      ∂²Ψ/∂b∂u v = Rᵀ v_l
 *
 * docs/theory.md §5; laws L1, L3.
 */
import type { Algebra, Positions, Shape } from '../tensor/algebra.ts'
import { perChannel, perUnit, rememberingTwo } from '../tensor/spatial.ts'
import { checkedEnd, drivesAt, type End, type Interaction, layerOf, layerShape, paramOf, sumAt } from './interaction.ts'

/** R and Rᵀ for one batch size. */
interface Repetition<T> {
  readonly spread: (b: T) => T
  readonly collect: (u: T) => T
}

type Repeat = <T>(A: Algebra<never, T>, batch: number) => Repetition<T>

const repeated = (name: string, end: End, shape: Shape, repeat: Repeat): Interaction<never> => ({
  name,
  params: { [name]: shape },
  ends: [checkedEnd(`bias ${name}`, end, 1)],
  at: (A) => (theta, u0) => {
    const { spread, collect } = repeat(A, A.shape(u0)[0] ?? 0)
    const everywhere = spread(paramOf(theta, name))
    return {
      constant: drivesAt([end.layer, everywhere]),
      value: (u) => A.dot(everywhere, layerOf(u, end.layer)),
      drive: () => [],
      collect: (all) => {
        const sum = sumAt(A, all.map(({ v }) => v), end.layer)
        return { [name]: sum === undefined ? A.fill(shape, 0) : collect(sum) }
      },
      param: (u) => ({ [name]: collect(layerOf(u, end.layer)) }),
      contrast: ({ u: a }, { u: b }) => ({ [name]: collect(A.sub(layerOf(a, end.layer), layerOf(b, end.layer))) }),
      pull: () => (v) => {
        const vl = v[end.layer]
        return {
          state: [],
          param: () => ({ [name]: vl === undefined ? A.fill(shape, 0) : collect(vl) }),
          input: () => undefined,
        }
      },
    }
  },
})

const onRows = (units: number): Repeat => (A, batch) => ({
  spread: (b) => A.addRow(A.fill([batch, units], 0), b),
  collect: (u) => A.sumRows(u),
})

const gathered = (shape: Shape, positions: (batch: number) => Positions): Repeat => {
  const listOf = rememberingTwo(positions)
  return (A, batch) => {
    const list = listOf(batch)
    return { spread: (b) => A.gather(b, list), collect: (u) => A.scatter(u, list, shape) }
  }
}

/** The parameter `name` of shape (units): a bias per unit; for a layer of maps of shape (channels): one per map, everywhere on it. */
export const bias = (name: string, end: End): Interaction<never> => {
  const { map, units } = end
  return map === undefined
    ? repeated(name, end, [units], onRows(units))
    : repeated(name, end, [map[0]], gathered([map[0]], (batch) => perChannel(batch, map)))
}

/** A bias for every single unit of a layer, maps included: the parameter `name` has the layer's shape without the batch. */
export const field = (name: string, end: End): Interaction<never> => {
  const shape = layerShape(1, end).slice(1)
  return repeated(name, end, shape, gathered(shape, (batch) => perUnit(layerShape(batch, end))))
}
