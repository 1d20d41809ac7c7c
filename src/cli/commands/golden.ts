/** `golden`: recorded numbers of the authors' program. */
import { command, restPositionals } from 'cmd-ts'
import * as E from 'fp-ts/lib/Either.js'
import type { Command } from '../command.ts'
import { engine, threads } from '../options.ts'
import type { Request } from '../request.ts'
import { some } from '../values.ts'

export const golden: Command = command({
  name: 'golden',
  description: "Recompute recorded numbers of the authors' program; exit code 1 beyond tolerance",
  args: {
    paths: restPositionals({
      type: some('golden', 'path', 'give folders or files'), displayName: 'path', description: 'folders or JSON files',
    }),
    engine: engine('simd64'),
    threads: threads('cases recomputed side by side'),
  },
  handler: (request): Request => async (print, complain) => E.right(await (await import('../golden.ts')).golden(request, print, complain)),
})
