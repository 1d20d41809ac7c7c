/** A thread of a training run: see threads/serve.ts. */
import { parentPort } from 'node:worker_threads'
import { trainerOf } from '../experiment/training-job.ts'
import { orThrow } from '../fold/mistake.ts'
import type { TrainingPart } from '../threads/part.ts'
import { serve } from '../threads/serve.ts'
import { engines } from './engine.ts'
import { type JobOnDigits, partOn } from './training-part.ts'

const port = parentPort
if (port === null) throw new Error('train-worker: to be run as a thread only')
// Nobody here needs to name its tensors.
serve(({ job, ...rest }: JobOnDigits) => engines[rest.engine]().run((A) => partOn(A, orThrow(trainerOf(job)), { job, ...rest }) as unknown as TrainingPart<unknown>), port)
