/**
 * L5 on the third rung: random networks in float64, settled bit for bit, with the allowance of each entry read off the
 * error-tracking interpreter. The exact quantities are equal (theorem.ts), so each computed pair may differ by no more than the sum of
 * their rounding bounds.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Cost } from '../cost/cost.ts'
import { squaredError } from '../cost/squared-error.ts'
import { backpropagation } from '../fold/bptt.ts'
import { type FreePhase, freePhase, type Settled } from '../fold/free-phase.ts'
import { type Mistake, orThrow } from '../fold/mistake.ts'
import { equilibriumPropagation } from '../fold/nudged-phase.ts'
import { mapPhase, type Moment, type Phase, take, zipPhases } from '../fold/phase.ts'
import { type Data, pose, type Problem } from '../fold/pose.ts'
import { sigm, tanh } from '../phi/activation.ts'
import type { ExactDynamics, ExactMotion } from '../phi/dynamics.ts'
import { energyBased } from '../phi/energy-based.ts'
import type { Layers, Params } from '../phi/interaction.ts'
import { layered, toy } from '../phi/network.ts'
import { innerNudged, outerNudged } from '../phi/prototypical.ts'
import { type Algebra, entries, type Op } from '../tensor/algebra.ts'
import { dualOf, type DualTensor } from '../tensor/dual.ts'
import { float64, unitRoundoff } from '../number/float64.ts'
import { lift, type Lifted } from '../tensor/lift.ts'
import { reference, type Tensor } from '../tensor/reference.ts'
import { limit, vanishing } from '../theorem.ts'
import { slack } from './closeness.ts'
import { type Law, law, type Verdict, worst } from './law.ts'
import { faultyMotion, mapParams, withUnitMetric } from './mutants.ts'
import { errorFreeOver, tracked, type Tracked, type TrackedOp, trackedOver } from './tracked.ts'


/** |f + g| entry by entry, held against the sum of both error bounds; a verdict for the worst entry. */
const entryVerdict = <T>(A: Algebra<TrackedOp, T>, f: T, g: T, boundF: T, boundG: T): Verdict => {
  const [gaps, allowances] = [A.numbers(A.add(f, g)), A.numbers(A.add(boundF, boundG))]
  // The comparison itself rounds once more.
  return worst(Array.from(gaps, (gap, i) => ({ gap: Math.abs(gap), allowance: slack * (allowances[i] as number) + Number.MIN_VALUE })))
}

const trackedData = <T>(A: Algebra<TrackedOp, T>, { theta, x, y }: Data<T>): Data<Tracked<T>> => {
  const exact = errorFreeOver(A)
  return { theta: mapParams(theta, exact), x: exact(x), y: exact(y) }
}

/**
 * EP's limit over tracked tensors. In float64 the primal state returns to s* bit for bit at every step (the instance is settled so), so the
 * tangent recursion starts each step from s* as exact data; its error is that of the tangent alone.
 */
const trackedLimit = <T>(
  tracked: Algebra<TrackedOp, Tracked<T>>, dynamics: ExactDynamics<TrackedOp>, cost: Cost<TrackedOp>, data: Data<Tracked<T>>, state: Layers<Tracked<T>>,
): E.Either<Mistake, Phase<Moment<Tracked<T>>>> => {
  const D = dualOf(tracked)
  const constants: Data<DualTensor<Tracked<T>>> = { theta: mapParams(data.theta, D.constant), x: D.constant(data.x), y: D.constant(data.y) }
  return pipe(
    pose(D, dynamics, cost)(constants),
    E.map((problem): Problem<DualTensor<Tracked<T>>> => ({
      ...problem,
      motion: {
        ...problem.motion,
        step: (s, force) => problem.motion.step(s, force).map((sl, l) => ({ primal: state[l] as Tracked<T>, tangent: sl.tangent })),
      },
    })),
    E.map((problem) => equilibriumPropagation(problem, vanishing(tracked), state.map(D.constant))))
}

/**
 * The worst verdict over all entries, quantities and t < K, for a settled network. The allowances are those of `truth` with `cost`; only
 * faults make EP take another dynamics or cost (`nudged`).
 */
const floatTheoremOver = <T>(A: Algebra<TrackedOp, T>, tracked: Algebra<TrackedOp, Tracked<T>>) => (
  dynamics: ExactDynamics<TrackedOp>, truth: ExactDynamics<TrackedOp>, cost: Cost<TrackedOp> = squaredError, nudged: Cost<TrackedOp> = cost,
) =>
  (data: Data<T>, settled: Settled<T>, steps: number): E.Either<Mistake, Verdict> => {
    const exactState = settled.state.map(errorFreeOver(A))
    const exactBefore = Array.from({ length: steps }, () => exactState)
    const pair = (
      metric: ExactMotion<T>['metric'], metricBound: ExactMotion<Tracked<T>>['metric'],
    ) => ([[ep, bptt], [epBound, bpttBound]]: readonly [readonly [Moment<T>, Moment<T>], readonly [Moment<Tracked<T>>, Moment<Tracked<T>>]]): Verdict => {
      const weighted = metric(settled.state)(bptt.state)
      const weightedBound = metricBound(exactState)(bpttBound.state)
      const [delta, nabla, deltaBound, nablaBound] = [ep.param(), bptt.param(), epBound.param(), bpttBound.param()]
      const at = <X>(params: Params<X>, name: string): X => params[name] as X
      return worst([
        ...ep.state.map((sl, l) => entryVerdict(A, sl, weighted[l] as T, (epBound.state[l] as Tracked<T>).error, (weightedBound[l] as Tracked<T>).error)),
        ...Object.keys(delta).map((name) =>
          entryVerdict(A, at(delta, name), at(nabla, name), at(deltaBound, name).error, at(nablaBound, name).error)),
      ])
    }
    return pipe(
      E.Do,
      E.bind('problem', () => pose(A, dynamics, cost)(data)),
      E.bind('bounded', () => pose(tracked, truth, cost)(trackedData(A, data))),
      E.bind('forward', () => limit(A, dynamics, nudged)(data, settled.state)),
      E.bind('reverse', ({ problem }) => backpropagation(problem, settled, steps)),
      E.bind('forwardBound', () => trackedLimit(tracked, truth, cost, trackedData(A, data), exactState)),
      E.bind('reverseBound', ({ bounded }) => backpropagation(bounded, { state: exactState, before: exactBefore }, steps)),
      E.map(({ problem, bounded, forward, reverse, forwardBound, reverseBound }) => {
        const judge = pair(problem.motion.metric, bounded.motion.metric)
        return worst(take(mapPhase(zipPhases(zipPhases(forward, reverse), zipPhases(forwardBound, reverseBound)), judge), steps))
      }))
  }

/** Over the reference interpreter. */
export const floatTheorem: ReturnType<typeof floatTheoremOver<Tensor>> = floatTheoremOver(reference, tracked)

type Fast = Lifted<number>

// The law itself runs on plain arrays, which have the same bits (law L12) and are the cheapest for a few units.
const A: Algebra<Op, Fast> = lift(float64)
const fastTheorem = floatTheoremOver(A, trackedOver(A, unitRoundoff, (c) => c, (f, { shape, data }) => ({ shape, data: data.map((e) => f(e)) })))

/** A random float network: weights uniform in ±1/√fan-in, as the paper initialises. */
export interface FloatSpec {
  readonly architecture: 'layered' | 'toy'
  readonly activation: 'tanh' | 'sigm'
  readonly sizes: readonly number[]
  readonly batch: number
  readonly steps: number
  readonly epsilon: number
  /** Entries in 2²⁰-ths of [−1, 1], used in turn: no products of them underflow, which the bounds leave out. */
  readonly pool: readonly number[]
}

export const floatNetworks: fc.Arbitrary<FloatSpec> = fc.record({
  architecture: fc.constantFrom('layered' as const, 'toy' as const),
  activation: fc.constantFrom('tanh' as const, 'sigm' as const),
  sizes: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 2, maxLength: 4 }),
  batch: fc.integer({ min: 1, max: 3 }),
  steps: fc.integer({ min: 1, max: 12 }),
  epsilon: fc.constantFrom(0.2, 0.5, 0.08),
  pool: fc.array(fc.integer({ min: -(2 ** 20), max: 2 ** 20 }), { minLength: 61, maxLength: 61 }),
})

/** A setting by its kind. */
export type Make = (setting: { readonly interaction: ReturnType<typeof layered>; readonly activation: typeof tanh | typeof sigm; readonly epsilon: number }) => ExactDynamics<TrackedOp>

interface Realised<T> {
  readonly dynamics: ExactDynamics<TrackedOp>
  readonly data: Data<T>
}

const realiseOver = <T>(A: Algebra<never, T>) => ({ architecture, activation, sizes, batch, epsilon, pool }: FloatSpec, make: Make): Realised<T> => {
  const interaction = (architecture === 'toy' ? toy : layered)(sizes)
  const dynamics = make({ interaction, activation: activation === 'tanh' ? tanh : sigm, epsilon })
  const shapes = [[batch, sizes[0] as number], [batch, sizes.at(-1) as number], ...Object.values(interaction.params)]
  const tensors = shapes.map((shape, k) => {
    const fanIn = k < 2 ? 1 : shape.at(-1) as number
    // 61 is prime and k shifts the start, so tensors differ.
    return A.of(shape, Array.from({ length: entries(shape) }, (_, i) => (pool[(7 * k + i) % pool.length] as number) / 2 ** 20 / Math.sqrt(fanIn)))
  })
  const names = Object.keys(interaction.params)
  const data: Data<T> = {
    x: tensors[0] as T,
    y: tensors[1] as T,
    theta: Object.fromEntries(names.map((name, i) => [name, tensors[i + 2] as T])),
  }
  return { dynamics, data }
}

/** The network and its data over the reference. */
export const realise: (spec: FloatSpec, make: Make) => Realised<Tensor> = realiseOver(reference)
const realiseFast = realiseOver(A)

/** Where the network comes to rest with a long step. The same place for every ε (law L9), and a short step takes ten times as long from 0. */
const nearRest = (spec: FloatSpec, make: Make): Pick<FreePhase<Fast>, 'start'> => {
  const { dynamics, data } = realiseFast({ ...spec, epsilon: 0.5 }, make)
  const settled = freePhase(orThrow(pose(A, dynamics, squaredError)(data)), { steps: 400 })
  return E.isRight(settled) ? { start: settled.right.state } : {}
}

const judge = ({ make, truth }: { readonly make: Make; readonly truth: Make }) => (spec: FloatSpec): Verdict => {
  const { dynamics, data } = realiseFast(spec, truth)
  const settled = freePhase(orThrow(pose(A, dynamics, squaredError)(data)), { steps: 4000, keep: spec.steps, ...nearRest(spec, truth) })
  // Networks that never repeat a state say nothing about this rung.
  fc.pre(E.isRight(settled) && settled.right.period === 1 && Number(settled.right.repeatedAt) <= 4000 - spec.steps)
  return orThrow(fastTheorem(realiseFast(spec, make).dynamics, dynamics)(data, orThrow(settled), spec.steps))
}

const floatLaw = (name: string, make: Make, about: string, faults: readonly (readonly [string, Make])[]): Law => law({
  name,
  says: 'the computed limit of EP equals minus the computed BPTT within the rounding of both, entry by entry',
  cites: 'Theorem 1 of the paper; docs/one-page.md, where a tolerance comes from; Higham §3',
  about: ['limit', 'backpropagation', about],
  rung: 'float64',
  over: ['lift(float64)', 'dualOf(lift(float64))'],
  runs: 40,
  instances: floatNetworks,
  subject: { make, truth: make },
  judge,
  mutants: faults.map(([fault, faulty]) => ({ fault, subject: { make: faulty, truth: make } })),
})

/** Relative faults as small as 10⁻¹² are far above rounding and must be seen. */
const nearly = (make: Make): Make => (setting) => faultyMotion(make(setting), (B, m) => ({ rule: (s) => mapParams(m.rule(s), (p) => B.scale(1 + 1e-12, p)) }))

export const floatTheoremLaws: readonly Law[] = [
  floatLaw('L5.energy-based.float64', energyBased<TrackedOp>, 'energyBased', [['rule off by one part in 10¹²', nearly(energyBased<TrackedOp>)]]),
  floatLaw('L5.inner-nudge.float64', innerNudged<TrackedOp>, 'innerNudged', [
    ['rule off by one part in 10¹²', nearly(innerNudged<TrackedOp>)],
    ['nudge outside σ, as in the paper', (setting) => withUnitMetric(outerNudged<TrackedOp>(setting))],
  ]),
]
