/** Runs training runs, each in a process of its own, some at a time. One that fails does not touch the others. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import type { SweepRun } from '../experiment/sweep.ts'
import { labelOf } from '../experiment/training-report.ts'
import { hasCheckpoint } from './checkpoint-file.ts'
import { interruptions } from './interruptions.ts'
import type { Print } from './request.ts'
import type { Said, Told } from './sweep-child.ts'
import { noteFailure, openFolder, runId } from './sweep-folder.ts'
import type { TrainRequest } from './train.ts'

export interface SweepOptions {
  readonly out: string
  /** Folder of the digits. */
  readonly data: string | undefined
  /** Processes at a time. */
  readonly threads: number
  /** Seconds after which runs are stopped and saved. */
  readonly budget: number | undefined
  readonly print: Print
  readonly complain: Print
}

/** Milliseconds between two looks at signals and the clock, and until processes that were sent the same signal have surely seen it. */
const [pause, grace] = [100, 1000]

const none = {
  method: undefined, points: undefined, nudge: undefined, loss: undefined, variant: undefined, changes: {}, rates: undefined, epochs: undefined, optimiser: undefined, momentum: undefined,
  weightDecay: undefined, decay: undefined, unsettled: undefined, tolerance: undefined, shard: undefined, seed: undefined, engine: undefined, examples: undefined, tests: undefined,
}

/** What `train` is asked for. A run that goes on is the checkpoint's, about which nothing need be said. */
const requestOf = ({ job, engine, examples, tests }: SweepRun, dir: string, data: string | undefined): TrainRequest => {
  const common = { ...none, name: job.name, data, out: dir, batches: undefined, minutes: undefined, threads: 1 }
  const { optimiser: { name: optimiser, momentum }, ...said } = job
  return hasCheckpoint(dir) ? { ...common, resume: true }
    : { ...common, ...said, optimiser, momentum: optimiser === 'momentum' ? momentum : undefined, engine, examples, tests, resume: false }
}

/** How a sweep ended. */
export interface SweepEnd {
  readonly failed: number
  /** By a signal or by the time given. */
  readonly stopped: 'no' | 'signal' | 'time'
}

export const runSweep = async (runs: readonly SweepRun[], { out, data, threads, budget, print, complain }: SweepOptions): Promise<SweepEnd> => {
  const interruption = interruptions()
  const began = performance.now()
  const children = new Set<ChildProcess>()
  let [next, failed, finished] = [0, 0, 0]
  let stopped = 'no' as SweepEnd['stopped']

  const one = (run: SweepRun): Promise<void> => new Promise((resolve) => {
    const label = `${runId(run)} ${labelOf(run.job)}, seed ${run.job.seed}`
    const opened = openFolder(out, run)
    const fail = (message: string): void => {
      failed += 1
      complain(`phifold sweep: ${label}: ${message}`)
      if (E.isRight(opened)) noteFailure(opened.right, message)
    }
    if (E.isLeft(opened)) {
      fail(opened.left.message)
      resolve()
      return
    }
    // A group of its own, so that Ctrl-C reaches it once, through the sweep.
    const child = fork(fileURLToPath(new URL('./sweep-child.js', import.meta.url)), { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    children.add(child)
    let [answered, lastComplaint] = [false, '']
    child.on('message', (said: Said) => {
      if ('line' in said) print(`${label}: ${said.line}`)
      else if ('complaint' in said) lastComplaint = said.complaint
      else {
        answered = true
        if (said.code === 0) finished += 1
        // 130: it was asked to stop, and is saved.
        else if (said.code !== 130) fail((said.message ?? lastComplaint).replace(/^phifold train: /, ''))
      }
    })
    child.on('error', (error) => { lastComplaint = error.message })
    child.on('exit', (code, signal) => {
      children.delete(child)
      if (!answered && stopped === 'no') fail(`its process ended with ${signal ?? `code ${code ?? 0}`}${lastComplaint === '' ? '' : `: ${lastComplaint}`}; start the sweep again`)
      resolve()
    })
    child.send({ request: requestOf(run, opened.right, data) } satisfies Told)
  })

  const watch = setInterval(() => {
    if (stopped !== 'no') return
    stopped = interruption.asked() ? 'signal' : budget !== undefined && performance.now() - began > 1000 * budget ? 'time' : 'no'
    if (stopped !== 'no') setTimeout(() => { children.forEach((child) => { if (child.connected) child.send({ stop: true } satisfies Told) }) }, stopped === 'signal' ? grace : 0)
  }, pause)
  const worker = async (): Promise<void> => {
    while (stopped === 'no' && next < runs.length) await one(runs[next++]!)
  }
  try {
    await Promise.all(Array.from({ length: Math.min(threads, runs.length) }, worker))
  } finally {
    clearInterval(watch)
    interruption.end()
  }
  if (stopped !== 'no') print(`${stopped === 'time' ? 'time is up' : 'interrupted'}: ${finished} of ${runs.length} runs finished, what else was begun is saved; the same command goes on`)
  return { failed, stopped }
}
