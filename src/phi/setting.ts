/** What the two settings share: the widths of a network, and its step size and activations, checked at construction. */
import type { Op } from '../tensor/algebra.ts'
import { sameShape, showShape } from '../tensor/algebra.ts'
import type { Activation } from './activation.ts'
import { type Interaction, type Layer, layerShape } from './interaction.ts'

/** A model: the interaction, activations and the step size ε (the paper's dt) in (0, 1]. */
export interface Setting<N extends Op> {
  /** Ψ: a term, or a sum of terms such as `layered(sizes)`. */
  readonly interaction: Interaction<N>
  /** One for all layers, or one per layer s¹ … sᴸ. */
  readonly activation: Activation<N> | readonly Activation<N>[]
  /** Applied to x before it enters as u_0. Default: identity. */
  readonly inputActivation?: Activation<N>
  /** The step size ε in (0, 1]; 1 means no leak. */
  readonly epsilon: number
}

/** Shapes of all layers without the batch, the input first. Throws where terms disagree or a layer is missing. */
export const layersOf = (interaction: Interaction<Op>): readonly Layer[] => {
  const show = ({ units, map }: Layer): string => (map === undefined ? `${units} units` : `maps ${showShape(map)}`)
  if (interaction.ends.length === 0) throw new RangeError(`interaction ${interaction.name}: it has no terms, so no layers`)
  const known = interaction.ends.reduce((seen, { layer, ...end }) => {
    const before = seen.get(layer) ?? end
    if (!sameShape(layerShape(0, before), layerShape(0, end)))
      throw new RangeError(`${interaction.name}: layer ${layer} has ${show(before)} in one term and ${show(end)} in another`)
    return new Map([...seen, [layer, end]])
  }, new Map<number, Layer>())
  return Array.from({ length: Math.max(...known.keys(), 0) + 1 }, (_, layer) => {
    const end = known.get(layer)
    if (end === undefined) throw new RangeError(`${interaction.name}: no term says how many units layer ${layer} has`)
    return end
  })
}

/** One activation per layer. Throws when their number does not fit, or when ε is no step size. */
export const activations = <N extends Op>(setting: Setting<N>, layers: number): readonly Activation<N>[] => {
  const { activation, epsilon } = setting
  if (!(epsilon > 0 && epsilon <= 1)) throw new RangeError(`epsilon: expected a step size in (0, 1], got ${epsilon}`)
  if (!Array.isArray(activation)) return Array.from({ length: layers }, () => activation as Activation<N>)
  const list = activation as readonly Activation<N>[]
  if (list.length !== layers) throw new RangeError(`activations: expected one for each of ${layers} layers, got ${list.length}`)
  return list
}
