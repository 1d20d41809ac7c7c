/**
 * A recorded case as one of our problems. The files count layers from the output, we from the input: their w0, w1 … of a
 * network with L layers are our W_L, W_{L−1}, …, and their toy network's w01, w0x, w1x are our W2, Wx2, W1. Their toy
 * network has two biases on the output layer, of which only the sum acts.
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
import { addParams, type Layers, type Params } from '../../phi/interaction.ts'
import { layered, toy } from '../../phi/network.ts'
import { outerNudged } from '../../phi/prototypical.ts'
import { type Op, sameShape, type Shape, showShape } from '../../tensor/algebra.ts'
import { reference as A, type Tensor } from '../../tensor/reference.ts'
import type { Affines, Batch, NumberArray, Setup } from './case.ts'

/** One connection: its two ends, output first (`sizes` index), and our names of its parameters. */
interface Connection {
  readonly to: number
  readonly from: number
  readonly weight: string
  readonly bias: string
}

const connections = ({ model, sizes }: Pick<Setup, 'model' | 'sizes'>): Readonly<Record<string, Connection>> => {
  if (model === 'toy')
    return {
      w01: { to: 0, from: 1, weight: 'W2', bias: 'b2' },
      w0x: { to: 0, from: 2, weight: 'Wx2', bias: 'b2' },
      w1x: { to: 1, from: 2, weight: 'W1', bias: 'b1' },
    }
  const last = sizes.length - 1
  return Object.fromEntries(sizes.slice(1).map((_, l) =>
    [`w${l}`, { to: l, from: l + 1, weight: `W${last - l}`, bias: `b${last - l}` }]))
}

const byName: Readonly<Record<Setup['activation'], Activation<Op>>> = { tanh, sigm, hardsigm: hardSigmoid }

/** Our dynamics for a recorded model. In toy and eb the input enters through ρ, in p as it is. */
export const dynamicsOf = ({ model, activation: name, clamp, consistent, dt, sizes }: Setup): Dynamics<Op> => {
  const activation = byName[name]
  const inputFirst = sizes.toReversed()
  const setting = { activation, inputActivation: activation, epsilon: dt }
  const free: Dynamics<Op> = model === 'p'
    ? outerNudged({ interaction: layered(inputFirst), activation, epsilon: dt })
    : model === 'toy'
      ? energyBased({ interaction: toy(inputFirst), ...setting })
      : (consistent ? energyBased : publishedEnergyBased)({ interaction: layered(inputFirst), ...setting })
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

const tensor = ({ shape, data }: NumberArray): Tensor => A.of(shape, data)

const expected = (where: string, { shape }: NumberArray, wanted: Shape): readonly string[] =>
  sameShape(shape, wanted) ? [] : [`${where}: expected shape ${showShape(wanted)}, got ${showShape(shape)}`]

/** Our θ of recorded parameters. Left: a wrong shape, or a parameter that is missing or unknown. */
export const parameters = (setup: Setup, params: Affines): E.Either<string, Params<Tensor>> => {
  const known = connections(setup)
  const names = (of: object): string => Object.keys(of).sort().join(', ')
  if (names(known) !== names(params)) return E.left(`inputs.params: expected ${names(known)}, got ${names(params)}`)
  const [wrong] = Object.entries(params).flatMap(([name, { weight, bias }]) => {
    const { to, from } = known[name] as Connection
    const [rows, columns] = [setup.sizes[to] as number, setup.sizes[from] as number]
    const where = `inputs.params.${name}`
    return [...expected(`${where}.weight`, weight, [rows, columns]), ...expected(`${where}.bias`, bias, [rows])]
  })
  if (wrong !== undefined) return E.left(wrong)
  return E.right(Object.entries(params).reduce<Params<Tensor>>((theta, [name, { weight, bias }]) => {
    const connection = known[name] as Connection
    return addParams(A, theta, { [connection.weight]: tensor(weight), [connection.bias]: tensor(bias) })
  }, {}))
}

/** Our input and target of a recorded batch. Left: a wrong shape. */
export const examples = ({ batch, sizes }: Setup, { x, y }: Batch): E.Either<string, Pick<Data<Tensor>, 'x' | 'y'>> => {
  const [outputs, inputs] = [sizes[0] as number, sizes[sizes.length - 1] as number]
  const [wrong] = [...expected('x', x, [batch, inputs]), ...expected('y', y, [batch, outputs])]
  return wrong === undefined ? E.right({ x: tensor(x), y: tensor(y) }) : E.left(wrong)
}

/** A case ready to be nudged: s_T after T free steps and the states before it. */
export interface Posed {
  readonly setup: Setup
  readonly dynamics: Dynamics<Op>
  readonly data: Data<Tensor>
  readonly problem: Problem<Tensor>
  readonly settled: Settled<Tensor>
}

const message = E.mapLeft((mistake: Mistake) => mistake.message)

/** Poses the model and runs the T free steps, keeping `keep` states before s_T. Left, in one line: why it cannot be run. */
export const settle = (setup: Setup, data: Data<Tensor>, keep: number = setup.K + 1): E.Either<string, Posed> => {
  const dynamics = dynamicsOf(setup)
  return pipe(
    pose(A, dynamics, squaredError)(data),
    E.bindTo('problem'),
    E.bind('settled', ({ problem }) => freePhase(problem, { steps: setup.T, keep })),
    E.map(({ problem, settled }) => ({ setup, dynamics, data, problem, settled })),
    message)
}

/** The nudge of a recorded β, which the authors' code multiplies by dt. */
export const nudgeOf = ({ dt }: Setup, beta: number): E.Either<string, Nudge<Tensor, Tensor>> =>
  message(finite(A, dt * beta))
