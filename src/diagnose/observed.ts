/**
 * Last: numbers of the user's own program against this library's, which by now are known to agree with each other. A constant factor
 * between the two is a matter of units: a sign, a batch mean, a step size dt. Moments that fit their neighbours are shifted; totals that fit
 * K + 1 moments are one step longer.
 *
 * They may come from a program in single precision, of unit roundoff u₃₂ = 2⁻²⁴, so they are held to what that explains: the relative rounding of a
 * derivative (question.ts), for EP also u₃₂ |rule| / β of a difference quotient, and what the free phase has left to settle.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { backpropagation } from '../fold/bptt.ts'
import type { Mistake } from '../fold/mistake.ts'
import { finite } from '../fold/nudge.ts'
import { equilibriumPropagation, zipParams } from '../fold/nudged-phase.ts'
import { take } from '../fold/phase.ts'
import { singleRoundoff } from '../number/float32.ts'
import { unitRoundoff } from '../number/float64.ts'
import type { Layers, Params } from '../phi/interaction.ts'
import { sameShape, showShape } from '../tensor/algebra.ts'
import type { Bench, Observed } from './question.ts'
import { relationOf } from './relation.ts'
import { type Cause, type Check, shown } from './verdict.ts'

type Series = readonly (readonly number[])[]

/** Relative |a − b| over all entries; larger of the two sizes below. */
const apart = (a: readonly number[], b: readonly number[]): number => {
  const size = Math.max(...a.map(Math.abs), ...b.map(Math.abs), 0)
  const gap = a.length === b.length ? a.reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] ?? NaN))), 0) : Infinity
  return gap === 0 ? 0 : gap / size
}

const isNear = (a: number, b: number, within: number): boolean => Math.abs(a - b) <= within * Math.abs(b)

/** What a constant factor is. */
const factorCause = (what: string, factor: number, batch: number, dt: number | undefined, within: number): Cause => {
  const says = `all of ${what} is ${shown(factor)} times ours, every parameter alike: a matter of units`
  if (isNear(factor, -1, within)) return { _tag: 'Sign', says, remedy: `turn the sign: EP's update points down the cost, Δθ = −∇θ` }
  if (dt !== undefined && (isNear(Math.abs(factor), dt, within) || isNear(Math.abs(factor), 1 / dt, within))) return {
    _tag: 'StepSize', says: `${says}; that is ${isNear(Math.abs(factor), dt, within) ? 'dt' : '1/dt'} with dt = ${shown(dt)}${factor < 0 ? ', and the opposite sign' : ''}`,
    remedy: 'the nudge is scaled by dt but β is divided by as it is, or the other way round: divide by the β that the step really adds',
  }
  if (batch > 1 && (isNear(Math.abs(factor), batch, within) || isNear(Math.abs(factor), 1 / batch, within))) return {
    _tag: 'BatchMean', says: `${says}; the batch has ${batch} samples`,
    remedy: factor > 1 ? 'take the mean over the batch, not the sum' : 'the mean over the batch is taken twice: divide once',
  }
  return { _tag: 'Factor', says, remedy: 'find the constant: a β, a dt, a batch size or a ½ of the cost' }
}

/** Nothing moved: a nudge that is not there, as in programs that test β > 0, or a cost that is not. */
const absentCause = (what: string, beta: number | undefined): Cause => beta === undefined ? {
  _tag: 'Absent', says: `${what} is 0 in every parameter: no gradient of the cost came in`, remedy: 'start BPTT from ∂ℓ/∂s at the output layer',
} : {
  _tag: 'Absent',
  says: `${what} is 0 in every parameter: with β = ${shown(beta)} nothing was nudged`,
  remedy: beta < 0 ? 'a negative β is ignored: test β ≠ 0 where your program tests β > 0' : 'add the force −β ∂ℓ/∂s to the output layer in the second phase',
}

interface Compared<T> {
  readonly what: string
  readonly theirs: readonly Params<T>[]
  /** At least two more than theirs, or for totals: those of 1, 2, … moments. */
  readonly ours: readonly Params<T>[]
  /** The one of ours that their first should equal. */
  readonly from: number
  readonly total: boolean
  /** Largest relative difference that precision and settling explain. */
  readonly allowance: number
  /** Of EP's numbers. */
  readonly beta: number | undefined
}

const flat = <T>({ A }: Bench<T>, params: Params<T>, names: readonly string[]): readonly number[] =>
  names.flatMap((name) => Array.from(A.numbers(params[name] as T)))

const judge = <T>(bench: Bench<T>, { what, theirs, ours, from, total, allowance, beta }: Compared<T>, dt: number | undefined): Check => {
  const { A, data, problem: { batch } } = bench
  const names = Object.keys(data.theta)
  const misplaced = theirs.flatMap((params, t) => names.flatMap((name) => {
    const [p, q] = [params[name], data.theta[name] as T]
    return p === undefined ? [`${name} is missing at t = ${t}`] : sameShape(A.shape(p), A.shape(q)) ? [] : [`${name} has shape ${showShape(A.shape(p))} instead of ${showShape(A.shape(q))}`]
  }))[0]
  const check = (value: number, where: string, cause: () => Cause): Check =>
    ({ finding: { hypothesis: 'your numbers', check: `${what} against ours`, where, value, allowance }, cause })
  if (misplaced !== undefined) return check(Infinity, misplaced.split(' ')[0] ?? '', () =>
    ({ _tag: 'Missing', says: `${what}: ${misplaced}`, remedy: 'give every parameter at every t, in the shape that the model has' }))
  const [mine, yours]: readonly [Series, Series] = [ours.map((params) => flat(bench, params, names)), theirs.map((params) => flat(bench, params, names))]
  const shifted = (by: number): readonly number[] => yours.flatMap((_, t) => mine[from + t + by] ?? [])
  const all = yours.flat()
  const gap = apart(all, shifted(0))
  const byName = names.map((name) => ({ name, gap: Math.max(...theirs.map((params, t) => apart(flat(bench, params, [name]), flat(bench, ours[from + t] as Params<T>, [name])))) }))
  const worst = byName.reduce((best, each) => (each.gap > best.gap ? each : best), { name: '', gap: -1 })
  const largest = (numbers: readonly number[]): number => Math.max(0, ...numbers.map(Math.abs))
  const absent = largest(all) <= allowance * largest(shifted(0))
  return check(gap, gap <= allowance || absent ? 'all parameters' : worst.name, (): Cause => {
    if (absent) return absentCause(what, beta)
    const relation = relationOf([all], [shifted(0)], allowance ** 2)
    if (relation._tag === 'Scaled') return factorCause(what, relation.factor, batch, dt, allowance)
    const shift = [1, -1].find((by) => from + by >= 0 && shifted(by).length === all.length && apart(all, shifted(by)) <= allowance)
    if (shift !== undefined) return total ? {
      _tag: 'OffByOne',
      says: `${what} fits ${from + 1 + shift} moments, not K = ${from + 1}: one of the two folds runs ${shift > 0 ? 'a step longer' : 'a step less'}`,
      remedy: 'run both folds over the same number of moments: BPTT(K) walks K states back, EP nudges K steps',
    } : {
      _tag: 'OffByOne',
      says: `${what} at t fits ours at t ${shift > 0 ? '+ 1' : '− 1'}: the time index is shifted`,
      remedy: 'start both folds at t = 0: Δs(0) = (s_1 − s*)/β and ∇s(0) = ∂ℓ/∂s',
    }
    const turned = names.find((name) => {
      const [rows = 0, columns = 0, ...rest] = A.shape(data.theta[name] as T)
      if (rest.length > 0 || rows !== columns) return false
      const exchanged = (numbers: readonly number[]): readonly number[] => numbers.map((_, e) => numbers[(e % rows) * rows + Math.floor(e / rows)] ?? NaN)
      const [a, b] = [theirs.flatMap((params) => flat(bench, params, [name])), theirs.flatMap((_, t) => exchanged(flat(bench, ours[from + t] as Params<T>, [name])))]
      return name === worst.name && apart(a, b) <= allowance
    })
    return turned === undefined ? {
      _tag: 'Differs',
      says: `${what} differs by ${shown(100 * worst.gap)} % at ${worst.name}, by no constant factor and no shift in time; agreeing: ${byName.filter((each) => each.gap <= allowance).map(({ name }) => name).join(', ') || 'none'}`,
      remedy: `look at ${worst.name} first: the model that you run differs from the one described here in what drives it`,
    } : { _tag: 'Transposed', says: `${what} of ${turned} is the transpose of ours`, remedy: `exchange the indices of ${turned}: the first is the layer that it drives` }
  })
}

/** Checks of everything that was observed. */
export const observedChecks = <T>(
  bench: Bench<T>, s: Layers<T>, unsettled: number, { observed = {}, beta, K, dt }: { readonly observed?: Observed<T>; readonly beta: number; readonly K: number; readonly dt?: number },
): E.Either<Mistake, readonly Check[]> => {
  const { A, problem } = bench
  const { ep, bptt, epTotal, bpttTotal } = observed
  const steps = Math.max(K, ep?.length ?? 0, bptt?.length ?? 0) + 2
  const sums = (moments: readonly Params<T>[]): readonly Params<T>[] => moments.reduce<readonly Params<T>[]>((seen, params) => {
    const last = seen.at(-1)
    return [...seen, last === undefined ? params : zipParams(last, params, A.add)]
  }, [])
  if (ep === undefined && bptt === undefined && epTotal === undefined && bpttTotal === undefined) return E.right([])
  return pipe(
    E.Do,
    E.apS('nudge', finite(A, beta)),
    E.apS('reverse', backpropagation(problem, { state: s, before: Array.from({ length: steps }, () => s) }, steps)),
    E.map(({ nudge, reverse }) => {
      const ours = {
        ep: take(equilibriumPropagation(problem, nudge, s), steps).map(({ param }) => param()),
        bptt: take(reverse, steps).map(({ param }) => param()),
      }
      const single = Math.max(1, singleRoundoff / Math.max(bench.roundoff, unitRoundoff)) * bench.relative + unsettled
      const size = (params: readonly Params<T>[]): number => Math.max(...params.flatMap((each) => Object.values(each)).map((p) => A.distance(p, A.fill(A.shape(p), 0))))
      const quotient = (updates: readonly Params<T>[]): number => single + singleRoundoff * size([problem.motion.rule(s)]) / problem.batch / Math.abs(beta) / size(updates)
      const cases: readonly Compared<T>[] = [
        ...(ep === undefined ? [] : [{ what: 'your Δθ(t)', theirs: ep, ours: ours.ep, from: 0, total: false, allowance: quotient(ours.ep), beta }]),
        ...(bptt === undefined ? [] : [{ what: 'your ∇θ(t)', theirs: bptt, ours: ours.bptt, from: 0, total: false, allowance: single, beta: undefined }]),
        ...(epTotal === undefined ? [] : [{ what: 'your whole EP update', theirs: [epTotal], ours: sums(ours.ep), from: K - 1, total: true, allowance: quotient(ours.ep), beta }]),
        ...(bpttTotal === undefined ? [] : [{ what: 'your whole BPTT gradient', theirs: [bpttTotal], ours: sums(ours.bptt), from: K - 1, total: true, allowance: single, beta: undefined }]),
      ]
      return cases.map((each) => judge(bench, each, dt))
    }))
}
