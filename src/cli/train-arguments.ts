/** `train` on the command line. */
import { command, flag, option, optional, positional, type subcommands } from 'cmd-ts'
import { methodNames, type LossName, type MethodName } from '../experiment/training-job.ts'
import type { NudgePlace, Variant } from '../experiment/trained-network.ts'
import type { Hyperparameters } from '../experiment/figure.ts'
import type { Decay } from '../learn/schedule.ts'
import type { EngineName } from './engine.ts'
import { count, engineType, oneOf, real, seedType, sizesType, some, valued } from './values.ts'

/** What of a job is said; the rest is Table 1's, or a checkpoint's. */
export interface TrainRequest {
  readonly _tag: 'Train'
  readonly name: string
  readonly seed: number | undefined
  readonly data: string | undefined
  readonly out: string | undefined
  readonly engine: EngineName | undefined
  readonly method: MethodName | undefined
  readonly nudge: NudgePlace | undefined
  readonly loss: LossName | undefined
  readonly variant: Variant | undefined
  readonly changes: Partial<Hyperparameters>
  readonly rates: readonly number[] | undefined
  readonly epochs: number | undefined
  readonly optimiser: 'sgd' | 'momentum' | 'adam' | undefined
  readonly momentum: number | undefined
  readonly weightDecay: number | undefined
  readonly decay: Decay | undefined
  readonly unsettled: 'skip' | 'keep' | undefined
  readonly tolerance: number | undefined
  readonly shard: number | undefined
  readonly examples: number | undefined
  readonly batches: number | undefined
  readonly minutes: number | undefined
  readonly resume: boolean
}

const numbers = (text: string): readonly number[] | undefined =>
  (/^[\d.e+-]+(,[\d.e+-]+)*$/i.test(text) && text.split(',').every((one) => one !== '' && Number.isFinite(Number(one))) ? text.split(',').map(Number) : undefined)

const args = {
  name: positional({ type: some('network', 'network', 'such as P-1h'), displayName: 'network', description: 'EB-1h, EB-2h, P-1h, P-2h, P-3h, P-conv' }),
  data: option({ long: 'data', type: optional(some('--data', 'folder', 'give the folder of the files')), description: 'folder with the four files of MNIST or Fashion-MNIST, gzipped or not (else synthetic digits)' }),
  out: option({ long: 'out', type: optional(some('--out', 'folder', 'leave it out for results/train-NAME')), description: 'folder for log, checkpoint and curves (results/train-NAME)' }),
  resume: flag({ long: 'resume', description: 'go on from the checkpoint in that folder, bit for bit as if never stopped' }),
  epochs: option({ long: 'epochs', type: optional(count('--epochs', 'take 10')), description: "passes over the digits (Table 1's)" }),
  batches: option({ long: 'batches', type: optional(count('--batches', 'take 100')), description: 'stop after so many mini-batches' }),
  examples: option({ long: 'examples', type: optional(count('--examples', 'take 6000')), description: 'digits to learn from, the first of the set (all)' }),
  seed: option({ long: 'seed', type: optional(seedType), description: 'of the weights, the order of the digits, and synthetic digits' }),
  method: option({ long: 'method', type: optional(oneOf('--method', methodNames)), description: 'estimator of the gradient (ep)' }),
  nudge: option({ long: 'nudge', type: optional(oneOf('--nudge', ['outer', 'inner'])), description: 'where a prototypical network is nudged (outer)' }),
  loss: option({ long: 'loss', type: optional(oneOf('--loss', ['squared', 'cross-entropy'])), description: 'cost: squared error, or cross-entropy of a softmax readout of the last layer (squared)' }),
  variant: option({ long: 'variant', type: optional(oneOf('--variant', ['exact', 'published'])), description: "strict theory, or as the authors' program departs from it (exact)" }),
  T: option({ long: 'T', type: optional(count('--T', 'take 30')), description: 'steps of the free phase' }),
  K: option({ long: 'K', type: optional(count('--K', 'take 10')), description: 'steps of the nudged phase and of BPTT' }),
  beta: option({ long: 'beta', type: optional(real('--beta', 'take 0.1')), description: 'strength of the nudge, above 0' }),
  dt: option({ long: 'dt', type: optional(real('--dt', 'take 0.2')), description: 'step size ε in (0, 1]' }),
  batch: option({ long: 'batch', type: optional(count('--batch', 'take 20')), description: 'digits of a mini-batch' }),
  sizes: option({ long: 'sizes', type: optional(sizesType), description: 'units per layer, input first, such as 784-256-10' }),
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
  shard: option({ long: 'shard', type: optional(count('--shard', 'take 10')), description: 'digits that are evaluated together (the mini-batch with one hidden layer, else 12); it changes the last bits of results, the number of threads does not' }),
  engine: option({ long: 'engine', type: optional(engineType), description: 'interpreter: reference, simd64 or simd32 (simd32)' }),
  minutes: option({ long: 'checkpoint-minutes', type: optional(real('--checkpoint-minutes', 'take 5')), description: 'time between checkpoints (5); there is one after each epoch as well' }),
}

type Command = Parameters<typeof subcommands>[0]['cmds'][string] & { readonly handler: (values: never) => TrainRequest }

export const trainCommand: Command = command({
  name: 'train',
  description: 'Train a network of Table 1 on digits, by EP, BPTT or another estimator',
  args,
  examples: [
    { description: "Table 1's numbers on real digits", command: 'phifold train P-1h --data path/to/mnist' },
    { description: 'a trial on synthetic ones', command: 'phifold train P-1h --batches 100' },
    { description: 'go on after an interruption', command: 'phifold train P-1h --data path/to/mnist --resume' },
  ],
  handler: ({ T, K, beta, dt, batch, sizes, ...rest }): TrainRequest => {
    const given = Object.entries({ T, K, beta, epsilon: dt, batch, sizes }).filter(([, value]) => value !== undefined)
    return { _tag: 'Train', ...rest, changes: Object.fromEntries(given) }
  },
})
