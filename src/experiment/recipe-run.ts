/**
 * A recipe run: one T, K and β judged as they are, or a search for the smallest that will do.
 *
 * The search settles T first, since nothing else makes sense before: the smallest T from which on no state of any mini-batch moves by
 * more than the tolerance per step (settling.ts). Then it tries every K and β of two ladders and takes the smallest K, which is what a
 * training step costs, and for it the largest β, at which rounding and what the state still moves by, both divided by β, weigh least. A
 * choice will do when EP over K steps reaches the wanted agreement with BPTT over K steps and with BPTT over the longest K.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { BatchError } from '../data/batch.ts'
import type { Mistake } from '../fold/mistake.ts'
import { settlingStep } from '../fold/settling.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'
import { certificateOf } from './comparison.ts'
import type { BadHyperparameter, Hyperparameters } from './figure.ts'
import type { Source } from './figure-data.ts'
import type { Certificate, Drawn } from './record.ts'
import { type Cell, cellsOf, type OnProgress, posedOn, settledOn } from './recipe.ts'
import { recipeData } from './recipe-data.ts'
import { type SharesByName, summary, total } from './sign-agreement.ts'
import { adjustedNetwork, type Model, modelOf, type NudgePlace, type TrainedNetwork, type Variant } from './trained-network.ts'

/** What is asked for. */
export interface RecipeOptions {
  readonly network: TrainedNetwork
  readonly variant: Variant
  readonly nudge?: NudgePlace
  /** Numbers other than Table 1's; with `wanted`, T, K and β are the most that the search tries. */
  readonly changes: Partial<Hyperparameters>
  /** Mini-batches. */
  readonly batches: number
  /** Largest max |s_T − s_{T−1}| that counts as settled. */
  readonly tolerance: number
  /** The agreement to search for, in per cent; no search without it. */
  readonly wanted?: number
  readonly seed: number
  readonly source: Source
  readonly onProgress?: OnProgress
}

export interface RecipeRun {
  /** With the T, K and β that were judged, or found. */
  readonly network: TrainedNetwork
  readonly model: Model
  readonly variant: Variant
  readonly tolerance: number
  readonly seed: number
  readonly drawn: readonly Drawn[]
  /** The interpreter that ran it. */
  readonly interpreter: string
  /** How settled s_T is, per mini-batch. */
  readonly certificates: readonly Certificate[]
  /** Names of the weights: the tensors that agreement is about. Biases are told too, but the authors never compare them. */
  readonly weights: readonly string[]
  /** All K and β compared. */
  readonly cells: readonly Cell[]
  /** The one that was asked for, or found: the best, where none will do. */
  readonly chosen: Cell
  readonly search: { readonly wanted: number; readonly reached: boolean; readonly most: Pick<Hyperparameters, 'T' | 'K' | 'beta'> } | undefined
}

/** The least mean, over the weights, of the total share: the layer that agrees worst. */
export const agreementOf = (weights: readonly string[], batches: readonly SharesByName[]): number =>
  Math.min(...weights.map((name) => summary(batches.map((byName) => {
    const shares = byName[name]
    return shares === undefined ? NaN : total(shares)
  })).mean))

/** A ladder's rungs grow by a factor of 3/2 or so: 2, 3, 5, 7, 10, 15, 20, … and `most` itself as the last. */
export const stepLadder = (most: number): readonly number[] => {
  const rungs = [1, 10, 100, 1000].flatMap((power) => [1, 1.5, 2, 3, 5, 7].map((n) => n * power))
  return [...rungs.filter((K) => Number.isInteger(K) && K >= 2 && K < most), most]
}

/** `most` itself, then 1, 0.5, 0.2, 0.1, … below it, down to a thousandth. */
export const betaLadder = (most: number): readonly number[] =>
  [most, ...[1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001].filter((beta) => beta < most)]

const worseOf = (weights: readonly string[], { batches, whole }: Cell): number =>
  Math.min(agreementOf(weights, batches), agreementOf(weights, whole))

/** The smallest K that will do with its largest β; otherwise the best there is. Cells come with K ascending, β descending. */
const choice = (weights: readonly string[], cells: readonly Cell[], wanted: number): { readonly chosen: Cell; readonly reached: boolean } => {
  const found = cells.find((cell) => worseOf(weights, cell) >= wanted)
  const best = cells.reduce((a, b) => (worseOf(weights, b) > worseOf(weights, a) ? b : a))
  return { chosen: found ?? best, reached: found !== undefined }
}

/** Where nothing is said, a search goes up to ten times Table 1's T, four times its K, and β = 1. */
const bounds = (network: TrainedNetwork, { T = 10 * network.T, K, beta = 1 }: Partial<Hyperparameters>): Pick<Hyperparameters, 'T' | 'K' | 'beta'> =>
  ({ T, K: K ?? Math.max(2, Math.min(4 * network.K, T - 1)), beta })

export type RecipeFailure = Mistake | BadHyperparameter | BatchError

/** Some of the mini-batches: from one on to before another, counted from 0. They do not see each other, so each slice may be run in another place. */
export type Slice = readonly [from: number, to: number]

/** What a slice was judged to be: what was drawn and how settled it is per mini-batch, and the cells on these. */
export type Judgement = Pick<RecipeRun, 'drawn' | 'certificates' | 'cells' | 'interpreter'>

const limitsOf = ({ network, variant, changes, wanted }: RecipeOptions): E.Either<BadHyperparameter, TrainedNetwork> =>
  adjustedNetwork(network, variant, wanted === undefined ? changes : { ...changes, ...bounds(network, changes) })

/** Numbers and model, and the problems of a slice, drawn from the seed. */
const posed = <T>(A: Algebra<Op, T>, options: RecipeOptions, [from, to]: Slice) => pipe(
  limitsOf(options),
  E.bindTo('limits'),
  E.bindW('model', ({ limits }) => modelOf(limits, options.variant, options.nudge)),
  E.bindW('data', ({ limits, model }) => pipe(recipeData(A, limits, model, to, options.seed, options.source), E.map((data) => data.slice(from)))),
  E.bindW('problems', ({ model, data }) => posedOn(A, model, data)))

/** The T that a run of all mini-batches takes, as far as a slice asks: Table 1's or what was said, or in a search the least that settles the slice. Left: NotSettled, or as `judged`. */
export const stepsFor = <T>(A: Algebra<Op, T>, options: RecipeOptions, slice: Slice): E.Either<RecipeFailure, number> => {
  const { wanted, tolerance, onProgress = () => undefined } = options
  if (wanted === undefined) return pipe(limitsOf(options), E.map(({ T }) => T))
  return pipe(
    posed(A, options, slice),
    E.flatMap(({ limits, model, problems }) => pipe(
      problems.map((problem, b) => [problem, b] as const),
      E.traverseArray(([problem, b]) => settlingStep(problem, {
        tolerance, most: limits.T, onStep: (t) => { onProgress('settling', b * limits.T + t, problems.length * limits.T) },
      })),
      // BPTT has to walk back over the shortest K at least.
      E.map((steps) => Math.max(...steps, 2 + model.ahead)))))
}

/** A slice after T free steps. Left: numbers or data that do not fit, or a state that diverged. */
export const judged = <T>(A: Algebra<Op, T>, options: RecipeOptions, T: number, slice: Slice): E.Either<RecipeFailure, Judgement> => {
  const { wanted, onProgress = () => undefined } = options
  return pipe(
    posed(A, options, slice),
    E.bindW('settled', ({ limits: { K }, model, problems }) => settledOn(problems, model, T, Math.min(K, T - model.ahead), onProgress)),
    E.bindW('cells', ({ limits: { K, beta, epsilon }, model, problems, settled }) => cellsOf(problems, settled, model, wanted === undefined
      ? { Ks: [K], betas: [beta], epsilon }
      : { Ks: stepLadder(Math.min(K, T - model.ahead)), betas: betaLadder(beta), epsilon }, onProgress)),
    E.map(({ data, settled, cells }) => ({ drawn: data.map(({ drawn }) => drawn), certificates: settled.map(certificateOf), cells, interpreter: A.name })))
}

/** The run that slices come to, in their order. Throws RangeError without any. */
export const recipeOf = (options: RecipeOptions, T: number, slices: readonly Judgement[]): E.Either<RecipeFailure, RecipeRun> => pipe(
  limitsOf(options),
  E.bindTo('limits'),
  E.bindW('model', ({ limits }) => modelOf(limits, options.variant, options.nudge)),
  E.map(({ limits, model }): RecipeRun => {
    const { variant, tolerance, seed, wanted } = options
    const [first] = slices
    if (first === undefined) throw new RangeError('recipeOf: expected at least one slice, got none')
    const cells = first.cells.map(({ K, beta }, i): Cell => ({
      K, beta, batches: slices.flatMap((slice) => slice.cells[i]?.batches ?? []), whole: slices.flatMap((slice) => slice.cells[i]?.whole ?? []),
    }))
    const weights = Object.entries(model.dynamics.params).filter(([, shape]) => shape.length > 1).map(([name]) => name)
    const { chosen, reached } = choice(weights, cells, wanted ?? 0)
    return {
      network: { ...limits, T, K: chosen.K, beta: chosen.beta },
      model, variant, tolerance, seed, weights, cells, chosen,
      drawn: slices.flatMap(({ drawn }) => drawn),
      interpreter: first.interpreter,
      certificates: slices.flatMap(({ certificates }) => certificates),
      search: wanted === undefined ? undefined : { wanted, reached, most: { T: limits.T, K: limits.K, beta: limits.beta } },
    }
  }))
