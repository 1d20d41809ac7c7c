/** Where the nudge enters: a force moves the state by M f; where no metric is claimed, at least the way it points. */
import type { Layers } from '../phi/interaction.ts'
import { finding, type Metric, relativeGap } from './metric.ts'
import { type Bench, direction, entriesAt, forced, product, someUnits } from './question.ts'
import { relationOf } from './relation.ts'
import { type Check, shown } from './verdict.ts'

/** A force on the output layer, where the nudge acts, moves the state by M f. */
export const forceCheck = <T>(bench: Bench<T>, s: Layers<T>, metric: Metric<T>, seed: number): Check => {
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

/** Where no metric is claimed: a force on the output layer pushes it that way, not the other, and moves nothing else. */
export const negativeForce = <T>(bench: Bench<T>, s: Layers<T>, seed: number): Check => {
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
