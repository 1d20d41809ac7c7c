/**
 * Error against β: each estimator's whole gradient against BPTT's, relative to its norm, over β from 10⁻⁶ to 1. Where the hypotheses hold
 * it falls as β, β², β⁴, β⁶ until rounding takes over; where one is broken it stays.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  type Algebra, bptt, centered, type Data, type Dynamics, type ErrorPoint, type Estimate, type Estimator, fittedOrder, freePhase, holomorphic, type Mistake,
  oneSided, type Op, type Params, pose, type Settled, squaredError,
} from 'phifold'
import { type Choices, stepsOf } from './choices.ts'
import { analyticOf, dataOf, dynamicsOf } from './network.ts'

/** Estimators with β left open, and the power of β with which theory says their error falls. */
export const families = { ep: 'one-sided, β', centered: 'centered, ±β', holomorphic4: 'holomorphic, N = 4', holomorphic6: 'holomorphic, N = 6' } as const
export type Family = keyof typeof families
export const familyNames = Object.keys(families) as readonly Family[]
export const orders: Readonly<Record<Family, number>> = { ep: 1, centered: 2, holomorphic4: 4, holomorphic6: 6 }

export interface Sweep {
  readonly family: Family
  readonly points: readonly ErrorPoint[]
  /** Slope of the error on log axes, and its size at β = 1; null where too few points are clear of rounding. */
  readonly slope: number | null
  readonly constant: number | null
}

/** From 10⁻⁶ to 1, three to a decade; written out, since powers of ten may differ in the last bit between engines. */
export const betas: readonly number[] = [
  1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1,
]

/** A change of β far below what an error in β can notice, and far above rounding. */
const hair = 1 + 2 ** -20
/** The points fitted: the smallest β above rounding, where higher powers matter least; and the rounding that they may contain. */
const fitted = 4
const share = 0.05

/** What rounding adds is a small share of the error. */
export const clearOfRounding = ({ error, floor }: ErrorPoint): boolean => floor <= share * error

const distance = <T>(A: Algebra<never, T>, f: Params<T>, g?: Params<T>): number => Math.sqrt(Object.entries(f).reduce((total, [name, p]) => {
  const other = g?.[name]
  return total + A.numbers(other === undefined ? p : A.sub(p, other)).reduce((sum, x) => sum + x * x, 0)
}, 0))

type Estimates<T> = (beta: number) => E.Either<Mistake, Params<T>>

/** What a family makes of β on one network. */
const estimates = <T>(A: Algebra<Op, T>, choices: Choices, family: Family, data: Data<T>, settled: Settled<T>): Estimates<T> | undefined => {
  const params = E.map(({ params: found }: Estimate<T>) => found)
  const real = (make: (beta: number) => Estimator): Estimates<T> => {
    const dynamics: Dynamics<Op> = dynamicsOf(choices)
    return (beta) => params(make(beta).at(A, dynamics, squaredError)(data, settled))
  }
  const circle = (points: number): Estimates<T> | undefined => {
    const dynamics = analyticOf(choices)
    return dynamics && ((radius) => params(holomorphic(points, radius, choices.K).at<'tanh' | 'logistic', T>(A, dynamics, squaredError)(data, settled)))
  }
  switch (family) {
    case 'ep': return real((beta) => oneSided(beta, choices.K))
    case 'centered': return real((beta) => centered(beta, choices.K))
    case 'holomorphic4': return circle(4)
    case 'holomorphic6': return circle(6)
  }
}

/** One family. Its points are none where the activation does not go on to complex numbers. Left: as `courseOf`. */
export const sweepOf = <T>(A: Algebra<Op, T>, choices: Choices, family: Family): E.Either<Mistake, Sweep> => {
  const data = dataOf(A, choices)
  const dynamics = dynamicsOf(choices)
  return pipe(
    E.Do,
    E.bind('problem', () => pose(A, dynamics, squaredError)(data)),
    E.bind('settled', ({ problem }) => freePhase(problem, { steps: stepsOf(choices), keep: choices.K })),
    E.bind('truth', ({ settled }) => bptt(choices.K).at(A, dynamics, squaredError)(data, settled)),
    E.map(({ settled, truth: { params: truth } }): Sweep => {
      const size = distance(A, truth)
      const at = estimates(A, choices, family, data, settled)
      // The rounding at β: two estimates beside each other differ by it.
      const points = at === undefined ? [] : betas.flatMap((beta): readonly ErrorPoint[] => {
        const [here, beside] = [at(beta), at(beta * hair)]
        return E.isLeft(here) || E.isLeft(beside) ? [] : [{
          beta, error: distance(A, here.right, truth) / size, floor: distance(A, here.right, beside.right) / size,
        }]
      })
      // All from the first on that is clear for good: one above rounding by chance, below others that are not, would mislead.
      const clear = points.slice(1 + points.findLastIndex((point) => !clearOfRounding(point)))
      const line = fittedOrder(clear.slice(0, fitted), { share, least: 3 })
      return { family, points, slope: line?.slope ?? null, constant: line?.constant ?? null }
    }))
}
