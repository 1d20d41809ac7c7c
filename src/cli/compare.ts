/** `compare`: estimators of the gradient on one network, as tables, numbers and a picture of their errors over β. */
import { availableParallelism } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { estimatorsOf } from '../experiment/estimator-names.ts'
import { type EstimatorReport, estimatorReportOf } from '../experiment/estimator-report.ts'
import { type EstimatedNetwork, estimatedNetworks } from '../experiment/estimator-run.ts'
import { badHyperparameter, faultOf } from '../experiment/figure.ts'
import type { Source } from '../experiment/figure-data.ts'
import { pieces } from '../learn/schedule.ts'
import { closest } from './closest.ts'
import { digitSource } from './digit-source.ts'
import type { EngineName } from './engine.ts'
import { type EstimationJob, networkNamed } from './estimation-job.ts'
import { progress } from './progress.ts'
import type { Print, UserError } from './request.ts'
import { filesOf } from './result-files.ts'
import { sharedDigits } from './shared-digits.ts'
import { runJobs, sharesOf } from './threads.ts'
import { version } from './version.ts'
import { type Files, writable, written } from './written.ts'

export interface CompareRequest {
  readonly estimators: readonly string[]
  /** A name, or sizes joined by -. */
  readonly network: string
  readonly seed: number
  readonly engine: EngineName
  readonly out: string
  /** Directory of the MNIST files. */
  readonly data: string | undefined
  readonly T: number | undefined
  readonly K: number | undefined
  readonly batch: number | undefined
  /** Also the errors over β. */
  readonly sweep: boolean
  /** Threads to divide estimators among; as many as there are cores by default. */
  readonly threads: number | undefined
}

const wrong = (message: string): E.Either<UserError, never> => E.left({ message })

const networkOf = ({ network: name, T, K, batch }: CompareRequest): E.Either<UserError, EstimatedNetwork> => {
  const names = estimatedNetworks.map((network) => network.name)
  const isSizes = /^\d{1,9}(-\d{1,9})+$/.test(name)
  const sizes = name.split('-').map(Number)
  if (isSizes && sizes.includes(0)) return wrong(`--network: expected sizes above 0, got ${name}; write them as in 5-50-10`)
  const found = networkNamed(name)
  if (found === undefined)
    return wrong(`--network: expected ${names.join(', ')} or sizes such as 4-8-3, got ${JSON.stringify(name)}; did you mean ${closest(name, names)[0] ?? ''}?`)
  const network = { ...found, T: T ?? Math.max(found.T, K ?? 0), K: K ?? found.K, batch: batch ?? found.batch }
  const fault = faultOf({ ...network, activation: ['tanh'], clamp: false, epsilon: 1, beta: 1 }, 1)
  if (fault === undefined) return E.right(network)
  const { name: of, message } = badHyperparameter(...fault)
  return wrong(of === 'sizes' ? `--network: ${message}` : `--${message}`)
}

const takesDigits = ({ sizes }: EstimatedNetwork): boolean => sizes[0] === 784 && sizes.at(-1) === 10

const sourceOf = ({ data, seed }: CompareRequest, network: EstimatedNetwork): TE.TaskEither<UserError, Source | undefined> => {
  const { name, batch } = network
  if (!takesDigits(network))
    return data === undefined ? TE.right(undefined) : TE.left({ message: `--data: expected a network from 784 to 10 units with it, got ${name}; take P-1h or leave --data out` })
  return digitSource(data, seed, batch)
}

/** The estimators in as many parts as there are threads, put together: each part settles once, and a family that is in two of them is swept in both. */
const run = async (request: CompareRequest, network: EstimatedNetwork, source: Source | undefined): Promise<E.Either<UserError, EstimatorReport>> => {
  const { seed, engine, sweep, estimators, threads = availableParallelism() } = request
  const { name, T, K, batch } = network
  const shared = source && { ...source, digits: sharedDigits(source.digits) }
  const jobs = pieces(estimators, Math.ceil(estimators.length / threads)).map((some): EstimationJob => ({ estimators: some, network: { name, T, K, batch }, seed, engine, source: shared, sweep }))
  const bar = progress(`compare ${name}`, 1)
  const finished = await runJobs('estimation', jobs, threads, { onShare: sharesOf(jobs.length, (share) => { bar.advance(share) }), onDone: () => undefined })
  bar.end()
  return pipe(
    finished,
    E.flatMap((parts) => {
      const [first] = parts
      return first === undefined ? wrong('--estimators: expected at least one, got none; take bptt,ep:0.01') : estimatorReportOf({
        ...first, network, seed,
        origin: source?.origin ?? 'uniform random x and y in [0, 1)', synthetic: source?.synthetic ?? false,
        comparison: { ...first.comparison, rows: parts.flatMap(({ comparison: { rows } }) => rows) },
        sweeps: parts.flatMap(({ sweeps }) => sweeps).filter(({ family }, i, all) => all.findIndex((other) => other.family === family) === i),
      }, version)
    }))
}

/** The result files, by name. */
const made = async (name: string, { chart, csv, sweepCsv, json, text }: EstimatorReport): Promise<{ readonly files: Files; readonly missing: readonly string[] }> => {
  const plain = new Map<string, string>([[`${name}.csv`, csv], [`${name}.json`, json], [`${name}.txt`, `${text}\n`]])
  if (chart === undefined || sweepCsv === undefined) return { files: plain, missing: [] }
  const { files, missing } = await filesOf(name, { chart, csv, json, text })
  return { files: new Map([...files, [`${name}-sweep.csv`, sweepCsv]]), missing }
}

/** Compares, prints the text and the names of the files written. An estimator that can say nothing is told in its row. */
export const compare = (request: CompareRequest, print: Print, complain: Print): TE.TaskEither<UserError, number> => pipe(
  TE.Do,
  TE.apS('network', TE.fromEither(networkOf(request))),
  // Names are checked before the work.
  TE.tap(({ network }) => TE.fromEither(pipe(estimatorsOf(request.estimators, network.K), E.mapLeft(({ message }) => ({ message: `--${message}` }))))),
  TE.bind('source', ({ network }) => sourceOf(request, network)),
  TE.tap(() => writable(request.out)),
  TE.bind('report', ({ network, source }) => () => run(request, network, source)),
  TE.bind('result', ({ network, report }) => TE.fromTask(() => made(`compare-${network.name}`, report))),
  TE.bind('paths', ({ result }) => written(request.out, result.files)),
  TE.map(({ report, result, paths }) => {
    ;[report.text, '', ...paths].forEach(print)
    result.missing.forEach((line) => complain(`phifold compare: ${line}`))
    return 0
  }),
  TE.mapLeft(({ message }) => ({ message: `phifold compare: ${message}` })))
