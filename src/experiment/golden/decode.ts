/**
 * Reads the records' format, with zod: a case's inputs, checked and typed, or one line that says where and what is wrong.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { z } from 'zod'
import { entries } from '../../tensor/algebra.ts'
import type { Affines, Batch, Case, Common, NumberArray, Setup, Unsupported } from './case.ts'

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
  inputs: z.looseObject({ model: z.string().min(1) }),
})

const phases = z.object({
  activation: z.enum(['tanh', 'sigm', 'hardsigm']),
  clamp: z.boolean(),
  consistent_output_layer: z.boolean().default(false),
  T: count,
  K: count,
  dt: z.number().positive().max(1),
  batch: count,
})
const layered = phases.extend({ model: z.enum(['toy', 'eb', 'p']), sizes: z.array(count).min(2) })
const convolutional = phases.extend({
  model: z.literal('conv'),
  dt: z.literal(1),
  sizes: z.array(count).min(1),
  channels: z.array(count).min(2),
  filter: count,
  padding: index,
  pool: count,
})
const setup = z.discriminatedUnion('model', [layered, convolutional])
  .refine(({ model, sizes }) => model !== 'toy' || sizes.length === 3, { error: 'toy has three sizes', path: ['sizes'] })
  .refine(({ T, K }) => K < T, { error: 'expected K below T: BPTT walks K + 1 steps back', path: ['K'] })
const images = z.object({ shape: z.tuple([count, count, count, count]) })
const pictured = z.object({
  inputs: z.object({ x: images.optional(), batches: z.array(z.object({ x: images })).optional() }),
})

const one = { params: affines, x: numberArray, y: numberArray }
const several = { beta, params: affines, batches: z.array(batch).min(1) }
const course = z.object({
  inputs: z.object({ beta, ...one }),
  time_subset: z.array(index).optional(),
  own: z.object({ ep_minus_bptt_by_beta: z.array(z.object({ beta })).optional() }).optional(),
})
const betaScan = z.object({ inputs: z.object({ beta: z.array(beta).min(1), ...one }) })
const signs = z.object({ inputs: z.object(several) })
const training = z.object({ inputs: z.object({ ...several, learning_rates: z.array(z.number()) }) })
const sampled = z.object({
  inputs: z.object({
    beta,
    weight_generator: z.looseObject({ kind: z.literal('xorshift32'), seed: count.max(2 ** 32 - 1) }),
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

/** The models that each kind of case can be of: those of which the records' conventions are known. */
const models: Readonly<Record<Case['_tag'], readonly string[]>> = {
  Course: ['toy', 'eb', 'p', 'conv'],
  BetaScan: ['toy', 'eb', 'p'],
  Training: ['eb', 'p', 'conv'],
  Signs: ['eb', 'p'],
  Sampled: ['eb', 'p'],
}

const kindOf = (inputs: Json): Case['_tag'] =>
  'weight_generator' in inputs ? 'Sampled'
    : 'learning_rates' in inputs ? 'Training'
      : 'batches' in inputs ? 'Signs'
        : Array.isArray(inputs['beta']) ? 'BetaScan' : 'Course'

/** Decodes a case. Left with one line: where, and what is wrong there. */
export const decodeCase = (json: unknown): E.Either<string, Case | Unsupported> => {
  const head = decoded(header, json)
  if (E.isLeft(head)) return head
  const { case: name, inputs } = head.right
  const tag = kindOf(inputs)
  if (!models[tag].includes(inputs.model))
    return E.right({ _tag: 'Unsupported', name, what: `model ${inputs.model} in a case of kind ${tag}` })
  const file = json as Json
  const odd = Object.keys(file).find((key) => !sections.includes(key) && !described.includes(key))
  if (odd !== undefined) return E.left(`${odd}: no section of that name is known; there are ${sections.join(', ')}`)
  const recorded = Object.fromEntries(sections.filter((key) => key in file).map((key) => [key, file[key]]))
  return pipe(setupOf(json), E.chain((setup) => decodeKind(tag, json, { name, setup, recorded })))
}

const setupOf = (json: unknown): E.Either<string, Setup> =>
  pipe(
    decoded(z.object({ inputs: setup }), json),
    E.chain(({ inputs: { consistent_output_layer: consistent, ...rest } }): E.Either<string, Setup> =>
      rest.model === 'conv'
        ? pipe(imageOf(json), E.map((image) => ({ ...rest, consistent, image })))
        : E.right({ ...rest, consistent })))

/** Rows and columns of a case's images (batch, channels, rows, columns); of the first batch, where there are several. */
const imageOf = (json: unknown): E.Either<string, readonly [number, number]> =>
  pipe(
    decoded(pictured, json),
    E.chain(({ inputs: { x, batches } }) => E.fromNullable('inputs: expected x or batches')(x ?? batches?.[0]?.x)),
    E.map(({ shape: [, , rows, columns] }) => [rows, columns]))

const decodeKind = (tag: Case['_tag'], json: unknown, common: Common): E.Either<string, Case> => {
  switch (tag) {
    case 'Sampled':
      return pipe(decoded(sampled, json), E.map(({ inputs: given, official, rerun, own }): Case => ({
        _tag: tag, ...common,
        beta: given.beta, seed: given.weight_generator.seed, pixels: given.pixels_uint8, labels: given.labels,
        recorded: { ...common.recorded, weight_generator: given.weight_generator },
        alsoConsistent: own?.rmse_own_rerun?.consistent_output_layer !== undefined,
        samples: {
          neurons: official.sampled_neurons.map((layer) => layer.index),
          weights: Object.fromEntries(Object.entries(official.sampled_weights).map(([name, w]) => [name, w.index])),
          biases: Object.fromEntries(Object.entries(rerun.sampled_biases_DT).map(([name, b]) => [name, b.index])),
        },
      })))
    case 'Training':
      return pipe(decoded(training, json), E.map(({ inputs: { beta, params, batches, learning_rates: rates } }): Case =>
        ({ _tag: tag, ...common, beta, params, batches, rates })))
    case 'Signs':
      return pipe(decoded(signs, json), E.map(({ inputs: { beta, params, batches } }): Case =>
        ({ _tag: tag, ...common, beta, params, batches })))
    case 'BetaScan':
      return pipe(decoded(betaScan, json), E.map(({ inputs: { beta: betas, params, x, y } }): Case =>
        ({ _tag: tag, ...common, betas, params, data: { x, y } })))
    case 'Course':
      return pipe(decoded(course, json), E.map(({ inputs: { beta, params, x, y }, time_subset: times, own }): Case => {
        const betas = own?.ep_minus_bptt_by_beta?.map((each) => each.beta) ?? []
        return { _tag: tag, ...common, beta, params, data: { x, y }, times, betas }
      }))
  }
}
