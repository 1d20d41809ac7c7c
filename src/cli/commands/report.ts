/** `report`: results on one page. */
import { command, option, optional, positional } from 'cmd-ts'
import type { Command } from '../command.ts'
import type { Request } from '../request.ts'
import { some } from '../values.ts'

export const report: Command = command({
  name: 'report',
  description: 'Put a folder of results on one HTML page that needs no network',
  args: {
    dir: positional({ type: some('report', 'folder', 'such as results'), displayName: 'folder', description: 'folder with the records figure-*.json' }),
    out: option({
      long: 'out', type: optional(some('--out', 'file', 'such as report.html')), description: 'the page to write (report.html in that folder)',
    }),
  },
  examples: [{ description: 'what phifold figure wrote', command: 'phifold report results' }],
  handler: (args): Request => async (print, complain) => (await import('../report.ts')).report(args, print, complain),
})
