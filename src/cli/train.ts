/** `train`: a network of Table 1 on digits. What is asked for becomes a job; the session runs it. */
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Checkpoint } from '../experiment/checkpoint.ts'
import type { Hyperparameters } from '../experiment/figure.ts'
import type { NudgePlace, Variant } from '../experiment/trained-network.ts'
import { type LossName, type MethodName, type Trainer, trainerOf, type TrainingJob } from '../experiment/training-job.ts'
import type { Decay } from '../learn/schedule.ts'
import { hasCheckpoint, loadCheckpoint } from './checkpoint-file.ts'
import { type EngineName, engineNames, engines } from './engine.ts'
import type { Print, UserError } from './request.ts'
import { type TrainingData, trainingData } from './training-data.ts'
import { type Ending, runSession } from './training-session.ts'
import { defaultSeed } from './values.ts'
import { writable } from './written.ts'

/** What of a job is said; the rest is Table 1's, or a checkpoint's. */
export interface TrainRequest {
  readonly name: string
  readonly seed: number | undefined
  readonly data: string | undefined
  readonly out: string | undefined
  readonly engine: EngineName | undefined
  readonly method: MethodName | undefined
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
  readonly examples: number | undefined
  readonly batches: number | undefined
  readonly minutes: number | undefined
  readonly resume: boolean
}

const wrong = (message: string): E.Either<UserError, never> => E.left({ message })

/** What of a job was said on the command line. */
const saidOf = ({ name, variant, nudge, method, loss, changes, rates, epochs, optimiser, momentum, weightDecay, decay, unsettled, tolerance, shard, seed }: TrainRequest): Partial<TrainingJob> => {
  const kind = optimiser ?? (momentum === undefined ? undefined : 'momentum')
  return Object.fromEntries(Object.entries({
    name, variant, nudge, method, loss, rates, epochs, weightDecay, decay, unsettled, tolerance, shard, seed,
    changes: Object.keys(changes).length === 0 ? undefined : changes,
    optimiser: kind === undefined ? undefined : { name: kind, momentum: momentum ?? 0.9 },
  }).filter(([, value]) => value !== undefined))
}

const defaults: Omit<TrainingJob, 'name'> = {
  variant: 'exact', method: 'ep', loss: 'squared', changes: {}, optimiser: { name: 'sgd', momentum: 0.9 }, weightDecay: 0, decay: 1,
  unsettled: 'keep', seed: defaultSeed,
}

const numberFault = ({ momentum, weightDecay, tolerance, minutes, optimiser }: TrainRequest): E.Either<UserError, undefined> =>
  momentum !== undefined && !(momentum >= 0 && momentum < 1) ? wrong(`--momentum: expected a number from 0 to below 1, got ${momentum}; take 0.9`)
    : momentum !== undefined && optimiser !== undefined && optimiser !== 'momentum' ? wrong(`--momentum: expected --optimiser momentum with it, got ${optimiser}; leave one of them out`)
      : weightDecay !== undefined && !(weightDecay >= 0 && weightDecay < Infinity) ? wrong(`--weight-decay: expected a number of at least 0, got ${weightDecay}; take 0.0001`)
        : tolerance !== undefined && !(tolerance > 0 && tolerance < Infinity) ? wrong(`--tolerance: expected a number above 0, got ${tolerance}; leave it out for β/1000`)
          : minutes !== undefined && !(minutes > 0 && minutes < Infinity) ? wrong(`--checkpoint-minutes: expected a number above 0, got ${minutes}; take 5`)
            : E.right(undefined)

/** A run that goes on is the one of the checkpoint; only its length may be another. */
const resumed = (said: Partial<TrainingJob>, { state: { job } }: Checkpoint): E.Either<UserError, TrainingJob> => {
  const { epochs, ...fixed } = said
  const other = Object.entries(fixed).find(([key, value]) => JSON.stringify(value) !== JSON.stringify(job[key as keyof TrainingJob]))
  return other !== undefined
    ? wrong(`--resume: expected ${other[0]} as in the checkpoint, ${JSON.stringify(job[other[0] as keyof TrainingJob] ?? 'none')}, got ${JSON.stringify(other[1])}; leave it out`)
    : E.right({ ...job, ...(epochs !== undefined && { epochs }) })
}

interface Planned {
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
  const said = saidOf(request)
  return pipe(
    numberFault(request),
    E.flatMap(() => (!request.resume && hasCheckpoint(out)
      ? wrong(`${out}: there is a training run in this folder already; go on with it by --resume, or choose another --out`)
      : E.right(undefined))),
    E.flatMap((): E.Either<UserError, Checkpoint | undefined> => (request.resume ? loadCheckpoint(out) : E.right(undefined))),
    E.bindTo('from'),
    E.bind('job', ({ from }) => (from === undefined ? E.right({ ...defaults, name: request.name, ...said }) : resumed(said, from))),
    E.bind('trainer', ({ job }) => pipe(trainerOf(job), E.mapLeft(({ name, message }) => ({ message: name === 'network' ? message : `--${message}` })))),
    E.bind('engine', ({ from }) => engineOf(request, from)),
    E.map((plan) => ({ ...plan, out })))
}

const dataFor = ({ data: dir, examples }: TrainRequest, { job, from }: Planned): TE.TaskEither<UserError, TrainingData> => {
  const was = from?.state.data
  if (was !== undefined && !was.synthetic && dir === undefined)
    return TE.left({ message: `--resume: expected the data of the run, ${was.origin}, got none; give --data` })
  return pipe(
    trainingData(dir, job.seed, examples ?? was?.train),
    TE.flatMapEither((data) => (was === undefined || was.digest === data.digest ? E.right(data)
      : wrong(`--data: expected the digits of the run, ${was.origin}, got others; give the same --data`))))
}

const fits = ({ trainer: { network: { sizes, batch } } }: Planned, { train }: TrainingData): E.Either<UserError, undefined> => {
  const pixels = train.rows * train.cols
  return sizes[0] !== pixels ? wrong(`--sizes: expected ${pixels} inputs, one per pixel, got ${sizes[0] ?? 0}; begin them with ${pixels}`)
    : batch > train.count ? wrong(`--batch: expected at most the ${train.count} digits there are, got ${batch}; take ${Math.min(20, train.count)}`)
      : E.right(undefined)
}

const heading = ({ job, trainer: { network, epochs }, from, engine }: Planned, { origin }: TrainingData): string => {
  const { name, sizes, T, K, beta, epsilon, rates, batch } = network
  const place = job.nudge === undefined ? '' : `, ${job.nudge} nudge`
  return `train ${name} ${sizes.join('-')} by ${job.method}${place} on ${origin}: T ${T}, K ${K}, β ${beta}, dt ${epsilon}, rates ${(job.rates ?? rates).join(',')}, ` +
    `batch ${batch}, ${epochs} epochs, ${job.variant}, seed ${job.seed}, ${engine}${from === undefined ? '' : `; going on after ${from.state.step} mini-batches`}`
}

const codes: Readonly<Record<Ending, number>> = { done: 0, stopped: 0, interrupted: 130, failed: 1 }

/** Trains; prints a line per epoch. Right: the exit code. */
export const train = (request: TrainRequest, print: Print, complain: Print): TE.TaskEither<UserError, number> => pipe(
  TE.fromEither(planned(request)),
  TE.bindTo('plan'),
  TE.bind('data', ({ plan }) => dataFor(request, plan)),
  TE.tap(({ plan, data }) => TE.fromEither(fits(plan, data))),
  TE.tap(({ plan }) => writable(plan.out)),
  TE.flatMap(({ plan, data }) => {
    const goOn = `phifold train ${request.name}${request.data === undefined ? '' : ` --data ${request.data}`}${request.out === undefined ? '' : ` --out ${request.out}`} --resume`
    print(heading(plan, data))
    return pipe(
      () => engines[plan.engine]().run((A) => runSession(A, { ...plan, data, goOn, batches: request.batches, minutes: request.minutes ?? 5, print, complain })),
      TE.map((ending) => {
        if (ending === 'interrupted' || ending === 'stopped') print(`${ending === 'stopped' ? 'stopped' : 'interrupted and saved'}; go on with: ${goOn}`)
        return codes[ending]
      }))
  }),
  TE.mapLeft(({ message }) => ({ message: `phifold train: ${message}` })))
