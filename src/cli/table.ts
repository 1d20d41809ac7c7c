/** `table`: the networks of the paper's Table 1, trained, beside its figures. */
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { paperTableCsv, paperTableJson, paperTableMarkdown, paperTableText, tableCells } from '../experiment/paper-table.ts'
import { checkedRun, runOf, type SweepRun } from '../experiment/sweep.ts'
import type { MethodName } from '../experiment/training-job.ts'
import type { EngineName } from './engine.ts'
import { given } from './options.ts'
import type { Print, UserError } from './request.ts'
import { codeOfEnd, digitsIn, runMissing } from './sweep.ts'
import { stateOf } from './sweep-folder.ts'
import { written } from './written.ts'

export interface TableRequest {
  readonly rows: readonly string[]
  readonly seeds: readonly number[]
  readonly methods: readonly MethodName[]
  readonly epochs: number | undefined
  readonly examples: number | undefined
  readonly engine: EngineName
  readonly data: string | undefined
  readonly out: string | undefined
  readonly threads: number | undefined
  /** Seconds. */
  readonly budget: number | undefined
}

/** One seed of every network by every method first, so that a short time gives a whole table. */
const runsOf = ({ rows, seeds, methods, epochs, examples, engine }: TableRequest, key: string): E.Either<UserError, readonly SweepRun[]> => pipe(
  seeds.flatMap((seed) => rows.flatMap((name) => methods.map((method) => runOf({ name, method, engine, ...given({ epochs, examples }) }, key, seed)))),
  E.traverseArray(checkedRun),
  E.mapLeft(({ message }) => ({ message: `--rows: ${message}` })))

/** Trains what is missing, prints and writes the table. Right: 0, 1 where a run failed, 130 after an interruption. */
export const table = (request: TableRequest, print: Print, complain: Print): TE.TaskEither<UserError, number> => {
  const { data, out = join('results', 'table-1') } = request
  return pipe(
    TE.fromEither(runsOf(request, '')),
    TE.flatMap(() => digitsIn(data)),
    TE.bindTo('digits'),
    TE.let('note', ({ digits: { set } }) => ({ origin: request.examples === undefined ? set : `the first ${request.examples} digits of ${set}`, synthetic: data === undefined })),
    TE.bind('runs', ({ digits: { key } }) => TE.fromEither(runsOf(request, key))),
    TE.tap(() => written(out, new Map())),
    TE.bind('end', ({ runs }) => runMissing(runs, out, request, print, complain)),
    TE.let('cells', ({ runs }) => tableCells(request.rows.flatMap((name) => runs.filter(({ job }) => job.name === name)).map((run) => stateOf(out, run)))),
    TE.bind('csv', ({ cells }) => TE.fromEither<UserError, string>(paperTableCsv(cells))),
    TE.bind('paths', ({ cells, csv, note }) => written(out, new Map([
      ['table-1.md', paperTableMarkdown(cells, note)], ['table-1.csv', csv], ['table-1.json', paperTableJson(cells, note)],
    ]))),
    TE.map(({ end, cells, paths, note }) => {
      ;['', paperTableText(cells, note), '', ...paths].forEach(print)
      return codeOfEnd(end)
    }),
    TE.mapLeft(({ message }) => ({ message: `phifold table: ${message}` })))
}
