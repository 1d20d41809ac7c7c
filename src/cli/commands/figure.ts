/** `figure`: the paper's figures. */
import { command, flag, option, optional, positional } from 'cmd-ts'
import type { Command } from '../command.ts'
import { data, engine, given, hyperparameters, out, seed, threads as threadsFor } from '../options.ts'
import type { Request } from '../request.ts'
import { activationType, figureType, knownFigures, oneOf, variantType } from '../values.ts'

export const figure: Command = command({
  name: 'figure',
  description: 'Reproduce a figure of the paper: EP against BPTT, as SVG, PNG, CSV, JSON and text',
  args: {
    number: positional({ type: figureType, displayName: 'number', description: `figure of the paper: ${knownFigures.join(', ')}; all, or departures` }),
    seed,
    out,
    data,
    ...hyperparameters,
    activation: option({
      long: 'activation', type: optional(activationType), description: 'one for all layers, or one for each joined by commas, such as tanh,sigm',
    }),
    clamp: flag({ long: 'clamp', description: 'clip states to [0, 1] after each step' }),
    variant: option({
      long: 'variant', type: variantType, description: 'exact, published or departures from theory joined by commas (docs/theory.md §12)',
      defaultValue: () => ['exact'], defaultValueIsSerializable: true,
    }),
    engine: engine('simd64'),
    unsettled: option({
      long: 'unsettled', type: optional(oneOf('--unsettled', ['replace', 'keep'])),
      description: 'digits that do not settle: replace them by the next drawn (exact), or keep them (other variants)',
    }),
    threads: threadsFor('figures run side by side'),
  },
  examples: [
    { description: 'the toy network', command: 'phifold figure 2' },
    { description: 'a real mini-batch', command: 'phifold figure 8 --data path/to/mnist' },
    { description: 'every figure', command: 'phifold figure all --data path/to/mnist' },
  ],
  handler: ({ number: which, seed: from, out: folder, data: dir, variant, engine: name, unsettled, threads, dt, clamp, ...rest }): Request => async (print, complain) => {
    const changes = given({ ...rest, epsilon: dt, clamp: clamp || undefined })
    return (await import('../figure.ts')).figure(
      { which, seed: from, out: folder, data: dir, variant, engine: name, unsettled, threads, changes }, print, complain)()
  },
})
