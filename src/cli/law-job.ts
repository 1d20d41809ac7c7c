/** One law to be judged, by its name, and what it comes to. */
import * as E from 'fp-ts/lib/Either.js'
import { checkLaw, checkMutants, type LawReport, laws } from '../law/index.ts'
import { wordsOf } from './reason.ts'
import type { UserError } from './request.ts'

export interface LawJob {
  readonly law: string
  readonly seed: number
  /** Instances; the law's own number by default. */
  readonly runs: number | undefined
  /** Replay of one instance. */
  readonly path: string | undefined
  /** The fault of the subject to judge instead. */
  readonly mutant: string | undefined
  /** Also check that every seeded fault is rejected. */
  readonly mutants: boolean
}

export interface Judged {
  readonly row: LawReport
  readonly mutants: readonly { readonly fault: string; readonly rejected: boolean }[]
}

/** Left: a path that leads nowhere, which fast-check throws for. Throws on a name that no law has. */
export const runLawJob = ({ law: name, seed, runs, path, mutant, mutants }: LawJob): E.Either<UserError, Judged> => {
  const law = laws.find((one) => one.name === name)
  if (law === undefined) throw new RangeError(`law job: no law ${name}`)
  return E.tryCatch(
    () => ({
      row: checkLaw(law, { seed, ...(runs !== undefined && { runs }), ...(path !== undefined && { path }), ...(mutant !== undefined && { fault: mutant }) }),
      mutants: mutants ? checkMutants(law, { seed }) : [],
    }),
    (reason) => {
      if (path === undefined || !wordsOf(reason).startsWith('Unable to replay')) throw reason
      return { message: `phifold verify: --path: expected the path of an instance of ${name} with seed ${seed}, got ${path}; copy it from the failure` }
    })
}
