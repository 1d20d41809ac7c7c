/** `recipe`: judges a network's T, K and β by the signs of whole updates, or searches for them, and writes numbers and tables. */
import { availableParallelism } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Source } from '../experiment/figure-data.ts'
import type { Hyperparameters } from '../experiment/figure.ts'
import { type RecipeReport, recipeReportOf } from '../experiment/recipe-report.ts'
import { type RecipeFailure, recipeOf, type Slice } from '../experiment/recipe-run.ts'
import { adjustedNetwork, type NudgePlace, type TrainedNetwork, trainedNetworks, type Variant } from '../experiment/trained-network.ts'
import { closest } from './closest.ts'
import { digitSource } from './digit-source.ts'
import type { EngineName } from './engine.ts'
import type { JobOf, ResultOf } from './job-kinds.ts'
import { given } from './options.ts'
import { progress } from './progress.ts'
import type { SettlingJob } from './recipe-job.ts'
import type { Print, UserError } from './request.ts'
import { sharedDigits } from './shared-digits.ts'
import { runJobs, sharesOf } from './threads.ts'
import { version } from './version.ts'
import { writable, written } from './written.ts'

export interface RecipeRequest {
  /** A network of Table 1. */
  readonly name: string
  readonly seed: number
  readonly engine: EngineName
  readonly out: string
  /** Directory of the MNIST files. */
  readonly data: string | undefined
  /** Mini-batches. */
  readonly batches: number
  readonly changes: Partial<Hyperparameters>
  readonly nudge: NudgePlace | undefined
  readonly variant: Variant
  readonly search: boolean
  readonly tolerance: number | undefined
  readonly agreement: number | undefined
  /** Threads to divide mini-batches among; as many as there are cores by default. */
  readonly threads: number | undefined
}

/** What a search asks for, and what counts as settled, where nothing is said. */
const defaults = { agreement: 95, tolerance: 1e-6 }

/** The network, and the samples of its mini-batches. Left: a name that there is not, or numbers that make no sense. */
const networkOf = ({ name, variant, changes, search }: RecipeRequest): E.Either<UserError, { readonly network: TrainedNetwork; readonly batch: number }> => {
  const names = trainedNetworks.map((network) => network.name)
  const network = trainedNetworks.find((each) => each.name === name)
  if (network === undefined)
    return E.left({ message: `expected a network of Table 1, got ${JSON.stringify(name)}; did you mean ${closest(name, names)[0] ?? ''}? known: ${names.join(', ')}` })
  // A search takes T, K and β for the most that it tries.
  const { sizes, batch } = changes
  return pipe(
    adjustedNetwork(network, variant, search ? given({ sizes, batch }) : changes),
    E.bimap(({ message }): UserError => ({ message: `--${message}` }), (adjusted) => ({ network, batch: adjusted.batch })))
}

const wrong = (name: string, expected: string, got: number, next: string): E.Either<UserError, never> =>
  E.left({ message: `--${name}: expected ${expected}, got ${got}; ${next}` })

const checked = (request: RecipeRequest): E.Either<UserError, RecipeRequest> => {
  const { agreement = defaults.agreement, tolerance = defaults.tolerance, batches, search } = request
  if (batches > 1000) return wrong('batches', 'at most 1000 mini-batches', batches, 'take 5')
  if (!(agreement > 0 && agreement <= 100)) return wrong('agreement', 'a percentage above 0 and at most 100', agreement, `take ${defaults.agreement}`)
  if (!(tolerance > 0 && tolerance < Infinity)) return wrong('tolerance', 'a number above 0', tolerance, `take ${defaults.tolerance}`)
  if (!search && request.agreement !== undefined) return wrong('agreement', 'to come with --search, whose aim it is', agreement, 'add --search')
  return E.right(request)
}

type Outcome = { readonly report: RecipeReport } | { readonly unsettled: string }

/** Mini-batches in as many slices as there are threads. */
const slicesOf = (batches: number, threads: number): readonly Slice[] => {
  const size = Math.ceil(batches / Math.min(threads, batches))
  return Array.from({ length: Math.ceil(batches / size) }, (_, i) => [i * size, Math.min(batches, (i + 1) * size)])
}

/** One of the two stages on all slices. */
const staged = async <K extends 'settling' | 'judging'>(kind: K, label: string, jobs: readonly JobOf<K>[]): Promise<E.Either<UserError, readonly ResultOf<K>[]>> => {
  const bar = progress(label, 1)
  const finished = await runJobs(kind, jobs, jobs.length, { onShare: sharesOf(jobs.length, (share) => { bar.advance(share) }), onDone: () => undefined })
  bar.end()
  return finished
}

const run = async (request: RecipeRequest, network: TrainedNetwork, source: Source): Promise<E.Either<UserError, Outcome>> => {
  const { variant, nudge, changes, batches, seed, engine, search, tolerance = defaults.tolerance, agreement = defaults.agreement, threads = availableParallelism() } = request
  const options: SettlingJob['options'] = { network: network.name, variant, changes, batches, tolerance, seed, source: { ...source, digits: sharedDigits(source.digits) }, ...(nudge && { nudge }), ...(search && { wanted: agreement }) }
  const slices = slicesOf(batches, threads)
  // Without a search T is known, and there is nothing to divide.
  const settled = await staged('settling', `recipe ${network.name}, settling`, slices.slice(0, search ? undefined : 1).map((slice) => ({ options, slice, engine })))
  if (E.isLeft(settled)) return settled
  const steps = E.sequenceArray(settled.right)
  if (E.isLeft(steps)) return outcomeOf(steps.left)
  const T = Math.max(...steps.right)
  const judged = await staged('judging', `recipe ${network.name}, EP and BPTT`, slices.map((slice) => ({ options, slice, engine, T })))
  if (E.isLeft(judged)) return judged
  const result = pipe(E.sequenceArray(judged.right), E.flatMap((all) => recipeOf({ ...options, network }, T, all)))
  if (E.isLeft(result)) return outcomeOf(result.left)
  return pipe(recipeReportOf(result.right, version), E.map((report) => ({ report })))
}

const outcomeOf = (failure: RecipeFailure): E.Either<UserError, Outcome> => (failure._tag === 'NotSettled'
  ? E.right({ unsettled: `no T settles all mini-batches: ${failure.message}; raise --T, or allow a larger --tolerance` })
  : E.left(failure._tag === 'BadHyperparameter' ? { message: `--${failure.message}` } : failure))

const told = (request: RecipeRequest, network: TrainedNetwork, outcome: Outcome, print: Print, complain: Print): TE.TaskEither<UserError, number> => {
  const failed = (message: string): number => (complain(`phifold recipe: ${message}`), 1)
  if ('unsettled' in outcome) return TE.right(failed(outcome.unsettled))
  const { csv, json, text, failure } = outcome.report
  const name = `recipe-${network.name}`
  return pipe(
    written(request.out, new Map([[`${name}.csv`, csv], [`${name}.json`, json], [`${name}.txt`, `${text}\n`]])),
    TE.map((paths) => {
      ;[text, '', ...paths].forEach(print)
      return failure === undefined ? 0 : failed(failure)
    }))
}

/** Judges or searches, prints the text and the names of the files written. Right: exit code 1 where a search finds nothing, else 0. */
export const recipe = (request: RecipeRequest, print: Print, complain: Print): TE.TaskEither<UserError, number> => pipe(
  TE.Do,
  TE.apS('found', TE.fromEither(networkOf(request))),
  TE.tap(() => TE.fromEither(checked(request))),
  TE.bind('source', ({ found: { batch } }) => digitSource(request.data, request.seed, request.batches * batch)),
  TE.tap(() => writable(request.out)),
  TE.bind('outcome', ({ found: { network }, source }) => () => run(request, network, source)),
  TE.flatMap(({ found: { network }, outcome }) => told(request, network, outcome, print, complain)),
  TE.mapLeft(({ message }) => ({ message: `phifold recipe: ${message}` })))
