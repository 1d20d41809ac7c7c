/**
 * Law L4.collect: the gradient of the parameters, collected from several pulls at once, is the sum of what each pull says, for every setting
 * and network; and so is the whole gradient of BPTT.
 */
import fc from 'fast-check'
import { squaredError } from '../cost/squared-error.ts'
import { backpropagation } from '../fold/bptt.ts'
import { freePhase } from '../fold/free-phase.ts'
import { orThrow } from '../fold/mistake.ts'
import { foldPhase } from '../fold/phase.ts'
import { pose } from '../fold/pose.ts'
import { reverseTotal, totals } from '../fold/total.ts'
import { rational } from '../number/rational.ts'
import type { Dynamics, Motion, Pulling } from '../phi/dynamics.ts'
import { energyBased } from '../phi/energy-based.ts'
import { addParams, type Params } from '../phi/interaction.ts'
import { innerNudged, outerNudged } from '../phi/prototypical.ts'
import { layersOf, type Setting } from '../phi/setting.ts'
import type { Algebra } from '../tensor/algebra.ts'
import { lift } from '../tensor/lift.ts'
import { allTrue, exactly } from './closeness.ts'
import { activationOf, anywhereIn, convolutionals, fill, interactionOf, networks, type NetworkSpec } from './instances.ts'
import { type Law, law, worst } from './law.ts'

const A = lift(rational)
type Q = ReturnType<typeof A.neg>

const settings = { energyBased, innerNudged, outerNudged } as const

interface Instance {
  readonly spec: NetworkSpec
  readonly setting: keyof typeof settings
}

const bounds = { layers: 3, units: 3, batch: 2, steps: 2, activations: [[0, 1, 0.5]] }

const instances: fc.Arbitrary<Instance> = fc.record({
  spec: fc.oneof(
    networks(bounds),
    fc.noShrink(convolutionals({ batch: 2, steps: 1 }).filter(({ maps }) => maps !== undefined && maps.pixels <= 4))
      .map((spec): NetworkSpec => ({ ...spec, activation: [0, 1, 0.5] }))),
  setting: fc.constantFrom('energyBased', 'innerNudged', 'outerNudged'),
})

type Collect = <T>(algebra: Algebra<never, T>, motion: Motion<T>) => Motion<T>['collect']

const same = (a: Params<Q>, b: Params<Q>) => worst([
  allTrue(Object.keys(a).sort().join() === Object.keys(b).sort().join()),
  exactly(A, Object.entries(a).flatMap(([name, p]) => { const q = b[name]; return q === undefined ? [] : [[p, q] as const] })),
])

const instead = (change: <T>(all: readonly Pulling<T>[]) => readonly Pulling<T>[]): Collect =>
  (_, { collect }) => collect && ((all) => collect(change(all)))

/** L4.collect. */
export const collectLaw: Law = law<Collect, Instance>({
  name: 'L4.collect',
  says: 'Σ (∂F/∂θ)ᵀ v collected over several states and directions at once is the sum of what each pull says; so is the whole gradient of BPTT',
  cites: 'docs/theory.md §2',
  about: ['reverseTotal', 'correlate', 'dense', 'bias', 'conv', 'lateral'],
  rung: 'exact rationals', over: ['lift(rational)'], runs: 60,
  instances,
  subject: (_, { collect }) => collect,
  judge: (collecting) => ({ spec, setting }) => {
    const wrap: <N extends never>(setting: Setting<N>) => Dynamics<N> = settings[setting]
    const interaction = interactionOf(spec)
    const dynamics = wrap({ interaction, activation: activationOf(spec), epsilon: spec.epsilon })
    const { data, state } = anywhereIn(rational, spec, dynamics)
    const problem = orThrow(pose(A, dynamics, squaredError)(data))
    const shapes = layersOf(interaction).slice(1).map((_, l) => A.shape(state[l] as Q))
    const pulls = [3, 7, 19].map((offset) => {
      const [s, v] = [fill(rational, spec)(shapes, offset), fill(rational, spec)(shapes, offset + 5)]
      return { s, ...problem.motion.pull(s)(v) }
    })
    const collect = collecting(A, problem.motion)
    const all = pulls.flatMap(({ s, direction }) => (direction === undefined ? [] : [{ s, direction }]))
    const settled = orThrow(freePhase(problem, { steps: spec.steps, keep: spec.steps, start: state }))
    const walked = foldPhase<Params<Q>, Params<Q>>(totals(A, orThrow(backpropagation(problem, settled, spec.steps))), spec.steps, {}, (_, sum) => sum)
    const motion = { ...problem.motion, ...(collect && { collect }) }
    return worst([
      allTrue(all.length === pulls.length, collect !== undefined),
      same(collect?.(all) ?? {}, pulls.map(({ param }) => param()).reduce((a, b) => addParams(A, a, b))),
      same(orThrow(reverseTotal({ ...problem, motion }, settled, spec.steps)), walked),
    ])
  },
  mutants: [
    { fault: 'the last direction is forgotten', subject: instead((all) => all.slice(0, -1)) },
    { fault: 'directions are taken at the first state', subject: instead((all) => all.map(({ direction }) => ({ s: all[0]?.s ?? [], direction }))) },
    { fault: 'state and direction change places', subject: instead((all) => all.map(({ s, direction }) => ({ s: direction, direction: s }))) },
    { fault: 'the output layer is left out', subject: instead((all) => all.map(({ s, direction }) => ({ s, direction: direction.slice(0, -1) }))) },
  ],
})
