/** The command that does a training run once more. It says what is not Table 1's or a default, and names no place of the machine that it ran on. */
import type { TrainingJob } from './training-job.ts'
import type { StartRecord } from './training-state.ts'

const listed = (values: readonly number[] | undefined, joint: string): string | undefined => values?.join(joint)

/** Options in the order of the program's help, undefined where they are left out. */
const optionsOf = ({ seed, method, points, nudge, loss, variant, changes, rates, epochs, optimiser: { name, momentum }, weightDecay, decay, unsettled, tolerance, shard }: TrainingJob): Readonly<Record<string, string | number | undefined>> => ({
  epochs, seed,
  method: method === 'ep' ? undefined : method, points, nudge,
  loss: loss === 'squared' ? undefined : loss, variant: variant === 'exact' ? undefined : variant,
  rates: listed(rates, ','),
  optimiser: name === 'sgd' ? undefined : name, momentum: name === 'momentum' ? momentum : undefined,
  'weight-decay': weightDecay === 0 ? undefined : weightDecay, decay: decay === 1 ? undefined : decay,
  unsettled: unsettled === 'keep' ? undefined : unsettled, tolerance, shard,
  beta: changes.beta, T: changes.T, K: changes.K, dt: changes.epsilon, batch: changes.batch, sizes: listed(changes.sizes, '-'),
})

/** One line. Runs of a sweep that change what only a sweep can change have no command of their own. */
export const commandOf = ({ engine, job, data: { synthetic, train, test, origin } }: StartRecord): string | undefined => {
  if (job.changes.activation !== undefined || job.changes.clamp !== undefined) return undefined
  const all = origin === '60000 digits of MNIST, tested on 10000'
  const options = {
    data: synthetic ? undefined : 'path/to/mnist', examples: all ? undefined : train, tests: all ? undefined : test, ...optionsOf(job),
    engine: engine === 'simd32' ? undefined : engine,
  }
  return ['phifold train', job.name, ...Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`]))].join(' ')
}
