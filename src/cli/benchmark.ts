/** `benchmark`: an estimator and BPTT from one start on the same mini-batches, with the cosine of their gradients followed while they learn. */
import { availableParallelism } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { closeness, closenessOfEach } from '../estimate/closeness.ts'
import { type BenchmarkEpoch, type BenchmarkPoint, type BenchmarkReport, benchmarkReportOf, type BenchmarkRun } from '../experiment/benchmark-report.ts'
import type { Trainer, TrainingJob } from '../experiment/training-job.ts'
import { batchesOf, placeOf } from '../learn/schedule.ts'
import { errorOf, noTally, unsettledOf } from '../learn/tally.ts'
import type { Params } from '../phi/interaction.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'
import { crewFor } from './crew.ts'
import { type EngineName, engines } from './engine.ts'
import { interruptions } from './interruptions.ts'
import { jobOf, type JobRequest, saidOf } from './job-request.ts'
import { progress } from './progress.ts'
import type { Print, UserError } from './request.ts'
import { filesOf } from './result-files.ts'
import { sharedDigits } from './shared-digits.ts'
import { fits, trainerAsked } from './train.ts'
import { type TrainingData, trainingData } from './training-data.ts'
import { type JobOnDigits, partOn } from './training-part.ts'
import { version } from './version.ts'
import { written } from './written.ts'

export interface BenchmarkRequest extends JobRequest {
  readonly data: string | undefined
  readonly examples: number | undefined
  readonly tests: number | undefined
  readonly out: string
  readonly engine: EngineName
  readonly threads: number | undefined
  readonly batches: number | undefined
  /** Mini-batches between two comparisons. */
  readonly every: number | undefined
}

interface Planned {
  readonly job: TrainingJob
  readonly trainers: readonly [estimator: Trainer, bptt: Trainer]
}

const planned = (request: BenchmarkRequest): E.Either<UserError, Planned> => pipe(
  saidOf(request),
  E.map((said) => jobOf(request.name, said)),
  E.filterOrElse(({ method }) => method !== 'bptt', (): UserError => ({ message: '--method: expected another one than bptt, which it is held against; leave it out for ep' })),
  E.bindTo('job'),
  E.bind('first', ({ job }) => trainerAsked(job)),
  E.bind('second', ({ job }) => trainerAsked({ ...job, method: 'bptt' })),
  E.map(({ job, first, second }) => ({ job, trainers: [first, second] })))

const numbersOf = <T>(A: Algebra<never, T>, params: Params<T>): Readonly<Record<string, Float64Array>> =>
  Object.fromEntries(Object.entries(params).map(([name, p]) => [name, A.numbers(p)]))

/** How long this thread works before it looks at signals and the terminal, in milliseconds. */
const pause = 100

type Ran = Pick<BenchmarkRun, 'points' | 'epochs'> & { readonly interrupted: boolean }

const run = async <T>(A: Algebra<Op, T>, { job, trainers }: Planned, { train, test }: TrainingData, request: BenchmarkRequest, print: Print): Promise<E.Either<UserError, Ran>> => {
  const { engine, threads = trainers[0].long ? availableParallelism() : 1 } = request
  // Once for both.
  const digits = { train: sharedDigits(train), test: sharedDigits(test) }
  const jobs = [job, { ...job, method: 'bptt' as const }].map((one) => ({ job: one, engine, ...digits }))
  const parts = jobs.map((one, i) => partOn(A, trainers[i as 0 | 1], one))
  const crews = parts.map((part, i) => crewFor(part, jobs[i] as JobOnDigits, threads))
  const [first, second] = parts
  if (first === undefined || second === undefined) throw new RangeError('benchmark: expected two runs')
  const { perEpoch } = first
  const until = Math.min(trainers[0].epochs * perEpoch, request.batches ?? Infinity)
  const every = request.every ?? Math.max(1, Math.min(Math.ceil(perEpoch / 10), Math.ceil(until / 20)))
  const trainings = parts.map((part) => part.setting.start())
  const spent = [0, 0]
  const points: BenchmarkPoint[] = []
  const epochs: BenchmarkEpoch[] = []
  const [interruption, bar] = [interruptions(), progress(`benchmark ${job.name}`, until)]
  const gradients = (step: number): E.Either<UserError, BenchmarkPoint> => pipe(
    parts,
    E.traverseArray((part) => {
      const { shards, occasion } = part.plan(step)
      return pipe(shards, E.traverseArray((shard) => part.pull(trainings[0]!.theta, shard, occasion)), E.map(part.together))
    }),
    E.map(([f, g]) => {
      const [estimate, reference] = [numbersOf(A, f?.gradient ?? {}), numbersOf(A, g?.gradient ?? {})]
      return { step, whole: closeness(estimate, reference), params: closenessOfEach(estimate, reference) }
    }))
  try {
    let looked = performance.now()
    for (let step = 0; step < until && !interruption.asked(); step += 1) {
      if (step % every === 0) {
        const point = gradients(step)
        if (E.isLeft(point)) return point
        points.push(point.right)
      }
      for (const [i, crew] of crews.entries()) {
        const from = performance.now()
        const next = await crew.step(trainings[i]!)
        if (E.isLeft(next)) return E.left({ message: `mini-batch ${step + 1} by ${jobs[i]?.job.method ?? ''}: ${next.left.message}` })
        trainings[i] = next.right
        spent[i]! += (performance.now() - from) / 1000
      }
      const { epoch, done } = placeOf(step, perEpoch)
      if (done + 1 === perEpoch) {
        const tests = [await crews[0]!.test(trainings[0]!), await crews[1]!.test(trainings[1]!)] as const
        const [a, b] = tests
        if (E.isLeft(a)) return a
        if (E.isLeft(b)) return b
        const pair = (of: (i: 0 | 1) => number): readonly [number, number] => [of(0), of(1)]
        epochs.push({
          epoch, trainErrors: pair((i) => errorOf(trainings[i]!.tally)), testErrors: [errorOf(a.right), errorOf(b.right)],
          unsettled: pair((i) => unsettledOf(trainings[i]!.tally)), testUnsettled: [unsettledOf(a.right), unsettledOf(b.right)], seconds: pair((i) => spent[i]!),
        })
        trainings.forEach((training, i) => { trainings[i] = { ...training, tally: noTally } })
        spent.fill(0)
        const [here] = epochs.slice(-1)
        bar.advance(step + 1)
        print(`epoch ${epoch} of ${trainers[0].epochs}: test error ${here?.testErrors[0].toFixed(2) ?? ''} % by ${job.method}, ${here?.testErrors[1].toFixed(2) ?? ''} % by bptt; cosine ${points.at(-1)?.whole.cosine.toFixed(4) ?? ''}`)
      }
      if (performance.now() - looked > pause) {
        looked = performance.now()
        bar.advance(step + 1, `benchmark ${job.name}, cosine ${points.at(-1)?.whole.cosine.toFixed(4) ?? ''}`)
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    return E.right({ points, epochs, interrupted: interruption.asked() })
  } finally {
    bar.end()
    interruption.end()
    await Promise.all(crews.map((crew) => crew.end()))
  }
}

const reportOf = ({ job, trainers: [{ network: { batch } }] }: Planned, { train, test, origin, synthetic, digest }: TrainingData, { points, epochs }: Ran, engine: EngineName): E.Either<UserError, BenchmarkReport> =>
  benchmarkReportOf({
    job, version, engine, data: { origin, synthetic, digest, train: train.count, test: test.count }, perEpoch: batchesOf(train.count, batch), points, epochs,
  })

/** Trains both, prints the tables and the names of the files written. Right: exit code 0, 130 where it was interrupted. */
export const benchmark = (request: BenchmarkRequest, print: Print, complain: Print): TE.TaskEither<UserError, number> => pipe(
  TE.fromEither(planned(request)),
  TE.bindTo('plan'),
  TE.bind('data', ({ plan }) => trainingData(request.data, plan.job.seed, request.examples, request.tests)),
  TE.tap(({ plan, data }) => pipe(TE.fromEither(fits(plan.trainers[0], data)), TE.flatMap(() => written(request.out, new Map())))),
  TE.bind('ran', ({ plan, data }) => () => engines[request.engine]().run((A) => run(A, plan, data, request, print))),
  TE.bind('report', ({ plan, data, ran }) => TE.fromEither(reportOf(plan, data, ran, request.engine))),
  TE.bind('made', ({ plan: { job }, report: { chart, csv, json, text } }) => TE.fromTask(async () => {
    const name = `benchmark-${job.name}`
    return chart === undefined ? { files: new Map([[`${name}.csv`, csv], [`${name}.json`, json], [`${name}.txt`, `${text}\n`]]), missing: [] } : filesOf(name, { chart, csv, json, text })
  })),
  TE.bind('paths', ({ made }) => written(request.out, made.files)),
  TE.map(({ ran, report, made, paths }) => {
    ;[report.text, '', ...paths].forEach(print)
    made.missing.forEach((line) => { complain(`phifold benchmark: ${line}`) })
    return ran.interrupted ? 130 : 0
  }),
  TE.mapLeft(({ message }) => ({ message: `phifold benchmark: ${message}` })))
