/**
 * What `diagnose` returns: a certificate with a number for every hypothesis of the theorem (docs/theory.md §4), or the first
 * one that is broken, with its cause as a tagged value, where it sits, and what to try.
 */
import type { Relation } from './relation.ts'

/** The hypotheses in the order in which they are walked; each needs those before it. */
export type Hypothesis = 'derivatives' | 'symmetry' | 'settled' | 'smooth' | 'beta' | 'horizon' | 'theorem' | 'your numbers'

/** Causes, as tags to switch on. */
export type CauseTag =
  // derivatives
  | 'CostGradient' | 'StepNotGradient' | 'RuleNotGradient' | 'PullState' | 'PullParam' | 'PullInput'
  // symmetry
  | 'ForceScaled' | 'ForceNotMetric' | 'FeedbackDropped' | 'FeedbackScaled' | 'FeedbackTransposed' | 'SlopeMissing' | 'NudgeOutside' | 'Asymmetric'
  | 'RuleScaled' | 'RuleInput' | 'RuleMismatch' | 'RuleLooksBack'
  // settled
  | 'Diverged' | 'Cycle' | 'NotSettled'
  // smooth, beta, horizon, theorem
  | 'Kink' | 'BetaTooLarge' | 'BetaBelowRounding' | 'TooFewSteps' | 'Conclusion'
  // your numbers
  | 'Missing' | 'Absent' | 'Sign' | 'BatchMean' | 'StepSize' | 'Factor' | 'OffByOne' | 'Transposed' | 'Differs'

/** Why a hypothesis fails. */
export interface Cause {
  /** Which cause, to switch on. */
  readonly _tag: CauseTag
  /** What was found, in one sentence with numbers. */
  readonly says: string
  /** What to try. */
  readonly remedy: string
}

/** One check with its number: it holds when value ≤ allowance. */
export interface Finding {
  /** Which hypothesis it is about. */
  readonly hypothesis: Hypothesis
  /** What was measured, in words. */
  readonly check: string
  /** Layer, parameter or sample with the worst value. */
  readonly where: string
  /** The number that was found. */
  readonly value: number
  /** The largest number that passes: derived from rounding, or from the accuracy asked for. */
  readonly allowance: number
}

/** A certificate, or the first hypothesis that is broken. */
export type Diagnosis =
  /** Every hypothesis holds, each with its number. */
  | { readonly _tag: 'Certificate'; readonly findings: readonly Finding[] }
  /** The first hypothesis that does not hold, why, and in which layer, parameter or sample. */
  | {
    readonly _tag: 'Broken'
    readonly hypothesis: Hypothesis
    readonly cause: Cause
    readonly where: string
    /** Everything measured, the broken check last. */
    readonly findings: readonly Finding[]
  }

/** A finding, and its cause where it is beyond its allowance. The cause is worked out only when needed. */
export interface Check {
  readonly finding: Finding
  readonly cause: () => Cause
}

export const holds = ({ value, allowance }: Finding): boolean => value <= allowance

/** The number in a few digits. */
export const shown = (x: number): string => (x === 0 || !Number.isFinite(x) ? String(x) : Math.abs(x) >= 0.01 && Math.abs(x) < 1e4 ? String(Number(x.toPrecision(3))) : x.toExponential(1))

/** A relation in words: "is 0.5 times". */
export const relationText = (relation: Relation): string => {
  switch (relation._tag) {
    case 'Same': return 'equals'
    case 'Absent': return 'is zero instead of'
    case 'Extra': return 'is not zero, unlike'
    case 'Transposed': return 'is the transpose of'
    case 'Unrelated': return 'is no simple multiple of'
    case 'Scaled': return relation.factor < 0 && Math.abs(relation.factor + 1) < 1e-6 ? 'has the opposite sign of' : `is ${shown(relation.factor)} times`
    case 'Rows': return `differs row by row (factors ${shown(relation.least)} to ${shown(relation.most)}) from`
    case 'Columns': return `differs column by column (factors ${shown(relation.least)} to ${shown(relation.most)}) from`
    case 'Weighted': return `differs by a factor per row and one per column (${shown(relation.least)} to ${shown(relation.most)}) from`
  }
}
