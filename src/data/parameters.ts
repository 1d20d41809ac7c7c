/**
 * Parameters of a network from stored arrays, and tensors to stored arrays. Our shapes are those of PyTorch: a dense W is (outputs, inputs), a
 * kernel (outputs, inputs, rows, columns), a bias (units). Libraries that keep W as (inputs, outputs), as Flax and Keras do, need `transposed`.
 * Values are not looked at here; NaN is found where a model is posed.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Algebra, Shape } from '../tensor/algebra.ts'
import { sameShape, showShape } from '../tensor/algebra.ts'
import type { Stored } from './number-bytes.ts'

/** Where a parameter comes from: the name of a stored array, which may have to be transposed (matrices only). */
export type Source =
  /** Stored under that name, in our shape. */
  | string
  /** Stored under that name, as (inputs, outputs) if transposed. */
  | { readonly name: string; readonly transposed: boolean }

/** What is wrong with a set of stored arrays, all of it. Names of `missing` and `wrong` are ours, those of `unknown` stored ones. */
export interface ParametersError {
  /** Tells it from other errors. */
  readonly _tag: 'WrongParameters'
  /** Parameters of the model for which there is no array. */
  readonly missing: readonly string[]
  /** Arrays that are no parameter of the model. */
  readonly unknown: readonly string[]
  /** Parameters whose array has another shape, with both shapes. */
  readonly wrong: readonly { readonly parameter: string; readonly expected: Shape; readonly actual: Shape }[]
  /** One line that names them all. */
  readonly message: string
}

const transposed = ({ dtype, shape: [rows = 0, columns = 0], data }: Stored): Stored =>
  ({ dtype, shape: [columns, rows], data: Array.from({ length: rows * columns }, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)] as number) })

const named = (count: string, names: readonly string[]): string => (names.length === 0 ? '' : `${count} ${names.join(', ')}`)

/**
 * The parameters of what has `params` (a dynamics, an interaction, a cost's readout) from stored arrays. `names` says where those come from that
 * are not stored under our own name: { W1: 'fc1.weight' }. Left WrongParameters names every missing, unknown and ill-shaped one;
 * arrays that are no parameter are refused, so leave them out.
 * @throws RangeError when `names` speaks of a parameter that the model does not have
 */
export const parametersFrom = <T>(
  A: Algebra<never, T>, { params }: { readonly params: Readonly<Record<string, Shape>> }, tensors: Readonly<Record<string, Stored>>,
  names: Readonly<Record<string, Source>> = {},
): E.Either<ParametersError, Readonly<Record<string, T>>> => {
  const stray = Object.keys(names).find((name) => !Object.hasOwn(params, name))
  if (stray !== undefined) throw new RangeError(`parametersFrom: ${stray} is not one of the parameters ${Object.keys(params).join(', ')}`)
  const sources = Object.entries(params).map(([parameter, expected]) => {
    const source = Object.hasOwn(names, parameter) ? (names[parameter] as Source) : parameter
    const { name, transposed: turned } = typeof source === 'string' ? { name: source, transposed: false } : source
    const stored = Object.hasOwn(tensors, name) ? tensors[name] : undefined
    return { parameter, expected, name, stored: stored !== undefined && turned && stored.shape.length === 2 ? transposed(stored) : stored }
  })
  const missing = sources.filter(({ stored }) => stored === undefined)
  const unknown = Object.keys(tensors).filter((key) => !sources.some(({ name }) => name === key))
  const wrong = sources.flatMap(({ parameter, name, expected, stored }) =>
    stored === undefined || sameShape(stored.shape, expected) ? [] : [{ parameter, name, expected, actual: stored.shape }])
  const found = sources.flatMap(({ parameter, stored }) => (stored === undefined ? [] : [[parameter, stored] as const]))
  if (missing.length === 0 && unknown.length === 0 && wrong.length === 0)
    return E.right(Object.fromEntries(found.map(([parameter, { shape, data }]) => [parameter, A.of(shape, data)])))
  const as = (parameter: string, name: string): string => (parameter === name ? parameter : `${parameter} (${name})`)
  const parts = [
    named('missing', missing.map(({ parameter, name }) => as(parameter, name))),
    named('not a parameter:', unknown),
    ...wrong.map(({ parameter, name, expected, actual }) => `${as(parameter, name)}: expected shape ${showShape(expected)}, got ${showShape(actual)}`),
  ].filter((part) => part !== '')
  return E.left({
    _tag: 'WrongParameters', missing: missing.map(({ parameter }) => parameter), unknown,
    wrong: wrong.map(({ parameter, expected, actual }) => ({ parameter, expected, actual })),
    message: `parameters: ${parts.join('; ')}; the model has ${Object.keys(params).join(', ')}`,
  })
}

/** Named tensors as stored arrays, to be written: parameters, or a state as { s1: …, s2: … }. F32 keeps singles. */
export const storedFrom = <T>(
  A: Algebra<never, T>, tensors: Readonly<Record<string, T>>, dtype: 'F64' | 'F32' = 'F64',
): Readonly<Record<string, Stored>> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, { dtype, shape: A.shape(tensor), data: A.numbers(tensor) }]))
