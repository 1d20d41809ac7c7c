/**
 * A law is a statement about every instance of something, with a citation, a generator of instances, and a judge that returns
 * the gap it found with the allowance that gap was held against. It holds when no instance has gap > allowance.
 *
 * Every law proves that it can fail: it ships mutants, subjects with one seeded fault each, which the same judge must reject.
 */
import type fc from 'fast-check'

/** What a claim stands on (docs/one-page.md, laws and rungs), from no tolerance at all to a measured order. */
export type Rung = 'exact rationals' | 'dyadic float64' | 'float64' | 'float32' | 'interpreters' | 'measured order'

/** Largest deviation found and what rounding may explain of it; 0 allows nothing. A NaN gap never passes. */
export interface Verdict {
  /** The largest deviation; NaN fails. */
  readonly gap: number
  /** What it may be, derived; 0 over exact numbers. */
  readonly allowance: number
}

/** gap ≤ allowance; a NaN on either side does not pass. */
export const passes = ({ gap, allowance }: Verdict): boolean => gap <= allowance

/** The worst of several verdicts: the largest excess of gap over allowance, in proportion. */
export const worst = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.reduce((a, b) => (severity(b) > severity(a) ? b : a), { gap: 0, allowance: 0 })

/** gap / allowance, where an unexplained gap is infinitely severe and NaN most of all. */
export const severity = ({ gap, allowance }: Verdict): number =>
  Number.isNaN(gap) ? Infinity : gap === 0 ? -1 / (1 + allowance) : allowance > 0 ? gap / allowance : Infinity

/** A subject with one seeded fault. */
export interface Mutant<S> {
  /** What is wrong with it: "feedback through W instead of Wᵀ". */
  readonly fault: string
  /** The subject with that fault. */
  readonly subject: S
}

/** A subject with one part replaced by a wrong one. */
export const but = <S>(subject: S) => (fault: string, wrong: Partial<S>): Mutant<S> =>
  ({ fault, subject: { ...subject, ...wrong } })

/** What a suite writes down. S is what is judged (a term, a pair of folds), I one instance: plain data that shrinks and prints. */
export interface LawSpec<S, I> {
  /** "L5.energy-based": its family in docs/audit.md, then what it is about. Unique; names the row and replays it. */
  readonly name: string
  /** The statement, as one sentence or formula. */
  readonly says: string
  /** Where it comes from: equation or section. */
  readonly cites: string
  /** Exported names that it speaks about. */
  readonly about: readonly string[]
  /** What the law stands on. */
  readonly rung: Rung
  /** Number systems or interpreters that it is checked in. */
  readonly over: readonly string[]
  /** Instances per check, unless asked otherwise. */
  readonly runs: number
  /** Generator of instances: a fast-check arbitrary. */
  readonly instances: fc.Arbitrary<I>
  /** What is judged, as it should be. */
  readonly subject: S
  /** First the subject, then an instance: the gap found, and what it may be. An exception counts as a failure. */
  readonly judge: (subject: S) => (instance: I) => Verdict
  /** The same subject with one seeded fault each. A law without any does not show that it can fail. */
  readonly mutants: readonly Mutant<S>[]
}

/** A law with its types closed over: a value to list, run and print. */
export interface Law extends Omit<LawSpec<unknown, unknown>, 'instances' | 'subject' | 'judge' | 'mutants'> {
  /** Its seeded faults, by what is wrong with them. */
  readonly faults: readonly string[]
  /** Gives the instances and the judge of the true subject, or of the mutant with that fault, to whoever can run them. */
  readonly visit: <R>(run: <I>(instances: fc.Arbitrary<I>, judge: (instance: I) => Verdict) => R, fault?: string) => R
}

/** Closes a specification into a law. Throws on an unknown fault name. */
export const law = <S, I>(spec: LawSpec<S, I>): Law => {
  const { instances, subject, judge, mutants, ...rest } = spec
  return {
    ...rest,
    faults: mutants.map(({ fault }) => fault),
    visit: (run, fault) => {
      const mutant = mutants.find((candidate) => candidate.fault === fault)
      if (fault !== undefined && mutant === undefined) throw new RangeError(`law ${spec.name} has no mutant "${fault}"`)
      return run(instances, judge(mutant === undefined ? subject : mutant.subject))
    },
  }
}
