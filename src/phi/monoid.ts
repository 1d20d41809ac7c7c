/**
 * Interactions add: a commutative monoid, of which the value and every derivative are homomorphisms (law L3).
 */
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import { type Op, sameShape, type Shape, showShape } from '../tensor/algebra.ts'
import { addDrives, addParams, collected, contrastOf, type Interaction } from './interaction.ts'

/** Ψ = 0. */
export const zero: Interaction<never> = {
  name: '0',
  params: {},
  ends: [],
  at: (A) => () => ({
    constant: [],
    value: () => A.fill([], 0),
    drive: () => [],
    param: () => ({}),
    pull: () => () => ({ state: [], param: () => ({}), input: () => undefined }),
  }),
}

const shared = (first: Interaction<Op>, second: Interaction<Op>): Readonly<Record<string, Shape>> => {
  const clash = Object.entries(second.params).find(([name, shape]) =>
    Object.hasOwn(first.params, name) && !sameShape(first.params[name] as Shape, shape))
  if (clash !== undefined)
    throw new RangeError(`${first.name} + ${second.name}: parameter ${clash[0]} is ${showShape(first.params[clash[0]] as Shape)} in one term and ${showShape(clash[1])} in the other; rename one`)
  return { ...first.params, ...second.params }
}

/** Ψ₁ + Ψ₂: every part is the sum of the parts; a parameter of both is shared. Throws RangeError when its shapes differ. */
export const plus = <M extends Op, N extends Op>(first: Interaction<M>, second: Interaction<N>): Interaction<M | N> => ({
  name: [first, second].filter((term) => term.ends.length > 0).map(({ name }) => name).join(' + ') || zero.name,
  params: shared(first, second),
  ends: [...first.ends, ...second.ends],
  at: (A) => (theta, u0) => {
    const [a, b] = [first.at(A)(theta, u0), second.at(A)(theta, u0)]
    return {
      constant: addDrives(A, a.constant, b.constant),
      value: (u) => A.add(a.value(u), b.value(u)),
      drive: (u) => addDrives(A, a.drive(u), b.drive(u)),
      param: (u, poolsOf) => addParams(A, a.param(u, poolsOf), b.param(u, poolsOf)),
      contrast: (after, before) => addParams(A, contrastOf(A, a, after, before), contrastOf(A, b, after, before)),
      collect: (all) => addParams(A, collected(A, a, all), collected(A, b, all)),
      pull: (u) => {
        const [pullA, pullB] = [a.pull(u), b.pull(u)]
        return (v) => {
          const [p, q] = [pullA(v), pullB(v)]
          return {
            state: addDrives(A, p.state, q.state),
            param: () => addParams(A, p.param(), q.param()),
            input: () => addDrives(A, [p.input()], [q.input()])[0],
          }
        }
      },
    }
  },
})

/** Interactions over one set of functions as an fp-ts monoid. */
export const monoid = <N extends Op>(): Monoid<Interaction<N>> => ({ concat: plus, empty: zero })
