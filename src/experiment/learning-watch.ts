/**
 * Whether a run still learns. Units of bounded activation never leave the finite numbers, however wild the weights: a run that has diverged is told by
 * weights at which no unit answers to its inputs any more, or by errors that are those of chance.
 */
import type { Params } from '../phi/interaction.ts'
import type { Algebra } from '../tensor/algebra.ts'
import type { EpochRecord } from './training-state.ts'

/** Pixels are at most 1 and activations are flat a few units from their middle: weights of Table 1's networks stay below 100. */
const mostWeight = 1e4

/** The first parameter that has grown beyond all use, and to what. NaN counts as that. */
export const runaway = <T>(A: Algebra<never, T>, theta: Params<T>): { readonly name: string; readonly largest: number } | undefined =>
  Object.entries(theta)
    .map(([name, p]) => ({ name, largest: A.numbers(p).reduce((most, x) => Math.max(most, Math.abs(x)), 0) }))
    .find(({ largest }) => !(largest <= mostWeight))

/** Per cent of digits of ten classes that a network which tells nothing misreads at least; the most frequent digit of MNIST is 11 % of them. */
const chance = 85

/** What to say after an epoch in which nothing was learned; undefined after others, and where it was said of the epoch before. */
export const learningNote = (epochs: readonly Pick<EpochRecord, 'epoch' | 'trainError'>[], rates: readonly number[]): string | undefined => {
  const [before, last] = [epochs.at(-2), epochs.at(-1)]
  return last === undefined || last.trainError < chance || (before !== undefined && before.trainError >= chance) ? undefined
    : `epoch ${last.epoch} learned nothing: ${last.trainError.toFixed(1)} % misread is what chance gives; lower --rates (${rates.join(',')}), a tenth of them with --method continual, or raise --beta or --K`
}
