/**
 * Law L12 for whole steps of the dynamics: `step` with and without a force, `pull` and `rule` of each setting on each kind of
 * network, over both interpreters of a pair.
 */
import fc from 'fast-check'
import type { Activation } from '../phi/activation.ts'
import type { Dynamics } from '../phi/dynamics.ts'
import { energyBased, publishedEnergyBased } from '../phi/energy-based.ts'
import { type Layer, type Layers, layerShape, type Params } from '../phi/interaction.ts'
import { innerNudged, outerNudged } from '../phi/prototypical.ts'
import { layersOf, type Setting } from '../phi/setting.ts'
import type { Op } from '../tensor/algebra.ts'
import { type Agreement, carried, compared, faultsOf, maker, namesOf, type Pair, type View } from './agreement.ts'
import { allTrue } from './closeness.ts'
import { architectures, convolutionals, interactionOf, type NetworkSpec } from './instances.ts'
import { type Law, law, worst } from './law.ts'
import { pools } from './number-arbitraries.ts'

const settings: Readonly<Record<string, <N extends Op>(setting: Setting<N>) => Dynamics<N>>> =
  { energyBased, publishedEnergyBased, innerNudged, outerNudged }

type Network = Pick<NetworkSpec, 'architecture' | 'sizes' | 'maps'>

const rowNetworks: fc.Arbitrary<Network> = fc.record({
  architecture: fc.constantFrom('layered', 'toy', 'laterals'),
  sizes: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 4 }),
})

/** With max, average and no pooling, any stride and padding. Not shrunk: that would go through the unused data of the specification. */
const mapNetworks: fc.Arbitrary<Network> = fc.noShrink(convolutionals({ batch: 1, steps: 1 })
  .filter(({ maps }) => maps !== undefined && maps.pixels <= 4)
  .map(({ architecture, sizes, maps }) => ({ architecture, sizes, ...(maps && { maps }) })))

/** A model and the numbers to fill its tensors with: plain data. */
interface Model {
  readonly network: Network
  readonly setting: string
  readonly activation: number
  readonly epsilon: number
  readonly batch: number
  readonly pool: readonly number[]
  readonly tangents: readonly boolean[]
}

const models = (numbers: fc.Arbitrary<number>, activations: number): fc.Arbitrary<Model> => fc.record({
  network: fc.oneof(rowNetworks, mapNetworks),
  setting: fc.constantFrom(...Object.keys(settings)),
  activation: fc.nat({ max: activations - 1 }),
  epsilon: fc.constantFrom(0.25, 0.5, 1),
  batch: fc.integer({ min: 1, max: 3 }),
  pool: pools(numbers),
  tangents: carried,
})

/** All that a motion computes: step without and with a force, pull (state, parameters, input; also told the next state) and rule. */
const motionOf = <N extends Op, T, V>(
  view: View<N, T, V>,
  { network, setting, activation, epsilon, batch, pool, tangents }: Model,
  activations: readonly Activation<N>[],
): readonly T[] => {
  const [wrap, rho] = [settings[setting], activations[activation]]
  if (wrap === undefined || rho === undefined) throw new RangeError(`no model ${setting}, ${activation}`)
  const interaction = interactionOf(network)
  const dynamics = wrap<N>({ interaction, activation: rho, epsilon })
  const [input, ...above] = layersOf(interaction)
  const make = maker(view, pool, tangents)
  const layers = (nth: number): Layers<T> => above.map((layer, l) => make(nth + l, layerShape(batch, layer)))
  const theta = Object.fromEntries(Object.entries(dynamics.params).map(([name, shape], p) => [name, make(20 + p, shape)]))
  const motion = dynamics.at(view.algebra)(theta, make(0, layerShape(batch, input as Layer)))
  const [s, force, v] = [layers(1), layers(6), layers(11)]
  const pulled = motion.pull(s)(v)
  const pullings = [{ at: s, ...pulled }, { at: force, ...motion.pull(force)(s) }].flatMap(({ at, direction }) => (direction === undefined ? [] : [{ s: at, direction }]))
  const named = (params: Params<T>): readonly T[] => Object.keys(dynamics.params).flatMap((name) => params[name] ?? [])
  return [
    ...motion.step(s), ...motion.step(s, force),
    ...pulled.state, ...named(pulled.param()), pulled.input(), ...motion.pull(s, motion.step(s))(v).state,
    ...named(motion.rule(s)), ...named(motion.collect?.(pullings) ?? {}),
  ]
}

/** L12 for whole steps. */
export const steps = <N extends Op, X, Y, V>(agreement: Agreement<N, X, Y, V>): Law => law({
  name: `${agreement.prefix}.step`,
  says: 'step, pull and rule of each setting on layered, toy, lateral and convolutional networks give the same numbers in both',
  cites: 'docs/one-page.md, Φ is a value over an algebra',
  about: [...agreement.about, ...Object.keys(settings), ...Object.keys(architectures), 'convolutional'],
  rung: agreement.rung, over: namesOf(agreement), runs: 60,
  instances: models(agreement.states, agreement.activations.length),
  subject: { first: agreement.first, second: agreement.second },
  judge: (pair: Pair<N, X, Y, V>) => (model) => {
    const same = compared(pair, agreement.gap)
    const ours = motionOf(pair.first, model, agreement.activations)
    const theirs = motionOf(pair.second, model, agreement.activations)
    return worst([allTrue(ours.length === theirs.length), ...ours.map((x, i) => {
      const y = theirs[i]
      return y === undefined ? { gap: NaN, allowance: 0 } : same(x, y)
    })])
  },
  mutants: faultsOf(agreement, 'lastSample', 'matmulNN', 'sumRows', 'addRow', 'fill', 'reshape', 'gather', 'scatter', 'overwriting'),
})
