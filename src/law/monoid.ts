/**
 * Law L3: interactions form a commutative monoid under addition, and the value and each derivative of Ψ is a homomorphism
 * of it. Judged over exact rationals, hence without tolerance. Only `constant + drive` is an observable, not how a term
 * divides ∂Ψ/∂u between the two; absent parts are zeros. Parameters of one name are one parameter, whose gradients add.
 *
 * Bring your own terms, or your own monoid: `interactionLaws` is a function of them.
 */
import fc from 'fast-check'
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import { type Rational, rational } from '../number/rational.ts'
import { bias } from '../phi/bias.ts'
import { dense } from '../phi/dense.ts'
import { addDrives, type Coupling, type Drives, type Interaction, type Params } from '../phi/interaction.ts'
import { lateral } from '../phi/lateral.ts'
import { monoid } from '../phi/monoid.ts'
import { entries as count, type Shape, sameShape } from '../tensor/algebra.ts'
import { lift, type Lifted } from '../tensor/lift.ts'
import { type Law, law, type Mutant, type Verdict, worst } from './law.ts'
import { drawn, dyadics, pools } from './number-arbitraries.ts'
import { allTrue, but, exactly } from './numbers.ts'

type Term = Interaction<never>
type T = Lifted<Rational>
const Q = lift(rational)

/** Terms that are plain data: `build` makes the interaction of one on layers of these widths, input first. */
export interface Terms<D> {
  readonly descriptions: fc.Arbitrary<D>
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

/** Tensors by name, where an absent one is zero. */
type Parts = Readonly<Record<string, T | undefined>>

/** What of Ψ is compared. */
type Part = (coupling: Coupling<T>, at: Point) => Parts

/** Layers u, a direction v with nothing at the input, and the parameters of all terms. */
interface Point {
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
const everything: readonly Part[] = [value, drive, param, pullState, pullParam, pullInput]

const isZero = (x: T): boolean => Q.equals(x, Q.fill(x.shape, 0))

/** Gap of a = b, name by name; absent equals zero. */
const alike = (a: Parts, b: Parts): Verdict =>
  worst([...new Set([...Object.keys(a), ...Object.keys(b)])].map((name) => {
    const [x, y] = [a[name], b[name]]
    return x !== undefined && y !== undefined ? exactly(Q, [[x, y]]) : allTrue(isZero(x ?? y ?? Q.fill([], 0)))
  }))

const added = (a: Parts, b: Parts): Parts =>
  Object.fromEntries([...new Set([...Object.keys(a), ...Object.keys(b)])].map((name) => {
    const [x, y] = [a[name], b[name]]
    return [name, x !== undefined && y !== undefined ? Q.add(x, y) : (x ?? y)]
  }))

/** Where to look: entries from the pool, thirds of doubles so that only exact arithmetic can agree. */
const pointOf = ({ widths, batch, pool }: Summands<unknown>, params: Readonly<Record<string, Shape>>): Point => {
  const tensor = (nth: number, shape: Shape): T => Q.over(Q.of(shape, drawn(pool, nth, count(shape))), 3)
  return {
    u: widths.map((units, l) => tensor(l, [batch, units])),
    v: widths.map((units, l) => (l === 0 ? undefined : tensor(6 + l, [batch, units]))),
    theta: Object.fromEntries(Object.entries(params).map(([name, shape], p) => [name, tensor(12 + p, shape)])),
  }
}

/** One part of an interaction at a point; the input is layer 0 of u. */
const partOf = (part: Part, at: Point) => (psi: Term): Parts =>
  part(psi.at(Q)(at.theta, at.u[0] ?? Q.fill([0, 0], 0)), at)

/** `plus` with one stage of the sum changed. */
const sumsWrongly = (
  { concat, empty }: Monoid<Term>,
  wrong: (sum: Coupling<T>, first: Coupling<T>, second: Coupling<T>) => Partial<Coupling<T>>,
): Monoid<Term> => ({
  empty,
  concat: (x, y) => {
    const sum = concat(x, y)
    // The laws look over Q alone, so there the fault may be written for Q alone.
    const at = (theta: Params<T>, u0: T): Coupling<T> => {
      const right = sum.at(Q)(theta, u0)
      return { ...right, ...wrong(right, x.at(Q)(theta, u0), y.at(Q)(theta, u0)) }
    }
    return { ...sum, at: () => at as unknown as ReturnType<Term['at']> } as Term
  },
})

const faultsOf = (M: Monoid<Term>) => ({
  value: [
    { fault: 'the value forgets the second term', subject: sumsWrongly(M, (_, first) => ({ value: first.value })) },
    {
      fault: 'the value is the difference',
      subject: sumsWrongly(M, (_, first, second) => ({ value: (u) => Q.sub(first.value(u), second.value(u)) })),
    },
  ],
  drive: [
    { fault: 'the second constant is lost', subject: sumsWrongly(M, (_, first) => ({ constant: first.constant })) },
    { fault: 'the first drive is lost', subject: sumsWrongly(M, (_, __, second) => ({ drive: second.drive })) },
  ],
  param: [{
    fault: 'of a shared parameter the last gradient stays',
    subject: sumsWrongly(M, (_, first, second) => ({ param: (u) => ({ ...first.param(u), ...second.param(u) }) })),
  }],
  pull: [
    { fault: 'the pull of the second term is dropped', subject: sumsWrongly(M, (_, first) => ({ pull: first.pull })) },
    {
      fault: 'of a shared parameter the last pulled gradient stays',
      subject: sumsWrongly(M, (sum, first, second) => ({
        pull: (u) => (v) =>
          ({ ...sum.pull(u)(v), param: () => ({ ...first.pull(u)(v).param(), ...second.pull(u)(v).param() }) }),
      })),
    },
    {
      fault: 'the pull to the input stops at the first term that has one',
      subject: sumsWrongly(M, (sum, first, second) => ({
        pull: (u) => (v) =>
          ({ ...sum.pull(u)(v), input: () => first.pull(u)(v).input() ?? second.pull(u)(v).input() }),
      })),
    },
  ],
  monoid: [
    but(M)('the empty interaction has value 1', {
      empty: sumsWrongly(M, () => ({ value: () => Q.fill([], 1) })).concat(M.empty, M.empty),
    }),
    but(M)('the second term counts twice', { concat: (x, y) => M.concat(x, M.concat(y, y)) }),
    but(M)('only the first term declares its parameters', { concat: (x, y) => ({ ...M.concat(x, y), params: x.params }) }),
  ],
}) satisfies Readonly<Record<string, readonly Mutant<Monoid<Term>>[]>>

/** Names with shapes, in any order. */
const sameParams = (a: Readonly<Record<string, Shape>>, b: Readonly<Record<string, Shape>>): boolean =>
  Object.keys(a).length === Object.keys(b).length
  && Object.entries(a).every(([name, shape]) => sameShape(shape, b[name] ?? [NaN]))

const sameUnits = (a: Term, b: Term): boolean => {
  const widths = ({ units }: Term): string => [...new Set(units.map((pair) => pair.join(':')))].sort().join()
  return widths(a) === widths(b)
}

/** L3 for a monoid of interactions, on sums of the given terms. `prefix` begins the laws' names. */
export const interactionLaws = <D>(
  prefix: string, M: Monoid<Term>, { descriptions, build }: Terms<D>, about: readonly string[],
): readonly Law[] => {
  const faults = faultsOf(M)
  const shared = {
    about, rung: 'exact rationals' as const, over: [Q.name], runs: 60, instances: summands(descriptions), subject: M,
    cites: 'THEORY §5: interactions add',
  }
  const homomorphism = (name: keyof typeof faults, says: string, parts: readonly Part[]): Law => law({
    ...shared, name: `${prefix}.${name}`, says, mutants: faults[name],
    judge: (S) => (instance) => {
      const terms = [...instance.first, ...instance.second].map(build(instance.widths))
      const whole = terms.reduce(S.concat, S.empty)
      const at = pointOf(instance, Object.fromEntries(terms.flatMap(({ params }) => Object.entries(params))))
      return worst(parts.map((part) => {
        const look = partOf(part, at)
        return alike(look(whole), terms.map(look).reduce(added, {}))
      }))
    },
  })
  return [
    homomorphism('value', '(Ψ₁ + Ψ₂ + …)(u) = Ψ₁(u) + Ψ₂(u) + …', [value]),
    homomorphism('drive', '∂(Ψ₁ + Ψ₂ + …)/∂u = ∂Ψ₁/∂u + ∂Ψ₂/∂u + …', [drive]),
    homomorphism('param',
      '∂(Ψ₁ + Ψ₂ + …)/∂θ = ∂Ψ₁/∂θ + ∂Ψ₂/∂θ + …; a parameter that several share gets the sum of their gradients', [param]),
    homomorphism('pull',
      '∂²(Ψ₁ + Ψ₂ + …) v = ∂²Ψ₁ v + ∂²Ψ₂ v + … with respect to u, θ and the input', [pullState, pullParam, pullInput]),
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
          ...everything.map((part) => alike(partOf(part, at)(left), partOf(part, at)(right))),
          allTrue(sameParams(left.params, right.params), sameUnits(left, right)),
        ]))
      },
      mutants: faults.monoid,
    }),
  ]
}

/** One shipped term: on which layer, counted modulo the layers there are; dense ones start at another. */
interface Described {
  readonly kind: 'dense' | 'bias' | 'lateral'
  readonly layer: number
  readonly from: number
  readonly letter: 'A' | 'B'
}

/** The terms that ship. A parameter is named by a letter and its shape, so terms with equal shapes often share one. */
const shippedTerms: Terms<Described> = {
  descriptions: fc.record({
    kind: fc.constantFrom('dense', 'bias', 'lateral'),
    layer: fc.nat({ max: 3 }),
    from: fc.oneof(fc.constant(0), fc.nat({ max: 3 })),
    letter: fc.constantFrom('A', 'B'),
  }),
  build: (widths) => ({ kind, layer, from, letter }) => {
    const end = (l: number) => ({ layer: l, units: widths[l] ?? 0 })
    const to = end(1 + (layer % (widths.length - 1)))
    switch (kind) {
      case 'dense': {
        // Any layer but `to`; from 0 is the input.
        const source = end(widths.map((_, l) => l).filter((l) => l !== to.layer)[from % (widths.length - 1)] ?? 0)
        return dense(`${letter}${to.units}x${source.units}`, source, to)
      }
      case 'bias': return bias(`${letter}${to.units}`, to)
      case 'lateral': return lateral(`${letter}${to.units}x${to.units}`, to)
    }
  },
}

/** L3 for the interactions that ship. */
export const monoidLaws: readonly Law[] =
  interactionLaws('L3', monoid<never>(), shippedTerms, ['monoid', 'plus', 'zero', 'dense', 'bias', 'lateral'])
