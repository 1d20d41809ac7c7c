/**
 * Estimators compared on one network and mini-batch, drawn from one seed; and, if asked for, their errors over a sweep of β.
 *
 * The networks have no walls and analytic activations, so that every estimator may run: the paper's toy network and Table 1's with one
 * hidden layer, the prototypical one with the inner nudge for which the theorem holds.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { squaredError } from '../cost/squared-error.ts'
import type { BatchError } from '../data/batch.ts'
import { type Random, seeded, uniforms } from '../data/random.ts'
import { compareEstimators, type EstimatorComparison } from '../estimate/compare-estimators.ts'
import type { Estimator, Rest } from '../estimate/estimator.ts'
import { tangent } from '../estimate/nudged.ts'
import { type ErrorPoint, fittedOrder, type FittedOrder } from '../estimate/order.ts'
import { freePhase } from '../fold/free-phase.ts'
import type { Mistake } from '../fold/mistake.ts'
import { type Data, pose } from '../fold/pose.ts'
import { initialise } from '../learn/initialise.ts'
import { sigm, tanh } from '../phi/activation.ts'
import type { ExactDynamics } from '../phi/dynamics.ts'
import { energyBased } from '../phi/energy-based.ts'
import type { Params } from '../phi/interaction.ts'
import { layered, toy } from '../phi/network.ts'
import { innerNudged } from '../phi/prototypical.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'
import type { Analytic } from '../tensor/complex.ts'
import { certificateOf } from './comparison.ts'
import type { BadHyperparameter } from './figure.ts'
import { chosen, type Source } from './figure-data.ts'
import type { NamedEstimator } from './estimator-names.ts'
import type { Certificate } from './record.ts'

/** A network to compare estimators on. */
export interface EstimatedNetwork {
  readonly name: string
  readonly dynamics: ExactDynamics<Analytic>
  readonly sizes: readonly number[]
  readonly T: number
  readonly K: number
  readonly batch: number
}

/** The networks by name. */
export const estimatedNetworks: readonly EstimatedNetwork[] = [
  {
    name: 'toy', sizes: [5, 50, 10], T: 5000, K: 80, batch: 1,
    dynamics: energyBased({ interaction: toy([5, 50, 10]), activation: tanh, epsilon: 0.08 }),
  },
  {
    name: 'P-1h', sizes: [784, 512, 10], T: 150, K: 10, batch: 20,
    dynamics: innerNudged({ interaction: layered([784, 512, 10]), activation: sigm, epsilon: 1 }),
  },
  {
    name: 'EB-1h', sizes: [784, 512, 10], T: 800, K: 12, batch: 20,
    dynamics: energyBased({ interaction: layered([784, 512, 10]), activation: sigm, epsilon: 0.2 }),
  },
]

/** A layered energy-based network of other sizes. */
export const sizedNetwork = (sizes: readonly number[]): EstimatedNetwork => ({
  name: sizes.join('-'), sizes, T: 3000, K: 40, batch: 4,
  dynamics: energyBased({ interaction: layered(sizes), activation: tanh, epsilon: 0.2 }),
})

export interface EstimatorRunOptions {
  readonly network: EstimatedNetwork
  readonly estimators: readonly NamedEstimator[]
  readonly seed: number
  /** Digits for networks that begin with as many inputs as pixels and end with 10; other networks draw x and y uniform in [0, 1). */
  readonly source: Source | undefined
  readonly sweep: boolean
  readonly onProgress?: (done: number, total: number) => void
}

/** The errors of one family over β. */
export interface Sweep {
  readonly family: string
  /** Relative to the norm of the exact limit; points whose estimate is no number are left out. */
  readonly points: readonly ErrorPoint[]
  readonly fitted: FittedOrder | undefined
}

/** What some of the estimators come to. */
export interface EstimatedPart {
  readonly interpreter: string
  readonly certificate: Certificate
  readonly comparison: EstimatorComparison
  readonly sweeps: readonly Sweep[]
}

export interface EstimatorRun extends EstimatedPart, Pick<EstimatorRunOptions, 'network' | 'seed'> {
  readonly origin: string
  readonly synthetic: boolean
}

type Failure = Mistake | BadHyperparameter | BatchError

const uniformBatch = <T>(A: Algebra<never, T>, { sizes, batch }: EstimatedNetwork, rng: Random): Pick<Data<T>, 'x' | 'y'> => {
  const [inputs, outputs] = [sizes[0] as number, sizes.at(-1) as number]
  const [x, later] = uniforms(rng, batch * inputs, 0, 1)
  return { x: A.of([batch, inputs], x), y: A.of([batch, outputs], uniforms(later, batch * outputs, 0, 1)[0]) }
}

const drawn = <T>(A: Algebra<never, T>, { network, seed, source }: EstimatorRunOptions): E.Either<Failure, Data<T>> => {
  const [theta, rng] = initialise(A, network.dynamics.params, seeded(seed))
  return source === undefined
    ? E.right({ theta, ...uniformBatch(A, network, rng) })
    : pipe(chosen(A, network, source, rng), E.map(([{ x, y }]) => ({ theta, x, y })))
}

// ── Sweeps ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** From 10⁻⁶ to 1, four to a decade. */
const betas: readonly number[] = Array.from({ length: 25 }, (_, k) => 10 ** (-6 + k / 4))

/** A change of β far below what an error in β can notice, and far above rounding. */
const hair = 1 + 2 ** -20
/** Points fitted: the smallest β above the floor, where higher powers matter least. */
const fittedPoints = 5
/** Rounding in a fitted error. */
const share = 0.03

const distance = <T>(A: Algebra<never, T>, f: Params<T>, g: Params<T>): number =>
  Math.sqrt(Object.entries(f).reduce((total, [name, p]) => total + A.numbers(A.sub(p, g[name] as T)).reduce((sum, x) => sum + x * x, 0), 0))

/**
 * The rounding at β is measured: two estimates at β and β (1 + 2⁻²⁰) differ by their rounding, and by what the error itself changes, which is N 2⁻²⁰ of it.
 */
const sweepOf = <T>(
  A: Algebra<never, T>, run: (estimator: Estimator<Analytic>) => E.Either<Mistake, Params<T>>, truth: Params<T>, family: NonNullable<NamedEstimator['family']>, onPoint: () => void,
): Sweep => {
  const size = distance(A, truth, Object.fromEntries(Object.entries(truth).map(([name, p]) => [name, A.fill(A.shape(p), 0)])))
  const points = betas.flatMap((beta): readonly ErrorPoint[] => {
    const [here, beside] = [run(family.at(beta)), run(family.at(beta * hair))]
    onPoint()
    return E.isLeft(here) || E.isLeft(beside) ? [] : [{
      beta, error: distance(A, here.right, truth) / size, floor: distance(A, here.right, beside.right) / size,
    }]
  })
  // All from the first on: one above the floor by chance, below others that are not, would mislead.
  const clear = points.slice(1 + points.findLastIndex(({ error, floor }) => !(floor <= share * error)))
  return { family: family.name, points, fitted: fittedOrder(clear.slice(0, fittedPoints), { share, least: 3 }) }
}

// ── The run ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Settles, compares, and sweeps. Left: sizes or a batch that do not fit the digits, steps that do not fit, or a state that diverges. */
export const runEstimators = <T>(A: Algebra<Op, T>, options: EstimatorRunOptions): E.Either<Failure, EstimatorRun> => {
  const { network, estimators, seed, source, sweep, onProgress = () => undefined } = options
  const { dynamics, T: steps, K } = network
  const families = sweep ? estimators.flatMap(({ family }) => (family === undefined ? [] : [family])) : []
  const swept = families.filter(({ name }, i) => families.findIndex((other) => other.name === name) === i)
  const total = estimators.length + swept.length * betas.length
  const model = { dynamics, cost: squaredError }
  const estimate = (data: Data<T>, settled: Rest<T>) => (estimator: Estimator<Analytic>): E.Either<Mistake, Params<T>> =>
    pipe(estimator.at<Analytic, T>(A, dynamics, squaredError)(data, settled), E.map(({ params }) => params))
  return pipe(
    E.Do,
    E.bind('data', () => drawn(A, options)),
    E.bindW('problem', ({ data }) => pose<Analytic, T>(A, dynamics, squaredError)(data)),
    E.bindW('settled', ({ problem }) => freePhase(problem, { steps, keep: K })),
    E.bindW('comparison', ({ data, settled }) => compareEstimators<Analytic, T>(A, model)(
      estimators.map(({ name, estimator }) => ({ ...estimator, name })), data, settled,
      { steps: K, overTime: true, onEstimator: (done) => { onProgress(done, total) } })),
    E.bindW('truth', ({ data, settled }) => estimate(data, settled)(tangent(K))),
    E.map(({ data, settled, comparison, truth }) => ({
      network,
      seed,
      interpreter: A.name,
      origin: source?.origin ?? 'uniform random x and y in [0, 1)',
      synthetic: source?.synthetic ?? false,
      certificate: certificateOf(settled),
      comparison,
      sweeps: swept.map((family, f) => sweepOf(A, estimate(data, settled), truth, family, () => { onProgress(estimators.length + f * betas.length, total) })),
    })))
}
