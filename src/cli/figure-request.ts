/** What `figure` is asked for. */
import type { Hyperparameters } from '../experiment/figure.ts'
import type { Unsettled } from '../experiment/settled-batch.ts'
import type { EngineName } from './engine.ts'

export interface FigureRequest {
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
