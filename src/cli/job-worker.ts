/** A thread that runs the jobs it is sent, one after the other, and answers with shares of progress and a result each. */
import { parentPort } from 'node:worker_threads'
import { type Kind, kinds, type RunJob } from './job-kinds.ts'
import type { Answer, Task } from './threads.ts'

/** Milliseconds between two reports of progress. */
const pause = 100

const port = parentPort
if (port === null) throw new Error('job-worker: to be run as a thread only')
const answer = (said: Answer<unknown>): void => { port.postMessage(said) }

port.on('message', ({ kind, job }: Task<Kind, unknown>) => {
  let told = -Infinity
  const onShare = (share: number): void => {
    if (performance.now() - told < pause) return
    told = performance.now()
    answer({ share })
  }
  void kinds[kind]().then((run) => { answer({ result: (run as RunJob<unknown, unknown>)(job, onShare) }) })
})
