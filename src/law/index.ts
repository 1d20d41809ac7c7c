/**
 * The laws of docs/audit.md as values, and what is needed to run them: `phifold/law`. Needs fast-check.
 */
import { activationLaws } from './activations.ts'
import { convolutionLaws } from './conv-laws.ts'
import { crossEntropyLaws } from './cross-entropy.ts'
import { crossEntropyTheoremLaws } from './cross-entropy-theorem.ts'
import { derivativeLaws } from './derivative-laws.ts'
import { accuracyLaws } from './exponential-accuracy.ts'
import { exponentialLaws } from './exponentials.ts'
import { collectLaw } from './collected.ts'
import { foldLaws } from './folds.ts'
import { interpreterLaws } from './interpreters.ts'
import { invarianceLaws } from './invariance.ts'
import type { Law } from './law.ts'
import { monoidLaws } from './monoid.ts'
import { movingEstimatorLaws } from './moving-estimators.ts'
import { nudgeOrderLaws } from './nudge-orders.ts'
import { numberLaws } from './numbers.ts'
import { readoutLaws } from './readout.ts'
import { reverseEstimatorLaws } from './reverse-estimators.ts'
import { sampleLaws } from './samples.ts'
import { simdLaws } from './simd-laws.ts'
import { softmaxLaws } from './softmax.ts'
import { spatialLaws } from './spatial.ts'
import { tensorLaws } from './tensors.ts'
import { exactTheoremLaws } from './theorem.ts'
import { floatTheoremLaws } from './theorem-float.ts'

export { type Agreement, type Pair, type View } from './agreement.ts'
export { type ActivationBounds, costLaws, exactActivationLaws, smoothActivationLaws } from './activations.ts'
export { check, type CheckOptions, checkLaw, checkMutants, type LawReport, type Report, type SuiteCheck } from './check.ts'
export { differences, hessian, primitive, symmetry, termDerivatives, transposes } from './derivatives.ts'
export { dynamicsLaws, exactDynamicsLaws, gradientDynamicsLaws, type SuiteOptions, termLaws } from './dynamics-laws.ts'
export { activationOf, interactionOf, networks, type NetworkSpec, type SpecBounds } from './instances.ts'
export { interactionLaws, type Terms } from './interactions.ts'
export { agreementLaws } from './interpreters.ts'
export { faultyActivation, faultyMotion, faultyTerm } from './mutants.ts'
export { law, type Law, type LawSpec, type Mutant, passes, type Rung, type Verdict } from './law.ts'
export { clipLaws } from './number-functions.ts'
export { exactNumberLaws, type NumberSuite } from './number-ring.ts'
export { roundedNumberLaws, type Rounding } from './number-rounding.ts'
export type { Operations, TensorSuite } from './tensor-suite.ts'
export { algebraLaws } from './tensors.ts'

/** Every law, in the order of their numbers. */
export const laws: readonly Law[] = [
  ...activationLaws, ...crossEntropyLaws, ...softmaxLaws, ...readoutLaws, ...derivativeLaws, ...foldLaws, collectLaw, ...exactTheoremLaws, ...floatTheoremLaws, ...crossEntropyTheoremLaws,
  ...reverseEstimatorLaws, ...nudgeOrderLaws, ...movingEstimatorLaws,
  ...convolutionLaws, ...spatialLaws, ...invarianceLaws, ...interpreterLaws, ...simdLaws, ...sampleLaws, ...monoidLaws, ...numberLaws, ...exponentialLaws, ...accuracyLaws, ...tensorLaws,
].sort((a, b) => Number(/\d+/.exec(a.name)?.[0]) - Number(/\d+/.exec(b.name)?.[0]))
