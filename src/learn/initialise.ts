/**
 * Parameters to start from: every weight and bias uniform in ±1/√fan_in, where fan_in is the number of inputs of the
 * weight, and a bias takes that of the weight which drives the same layer (b2 with W2). This is what the authors' program
 * starts from (the default of its linear layers).
 */
import type { Params } from '../phi/interaction.ts'
import type { Algebra, Shape } from '../tensor/algebra.ts'
import { entries } from '../tensor/algebra.ts'
import { type Random, uniforms } from '../data/random.ts'

/** Inputs of one unit: of a weight (out, in), of a kernel (out, in, k, l), and for the bias b‹l› those of W‹l›. */
const fanIn = (shapes: Readonly<Record<string, Shape>>, name: string, shape: Shape): number => {
  const weight = shape.length > 1 ? shape : shapes[name.replace(/^b/, 'W')]
  if (weight === undefined || weight.length < 2)
    throw new RangeError(`initialise: ${name}: expected a weight, or a bias b1, b2, … beside W1, W2, …, to take the fan-in from`)
  return entries(weight.slice(1))
}

/**
 * One tensor per parameter, in the order of `shapes`, and the next generator.
 * @throws RangeError for a vector that is no bias of a weight.
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { initialise, layered, reference as A, seeded } from 'phifold'
 *
 * const [theta, next] = initialise(A, layered([784, 512, 10]).params, seeded(1))
 * assert(A.numbers(theta['W1']!).every((w) => Math.abs(w) <= 1 / 28)) // 28 = √784
 * assert.notDeepEqual(next, seeded(1)) // draw from `next` from now on
 * ```
 */
export const initialise = <T>(
  A: Algebra<never, T>, shapes: Readonly<Record<string, Shape>>, rng: Random,
): readonly [Params<T>, Random] =>
  Object.entries(shapes).reduce<readonly [Params<T>, Random]>(([params, now], [name, shape]) => {
    const bound = 1 / Math.sqrt(fanIn(shapes, name, shape))
    const [numbers, next] = uniforms(now, entries(shape), -bound, bound)
    return [{ ...params, [name]: A.of(shape, numbers) }, next]
  }, [{}, rng])
