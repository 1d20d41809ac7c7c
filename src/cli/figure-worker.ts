/** A thread that runs the jobs it is sent, one after the other, and answers with shares of progress and a result each. */
import { parentPort } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type FigureJob, type Finished, runJob } from './figure-job.ts'
import type { Answer } from './threads.ts'

/** Milliseconds between two reports of progress. */
const pause = 100

const port = parentPort
if (port === null) throw new Error('figure-worker: to be run as a thread only')
const answer = (said: Answer<Finished>): void => { port.postMessage(said) }

port.on('message', (job: FigureJob) => {
  let told = -Infinity
  const onShare = (share: number): void => {
    if (performance.now() - told < pause) return
    told = performance.now()
    answer({ share })
  }
  // One of several: which of them fails must be said.
  const result = pipe(runJob(job, onShare), E.mapLeft(({ message }) => ({ message: `figure ${job.number}: ${message}` })))
  answer({ result })
})
