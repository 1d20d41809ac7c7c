/**
 * Seeded faults: small changes to true terms, dynamics and folds, each of a kind that people really make. Every law names
 * those that it must reject. Nothing outside law/ and the tests may use them.
 */
import { drop, mapPhase, type Moment, type Phase } from '../fold/phase.ts'
import type { Activation, Jet } from '../phi/activation.ts'
import type { Dynamics, ExactDynamics, ExactMotion } from '../phi/dynamics.ts'
import { bias } from '../phi/bias.ts'
import { dense } from '../phi/dense.ts'
import { type Coupling, type Drives, drivesAt, type End, type Interaction, layerOf, type Params, paramOf } from '../phi/interaction.ts'
import { plus, zero } from '../phi/monoid.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'
import { altered } from './shortcuts.ts'

type TermFault = <T>(A: Algebra<never, T>, coupling: Coupling<T>) => Partial<Coupling<T>>
type MotionFault = <T>(A: Algebra<never, T>, motion: ExactMotion<T>, rerun: (theta: (p: T, name: string) => T) => ExactMotion<T>) => Partial<ExactMotion<T>>
type JetFault = <T>(A: Algebra<never, T>, jet: Jet<T>) => Partial<Jet<T>>
type MomentFault = <T>(A: Algebra<never, T>, moment: Moment<T>) => Partial<Moment<T>>

/** An interaction with parts of its coupling replaced. */
export const faultyTerm = <N extends Op>(term: Interaction<N>, fault: TermFault): Interaction<N> => ({
  ...term,
  at: (A) => (theta, u0) => {
    const coupling = term.at(A)(theta, u0)
    return altered(coupling, fault(A, coupling))
  },
})

/** A dynamics with parts of its motion replaced; `rerun` gives the same motion at changed parameters. */
export const faultyMotion = <N extends Op>(dynamics: ExactDynamics<N>, fault: MotionFault): ExactDynamics<N> => ({
  ...dynamics,
  at: <T>(A: Algebra<N, T>) => (theta: Params<T>, x: T) => {
    const motion = dynamics.at(A)(theta, x)
    const rerun = (change: (p: T, name: string) => T) => dynamics.at(A)(mapParams(theta, change), x)
    return altered(motion, fault(A, motion, rerun))
  },
})

/** Claims the metric 1 for dynamics that have none to claim. */
export const withUnitMetric = <N extends Op>(dynamics: Dynamics<N>): ExactDynamics<N> => ({
  ...dynamics,
  at: (A) => (theta, x) => ({ ...dynamics.at(A)(theta, x), metric: () => (v) => v }),
})

/** An activation with parts of its jet replaced, which its value alone says nothing of any more. */
export const faultyActivation = <N extends Op>({ name, smooth, at }: Activation<N>, fault: JetFault): Activation<N> => ({
  name,
  smooth,
  at: (A) => (x) => {
    const jet = at(A)(x)
    return { ...jet, ...fault(A, jet) }
  },
})

export const faultyPhase = <T>(A: Algebra<never, T>, phase: Phase<Moment<T>>, fault: MomentFault): Phase<Moment<T>> =>
  mapPhase(phase, (moment) => ({ ...moment, ...fault(A, moment) }))

/** Every emission one step late: t + 1 where t belongs. */
export const late = <T>(phase: Phase<Moment<T>>): Phase<Moment<T>> => drop(phase, 1)

export const mapParams = <A, B>(params: Params<A>, f: (p: A, name: string) => B): Params<B> =>
  Object.fromEntries(Object.entries(params).map(([name, p]) => [name, f(p, name)]))

export const mapDrives = <T>(drives: Drives<T>, f: (d: T, layer: number) => T): Drives<T> =>
  drives.map((d, layer) => (d === undefined ? undefined : f(d, layer)))

/**
 * A dense coupling whose feedback runs through 2W instead of W, with all derivatives of *that* right: only the symmetry is
 * broken, as with separate backward weights. BPTT stays true; EP does not.
 */
const asymmetricDense = (name: string, from: End, to: End): Interaction<never> => {
  const term = dense(name, from, to)
  if (from.layer === 0) return term
  return {
    ...term,
    at: (A) => (theta, u0) => {
      const [coupling, W] = [term.at(A)(theta, u0), paramOf(theta, name)]
      const feedback = (l: number): number => (l === from.layer ? 2 : 1)
      return altered(coupling, {
        drive: (u) => mapDrives(coupling.drive(u), (d, l) => A.scale(feedback(l), d)),
        pull: (u) => (v) => {
          const [vFrom, vTo] = [v[from.layer], v[to.layer]]
          const [uFrom, uTo] = [layerOf(u, from.layer), layerOf(u, to.layer)]
          const part = (l: number, sum: (typeof v)[number]) => sum ?? A.fill(A.shape(layerOf(u, l)), 0)
          return {
            // Transposes: what drives `to` from below is W, what drives `from` from above is 2W.
            state: drivesAt(
              [to.layer, part(to.layer, vFrom && A.scale(2, A.matmulNT(vFrom, W)))],
              [from.layer, part(from.layer, vTo && A.matmulNN(vTo, W))]),
            param: () => ({
              [name]: A.add(
                A.matmulTN(part(to.layer, vTo), uFrom),
                A.scale(2, A.matmulTN(uTo, part(from.layer, vFrom)))),
            }),
            input: () => undefined,
          }
        },
      })
    },
  }
}

/** The layered network with asymmetric feedback. */
export const asymmetricLayers = (sizes: readonly number[]): Interaction<never> => {
  const ends = sizes.map((units, layer): End => ({ layer, units }))
  return ends.slice(1).reduce<Interaction<never>>((sum, to, below) =>
    plus(plus(sum, asymmetricDense(`W${to.layer}`, ends[below] as End, to)), bias(`b${to.layer}`, to)), zero)
}
