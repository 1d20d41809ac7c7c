/** Threads at work on a training job: threads/crew.ts with workers of Node. */
import { Worker } from 'node:worker_threads'
import { type Crew, crewOf } from '../threads/crew.ts'
import type { TrainingPart } from '../threads/part.ts'
import { sharedDigits } from './shared-digits.ts'
import type { JobOnDigits } from './training-part.ts'

/** This thread, whose part of the job it is, and others: at most so many in all. */
export const crewFor = <T>(part: TrainingPart<T>, job: JobOnDigits, threads: number): Crew<T> => crewOf(part, {
  threads,
  setup: threads === 1 ? job : { ...job, train: sharedDigits(job.train), test: sharedDigits(job.test) },
  spawn: () => new Worker(new URL('./train-worker.js', import.meta.url)),
})
