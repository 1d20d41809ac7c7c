/**
 * The authors' `receipe`: how far the whole EP update over K steps and the whole BPTT gradient over K steps agree in sign, on several
 * mini-batches. It tells whether T, K and β are fit for training before any training is done.
 *
 *     EP    Σ_{t<K} Δθ(β, t), with the nudge −ε β ∂ℓ/∂s of the paper's β
 *     BPTT  −Σ_{t<K} ∇θ(t)
 *
 * One walk back over the longest K gives all shorter ones, and one nudged phase gives all K of its β. Each is also held against BPTT
 * over the longest K: two updates cut off early may agree with each other and yet miss most of the gradient.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { squaredError } from '../cost/squared-error.ts'
import { backpropagation, descending } from '../fold/bptt.ts'
import { freePhase, type Settled } from '../fold/free-phase.ts'
import type { Mistake } from '../fold/mistake.ts'
import { finite } from '../fold/nudge.ts'
import { foldPhase, mapPhase, type Phase } from '../fold/phase.ts'
import { type Data, pose, type Problem } from '../fold/pose.ts'
import { contrasts, totals } from '../fold/total.ts'
import type { Params } from '../phi/interaction.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'
import { strength } from './figure.ts'
import { type SharesByName, sharesOf, type Signs, signsOf } from './sign-agreement.ts'
import type { Model } from './trained-network.ts'

/** One K and β on all mini-batches. */
export interface Cell {
  readonly K: number
  readonly beta: number
  /** Per mini-batch: EP over K steps against BPTT over K steps. */
  readonly batches: readonly SharesByName[]
  /** The same EP against BPTT over the longest K. */
  readonly whole: readonly SharesByName[]
}

/** What to compare; `Ks` ascends; neither list is empty. */
export interface Grid {
  readonly Ks: readonly number[]
  readonly betas: readonly number[]
  readonly epsilon: number
}

/** Told how much of how much is done, over all mini-batches. */
export type OnProgress = (stage: 'settling' | 'free phase' | 'EP and BPTT', done: number, total: number) => void

/** Poses the model on each mini-batch. Left: mistakes in the data. */
export const posedOn = <T>(
  A: Algebra<Op, T>, { dynamics }: Model, data: readonly Data<T>[],
): E.Either<Mistake, readonly Problem<T>[]> => E.traverseArray(pose(A, dynamics, squaredError))(data)

/** T free steps on each mini-batch, keeping what BPTT over the longest K needs. Left: Diverged, BadSteps. */
export const settledOn = <T>(
  problems: readonly Problem<T>[], { ahead }: Model, T: number, longest: number, onProgress: OnProgress,
): E.Either<Mistake, readonly Settled<T>[]> => pipe(
  problems.map((problem, b) => [problem, b] as const),
  E.traverseArray(([problem, b]) => freePhase(problem, {
    steps: T, keep: longest + ahead, onStep: (t) => { onProgress('free phase', b * T + t, problems.length * T) },
  })))

/** The signs of a phase's whole updates after each of the given numbers of steps, ascending. */
const signsAfter = <T>(
  A: Algebra<never, T>, what: string, phase: Phase<() => Params<T>>, steps: readonly number[], onStep: (done: number) => void,
): E.Either<Mistake, readonly Signs[]> =>
  foldPhase<() => Params<T>, E.Either<Mistake, readonly Signs[]>>(phase, steps.at(-1) ?? 0, E.right([]), (found, whole, t) => {
    onStep(t + 1)
    return E.isLeft(found) || !steps.includes(t + 1)
      ? found
      : pipe(signsOf(A, what, whole()), E.map((signs) => [...found.right, signs]))
  })

type OfBatch = readonly (readonly { readonly own: SharesByName; readonly whole: SharesByName }[])[]

/** One mini-batch: for each β, for each K, the shares. */
const compared = <T>(
  problem: Problem<T>, settled: Settled<T>, { ahead }: Model, { Ks, betas, epsilon }: Grid, onStep: (done: number) => void,
): E.Either<Mistake, OfBatch> => {
  const { algebra: A } = problem
  const walked = Ks.map((K) => K + ahead)
  const [longest, far] = [Ks.at(-1) ?? 0, walked.at(-1) ?? 0]
  return pipe(
    backpropagation(problem, settled, far),
    E.flatMap((phase) =>
      signsAfter(A, 'the BPTT gradient', mapPhase(totals(A, descending(problem, phase)), (sum) => () => sum), walked, onStep)),
    E.flatMap((bptt) => pipe(
      betas.map((beta, i) => [beta, i] as const),
      E.traverseArray(([beta, i]) => pipe(
        finite(A, strength({ epsilon, nudge: 'dt β' }, beta)),
        E.flatMap((nudge) =>
          signsAfter(A, `the EP update at β = ${beta}`, contrasts(problem, nudge, settled.state, settled.before[0]), Ks,
            (t) => { onStep(far + i * longest + t) })),
        E.map((ep) => ep.map((signs, k) => ({
          own: sharesOf(signs, bptt[k] as Signs),
          whole: sharesOf(signs, bptt.at(-1) as Signs),
        }))))))))
}

/** Every K and β of the grid on every mini-batch; K by K, the first β first. Left: an update that is not finite. */
export const cellsOf = <T>(
  problems: readonly Problem<T>[], settled: readonly Settled<T>[], model: Model, grid: Grid, onProgress: OnProgress,
): E.Either<Mistake, readonly Cell[]> => {
  const { Ks, betas } = grid
  const longest = Ks.at(-1) ?? 0
  const perBatch = longest + model.ahead + betas.length * longest
  return pipe(
    problems.map((problem, b) => [problem, b] as const),
    E.traverseArray(([problem, b]) => compared(problem, settled[b] as Settled<T>, model, grid,
      (done) => { onProgress('EP and BPTT', b * perBatch + done, problems.length * perBatch) })),
    E.map((batches) => Ks.flatMap((K, k) => betas.map((beta, i): Cell => {
      const found = batches.map((batch) => batch[i]?.[k]).filter((one) => one !== undefined)
      return { K, beta, batches: found.map(({ own }) => own), whole: found.map(({ whole }) => whole) }
    }))))
}
