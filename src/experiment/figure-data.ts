/** The input, target and starting parameters of a figure, drawn from one seed: parameters first, then the mini-batch. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type BatchError, miniBatch } from '../data/batch.ts'
import type { Digits } from '../data/digits.ts'
import { type Random, sampled, seeded, uniforms } from '../data/random.ts'
import type { Data } from '../fold/pose.ts'
import { type Layer, layerShape } from '../phi/interaction.ts'
import { layersOf } from '../phi/setting.ts'
import type { Algebra } from '../tensor/algebra.ts'
import { type BadHyperparameter, badHyperparameter, type Figure } from './figure.ts'
import { initialise } from '../learn/initialise.ts'
import type { Drawn } from './record.ts'

/** Digits to choose a mini-batch from. */
export interface Source {
  readonly digits: Digits
  /** What they are, for reports: "MNIST training set". */
  readonly origin: string
  /** True where they stand in for real data. */
  readonly synthetic: boolean
}

type Posed<T> = Data<T> & { readonly drawn: Drawn }

/** x uniform in [0, 1), one random class per sample. */
const random = <T>(A: Algebra<never, T>, { sizes, batch }: Figure, rng: Random): Omit<Posed<T>, 'theta'> => {
  const [inputs, outputs] = [sizes[0] as number, sizes[sizes.length - 1] as number]
  const [x, later] = uniforms(rng, batch * inputs, 0, 1)
  const [draws] = uniforms(later, batch, 0, outputs)
  const labels = draws.map(Math.floor)
  const y = labels.flatMap((label) => Array.from({ length: outputs }, (_, i) => (i === label ? 1 : 0)))
  return {
    x: A.of([batch, inputs], x),
    y: A.of([batch, outputs], y),
    drawn: { origin: 'uniform random input in [0, 1)', synthetic: false, indices: [], labels, replaced: [] },
  }
}

/** A mini-batch of different digits, a row of pixels each, and the next generator. */
export const chosen = <T>(
  A: Algebra<never, T>, { sizes, batch }: Pick<Figure, 'sizes' | 'batch'>, { digits, origin, synthetic }: Source, rng: Random,
): E.Either<BadHyperparameter | BatchError, readonly [Omit<Posed<T>, 'theta'>, Random]> => {
  const [inputs, outputs, pixels] = [sizes[0], sizes[sizes.length - 1], digits.rows * digits.cols]
  if (inputs !== pixels)
    return E.left(badHyperparameter('sizes', `${pixels} inputs, one per pixel`, inputs ?? 0, `begin them with ${pixels}`))
  if (outputs !== 10) return E.left(badHyperparameter('sizes', '10 outputs, one per digit', outputs ?? 0, 'end them with 10'))
  if (batch > digits.count) return E.left(badHyperparameter('batch', `at most the ${digits.count} digits there are`, batch, `take ${Math.min(20, digits.count)}`))
  const [indices, later] = sampled(rng, batch, digits.count)
  return pipe(miniBatch(digits, indices), E.map(({ x, y }) => [{
    x: A.of(x.shape, x.data),
    y: A.of(y.shape, y.data),
    drawn: { origin, synthetic, indices, labels: indices.map((i) => digits.labels[i] ?? NaN), replaced: [] },
  }, later]))
}

/** A figure that draws as many digits as may be tried for its mini-batch, the first of which are the mini-batch itself. */
export const poolOf = (figure: Figure, source?: Source): Figure =>
  figure.input === 'random' || source === undefined ? figure : { ...figure, batch: Math.max(figure.batch, Math.min(tries * figure.batch, source.digits.count)) }

/** How many times as many digits as wanted are tried at most. */
export const tries = 4

/**
 * Parameters in ±1/√fan_in and one mini-batch. `source` is needed by figures on digits and unused by those on random input.
 * Left: sizes or batch that do not fit the digits.
 * @throws RangeError unless the seed is an integer from 0 to 2³² − 1, or when digits are needed and not given.
 */
export const dataOf = <T>(
  A: Algebra<never, T>, figure: Figure, seed: number, source?: Source,
): E.Either<BadHyperparameter | BatchError, Posed<T>> => {
  const interaction = figure.interaction(figure.sizes)
  const layers = layersOf(interaction)
  if (layers.length !== figure.sizes.length) throw new RangeError('dataOf: the interaction has other layers than sizes')
  const [theta, rng] = initialise(A, interaction.params, seeded(seed))
  if (figure.input === 'random') return E.right({ theta, ...random(A, figure, rng) })
  if (source === undefined) throw new RangeError(`dataOf: figure ${figure.number} needs digits`)
  return pipe(chosen(A, figure, source, rng), E.map(([batch]) => ({ theta, ...batch, x: A.reshape(batch.x, layerShape(figure.batch, layers[0] as Layer)) })))
}
