/**
 * Law L12: interpreters agree. Two interpreters get the same operands and must give the same results. Here are pairs of
 * interpreters, how they are compared, and the law for single operations; agreement-steps.ts has that for whole steps.
 *
 * Agreement of floating-point interpreters means the same doubles; +0 and −0 count as the same (no operation of a Φ can tell
 * them apart), and so does NaN with NaN.
 */
import fc from 'fast-check'
import type { Activation } from '../phi/activation.ts'
import { type Algebra, entries as count, type Op, type Shape } from '../tensor/algebra.ts'
import { allTrue, bounded, largest } from './closeness.ts'
import { type Law, law, type Mutant, type Rung, type Verdict, worst } from './law.ts'
import { drawn } from './number-arbitraries.ts'
import { faulty, type TensorFault } from './tensor-faults.ts'
import { allOperations, operandsOf } from './tensor-operations.ts'
import { extents } from './tensor-suite.ts'

/** One interpreter, with ways in and out. V is the kind of number in which two of them are compared. */
export interface View<N extends Op, T, V> {
  /** The interpreter. */
  readonly algebra: Algebra<N, T>
  /** A tensor with these entries; interpreters without tangents ignore those, absent tangents are zero. */
  readonly embed: (shape: Shape, entries: readonly number[], tangents: readonly number[] | undefined) => T
  /** All entries of a tensor, in row-major order. */
  readonly read: (x: T) => readonly V[]
}

/** Two interpreters that are to agree. */
export interface Pair<N extends Op, X, Y, V> {
  /** The one that is trusted. */
  readonly first: View<N, X, V>
  /** The one that is judged; mutants replace its operations. */
  readonly second: View<N, Y, V>
}

/** Two interpreters and what to try them on. */
export interface Agreement<N extends Op, X, Y, V> extends Pair<N, X, Y, V> {
  /** First part of the laws' names: 'L12.reference-lift'. */
  readonly prefix: string
  /** Exported names that the laws speak about. */
  readonly about: readonly string[]
  /** What the agreement stands on. */
  readonly rung: Rung
  /** 0 where two numbers are the same, positive or NaN elsewhere. */
  readonly gap: (a: V, b: V) => number
  /** Entries for single operations, and for whole steps. */
  readonly operands: fc.Arbitrary<number>
  /** Entries for whole steps: small, where numbers grow from step to step. */
  readonly states: fc.Arbitrary<number>
  /** Ordinary numbers c in c · x and x / c. */
  readonly factors: fc.Arbitrary<number>
  /** Functions that both have, besides the operations of every algebra. */
  readonly functions: readonly N[]
  /** Activations to try in whole steps. */
  readonly activations: readonly Activation<N>[]
  /** Allowance for one operation, by name, at a result of that magnitude; default 0. */
  readonly allowance?: (operation: string, magnitude: number) => number
  /** Faults of this pair in particular. */
  readonly faults: readonly Mutant<Pair<N, X, Y, V>>[]
}

/** The same double: equal, or both NaN. One NaN gives NaN, which never passes. */
export const sameDouble = (a: number, b: number): number =>
  a === b || (Number.isNaN(a) && Number.isNaN(b)) ? 0 : Math.max(Math.abs(a - b), Number.MIN_VALUE)

/** Gap of two tensors, one of each interpreter: shapes and all entries. */
export const compared = <N extends Op, X, Y, V>({ first, second }: Pair<N, X, Y, V>, gap: (a: V, b: V) => number) =>
  (x: X, y: Y): Verdict => {
    const [a, b] = [first.read(x), second.read(y)]
    const alike = allTrue(first.algebra.shape(x).join() === second.algebra.shape(y).join(), a.length === b.length)
    return a.reduce((verdict, entry, i) => {
      const other = b[i]
      return worst([verdict, { gap: other === undefined ? NaN : gap(entry, other), allowance: 0 }])
    }, alike)
  }

/** Which tensors carry a tangent, in turn. */
export const carried: fc.Arbitrary<readonly boolean[]> = fc.array(fc.boolean(), { minLength: 1, maxLength: 7 })

/** Makes the nth tensor of an instance in an interpreter. */
export const maker = <N extends Op, T, V>({ embed }: View<N, T, V>, pool: readonly number[], tangents: readonly boolean[]) =>
  (nth: number, shape: Shape): T => {
    const carries = tangents[nth % tangents.length] ?? false
    return embed(shape, drawn(pool, nth, count(shape)), carries ? drawn(pool, nth + 50, count(shape)) : undefined)
  }

/** The pair whose second interpreter gets one operation wrong. */
export const wrongly = <N extends Op, X, Y, V>({ first, second }: Pair<N, X, Y, V>) =>
  (fault: string, wrong: Partial<Algebra<N, Y>>): Mutant<Pair<N, X, Y, V>> =>
    ({ fault, subject: { first, second: { ...second, algebra: { ...second.algebra, ...wrong } } } })

/** The pairs whose second interpreter has one of the faults that any may have. */
export const faultsOf = <N extends Op, X, Y, V>(
  { first, second }: Pair<N, X, Y, V>, ...names: readonly TensorFault[]
): readonly Mutant<Pair<N, X, Y, V>>[] =>
  names.map((name) => {
    const { fault, subject } = faulty<Y, Algebra<N, Y>>(second.algebra, name)
    return { fault, subject: { first, second: { ...second, algebra: subject } } }
  })

/** What a law of the pair is checked over. */
export const namesOf = <N extends Op, X, Y, V>({ first, second }: Pair<N, X, Y, V>): readonly string[] =>
  [first.algebra.name, second.algebra.name]

/** L12 for single operations. */
export const operations = <N extends Op, X, Y, V>(agreement: Agreement<N, X, Y, V>): Law => law({
  name: `${agreement.prefix}.operations`,
  says: 'each operation of the algebra gives the same numbers in both interpreters, for all sizes from 0',
  cites: 'docs/one-page.md, Φ is a value over an algebra',
  about: agreement.about, rung: agreement.rung, over: namesOf(agreement), runs: 100,
  instances: fc.record({ extents: extents(agreement.operands, 7), number: agreement.factors, tangents: carried }),
  subject: { first: agreement.first, second: agreement.second },
  judge: (pair: Pair<N, X, Y, V>) => ({ extents: instance, number, tangents }) => {
    const same = compared(pair, agreement.gap)
    const left = operandsOf(instance, number, maker(pair.first, instance.pool, tangents))
    const right = operandsOf(instance, number, maker(pair.second, instance.pool, tangents))
    const [ours, theirs] = [allOperations(pair.first.algebra), allOperations(pair.second.algebra)]
    return worst([
      allTrue(...agreement.functions.map((name) => name in ours && name in theirs)),
      ...Object.entries(theirs).map(([name, operation]) => {
        const [x, y] = [ours[name]?.(left), operation(right)]
        if (x === undefined) return { gap: 0, allowance: 0 } // a function that only one of them has
        const allowed = agreement.allowance?.(name, largest(pair.first.algebra.numbers(x))) ?? 0
        return bounded(same(x, y).gap, allowed)
      }),
    ])
  },
  mutants: [
    ...faultsOf(agreement, 'lastSample', 'matmulNN', 'sumRows', 'addRow', 'sub', 'dot', 'fill', 'reshape', 'gather', 'scatter', 'overwriting', 'largest'),
    ...agreement.faults,
  ],
})
