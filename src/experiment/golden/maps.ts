/**
 * What is recorded of a convolutional network's maps: where the maxima of its pooling windows lie, and how far the free state
 * is from where its derivatives jump, which is where two entries of a window tie and where a drive meets a kink of hardsigm.
 */
import { conv } from '../../phi/conv.ts'
import { addDrives, type Layers, mapEnd } from '../../phi/interaction.ts'
import { noPooling } from '../../phi/pooling.ts'
import type { Algebra } from '../../tensor/algebra.ts'
import { windowEntry, windowMaxima } from '../../tensor/spatial.ts'
import * as allowance from './allowance.ts'
import type { Convolutional } from './case.ts'
import { type Computed, fields, fieldsOf, list, numbers, same, scalar } from './comparison.ts'
import { drivenLayer, interactionOf, outputFirst, type Posed } from './network.ts'

type Told = Readonly<Record<string, Computed>>

/** In convolutional networks, the fields of these sections that no other model has. */
export const told = <T>({ setup, ...rest }: Posed<T>): { readonly rerun: Told; readonly own: Told } =>
  setup.model === 'conv' ? toldOf({ setup, ...rest }) : { rerun: {}, own: {} }

type Posing<T> = Posed<T> & { readonly setup: Convolutional }

const toldOf = <T>(posed: Posing<T>): ReturnType<typeof told> => {
  const { setup, algebra: A, data, settled: { state, before: [previous = state] } } = posed
  const { pool } = setup
  const gaps = eachMap(posed, state, (map) => windowGaps(A, map, pool))
  const [answers, wanted] = [A.numbers(state.at(-1) as T), A.numbers(data.y)]
  const targets = [...answers].filter((_, i) => wanted[i] === 1)
  return {
    // The last free step took its positions from the state before.
    rerun: { pool_indices_star: fields(eachMap(posed, previous, (map) => maxima(A, map, pool))) },
    own: {
      pool_ties_at_s_star: fieldsOf(gaps, (each) => same(each.filter((gap) => gap === 0).length)),
      pool_smallest_nonzero_gap_at_s_star: fieldsOf(gaps, (each) =>
        scalar(Math.min(...each.filter((gap) => gap !== 0)), 2 * allowance.states)),
      kink_distance_at_s_star: list(outputFirst(drives(posed)).map((a) =>
        scalar(Math.min(...A.numbers(a).map((v) => Math.min(Math.abs(v), Math.abs(v - 1)))), allowance.states))),
      target_unit_values_at_s_star: list(targets.map((value) => scalar(value, allowance.states))),
    },
  }
}

// ∂Ψ/∂u at s*, per layer.
const drives = <T>({ setup, algebra: A, data: { theta, x }, settled: { state } }: Posing<T>): Layers<T> => {
  const psi = interactionOf(setup).at(A)(theta, x)
  return addDrives(A, psi.constant, psi.drive([x, ...state])).slice(1).map((a) => a as T)
}

// name ↦ f(the map w ⋆ u that this convolution pools, without its bias, which moves no maximum and no gap).
const eachMap = <T, X>(
  { setup, dynamics, algebra: A, data: { theta, x } }: Posing<T>, s: Layers<T>, f: (map: T) => X,
): Readonly<Record<string, X>> => {
  const { filter: size, padding } = setup
  const u = [x, ...s]
  return Object.fromEntries(Object.entries(drivenLayer(setup)).flatMap(([name, fromOutput]) => {
    const layer = s.length - fromOutput
    const [kernel, below] = [theta[`W${layer}`] as T, dynamics.layers[layer - 1]?.map]
    if (below === undefined || dynamics.layers[layer]?.map === undefined) return []
    const [channels = 0] = A.shape(kernel)
    const whole = conv(name, mapEnd(0, below), channels, { size, padding, stride: 1, pooling: noPooling })
    return [[name, f(whole.at(A)({ [name]: kernel }, u[layer - 1] as T).constant[1] as T)]]
  }))
}

/** Where each window's largest entry lies: row · columns + column, on its own map. */
const maxima = <T>(A: Algebra<never, T>, map: T, pool: number): Computed => {
  const [, , rows = 0, columns = 0] = A.shape(map)
  const { shape, at } = windowMaxima(A.shape(map), A.numbers(map), pool)
  return numbers(shape, Array.from(at, (position) => position % (rows * columns)), 0)
}

/** By how much the largest entry of each window exceeds the second. */
const windowGaps = <T>(A: Algebra<never, T>, map: T, pool: number): readonly number[] => {
  const entries = Array.from({ length: pool * pool }, (_, e) =>
    A.numbers(A.gather(map, windowEntry(A.shape(map), pool, Math.floor(e / pool), e % pool))))
  return Array.from(entries[0] ?? [], (_, window) => {
    const [best = NaN, second = -Infinity] = entries.map((values) => values[window] ?? NaN).sort((a, b) => b - a)
    return best - second
  })
}
