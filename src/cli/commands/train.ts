/** `train`: a network of Table 1 on digits. */
import { command, flag, option, optional } from 'cmd-ts'
import type { Command } from '../command.ts'
import { given, hyperparameters, threads } from '../options.ts'
import type { Request } from '../request.ts'
import { digits, jobOptions, network } from '../training-options.ts'
import { count, engineType, real, some } from '../values.ts'

export const train: Command = command({
  name: 'train',
  description: 'Train a network of Table 1 on digits, by EP, BPTT or another estimator',
  args: {
    name: network,
    ...digits,
    out: option({ long: 'out', type: optional(some('--out', 'folder', 'leave it out for results/train-NAME')), description: 'folder for log, checkpoint and curves (results/train-NAME)' }),
    resume: flag({ long: 'resume', description: 'go on from the checkpoint in that folder, bit for bit as if never stopped' }),
    batches: option({ long: 'batches', type: optional(count('--batches', 'take 100')), description: 'stop after so many mini-batches' }),
    ...jobOptions,
    ...hyperparameters,
    engine: option({ long: 'engine', type: optional(engineType('simd32')), description: 'interpreter: reference, simd64, simd32 or simd32-fused (simd32)' }),
    threads: threads('threads to divide mini-batches among', 'as many as there are cores; one for P-1h, whose phases are short'),
    minutes: option({ long: 'checkpoint-minutes', type: optional(real('--checkpoint-minutes', 'take 5')), description: 'time between checkpoints (5); there is one after each epoch as well' }),
  },
  examples: [
    { description: "Table 1's numbers on real digits", command: 'phifold train P-1h --data path/to/mnist' },
    { description: 'a trial on synthetic ones', command: 'phifold train P-1h --batches 100' },
    { description: 'go on after an interruption', command: 'phifold train P-1h --data path/to/mnist --resume' },
  ],
  handler: ({ T, K, beta, dt, batch, sizes, ...rest }): Request => async (print, complain) =>
    (await import('../train.ts')).train({ ...rest, changes: given({ T, K, beta, epsilon: dt, batch, sizes }) }, print, complain)(),
})
