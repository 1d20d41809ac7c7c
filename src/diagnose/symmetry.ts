/**
 * Second hypothesis, (H1) of the theorem: J M = M Jᵀ, a force moves the state by M f, and ∂(rule)/∂s · M v = (∂F/∂θ)ᵀ v.
 *
 * M is the metric that the dynamics claim; of dynamics that claim none it is measured: by what a force moves each layer. So a model that
 * is nudged in the wrong place fails here, as does one whose feedback is not the transpose of its forward weights. Where J M ≠ M Jᵀ between two
 * layers, what the lower gets from the upper is compared entry by entry with what the upper gets from the lower, and the shape of the
 * difference names the cause:
 *
 *     constant factor    feedback scaled, or of the wrong sign          none at all     feedback dropped
 *     factor per unit    of one layer: its drive lacks a slope ρ′       indices         transposed weight
 *     of both layers     J D = D Jᵀ with D = diag σ′: the force enters outside σ, where its weight is not D
 */
import type { Layers, Params } from '../phi/interaction.ts'
import { type Bench, direction, entriesAt, forced, product, pushed, someUnits, unit } from './question.ts'
import { type Matrix, type Relation, relationOf } from './relation.ts'
import { type Cause, type Check, type Finding, relationText, shown } from './verdict.ts'

type Metric<T> = (v: Layers<T>) => Layers<T>

const finding = (check: string, where: string, value: number, allowance: number): Finding =>
  ({ hypothesis: 'symmetry', check, where, value, allowance })

/** Largest |a − b| relative to the largest entry of either. */
const relativeGap = <T>(bench: Bench<T>, a: T, b: T, scale = 0): number => {
  const { A } = bench
  const zero = A.fill(A.shape(a), 0)
  const size = Math.max(A.distance(a, zero), A.distance(b, zero), scale)
  return size === 0 ? 0 : A.distance(a, b) / size
}

/** The claimed metric; else by what a force moves the state; else 1, where a force on a hidden layer does nothing. */
const metricOf = <T>(bench: Bench<T>, s: Layers<T>): { readonly metric: Metric<T>; readonly claimed: boolean } => {
  const { A, motion, layerNames } = bench
  if (motion.metric !== undefined) return { metric: motion.metric(s), claimed: true }
  const hidden = layerNames.slice(0, -1).some((_, l) => {
    const moved = forced(bench, s, direction(bench, 1, l))[l] as T
    return A.distance(moved, A.fill(A.shape(moved), 0)) === 0
  })
  return { metric: hidden ? (v) => v : (v) => forced(bench, s, v), claimed: false }
}

/** A force on the output layer, where the nudge acts, moves the state by M f. */
const forceCheck = <T>(bench: Bench<T>, s: Layers<T>, metric: Metric<T>, seed: number): Check => {
  const { A, relative, layerNames } = bench
  const last = layerNames.length - 1
  const f = direction(bench, seed, last)
  const [moved, expected] = [forced(bench, s, f), metric(f)]
  const size = Math.max(...expected.map((e) => A.distance(e, A.fill(A.shape(e), 0))))
  const gaps = moved.map((m, l) => relativeGap(bench, m, expected[l] as T, size))
  const worst = gaps.reduce((best, gap, l) => (gap > (gaps[best] ?? 0) ? l : best), last)
  const name = layerNames[worst] ?? ''
  return {
    finding: finding('∂F/∂f · f = M f', name, Math.max(...gaps), relative),
    cause: () => {
      const units = someUnits(A.shape(s[last] as T))
      const [found, wanted] = [moved, expected].map((at) => [entriesAt(A, at[last] as T, units)])
      const relation = relationOf(found ?? [], wanted ?? [], relative)
      return relation._tag === 'Scaled'
        ? {
          _tag: 'ForceScaled',
          says: `a force on ${layerNames[last] ?? ''} moves it ${shown(relation.factor)} times as far as the metric says: EP's β is another one, and all of EP's updates are ${shown(relation.factor)} times BPTT's`,
          remedy: `if ${shown(relation.factor)} is the step size dt, the nudge is scaled by dt: divide β by it, or take it out of the step; if it is negative, turn the sign of the nudge`,
        }
        : {
          _tag: 'ForceNotMetric',
          says: `a force on ${layerNames[last] ?? ''} does not move the state by M f; worst at ${name}`,
          remedy: 'let the force −β ∂ℓ/∂s enter where the metric says: added to F if M = 1, inside σ if M = ε σ′, and on the output layer only',
        }
    },
  }
}

/** What layer `low` gets from layer `high` (J M), and what the other way round makes it (M Jᵀ), for some units. */
const feedback = <T>(bench: Bench<T>, s: Layers<T>, metric: Metric<T>, low: number, high: number): { readonly found: Matrix; readonly expected: Matrix } => {
  const { A, motion } = bench
  const [rows, columns] = [someUnits(A.shape(s[low] as T)), someUnits(A.shape(s[high] as T))]
  const pull = motion.pull(s)
  const of = (image: (v: Layers<T>) => Layers<T>): Matrix => {
    const byColumn = columns.map((j) => entriesAt(A, image(unit(bench, high, j))[low] as T, rows))
    return rows.map((_, i) => byColumn.map((column) => column[i] ?? NaN))
  }
  return { found: of((v) => pushed(bench, s, metric(v))), expected: of((v) => metric(pull(v).state)) }
}

const outside = (where: string, range: string): Cause => ({
  _tag: 'NudgeOutside',
  says: `${where}: J is symmetric only under weights that differ from unit to unit (${range}), as the slopes σ′ do, but a force moves every unit alike: the nudge enters outside the nonlinearity`,
  remedy: 'nudge inside σ (innerNudged), where the force is weighted by the same σ′; outside it EP keeps a gap at every β',
})

const feedbackCause = (relation: Relation, low: string, high: string): Cause => {
  switch (relation._tag) {
    case 'Absent': return {
      _tag: 'FeedbackDropped',
      says: `${high} listens to ${low}, but ${low} does not listen to ${high}: the feedback is missing`,
      remedy: `add the feedback to the drive of ${low}, through the transpose of the weights that lead to ${high}`,
    }
    case 'Extra': return {
      _tag: 'FeedbackDropped',
      says: `${low} listens to ${high}, but ${high} does not listen to ${low}`,
      remedy: `add the drive of ${high} by ${low}, or drop the feedback`,
    }
    case 'Scaled': return {
      _tag: 'FeedbackScaled',
      says: `the feedback from ${high} to ${low} ${relationText(relation)} the transpose of the forward coupling`,
      remedy: relation.factor < 0 ? `turn the sign of the feedback to ${low}` : `use the same weights both ways: W forward, Wᵀ back, both with the same step size`,
    }
    case 'Transposed': return {
      _tag: 'FeedbackTransposed',
      says: `the feedback from ${high} to ${low} runs through W where it should run through Wᵀ`,
      remedy: 'exchange the indices of the weight in the feedback',
    }
    case 'Columns': case 'Rows': {
      const layer = relation._tag === 'Columns' ? high : low
      return {
        _tag: 'SlopeMissing',
        says: `between ${low} and ${high} the two directions differ by a factor per unit of ${layer} (${shown(relation.least)} to ${shown(relation.most)}): the drive of ${layer} lacks a slope ρ′ that the feedback from it has, so F is no gradient`,
        remedy: `multiply the drive of ${layer} by ρ′(${layer}), or make its activation linear everywhere`,
      }
    }
    case 'Weighted': return outside(`between ${low} and ${high}`, `ratios ${shown(relation.least)} to ${shown(relation.most)}`)
    default: return {
      _tag: 'Asymmetric',
      says: `J M is not symmetric between ${low} and ${high}: the feedback ${relationText(relation)} the transpose of the forward coupling`,
      remedy: 'use one set of weights for both directions; separate backward weights make EP approximate',
    }
  }
}

/** J M = M Jᵀ between every two layers, by directions on one of them. */
const symmetryChecks = <T>(bench: Bench<T>, s: Layers<T>, metric: Metric<T>, seed: number): readonly Check[] => {
  const { A, motion, relative, layerNames } = bench
  const pull = motion.pull(s)
  const pairs = layerNames.flatMap((_, high) => {
    const v = direction(bench, seed + high, high)
    const [found, expected] = [pushed(bench, s, metric(v)), metric(pull(v).state)]
    return layerNames.slice(0, high + 1).map((_, low) => ({ low, high, found: found[low] as T, expected: expected[low] as T }))
  })
  const size = (x: T): number => A.distance(x, A.fill(A.shape(x), 0))
  // Layers that are far apart have no coupling but rounding: held against the largest.
  const scale = Math.max(...pairs.map(({ found, expected }) => Math.max(size(found), size(expected))))
  const checks = pairs.map(({ low, high, found, expected }): Check & { readonly relation: () => Relation } => {
    const [under, over] = [layerNames[low] ?? '', layerNames[high] ?? '']
    const relation = (): Relation => {
      const { found: f, expected: e } = feedback(bench, s, metric, low, high)
      return relationOf(f, e, relative)
    }
    return {
      finding: finding('J M = M Jᵀ', `${under}–${over}`, relativeGap(bench, found, expected, scale), relative),
      cause: () => feedbackCause(relation(), under, over),
      relation,
    }
  })
  const broken = checks.filter(({ finding: { value, allowance } }) => !(value <= allowance))
  // Slopes that differ in every layer are σ′, not one ρ′ that was left out.
  const everywhere = (): boolean => broken.some(({ relation }) => relation()._tag === 'Weighted')
  return checks.map(({ finding: each, cause }) => ({
    finding: each,
    cause: () => {
      const own = cause()
      return own._tag === 'SlopeMissing' && everywhere() ? outside(each.where, own.says.replace(/^.*\(([^)]*)\).*$/, '$1')) : own
    },
  }))
}

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
const ruleChecks = <T>(bench: Bench<T>, s: Layers<T>, metric: Metric<T>, seed: number): readonly Check[] => {
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
const memoryChecks = <T>(bench: Bench<T>, s: Layers<T>, seed: number): readonly Check[] => {
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

/** (H1) at one state. */
export const metricChecks = <T>(bench: Bench<T>, s: Layers<T>, seed: number): readonly Check[] => {
  const { metric, claimed } = metricOf(bench, s)
  return [
    ...(claimed ? [forceCheck(bench, s, metric, seed)] : [negativeForce(bench, s, seed)]),
    ...symmetryChecks(bench, s, metric, seed + 10),
    ...ruleChecks(bench, s, metric, seed),
    ...memoryChecks(bench, s, seed),
  ]
}

/** Where no metric is claimed: a force on the output layer pushes it that way, not the other, and moves nothing else. */
const negativeForce = <T>(bench: Bench<T>, s: Layers<T>, seed: number): Check => {
  const { A, relative, layerNames } = bench
  const last = layerNames.length - 1
  const f = direction(bench, seed, last)
  const moved = forced(bench, s, f)
  const { inner, size } = product(A, moved[last] as T, f[last] as T)
  return {
    finding: finding('a force pushes the way it points', layerNames[last] ?? '', size > 0 ? -inner / size : 1, relative),
    cause: () => (size > 0 ? {
      _tag: 'ForceScaled',
      says: `a force on ${layerNames[last] ?? ''} moves it the other way (⟨f, moved⟩ = ${shown(inner)}): the nudge has the wrong sign`,
      remedy: 'add the force that step is given; it is −β ∂ℓ/∂s already',
    } : {
      _tag: 'ForceNotMetric',
      says: `a force on ${layerNames[last] ?? ''} does not move it`,
      remedy: 'add the force that step is given to the output layer',
    }),
  }
}
