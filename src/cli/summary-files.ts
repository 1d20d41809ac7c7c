/** The files of a figure of bars. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Summary } from '../experiment/figures.ts'
import type { Measured } from '../experiment/record.ts'
import { summaryChart, summaryOf, summaryRows, summaryText } from '../experiment/summary.ts'
import { csvOf } from '../report/csv.ts'
import type { UserError } from './request.ts'
import type { Result } from './result-files.ts'
import { version } from './version.ts'

const columns = ['panel', 'quantity', 'estimate', 'rmse', 'spread'] as const

/** Left: a number that is not finite. */
export const summaryResult = (summary: Summary, figures: readonly Measured[]): E.Either<UserError, Result> => {
  const record = summaryOf(summary, version, figures)
  return pipe(
    summaryChart(record),
    E.flatMap((chart) => pipe(
      csvOf(columns, summaryRows(record)),
      E.map((csv) => ({ chart, csv, json: `${JSON.stringify(record, undefined, 2)}\n`, text: summaryText(record) })))))
}
