/**
 * Do two whole updates point the same way? The share of a tensor's entries that have the same sign other than 0 in both, and the share
 * that are exactly 0 in both, as the authors' `receipe` prints them.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Entries, signCounts, type SignCounts } from '../estimate/sign-counts.ts'
import { type Mistake, nonFinite } from '../fold/mistake.ts'
import type { Params } from '../phi/interaction.ts'
import type { Algebra } from '../tensor/algebra.ts'

/** −1, 0 or 1 for each entry, by parameter: an eighth of the memory of what they are the signs of. */
export type Signs = Readonly<Record<string, Int8Array>>

/** Percentages of a tensor's entries. */
export type Shares = SignCounts

export type SharesByName = Readonly<Record<string, Shares>>

/** The signs of tensors, called `what` in the message. Left NonFinite: NaN and ∞ have none that means anything. */
export const signsOf = <T>(A: Algebra<never, T>, what: string, params: Params<T>): E.Either<Mistake, Signs> => pipe(
  Object.entries(params),
  E.traverseArray(([name, tensor]): E.Either<Mistake, readonly [string, Int8Array]> => {
    const numbers = A.numbers(tensor)
    const index = numbers.findIndex((value) => !Number.isFinite(value))
    if (index < 0) return E.right([name, new Int8Array(numbers.map(Math.sign))])
    const mistake = nonFinite(`${what} of ${name}`, index, numbers[index] as number)
    return E.left({ ...mistake, message: `${mistake.message}; take a smaller β or K` })
  }),
  E.map((entries): Signs => Object.fromEntries(entries)))

/** Of two arrays of one length, numbers or signs. */
export const shares = (first: Entries, second: Entries): Shares => {
  const { same, zero } = signCounts(first, second)
  return { same: (100 * same) / first.length, zero: (100 * zero) / first.length }
}

/** How far `second` agrees with `first`, for each parameter of `first`. Throws RangeError where sizes differ. */
export const sharesOf = (first: Signs, second: Signs): SharesByName => Object.fromEntries(
  Object.entries(first).map(([name, p]) => {
    const q = second[name]
    if (q?.length !== p.length) throw new RangeError(`signs of ${name}: expected ${p.length} entries, got ${q?.length ?? 'none'}`)
    return [name, shares(p, q)]
  }))

/** Both kinds of agreement together. */
export const total = ({ same, zero }: Shares): number => same + zero

/** Mean and spread over mini-batches: the spread is the population's, divided by their number, as the authors print it. */
export interface Summary {
  readonly mean: number
  readonly spread: number
}

export const summary = (values: readonly number[]): Summary => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { mean, spread: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) }
}
