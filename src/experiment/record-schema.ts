/** Reads the records of figures, with zod: checked and typed, or one line that says which field is wrong. A record has no other fields. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { z } from 'zod'
import type { AnyRecord } from './record.ts'

/** A text that is no record. `message` is one line that begins with the field, as in 'runs.0.name: expected …'. */
export interface MalformedRecord {
  readonly _tag: 'MalformedRecord'
  readonly message: string
}

// ── Schema ───────────────────────────────────────────────────────────────────────────────────────────────────────

const count = z.number().int().min(1)
const index = z.number().int().min(0)
const magnitude = z.number().min(0)
const positive = z.number().positive()
const name = z.string().min(1)
const figure = z.union([index, name], { error: 'expected a number from 0 or a name' })

const agreement = z.strictObject({ rmse: magnitude, spread: magnitude, worst: magnitude, scale: magnitude })
const estimate = z.strictObject({
  estimate: z.enum(['one-sided', 'centered', 'limit']),
  beta: magnitude,
  agreements: z.record(name, agreement),
}).refine((given) => (given.estimate === 'limit') === (given.beta === 0), { error: 'expected 0 for the limit and no other', path: ['beta'] })
const run = z.strictObject({
  name,
  note: z.string(),
  settled: z.strictObject({ steps: count, residual: magnitude, repeatedAt: index.nullable(), period: count.nullable(), samplesRepeatAt: z.array(index.nullable()) }),
  estimates: z.array(estimate).min(1),
})
const curves = z.strictObject({
  format: z.literal('phifold-figure-1'),
  figure, title: name, cites: z.string(), network: name, version: name, interpreter: name,
  variant: z.array(name),
  seed: index,
  hyperparameters: z.strictObject({
    sizes: z.array(count).min(2), activation: name, dt: positive, beta: positive, nudge: positive, T: count, K: count, batch: count,
    clamped: z.boolean(),
  }),
  data: z.strictObject({
    origin: name, synthetic: z.boolean(), indices: z.array(index), labels: z.array(index),
    replaced: z.array(z.strictObject({ index, label: index, residual: magnitude })),
  }),
  runs: z.array(run).min(1),
  timings: z.strictObject({ freePhase: magnitude, folds: magnitude, total: magnitude }).nullable(),
  machine: z.strictObject({ node: z.string(), platform: z.string(), cpu: z.string() }).nullable(),
})

const bar = z.strictObject({ series: name, value: z.number(), spread: magnitude })
const bars = z.strictObject({
  format: z.literal('phifold-bars-1'),
  figure, title: name, subtitle: z.string(), cites: z.string(), version: name,
  of: z.array(index),
  panels: z.array(z.strictObject({
    title: z.string(),
    groups: z.array(z.strictObject({ name, bars: z.array(bar) })).min(1),
  })).min(1),
})

/** Checks either kind of record. */
export const recordSchema: z.ZodType<AnyRecord> = z.discriminatedUnion('format', [curves, bars], {
  error: 'expected a record, "phifold-figure-1" or "phifold-bars-1"',
})

// ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────

const malformed = (message: string): MalformedRecord => ({ _tag: 'MalformedRecord', message: message.replace(/\s+/g, ' ') })

/** 'field: expected what, got what', from the first issue that zod reports. */
const told = (path: readonly PropertyKey[], message: string): MalformedRecord => {
  const what = message.replace(/^Invalid (input|option): /, '').replace(', received ', ', got ')
  return malformed(path.length === 0 ? what : `${path.map(String).join('.')}: ${what}`)
}

/** The record that a file's text holds. Left: the first field that is wrong, in one line. */
export const decodeRecord = (text: string): E.Either<MalformedRecord, AnyRecord> => pipe(
  E.tryCatch((): unknown => JSON.parse(text), () => malformed('expected JSON, got a text that is none')),
  E.flatMap((json) => {
    const { success, data, error } = recordSchema.safeParse(json)
    const issue = error?.issues[0]
    return success ? E.right(data) : E.left(told(issue?.path ?? [], issue?.message ?? 'not as expected'))
  }))
