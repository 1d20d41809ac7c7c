/** `start`: the laws, then figure 2. */
import { command } from 'cmd-ts'
import type { Command } from '../command.ts'
import { engine, out, seed, threads } from '../options.ts'
import type { Request } from '../request.ts'

export const start: Command = command({
  name: 'start',
  description: 'Check the laws, then reproduce figure 2',
  args: { seed, out, engine: engine('simd64'), threads: threads('laws judged side by side') },
  handler: (args): Request => async (print, complain) => (await import('../start.ts')).start(args, print, complain),
})
