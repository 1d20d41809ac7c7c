/**
 * What is counted while training and testing, as sums and maxima over samples, so that those of shards add up to those of a mini-batch
 * and those of mini-batches to those of an epoch: a commutative monoid (up to the rounding of `cost`).
 */

/** Counts of some samples; empty: all 0. */
export interface Tally {
  /** How many samples. */
  readonly samples: number
  /** Σ ℓ at the end of the free phase. */
  readonly cost: number
  /** Samples whose largest output is not that of the target. */
  readonly wrong: number
  /** max |s_T − s_{T−1}|; NaN once one was. */
  readonly residual: number
  /** Samples that still moved by more than the tolerance in the last step. */
  readonly unsettled: number
}

/** Of no samples. */
export const noTally: Tally = { samples: 0, cost: 0, wrong: 0, residual: 0, unsettled: 0 }

/** Of both. */
export const plusTally = (a: Tally, b: Tally): Tally => ({
  samples: a.samples + b.samples,
  cost: a.cost + b.cost,
  wrong: a.wrong + b.wrong,
  residual: Math.max(a.residual, b.residual),
  unsettled: a.unsettled + b.unsettled,
})

/** Wrong ones in per cent of the samples; NaN without any. */
export const errorOf = ({ wrong, samples }: Tally): number => (100 * wrong) / samples
/** Unsettled ones in per cent of the samples; NaN without any. */
export const unsettledOf = ({ unsettled, samples }: Tally): number => (100 * unsettled) / samples
