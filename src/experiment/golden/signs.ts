/**
 * The authors' `receipe`: for several batches, the share of the weights whose whole EP update and whole BPTT gradient have
 * the same sign other than zero, and the share where both are exactly zero. EP takes K steps, BPTT K + 1 (also K, to compare).
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Params } from '../../phi/interaction.ts'
import { reference as A, type Tensor } from '../../tensor/reference.ts'
import * as allowance from './allowance.ts'
import type { Batch, Signs } from './case.ts'
import { type Computed, fields, fieldsOf, list, same, scalar } from './comparison.ts'
import { leaf } from './course.ts'
import { parameters } from './network.ts'
import { byReverse, byUpdates, settledOn } from './training.ts'

/** Percentages over the entries of two tensors. */
interface Shares {
  readonly nonzero: number
  readonly zero: number
}

const shares = (ep: Tensor, bptt: Tensor): Shares => {
  const [p, q] = [A.numbers(ep), A.numbers(bptt)]
  const percent = (counts: (a: number, b: number) => boolean): number =>
    (100 * p.filter((a, i) => counts(a, q[i] ?? NaN)).length) / p.length
  return {
    nonzero: percent((a, b) => a !== 0 && Math.sign(a) === Math.sign(b)),
    zero: percent((a, b) => a === 0 && b === 0),
  }
}

type ByName = Readonly<Record<string, Shares>>

const sharesByName = (ep: Params<Tensor>, bptt: Params<Tensor>): ByName =>
  Object.fromEntries(Object.entries(ep).map(([name, delta]) => [name, shares(delta, bptt[name] as Tensor)]))

const full = (batches: readonly ByName[]): Computed =>
  list(batches.map((byName) => fieldsOf(byName, ({ nonzero, zero }) => fields({
    same_sign_nonzero: scalar(nonzero, allowance.percentage),
    both_zero: scalar(zero, allowance.percentage),
  }))))

// The authors print one decimal.
const rounded = (value: number): Computed => scalar(value, allowance.printed(1))

const printed = (batches: readonly ByName[]): Computed => list(batches.flatMap((byName, batch) =>
  Object.entries(byName).map(([name, { nonzero, zero }]) => fields({
    batch: same(batch),
    param: same(name),
    same_sign_total: rounded(nonzero + zero),
    same_sign_nonzero: rounded(nonzero),
    both_zero: rounded(zero),
  }))))

// Mean and population standard deviation over the batches.
const average = (batches: readonly ByName[]): Computed => {
  const over = (name: string, values: readonly number[]): Readonly<Record<string, Computed>> => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    return { [`${name}_mean`]: rounded(mean), [`${name}_std`]: rounded(Math.sqrt(variance)) }
  }
  return fieldsOf(batches[0] ?? {}, (_, name) => {
    const of = (pick: (shares: Shares) => number) => batches.flatMap((byName) => {
      const found = byName[name]
      return found === undefined ? [] : [pick(found)]
    })
    return fields({
      ...over('total', of(({ nonzero, zero }) => nonzero + zero)),
      ...over('nonzero', of(({ nonzero }) => nonzero)),
      ...over('zero', of(({ zero }) => zero)),
    })
  })
}

/** What a file of this kind records. Left: why the case cannot be run. */
export const signs = ({ setup, beta, params, batches }: Signs): E.Either<string, Computed> =>
  pipe(
    parameters(setup, params),
    E.chain((theta) => E.traverseArray((batch: Batch) => pipe(
      settledOn(setup, theta, batch),
      E.bindTo('posed'),
      E.bind('ep', ({ posed }) => byUpdates(beta)(posed)),
      E.bind('authors', ({ posed }) => byReverse(setup.K + 1)(posed)),
      E.bind('exactly', ({ posed }) => byReverse(setup.K)(posed))))(batches)),
    E.map((found) => {
      const each = (pick: (batch: (typeof found)[number]) => Params<Tensor>, allowed: number): Computed =>
        list(found.map((batch) => fieldsOf(pick(batch), leaf(allowed))))
      const official = found.map(({ ep, authors }) => sharesByName(ep.weights, authors.weights))
      const exactly = found.map(({ ep, exactly: bptt }) => sharesByName(ep.weights, bptt.weights))
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
