/**
 * What the laws of interactions compare: the value of Ψ and each of its derivatives, at a point, over exact rationals. Only
 * `constant + drive` is an observable, not how a term divides ∂Ψ/∂u between the two; absent parts are zeros.
 */
import { type Rational, rational } from '../number/rational.ts'
import { addDrives, type Coupling, type Drives, type Interaction, type Params } from '../phi/interaction.ts'
import type { Algebra } from '../tensor/algebra.ts'
import { lift, type Lifted } from '../tensor/lift.ts'
import { allTrue, exactly } from './closeness.ts'
import { type Verdict, worst } from './law.ts'

/** What is added. */
export type Term = Interaction<never>

/** Exact tensors. */
export type T = Lifted<Rational>

/** Where Ψ is computed. */
export const Q: Algebra<'clip' | 'inside', T> = lift(rational)

/** Tensors by name, where an absent one is zero. */
export type Parts = Readonly<Record<string, T | undefined>>

/** What of Ψ is compared. */
export type Part = (coupling: Coupling<T>, at: Point) => Parts

/** Layers u, a direction v with nothing at the input, and the parameters of all terms. */
export interface Point {
  readonly u: readonly T[]
  readonly v: Drives<T>
  readonly theta: Params<T>
}

const byLayer = (drives: Drives<T>): Parts => Object.fromEntries(drives.map((tensor, l) => [`layer ${l}`, tensor]))

const value: Part = (psi, { u }) => ({ value: psi.value(u) })
const drive: Part = (psi, { u }) => byLayer(addDrives(Q, psi.constant, psi.drive(u)))
const param: Part = (psi, { u }) => psi.param(u)
const pullState: Part = (psi, { u, v }) => byLayer(psi.pull(u)(v).state)
const pullParam: Part = (psi, { u, v }) => psi.pull(u)(v).param()
const pullInput: Part = (psi, { u, v }) => ({ input: psi.pull(u)(v).input() })

/** What each law compares. */
export const parts: Readonly<Record<'value' | 'drive' | 'param' | 'pull', readonly Part[]>> =
  { value: [value], drive: [drive], param: [param], pull: [pullState, pullParam, pullInput] }

const isZero = (x: T): boolean => Q.equals(x, Q.fill(x.shape, 0))

const names = (a: Parts, b: Parts): readonly string[] => [...new Set([...Object.keys(a), ...Object.keys(b)])]

/** Gap of a = b, name by name; absent equals zero. */
export const alike = (a: Parts, b: Parts): Verdict =>
  worst(names(a, b).map((name) => {
    const [x, y] = [a[name], b[name]]
    return x !== undefined && y !== undefined ? exactly(Q, [[x, y]]) : allTrue(isZero(x ?? y ?? Q.fill([], 0)))
  }))

/** a + b, name by name; absent is zero. */
export const added = (a: Parts, b: Parts): Parts =>
  Object.fromEntries(names(a, b).map((name) => {
    const [x, y] = [a[name], b[name]]
    return [name, x !== undefined && y !== undefined ? Q.add(x, y) : (x ?? y)]
  }))

/** One part of an interaction at a point; the input is layer 0 of u. */
export const partOf = (part: Part, at: Point) => (psi: Term): Parts =>
  part(psi.at(Q)(at.theta, at.u[0] ?? Q.fill([0, 0], 0)), at)
