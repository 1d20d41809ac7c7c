/**
 * L8: the error of EP in β has the order that theory says: 1 one-sided, 2 centered, N holomorphic. Measured by regression over a row of
 * β that rise by √2, with a floor under which rounding could hide the order.
 *
 * The reference is the tangent estimate from the same state s*, so that the state need not be settled exactly: in exact arithmetic
 *
 *     estimate(β) − tangent = c β^N + … + (R(s⁰_K) − R(s*)) / β,
 *
 * the last term with s⁰ the phase without nudge. In floats the state repeats itself bit for bit, so what R(s⁰_K) − R(s*) really is, is at most
 * its rounding. The floor is the sum of three bounds that the error-tracking interpreter reads off the very programs: of estimate(β), of the
 * tangent, and of R(s⁰_K) over β. (That cos and sin of the circle are rounded moves each β_k by u: less than the roundings counted in the quotient by it.)
 *
 * Points count where the floor is at most 1 % of the error, and the five smallest of those are fitted, so that the next power of β is
 * as small as can be. On x = log β with spacing h = ½ log 2, five points have Σ|x − x̄| = 6h and Σ(x − x̄)² = 10h², so that 1 % moves
 * the slope by at most 0.01 · 0.6 / h < 0.018. The rest of the allowances, 0.05 and 0.3, is for the next power of β.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { squaredError } from '../cost/squared-error.ts'
import type { Estimator } from '../estimate/estimator.ts'
import { halfCircle, holomorphic, realData } from '../estimate/holomorphic.ts'
import { centered, equilibrium, oneSided, tangent } from '../estimate/nudged.ts'
import { aboveFloor, type ErrorPoint, fittedOrder, type FittedOrder } from '../estimate/order.ts'
import { freePhase, type Settled } from '../fold/free-phase.ts'
import { orThrow } from '../fold/mistake.ts'
import { type Data, pose } from '../fold/pose.ts'
import { polynomial } from '../phi/activation.ts'
import type { ExactDynamics } from '../phi/dynamics.ts'
import { energyBased } from '../phi/energy-based.ts'
import type { Params } from '../phi/interaction.ts'
import { layered, toy } from '../phi/network.ts'
import { innerNudged } from '../phi/prototypical.ts'
import { entries } from '../tensor/algebra.ts'
import { type Analytic, complexOf } from '../tensor/complex.ts'
import { reference as A, type Tensor } from '../tensor/reference.ts'
import { type Law, law, type Mutant, type Verdict } from './law.ts'
import { mapParams } from './mutants.ts'
import { errorFree, tracked, type Tracked } from './tracked.ts'

/** A small smooth network; analytic, and over the ring operations alone, so that complex tensors can be tracked as well. */
export interface SmoothSpec {
  readonly kind: 'energy-based' | 'prototypical'
  readonly architecture: 'layered' | 'toy'
  readonly sizes: readonly number[]
  readonly batch: number
  readonly steps: number
  readonly epsilon: number
  /** In 2⁻¹⁰, used in turn. */
  readonly pool: readonly number[]
}

export const smoothNetworks: fc.Arbitrary<SmoothSpec> = fc.record({
  kind: fc.constantFrom('energy-based' as const, 'prototypical' as const),
  architecture: fc.constantFrom('layered' as const, 'toy' as const),
  sizes: fc.array(fc.integer({ min: 2, max: 4 }), { minLength: 3, maxLength: 3 }),
  batch: fc.integer({ min: 1, max: 2 }),
  steps: fc.integer({ min: 3, max: 6 }),
  epsilon: fc.constantFrom(0.5, 1),
  pool: fc.array(fc.integer({ min: -(2 ** 10), max: 2 ** 10 }).filter((n) => Math.abs(n) > 2 ** 7), { minLength: 31, maxLength: 31 }),
})

/** A bent curve: every power of β has its share. */
const rho = polynomial(0.25, 0.5, 0.5, -0.25)

/** A realised one. `steps` is K. */
export interface SmoothNetwork {
  readonly dynamics: ExactDynamics<never>
  readonly data: Data<Tensor>
  readonly settled: Settled<Tensor>
  readonly steps: number
}

/** The network with its data and settled state; instances that do not repeat themselves bit for bit are discarded. */
export const smoothNetwork = ({ kind, architecture, sizes, batch, steps, epsilon, pool }: SmoothSpec): SmoothNetwork => {
  const interaction = (architecture === 'toy' ? toy : layered)(sizes)
  const dynamics = (kind === 'energy-based' ? energyBased : innerNudged)({ interaction, activation: rho, epsilon })
  const shapes = [[batch, sizes[0] as number], [batch, sizes.at(-1) as number], ...Object.values(interaction.params)]
  const [x, y, ...params] = shapes.map((shape, k) =>
    A.of(shape, Array.from({ length: entries(shape) }, (_, i) => (pool[(7 * k + i) % pool.length] as number) / 2 ** 10 / (k < 2 ? 1 : 2 * Math.sqrt(shape.at(-1) as number)))))
  const data: Data<Tensor> = {
    x: x as Tensor, y: y as Tensor,
    theta: Object.fromEntries(Object.keys(interaction.params).map((name, i) => [name, params[i] as Tensor])),
  }
  const problem = orThrow(pose(A, dynamics, squaredError)(data))
  const settled = freePhase(problem, { steps: 1500, keep: steps })
  fc.pre(E.isRight(settled) && settled.right.period === 1 && Number(settled.right.repeatedAt) <= 1500 - steps)
  return { dynamics, data, settled: orThrow(settled), steps }
}

/** The most that rounding may be of an error that counts. */
const share = 0.01

const norm = <T>(params: Params<T>, numbers: (p: T) => Float64Array): number =>
  Math.sqrt(Object.values(params).reduce((total, p) => total + numbers(p).reduce((sum, x) => sum + x * x, 0), 0))

/** The error of an estimator at β against a reference, with what rounding may have done. `rest`: whether the phase without nudge is in the gap, over β. */
export const errorAt = (
  { dynamics, data, settled, steps }: SmoothNetwork, estimator: (beta: number, steps: number) => Estimator<Analytic>,
  reference: Estimator<Analytic>, rest: boolean,
): ((beta: number) => ErrorPoint) => {
  const exact = { state: settled.state.map(errorFree), before: settled.before.map((s) => s.map(errorFree)) }
  const trackedData: Data<Tracked> = { theta: mapParams(data.theta, errorFree), x: errorFree(data.x), y: errorFree(data.y) }
  const run = (each: Estimator<Analytic>): Params<Tracked> => orThrow(each.at(tracked, dynamics, squaredError)(trackedData, exact)).params
  const bound = (params: Params<Tracked>): number => norm(params, (p) => A.numbers(p.error))
  const motion = orThrow(pose(tracked, dynamics, squaredError)(trackedData)).motion
  const free = Array.from({ length: steps }).reduce<typeof exact.state>((s) => [...motion.step(s)], exact.state)
  const still = bound(motion.rule(free)) / (A.shape(data.x)[0] as number)
  const truth = run(reference)
  return (beta) => {
    const estimate = run(estimator(beta, steps))
    const gaps = Object.fromEntries(Object.entries(estimate).map(([name, p]) => [name, A.sub(p.value, (truth[name] as Tracked).value)]))
    return { beta, error: norm(gaps, (p) => A.numbers(p)), floor: bound(estimate) + bound(truth) + (rest ? still / beta : 0) }
  }
}

/** From where rounding of size 100 u / β meets an error of β^N, upwards by √2 to ½. */
const sweep = (order: number): readonly number[] => {
  const least = -46 / (order + 1)
  return Array.from({ length: Math.floor(2 * (-1 - least)) + 1 }, (_, j) => 2 ** (least + j / 2))
}

const wanted = 5

/** The first points that rounding does not reach, and their fit. Undefined where there are too few. */
export const fittedFrom = (point: (beta: number) => ErrorPoint, betas: readonly number[]): FittedOrder | undefined =>
  fittedOrder(betas.reduce<readonly ErrorPoint[]>(
    (found, beta) => (found.length === wanted ? found : [...found, ...aboveFloor([point(beta)], share)]), []), { share, least: wanted })

interface Claim {
  readonly estimator: (beta: number, steps: number) => Estimator<Analytic>
  readonly order: number
  readonly within: number
}

const judge = ({ estimator, order, within }: Claim) => (spec: SmoothSpec): Verdict => {
  const fitted = fittedFrom(errorAt(smoothNetwork(spec), estimator, tangent(spec.steps), true), sweep(order))
  fc.pre(fitted !== undefined)
  return { gap: Math.abs(fitted.slope - order), allowance: within }
}

/** The circle with one of its nudges weighed wrongly. */
const crooked = (points: number) => (radius: number, steps: number): Estimator<Analytic> => ({
  name: 'crooked circle',
  at: (B, dynamics, cost) => (data, { state, before }) => {
    const C = complexOf(B)
    const [first, ...rest] = halfCircle(B, points, radius)
    return pipe(
      pose(C, dynamics, cost)(realData(B, data)),
      E.flatMap((problem) => equilibrium(problem, [{ ...(first as NonNullable<typeof first>), weight: 1 }, ...rest.map((each) => ({ ...each, weight: 1 }))],
        { state: state.map(C.real), before: before.map((s) => s.map(C.real)) }, steps)))
  },
})

/** Half of what one nudge estimates. */
const halved = (beta: number, steps: number): Estimator => ({
  ...oneSided(beta, steps),
  at: (B, dynamics, cost) => (data, settled) => pipe(
    oneSided(beta, steps).at(B, dynamics, cost)(data, settled), E.map(({ params }) => ({ params: mapParams(params, (p) => B.over(p, 2)) }))),
})

const orderLaw = (name: string, says: string, claim: Claim, mutants: readonly Mutant<Claim>[]): Law => law<Claim, SmoothSpec>({
  name, says, cites: 'docs/theory.md §9, §15', about: [claim.order < 3 ? (claim.order === 1 ? 'oneSided' : 'centered') : 'holomorphic', 'tangent'],
  rung: 'measured order', over: claim.order < 3 ? ['reference', 'dualOf(reference)'] : ['complexOf(reference)', 'dualOf(reference)'],
  runs: 20, instances: smoothNetworks, subject: claim, judge, mutants,
})

const first: Claim = { estimator: oneSided, order: 1, within: 0.05 }
const second: Claim = { estimator: centered, order: 2, within: 0.05 }
const circle = (points: number): Claim => ({ estimator: (radius, steps) => holomorphic(points, radius, steps), order: points, within: 0.3 })

export const nudgeOrderLaws: readonly Law[] = [
  orderLaw('L8.one-sided', 'EP with one nudge is off by O(β): fitted order 1 ± 0.05', first, [
    { fault: 'two nudges, so order 2', subject: { ...first, estimator: centered } },
    { fault: 'divided by 2β', subject: { ...first, estimator: halved } },
  ]),
  orderLaw('L8.centered', 'EP with β and −β is off by O(β²): fitted order 2 ± 0.05', second, [
    { fault: 'both nudges +β', subject: { ...second, estimator: oneSided } },
    { fault: 'three nudges, so order 3', subject: { ...second, estimator: (radius, steps) => holomorphic(3, radius, steps) } },
  ]),
  ...[3, 4, 6].map((points) => orderLaw(`L8.holomorphic.${points}`, `EP with ${points} nudges on a circle of radius r is off by O(r^${points}): fitted order ${points} ± 0.3`, circle(points), [
    { fault: 'one nudge too few', subject: { ...circle(points), estimator: (radius, steps) => holomorphic(points - 1, radius, steps) } },
    { fault: 'nudges off the axis count once instead of twice', subject: { ...circle(points), estimator: crooked(points) } },
  ])),
]
