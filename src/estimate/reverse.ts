/**
 * Estimators that pull the cost's gradient back, by `pull` alone. With g = ∂ℓ/∂s at s* and J = ∂F/∂s:
 *
 *     BPTT(K)    Σ_{t<K} (∂F/∂θ)ᵀ(s_{T−t−1}) ∇s(t)          through the states that the free phase passed
 *     RBP(K)     (∂F/∂θ)ᵀ(s*) Σ_{t<K} λ_t,  λ_0 = g, λ_{t+1} = Jᵀ λ_t         at s* throughout (Almeida 1987, Pineda 1987)
 *     implicit   (∂F/∂θ)ᵀ(s*) Λ with (1 − Jᵀ) Λ = g         the limit K → ∞
 *
 * RBP sums the λ_t first and pulls to the parameters once, since (∂F/∂θ)ᵀ is linear. What is left of the implicit equation after K terms,
 * g − (1 − Jᵀ) Σ_{t<K} λ_t, is λ_K itself: so its size is the stopping rule, and no other product is needed. Laws: L7.
 */
import { tailRec } from 'fp-ts/lib/ChainRec.js'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { backpropagation, costGradient } from '../fold/bptt.ts'
import { stateDistance } from '../fold/free-phase.ts'
import { badNumber, badSteps, type Mistake, notSolved } from '../fold/mistake.ts'
import { foldPhase, mapPhase, type Moment, type Phase } from '../fold/phase.ts'
import { pose, type Problem, wellShaped } from '../fold/pose.ts'
import { totals } from '../fold/total.ts'
import type { PulledBack } from '../phi/dynamics.ts'
import type { Layers, Params } from '../phi/interaction.ts'
import { type Course, type Estimator, finiteEstimate, wholeSteps } from './estimator.ts'

/** Backpropagation through the last K steps of the free phase: the gradient of the truncated loss, exactly. Needs K kept states. */
export const bptt = (steps: number): Estimator => ({
  name: 'bptt',
  at: (A, dynamics, cost) => (data, settled) => pipe(
    pose(A, dynamics, cost)(data),
    E.flatMap((problem) => backpropagation(problem, settled, steps)),
    E.map((phase) => ({
      params: foldPhase<Params<ReturnType<typeof A.neg>>, Params<ReturnType<typeof A.neg>>>(totals(A, phase), steps, {}, (_, sum) => sum),
      course: { phase, steps, neurons: 'gradient' as const },
    })),
    E.flatMap(finiteEstimate(A, 'bptt'))),
})

/** λ_0 = ∂ℓ/∂s at s*, and the pull there, made once. */
interface Adjoint<T> {
  readonly pull: (v: Layers<T>) => PulledBack<T>
  readonly start: Layers<T>
}

const adjoint = <T>(problem: Problem<T>, state: Layers<T>): Adjoint<T> => ({ pull: problem.motion.pull(state), start: costGradient(problem, state) })

/** λ_0, λ_1, … with the parameters' share of each. */
const adjoints = <T>({ algebra: A, batch }: Problem<T>, { pull, start }: Adjoint<T>): Phase<Moment<T>> => {
  const from = (lambda: Layers<T>): Phase<Moment<T>> => ({
    next: () => {
      const pulled = pull(lambda)
      return [{ state: lambda, param: () => means(A, pulled.param(), batch) }, from(pulled.state)]
    },
  })
  return from(start)
}

const means = <T>(A: Problem<T>['algebra'], sums: Params<T>, batch: number): Params<T> =>
  Object.fromEntries(Object.entries(sums).map(([name, g]) => [name, A.over(g, batch)]))

const sum = <T>(A: Problem<T>['algebra'], a: Layers<T>, b: Layers<T>): Layers<T> => a.map((al, l) => A.add(al, b[l] as T))

/** The estimate that a sum of λ's makes. */
const pulledOnce = <T>({ algebra: A, batch }: Problem<T>, { pull }: Adjoint<T>, lambdas: Layers<T>): Params<T> =>
  means(A, pull(lambdas).param(), batch)

/** A problem whose state fits it, with its adjoint. */
const atRest = <T>(problem: Problem<T>, state: Layers<T>): E.Either<Mistake, { readonly problem: Problem<T>; readonly back: Adjoint<T> }> => pipe(
  wellShaped(problem, 'state', state),
  E.map(() => ({ problem, back: adjoint(problem, state) })))

/** Recurrent backpropagation, K terms at the settled state. Equals BPTT(K) where the last K states are the settled one. */
export const rbp = (steps: number): Estimator => ({
  name: 'rbp',
  at: (A, dynamics, cost) => (data, { state }) => pipe(
    wholeSteps(steps),
    E.flatMap(() => pose(A, dynamics, cost)(data)),
    E.flatMap((problem) => atRest(problem, state)),
    E.map(({ problem, back }) => {
      const phase = adjoints(problem, back)
      const lambdas = foldPhase<Layers<(typeof state)[number]>, Layers<(typeof state)[number]>>(
        mapPhase(phase, (moment) => moment.state), steps, state.map((sl) => A.fill(A.shape(sl), 0)), (all, lambda) => sum(A, all, lambda))
      const course: Course<(typeof state)[number]> = { phase, steps, neurons: 'gradient' }
      return { params: pulledOnce(problem, back, lambdas), course }
    }),
    E.flatMap(finiteEstimate(A, 'rbp'))),
})

/** When the implicit equation counts as solved, and when to give up. */
export interface ImplicitOptions {
  /** What may be left of the equation, as a share of max |∂ℓ/∂s|. Above 0; in float64 10⁻¹⁵ and less may never be reached by large networks. */
  readonly tolerance: number
  /** Terms to try. */
  readonly most: number
}

interface Series<T> {
  readonly t: number
  readonly lambda: Layers<T>
  readonly total: Layers<T>
}

/**
 * The implicit derivative of the steady state: (1 − Jᵀ) Λ = ∂ℓ/∂s solved by its Neumann series, which converges wherever small
 * disturbances of s* die out. Left NotSolved where it has not come within the tolerance after `most` terms, or grew beyond all numbers.
 */
export const implicit = ({ tolerance, most }: ImplicitOptions): Estimator => ({
  name: 'implicit',
  at: (A, dynamics, cost) => (data, { state }) => {
    type T = (typeof state)[number]
    if (!(tolerance > 0 && tolerance < 1)) return E.left(badNumber('implicit, tolerance', 'a share between 0 and 1', tolerance))
    if (!Number.isSafeInteger(most) || most < 1) return E.left(badSteps('implicit', most, 1))
    return pipe(
      pose(A, dynamics, cost)(data),
      E.flatMap((problem) => atRest(problem, state)),
      E.flatMap(({ problem, back }) => {
        const zeros = state.map((sl) => A.fill(A.shape(sl), 0))
        const bound = tolerance * stateDistance(A, back.start, zeros)
        return tailRec<Series<T>, E.Either<Mistake, Params<T>>>({ t: 0, lambda: back.start, total: zeros }, ({ t, lambda, total }) => {
          const left = stateDistance(A, lambda, zeros)
          if (left <= bound) return E.right(E.right(pulledOnce(problem, back, total)))
          if (t === most || !Number.isFinite(left)) return E.right(E.left(notSolved(left, bound, t)))
          return E.left({ t: t + 1, lambda: back.pull(lambda).state, total: sum(A, total, lambda) })
        })
      }),
      E.map((params) => ({ params })),
      E.flatMap(finiteEstimate(A, 'implicit')))
  },
})
