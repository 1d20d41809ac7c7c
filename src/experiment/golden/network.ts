/**
 * A recorded case as one of our problems. The files count layers from the output, we from the input: their w0, w1 … (or
 * fc0, …, conv0, …, counted on) of a network with L layers are our W_L, W_{L−1}, …, and their toy network's w01, w0x, w1x are
 * our W2, Wx2, W1. Their toy network has two biases on the output layer, of which only the sum acts.
 *
 * Their nudge is dt β (y − s), ours β (y − s): our β is theirs times dt.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { squaredError } from '../../cost/squared-error.ts'
import { freePhase, type Settled } from '../../fold/free-phase.ts'
import type { Mistake } from '../../fold/mistake.ts'
import { finite, type Nudge } from '../../fold/nudge.ts'
import { type Data, pose, type Problem } from '../../fold/pose.ts'
import { type Activation, hardSigmoid, sigm, tanh } from '../../phi/activation.ts'
import { clamped } from '../../phi/clamped.ts'
import type { Dynamics } from '../../phi/dynamics.ts'
import { energyBased, publishedEnergyBased } from '../../phi/energy-based.ts'
import { addParams, type Interaction, type Layer, type Layers, layerShape, type Params } from '../../phi/interaction.ts'
import { convolutional, layered, toy } from '../../phi/network.ts'
import { maxPooling } from '../../phi/pooling.ts'
import { outerNudged, publishedOuterNudged } from '../../phi/prototypical.ts'
import { type Algebra, type Op, sameShape, type Shape, showShape } from '../../tensor/algebra.ts'
import type { Affines, Batch, Convolutional, NumberArray, Setup } from './case.ts'

/** One connection: the layer that it drives, counted from the output, and our names of its parameters. */
interface Connection {
  readonly to: number
  readonly weight: string
  readonly bias: string
}

const connections = (setup: Setup): Readonly<Record<string, Connection>> => {
  const { model, sizes } = setup
  if (model === 'toy')
    return {
      w01: { to: 0, weight: 'W2', bias: 'b2' },
      w0x: { to: 0, weight: 'Wx2', bias: 'b2' },
      w1x: { to: 1, weight: 'W1', bias: 'b1' },
    }
  const names = model === 'conv'
    ? [...sizes.map((_, i) => `fc${i}`), ...setup.channels.slice(1).map((_, j) => `conv${j}`)]
    : sizes.slice(1).map((_, l) => `w${l}`)
  return Object.fromEntries(names.map((name, l) =>
    [name, { to: l, weight: `W${names.length - l}`, bias: `b${names.length - l}` }]))
}

const byName: Readonly<Record<Setup['activation'], Activation<Op>>> = { tanh, sigm, hardsigm: hardSigmoid }

const convolutions = ({ sizes, channels, image, filter, padding, pool }: Convolutional): Interaction<never> => {
  const [input = 0, ...maps] = channels.toReversed()
  const options = { size: filter, stride: 1, padding, pooling: maxPooling(pool) }
  return convolutional({ input: [input, ...image], channels: maps, options, dense: sizes.toReversed() })
}

/** Our interaction for a recorded model. Throws RangeError where a kernel or a pooling window does not fit. */
export const interactionOf = (setup: Setup): Interaction<never> =>
  setup.model === 'conv' ? convolutions(setup) : (setup.model === 'toy' ? toy : layered)(setup.sizes.toReversed())

/** Our dynamics for a recorded model. In toy and eb the input enters through ρ, in p and conv as it is. */
export const dynamicsOf = (setup: Setup): Dynamics<Op> => {
  const { model, consistent, clamp } = setup
  const activation = byName[setup.activation]
  const raw = { interaction: interactionOf(setup), activation, epsilon: setup.dt }
  const through = { ...raw, inputActivation: activation }
  const free: Dynamics<Op> = model === 'conv' ? publishedOuterNudged(raw)
    : model === 'p' ? outerNudged(raw)
      : (model === 'toy' || consistent ? energyBased : publishedEnergyBased)(through)
  return clamp ? clamped(free) : free
}

/** From our order of layers to theirs, output first. */
export const outputFirst = <T>(layers: Layers<T>): Layers<T> => layers.toReversed()

/** Our parameters, or gradients with respect to them, by their names: weights and biases apart. */
export const split = <T>(setup: Setup, theta: Params<T>): { readonly weights: Params<T>; readonly biases: Params<T> } => {
  const named = (which: 'weight' | 'bias') => Object.fromEntries(Object.entries(connections(setup))
    .map(([name, connection]) => [name, theta[connection[which]] as T]))
  return { weights: named('weight'), biases: named('bias') }
}

/** Back to our names. */
export const joined = <T>(setup: Setup, { weights, biases }: ReturnType<typeof split<T>>): Params<T> =>
  Object.fromEntries(Object.entries(connections(setup))
    .flatMap(([name, { weight, bias }]) => [[weight, weights[name] as T], [bias, biases[name] as T]]))

/** The layer, counted from the output, that each of their connections drives. */
export const drivenLayer = (setup: Setup): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(connections(setup)).map(([name, { to }]) => [name, to]))

const tensor = <T>(A: Algebra<never, T>) => ({ shape, data }: NumberArray): T => A.of(shape, data)

const expected = (where: string, { shape }: NumberArray, wanted: Shape): readonly string[] =>
  sameShape(shape, wanted) ? [] : [`${where}: expected shape ${showShape(wanted)}, got ${showShape(shape)}`]

/** Our θ of recorded parameters. Left: a wrong shape, or a parameter that is missing or unknown. */
export const parameters = <T>(A: Algebra<never, T>, setup: Setup, params: Affines): E.Either<string, Params<T>> => {
  const shapes = E.tryCatch(
    () => interactionOf(setup).params, (error) => `inputs: ${error instanceof Error ? error.message : String(error)}`)
  if (E.isLeft(shapes)) return shapes
  const known = connections(setup)
  const names = (of: object): string => Object.keys(of).sort().join(', ')
  if (names(known) !== names(params)) return E.left(`inputs.params: expected ${names(known)}, got ${names(params)}`)
  const [wrong] = Object.entries(params).flatMap(([name, { weight, bias }]) => {
    const ours = known[name] as Connection
    const shapeOf = (which: 'weight' | 'bias'): Shape => shapes.right[ours[which]] as Shape
    const where = `inputs.params.${name}`
    return [...expected(`${where}.weight`, weight, shapeOf('weight')), ...expected(`${where}.bias`, bias, shapeOf('bias'))]
  })
  if (wrong !== undefined) return E.left(wrong)
  return E.right(Object.entries(params).reduce<Params<T>>((theta, [name, { weight, bias }]) => {
    const connection = known[name] as Connection
    return addParams(A, theta, { [connection.weight]: tensor(A)(weight), [connection.bias]: tensor(A)(bias) })
  }, {}))
}

/** Our input and target of a recorded batch. Left: a wrong shape. */
export const examples = <T>(A: Algebra<never, T>, setup: Setup, { x, y }: Batch): E.Either<string, Pick<Data<T>, 'x' | 'y'>> => {
  const { layers } = dynamicsOf(setup)
  const shapeAt = (l: number): Shape => layerShape(setup.batch, layers.at(l) as Layer)
  const [wrong] = [...expected('x', x, shapeAt(0)), ...expected('y', y, shapeAt(-1))]
  return wrong === undefined ? E.right({ x: tensor(A)(x), y: tensor(A)(y) }) : E.left(wrong)
}

/** A case ready to be nudged: s_T after T free steps and the states before it. */
export interface Posed<T> {
  readonly setup: Setup
  readonly dynamics: Dynamics<Op>
  readonly data: Data<T>
  readonly algebra: Algebra<Op, T>
  readonly problem: Problem<T>
  readonly settled: Settled<T>
}

const message = E.mapLeft((mistake: Mistake) => mistake.message)

/** Poses the model and runs the T free steps, keeping `keep` states before s_T. Left, in one line: why it cannot be run. */
export const settle = <T>(A: Algebra<Op, T>, setup: Setup, data: Data<T>, keep: number = setup.K + 1): E.Either<string, Posed<T>> => {
  const dynamics = dynamicsOf(setup)
  return pipe(
    pose(A, dynamics, squaredError)(data),
    E.bindTo('problem'),
    E.bind('settled', ({ problem }) => freePhase(problem, { steps: setup.T, keep })),
    E.map(({ problem, settled }) => ({ setup, dynamics, data, algebra: A, problem, settled })),
    message)
}

/** The nudge of a recorded β, which the authors' code multiplies by dt. */
export const nudgeOf = <T>(A: Algebra<never, T>, { dt }: Setup, beta: number): E.Either<string, Nudge<T, T>> =>
  message(finite(A, dt * beta))
