/**
 * phifold: Equilibrium Propagation as a fold over time, Backpropagation Through Time as an explicit reverse fold, over any
 * interpreter of a small tensor algebra. Start with `theorem.ts`; the laws are in `phifold/law`.
 */

// Numbers and tensors
export type { Field, Functions, NumberSystem, Op } from './number/number.ts'
export { float64, unitRoundoff } from './number/float64.ts'
export { float32, singleRoundoff } from './number/float32.ts'
export { rational, type Rational, ratio, showRational } from './number/rational.ts'
export { dual, type Dual } from './number/dual.ts'
export { complex, type Complex } from './number/complex.ts'
export { type Algebra, correlate, type Positions, type Shape, type Tensors } from './tensor/algebra.ts'
export type { MapShape, Sliding } from './tensor/spatial.ts'
export { reference, type Tensor } from './tensor/reference.ts'
export { canFuse, simd32, simd64, type SimdTensor } from './tensor/simd/interpreter.ts'
export type { SimdOptions } from './tensor/simd/work-area.ts'
export { lift, lifted, type Lifted } from './tensor/lift.ts'
export { type Analytic, type ComplexAlgebra, complexOf, type ComplexTensor } from './tensor/complex.ts'
export { type DualAlgebra, dualOf, type DualTensor } from './tensor/dual.ts'

// Φ: interactions, activations, settings
export {
  type Coupling, type Drives, drivesAt, type End, type Interaction, type Layer, layerOf, type Layers, mapEnd, paramOf, type Params, type Pulled,
} from './phi/interaction.ts'
export { monoid, plus, zero } from './phi/monoid.ts'
export { dense } from './phi/dense.ts'
export { bias, field } from './phi/bias.ts'
export { conv, convEnd, type ConvOptions } from './phi/conv.ts'
export { averagePooling, maxPooling, noPooling, type Pooled, type Pooling } from './phi/pooling.ts'
export { lateral } from './phi/lateral.ts'
export { convolutional, type ConvNetwork, laterals, layered, toy } from './phi/network.ts'
export { type Activation, hardSigmoid, identity, type Jet, polynomial, sigm, tanh } from './phi/activation.ts'
export type {
  Dynamics, ExactDynamics, ExactMotion, GradientDynamics, GradientMotion, Motion, PulledBack,
} from './phi/dynamics.ts'
export type { Setting } from './phi/setting.ts'
export { energyBased, publishedEnergyBased } from './phi/energy-based.ts'
export { innerNudged, outerNudged, publishedOuterNudged } from './phi/prototypical.ts'
export { untied } from './phi/feedback.ts'
export { clamped, clampedExact } from './phi/clamped.ts'

// Cost
export type { Cost, Costing, Readout } from './cost/cost.ts'
export { squaredError } from './cost/squared-error.ts'
export { readout, type ReadoutOptions } from './cost/readout.ts'
export { crossEntropy, softmax, softmaxCrossEntropy } from './cost/cross-entropy.ts'

// Folds
export { type Mistake, orThrow } from './fold/mistake.ts'
export { type Data, pose, type Problem } from './fold/pose.ts'
export { drop, foldPhase, mapPhase, type Moment, type Phase, scanPhase, take, zipPhases } from './fold/phase.ts'
export { type FreePhase, freePhase, type Settled, settledWithin, stateDistance } from './fold/free-phase.ts'
export { type Chosen, joinSamples, rowsOf, type SampleCertificate, type SamplePhase, settleSamples, type SettledSamples } from './fold/settle-samples.ts'
export { finite, type Nudge } from './fold/nudge.ts'
export { equilibriumPropagation, meanMoment, meanOf, nudgedPhase } from './fold/nudged-phase.ts'
export { backpropagation, descending, type ReverseMoment } from './fold/bptt.ts'
export { reverseTotal } from './fold/total.ts'
export { accumulate, type Agreement, agreement, type Flat, foldSums, noSums, type Row, type Sums, type SumsByName } from './fold/measure.ts'
export { compare, type CompareOptions, type Comparison, type Curve, flatten, type Scan, type Watch } from './fold/lock-step.ts'

// The theorem
export {
  compareFolds, type Conclusion, conclusion, type Hypotheses, hypotheses, limit, vanishing,
} from './theorem.ts'

// Which hypothesis is broken
export { diagnose } from './diagnose/diagnose.ts'
export type { Observed, Question } from './diagnose/question.ts'
export type { Cause, CauseTag, Diagnosis, Finding, Hypothesis } from './diagnose/verdict.ts'

// Estimators of the gradient
export type { Course, Estimate, Estimator, Rest } from './estimate/estimator.ts'
export { bptt, implicit, type ImplicitOptions, rbp } from './estimate/reverse.ts'
export { centered, oneSided, randomSign, tangent } from './estimate/nudged.ts'
export { holomorphic } from './estimate/holomorphic.ts'
export { continual, vectorField } from './estimate/in-time.ts'
export { aboveFloor, type ErrorPoint, fittedOrder, type FittedOrder } from './estimate/order.ts'
export { type Closeness, closeness } from './estimate/closeness.ts'
export { type Compared, compareEstimators, type CompareEstimatorsOptions, type Estimated, type EstimatorComparison } from './estimate/compare-estimators.ts'

// Learning
export { initialise } from './learn/initialise.ts'
export { backprop, centeredEp, continualEp, ep, type Method, type Occasion, randomSignEp, recurrentBackprop } from './learn/method.ts'
export type { Relaxed } from './fold/relax.ts'
export { type Learner, type Samples, type ShardSum, shardSum, tested } from './learn/shard.ts'
export { adam, type Descent, type Memory, momentum, type Optimiser, sgd } from './learn/optimiser.ts'
export { begun, trained, type Training } from './learn/training.ts'
export { errorOf, type Tally } from './learn/tally.ts'
export { orderOf, pieces } from './learn/schedule.ts'

// Data and randomness
export { type Random, sampled, seeded, shuffled, uniforms } from './data/random.ts'
export { type Idx, type IdxError, parseIdx } from './data/idx.ts'
export { type Digits, digitsFrom, type DigitsError } from './data/digits.ts'
export type { Dtype, Stored } from './data/number-bytes.ts'
export type { StoredError } from './data/stored-error.ts'
export { parseNpy, writeNpy } from './data/npy.ts'
export { parseSafetensors, type Safetensors, writeSafetensors } from './data/safetensors.ts'
export { type ParametersError, parametersFrom, type Source, storedFrom } from './data/parameters.ts'
export { syntheticDigits } from './data/synthetic.ts'
export { type BatchError, miniBatch, type MiniBatch } from './data/batch.ts'
