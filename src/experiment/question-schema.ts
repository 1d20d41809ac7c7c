/**
 * What a module for `phifold diagnose` must give, checked: any value becomes a question or one line that says what is wrong with it.
 *
 *     { dynamics, cost?, theta, x, y, T, K, beta, accuracy?, dt?, observed? }
 *
 * Tensors are nested arrays of numbers, or {shape, data} with flat data in row-major order, as tensors of `reference` are.
 */
import * as E from 'fp-ts/lib/Either.js'
import { z } from 'zod'
import type { Cost } from '../cost/cost.ts'
import { squaredError } from '../cost/squared-error.ts'
import type { Observed, Question } from '../diagnose/question.ts'
import type { Dynamics } from '../phi/dynamics.ts'
import { type Algebra, entries, type Op, type Shape } from '../tensor/algebra.ts'

interface Flat {
  readonly shape: Shape
  readonly data: ArrayLike<number>
}

/** Shape and entries of nested arrays; undefined where they are ragged or hold anything but numbers. */
const nested = (value: unknown): Flat | undefined => {
  if (typeof value === 'number') return { shape: [], data: [value] }
  if (!Array.isArray(value) || value.length === 0) return undefined
  const parts = value.map(nested)
  const [first] = parts
  if (first === undefined || parts.some((part) => part?.shape.join() !== first.shape.join())) return undefined
  return { shape: [value.length, ...first.shape], data: parts.flatMap((part) => Array.from(part?.data ?? [])) }
}

const flat = (value: unknown): Flat | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return nested(value)
  const { shape, data } = value as { readonly shape?: unknown; readonly data?: unknown }
  const shaped = z.array(z.int().min(0)).safeParse(shape)
  if (!shaped.success || !(Array.isArray(data) || ArrayBuffer.isView(data))) return undefined
  const numbers = Array.from(data as unknown as ArrayLike<unknown>)
  return numbers.length === entries(shaped.data) && numbers.every((e) => typeof e === 'number') ? { shape: shaped.data, data: numbers } : undefined
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null

const tensor = z.unknown().transform((value, context): Flat => {
  const found = flat(value)
  if (found === undefined) context.addIssue('expected a tensor, nested arrays of numbers of equal lengths or {shape, data}')
  return found ?? { shape: [], data: [0] }
})
const params = z.record(z.string(), tensor, 'expected an object of tensors by name')
const count = (least: number): z.ZodInt => z.int(`expected a whole number, at least ${least}`).min(least, `expected a whole number, at least ${least}`)
const positive = z.number('expected a number above 0').positive('expected a number above 0')

const schema = z.object({
  dynamics: z.custom<Dynamics<Op>>(
    (value) => isRecord(value) && typeof value['at'] === 'function' && Array.isArray(value['layers']) && isRecord(value['params']),
    'expected a dynamics {name, layers, params, at}, such as energyBased(…) gives'),
  cost: z.custom<Cost<Op>>((value) => isRecord(value) && typeof value['at'] === 'function', 'expected a cost {name, at}, such as squaredError').default(squaredError),
  theta: params,
  x: tensor,
  y: tensor,
  T: count(2),
  K: count(1),
  beta: z.number('expected a number other than 0'),
  accuracy: positive.optional(),
  dt: positive.optional(),
  observed: z.strictObject({
    ep: z.array(params).optional(), bptt: z.array(params).optional(), epTotal: params.optional(), bpttTotal: params.optional(),
  }).optional(),
}, 'expected an object {dynamics, theta, x, y, T, K, beta}, or a function that gives it')

/** A question over any interpreter. Left: the first thing wrong, with where. */
export const decodeQuestion = (value: unknown): E.Either<{ readonly message: string }, <T>(A: Algebra<Op, T>) => Question<Op, T>> => {
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const where = issue?.path.join('.') ?? ''
    return E.left({ message: `${where === '' ? 'default export' : where}: ${issue?.message ?? 'malformed'}` })
  }
  const { dynamics, cost, theta, x, y, T, K, beta, accuracy, dt, observed } = parsed.data
  return E.right(<X>(A: Algebra<Op, X>): Question<Op, X> => {
    const of = ({ shape, data }: Flat): X => A.of(shape, data)
    const all = (named: Readonly<Record<string, Flat>>): Readonly<Record<string, X>> =>
      Object.fromEntries(Object.entries(named).map(([name, each]) => [name, of(each)]))
    const { ep, bptt, epTotal, bpttTotal } = observed ?? {}
    const seen: Observed<X> = {
      ...(ep && { ep: ep.map(all) }), ...(bptt && { bptt: bptt.map(all) }),
      ...(epTotal && { epTotal: all(epTotal) }), ...(bpttTotal && { bpttTotal: all(bpttTotal) }),
    }
    return {
      dynamics, cost, data: { theta: all(theta), x: of(x), y: of(y) }, T, K, beta, observed: seen,
      ...(accuracy !== undefined && { accuracy }), ...(dt !== undefined && { dt }),
    }
  })
}
