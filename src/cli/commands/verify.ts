/** `verify`: the laws. */
import { command, flag, option, optional } from 'cmd-ts'
import type { Command } from '../command.ts'
import { seed, threads } from '../options.ts'
import type { Request } from '../request.ts'
import { count, some, valued } from '../values.ts'

/** Of one law: hours for the quickest. */
const mostRuns = 1_000_000

export const verify: Command = command({
  name: 'verify',
  description: 'Check the laws on random instances; exit code 1 when one fails',
  args: {
    seed,
    runs: option({
      long: 'runs', type: optional(count('--runs', 'take 100', mostRuns)), description: 'instances per law (each law has its own number)',
    }),
    json: flag({ long: 'json', description: 'print {seed, laws: […]} only; NaN and infinities are strings' }),
    law: option({
      long: 'law', type: optional(some('--law', 'name', 'such as L5.energy-based')),
      description: 'one law, or all that begin with it, such as L5',
    }),
    path: option({
      long: 'path', description: 'replay one instance of one law, as a failure tells',
      type: optional(valued('--path', 'path', 'numbers joined by colons', 'copy it from the failure',
        (text) => (/^\d{1,7}(:\d{1,7})*$/.test(text) ? text : undefined))),
    }),
    mutant: option({
      long: 'mutant', type: optional(some('--mutant', 'fault', 'take one that --mutants lists')),
      description: 'judge the program with this seeded fault, which must fail',
    }),
    mutants: flag({ long: 'mutants', description: 'also check that every seeded fault is rejected' }),
    threads: threads('laws judged side by side'),
  },
  examples: [
    { description: 'one law on many instances', command: 'phifold verify --law L5.energy-based --runs 1000' },
    { description: 'that every law can fail', command: 'phifold verify --mutants' },
  ],
  handler: (args): Request => async (print, complain) => (await import('../verify.ts')).verify(args, print, complain),
})
