/** The library's diagnosis of the network that is shown, in words: does the theorem apply, and if not, which hypothesis is broken and what to try. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Algebra, type CauseTag, diagnose, type Diagnosis, type Finding, type Hypothesis, type Mistake, type Op, squaredError } from 'phifold'
import { type Choices, stepsOf } from './choices.ts'
import { dataOf, dynamicsOf } from './network.ts'

/** Whether EP is −BPTT here: it is; it is but for a nudge that is not small; or a hypothesis of the theorem fails. */
export type Standing = 'equal' | 'approximate' | 'broken'

export interface Verdict {
  readonly standing: Standing
  readonly title: string
  readonly says: string
  readonly remedy: string
  readonly hypothesis: Hypothesis | null
  readonly cause: CauseTag | null
  readonly findings: readonly Finding[]
}

/** The hypotheses as the reader of the theory knows them. */
const named: Readonly<Record<Hypothesis, string>> = {
  derivatives: 'a derivative is wrong',
  symmetry: 'H1 is broken: J\u00a0M\u00a0≠\u00a0M\u00a0Jᵀ',
  settled: 'H2 is broken: the state is not settled',
  smooth: 'H3 is broken: the state sits on a kink',
  beta: 'the hypotheses hold, but β is not small',
  horizon: 'K is short',
  theorem: 'the conclusion fails',
  'your numbers': 'these numbers differ',
}

/**
 * The one-sided nudge whose error is of the order of the estimator's: β² for the centered one, and for the limit one so small that a state
 * must be settled to rounding.
 */
export const equivalentBeta = ({ estimator, beta }: Pick<Choices, 'estimator' | 'beta'>): number =>
  estimator === 'ep' ? beta : estimator === 'centered' ? Math.max(beta ** 2, 1e-7) : 1e-7

export const verdictOf = (diagnosis: Diagnosis): Verdict => {
  const { findings } = diagnosis
  if (diagnosis._tag === 'Certificate') return {
    standing: 'equal', title: 'EP is −BPTT here', says: 'Every hypothesis of the theorem holds, β is small and K is long.', remedy: '', hypothesis: null, cause: null, findings,
  }
  const { hypothesis, cause: { _tag, says, remedy } } = diagnosis
  const told = { says, remedy, hypothesis, cause: _tag, findings }
  switch (hypothesis) {
    // It comes after β, so EP has been found near its limit.
    case 'horizon': return { ...told, standing: 'equal', title: 'EP is −BPTT at each of these moments, but K is short of the whole gradient' }
    case 'beta': return { ...told, standing: 'approximate', title: `EP is near −BPTT here: ${named[hypothesis]}` }
    default: return { ...told, standing: 'broken', title: `EP is not −BPTT here: ${named[hypothesis]}` }
  }
}

/** Asks the library. Left: as `courseOf`. */
export const diagnosed = <T>(A: Algebra<Op, T>, choices: Choices): E.Either<Mistake, Verdict> => pipe(
  diagnose(A)({
    dynamics: dynamicsOf(choices), cost: squaredError, data: dataOf(A, choices), T: stepsOf(choices), K: choices.K, beta: equivalentBeta(choices), dt: choices.epsilon,
  }),
  E.map(verdictOf))
