/** The folder of one run of a sweep, and what it tells. It is named by a hash of the run, so it is the same wherever and whenever it is run. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { canonical, type SweepRun } from '../experiment/sweep.ts'
import { trainerOf } from '../experiment/training-job.ts'
import type { EpochRecord } from '../experiment/training-state.ts'
import { hasCheckpoint, loadCheckpoint } from './checkpoint-file.ts'
import type { UserError } from './request.ts'
import { readLog } from './training-log.ts'

/** 48 bits of SHA-256: among a million runs two collide with a chance of 0.2 %, and then the checkpoint tells. */
export const runId = (run: SweepRun): string => createHash('sha256').update(canonical(run)).digest('hex').slice(0, 12)

export type RunStatus = 'finished' | 'started' | 'failed' | 'waiting'

export interface RunState {
  readonly id: string
  readonly run: SweepRun
  readonly status: RunStatus
  /** Epochs done. */
  readonly epochs: readonly EpochRecord[]
  readonly ofEpochs: number
  /** Why it failed. */
  readonly message?: string
}

const failureName = 'failure.txt'

/** What the folder tells now. A folder that another run left is a failure. */
export const stateOf = (out: string, run: SweepRun): RunState => {
  const id = runId(run)
  const dir = join(out, id)
  const trainer = trainerOf(run.job)
  const ofEpochs = E.isRight(trainer) ? trainer.right.epochs : 0
  const log = existsSync(join(dir, 'log.jsonl')) ? readLog(dir) : undefined
  const epochs = log !== undefined && E.isRight(log) ? log.right.epochs : []
  const failure = join(dir, failureName)
  const state = (status: RunStatus, message?: string): RunState => ({ id, run, status, epochs, ofEpochs, ...(message !== undefined && { message }) })
  if (existsSync(failure)) return state('failed', readFileSync(failure, 'utf8').trim())
  if (!hasCheckpoint(dir)) return state('waiting')
  if (epochs.length < ofEpochs) return state('started')
  // The log may be ahead of the checkpoint by what a killed run did last.
  const checkpoint = loadCheckpoint(dir)
  if (E.isLeft(checkpoint)) return state('failed', checkpoint.left.message)
  const { job, epochs: kept } = checkpoint.right.state
  return canonical(job) !== canonical(run.job) ? state('failed', `${dir}: expected the run of this name, got another; move the folder away`)
    : state(kept.length < ofEpochs ? 'started' : 'finished')
}

/** Makes the folder of a run that is about to start, with its description; what failed before is forgotten. Left: a place that cannot be written to. */
export const openFolder = (out: string, run: SweepRun): E.Either<UserError, string> => {
  const dir = join(out, runId(run))
  return E.tryCatch(() => {
    mkdirSync(dir, { recursive: true })
    writeFileSync(join(dir, 'run.json'), `${JSON.stringify(run, undefined, 2)}\n`)
    rmSync(join(dir, failureName), { force: true })
    return dir
  }, (reason) => ({ message: `${dir}: cannot be written (${reason instanceof Error && 'code' in reason ? String(reason.code) : String(reason)}); choose another --out` }))
}

/** Keeps why a run failed. */
export const noteFailure = (dir: string, message: string): void => {
  E.tryCatch(() => { writeFileSync(join(dir, failureName), `${message}\n`) }, () => undefined)
}
