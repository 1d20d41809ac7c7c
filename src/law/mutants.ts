/**
 * Seeded faults: small changes to true terms, dynamics and folds, each of a kind that people really make. Every law names
 * those that it must reject. Nothing outside law/ and the tests may use them.
 */
import { drop, mapPhase, type Moment, type Phase } from '../fold/phase.ts'
import type { Activation, Jet } from '../phi/activation.ts'
import type { ExactDynamics, ExactMotion } from '../phi/dynamics.ts'
import type { Coupling, Drives, Interaction, Params } from '../phi/interaction.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'

type TermFault = <T>(A: Algebra<never, T>, coupling: Coupling<T>) => Partial<Coupling<T>>
type MotionFault = <T>(A: Algebra<never, T>, motion: ExactMotion<T>, rerun: (theta: (p: T, name: string) => T) => ExactMotion<T>) => Partial<ExactMotion<T>>
type JetFault = <T>(A: Algebra<never, T>, jet: Jet<T>) => Partial<Jet<T>>
type MomentFault = <T>(A: Algebra<never, T>, moment: Moment<T>) => Partial<Moment<T>>

/** An interaction with parts of its coupling replaced. */
export const faultyTerm = <N extends Op>(term: Interaction<N>, fault: TermFault): Interaction<N> => ({
  ...term,
  at: (A) => (theta, u0) => {
    const coupling = term.at(A)(theta, u0)
    return { ...coupling, ...fault(A, coupling) }
  },
})

/** A dynamics with parts of its motion replaced; `rerun` gives the same motion at changed parameters. */
export const faultyMotion = <N extends Op>(dynamics: ExactDynamics<N>, fault: MotionFault): ExactDynamics<N> => ({
  ...dynamics,
  at: <T>(A: Algebra<N, T>) => (theta: Params<T>, x: T) => {
    const motion = dynamics.at(A)(theta, x)
    const rerun = (change: (p: T, name: string) => T) => dynamics.at(A)(mapParams(theta, change), x)
    return { ...motion, ...fault(A, motion, rerun) }
  },
})

export const faultyActivation = <N extends Op>(activation: Activation<N>, fault: JetFault): Activation<N> => ({
  ...activation,
  at: (A) => (x) => {
    const jet = activation.at(A)(x)
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
 * The network whose feedback runs through 2W instead of W: a drive to every layer that has one above it, and all derivatives
 * of *that* right. Only the symmetry is broken, as with separate backward weights: it leaves BPTT true and EP not.
 */
export const asymmetric = (dynamics: ExactDynamics<never>, topLayer: number): ExactDynamics<never> =>
  faultyMotion(dynamics, (A, motion, rerun) => {
    // F_l of every layer but the top with all W doubled: its feedback part is twice what it was, and so is the part from below.
    const doubled = rerun((p, name) => (name.startsWith('W') ? A.scale(2, p) : p))
    const top = (l: number): boolean => l === topLayer - 1
    return {
      step: (s, force) => {
        const [plain, twice] = [motion.step(s, force), doubled.step(s, force)]
        return plain.map((sl, l) => (top(l) ? sl : (twice[l] as typeof sl)))
      },
      pull: (s) => {
        const [plain, twice] = [motion.pull(s), doubled.pull(s)]
        return (v) => {
          const zero = (vl: (typeof v)[number]) => A.scale(0, vl)
          const fromTop = plain(v.map((vl, l) => (top(l) ? vl : zero(vl))))
          const fromRest = twice(v.map((vl, l) => (top(l) ? zero(vl) : vl)))
          return {
            state: fromTop.state.map((a, l) => A.add(a, fromRest.state[l] as typeof a)),
            param: () => {
              const rest = fromRest.param()
              return mapParams(fromTop.param(), (a, name) => {
                const b = rest[name] as typeof a
                return A.add(a, name.startsWith('W') ? A.scale(2, b) : b)
              })
            },
            input: () => A.add(fromTop.input(), fromRest.input()),
          }
        }
      },
    }
  })
