/** Writes a figure of bars. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { barChart, barRows, barText } from '../experiment/bars.ts'
import type { BarsRecord } from '../experiment/record.ts'
import { csvOf } from '../report/csv.ts'
import type { Print, UserError } from './request.ts'
import { filesOf, type Result, type Written } from './result-files.ts'
import { written } from './written.ts'

const columns = ['panel', 'group', 'series', 'rmse', 'spread'] as const

const resultOf = (record: BarsRecord): E.Either<UserError, Result> => pipe(
  barChart(record),
  E.flatMap((chart) => pipe(
    csvOf(columns, barRows(record)),
    E.map((csv) => ({ chart, csv, json: `${JSON.stringify(record, undefined, 2)}\n`, text: barText(record) })))))

/** Writes figure-NAME.svg, .png, .csv, .json and .txt. Left: a number that is not finite, or a folder that cannot be written to. */
export const writtenBars = (out: string, record: BarsRecord, complain: Print): TE.TaskEither<UserError, Written> => pipe(
  TE.fromEither(resultOf(record)),
  TE.bindTo('result'),
  TE.bind('made', ({ result }) => TE.fromTask(() => filesOf(`figure-${record.figure}`, result))),
  TE.bind('paths', ({ made }) => written(out, made.files)),
  TE.map(({ result, made, paths }) => {
    made.missing.forEach(complain)
    return { text: result.text, paths }
  }))
