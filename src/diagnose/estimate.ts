/**
 * Fifth and sixth hypotheses, and the theorem itself: whole updates over K moments, batch means, from the settled state.
 *
 *     β too large       |Δθ(β) − Δθ(β → 0)| ≤ accuracy |Δθ(β → 0)|, where the left side grows with β
 *     β below rounding  the same, where it grows as β falls: u |rule| / β of the update is rounding
 *     K                 |Σ_{t<2K} ∇θ(t) − Σ_{t<K} ∇θ(t)| ≤ accuracy |Σ_{t<2K} ∇θ(t)|
 *     theorem           Δs(t) = −M ∇s(t) and Δθ(t) = −∇θ(t) for t < K in the limit β → 0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { backpropagation } from '../fold/bptt.ts'
import type { Mistake } from '../fold/mistake.ts'
import { finite, type Nudge } from '../fold/nudge.ts'
import { equilibriumPropagation } from '../fold/nudged-phase.ts'
import { drop, take } from '../fold/phase.ts'
import { contrasts, totals } from '../fold/total.ts'
import type { Layers, Params } from '../phi/interaction.ts'
import type { DualTensor } from '../tensor/dual.ts'
import { type Bench, forced } from './question.ts'
import { type Check, shown } from './verdict.ts'

/** |p| and |p − q| over all parameters, and the parameter that contributes most to the latter. */
const compared = <T>({ A }: Bench<T>, p: Params<T>, q: Params<T>): { readonly size: number; readonly gap: number; readonly where: string } => {
  const squares = (x: Float64Array): number => x.reduce((sum, e) => sum + e * e, 0)
  const parts = Object.entries(q).map(([name, expected]) => ({
    name, size: squares(A.numbers(expected)), gap: squares(A.numbers(A.sub(p[name] as T, expected))),
  }))
  const worst = parts.reduce((best, each) => (each.gap > best.gap ? each : best), { name: '', size: 0, gap: -1 })
  const root = (of: 'size' | 'gap'): number => Math.sqrt(parts.reduce((sum, each) => sum + each[of], 0))
  return { size: root('size'), gap: root('gap'), where: worst.name }
}

const relativeTo = (gap: number, size: number): number => (gap === 0 ? 0 : gap / size)

/** EP's whole update over K moments with a finite β. */
export const finiteTotal = <T>({ A, problem }: Bench<T>, s: Layers<T>, beta: number, K: number): E.Either<Mistake, Params<T>> =>
  pipe(finite(A, beta), E.map((nudge) => drop(contrasts(problem, nudge, s), K - 1).next()[0]()))

/** The same in the limit: the dual numbers' tangent. */
const limitTotal = <T>({ A, D, dualProblem }: Bench<T>, s: Layers<T>, K: number): Params<T> => {
  const nudge: Nudge<DualTensor<T>, T> = { beta: D.infinitesimal(), out: A, quotient: D.tangent }
  return drop(contrasts(dualProblem, nudge, s.map(D.constant)), K - 1).next()[0]()
}

const largestOf = <T>({ A }: Bench<T>, params: Params<T>): number =>
  Math.max(...Object.values(params).map((p) => A.distance(p, A.fill(A.shape(p), 0))))

/** β: its own error, and rounding. */
export const betaCheck = <T>(bench: Bench<T>, s: Layers<T>, beta: number, K: number): E.Either<Mistake, Check> => pipe(
  E.Do,
  E.apS('at', finiteTotal(bench, s, beta, K)),
  E.apS('doubled', finiteTotal(bench, s, 2 * beta, K)),
  E.map(({ at, doubled }): Check => {
    const { accuracy, roundoff, motion, problem: { batch } } = bench
    const exact = limitTotal(bench, s, K)
    const { gap, size, where } = compared(bench, at, exact)
    const [error, errorDoubled] = [relativeTo(gap, size), relativeTo(compared(bench, doubled, exact).gap, size)]
    const floor = roundoff * largestOf(bench, motion.rule(s)) / batch / Math.abs(beta)
    return {
      finding: { hypothesis: 'beta', check: `EP at β = ${shown(beta)} against β → 0`, where, value: error, allowance: accuracy },
      cause: () => (errorDoubled > error || Number.isNaN(errorDoubled) ? {
        _tag: 'BetaTooLarge',
        says: `EP's whole update is ${shown(100 * error)} % away from its limit β → 0, worst at ${where} (${shown(100 * errorDoubled)} % at 2β): β is too large`,
        remedy: `try β = ${shown(beta * accuracy / error)}, or the centered estimate (+β and −β), whose error is O(β²)`,
      } : {
        _tag: 'BetaBelowRounding',
        says: `EP's whole update is ${shown(100 * error)} % away from its limit, but less at 2β (${shown(100 * errorDoubled)} %): rounding, about u |rule| / β = ${shown(floor)} with u = ${shown(roundoff)}, against an update of ${shown(largestOf(bench, exact))}`,
        remedy: roundoff > 1e-10 ? 'use float64: single precision has too few digits for this β; or a larger β' : `use a larger β, about ${shown(beta * Math.sqrt(error / accuracy))} or more`,
      }),
    }
  }))

/** The state that stands still, K times: what the theorem supposes. */
const standing = <T>(s: Layers<T>, K: number): { readonly state: Layers<T>; readonly before: readonly Layers<T>[] } =>
  ({ state: s, before: Array.from({ length: K }, () => s) })

/** K: what BPTT and EP leave out. */
export const horizonCheck = <T>(bench: Bench<T>, s: Layers<T>, K: number): E.Either<Mistake, Check> => pipe(
  backpropagation(bench.problem, standing(s, 2 * K), 2 * K),
  E.map((phase): Check => {
    const { A, accuracy } = bench
    const sums = take(totals(A, phase), 2 * K)
    const [half, whole] = [sums[K - 1] as Params<T>, sums[2 * K - 1] as Params<T>]
    const { gap, size, where } = compared(bench, half, whole)
    const left = relativeTo(gap, size)
    return {
      finding: { hypothesis: 'horizon', check: `gradient over K = ${K} against ${2 * K} moments`, where, value: left, allowance: accuracy },
      cause: () => ({
        _tag: 'TooFewSteps',
        says: `moments ${K} to ${2 * K - 1} change the whole gradient by ${shown(100 * left)} %, worst at ${where}: K = ${K} cuts it off`,
        remedy: `use a larger K; doubling it leaves about ${shown(100 * left * left)} % if the gradients decay steadily`,
      }),
    }
  }))

/** The conclusion, moment by moment in the limit: the walk's last word on this model. */
export const theoremCheck = <T>(bench: Bench<T>, s: Layers<T>, K: number): E.Either<Mistake, Check> => pipe(
  backpropagation(bench.problem, standing(s, K), K),
  E.map((reverse): Check => {
    const { A, D, dualProblem, accuracy, motion } = bench
    const nudge: Nudge<DualTensor<T>, T> = { beta: D.infinitesimal(), out: A, quotient: D.tangent }
    const [ups, downs] = [take(equilibriumPropagation(dualProblem, nudge, s.map(D.constant)), K), take(reverse, K)]
    const metric = motion.metric?.(s) ?? ((v: Layers<T>) => forced(bench, s, v))
    const size = (x: T): number => A.distance(x, A.fill(A.shape(x), 0))
    const gaps = ups.map((up, t) => {
      const down = downs[t] as typeof downs[number]
      const [delta, nabla, weighed] = [up.param(), down.param(), metric(down.state)]
      return {
        state: Math.max(...up.state.map((d, l) => A.distance(d, A.neg(weighed[l] as T)))), stateSize: Math.max(...weighed.map(size)),
        param: Math.max(...Object.keys(delta).map((name) => A.distance(delta[name] as T, A.neg(nabla[name] as T)))),
        paramSize: Math.max(...Object.values(nabla).map(size)),
      }
    })
    const most = (of: 'state' | 'stateSize' | 'param' | 'paramSize'): number => Math.max(...gaps.map((each) => each[of]))
    const [neurons, params] = [relativeTo(most('state'), most('stateSize')), relativeTo(most('param'), most('paramSize'))]
    return {
      finding: { hypothesis: 'theorem', check: `Δs(t) = −M ∇s(t), Δθ(t) = −∇θ(t) for t < ${K}, β → 0`, where: neurons > params ? 'neurons' : 'parameters', value: Math.max(neurons, params), allowance: accuracy },
      cause: () => ({
        _tag: 'Conclusion',
        says: `every hypothesis holds within its allowance, yet the folds differ by ${shown(100 * neurons)} % (neurons) and ${shown(100 * params)} % (parameters)`,
        remedy: 'the state is close to a kink or far from settled for so many steps: use more steps T or a smaller K',
      }),
    }
  }))
