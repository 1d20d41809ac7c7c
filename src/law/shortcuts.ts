/**
 * What a term or a dynamics may give beside its derivatives, to spare work: `contrast`, the difference of two gradients, and `collect`, the
 * sum of several pulls. Where there is one it must say what it stands for. Over exact rationals, with u, u′ two states and v, v′ two directions:
 *
 *     contrast(u, u′) = param(u) − param(u′)          collect((u, v), (u′, v′)) = pull(u)(v).param + pull(u′)(v′).param
 *
 * Training goes by these, so whoever replaces `param`, `rule` or `pull` must leave them out: `altered` does.
 */
import type { Motion } from '../phi/dynamics.ts'
import { addParams, type Coupling, type Direction, type Layers, type Params } from '../phi/interaction.ts'
import type { Algebra } from '../tensor/algebra.ts'

/** Both sides of an identity. */
type Identity<T> = readonly [left: T, right: T]

/** An identity for each parameter of `right`; a parameter that `left` does not name is a fault. */
const byName = <T>(left: Params<T> | undefined, right: () => Params<T>): readonly Identity<T>[] =>
  left === undefined ? [] : Object.entries(right()).map(([name, r]) => {
    const l = left[name]
    if (l === undefined) throw new RangeError(`parameter ${name} is missing among ${Object.keys(left).join(', ')}`)
    return [l, r]
  })

const less = <T>(A: Algebra<never, T>, a: Params<T>, b: Params<T>): Params<T> =>
  Object.fromEntries(Object.entries(a).map(([name, p]) => [name, A.sub(p, b[name] as T)]))

/** Of a coupling, at two directions. */
export const couplingShortcuts = <T>(A: Algebra<never, T>, { contrast, collect, param, pull }: Coupling<T>, one: Direction<T>, other: Direction<T>): readonly Identity<T>[] => {
  const end = ({ u }: Direction<T>) => ({ u, poolsOf: u })
  return [
    ...byName(contrast?.(end(one), end(other)), () => less(A, param(one.u), param(other.u))),
    ...byName(collect?.([one, other]), () => addParams(A, pull(one.u)(one.v).param(), pull(other.u)(other.v).param())),
  ]
}

/** Of a motion, at two states s and two vectors v. */
export const motionShortcuts = <T>(
  A: Algebra<never, T>, { contrast, collect, rule, pull }: Motion<T>, one: { readonly s: Layers<T>; readonly v: Layers<T> }, other: typeof one,
): readonly Identity<T>[] => {
  const at = ({ s }: typeof one) => ({ s, previous: s })
  const pulls = [one, other].map(({ s, v }) => ({ s, ...pull(s)(v) }))
  const all = pulls.flatMap(({ s, direction }) => (direction === undefined ? [] : [{ s, direction }]))
  return [
    ...byName(contrast?.(at(one), at(other)), () => less(A, rule(one.s, one.s), rule(other.s, other.s))),
    ...byName(collect?.(all), () => pulls.map(({ param }) => param()).reduce((a, b) => addParams(A, a, b))),
  ]
}

/** The same with parts replaced, without the shortcuts that spoke of those parts. */
export const altered = <S extends object>(whole: S, changes: Partial<S>): S => {
  const stale = [...('pull' in changes ? ['collect'] : []), ...('param' in changes || 'rule' in changes ? ['contrast'] : []), ...('rule' in changes ? ['local'] : [])]
  return { ...Object.fromEntries(Object.entries(whole).filter(([name]) => !stale.includes(name))), ...changes } as S
}
