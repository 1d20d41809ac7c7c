/** What the run of a figure is recorded as: plain values, the same in memory, between threads and in a JSON file. */
import type { Agreement } from '../fold/measure.ts'

/** One way to estimate the gradient by EP, and how well it agreed with −BPTT, by quantity: s1, W1, b1, … */
export interface EstimateRecord {
  readonly estimate: 'one-sided' | 'centered' | 'limit'
  /** The figure's β; 0 for the limit. */
  readonly beta: number
  readonly agreements: Readonly<Record<string, Agreement>>
}

/** How settled s_T is; see `Settled`. null: no repetition was met. */
export interface Certificate {
  readonly steps: number
  readonly residual: number
  readonly repeatedAt: number | null
  readonly period: number | null
}

/** The same for a mini-batch, and for each sample the step from which it is known to repeat itself bit for bit; null: it does not. */
export interface BatchCertificate extends Certificate {
  readonly samplesRepeatAt: readonly (number | null)[]
}

/** One way to nudge, run. */
export interface RunRecord {
  readonly name: string
  readonly note: string
  readonly settled: BatchCertificate
  readonly estimates: readonly EstimateRecord[]
}

/** What was drawn. */
export interface Drawn {
  readonly origin: string
  readonly synthetic: boolean
  /** Places in the source, and the classes; one per sample. */
  readonly indices: readonly number[]
  readonly labels: readonly number[]
  /** Digits drawn before the last of them that had not settled, and so were replaced; with what they still moved by per step. */
  readonly replaced: readonly Replaced[]
}

export interface Replaced {
  readonly index: number
  readonly label: number
  readonly residual: number
}

/** A figure as it was run, and all that was measured but its curves. */
export interface Measured {
  /** The paper's number, or a name. */
  readonly figure: number | string
  readonly title: string
  readonly cites: string
  readonly network: string
  readonly interpreter: string
  /** Names of the departures from theory that were switched on; none: exact. */
  readonly variant: readonly string[]
  readonly seed: number
  readonly hyperparameters: {
    readonly sizes: readonly number[]
    /** One name, or one per layer joined by commas. */
    readonly activation: string
    readonly dt: number
    readonly beta: number
    /** The strength of the nudge: dt β, or β. */
    readonly nudge: number
    readonly T: number
    readonly K: number
    readonly batch: number
    readonly clamped: boolean
  }
  readonly data: Drawn
  readonly runs: readonly RunRecord[]
}

/** Seconds. */
export interface Timings {
  readonly freePhase: number
  readonly folds: number
  readonly total: number
}

export interface Machine {
  readonly node: string
  readonly platform: string
  readonly cpu: string
}

/** What only the program that ran it knows. */
export interface Provenance {
  readonly version: string
  readonly timings: Timings | null
  readonly machine: Machine | null
}

/** The JSON file of a figure. */
export interface FigureRecord extends Measured, Provenance {
  readonly format: 'phifold-figure-1'
}

/** The JSON file of a figure of bars. */
export interface BarsRecord {
  readonly format: 'phifold-bars-1'
  readonly figure: number | string
  readonly title: string
  readonly subtitle: string
  readonly cites: string
  readonly version: string
  /** The figures whose records it sums up. */
  readonly of: readonly number[]
  readonly panels: readonly {
    readonly title: string
    readonly groups: readonly {
      readonly name: string
      readonly bars: readonly { readonly series: string; readonly value: number; readonly spread: number }[]
    }[]
  }[]
}

/** Either kind of record. */
export type AnyRecord = FigureRecord | BarsRecord
