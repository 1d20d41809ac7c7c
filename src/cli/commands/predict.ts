/** `predict`: what a trained network tells of digits. */
import { command, option, optional, positional } from 'cmd-ts'
import type { Command } from '../command.ts'
import { trainedArgs } from '../options.ts'
import type { Request } from '../request.ts'
import { count, some } from '../values.ts'

export const predict: Command = command({
  name: 'predict',
  description: 'Show the digits that a trained network misreads, or read digits of your own',
  args: {
    dir: positional({ type: some('folder', 'folder', 'such as results/train-P-1h'), displayName: 'folder', description: 'folder of phifold train' }),
    ...trainedArgs,
    file: option({ long: 'file', type: optional(some('--file', 'file', 'such as digits.npy')), description: 'npy array of digits, (n, 784) or (n, 28, 28), 0 to 1 or 0 to 255: tells each, as CSV' }),
    out: option({ long: 'out', type: optional(some('--out', 'file', 'such as misread.png')), description: 'picture of misread digits, .png or .svg; with --file a .csv (else printed)' }),
    count: option({ long: 'count', type: optional(count('--count', 'take 60')), description: 'misread digits to show at most (60)' }),
  },
  examples: [
    { description: 'a sheet of misread digits', command: 'phifold predict results/train-P-1h --data path/to/mnist --out misread.png' },
    { description: 'digits of your own', command: 'phifold predict results/train-P-1h --file digits.npy --out told.csv' },
  ],
  handler: (args): Request => async (print) => (await import('../predict.ts')).predict(args, print)(),
})
