/** `diagnose`: a model of the user's, walked through the hypotheses. */
import { command, flag, option, optional, positional } from 'cmd-ts'
import type { Command } from '../command.ts'
import { engine } from '../options.ts'
import type { Request } from '../request.ts'
import { some, valued } from '../values.ts'

export const diagnose: Command = command({
  name: 'diagnose',
  description: 'Why does EP not match BPTT? Walks the hypotheses for a model in your file; exit code 1 at the first that is broken. ' +
    'The default export is {dynamics, cost?, theta, x, y, T, K, beta, accuracy?, dt?, observed?}, or a function that is called with phifold and gives it',
  args: {
    file: positional({ type: some('diagnose', 'file', 'such as model.mjs'), displayName: 'file', description: 'module .js, .mjs or (from Node 22.18 on) .ts' }),
    json: flag({ long: 'json', description: 'print {verdict, hypothesis, where, cause, findings} only' }),
    engine: engine('simd64'),
    accuracy: option({
      long: 'accuracy', description: 'how near EP is to come to BPTT, relative to its size (0.01)',
      type: optional(valued('--accuracy', 'x', 'a number above 0 and below 1', 'take 0.01',
        (text) => (/^(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(text) && Number(text) > 0 && Number(text) < 1 ? Number(text) : undefined))),
    }),
  },
  examples: [{ description: 'a model of your own', command: 'phifold diagnose model.mjs' }],
  handler: (args): Request => async (print, complain) => (await import('../diagnose.ts')).diagnose(args, print, complain),
})
