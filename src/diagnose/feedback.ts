/**
 * J M = M Jᵀ between every two layers. Where it fails, what the lower layer gets from the upper is compared entry by entry with what the
 * upper gets from the lower, and the shape of the difference names the cause:
 *
 *     constant factor    feedback scaled, or of the wrong sign          none at all     feedback dropped
 *     factor per unit    of one layer: its drive lacks a slope ρ′       indices         transposed weight
 *     of both layers     J D = D Jᵀ with D = diag σ′: the force enters outside σ, where its weight is not D
 */
import type { Layers } from '../phi/interaction.ts'
import { finding, type Metric, relativeGap } from './metric.ts'
import { type Bench, direction, entriesAt, pushed, someUnits, unit } from './question.ts'
import { type Matrix, type Relation, relationOf } from './relation.ts'
import { type Cause, type Check, relationText, shown } from './verdict.ts'

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
export const feedbackChecks = <T>(bench: Bench<T>, s: Layers<T>, metric: Metric<T>, seed: number): readonly Check[] => {
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
