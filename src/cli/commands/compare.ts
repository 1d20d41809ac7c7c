/** `compare`: estimators of the gradient. */
import { command, flag, option } from 'cmd-ts'
import { estimatorForms } from '../../experiment/estimator-names.ts'
import type { Command } from '../command.ts'
import { data, engine, hyperparameters, out, seed, threads } from '../options.ts'
import type { Request } from '../request.ts'
import { namesType, some } from '../values.ts'

export const compare: Command = command({
  name: 'compare',
  description: 'Hold estimators of the gradient against the exact limit: EP in all its forms, BPTT, RBP, the implicit derivative',
  args: {
    estimators: option({
      long: 'estimators', type: namesType, description: `names joined by commas, of ${estimatorForms}`,
      defaultValue: () => ['bptt', 'ep:0.01', 'centered:0.01', 'holomorphic:6:0.01'], defaultValueIsSerializable: true,
    }),
    network: option({
      long: 'network', type: some('--network', 'network', 'take toy, P-1h, EB-1h or sizes such as 4-8-3'), description: 'toy, P-1h, EB-1h, or the sizes of an energy-based one',
      defaultValue: () => 'toy', defaultValueIsSerializable: true,
    }),
    seed,
    out,
    data,
    engine: engine('simd64'),
    threads: threads('threads to divide estimators among'),
    T: hyperparameters.T,
    K: hyperparameters.K,
    batch: hyperparameters.batch,
    noSweep: flag({ long: 'no-sweep', description: 'leave out the sweep of β from 1e-6 to 1, with the picture of the errors and their fitted orders' }),
  },
  examples: [
    { description: 'orders of the error', command: 'phifold compare --estimators bptt,ep:0.01,centered:0.01,holomorphic:6:0.1' },
    { description: 'all that there are', command: 'phifold compare --network 4-8-3 --estimators bptt,rbp,implicit:1e-10,tangent,ep:0.01,random:0.01:7,continual:0.01:1e-6,vector-field:0.01' },
  ],
  handler: ({ noSweep, ...args }): Request => async (print, complain) => (await import('../compare.ts')).compare({ ...args, sweep: !noSweep }, print, complain)(),
})
