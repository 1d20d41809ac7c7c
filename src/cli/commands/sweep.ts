/** `sweep`: many training runs from one description. */
import { command, flag, option, optional, positional } from 'cmd-ts'
import type { Command } from '../command.ts'
import { data, sweepArgs } from '../options.ts'
import type { Request } from '../request.ts'
import { some, valued } from '../values.ts'
import type { Shard } from '../sweep.ts'

const shardType = valued<Shard>('--shard', 'i/n', 'i/n, with i from 1 to n', 'take 1/4', (text) => {
  const [, index = 0, of = 0] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []).map(Number)
  return index >= 1 && index <= of ? { index, of } : undefined
})

export const sweep: Command = command({
  name: 'sweep',
  description: 'Run many training runs, those that are not finished yet; one summary of all',
  args: {
    file: positional({ type: some('file', 'file', 'such as grid.json'), displayName: 'file', description: 'JSON with base, grid and runs; see docs/sweeps.md' }),
    data,
    out: option({ long: 'out', type: optional(some('--out', 'folder', 'leave it out for results/sweep-NAME')), description: 'folder for a folder for each run, summary.csv and summary.json (results/sweep-NAME)' }),
    shard: option({ long: 'shard', type: optional(shardType), description: 'run part i of n only, from 1: for arrays of jobs on a cluster' }),
    ...sweepArgs,
    summary: flag({ long: 'summary', description: 'write the summary of what is there, run nothing' }),
  },
  examples: [
    { description: 'on all cores', command: 'phifold sweep grid.json --data path/to/mnist' },
    { description: 'in a Slurm array 1-8', command: 'phifold sweep grid.json --data path/to/mnist --shard $SLURM_ARRAY_TASK_ID/8' },
  ],
  handler: (args): Request => async (print, complain) => (await import('../sweep.ts')).sweep(args, print, complain)(),
})
