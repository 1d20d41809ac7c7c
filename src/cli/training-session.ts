/**
 * A training run in its folder: the fold over mini-batches with all that surrounds it, log, checkpoints, progress, interruption. What is learned is
 * decided by pure functions of src/learn alone; the clock only decides when something is told or saved.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Checkpoint, restoredTraining, storedTraining } from '../experiment/checkpoint.ts'
import { learningNote, runaway } from '../experiment/learning-watch.ts'
import { settlingNote } from '../experiment/settling-watch.ts'
import type { Trainer, TrainingJob } from '../experiment/training-job.ts'
import { type DataRecord, epochRecord, type EpochRecord, reportRecord, type StartRecord } from '../experiment/training-state.ts'
import type { Mistake } from '../fold/mistake.ts'
import { placeOf } from '../learn/schedule.ts'
import { errorOf, noTally } from '../learn/tally.ts'
import type { Training } from '../learn/training.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'
import { interruptions } from './interruptions.ts'
import { checkpointName, saveCheckpoint } from './checkpoint-file.ts'
import { crewFor } from './crew.ts'
import { type EngineName, isSingle } from './engine.ts'
import { progress, spokenTime } from './progress.ts'
import type { Print, UserError } from './request.ts'
import type { TrainingData } from './training-data.ts'
import { openLog } from './training-log.ts'
import { partOn } from './training-part.ts'
import { version } from './version.ts'

export interface Session {
  readonly job: TrainingJob
  readonly trainer: Trainer
  readonly engine: EngineName
  readonly data: TrainingData
  readonly out: string
  /** Where to go on from. */
  readonly from: Checkpoint | undefined
  /** Mini-batches to stop after. */
  readonly batches: number | undefined
  readonly threads: number
  /** Between checkpoints. */
  readonly minutes: number
  /** The command that goes on. */
  readonly goOn: string
  readonly print: Print
  readonly complain: Print
}

/** How a run ended. */
export type Ending = 'done' | 'stopped' | 'interrupted' | 'failed'

/** Milliseconds between two looks at what else there is to do: signals, the terminal. */
const pause = 100
/** Reports per epoch. */
const reports = 10

const dataRecord = ({ train, test, origin, synthetic, digest }: TrainingData): DataRecord =>
  ({ origin, synthetic, train: train.count, test: test.count, digest })

/** Of the numbers, not of the folder. */
interface Fault {
  readonly _tag: string
  readonly message: string
}
const isFault = (why: Fault | UserError): why is Fault => '_tag' in why

const grownFault = ({ name, largest }: NonNullable<ReturnType<typeof runaway>>): Fault => {
  const layer = /\d+$/.exec(name)?.[0]
  return { _tag: 'Runaway', message: `${name} of ${layer === undefined ? 'the readout' : `layer ${layer}`} has grown to ${largest.toExponential(1)}, where no unit answers to its inputs any more` }
}

const percent = (value: number): string => `${value.toFixed(2)} %`

const epochLine = ({ epoch, trainError, testError, seconds, milliseconds, unsettled, residual }: EpochRecord, epochs: number): string =>
  `epoch ${String(epoch).padStart(String(epochs).length)} of ${epochs}: train error ${percent(trainError)}, test error ${percent(testError)}, ` +
  `${spokenTime(seconds)}${milliseconds === undefined ? '' : `, ${milliseconds.toFixed(2)} ms per mini-batch`}, unsettled ${percent(unsettled)}, residual ${residual.toExponential(1)}`

/** Runs it. Left: what cannot be written, or a checkpoint of something else. */
export const runSession = async <T>(A: Algebra<Op, T>, session: Session): Promise<E.Either<UserError, Ending>> => {
  const { job, trainer, engine, data, out, from, print, complain } = session
  const { network: { name, batch }, epochs } = trainer
  const whole = { job, engine, train: data.train, test: data.test, from }
  const part = partOn(A, trainer, whole)
  const { perEpoch } = part
  const reportEvery = Math.ceil(perEpoch / reports)
  const start: StartRecord = { type: 'start', version, engine, job, data: dataRecord(data) }

  const opened = pipe(
    E.Do,
    E.apS('training', from === undefined
      ? E.right<UserError, Training<T>>(part.setting.start())
      : restoredTraining(A, trainer, from, checkpointName)),
    E.bind('log', () => openLog(out, start, from?.state.epochs ?? [], from?.state.logBytes)))
  if (E.isLeft(opened)) return opened
  const { log } = opened.right
  let { training } = opened.right
  let records = from?.state.epochs ?? []

  const [began, before] = [performance.now(), from?.state.seconds ?? 0]
  let [epochBegan, earlier, saved] = [began, before, began]
  const inEpoch = (): number => earlier + (performance.now() - epochBegan) / 1000
  const save = (): E.Either<UserError, void> => {
    saved = performance.now()
    return pipe(
      log.length(),
      E.flatMap((logBytes) => saveCheckpoint(out, {
        state: {
          format: 'phifold-training-1', version, engine, job, data: dataRecord(data), step: training.step, tally: training.tally,
          seconds: inEpoch(), epochs: records, logBytes,
        },
        tensors: storedTraining(A, training, isSingle(engine) ? 'F32' : 'F64'),
      })))
  }

  const until = Math.min(epochs * perEpoch, session.batches === undefined ? Infinity : training.step + session.batches)
  const bar = progress(`train ${name}`, until - training.step)
  const first = training.step
  const interruption = interruptions()

  const crew = crewFor(part, whole, session.threads)

  const ratesOf = (epoch: number): readonly number[] => [...new Set(Object.values(trainer.ratesIn(epoch)))]

  /** What a Left means: numbers that went wrong end the run with a word on what to try, anything else is the user's to mend. */
  const failed = (why: Fault | UserError, epoch: number, done: number): E.Either<UserError, Ending> => {
    if (!isFault(why)) return E.left(why)
    if (why._tag === 'CrewError') return E.left({ message: `${why.message}; go on from the last checkpoint with --threads 1` })
    const { message } = why
    bar.end()
    complain(`phifold train: mini-batch ${done + 1} of epoch ${epoch}: ${message}; ${why._tag === 'Runaway' ? '' : 'or '}lower --rates (${ratesOf(epoch).join(',')}). The last checkpoint is from before: ${session.goOn}`)
    return E.right('failed')
  }

  const endOfEpoch = async (epoch: number, learned: number): Promise<E.Either<UserError | Mistake, void>> => pipe(
    await crew.test(training),
    E.flatMap((test) => {
      const record = epochRecord(epoch, perEpoch, training.tally, test, [learned, inEpoch()])
      const logged = log.append(record)
      if (E.isLeft(logged)) return logged
      records = [...records, record]
      training = { ...training, tally: noTally }
      ;[epochBegan, earlier] = [performance.now(), 0]
      bar.advance(training.step - first)
      print(epochLine(record, epochs))
      for (const note of [settlingNote(records), learningNote(records, ratesOf(epoch))]) if (note !== undefined) print(note)
      return save()
    }))

  if (until <= first) print(`nothing is left to do: ${records.length} of ${epochs} ${epochs === 1 ? 'epoch is' : 'epochs are'} done; --epochs with a larger number goes on`)
  try {
    const written = first === 0 ? save() : E.right(undefined)
    if (E.isLeft(written)) return written
    let looked = performance.now()
    while (training.step < until && !interruption.asked()) {
      const { epoch, done } = placeOf(training.step, perEpoch)
      const stepping = crew.step(training)
      const next = stepping instanceof Promise ? await stepping : stepping
      if (E.isLeft(next)) return failed(next.left, epoch, done)
      training = next.right
      const now = performance.now()
      if ((done + 1) % reportEvery === 0 || done + 1 === perEpoch) {
        const grown = runaway(A, training.theta)
        if (grown !== undefined) return failed(grownFault(grown), epoch, done)
      }
      if (done + 1 === perEpoch) {
        const ended = await endOfEpoch(epoch, inEpoch())
        if (E.isLeft(ended)) return failed(ended.left, epoch, done)
      } else {
        if ((done + 1) % reportEvery === 0) {
          const logged = log.append(reportRecord(epoch, done + 1, training.tally, inEpoch()))
          if (E.isLeft(logged)) return logged
        }
        if (now - saved > session.minutes * 60_000) {
          const kept = save()
          if (E.isLeft(kept)) return failed(kept.left, epoch, done)
        }
      }
      if (now - looked > pause) {
        looked = now
        const speed = (batch * (training.step - first)) / ((now - began) / 1000)
        bar.advance(training.step - first, `epoch ${epoch} of ${epochs}, ${speed.toFixed(0)} digits/s, error ${errorOf(training.tally).toFixed(1)} %`)
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    const { epoch, done } = placeOf(training.step, perEpoch)
    if (training.step === until && session.batches !== undefined && done > 0) {
      const learned = inEpoch()
      const test = await crew.test(training)
      if (E.isLeft(test)) return failed(test.left, epoch, done)
      const testError = errorOf(test.right)
      const record = { ...reportRecord(epoch, done, training.tally, learned), testError }
      const logged = log.append(record)
      if (E.isLeft(logged)) return logged
      print(`epoch ${epoch}, ${done} of ${perEpoch} mini-batches: train error ${percent(errorOf(training.tally))}, test error ${percent(testError)}, ${(record.milliseconds ?? NaN).toFixed(2)} ms per mini-batch`)
    }
    const kept = save()
    if (E.isLeft(kept)) return failed(kept.left, epoch, done)
    return E.right(interruption.asked() ? 'interrupted' : training.step < epochs * perEpoch ? 'stopped' : 'done')
  } finally {
    bar.end()
    interruption.end()
    await crew.end()
  }
}
