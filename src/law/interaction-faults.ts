/** Seeded faults of sums of interactions: one stage of the sum gone wrong. */
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import type { Coupling, Params } from '../phi/interaction.ts'
import { Q, type T, type Term } from './interaction-parts.ts'
import { but, type Mutant } from './law.ts'

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

/** Per law, sums that it must reject. */
export const faultsOf = (
  M: Monoid<Term>,
): Readonly<Record<'value' | 'drive' | 'param' | 'pull' | 'monoid', readonly Mutant<Monoid<Term>>[]>> => ({
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
})
