/** `table`: Table 1 of the paper. */
import { command, option, optional, positional } from 'cmd-ts'
import { trainedNetworks } from '../../experiment/trained-network.ts'
import { type MethodName, methodNames } from '../../experiment/training-job.ts'
import type { Command } from '../command.ts'
import { data, engine, sweepArgs } from '../options.ts'
import type { Request } from '../request.ts'
import { count, oneOf, some, valued } from '../values.ts'

const networks = trainedNetworks.map(({ name }) => name)

/** Names joined by commas, each once. */
const list = <A extends string>(name: string, known: readonly A[]) => valued<readonly A[]>(name, 'names', `names among ${known.join(', ')}, joined by commas`, `such as ${known.slice(0, 2).join(',')}`, (text) => {
  const names = text.split(',').map((word) => known.find((one) => one === word))
  return names.every((one) => one !== undefined) ? [...new Set(names)] : undefined
})
const seedsType = valued<readonly number[]>('--seeds', 'seeds', 'whole numbers from 0 to 4294967295, joined by commas', 'such as 1,2,3', (text) => {
  const seeds = text.split(',').map((word) => (/^\d{1,10}$/.test(word) ? Number(word) : Infinity))
  return seeds.every((one) => one < 2 ** 32) ? [...new Set(seeds)] : undefined
})

export const table: Command = command({
  name: 'table',
  description: "Train the networks of the paper's Table 1 and put the errors beside the paper's; goes on where it was stopped",
  args: {
    number: positional({ type: oneOf('table', ['1']), displayName: 'number', description: '1' }),
    rows: option({ long: 'rows', type: list('--rows', networks), description: `networks (${networks.join(',')})`, defaultValue: () => networks }),
    methods: option({ long: 'methods', type: list<MethodName>('--methods', methodNames), description: 'estimators of the gradient (ep,bptt)', defaultValue: (): readonly MethodName[] => ['ep', 'bptt'] }),
    seeds: option({ long: 'seeds', type: seedsType, description: 'seeds (1,2,3)', defaultValue: () => [1, 2, 3] }),
    epochs: option({ long: 'epochs', type: optional(count('--epochs', 'take 10')), description: "passes over the digits (Table 1's)" }),
    examples: option({ long: 'examples', type: optional(count('--examples', 'take 6000')), description: 'digits to learn from, the first of the set (all)' }),
    engine: engine('simd32'),
    data,
    out: option({ long: 'out', type: optional(some('--out', 'folder', 'leave it out for results/table-1')), description: 'folder for a folder for each run, and table-1.md, .csv and .json (results/table-1)' }),
    ...sweepArgs,
  },
  examples: [{ description: 'half an hour of it', command: 'phifold table 1 --rows P-1h,EB-1h --data path/to/mnist --time-budget 30m' }],
  handler: (args): Request => async (print, complain) => (await import('../table.ts')).table(args, print, complain)(),
})
