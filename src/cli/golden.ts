/**
 * `golden`: recorded numbers of the authors' program, recomputed and compared. Reads files and folders, prints one line
 * per case.
 */
import { readdir, stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { Verdict } from '../experiment/golden/verdict.ts'
import { type EngineName, isSingle } from './engine.ts'
import { progress } from './progress.ts'
import { causeOf } from './reason.ts'
import type { Print } from './request.ts'
import { inOrder, runJobs } from './threads.ts'

export interface GoldenRequest {
  readonly paths: readonly string[]
  readonly engine: EngineName
  /** Cases recomputed side by side; as many as there are cores by default. */
  readonly threads: number | undefined
}

/**
 * Checks every case named: files, and all *.json of folders, in order of their names. One line per case goes to `out`,
 * with the largest difference of each quantity; failed numbers follow, indented. Anything unreadable goes to `err`, one
 * line each.
 *
 * Resolves to the exit code: 0, all within tolerance or skipped; 1, something beyond tolerance; 2, something unreadable or
 * malformed, or no case found.
 */
export const golden = async (
  { paths, engine, threads }: GoldenRequest, out: Print, err: Print = (line) => process.stderr.write(`${line}\n`),
): Promise<number> => {
  let [passed, failed, skipped, unreadable] = [0, 0, 0, 0]
  const complain = (message: string) => {
    unreadable += 1
    err(`phifold golden: ${message}`)
  }
  if (isSingle(engine)) {
    complain(`--engine: expected reference or simd64, since what was recorded are doubles, got ${engine}; leave it out for simd64`)
    return 2
  }
  const found = await Promise.all(paths.map(casesAt))
  const files = found.flatMap((at) => (typeof at === 'string' ? [] : at))
  found.forEach((at) => { if (typeof at === 'string') complain(at) })
  // Lines on a terminal are progress enough.
  const bar = process.stdout.isTTY ? undefined : progress('golden', files.length)
  const told = inOrder<Verdict>((_, verdict) => {
    if (verdict._tag === 'Unreadable') complain(verdict.message)
    else if (verdict._tag === 'Skipped') skipped += 1
    else if (verdict.passed) passed += 1
    else failed += 1
    show(verdict).forEach((line) => out(line))
    bar?.advance(passed + failed + skipped + unreadable)
  })
  const finished = await runJobs('recorded', files.map((file) => ({ file, engine })), threads ?? availableParallelism(), { onShare: () => undefined, onDone: told })
  bar?.end()
  if (E.isLeft(finished)) complain(finished.left.message)
  if (passed + failed + skipped + unreadable === 0)
    complain(paths.length === 0
      ? 'expected a folder or files of recorded cases, got none'
      : `no case found in ${paths.join(', ')}; expected files *.json`)
  if (passed + failed + skipped > 0) out(`${passed} passed, ${failed} failed, ${skipped} skipped`)
  return unreadable > 0 ? 2 : failed > 0 ? 1 : 0
}

/** The files to read at a path, or why there are none. */
const casesAt = async (path: string): Promise<readonly string[] | string> => {
  try {
    if (!(await stat(path)).isDirectory()) return [path]
    return (await readdir(path)).filter((name) => name.endsWith('.json')).sort().map((name) => join(path, name))
  } catch (error) {
    return `${path}: cannot be read (${causeOf(error)}); expected a folder or a file of recorded cases`
  }
}

/** At most so many failed numbers are shown of one case. */
const SHOWN = 5

const show = (verdict: Verdict): readonly string[] => {
  if (verdict._tag === 'Unreadable') return []
  if (verdict._tag === 'Skipped') return [`${verdict.name}  skipped (${verdict.reason})`]
  const { name, passed, quantities, failures } = verdict
  const parts = quantities.map(([quantity, difference]) =>
    `${quantity} ${difference === 0 ? '0' : difference.toExponential(0)}`)
  return [
    [name, ...parts, passed ? 'ok' : 'FAILED'].join('  '),
    ...failures.slice(0, SHOWN).map((line) => `    ${line}`),
    ...(failures.length > SHOWN ? [`    and ${failures.length - SHOWN} more`] : []),
  ]
}
