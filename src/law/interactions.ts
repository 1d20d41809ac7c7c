/**
 * Law L3: interactions form a commutative monoid under addition, and the value and each derivative of Ψ is a homomorphism
 * of it. Judged over exact rationals, hence without tolerance. Parameters of one name are one parameter, whose gradients add.
 *
 * Bring your own terms, or your own monoid: `interactionLaws` is a function of them.
 */
import fc from 'fast-check'
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import { entries as count, type Shape, sameShape } from '../tensor/algebra.ts'
import { allTrue } from './closeness.ts'
import { faultsOf } from './interaction-faults.ts'
import { added, alike, partOf, parts, type Point, Q, type T, type Term } from './interaction-parts.ts'
import { type Law, law, worst } from './law.ts'
import { drawn, dyadics, pools } from './number-arbitraries.ts'

/** Terms that are plain data: `build` makes the interaction of one on layers of these widths, input first. */
export interface Terms<D> {
  /** Random descriptions, which print and shrink. */
  readonly descriptions: fc.Arbitrary<D>
  /** The term of a description on layers of these widths, the input first. */
  readonly build: (widths: readonly number[]) => (description: D) => Term
}

/** Three lists of terms on one set of layers. */
export interface Summands<D> {
  readonly widths: readonly number[]
  readonly batch: number
  readonly first: readonly D[]
  readonly second: readonly D[]
  readonly third: readonly D[]
  readonly pool: readonly number[]
}

const summands = <D>(descriptions: fc.Arbitrary<D>): fc.Arbitrary<Summands<D>> => {
  const list = fc.array(descriptions, { minLength: 1, maxLength: 3 })
  return fc.record({
    widths: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 5 }),
    batch: fc.integer({ min: 1, max: 2 }),
    first: list, second: list, third: list,
    pool: pools(dyadics),
  })
}

/** Where to look: entries from the pool, thirds of doubles so that only exact arithmetic can agree. */
const pointOf = ({ widths, batch, pool }: Summands<unknown>, params: Readonly<Record<string, Shape>>): Point => {
  const tensor = (nth: number, shape: Shape): T => Q.over(Q.of(shape, drawn(pool, nth, count(shape))), 3)
  return {
    u: widths.map((units, l) => tensor(l, [batch, units])),
    v: widths.map((units, l) => (l === 0 ? undefined : tensor(6 + l, [batch, units]))),
    theta: Object.fromEntries(Object.entries(params).map(([name, shape], p) => [name, tensor(12 + p, shape)])),
  }
}

/** Names with shapes, in any order. */
const sameParams = (a: Readonly<Record<string, Shape>>, b: Readonly<Record<string, Shape>>): boolean =>
  Object.keys(a).length === Object.keys(b).length
  && Object.entries(a).every(([name, shape]) => sameShape(shape, b[name] ?? [NaN]))

const sameUnits = (a: Term, b: Term): boolean => {
  const widths = ({ ends }: Term): string => [...new Set(ends.map(({ layer, units }) => `${layer}:${units}`))].sort().join()
  return widths(a) === widths(b)
}

/** L3 for a monoid of interactions, on sums of the given terms. `prefix` begins the laws' names. */
export const interactionLaws = <D>(
  prefix: string, M: Monoid<Term>, { descriptions, build }: Terms<D>, about: readonly string[],
): readonly Law[] => {
  const faults = faultsOf(M)
  const shared = {
    about, rung: 'exact rationals' as const, over: [Q.name], runs: 60, instances: summands(descriptions), subject: M,
    cites: 'docs/theory.md §5: interactions add',
  }
  const homomorphism = (name: keyof typeof parts, says: string): Law => law({
    ...shared, name: `${prefix}.${name}`, says, mutants: faults[name],
    judge: (S) => (instance) => {
      const terms = [...instance.first, ...instance.second].map(build(instance.widths))
      const whole = terms.reduce(S.concat, S.empty)
      const at = pointOf(instance, Object.fromEntries(terms.flatMap(({ params }) => Object.entries(params))))
      return worst(parts[name].map((part) => {
        const look = partOf(part, at)
        return alike(look(whole), terms.map(look).reduce(added, {}))
      }))
    },
  })
  return [
    homomorphism('value', '(Ψ₁ + Ψ₂ + …)(u) = Ψ₁(u) + Ψ₂(u) + …'),
    homomorphism('drive', '∂(Ψ₁ + Ψ₂ + …)/∂u = ∂Ψ₁/∂u + ∂Ψ₂/∂u + …'),
    homomorphism('param',
      '∂(Ψ₁ + Ψ₂ + …)/∂θ = ∂Ψ₁/∂θ + ∂Ψ₂/∂θ + …; a parameter that several share gets the sum of their gradients'),
    homomorphism('pull',
      '∂²(Ψ₁ + Ψ₂ + …) v = ∂²Ψ₁ v + ∂²Ψ₂ v + … with respect to u, θ and the input'),
    law({
      ...shared,
      name: `${prefix}.monoid`,
      says: 'Ψ + 0 = Ψ = 0 + Ψ, (Ψ₁ + Ψ₂) + Ψ₃ = Ψ₁ + (Ψ₂ + Ψ₃), Ψ₁ + Ψ₂ = Ψ₂ + Ψ₁ ' +
        'in value, drive, gradients, pull, parameters and widths',
      runs: 30,
      judge: (S) => (instance) => {
        const sum = (list: readonly D[]): Term => list.map(build(instance.widths)).reduce(S.concat, S.empty)
        const [x, y, z] = [sum(instance.first), sum(instance.second), sum(instance.third)]
        const at = pointOf(instance, { ...x.params, ...y.params, ...z.params })
        const equations: readonly (readonly [Term, Term])[] = [
          [S.concat(x, S.empty), x],
          [S.concat(S.empty, x), x],
          [S.concat(S.concat(x, y), z), S.concat(x, S.concat(y, z))],
          [S.concat(x, y), S.concat(y, x)],
        ]
        return worst(equations.flatMap(([left, right]) => [
          ...Object.values(parts).flat().map((part) => alike(partOf(part, at)(left), partOf(part, at)(right))),
          allTrue(sameParams(left.params, right.params), sameUnits(left, right)),
        ]))
      },
      mutants: faults.monoid,
    }),
  ]
}
