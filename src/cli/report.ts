/** `report`: one HTML page of a folder of results: the records figure-*.json, the logs of training runs in it and below it, other reports, and the pictures beside them. */
import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { decodeRecord } from '../experiment/record-schema.ts'
import { resultsPage } from '../experiment/results-page.ts'
import type { Result } from '../experiment/results-section.ts'
import { parseLog } from '../experiment/training-log.ts'
import type { TextResult } from '../experiment/text-section.ts'
import type { TrainingResult } from '../experiment/training-section.ts'
import { causeOf, codeOf } from './reason.ts'
import type { Print, UserError } from './request.ts'
import { readText } from './text-file.ts'
import { version } from './version.ts'
import { writeResults } from './write-results.ts'

export interface ReportRequest {
  /** Folder of the records. */
  readonly dir: string
  /** The page; report.html in that folder by default. */
  readonly out: string | undefined
}

const namesIn = (dir: string): E.Either<UserError, readonly string[]> => E.tryCatch(
  () => readdirSync(dir).sort(),
  (reason) => ({
    message: `${dir}: expected a folder of results, got none (${causeOf(reason)}); ${codeOf(reason) === 'ENOENT' ? `make one: phifold figure 2 --out ${dir}` : 'give one that can be read'}`,
  }))

/** The picture beside a stem, where there is one. */
const pictureIn = (dir: string, names: readonly string[], stem: string): E.Either<UserError, string | undefined> =>
  (names.includes(`${stem}.svg`) ? readText(join(dir, `${stem}.svg`)) : E.right(undefined))

const filesOf = (names: readonly string[], stem: string): readonly string[] =>
  ['json', 'svg', 'png', 'csv', 'txt'].map((kind) => `${stem}.${kind}`).filter((name) => names.includes(name))

const resultOf = (dir: string, names: readonly string[], json: string): E.Either<UserError, Result> => {
  const path = join(dir, json)
  const stem = json.slice(0, -'.json'.length)
  return pipe(
    readText(path),
    E.flatMap((text) => pipe(decodeRecord(text), E.mapLeft(({ message }): UserError =>
      ({ message: `${path}: ${message}; write it again with phifold figure or move it away` })))),
    E.bindTo('record'),
    E.bind('svg', () => pictureIn(dir, names, stem)),
    E.map(({ record, svg }) => ({ stem, record, svg, files: filesOf(names, stem) })))
}

/** Reports in words, by the record that stands beside each. */
const textOf = (dir: string, names: readonly string[], stem: string): E.Either<UserError, TextResult> => pipe(
  readText(join(dir, `${stem}.txt`)),
  E.bindTo('text'),
  E.bind('svg', () => pictureIn(dir, names, stem)),
  E.map((found) => ({ ...found, stem, files: filesOf(names, stem) })))

/** A folder with a log in it. */
const trainingOf = (dir: string, folder: string): E.Either<UserError, TrainingResult> => {
  const [path, picture] = [join(dir, folder, 'log.jsonl'), join(dir, folder, 'training.svg')]
  return pipe(
    readText(path),
    E.flatMap((text) => pipe(parseLog(text), E.mapLeft(({ message }): UserError => ({ message: `${path}: ${message}; it is no log of phifold train, so move it away` })))),
    E.bindTo('run'),
    E.bind('svg', (): E.Either<UserError, string | undefined> => (existsSync(picture) ? readText(picture) : E.right(undefined))),
    E.map((found) => ({ ...found, folder })))
}

interface Found {
  readonly results: readonly Result[]
  readonly trainings: readonly TrainingResult[]
  readonly texts: readonly TextResult[]
}

const foundIn = (dir: string): E.Either<UserError, Found> => pipe(
  namesIn(dir),
  E.bindTo('names'),
  E.bind('results', ({ names }) => pipe(
    names.filter((name) => /^figure-.+\.json$/.test(name)),
    E.traverseArray((json) => resultOf(dir, names, json)))),
  E.bind('trainings', ({ names }) => pipe(
    ['.', ...names].filter((folder) => existsSync(join(dir, folder, 'log.jsonl'))),
    E.traverseArray((folder) => trainingOf(dir, folder)))),
  E.bind('texts', ({ names }) => pipe(
    names.flatMap((name) => /^((?:recipe|compare|benchmark)-.+)\.json$/.exec(name)?.[1] ?? []).filter((stem) => names.includes(`${stem}.txt`)),
    E.traverseArray((stem) => textOf(dir, names, stem)))),
  E.filterOrElse(({ results, trainings, texts }) => results.length + trainings.length + texts.length > 0, (): UserError =>
    ({ message: `${dir}: expected records figure-*.json, training runs or other reports, got none; make one: phifold figure 2 --out ${dir}` })))

/** Writes the page and prints its name. Right: exit code 0. Left: no folder, no record in it, a malformed one, or no place to write. */
export const report = ({ dir, out = join(dir, 'report.html') }: ReportRequest, print: Print, complain: Print): E.Either<UserError, number> => pipe(
  foundIn(dir),
  E.tap(({ results }) => {
    results.filter(({ svg }) => svg === undefined).forEach(({ stem }) => complain(`phifold report: ${stem}.svg is missing; the page says so`))
    return E.right(undefined)
  }),
  E.flatMap(({ results, trainings, texts }) => writeResults(dirname(out), new Map([[basename(out), resultsPage(results, version, trainings, texts)]]))),
  E.map((paths) => {
    paths.forEach(print)
    return 0
  }),
  E.mapLeft(({ message }) => ({ message: `phifold report: ${message}` })))
