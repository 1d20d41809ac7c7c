/** What the command line asks for, decoded. */
import type { Hyperparameters } from '../experiment/figure.ts'

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
  readonly number: number
  readonly seed: number
  readonly out: string
  /** Directory of the MNIST files. */
  readonly data: string | undefined
  readonly changes: Partial<Hyperparameters>
}

export interface ReportRequest {
  readonly _tag: 'Report'
  /** Folder of the records. */
  readonly dir: string
  /** The page; report.html in that folder by default. */
  readonly out: string | undefined
}

export type Request =
  | VerifyRequest
  | FigureRequest
  | ReportRequest
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
