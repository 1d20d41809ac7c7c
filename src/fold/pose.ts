/**
 * A problem is a model posed with its parameters, an input and a target over one interpreter. Everything that users bring is
 * checked here, once; whatever the folds meet afterwards is well shaped and finite. What does not depend on the state
 * (the input's drive, the activations' closures) is computed here too, once per phase.
 *
 * docs/theory.md §1.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Cost, Costing } from '../cost/cost.ts'
import type { Dynamics, ExactDynamics, ExactMotion, GradientDynamics, GradientMotion, Motion } from '../phi/dynamics.ts'
import { type Layer, type Layers, layerShape, type Params } from '../phi/interaction.ts'
import type { Algebra, Op, Shape } from '../tensor/algebra.ts'
import { entries, sameShape } from '../tensor/algebra.ts'
import { type Mistake, missingParameter, nonFinite, notProbabilities, unknownParameter, wrongShape } from './mistake.ts'

/** What a model is run on: parameters by name (the network's and those of the cost's readout), input (batch, inputs) and target (batch, outputs). */
export interface Data<T> {
  /** Parameters by name, in the shapes that the model names. */
  readonly theta: Params<T>
  /** The static input: (batch, units), or (batch, channels, rows, columns) for maps. */
  readonly x: T
  /** Targets: (batch, units) of the output layer, or of the cost's readout. */
  readonly y: T
}

/** A model ready to move. M says what is known of its motion. */
export interface Problem<T, M extends Motion<T> = Motion<T>> {
  /** The interpreter. */
  readonly algebra: Algebra<never, T>
  /** F with its transposes at these parameters and this input. */
  readonly motion: M
  /** ℓ and its derivatives at these targets. */
  readonly costing: Costing<T>
  /** The parameters of the cost's readout; none without one. */
  readonly readout: Readonly<Record<string, Shape>>
  /** Number of samples. */
  readonly batch: number
  /** s = 0, where the paper starts. */
  readonly zeros: Layers<T>
}

const check = <T>(A: Algebra<never, T>, name: string, tensor: T, expected: Shape): readonly Mistake[] => {
  const actual = A.shape(tensor)
  if (!sameShape(actual, expected)) return [wrongShape(name, expected, actual)]
  const numbers = A.numbers(tensor)
  const index = numbers.findIndex((value) => !Number.isFinite(value))
  return index < 0 ? [] : [nonFinite(name, index, numbers[index] as number)]
}

/**
 * Rows must be ≥ 0 and sum to 1, up to the rounding of n entries that were singles once: n 2⁻²⁴.
 */
const improbable = <T>(A: Algebra<never, T>, name: string, tensor: T): readonly Mistake[] => {
  const [batch = 0, ...rest] = A.shape(tensor)
  const [size, numbers] = [entries(rest), A.numbers(tensor)]
  return Array.from({ length: batch }, (_, sample) => sample).flatMap((sample) => {
    const row = [...numbers.subarray(sample * size, (sample + 1) * size)]
    const sum = row.reduce((total, p) => total + p, 0)
    return [
      ...row.filter((p) => p < 0).map((p) => notProbabilities(name, sample, `has the entry ${p}`)),
      ...(Math.abs(sum - 1) <= size * 2 ** -24 ? [] : [notProbabilities(name, sample, `sums to ${sum}`)]),
    ].slice(0, 1)
  })
}

/** The network's parameters and the readout's. Throws RangeError where the readout does not fit the network. */
const shapesOf = <N extends Op>({ params, layers }: Dynamics<N>, { name, readout }: Cost<N>): Readonly<Record<string, Shape>> => {
  if (readout === undefined) return params
  const shared = Object.keys(readout.params).find((parameter) => Object.hasOwn(params, parameter))
  if (shared !== undefined) throw new RangeError(`${name}: parameter ${shared} is also one of the network's; name the readout's otherwise`)
  const { units } = layers.at(-1) as Layer
  if (units !== readout.features) throw new RangeError(`${name}: expected an output layer of ${readout.features} units, got ${units}`)
  return { ...params, ...readout.params }
}

/** The first mistake in the data of a model with these layers and parameters, if any. */
const mistakes = <T, N extends Op>(
  A: Algebra<never, T>, layers: readonly Layer[], shapes: Readonly<Record<string, Shape>>, cost: Cost<N>, { theta, x, y }: Data<T>,
): readonly Mistake[] => {
  const [batch = 1] = A.shape(x)
  const rows = Math.max(batch, 1)
  const target = check(A, 'target y', y, cost.readout === undefined ? layerShape(rows, layers.at(-1) as Layer) : [rows, cost.readout.outputs])
  const known = Object.keys(shapes)
  return [
    ...known.filter((name) => !Object.hasOwn(theta, name)).map((name) => missingParameter(name, known)),
    ...Object.keys(theta).filter((name) => !Object.hasOwn(shapes, name)).map((name) => unknownParameter(name, known)),
    ...Object.entries(shapes).flatMap(([name, shape]) => (Object.hasOwn(theta, name) ? check(A, name, theta[name] as T, shape) : [])),
    ...check(A, 'input x', x, layerShape(rows, layers[0] as Layer)),
    ...target,
    ...(target.length === 0 && cost.targets === 'probabilities' ? improbable(A, 'target y', y) : []),
  ]
}

/** The state, if its layers have the shapes of the problem's; Left WrongShape otherwise. */
export const wellShaped = <T>({ algebra: A, zeros }: Problem<T>, name: string, state: Layers<T>): E.Either<Mistake, Layers<T>> => {
  if (state.length !== zeros.length) return E.left(wrongShape(`${name} (layers)`, [zeros.length], [state.length]))
  const wrong = zeros.findIndex((zero, l) => !sameShape(A.shape(zero), A.shape(state[l] as T)))
  return wrong < 0 ? E.right(state) : E.left(wrongShape(`${name}, layer s${wrong + 1}`, A.shape(zeros[wrong] as T), A.shape(state[wrong] as T)))
}

/**
 * Poses a model over A with a cost. Left with the first mistake: a wrong shape, a missing or unknown parameter, NaN or ∞, targets that are
 * no probabilities where the cost needs them. Throws RangeError for a readout that does not fit the network: other features than
 * units of the output layer, or a parameter of the same name.
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { energyBased, layered, pose, reference as A, squaredError, tanh } from 'phifold'
 *
 * const network = energyBased({ interaction: layered([2, 1]), activation: tanh, epsilon: 0.5 })
 * const data = { theta: { W1: A.fill([1, 2], 0.1), b1: A.fill([1], 0) }, x: A.of([1, 2], [1, -1]), y: A.of([1, 1], [0.5]) }
 * const posed = pose(A, network, squaredError)
 * assert.equal(posed(data)._tag, 'Right')
 *
 * const wrong = posed({ ...data, x: A.fill([1, 3], 0) })
 * assert.equal(wrong._tag === 'Left' && wrong.left.message, 'input x: expected shape 1×2, got 1×3')
 * ```
 */
export function pose<N extends Op, T>(
  A: Algebra<N, T>, dynamics: GradientDynamics<N>, cost: Cost<N>,
): (data: Data<T>) => E.Either<Mistake, Problem<T, GradientMotion<T>>>
export function pose<N extends Op, T>(
  A: Algebra<N, T>, dynamics: ExactDynamics<N>, cost: Cost<N>,
): (data: Data<T>) => E.Either<Mistake, Problem<T, ExactMotion<T>>>
export function pose<N extends Op, T>(
  A: Algebra<N, T>, dynamics: Dynamics<N>, cost: Cost<N>,
): (data: Data<T>) => E.Either<Mistake, Problem<T>>
export function pose<N extends Op, T>(
  A: Algebra<N, T>, dynamics: Dynamics<N>, cost: Cost<N>,
): (data: Data<T>) => E.Either<Mistake, Problem<T>> {
  const shapes = shapesOf(dynamics, cost)
  return (data) => {
    const [mistake] = mistakes(A, dynamics.layers, shapes, cost, data)
    return mistake === undefined ? E.right(poseKnown(A, dynamics, cost)(data)) : E.left(mistake)
  }
}

/**
 * The same for data that have been looked at before, of which nothing is checked: training poses a mini-batch on every step, and a look at
 * all weights would take as long as a phase.
 */
export const poseKnown = <N extends Op, T>(A: Algebra<N, T>, dynamics: Dynamics<N>, cost: Cost<N>) => (data: Data<T>): Problem<T> => {
  const [batch = 0] = A.shape(data.x)
  return {
    algebra: A,
    motion: dynamics.at(A)(data.theta, data.x),
    costing: cost.at(A)(data.y, data.theta),
    readout: cost.readout?.params ?? {},
    batch,
    zeros: dynamics.layers.slice(1).map((layer) => A.fill(layerShape(batch, layer), 0)),
  }
}
