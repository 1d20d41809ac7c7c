/** A nudge that is too strong, or BPTT at a state that is not steady, leaves the finite numbers: that is told, and nothing is drawn. */
import * as E from 'fp-ts/lib/Either.js'
import { type BadHyperparameter, badHyperparameter, type Hyperparameters } from './figure.ts'
import type { EstimateRecord } from './record.ts'

/** The estimates as they are. Left: β or K, whichever is to blame for the first number that is not finite. */
export const finiteEstimates = (
  { K }: Pick<Hyperparameters, 'K'>, estimates: readonly EstimateRecord[],
): E.Either<BadHyperparameter, readonly EstimateRecord[]> => {
  const [first] = estimates.flatMap(({ beta, agreements }) => Object.entries(agreements).flatMap(([quantity, agreement]) =>
    (Object.values(agreement).every(Number.isFinite) ? [] : [{ beta, quantity, scale: agreement.scale }])))
  if (first === undefined) return E.right(estimates)
  const { beta, quantity, scale } = first
  return E.left(beta === 0 || !Number.isFinite(scale)
    ? badHyperparameter('K', `so few steps that ${quantity} of BPTT stays finite`, K, 'take fewer, or a smaller --dt')
    : badHyperparameter('beta', `a nudge under which ${quantity} stays finite`, beta, 'take a smaller one'))
}
