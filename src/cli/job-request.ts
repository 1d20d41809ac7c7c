/** What of a training job is said on the command line, and the job that it makes with what is not said. */
import * as E from 'fp-ts/lib/Either.js'
import type { Hyperparameters } from '../experiment/figure.ts'
import type { NudgePlace, Variant } from '../experiment/trained-network.ts'
import type { LossName, MethodName, TrainingJob } from '../experiment/training-job.ts'
import type { Decay } from '../learn/schedule.ts'
import type { UserError } from './request.ts'
import { defaultSeed } from './values.ts'

/** The rest is Table 1's, or a checkpoint's. */
export interface JobRequest {
  readonly name: string
  readonly seed: number | undefined
  readonly method: MethodName | undefined
  readonly points: number | undefined
  readonly nudge: NudgePlace | undefined
  readonly loss: LossName | undefined
  readonly variant: Variant | undefined
  readonly changes: Partial<Hyperparameters>
  readonly rates: readonly number[] | undefined
  readonly epochs: number | undefined
  readonly optimiser: 'sgd' | 'momentum' | 'adam' | undefined
  readonly momentum: number | undefined
  readonly weightDecay: number | undefined
  readonly decay: Decay | undefined
  readonly unsettled: 'skip' | 'keep' | undefined
  readonly tolerance: number | undefined
  readonly shard: number | undefined
}

const wrong = (message: string): E.Either<UserError, never> => E.left({ message })

/** Left: the first number that makes no sense in any job. */
export const saidOf = ({
  name, variant, nudge, method, points, loss, changes, rates, epochs, optimiser, momentum, weightDecay, decay, unsettled, tolerance, shard, seed,
}: JobRequest): E.Either<UserError, Partial<TrainingJob>> => {
  if (momentum !== undefined && !(momentum >= 0 && momentum < 1)) return wrong(`--momentum: expected a number from 0 to below 1, got ${momentum}; take 0.9`)
  if (momentum !== undefined && optimiser !== undefined && optimiser !== 'momentum')
    return wrong(`--momentum: expected --optimiser momentum with it, got ${optimiser}; leave one of them out`)
  if (weightDecay !== undefined && !(weightDecay >= 0 && weightDecay < Infinity))
    return wrong(`--weight-decay: expected a number of at least 0, got ${weightDecay}; take 0.0001`)
  if (tolerance !== undefined && !(tolerance > 0 && tolerance < Infinity))
    return wrong(`--tolerance: expected a number above 0, got ${tolerance}; leave it out for β/1000`)
  const kind = optimiser ?? (momentum === undefined ? undefined : 'momentum')
  return E.right(Object.fromEntries(Object.entries({
    name, variant, nudge, method, points, loss, rates, epochs, weightDecay, decay, unsettled, tolerance, shard, seed,
    changes: Object.keys(changes).length === 0 ? undefined : changes,
    optimiser: kind === undefined ? undefined : { name: kind, momentum: momentum ?? 0.9 },
  }).filter(([, value]) => value !== undefined)))
}

/** The job of a run that begins. */
export const jobOf = (name: string, said: Partial<TrainingJob>): TrainingJob => ({
  name, variant: 'exact', method: 'ep', loss: 'squared', changes: {}, optimiser: { name: 'sgd', momentum: 0.9 }, weightDecay: 0, decay: 1,
  unsettled: 'keep', seed: defaultSeed, ...said,
})
