/** A figure's model with one way to nudge, posed on data. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { squaredError } from '../cost/squared-error.ts'
import type { Mistake } from '../fold/mistake.ts'
import { type Data, pose, type Problem } from '../fold/pose.ts'
import { clamped, clampedExact } from '../phi/clamped.ts'
import type { Dynamics, ExactDynamics } from '../phi/dynamics.ts'
import type { Layers } from '../phi/interaction.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'
import { type Figure, type Nudging, settingOf } from './figure.ts'

type Metric<T> = (s: Layers<T>) => (v: Layers<T>) => Layers<T>

export interface Model<T> {
  readonly dynamics: Dynamics<Op>
  readonly problem: Problem<T>
  /** Weighs BPTT's neurons; approximate dynamics have none. */
  readonly metric: Metric<T> | undefined
}

const exactOf = (figure: Figure, { dynamics }: Extract<Nudging, { readonly kind: 'exact' }>): ExactDynamics<Op> => {
  const free = dynamics(settingOf(figure))
  return figure.clamp ? clampedExact(free) : free
}

const approximateOf = (figure: Figure, { dynamics }: Extract<Nudging, { readonly kind: 'approximate' }>): Dynamics<Op> => {
  const free = dynamics(settingOf(figure))
  return figure.clamp ? clamped(free) : free
}

/** Clamped or not, as the figure asks. */
export const dynamicsOf = (figure: Figure, nudging: Nudging): Dynamics<Op> =>
  nudging.kind === 'exact' ? exactOf(figure, nudging) : approximateOf(figure, nudging)

/** Left: mistakes in the data. */
export const posed = <T>(A: Algebra<Op, T>, figure: Figure, nudging: Nudging, data: Data<T>): E.Either<Mistake, Model<T>> => {
  if (nudging.kind === 'approximate') {
    const dynamics = approximateOf(figure, nudging)
    return pipe(pose(A, dynamics, squaredError)(data), E.map((problem) => ({ dynamics, problem, metric: undefined })))
  }
  const dynamics = exactOf(figure, nudging)
  return pipe(pose(A, dynamics, squaredError)(data), E.map((problem) => ({ dynamics, problem, metric: problem.motion.metric })))
}
