/** Some estimators on a network, and their errors over β where they are asked for. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { estimatorsOf } from '../experiment/estimator-names.ts'
import { type EstimatedNetwork, type EstimatedPart, estimatedNetworks, runEstimators, sizedNetwork } from '../experiment/estimator-run.ts'
import type { Source } from '../experiment/figure-data.ts'
import { type EngineName, engines } from './engine.ts'
import type { OnShare } from './progress.ts'
import type { UserError } from './request.ts'

export interface EstimationJob {
  readonly estimators: readonly string[]
  /** A name, or sizes joined by -, and its numbers. */
  readonly network: Pick<EstimatedNetwork, 'name' | 'T' | 'K' | 'batch'>
  readonly seed: number
  readonly engine: EngineName
  readonly source: Source | undefined
  readonly sweep: boolean
}

/** A network of that name, or of those sizes. */
export const networkNamed = (name: string): EstimatedNetwork | undefined =>
  (/^\d{1,9}(-\d{1,9})+$/.test(name) ? sizedNetwork(name.split('-').map(Number)) : estimatedNetworks.find((network) => network.name === name))

/** Throws RangeError on a network that there is not. */
export const runEstimationJob = ({ estimators, network: { name, ...numbers }, seed, engine, source, sweep }: EstimationJob, onShare: OnShare): E.Either<UserError, EstimatedPart> => {
  const network = networkNamed(name)
  if (network === undefined) throw new RangeError(`estimation job: no network ${name}`)
  return pipe(
    estimatorsOf(estimators, numbers.K),
    E.mapLeft(({ message }): UserError => ({ message: `--${message}` })),
    E.flatMap((named) => {
      const result = engines[engine]().run((A) => runEstimators(A, {
        network: { ...network, ...numbers }, estimators: named, seed, source, sweep, onProgress: (done, total) => { onShare(done / total) },
      }))
      return E.isLeft(result) && result.left._tag === 'BadHyperparameter' ? E.left({ message: `--${result.left.message}` }) : result
    }),
    // What can be sent: a network has functions in it.
    E.map(({ interpreter, certificate, comparison, sweeps }) => ({ interpreter, certificate, comparison, sweeps })))
}
