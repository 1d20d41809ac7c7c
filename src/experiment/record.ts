/**
 * The records of figures: the JSON files that stand beside their pictures, as types and as a schema to read them by.
 *
 * Two formats. 'phifold-figure-1' is a figure that was run: what with, how settled its free phase was, and how far each estimate of EP
 * is from −BPTT. 'phifold-bars-1' is a bar chart that summarises others. All numbers are finite; a record has no other fields.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { z } from 'zod'

/** How settled a free phase was: its T, max |s_T − s_{T−1}|, and from where and with which period the state repeats itself, or null. */
export interface SettledRecord {
  readonly steps: number
  readonly residual: number
  readonly repeatedAt: number | null
  readonly period: number | null
}

/** The agreement of a quantity's entries: mean rmse, its sample standard deviation, max |EP − (−BPTT)|, max |BPTT|. */
export interface AgreementRecord {
  readonly rmse: number
  readonly spread: number
  readonly worst: number
  readonly scale: number
}

/** One estimate of EP at one β (0 for the limit), with the agreement of each quantity: s1, W2, b1, Wx2, … */
export interface EstimateRecord {
  readonly estimate: 'one-sided' | 'centered' | 'limit'
  readonly beta: number
  readonly agreements: Readonly<Record<string, AgreementRecord>>
}

/** One way to nudge. */
export interface RunRecord {
  readonly name: string
  readonly note: string
  readonly settled: SettledRecord
  readonly estimates: readonly EstimateRecord[]
}

/** A figure that was run. */
export interface CurveRecord {
  readonly format: 'phifold-figure-1'
  /** The paper's number, or a name. */
  readonly figure: number | string
  readonly title: string
  readonly cites: string
  readonly network: string
  readonly version: string
  readonly interpreter: string
  /** Departures from the theory that were switched on; none where the theorem is followed exactly. */
  readonly variant: readonly string[]
  readonly seed: number
  readonly hyperparameters: {
    /** Units per layer, input first. */
    readonly sizes: readonly number[]
    readonly activation: string
    readonly dt: number
    readonly beta: number
    /** The factor of −∂ℓ/∂s in the dynamics, from dt and β. */
    readonly nudge: number
    readonly T: number
    readonly K: number
    readonly batch: number
    readonly clamped: boolean
  }
  /** Places in the source and classes, one per sample; `synthetic` where they stand in for real data. */
  readonly data: {
    readonly origin: string
    readonly synthetic: boolean
    readonly indices: readonly number[]
    readonly labels: readonly number[]
  }
  readonly runs: readonly RunRecord[]
  /** Seconds. */
  readonly timings: { readonly freePhase: number; readonly folds: number; readonly total: number } | null
  readonly machine: { readonly node: string; readonly platform: string; readonly cpu: string } | null
}

/** A bar chart of numbers from other records. */
export interface BarRecord {
  readonly format: 'phifold-bars-1'
  readonly figure: number | string
  readonly title: string
  readonly cites: string
  readonly version: string
  /** The figures whose records it summarises. */
  readonly of: readonly number[]
  readonly panels: readonly {
    readonly title: string
    readonly groups: readonly {
      readonly name: string
      readonly bars: readonly { readonly series: string; readonly value: number; readonly spread: number }[]
    }[]
  }[]
}

export type FigureRecord = CurveRecord | BarRecord

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
  settled: z.strictObject({ steps: count, residual: magnitude, repeatedAt: index.nullable(), period: count.nullable() }),
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
  data: z.strictObject({ origin: name, synthetic: z.boolean(), indices: z.array(index), labels: z.array(index) }),
  runs: z.array(run).min(1),
  timings: z.strictObject({ freePhase: magnitude, folds: magnitude, total: magnitude }).nullable(),
  machine: z.strictObject({ node: z.string(), platform: z.string(), cpu: z.string() }).nullable(),
})

const bar = z.strictObject({ series: name, value: z.number(), spread: magnitude })
const bars = z.strictObject({
  format: z.literal('phifold-bars-1'),
  figure, title: name, cites: z.string(), version: name,
  of: z.array(index),
  panels: z.array(z.strictObject({
    title: z.string(),
    groups: z.array(z.strictObject({ name, bars: z.array(bar) })).min(1),
  })).min(1),
})

/** Checks either kind of record. */
export const recordSchema: z.ZodType<FigureRecord> = z.discriminatedUnion('format', [curves, bars], {
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
export const decodeRecord = (text: string): E.Either<MalformedRecord, FigureRecord> => pipe(
  E.tryCatch((): unknown => JSON.parse(text), () => malformed('expected JSON, got a text that is none')),
  E.flatMap((json) => {
    const { success, data, error } = recordSchema.safeParse(json)
    const issue = error?.issues[0]
    return success ? E.right(data) : E.left(told(issue?.path ?? [], issue?.message ?? 'not as expected'))
  }))
