/** Options that several commands take. */
import { option, optional } from 'cmd-ts'
import type { Given } from './command.ts'
import type { EngineName } from './engine.ts'
import { count, defaultSeed, durationType, engineType, real, seedType, sizesType, some } from './values.ts'

export const seed: Given<number> = option({
  long: 'seed', type: seedType, description: 'seed of everything random',
  defaultValue: () => defaultSeed, defaultValueIsSerializable: true,
})
export const out: Given<string> = option({
  long: 'out', type: some('--out', 'folder', 'leave it out for results'), description: 'folder for the result files',
  defaultValue: () => 'results', defaultValueIsSerializable: true,
})
export const data: Given<string | undefined> = option({
  long: 'data', type: optional(some('--data', 'folder', 'give the folder of the MNIST files')),
  description: 'folder with the four MNIST files, gzipped or not (else synthetic digits)',
})
/** `usual` is taken where none is named. */
export const engine = (usual: EngineName): Given<EngineName> => option({
  long: 'engine', type: engineType(usual), description: 'interpreter: reference, simd64, simd32 or simd32-fused',
  defaultValue: () => usual, defaultValueIsSerializable: true,
})

/** `what` is done side by side. */
export const threads = (what: string, usual = 'as many as there are cores'): Given<number | undefined> =>
  option({ long: 'threads', type: optional(count('--threads', 'take 2')), description: `${what} (${usual})` })

/** The numbers of a network that replace its own. */
export const hyperparameters: {
  readonly [name in 'beta' | 'T' | 'K' | 'dt' | 'batch']: Given<number | undefined>
} & { readonly sizes: Given<readonly number[] | undefined> } = {
  beta: option({ long: 'beta', type: optional(real('--beta', 'take 0.01')), description: 'strength of the nudge, above 0' }),
  T: option({ long: 'T', type: optional(count('--T', 'take 1000')), description: 'steps of the free phase' }),
  K: option({ long: 'K', type: optional(count('--K', 'take 20')), description: 'steps of the nudged phase and of BPTT' }),
  dt: option({ long: 'dt', type: optional(real('--dt', 'take 0.08')), description: 'step size ε in (0, 1]' }),
  batch: option({ long: 'batch', type: optional(count('--batch', 'take 20')), description: 'samples' }),
  sizes: option({ long: 'sizes', type: optional(sizesType), description: 'units per layer, input first, such as 784-512-10' }),
}

/** What remains of values some of which were not given. */
export const given = <A extends object>(values: A): { readonly [name in keyof A]?: NonNullable<A[name]> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { readonly [name in keyof A]?: NonNullable<A[name]> }

/** What commands take that use a trained network. */
export const trainedArgs: {
  readonly data: Given<string | undefined>
  readonly engine: Given<EngineName | undefined>
  readonly T: Given<number | undefined>
  readonly threads: Given<number | undefined>
} = {
  threads: threads('threads to divide digits among'),
  data: option({ long: 'data', type: optional(some('--data', 'folder', 'give the folder of the files')), description: 'folder with the four files of MNIST or Fashion-MNIST (else synthetic digits)' }),
  engine: option({ long: 'engine', type: optional(engineType('simd32')), description: "interpreter: reference, simd64, simd32 or simd32-fused (the run's)" }),
  T: option({ long: 'T', type: optional(count('--T', 'take 100')), description: "steps of the free phase (the run's)" }),
}

/** What commands take that run training runs in processes of their own. */
export const sweepArgs: { readonly threads: Given<number | undefined>; readonly budget: Given<number | undefined> } = {
  threads: threads('runs at a time, each a process'),
  budget: option({ long: 'time-budget', type: optional(durationType), description: 'time after which runs are saved and stopped, such as 90s, 30m or 8h' }),
}
