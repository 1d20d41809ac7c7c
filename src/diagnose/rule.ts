/** EP's rule against BPTT's transpose: ∂(rule)/∂s · M v = (∂F/∂θ)ᵀ v, and a rule that looks at the state alone. */
import type { Layers, Params } from '../phi/interaction.ts'
import { finding, type Metric, relativeGap } from './metric.ts'
import { type Bench, direction } from './question.ts'
import { type Matrix, relationOf } from './relation.ts'
import { type Check, relationText, shown } from './verdict.ts'

/** The factor in found = c · expected over all parameters, if there is one. */
const commonFactor = <T>(bench: Bench<T>, found: Params<T>, expected: Params<T>): number | undefined => {
  const { A, relative } = bench
  const of = (params: Params<T>): Matrix => [Object.keys(expected).flatMap((name) => Array.from(A.numbers(params[name] as T)))]
  const relation = relationOf(of(found), of(expected), relative)
  return relation._tag === 'Scaled' ? relation.factor : undefined
}

/** A parameter as a matrix: first axis against the rest. */
const matrixOf = <T>(bench: Bench<T>, x: T): Matrix => {
  const { A } = bench
  const [rows = 1, ...rest] = A.shape(x)
  const width = rest.reduce((n, k) => n * k, 1)
  const numbers = Array.from(A.numbers(x))
  return Array.from({ length: rows }, (_, i) => numbers.slice(i * width, (i + 1) * width))
}

/** v in the first sample, 0 in all others. */
const firstSample = <T>({ A, problem: { batch } }: Bench<T>, v: Layers<T>): Layers<T> =>
  v.map((vl) => A.of(A.shape(vl), A.numbers(vl).map((e, i, all) => (i < all.length / batch ? e : 0))))

/** ∂(rule)/∂s · M v = (∂F/∂θ)ᵀ v, parameter by parameter. */
export const ruleChecks = <T>(bench: Bench<T>, s: Layers<T>, metric: Metric<T>, seed: number): readonly Check[] => {
  const { A, D, stillMotion, motion, data, relative, problem: { batch } } = bench
  const pull = motion.pull(s)
  const both = (v: Layers<T>): { readonly found: Params<T>; readonly expected: Params<T> } => {
    const weighed = metric(v)
    const dualRule = stillMotion.rule(s.map((primal, l) => ({ primal, tangent: weighed[l] })))
    return {
      found: Object.fromEntries(Object.entries(data.theta).map(([name, p]) => [name, D.tangent(dualRule[name] ?? D.constant(A.fill(A.shape(p), 0)))])),
      expected: pull(v).param(),
    }
  }
  const v = direction(bench, seed + 60)
  const { found, expected } = both(v)
  return Object.keys(data.theta).map((name): Check => ({
    finding: finding('∂(rule)/∂s M v = (∂F/∂θ)ᵀ v', name, relativeGap(bench, found[name] as T, expected[name] as T), relative),
    cause: () => {
      const factor = commonFactor(bench, found, expected)
      if (factor !== undefined) return {
        _tag: 'RuleScaled',
        says: `the rule of every parameter is ${shown(factor)} times what BPTT's transpose makes of the same motion: the ratio of EP to BPTT is constant, a matter of units`,
        remedy: batch > 1 && Math.abs(factor * batch - 1) < 1e-6
          ? `the rule seems to be divided by the batch size ${batch}: sum over the batch, EP takes the mean itself`
          : factor < 0 ? 'turn the sign of the rule or of the nudge'
            : `multiply the rule by ${shown(1 / factor)}; if ${shown(factor)} is the step size dt, the nudge or the rule is scaled by dt once too often`,
      }
      // One sample alone: a sum over samples has no factor per unit.
      const one = both(firstSample(bench, v))
      const relation = relationOf(matrixOf(bench, one.found[name] as T), matrixOf(bench, one.expected[name] as T), relative)
      return relation._tag === 'Columns' ? {
        _tag: 'RuleInput',
        says: `the rule of ${name} differs from (∂F/∂${name})ᵀ by a factor per column (${shown(relation.least)} to ${shown(relation.most)}): the rule sees another activity below ${name} than the step does, such as x for ρ(x)`,
        remedy: `use the same activity below ${name} in the step and in the rule`,
      } : {
        _tag: 'RuleMismatch',
        says: `the rule of ${name} ${relationText(relation)} what (∂F/∂${name})ᵀ asks for`,
        remedy: relation._tag === 'Transposed' ? `exchange the indices in the rule of ${name}`
          : relation._tag === 'Rows' || relation._tag === 'Weighted' ? `the nudge or the rule of ${name} lacks a slope σ′: nudge inside σ with the rule ∂Ψ/∂θ, or put the slope into both`
            : `derive ∂(rule)/∂s of ${name} again; it must be the transpose of ∂F/∂${name}`,
      }
    },
  }))
}

/** The rule is a function of the state alone: it does not look at the state before. */
export const memoryChecks = <T>(bench: Bench<T>, s: Layers<T>, seed: number): readonly Check[] => {
  const { A, motion, data, relative } = bench
  const plain = motion.rule(s)
  const others = [motion.rule(s, direction(bench, seed + 70)), motion.rule(s, s.map((sl) => A.neg(sl)))]
  return Object.keys(data.theta).map((name): Check => ({
    finding: finding('rule(s) does not depend on the state before', name,
      Math.max(...others.map((other) => relativeGap(bench, other[name] as T, plain[name] as T))), relative),
    cause: () => ({
      _tag: 'RuleLooksBack',
      says: `the rule of ${name} changes with the state one step before: it takes something stale from there, such as pooling positions`,
      remedy: `compute everything in the rule of ${name} from the state that it is asked about: pool positions of the current maps`,
    }),
  }))
}
