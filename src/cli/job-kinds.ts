/** What there is to run as jobs, by kind. A job is a plain value, as is what it comes to, so either can be sent to a thread; what runs it is loaded where it runs. */
import type * as E from 'fp-ts/lib/Either.js'
import type { EstimatedPart } from '../experiment/estimator-run.ts'
import type { Verdict } from '../experiment/golden/verdict.ts'
import type { Judgement, RecipeFailure } from '../experiment/recipe-run.ts'
import type { Reading } from '../learn/reading.ts'
import type { EstimationJob } from './estimation-job.ts'
import type { FigureJob, Finished } from './figure-job.ts'
import type { Judged, LawJob } from './law-job.ts'
import type { ReadingJob } from './reading-job.ts'
import type { OnShare } from './progress.ts'
import type { JudgingJob, SettlingJob } from './recipe-job.ts'
import type { RecordedJob } from './recorded-job.ts'
import type { UserError } from './request.ts'

/** Does a job. Left: a mistake of the user, which ends all jobs. */
export type RunJob<J, A> = (job: J, onShare: OnShare) => E.Either<UserError, A>

/** Jobs of each kind and what they come to. */
interface Kinds {
  readonly figure: readonly [job: FigureJob, result: Finished]
  readonly law: readonly [job: LawJob, result: Judged]
  readonly recorded: readonly [job: RecordedJob, result: Verdict]
  readonly reading: readonly [job: ReadingJob, result: readonly Reading[]]
  readonly estimation: readonly [job: EstimationJob, result: EstimatedPart]
  readonly settling: readonly [job: SettlingJob, result: E.Either<RecipeFailure, number>]
  readonly judging: readonly [job: JudgingJob, result: E.Either<RecipeFailure, Judgement>]
}

export type Kind = keyof Kinds
export type JobOf<K extends Kind> = Kinds[K][0]
export type ResultOf<K extends Kind> = Kinds[K][1]

export const kinds: { readonly [K in Kind]: () => Promise<RunJob<JobOf<K>, ResultOf<K>>> } = {
  figure: async () => (await import('./figure-job.ts')).runFigureJob,
  law: async () => (await import('./law-job.ts')).runLawJob,
  recorded: async () => (await import('./recorded-job.ts')).runRecordedJob,
  reading: async () => (await import('./reading-job.ts')).runReadingJob,
  estimation: async () => (await import('./estimation-job.ts')).runEstimationJob,
  settling: async () => (await import('./recipe-job.ts')).runSettlingJob,
  judging: async () => (await import('./recipe-job.ts')).runJudgingJob,
}
