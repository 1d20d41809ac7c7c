/**
 * A readout outside the state, over exact rationals with the squared error: its derivatives (L1), its place in the reverse fold (L4), and the
 * theorem with its parameters among the others (L5). The folds give those the ordinary gradient: docs/theory.md §14.
 */
import fc from 'fast-check'
import type { Cost } from '../cost/cost.ts'
import { readout, type ReadoutOptions } from '../cost/readout.ts'
import { squaredError } from '../cost/squared-error.ts'
import { backpropagation } from '../fold/bptt.ts'
import { freePhase } from '../fold/free-phase.ts'
import { orThrow } from '../fold/mistake.ts'
import { mapPhase, type Moment, type Phase, take } from '../fold/phase.ts'
import { type Data, pose } from '../fold/pose.ts'
import { rational, type Rational } from '../number/rational.ts'
import type { ExactDynamics } from '../phi/dynamics.ts'
import { energyBased } from '../phi/energy-based.ts'
import type { Params } from '../phi/interaction.ts'
import { innerNudged, outerNudged } from '../phi/prototypical.ts'
import type { Setting } from '../phi/setting.ts'
import type { Algebra, Shape } from '../tensor/algebra.ts'
import { dualOf } from '../tensor/dual.ts'
import { lift, type Lifted } from '../tensor/lift.ts'
import { compareFolds, limit } from '../theorem.ts'
import { exactly } from './closeness.ts'
import { activationOf, anywhere, energyRest, fill, interactionOf, networks, type NetworkSpec, prototypicalRest, stationary } from './instances.ts'
import { but, type Law, law, type Verdict } from './law.ts'
import { late, mapParams, withUnitMetric } from './mutants.ts'

type Q = Lifted<Rational>
const A = lift(rational)
const D = dualOf(A)

/** A network and the width of a readout on its output layer. */
interface Read {
  readonly network: NetworkSpec
  readonly outputs: number
}

const sized = (network: fc.Arbitrary<NetworkSpec>): fc.Arbitrary<Read> => fc.record({ network, outputs: fc.integer({ min: 1, max: 3 }) })

type Make = (options: ReadoutOptions) => Cost<never>
const make: Make = (options) => readout(squaredError, options)

const optionsOf = ({ network, outputs }: Read): ReadoutOptions => ({ features: network.sizes.at(-1) as number, outputs })

/** W_o, b_o, a target, and directions for them, read from the pool behind what the network takes. */
const drawn = ({ network, outputs }: Read) => {
  const shapes: readonly Shape[] = [[outputs, network.sizes.at(-1) as number], [outputs], [network.batch, outputs]]
  const [Wo, bo, y, dWo, dbo] = fill(rational, network)([...shapes, ...shapes], 13) as readonly [Q, Q, Q, Q, Q]
  return { theta: { Wo, bo }, y, eta: { Wo: dWo, bo: dbo } }
}

/** D_v ℓ = ⟨∂ℓ/∂s, v⟩ and D_η ℓ = ⟨∂ℓ/∂θ, η⟩; on maps too, where the output layer is reshaped. */
const derivatives = (of: Make) => (instance: Read): Verdict => {
  const { theta, y, eta } = drawn(instance)
  const { state } = anywhere(rational, instance.network)
  const flat = state.at(-1) as Q
  const [v] = fill(rational, instance.network)([flat.shape], 7) as readonly [Q]
  const cost = of(optionsOf(instance))
  return exactly(A, [flat.shape, [flat.shape[0] as number, 1, ...flat.shape.slice(1), 1]].flatMap((shape) => {
    const [s, direction] = [A.reshape(flat, shape), A.reshape(v, shape)]
    const costing = cost.at(A)(y, theta)
    const byState = cost.at(D)(D.constant(y), mapParams(theta, D.constant)).value({ primal: s, tangent: direction })
    const byTheta = cost.at(D)(D.constant(y), mapParams(theta, (primal, name) => ({ primal, tangent: eta[name as 'Wo' | 'bo'] }))).value(D.constant(s))
    const gradient: Params<Q> = costing.param?.(s) ?? {}
    return [
      [D.tangent(byState), A.dot(costing.gradient(s), direction)] as const,
      [D.tangent(byTheta), A.add(A.dot(gradient['Wo'] as Q, eta.Wo), A.dot(gradient['bo'] as Q, eta.bo))] as const,
    ]
  }))
}

type CostingFault = <T>(A: Algebra<never, T>, costing: ReturnType<ReturnType<Cost<never>['at']>>) => Partial<typeof costing>
const faultyCost = (fault: CostingFault): Make => (options) => ({
  ...make(options),
  at: <T>(B: Algebra<never, T>) => (y: T, theta?: Params<T>) => {
    const costing = make(options).at(B)(y, theta)
    return { ...costing, ...fault(B, costing as never) } as typeof costing
  },
})

const gradientFaults = [
  { fault: 'the gradient is that of the logits’ half', subject: faultyCost((B, c) => ({ gradient: (s) => B.over(c.gradient(s) as never, 2) })) },
  { fault: '∂ℓ/∂W at another state', subject: faultyCost((B, c) => ({ param: (s) => c.param?.(B.scale(2, s as never)) ?? {} })) },
  { fault: '∂ℓ/∂b is forgotten', subject: faultyCost((B, c) => ({
    param: (s) => mapParams(c.param?.(s) ?? {}, (p, name) => (name === 'bo' ? B.scale(0, p as never) : p)),
  })) },
]

const dynamicsOf = (spec: NetworkSpec) => energyBased({ interaction: interactionOf(spec), activation: activationOf(spec), epsilon: spec.epsilon })

/** Σ_t ⟨∇θ(t), η⟩ = D_η L over the whole phase, for the network's parameters and the readout's together. */
const total = (of: Make) => (instance: Read): Verdict => {
  const { network: spec } = instance
  const { theta: own, y, eta: ownEta } = drawn(instance)
  const { data, state } = anywhere(rational, spec)
  const cost = of(optionsOf(instance))
  const theta = { ...data.theta, ...own }
  const eta: Params<Q> = { ...mapParams(data.theta, (p) => fill(rational, spec)([p.shape], 3)[0] as Q), ...ownEta }
  const problem = orThrow(pose(A, dynamicsOf(spec), cost)({ theta, x: data.x, y }))
  const settled = orThrow(freePhase(problem, { steps: spec.steps, keep: spec.steps, start: state }))
  const along = mapParams(theta, (primal, name) => ({ primal, tangent: eta[name] }))
  const dual = orThrow(pose(D, dynamicsOf(spec), cost)({ theta: along, x: D.constant(data.x), y: D.constant(y) }))
  const end = Array.from({ length: spec.steps }).reduce<ReturnType<typeof dual.motion.step>>((s) => dual.motion.step(s), state.map(D.constant))
  const slope = A.over(D.tangent(dual.costing.value(end.at(-1) as (typeof end)[number])), spec.batch)
  const gradients = take(orThrow(backpropagation(problem, settled, spec.steps)), spec.steps).map(({ param }) => param())
  const sum = gradients.flatMap((g) => Object.entries(g).map(([name, p]) => A.dot(p, eta[name] as Q))).reduce(A.add, A.fill([], 0))
  return exactly(A, [[sum, slope]])
}

/** The theorem's two folds, and a dynamics for each setting. */
interface Folds {
  readonly dynamics: (setting: Setting<never>) => ExactDynamics<never>
  readonly ep: (phase: Phase<Moment<Q>>) => Phase<Moment<Q>>
  readonly bptt: (phase: Phase<Moment<Q>>) => Phase<Moment<Q>>
}

const theorem = (rest: 'activated' | 'raw') => ({ dynamics, ep, bptt }: Folds) => (instance: Read): Verdict => {
  const { network: spec } = instance
  const solved = stationary(rational, spec, rest === 'activated' ? energyRest : prototypicalRest, rest)
  fc.pre(solved !== undefined)
  const { theta: own, y } = drawn(instance)
  const data: Data<Q> = { theta: { ...solved.data.theta, ...own }, x: solved.data.x, y }
  const [model, cost] = [dynamics({ interaction: interactionOf(spec), activation: activationOf(spec), epsilon: spec.epsilon }), make(optionsOf(instance))]
  const before = Array.from({ length: spec.steps + 1 }, () => solved.state)
  const problem = orThrow(pose(A, model, cost)(data))
  const reverse = orThrow(backpropagation(problem, { state: solved.state, before }, spec.steps + 1))
  const forward = orThrow(limit(A, model, cost)(data, solved.state))
  const { state, param } = compareFolds<Q>(A, problem.motion.metric(solved.state))(ep(forward), bptt(reverse), spec.steps)
  return { gap: Math.max(...state, ...param), allowance: 0 }
}

const onReadout = (phase: Phase<Moment<Q>>, f: (p: Q, name: string) => Q): Phase<Moment<Q>> =>
  mapPhase(phase, ({ state, param }) => ({ state, param: () => mapParams(param(), (p, name) => (name === 'Wo' || name === 'bo' ? f(p, name) : p)) }))

/** The readout's gradient at every moment instead of the first only. */
const atEvery = (phase: Phase<Moment<Q>>): Phase<Moment<Q>> => {
  const first = phase.next()[0].param()
  return onReadout(phase, (_, name) => first[name] as Q)
}

const theoremLaw = (name: string, rest: 'activated' | 'raw', about: string, dynamics: Folds['dynamics']): Law => {
  const sound: Folds = { dynamics, ep: (phase) => phase, bptt: (phase) => phase }
  const wrongly = but(sound)
  return law({
    name, says: 'Δs(t) = −M ∇s(t), Δθ(t) = −∇θ(t) identically, θ with the parameters of a readout: theirs is −∂ℓ/∂θ(s*) at t = 0, then 0',
    cites: 'docs/theory.md §4, §14', about: ['readout', 'limit', 'backpropagation', about],
    rung: 'exact rationals', over: ['dualOf(lift(rational))'], runs: 60,
    instances: sized(networks({ layers: 3, units: 3, batch: 2, steps: 6 })), subject: sound, judge: theorem(rest),
    mutants: [
      wrongly('BPTT gives the readout its gradient at every t', { bptt: atEvery }),
      wrongly('EP gives the readout its gradient at every t', { ep: atEvery }),
      wrongly('EP takes the difference for the readout at t = 0 too', { ep: (phase) => onReadout(phase, (p) => A.scale(0, p)) }),
      wrongly('the readout’s gradient ascends', { ep: (phase) => onReadout(phase, A.neg) }),
      wrongly('the readout’s gradient is summed twice', { bptt: (phase) => onReadout(phase, (p) => A.scale(2, p)) }),
      wrongly('EP one step late', { ep: late }),
      wrongly('nudge outside σ, as in the paper, with M = 1', { dynamics: (setting) => withUnitMetric(outerNudged(setting)) }),
    ].filter(({ fault }) => rest === 'raw' || !fault.startsWith('nudge outside')),
  })
}

const short = networks({ layers: 2, units: 2, batch: 2, steps: 3, activations: [[0, 1], [0, 1, 0.5], [0.5, 1, 0, -0.25]] })

/** L1, L4 and L5 for readouts. */
export const readoutLaws: readonly Law[] = [
  law({
    name: 'L1.readout', says: '∂ℓ/∂s = W_oᵀ g, ∂ℓ/∂W_o = g sᵀ and ∂ℓ/∂b_o = g agree with dual numbers, on rows and on maps', cites: 'docs/theory.md §14',
    about: ['readout', 'squaredError'], rung: 'exact rationals', over: ['lift(rational)', 'dualOf(lift(rational))'], runs: 100,
    instances: sized(networks({ layers: 1, units: 4, batch: 3, steps: 1, architectures: ['layered'] })), subject: make, judge: derivatives, mutants: gradientFaults,
  }),
  law({
    name: 'L4.total-gradient.readout', says: 'Σ ∇θ(t) over the whole phase is dL/dθ by dual numbers, parameters of a readout included',
    cites: 'docs/theory.md §2, §14', about: ['readout', 'backpropagation'], rung: 'exact rationals', over: ['lift(rational)', 'dualOf(lift(rational))'], runs: 60,
    instances: sized(short), subject: make, judge: total, mutants: gradientFaults,
  }),
  theoremLaw('L5.readout.energy-based', 'activated', 'energyBased', energyBased),
  theoremLaw('L5.readout.inner-nudge', 'raw', 'innerNudged', innerNudged),
]
