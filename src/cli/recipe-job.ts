/** Some mini-batches of a recipe: the T that settles them, or what they are judged to be after T steps. */
import * as E from 'fp-ts/lib/Either.js'
import { betaLadder, judged, type Judgement, type RecipeFailure, type RecipeOptions, type Slice, stepsFor } from '../experiment/recipe-run.ts'
import { type TrainedNetwork, trainedNetworks } from '../experiment/trained-network.ts'
import { type EngineName, engines } from './engine.ts'
import type { OnShare } from './progress.ts'
import type { UserError } from './request.ts'

export interface SettlingJob {
  /** A network of Table 1, by its name. */
  readonly options: Omit<RecipeOptions, 'network' | 'onProgress'> & { readonly network: string }
  readonly slice: Slice
  readonly engine: EngineName
}

export interface JudgingJob extends SettlingJob {
  readonly T: number
}

/** Throws RangeError on a network that there is not. */
const networkNamed = (name: string): TrainedNetwork => {
  const network = trainedNetworks.find((one) => one.name === name)
  if (network === undefined) throw new RangeError(`recipe job: no network ${name}`)
  return network
}

/** What ends a recipe is told by who asked for it: one that finds no T is no mistake of the user. */
export const runSettlingJob = ({ options, slice, engine }: SettlingJob, onShare: OnShare): E.Either<UserError, E.Either<RecipeFailure, number>> =>
  E.right(engines[engine]().run((A) => stepsFor(A, { ...options, network: networkNamed(options.network), onProgress: (_, done, total) => { onShare(done / total) } }, slice)))

export const runJudgingJob = ({ options, slice, engine, T }: JudgingJob, onShare: OnShare): E.Either<UserError, E.Either<RecipeFailure, Judgement>> => {
  const network = networkNamed(options.network)
  const { changes, wanted } = options
  // Steps of the free phase, and about how many more the folds are worth: BPTT and one nudged phase for each β, twice as dear.
  const nudges = wanted === undefined ? 1 : betaLadder(changes.beta ?? 1).length
  const [free, folds] = [T, 2 * (changes.K ?? network.K) * (1 + nudges)]
  return E.right(engines[engine]().run((A) => judged(A, {
    ...options,
    network,
    onProgress: (stage, done, total) => { onShare((stage === 'free phase' ? (free * done) / total : free + (folds * done) / total) / (free + folds)) },
  }, T, slice)))
}
