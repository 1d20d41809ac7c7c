/**
 * Convolution with pooling between two layers of maps, Ψ = ⟨u_to, P(w ⋆ u_from)⟩, with w of shape (channels out, channels in, k, l) and
 * P taken at the current map c = w ⋆ u_from. Away from ties P does not change with u, so Ψ is bilinear and, with w̃ ⋆ the transpose
 * of w ⋆ (which flips the kernel),
 *
 *     ∂Ψ/∂u_to     = P(w ⋆ u_from)                   (constant, pooling and all, when `from` is the input)
 *     ∂Ψ/∂u_from   = w̃ ⋆ P⁻¹(u_to)
 *     ∂Ψ/∂w        = P⁻¹(u_to) ⊛ u_from              the correlation of the two, summed over batch and places
 *     ∂²Ψ/∂u² v    = P(w ⋆ v_from) at `to`, w̃ ⋆ P⁻¹(v_to) at `from`
 *     ∂²Ψ/∂w∂u v   = P⁻¹(v_to) ⊛ u_from + P⁻¹(u_to) ⊛ v_from
 *
 * A convolution is the product of the gathered patches X (batch·places, channels·k·l) with w as a matrix, so w ⋆ u = X wᵀ,
 * w̃ ⋆ y scatters y w back, and y ⊛ u = yᵀ X. docs/theory.md §13; laws L1, L2, L5, L11.
 */
import type { Algebra, Positions } from '../tensor/algebra.ts'
import { channelsFirst, type MapShape, patches, places, rememberingTwo, type Sliding } from '../tensor/spatial.ts'
import { present } from './dense.ts'
import { checkedEnd, drivesAt, type End, type Interaction, layerOf, type Layers, mapEnd, paramOf, sumAt } from './interaction.ts'
import type { Pooling } from './pooling.ts'

/** What a convolution does to maps: kernel of size × size, how it slides, how its result is pooled. */
export interface ConvOptions extends Sliding {
  /** Rows and columns of the square kernels, in pixels. */
  readonly size: number
  /** What is done to the convolved map: `noPooling`, `maxPooling(2)`, `averagePooling(2)`. */
  readonly pooling: Pooling
}

/** The layer that a convolution with `channels` kernels makes of a layer of maps. Throws where kernel or window do not fit. */
export const convEnd = (name: string, from: End, channels: number, { size, pooling, ...sliding }: ConvOptions): End => {
  checkedEnd(`conv ${name}`, from)
  if (from.map === undefined) throw new RangeError(`conv ${name}: layer ${from.layer} has no maps to convolve`)
  checkedEnd(`conv ${name}`, { layer: from.layer + 1, units: channels }, 1)
  const { stride, padding } = sliding
  if (!Number.isSafeInteger(size) || size < 1 || !Number.isSafeInteger(stride) || stride < 1 || !Number.isSafeInteger(padding) || padding < 0)
    throw new RangeError(`conv ${name}: expected whole kernel size ≥ 1, stride ≥ 1 and padding ≥ 0, got ${size}, ${stride}, ${padding}`)
  const [, rows, columns] = from.map
  const [down, across] = [places(rows, size, sliding), places(columns, size, sliding)]
  if (down < 1 || across < 1)
    throw new RangeError(`conv ${name}: a ${size}×${size} kernel does not fit maps of ${rows}×${columns} with padding ${padding}; use a smaller kernel or more padding`)
  const pooled = pooling.shape([channels, down, across])
  if (pooled[1] < 1 || pooled[2] < 1)
    throw new RangeError(`conv ${name}: ${pooling.name} pooling does not fit maps of ${down}×${across}; use a smaller window`)
  return mapEnd(from.layer + 1, pooled)
}

/** w ⋆, w̃ ⋆ and ⊛ for one batch size, over A, as matrix products. Maps (batch, channels out, …) are (batch · places, channels out) here, as products have them. */
const convolution = <T>(A: Algebra<never, T>, batch: number, image: MapShape, channels: number, w: T, size: number, under: Positions) => {
  const matrix = A.reshape(w, [channels, image[0] * size * size])
  return {
    forward: (x: T): T => A.matmulNT(A.gather(x, under), matrix),
    transpose: (y: T): T => A.scatter(A.matmulNN(y, matrix), under, [batch, ...image]),
    kernel: (y: T, x: T): T => A.reshape(A.matmulTN(y, A.gather(x, under)), [channels, image[0], size, size]),
  }
}

/** Ψ = ⟨u_to, P(w ⋆ u_from)⟩ with `to` = convEnd(name, from, channels, options). The parameter w is `name`. */
export const conv = (name: string, from: End, channels: number, options: ConvOptions): Interaction<never> => {
  const to = convEnd(name, from, channels, options)
  const { size, pooling, ...sliding } = options
  const image = from.map as MapShape
  const map: MapShape = [channels, places(image[1], size, sliding), places(image[2], size, sliding)]
  const fromInput = from.layer === 0
  const kernelShape = [channels, image[0], size, size]
  const listsOf = rememberingTwo((batch: number) => ({ under: patches(batch, image, [size, size], sliding), order: channelsFirst(batch, map) }))
  return {
    name,
    params: { [name]: kernelShape },
    ends: [from, to],
    at: (A) => (theta, u0) => {
      type T = typeof u0
      const [batch = 0] = A.shape(u0)
      const { under, order } = listsOf(batch)
      const { forward, transpose, kernel } = convolution(A, batch, image, channels, paramOf(theta, name), size, under)
      const poolAt = pooling.at(A, [batch, ...map], order)
      const look = (u: Layers<T>) => {
        const convolved = forward(layerOf(u, from.layer))
        return { convolved, ...poolAt(convolved) }
      }
      // The input's maps and where their maxima lie never change: once per phase.
      const still = fromInput ? look([u0]) : undefined
      const at = (u: Layers<T>) => still ?? look(u)
      return {
        constant: still === undefined ? [] : drivesAt([to.layer, still.pool(still.convolved)]),
        value: (u) => {
          const { convolved, pool } = at(u)
          return A.dot(layerOf(u, to.layer), pool(convolved))
        },
        drive: (u) => {
          if (fromInput) return []
          const { convolved, pool, unpool } = at(u)
          return drivesAt([to.layer, pool(convolved)], [from.layer, transpose(unpool(layerOf(u, to.layer)))])
        },
        param: (u, poolsOf = u) => ({ [name]: kernel(at(poolsOf).unpool(layerOf(u, to.layer)), layerOf(u, from.layer)) }),
        // The input's maps, and where their maxima are, are the same for all.
        ...(still === undefined ? {} : {
          contrast: ({ u: a }, { u: b }) => ({ [name]: kernel(still.unpool(A.sub(layerOf(a, to.layer), layerOf(b, to.layer))), u0) }),
          collect: (all) => {
            const sum = sumAt(A, all.map(({ v }) => v), to.layer)
            return { [name]: sum === undefined ? A.fill(kernelShape, 0) : kernel(still.unpool(sum), u0) }
          },
        }),
        pull: (u) => {
          const { pool, unpool } = at(u)
          return (v) => {
            const [vFrom, vTo] = [v[from.layer], v[to.layer]]
            const back = () => vTo && transpose(unpool(vTo))
            return {
              state: drivesAt([to.layer, vFrom && pool(forward(vFrom))], [from.layer, fromInput ? undefined : back()]),
              param: () => ({
                [name]: present(A.add,
                  vTo && kernel(unpool(vTo), layerOf(u, from.layer)),
                  vFrom && kernel(unpool(layerOf(u, to.layer)), vFrom)) ?? A.fill(kernelShape, 0),
              }),
              input: () => (fromInput ? back() : undefined),
            }
          }
        },
      }
    },
  }
}
