/** `audit`: the table from equations to laws and tests. */
import { command, option, optional } from 'cmd-ts'
import type { Command } from '../command.ts'
import type { Request } from '../request.ts'
import { some } from '../values.ts'

export const audit: Command = command({
  name: 'audit',
  description: 'Print the table from equations to laws and tests (docs/audit.md)',
  args: {
    write: option({
      long: 'write', type: optional(some('--write', 'file', 'such as docs/audit.md')), description: 'write it to this file instead',
    }),
  },
  handler: ({ write }): Request => async (print) => (await import('../audit.ts')).audit(write, print),
})
