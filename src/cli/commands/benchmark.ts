/** `benchmark`: an estimator against BPTT in training. */
import { command, option, optional } from 'cmd-ts'
import type { Command } from '../command.ts'
import { engine, given, hyperparameters, out, threads } from '../options.ts'
import type { Request } from '../request.ts'
import { digits, jobOptions, network } from '../training-options.ts'
import { count } from '../values.ts'

export const benchmark: Command = command({
  name: 'benchmark',
  description: 'Train by EP (or --method) and by BPTT from one start on the same mini-batches, and follow the cosine of their gradients',
  args: {
    name: network,
    ...digits,
    out,
    batches: option({ long: 'batches', type: optional(count('--batches', 'take 100')), description: 'stop after so many mini-batches' }),
    every: option({ long: 'every', type: optional(count('--every', 'take 100')), description: 'mini-batches between two comparisons (a tenth of an epoch, or of the run)' }),
    ...jobOptions,
    ...hyperparameters,
    engine: engine('simd32'),
    threads: threads('threads to divide mini-batches among', 'as many as there are cores; one for P-1h, whose phases are short'),
  },
  examples: [{ description: 'one epoch on real digits', command: 'phifold benchmark P-1h --data path/to/mnist --epochs 1' }],
  handler: ({ T, K, beta, dt, batch, sizes, ...rest }): Request => async (print, complain) =>
    (await import('../benchmark.ts')).benchmark({ ...rest, changes: given({ T, K, beta, epsilon: dt, batch, sizes }) }, print, complain)(),
})
