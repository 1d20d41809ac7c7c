/** Options that make a training job: those of `train` and of what else trains. */
import { option, optional, positional } from 'cmd-ts'
import type { NudgePlace, Variant } from '../experiment/trained-network.ts'
import { type LossName, type MethodName, methodNames } from '../experiment/training-job.ts'
import type { Decay } from '../learn/schedule.ts'
import type { Given } from './command.ts'
import { count, oneOf, real, seedType, some, valued } from './values.ts'

const numbers = (text: string): readonly number[] | undefined =>
  (/^[\d.e+-]+(,[\d.e+-]+)*$/i.test(text) && text.split(',').every((one) => one !== '' && Number.isFinite(Number(one))) ? text.split(',').map(Number) : undefined)

type Maybe<A> = Given<A | undefined>

export const network: ReturnType<typeof positional<{ readonly from: (text: string) => Promise<string> }>> =
  positional({ type: some('network', 'network', 'such as P-1h'), displayName: 'network', description: 'EB-1h, EB-2h, P-1h, P-2h, P-3h, P-conv' })

export const digits: { readonly [name in 'data']: Maybe<string> } & { readonly [name in 'examples' | 'tests']: Maybe<number> } = {
  data: option({ long: 'data', type: optional(some('--data', 'folder', 'give the folder of the files')), description: 'folder with the four files of MNIST or Fashion-MNIST, gzipped or not (else synthetic digits)' }),
  examples: option({ long: 'examples', type: optional(count('--examples', 'take 6000')), description: 'digits to learn from, the first of the set (all)' }),
  tests: option({ long: 'tests', type: optional(count('--tests', 'take 1000')), description: 'digits to be tested on, the first of the set (all)' }),
}

export const jobOptions: { readonly [name in 'epochs' | 'seed' | 'points' | 'momentum' | 'weightDecay' | 'tolerance' | 'shard']: Maybe<number> } & {
  readonly nudge: Maybe<NudgePlace>
  readonly loss: Maybe<LossName>
  readonly variant: Maybe<Variant>
  readonly rates: Maybe<readonly number[]>
  readonly optimiser: Maybe<'sgd' | 'momentum' | 'adam'>
  readonly decay: Maybe<Decay>
  readonly unsettled: Maybe<'skip' | 'keep'>
  readonly method: Maybe<MethodName>
} = {
  epochs: option({ long: 'epochs', type: optional(count('--epochs', 'take 10')), description: "passes over the digits (Table 1's)" }),
  seed: option({ long: 'seed', type: optional(seedType), description: 'of the weights, the order of the digits, and synthetic digits' }),
  method: option({ long: 'method', type: optional(oneOf('--method', methodNames)), description: 'estimator of the gradient (ep)' }),
  points: option({ long: 'points', type: optional(count('--points', 'take 4')), description: 'nudges of --method holomorphic, around a circle of radius β (4)' }),
  nudge: option({ long: 'nudge', type: optional(oneOf('--nudge', ['outer', 'inner'])), description: 'where a prototypical network is nudged (outer)' }),
  loss: option({ long: 'loss', type: optional(oneOf('--loss', ['squared', 'cross-entropy'])), description: 'cost: squared error, or cross-entropy of a softmax readout of the last layer (squared)' }),
  variant: option({ long: 'variant', type: optional(oneOf('--variant', ['exact', 'published'])), description: "strict theory, or as the authors' program departs from it (exact)" }),
  rates: option({
    long: 'rates', description: "learning rates by layer, next to the input first (Table 1's)",
    type: optional(valued('--rates', 'rates', 'numbers joined by commas', 'write them next to the input first, such as 0.08,0.04', numbers)),
  }),
  optimiser: option({ long: 'optimiser', type: optional(oneOf('--optimiser', ['sgd', 'momentum', 'adam'])), description: 'how steps are made of gradients (sgd)' }),
  momentum: option({ long: 'momentum', type: optional(real('--momentum', 'take 0.9')), description: 'what --optimiser momentum keeps of its velocity (0.9)' }),
  weightDecay: option({ long: 'weight-decay', type: optional(real('--weight-decay', 'take 0.0001')), description: 'pull of weights towards 0, times the rate (0)' }),
  decay: option({
    long: 'decay', description: 'factor of the rates after each epoch, or cosine, which takes them to 0 (1)',
    type: optional(valued<Decay>('--decay', 'x|cosine', 'a factor above 0 and at most 1, or cosine', 'take 0.97',
      (text) => (text === 'cosine' ? text : /^(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(text) && Number(text) > 0 && Number(text) <= 1 ? Number(text) : undefined))),
  }),
  unsettled: option({ long: 'unsettled', type: optional(oneOf('--unsettled', ['skip', 'keep'])), description: 'digits that have not settled: leave them out of the update, or keep them (keep)' }),
  tolerance: option({ long: 'tolerance', type: optional(real('--tolerance', 'take 1e-4')), description: 'largest move in the last step that counts as settled (β/1000)' }),
  shard: option({ long: 'shard', type: optional(count('--shard', 'take 10')), description: 'digits of which a gradient is formed together (the mini-batch by ep, centered and random-sign and where its update costs more than its phases, else half of it); it changes the last bits of results, the number of threads does not' }),
}
