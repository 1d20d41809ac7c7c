/** `start`: the laws, then figure 2. */
import { command } from 'cmd-ts'
import type { Command } from '../command.ts'
import { out, seed } from '../options.ts'
import type { Request } from '../request.ts'

export const start: Command = command({
  name: 'start',
  description: 'Check the laws, then reproduce figure 2',
  args: { seed, out },
  handler: ({ seed: from, out: folder }): Request => async (print, complain) => (await import('../start.ts')).start(from, folder, print, complain),
})
