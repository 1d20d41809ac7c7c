/** A thread that runs the jobs it is sent, one after the other, and answers with shares of progress and a result each. */
import { parentPort } from 'node:worker_threads'
import type { FigureJob } from './figure-job.ts'
import { runJob } from './figure-job.ts'

/** Milliseconds between two reports of progress. */
const pause = 100

const port = parentPort
if (port === null) throw new Error('figure-worker: to be run as a thread only')

port.on('message', (job: FigureJob) => {
  let told = -Infinity
  const onShare = (share: number): void => {
    if (performance.now() - told < pause) return
    told = performance.now()
    port.postMessage({ share })
  }
  runJob(job, onShare)().then(
    (result) => { port.postMessage({ result }) },
    // A bug: an unhandled rejection ends the thread, and the host sees it as an error.
    (reason: unknown) => { throw reason instanceof Error ? reason : new Error(String(reason)) })
})
