/**
 * Whether a recorded free phase came to rest. Whatever its state still moves by in a step enters every update of EP divided by the nudge;
 * hypothesis (H2) of the theorem asks for none. It counts as settled where that is below a thousandth of the largest update.
 */
import { figures } from '../report/table.ts'
import type { Measured, RunRecord } from './record.ts'

export interface Settling {
  readonly verdict: 'exactly' | 'settled' | 'not settled'
  /** One sentence without its full stop. */
  readonly says: string
}

/** The verdict on a run of a figure. */
export const settlingOf = ({ hyperparameters: { nudge, batch } }: Pick<Measured, 'hyperparameters'>, { settled, estimates }: RunRecord): Settling => {
  const { steps, residual, repeatedAt, period, samplesRepeatAt } = settled
  if (repeatedAt !== null) {
    const cycle = period === 1 ? '' : `, in a cycle of ${period ?? 0} states`
    return { verdict: 'exactly', says: `the state repeats itself bit for bit from step ${repeatedAt} (of ${steps})${cycle}` }
  }
  const from = samplesRepeatAt.filter((step) => step !== null)
  const some = from.length === 0 ? '' : `${from.length} of ${batch} samples repeat themselves bit for bit, from step ${Math.min(...from)} to ${Math.max(...from)} on; `
  const moved = `${some}after ${steps} free steps the state moves by ${figures(residual, 2)} per step`
  const neurons = estimates.flatMap(({ agreements }) =>
    Object.entries(agreements).flatMap(([quantity, { scale }]) => (quantity.startsWith('s') ? [scale] : [])))
  const enters = residual / nudge
  return enters > 1e-3 * Math.max(0, ...neurons)
    ? { verdict: 'not settled', says: `${moved}, which adds ${figures(enters, 2)} to the updates; raise T` }
    : { verdict: 'settled', says: moved }
}
