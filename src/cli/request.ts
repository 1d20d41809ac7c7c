/** What the command line asks for, decoded. */
import type { Hyperparameters } from '../experiment/figure.ts'
import type { Unsettled } from '../experiment/settled-batch.ts'
import type { EngineName } from './engine.ts'
import type { NudgePlace, Variant } from '../experiment/trained-network.ts'
import type { TrainRequest } from './train-arguments.ts'

export interface VerifyRequest {
  readonly _tag: 'Verify'
  readonly seed: number
  /** Instances per law; each law's own number by default. */
  readonly runs: number | undefined
  readonly json: boolean
  /** One law, or all whose names begin with it and a dot. */
  readonly law: string | undefined
  /** Replay of one instance. */
  readonly path: string | undefined
  /** The fault of the subject to judge instead. */
  readonly mutant: string | undefined
  /** Also check that every seeded fault is rejected. */
  readonly mutants: boolean
}

export interface FigureRequest {
  readonly _tag: 'Figure'
  /** A figure of the paper, all of them, or the departures from theory. */
  readonly which: number | 'all' | 'departures'
  readonly seed: number
  readonly out: string
  /** Directory of the MNIST files. */
  readonly data: string | undefined
  /** 'exact', 'published' or names of departures. */
  readonly variant: readonly string[]
  readonly engine: EngineName
  /** What becomes of digits that do not settle; depends on the variant by default. */
  readonly unsettled: Unsettled | undefined
  /** Figures run side by side; by default as many as there are cores. */
  readonly threads: number | undefined
  readonly changes: Partial<Hyperparameters>
}

export interface RecipeRequest {
  readonly _tag: 'Recipe'
  /** A network of Table 1. */
  readonly name: string
  readonly seed: number
  readonly out: string
  /** Directory of the MNIST files. */
  readonly data: string | undefined
  /** Mini-batches. */
  readonly batches: number
  readonly changes: Partial<Hyperparameters>
  readonly nudge: NudgePlace | undefined
  readonly variant: Variant
  readonly search: boolean
  readonly tolerance: number | undefined
  readonly agreement: number | undefined
}

export interface CompareRequest {
  readonly _tag: 'Compare'
  readonly estimators: readonly string[]
  /** A name, or sizes joined by -. */
  readonly network: string
  readonly seed: number
  readonly out: string
  /** Directory of the MNIST files. */
  readonly data: string | undefined
  readonly T: number | undefined
  readonly K: number | undefined
  readonly batch: number | undefined
  /** Also the errors over β. */
  readonly sweep: boolean
}

export interface ReportRequest {
  readonly _tag: 'Report'
  /** Folder of the records. */
  readonly dir: string
  /** The page; report.html in that folder by default. */
  readonly out: string | undefined
}

export interface DiagnoseRequest {
  readonly _tag: 'Diagnose'
  /** The user's module. */
  readonly file: string
  readonly json: boolean
  readonly engine: EngineName
  /** Replaces the file's. */
  readonly accuracy: number | undefined
}

export type Request =
  | VerifyRequest
  | FigureRequest
  | RecipeRequest
  | CompareRequest
  | TrainRequest
  | ReportRequest
  | DiagnoseRequest
  | { readonly _tag: 'Golden'; readonly paths: readonly string[] }
  | { readonly _tag: 'Audit'; readonly write: string | undefined }
  | { readonly _tag: 'Start'; readonly seed: number; readonly out: string }
  | { readonly _tag: 'Help'; readonly text: string }
  | { readonly _tag: 'Version' }

/** A mistake of the user, in one line that says what to do. The program ends with exit code 2. */
export interface UserError {
  readonly message: string
}

/** Writes one line. */
export type Print = (line: string) => void
