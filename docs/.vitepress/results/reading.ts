/** All that the page of results shows, from the files of docs/results. Effects: reads them. */
import { readFileSync } from 'node:fs'
import { summaryOf } from './figures.ts'
import { inOrder, type Shown, shownOf } from './records.ts'
import { isFields, type ShownTable } from './shape.ts'

/** A picture's file without its ending, and its size. */
export interface Picture {
  readonly stem: string
  readonly width: number
  readonly height: number
}

export interface Results {
  readonly summary: ShownTable
  readonly records: readonly Shown[]
  readonly pictures: readonly Picture[]
}

/** A file's path within docs/results, without its ending. */
export const stemOf = (path: string): string => path.replace(/^.*\bdocs\/results\//, '').replace(/\.\w+$/, '')

/** The size that an SVG file says it has; undefined where it says none. */
export const sizeOf = (svg: string): Omit<Picture, 'stem'> | undefined => {
  const [, width, height] = /<svg\b[^>]*? width="([\d.]+)"[^>]*? height="([\d.]+)"/.exec(svg) ?? []
  return width === undefined || height === undefined ? undefined : { width: Number(width), height: Number(height) }
}

/** Throws SyntaxError, with the file's name, at a record that is no JSON. */
const recordIn = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new SyntaxError(`${path}: expected JSON`, { cause })
  }
}

export const resultsOf = (paths: readonly string[]): Results => {
  const found = inOrder(paths.filter((path) => path.endsWith('.json')).map((path) => ({ stem: stemOf(path), file: recordIn(path) })))
  return {
    summary: summaryOf(found.flatMap(({ file }) => (isFields(file) ? [file] : []))),
    records: found.flatMap(({ stem, file }) => shownOf(stem, file) ?? []),
    pictures: paths.filter((path) => path.endsWith('.svg')).flatMap((path) => {
      const size = sizeOf(readFileSync(path, 'utf8'))
      return size === undefined ? [] : [{ stem: stemOf(path), ...size }]
    }),
  }
}
