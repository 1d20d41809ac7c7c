/**
 * Runs laws: draws instances from a seed, keeps the worst verdict, and on failure reports the shrunk counterexample and
 * how to see it again. The same seed draws the same instances on every machine.
 */
import fc from 'fast-check'
import { type Law, passes, type Rung, severity, type Verdict } from './law.ts'

/** Which instances to judge, and of which subject. */
export interface CheckOptions {
  /** A 32-bit integer; the same one draws the same instances. */
  readonly seed: number
  /** Instances to draw; the law's own number by default. */
  readonly runs?: number
  /** fast-check's path to one shrunk instance, to replay just that. */
  readonly path?: string
  /** Judge the mutant with this fault instead. */
  readonly fault?: string
  /** False: a failure is not shrunk, where only the verdict matters. */
  readonly shrink?: boolean
}

/** One row of `phifold verify`. Gap and allowance are those of the worst instance. */
export interface LawReport {
  /** The law's name: L5.energy-based. */
  readonly name: string
  /** What it stands on. */
  readonly rung: Rung
  /** How many were judged; those that the law passes over are not counted. */
  readonly instances: number
  /** Largest deviation found, at the worst instance. */
  readonly gap: number
  /** What the gap was held against at that instance. */
  readonly allowance: number
  /** Whether no instance had a gap beyond its allowance. */
  readonly verdict: 'holds' | 'fails'
  /** Where the law fails: the shrunk instance, what was thrown if anything was, and what replays it. */
  readonly failure?: { readonly counterexample: string; readonly message: string; readonly seed: number; readonly path: string }
}

/** Checks one law. An exception inside a judge counts as a failure, with its message. */
export const checkLaw = (law: Law, { seed, runs = law.runs, path, fault, shrink = true }: CheckOptions): LawReport =>
  law.visit((instances, judge) => {
    // Verdicts are observed from within fast-check, which hands none of them on: the one place in law/ that mutates.
    let worst: Verdict = { gap: 0, allowance: 0 }
    const property = fc.property(instances, (instance) => {
      const verdict = judge(instance)
      if (severity(verdict) > severity(worst)) worst = verdict
      return passes(verdict)
    })
    const details = fc.check(property, { seed, numRuns: runs, endOnFailure: !shrink, ...(path !== undefined && { path }) })
    const row = { name: law.name, rung: law.rung, instances: details.numRuns }
    if (!details.failed) return { ...row, ...worst, verdict: 'holds' }
    const error = details.errorInstance instanceof Error ? details.errorInstance.message.split('\n')[0] ?? '' : ''
    const shrunk = details.counterexample?.[0]
    return {
      ...row,
      ...worst,
      verdict: 'fails',
      failure: {
        counterexample: shrunk === undefined ? 'none: too many instances were discarded' : fc.stringify(shrunk),
        message: error,
        seed: details.seed,
        path: details.counterexamplePath ?? '',
      },
    }
  }, fault)

/** Every mutant of a law with whether the law rejected it, as it must. */
export const checkMutants = (law: Law, options: CheckOptions): readonly { readonly fault: string; readonly rejected: boolean }[] =>
  law.faults.map((fault) => ({ fault, rejected: checkLaw(law, { ...options, fault, shrink: false }).verdict === 'fails' }))

/** What `check` found: a row for each law, and whether its seeded faults were rejected. */
export interface Report {
  /** A row for each law, in the order given, with each of its seeded faults and whether it was rejected. */
  readonly laws: readonly (LawReport & { readonly mutants: ReturnType<typeof checkMutants> })[]
}

/** What to run: the seed is 1 and each law's own number of instances are drawn unless told. */
export interface SuiteCheck extends Partial<Pick<CheckOptions, 'seed' | 'runs'>> {
  /** False: do not also check that every seeded fault is rejected. */
  readonly mutants?: boolean
}

/** One line for each thing that is wrong. */
const troubles = ({ laws }: Report): readonly string[] => laws.flatMap(({ name, verdict, gap, allowance, failure, mutants }) => [
  ...(verdict === 'fails' ? [`${name} fails: gap ${gap} against ${allowance}, for ${failure?.counterexample ?? 'an instance'}${failure === undefined ? '' : ` (seed ${failure.seed}, path ${failure.path}${failure.message === '' ? '' : `; ${failure.message}`})`}`] : []),
  ...mutants.filter(({ rejected }) => !rejected).map(({ fault }) => `${name} does not notice the fault "${fault}"`),
])

/**
 * Runs laws, with their mutants, and returns the report; throws an Error with one line for each law that fails or that does not notice one
 * of its seeded faults. So it is a test as it stands: in vitest, in node:test, or in a plain script.
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { energyBased } from 'phifold'
 * import { activationOf, check, gradientDynamicsLaws, interactionOf, networks } from 'phifold/law'
 *
 * // On 20 random networks: derivatives, symmetry and the theorem of a setting, and that seeded faults are noticed.
 * const { laws } = check(gradientDynamicsLaws(
 *   (spec) => energyBased({ interaction: interactionOf(spec), activation: activationOf(spec), epsilon: spec.epsilon }),
 *   { name: 'mine', instances: networks({ layers: 2, units: 2, batch: 2, steps: 3 }), runs: 20 }))
 * assert(laws.every(({ verdict, gap }) => verdict === 'holds' && gap === 0))
 * ```
 */
export const check = (laws: readonly Law[], { seed = 1, runs, mutants = true }: SuiteCheck = {}): Report => {
  const options = { seed, ...(runs !== undefined && { runs }) }
  const report: Report = {
    laws: laws.map((each) => {
      const row = checkLaw(each, options)
      // A law that fails rejects whatever it is given.
      return { ...row, mutants: mutants && row.verdict === 'holds' ? checkMutants(each, options) : [] }
    }),
  }
  const wrong = troubles(report)
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
  return report
}
