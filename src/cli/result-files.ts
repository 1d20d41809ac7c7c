/** A result's files: a chart as SVG and PNG beside its numbers and its text, all of them or none. */
import * as E from 'fp-ts/lib/Either.js'
import type { Chart } from '../report/chart.ts'
import { svgOf } from '../report/svg.ts'
import { pngOf } from './png.ts'
import type { UserError } from './request.ts'
import type { Files } from './written.ts'

/** What is written of one result. */
export interface Result {
  readonly chart: Chart
  readonly csv: string
  readonly json: string
  /** Without a final newline. */
  readonly text: string
}

/** Files by name, and a line about each picture that the optional packages are missing for. */
export interface Made {
  readonly files: Files
  readonly missing: readonly string[]
}

/** name.svg, .png, .csv, .json and .txt. */
export const filesOf = async (name: string, { chart, csv, json, text }: Result): Promise<Made> => {
  const svg = await svgOf(chart)
  const png = E.isRight(svg) ? await pngOf(svg.right, { scale: 2 }) : svg
  const pictures: readonly (readonly [string, E.Either<UserError, string | Uint8Array>])[] =
    [[`${name}.svg`, svg], [`${name}.png`, png]]
  return {
    files: new Map<string, string | Uint8Array>([
      ...pictures.flatMap(([file, picture]) => (E.isRight(picture) ? [[file, picture.right] as const] : [])),
      [`${name}.csv`, csv], [`${name}.json`, json], [`${name}.txt`, `${text}\n`],
    ]),
    missing: pictures.flatMap(([file, picture]) => (E.isLeft(picture) ? [`${file} not drawn: ${picture.left.message}`] : [])),
  }
}

/** What was written of a result: its text, and the paths. */
export interface Written {
  readonly text: string
  readonly paths: readonly string[]
}
