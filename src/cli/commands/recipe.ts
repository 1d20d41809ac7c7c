/** `recipe`: T, K and β for the networks of Table 1. */
import { command, flag, option, optional, positional } from 'cmd-ts'
import type { Command } from '../command.ts'
import { data, engine, given, hyperparameters, out, seed, threads } from '../options.ts'
import type { Request } from '../request.ts'
import { count, oneOf, real, some } from '../values.ts'

export const recipe: Command = command({
  name: 'recipe',
  description: 'Do whole updates of EP and BPTT agree in sign? A tuning aid for T, K and β of the networks of Table 1',
  args: {
    name: positional({ type: some('network', 'network', 'such as P-1h'), displayName: 'network', description: 'EB-1h, EB-2h, P-1h, P-2h, P-3h, P-conv' }),
    seed,
    out,
    data,
    engine: engine('simd64'),
    threads: threads('threads to divide mini-batches among'),
    batches: option({
      long: 'batches', type: count('--batches', 'take 5'), description: 'mini-batches to judge', defaultValue: () => 5, defaultValueIsSerializable: true,
    }),
    ...hyperparameters,
    nudge: option({ long: 'nudge', type: optional(oneOf('--nudge', ['outer', 'inner'])), description: 'where a prototypical network is nudged (outer)' }),
    variant: option({
      long: 'variant', type: oneOf('--variant', ['exact', 'published']), description: "strict theory, or as the authors' program departs from it",
      defaultValue: () => 'exact' as const, defaultValueIsSerializable: true,
    }),
    search: flag({ long: 'search', description: 'find the smallest T and K and the largest β that will do; --T, --K and --beta bound it' }),
    tolerance: option({
      long: 'tolerance', type: optional(real('--tolerance', 'take 1e-6')), description: 'largest move per step that counts as settled (1e-6)',
    }),
    agreement: option({
      long: 'agreement', type: optional(real('--agreement', 'take 95')), description: 'agreement to search for, in per cent (95)',
    }),
  },
  examples: [
    { description: "Table 1's numbers on real digits", command: 'phifold recipe P-1h --data path/to/mnist' },
    { description: 'better ones', command: 'phifold recipe P-1h --search --nudge inner' },
  ],
  handler: ({ T, K, beta, dt, batch, sizes, ...rest }): Request => async (print, complain) => {
    const changes = given({ T, K, beta, epsilon: dt, batch, sizes })
    return (await import('../recipe.ts')).recipe({ ...rest, changes }, print, complain)()
  },
})
