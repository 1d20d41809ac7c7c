/**
 * Second hypothesis, (H1) of the theorem: J M = M Jᵀ, a force moves the state by M f, and ∂(rule)/∂s · M v = (∂F/∂θ)ᵀ v.
 *
 * M is the metric that the dynamics claim; of dynamics that claim none it is measured: by what a force moves each layer. So a model that
 * is nudged in the wrong place fails here, as does one whose feedback is not the transpose of its forward weights.
 */
import type { Layers } from '../phi/interaction.ts'
import { feedbackChecks } from './feedback.ts'
import { forceCheck, negativeForce } from './force.ts'
import { metricOf } from './metric.ts'
import type { Bench } from './question.ts'
import { memoryChecks, ruleChecks } from './rule.ts'
import type { Check } from './verdict.ts'

/** (H1) at one state. */
export const metricChecks = <T>(bench: Bench<T>, s: Layers<T>, seed: number): readonly Check[] => {
  const { metric, claimed } = metricOf(bench, s)
  return [
    ...(claimed ? [forceCheck(bench, s, metric, seed)] : [negativeForce(bench, s, seed)]),
    ...feedbackChecks(bench, s, metric, seed + 10),
    ...ruleChecks(bench, s, metric, seed),
    ...memoryChecks(bench, s, seed),
  ]
}
