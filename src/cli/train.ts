/** `train`: a network of Table 1 on digits. What is asked for becomes a job; the session runs it. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Checkpoint } from '../experiment/checkpoint.ts'
import { type Trainer, trainerOf, type TrainingJob } from '../experiment/training-job.ts'
import { besides, trainingReportOf } from '../experiment/training-report.ts'
import { hasCheckpoint, loadCheckpoint } from './checkpoint-file.ts'
import { type EngineName, engineNames, engines } from './engine.ts'
import { jobOf, type JobRequest, saidOf } from './job-request.ts'
import type { Print, UserError } from './request.ts'
import { filesOf } from './result-files.ts'
import { type TrainingData, trainingData } from './training-data.ts'
import { readLog } from './training-log.ts'
import { type Ending, runSession } from './training-session.ts'
import { writable, written } from './written.ts'

export interface TrainRequest extends JobRequest {
  readonly data: string | undefined
  readonly out: string | undefined
  readonly engine: EngineName | undefined
  readonly examples: number | undefined
  readonly tests: number | undefined
  readonly batches: number | undefined
  readonly minutes: number | undefined
  readonly threads: number | undefined
  readonly resume: boolean
}

const wrong = (message: string): E.Either<UserError, never> => E.left({ message })

const minutesOf = ({ minutes = 5 }: TrainRequest): E.Either<UserError, number> =>
  minutes > 0 && minutes < Infinity ? E.right(minutes) : wrong(`--checkpoint-minutes: expected a number above 0, got ${minutes}; take 5`)

/** A run that goes on is the one of the checkpoint; only its length may be another. */
const resumed = (said: Partial<TrainingJob>, { state: { job } }: Checkpoint): E.Either<UserError, TrainingJob> => {
  const { epochs, ...fixed } = said
  const other = Object.entries(fixed).find(([key, value]) => JSON.stringify(value) !== JSON.stringify(job[key as keyof TrainingJob]))
  return other !== undefined
    ? wrong(`--resume: expected ${other[0]} as in the checkpoint, ${JSON.stringify(job[other[0] as keyof TrainingJob] ?? 'none')}, got ${JSON.stringify(other[1])}; leave it out`)
    : E.right({ ...job, ...(epochs !== undefined && { epochs }) })
}

/** What the job stands for; mistakes are told with the name of the option. */
export const trainerAsked = (job: TrainingJob): E.Either<UserError, Trainer> =>
  pipe(trainerOf(job), E.mapLeft(({ name, message }) => ({ message: name === 'network' ? message : `--${message}` })))

interface Planned {
  readonly minutes: number
  readonly job: TrainingJob
  readonly trainer: Trainer
  readonly engine: EngineName
  readonly from: Checkpoint | undefined
  readonly out: string
}

const isEngine = (name: string): name is EngineName => engineNames.some((one) => one === name)

const engineOf = ({ engine }: TrainRequest, from: Checkpoint | undefined): E.Either<UserError, EngineName> => {
  const was = from?.state.engine
  return was === undefined ? E.right(engine ?? 'simd32')
    : !isEngine(was) || (engine !== undefined && engine !== was) ? wrong(`--resume: expected engine as in the checkpoint, ${was}, got ${engine ?? 'none of that name'}; leave --engine out`)
      : E.right(was)
}

const planned = (request: TrainRequest): E.Either<UserError, Planned> => {
  const out = request.out ?? join('results', `train-${request.name}`)
  return pipe(
    E.Do,
    E.apS('said', saidOf(request)),
    E.apS('minutes', minutesOf(request)),
    E.tap(() => (!request.resume && hasCheckpoint(out)
      ? wrong(`${out}: there is a training run in this folder already; go on with it by --resume, or choose another --out`)
      : E.right(undefined))),
    E.bind('from', (): E.Either<UserError, Checkpoint | undefined> => (request.resume ? loadCheckpoint(out) : E.right(undefined))),
    E.bind('job', ({ said, from }) => (from === undefined ? E.right(jobOf(request.name, said)) : resumed(said, from))),
    E.bind('trainer', ({ job }) => trainerAsked(job)),
    E.bind('engine', ({ from }) => engineOf(request, from)),
    E.map((plan) => ({ ...plan, out })))
}

const dataFor = ({ data: dir, examples, tests }: TrainRequest, { job, from }: Planned): TE.TaskEither<UserError, TrainingData> => {
  const was = from?.state.data
  if (was !== undefined && !was.synthetic && dir === undefined)
    return TE.left({ message: `--resume: expected the data of the run, ${was.origin}, got none; give the folder of its files with --data` })
  return pipe(
    trainingData(dir, job.seed, examples ?? was?.train, tests ?? was?.test),
    TE.flatMapEither((data) => (was === undefined || was.digest === data.digest ? E.right(data)
      : wrong(`--data: expected the digits of the run, ${was.origin}, got others${data.origin === was.origin ? '' : `, ${data.origin}`}; give the folder of those`))))
}

/** Whether the digits are what the network takes. */
export const fits = ({ network: { sizes, batch } }: Trainer, { train }: TrainingData): E.Either<UserError, undefined> => {
  const pixels = train.rows * train.cols
  return sizes[0] !== pixels ? wrong(`--sizes: expected ${pixels} inputs, one per pixel, got ${sizes[0] ?? 0}; begin them with ${pixels}`)
    : batch > train.count ? wrong(`--batch: expected at most the ${train.count} digits there are, got ${batch}; take ${Math.min(20, train.count)}`)
      : E.right(undefined)
}

const heading = ({ job, trainer: { network, epochs }, from, engine }: Planned, { origin }: TrainingData): string => {
  const { name, sizes, T, K, beta, epsilon, rates, batch } = network
  const place = job.nudge === undefined ? '' : `, ${job.nudge} nudge`
  return `train ${name} ${sizes.join('-')} by ${job.method}${place} on ${origin}: T ${T}, K ${K}, β ${beta}, dt ${epsilon}, rates ${(job.rates ?? rates).join(',')}, ` +
    `batch ${batch}, ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}, ${job.variant}${besides(job).map((word) => `, ${word}`).join('')}, seed ${job.seed}, ${engine}${from === undefined ? '' : `; going on after ${from.state.step} mini-batches`}`
}

/** Curves, numbers and a table of the run so far, beside its log. */
const curves = ({ out }: Planned, complain: Print): TE.TaskEither<UserError, unknown> => pipe(
  TE.fromEither(pipe(readLog(out), E.flatMap(trainingReportOf))),
  TE.flatMap(({ chart, csv, json, text }) => {
    const plain = new Map([['training.csv', csv], ['training.json', json], ['training.txt', `${text}\n`]])
    return chart === undefined ? written(out, plain) : pipe(
      TE.fromTask(() => filesOf('training', { chart, csv, json, text })),
      TE.flatMap(({ files, missing }) => {
        missing.forEach((line) => { complain(`phifold train: ${line}`) })
        return written(out, files)
      }))
  }))

const codes: Readonly<Record<Ending, number>> = { done: 0, stopped: 0, interrupted: 130, failed: 1 }

/** Trains; prints a line per epoch. Right: the exit code. */
export const train = (request: TrainRequest, print: Print, complain: Print): TE.TaskEither<UserError, number> => pipe(
  TE.fromEither(planned(request)),
  TE.bindTo('plan'),
  TE.bind('data', ({ plan }) => dataFor(request, plan)),
  TE.tap(({ plan, data }) => TE.fromEither(fits(plan.trainer, data))),
  TE.tap(({ plan }) => writable(plan.out)),
  TE.flatMap(({ plan, data }) => {
    const goOn = `phifold train ${request.name}${request.data === undefined ? '' : ` --data ${request.data}`}${request.out === undefined ? '' : ` --out ${request.out}`} --resume`
    print(heading(plan, data))
    return pipe(
      () => engines[plan.engine]().run((A) => runSession(A, { ...plan, data, goOn, batches: request.batches, threads: request.threads ?? (plan.trainer.long ? availableParallelism() : 1), print, complain })),
      TE.tap(() => curves(plan, complain)),
      TE.map((ending) => {
        if (ending === 'interrupted' || ending === 'stopped') print(`${ending === 'stopped' ? 'stopped' : 'interrupted and saved'}; go on with: ${goOn}`)
        return codes[ending]
      }))
  }),
  TE.mapLeft(({ message }) => ({ message: `phifold train: ${message}` })))
