/**
 * The authors' `receipe`: for several batches, the share of the weights whose whole EP update and whole BPTT gradient have
 * the same sign other than zero, and the share where both are exactly zero. EP takes K steps, BPTT K + 1 (also K, to compare).
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Params } from '../../phi/interaction.ts'
import type { Algebra, Op } from '../../tensor/algebra.ts'
import { type Shares, shares, type SharesByName, summary, total } from '../sign-agreement.ts'
import * as allowance from './allowance.ts'
import type { Batch, Signs } from './case.ts'
import { type Computed, fields, fieldsOf, list, same, scalar } from './comparison.ts'
import { leaf } from './course.ts'
import { parameters } from './network.ts'
import { byReverse, byUpdates, settledOn } from './training.ts'

const sharesByName = <T>(A: Algebra<never, T>, ep: Params<T>, bptt: Params<T>): SharesByName =>
  Object.fromEntries(Object.entries(ep).map(([name, delta]) => [name, shares(A.numbers(delta), A.numbers(bptt[name] as T))]))

const full = (batches: readonly SharesByName[]): Computed =>
  list(batches.map((byName) => fieldsOf(byName, ({ same: nonzero, zero }) => fields({
    same_sign_nonzero: scalar(nonzero, allowance.percentage),
    both_zero: scalar(zero, allowance.percentage),
  }))))

// The authors print one decimal.
const rounded = (value: number): Computed => scalar(value, allowance.printed(1))

const printed = (batches: readonly SharesByName[]): Computed => list(batches.flatMap((byName, batch) =>
  Object.entries(byName).map(([name, each]) => fields({
    batch: same(batch),
    param: same(name),
    same_sign_total: rounded(total(each)),
    same_sign_nonzero: rounded(each.same),
    both_zero: rounded(each.zero),
  }))))

const average = (batches: readonly SharesByName[]): Computed => {
  const over = (name: string, values: readonly number[]): Readonly<Record<string, Computed>> => {
    const { mean, spread } = summary(values)
    return { [`${name}_mean`]: rounded(mean), [`${name}_std`]: rounded(spread) }
  }
  return fieldsOf(batches[0] ?? {}, (_, name) => {
    const of = (pick: (each: Shares) => number) => batches.flatMap((byName) => {
      const found = byName[name]
      return found === undefined ? [] : [pick(found)]
    })
    return fields({
      ...over('total', of(total)),
      ...over('nonzero', of((each) => each.same)),
      ...over('zero', of(({ zero }) => zero)),
    })
  })
}

/** What a file of this kind records. Left: why the case cannot be run. */
export const signs = <T>(A: Algebra<Op, T>) => ({ setup, beta, params, batches }: Signs): E.Either<string, Computed> =>
  pipe(
    parameters(A, setup, params),
    E.chain((theta) => E.traverseArray((batch: Batch) => pipe(
      settledOn(A, setup, theta, batch),
      E.bindTo('posed'),
      E.bind('ep', ({ posed }) => byUpdates(beta)(posed)),
      E.bind('authors', ({ posed }) => byReverse(setup.K + 1)(posed)),
      E.bind('exactly', ({ posed }) => byReverse(setup.K)(posed))))(batches)),
    E.map((found) => {
      const each = (pick: (batch: (typeof found)[number]) => Params<T>, allowed: number): Computed =>
        list(found.map((batch) => fieldsOf(pick(batch), leaf(A, allowed))))
      const official = found.map(({ ep, authors }) => sharesByName(A, ep.weights, authors.weights))
      const exactly = found.map(({ ep, exactly: bptt }) => sharesByName(A, ep.weights, bptt.weights))
      return fields({
        official: fields({
          printed_per_batch: printed(official),
          printed_average: average(official),
          DT_last: each(({ ep }) => ep.weights, allowance.ep(setup, beta)),
          NT_K_plus_1_steps: each(({ authors }) => authors.weights, allowance.bptt),
        }),
        rerun: fields({ percent_per_batch: full(official) }),
        own: fields({ percent_per_batch_exactly_K_steps: full(exactly) }),
      })
    }))
