/** Results put in place as a task: see write-results.ts. */
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { UserError } from './request.ts'
import { checkFolder, writeResults } from './write-results.ts'

/** Plain name → content. */
export type Files = ReadonlyMap<string, string | Uint8Array>

/** Holds Ctrl-C back while files are put in place, so that a set of results is never cut in two. */
const uninterrupted = <A>(act: () => A): A => {
  const stop = (): never => process.exit(130)
  process.on('SIGINT', stop).on('SIGTERM', stop)
  try {
    return act()
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}

/** Makes the folder and tries whether files can be put there: to be known before the work, not after it. */
export const writable = (dir: string): TE.TaskEither<UserError, void> => TE.fromIOEither(() => checkFolder(dir))

/** Puts result files in place, all of them or none. Right: their paths. */
export const written = (dir: string, files: Files): TE.TaskEither<UserError, readonly string[]> =>
  TE.fromIOEither(() => uninterrupted(() => writeResults(dir, files)))
