/**
 * Reads the records' format, with zod: a case's inputs, checked and typed, or one line that says where and what is wrong.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { z } from 'zod'
import { entries } from '../../tensor/algebra.ts'
import type { Affines, Batch, Case, Common, NumberArray, Unsupported } from './case.ts'

// ── Schemas ──────────────────────────────────────────────────────────────────────────────────────────────────────

const count = z.number().int().min(1)
const index = z.number().int().min(0)
const numberArray: z.ZodType<NumberArray> = z.object({ shape: z.array(index), data: z.array(z.number()) })
  .refine(({ shape, data }) => entries(shape) === data.length, { message: 'expected as many entries as the shape has' })
const affines: z.ZodType<Affines> = z.record(z.string(), z.object({ weight: numberArray, bias: numberArray }))
const batch: z.ZodType<Batch> = z.object({ x: numberArray, y: numberArray })
const beta = z.number().positive()

const header = z.object({
  format: z.literal('ep-bptt-golden-1'),
  case: z.string().min(1),
  inputs: z.looseObject({ model: z.enum(['toy', 'eb', 'p', 'conv']) }),
})

const setup = z.object({
  model: z.enum(['toy', 'eb', 'p']),
  activation: z.enum(['tanh', 'sigm', 'hardsigm']),
  clamp: z.boolean(),
  consistent_output_layer: z.boolean().default(false),
  T: count,
  K: count,
  dt: z.number().positive().max(1),
  batch: count,
  sizes: z.array(count).min(2),
})
  .refine(({ model, sizes }) => model !== 'toy' || sizes.length === 3, { error: 'toy has three sizes', path: ['sizes'] })
  .refine(({ T, K }) => K < T, { error: 'expected K below T: BPTT walks K + 1 steps back', path: ['K'] })

const one = { params: affines, x: numberArray, y: numberArray }
const several = { beta, params: affines, batches: z.array(batch).min(1) }
const course = z.object({ inputs: z.object({ beta, ...one }), time_subset: z.array(index).optional() })
const betaScan = z.object({ inputs: z.object({ beta: z.array(beta).min(1), ...one }) })
const signs = z.object({ inputs: z.object(several) })
const training = z.object({
  inputs: z.object({ ...several, model: z.enum(['eb', 'p']), learning_rates: z.array(z.number()) }),
})
const sampled = z.object({
  inputs: z.object({
    model: z.enum(['eb', 'p']),
    beta,
    weight_generator: z.object({ kind: z.literal('xorshift32'), seed: count.max(2 ** 32 - 1) }),
    pixels_uint8: numberArray,
    labels: z.array(index),
  }),
  official: z.object({
    sampled_neurons: z.array(z.object({ index: z.array(index) })),
    sampled_weights: z.record(z.string(), z.object({ index: z.array(z.tuple([index, index])) })),
  }),
  rerun: z.object({ sampled_biases_DT: z.record(z.string(), z.object({ index: z.array(index) })) }),
  own: z.object({ rmse_own_rerun: z.object({ consistent_output_layer: z.unknown() }).partial().optional() }).optional(),
})

/** A file's number array, or why it is none. */
export const decodeArray = (json: unknown): E.Either<string, NumberArray> => decoded(numberArray, json)

interface Schema<A> {
  readonly safeParse: (json: unknown) => z.ZodSafeParseResult<A>
}

const decoded = <A>(schema: Schema<A>, json: unknown): E.Either<string, A> => {
  const { success, data, error } = schema.safeParse(json)
  if (success) return E.right(data)
  const [issue] = error.issues
  return E.left(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not as expected'}`.replace(/^: /, ''))
}

// ── Kinds ────────────────────────────────────────────────────────────────────────────────────────────────────────

const sections = ['official', 'rerun', 'own', 'checks', 'results']
const described = ['format', 'case', 'description', 'inputs', 'time_subset']

type Json = Readonly<Record<string, unknown>>

/** Decodes a case. Left with one line: where, and what is wrong there. */
export const decodeCase = (json: unknown): E.Either<string, Case | Unsupported> => {
  const head = decoded(header, json)
  if (E.isLeft(head)) return head
  const { case: name, inputs } = head.right
  if (inputs.model === 'conv') return E.right({ _tag: 'Unsupported', name, what: 'convolution' })
  const known = decoded(z.object({ inputs: setup }), json)
  if (E.isLeft(known)) return known
  const { consistent_output_layer: consistent, ...rest } = known.right.inputs
  const file = json as Json
  const odd = Object.keys(file).find((key) => !sections.includes(key) && !described.includes(key))
  if (odd !== undefined) return E.left(`${odd}: no section of that name is known; there are ${sections.join(', ')}`)
  const recorded = Object.fromEntries(sections.filter((key) => key in file).map((key) => [key, file[key]]))
  return kind(json, inputs, { name, setup: { ...rest, consistent }, recorded })
}

const kind = (json: unknown, inputs: Json, common: Common): E.Either<string, Case> => {
  if ('weight_generator' in inputs)
    return pipe(decoded(sampled, json), E.map(({ inputs: given, official, rerun, own }): Case => ({
      _tag: 'Sampled', ...common,
      beta: given.beta, seed: given.weight_generator.seed, pixels: given.pixels_uint8, labels: given.labels,
      recorded: { ...common.recorded, weight_generator: inputs['weight_generator'] },
      alsoConsistent: own?.rmse_own_rerun?.consistent_output_layer !== undefined,
      samples: {
        neurons: official.sampled_neurons.map((layer) => layer.index),
        weights: Object.fromEntries(Object.entries(official.sampled_weights).map(([name, w]) => [name, w.index])),
        biases: Object.fromEntries(Object.entries(rerun.sampled_biases_DT).map(([name, b]) => [name, b.index])),
      },
    })))
  if ('learning_rates' in inputs)
    return pipe(decoded(training, json), E.map(({ inputs: { beta, params, batches, learning_rates: rates } }): Case =>
      ({ _tag: 'Training', ...common, beta, params, batches, rates })))
  if ('batches' in inputs)
    return pipe(decoded(signs, json), E.map(({ inputs: { beta, params, batches } }): Case =>
      ({ _tag: 'Signs', ...common, beta, params, batches })))
  if (Array.isArray(inputs['beta']))
    return pipe(decoded(betaScan, json), E.map(({ inputs: { beta: betas, params, x, y } }): Case =>
      ({ _tag: 'BetaScan', ...common, betas, params, data: { x, y } })))
  return pipe(decoded(course, json), E.map(({ inputs: { beta, params, x, y }, time_subset: times }): Case =>
    ({ _tag: 'Course', ...common, beta, params, data: { x, y }, times })))
}
