/** `evaluate`: the test of a trained network. */
import { command, option, optional, positional } from 'cmd-ts'
import type { Command } from '../command.ts'
import { trainedArgs } from '../options.ts'
import type { Request } from '../request.ts'
import { some } from '../values.ts'

export const evaluate: Command = command({
  name: 'evaluate',
  description: 'Test a network that was trained: error, what is taken for what, how settled its states are',
  args: {
    dir: positional({ type: some('folder', 'folder', 'such as results/train-P-1h'), displayName: 'folder', description: 'folder of phifold train' }),
    ...trainedArgs,
    out: option({ long: 'out', type: optional(some('--out', 'folder', 'leave it out for the folder itself')), description: 'folder for evaluation.txt, .json, .svg and .png (the folder itself)' }),
  },
  examples: [{ description: 'on the test digits of MNIST', command: 'phifold evaluate results/train-P-1h --data path/to/mnist' }],
  handler: (args): Request => async (print, complain) => (await import('../evaluate.ts')).evaluate(args, print, complain)(),
})
