/**
 * What a training run tells: a line of the log per epoch and per report, and its state between two mini-batches beside the tensors. Plain
 * data; docs/training.md lists the fields. Errors are percentages, costs means over samples, times seconds.
 */
import { z } from 'zod'
import { errorOf, type Tally, unsettledOf } from '../learn/tally.ts'
import { methodNames, type TrainingJob } from './training-job.ts'

/** An epoch. What is said of training is measured on each mini-batch before it is learned from. */
export interface EpochRecord {
  readonly type: 'epoch'
  readonly epoch: number
  readonly trainError: number
  readonly testError: number
  readonly trainCost: number
  readonly testCost: number
  /** The epoch's, its test included. */
  readonly seconds: number
  /** A mini-batch's of this epoch, on average, without the test: logs and checkpoints are in it. Logs of before it was measured lack it. */
  readonly milliseconds?: number
  /** Largest max |s_T − s_{T−1}| of any input. */
  readonly residual: number
  /** Inputs that still moved by more than the tolerance. */
  readonly unsettled: number
  readonly testResidual: number
  readonly testUnsettled: number
}

/** The epoch so far, after `done` of its mini-batches. */
export interface ReportRecord {
  readonly type: 'report'
  readonly epoch: number
  readonly done: number
  readonly trainError: number
  readonly trainCost: number
  readonly residual: number
  readonly unsettled: number
  /** As in the epoch's record. */
  readonly milliseconds?: number
  /** Where the run was stopped by --batches. */
  readonly testError?: number
}

/** What is learned from. */
export interface DataRecord {
  readonly origin: string
  readonly synthetic: boolean
  /** Digits to learn from and to be tested on. */
  readonly train: number
  readonly test: number
  /** SHA-256 of all pixels and labels. */
  readonly digest: string
}

/** The log's first line. */
export interface StartRecord {
  readonly type: 'start'
  readonly version: string
  readonly engine: string
  readonly job: TrainingJob
  readonly data: DataRecord
}

export type LogLine = StartRecord | EpochRecord | ReportRecord

/** A run between two mini-batches, less its tensors. */
export interface TrainingState {
  readonly format: 'phifold-training-1'
  readonly version: string
  readonly engine: string
  readonly job: TrainingJob
  readonly data: DataRecord
  /** Mini-batches done. */
  readonly step: number
  /** Of the epoch that is running. */
  readonly tally: Tally
  /** That the epoch has taken so far. */
  readonly seconds: number
  /** Epochs done. */
  readonly epochs: readonly EpochRecord[]
  /** Length of the log that belongs to this state. */
  readonly logBytes: number
}

/** Of seconds, for so many mini-batches; a microsecond of a mini-batch is more than a clock can tell. */
const millisecondsOf = (seconds: number, batches: number): number => Math.round((1e6 * seconds) / batches) / 1000

/** The epoch's record, from the seconds that its mini-batches took, and those with the test. */
export const epochRecord = (epoch: number, batches: number, train: Tally, test: Tally, [learned, seconds]: readonly [learned: number, all: number]): EpochRecord => ({
  type: 'epoch', epoch,
  trainError: errorOf(train), testError: errorOf(test),
  trainCost: train.cost / train.samples, testCost: test.cost / test.samples,
  seconds: Math.round(seconds * 1000) / 1000, milliseconds: millisecondsOf(learned, batches),
  residual: train.residual, unsettled: unsettledOf(train),
  testResidual: test.residual, testUnsettled: unsettledOf(test),
})

export const reportRecord = (epoch: number, done: number, train: Tally, seconds: number): ReportRecord => ({
  type: 'report', epoch, done,
  trainError: errorOf(train), trainCost: train.cost / train.samples, residual: train.residual, unsettled: unsettledOf(train),
  milliseconds: millisecondsOf(seconds, done),
})

// ── Schema ───────────────────────────────────────────────────────────────────────────────────────────────────────

const count = z.number().int().min(1)
const index = z.number().int().min(0)
const magnitude = z.number().min(0)
const positive = z.number().positive()
const percent = z.number().min(0).max(100)
const text = z.string().min(1)

const changes = z.strictObject({
  sizes: z.array(count), activation: z.array(z.enum(['tanh', 'sigm', 'hardsigm', 'identity'])), clamp: z.boolean(),
  epsilon: positive, beta: z.number(), T: count, K: count, batch: count,
}).partial()

const job = z.strictObject({
  name: text,
  variant: z.enum(['exact', 'published']),
  nudge: z.enum(['outer', 'inner']).optional(),
  method: z.enum(methodNames),
  points: count.optional(),
  loss: z.enum(['squared', 'cross-entropy']),
  changes,
  rates: z.array(magnitude).optional(),
  epochs: count.optional(),
  optimiser: z.strictObject({ name: z.enum(['sgd', 'momentum', 'adam']), momentum: magnitude }),
  weightDecay: magnitude,
  decay: z.union([positive, z.literal('cosine')]),
  unsettled: z.enum(['skip', 'keep']),
  tolerance: positive.optional(),
  shard: count.optional(),
  seed: index,
})

const epoch = z.strictObject({
  type: z.literal('epoch'), epoch: count, trainError: percent, testError: percent, trainCost: z.number(), testCost: z.number(), seconds: magnitude, milliseconds: magnitude.optional(),
  residual: magnitude, unsettled: percent, testResidual: magnitude, testUnsettled: percent,
})

const data = z.strictObject({ origin: text, synthetic: z.boolean(), train: count, test: count, digest: text })

/** Reads the JSON of a `TrainingState`; no other fields are allowed. */
export const trainingStateSchema: z.ZodType = z.strictObject({
  format: z.literal('phifold-training-1'),
  version: text, engine: text, job, data,
  step: index,
  tally: z.strictObject({ samples: index, cost: z.number(), wrong: index, residual: magnitude, unsettled: index }),
  seconds: magnitude, epochs: z.array(epoch), logBytes: index,
})

/** Reads the JSON of a line of the log. */
export const logLineSchema: z.ZodType = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('start'), version: text, engine: text, job, data }),
  epoch,
  z.strictObject({
    type: z.literal('report'), epoch: count, done: count, trainError: percent, trainCost: z.number(), residual: magnitude, unsettled: percent, milliseconds: magnitude.optional(), testError: percent.optional(),
  }),
])
