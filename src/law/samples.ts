/**
 * L4 for mini-batches: letting each sample end when it repeats itself changes no entry of any state. Networks here settle within the
 * phase, some samples long before others, some into cycles: a synchronous step of lateral networks can swing for ever.
 */
import fc from 'fast-check'
import { squaredError } from '../cost/squared-error.ts'
import { freePhase, type Settled, stateDistance } from '../fold/free-phase.ts'
import { orThrow } from '../fold/mistake.ts'
import { type Data, pose } from '../fold/pose.ts'
import { rowsOf, settleSamples, type SettledSamples } from '../fold/settle-samples.ts'
import { float64 } from '../number/float64.ts'
import { hardSigmoid, tanh } from '../phi/activation.ts'
import { innerNudged } from '../phi/prototypical.ts'
import type { Algebra } from '../tensor/algebra.ts'
import { lift, type Lifted } from '../tensor/lift.ts'
import { anywhere, interactionOf, networks, type NetworkSpec } from './instances.ts'
import { but, type Law, law, type Verdict, worst } from './law.ts'

const F = lift(float64)

interface Spec {
  readonly network: NetworkSpec
  readonly T: number
  readonly hard: boolean
}

const specs: fc.Arbitrary<Spec> = fc.record({
  network: networks({ layers: 3, units: 3, batch: 4, steps: 6, epsilons: [1] }),
  T: fc.integer({ min: 6, max: 120 }),
  hard: fc.boolean(),
})

const onRows = (data: Data<Lifted<number>>, rows: readonly number[]): Data<Lifted<number>> =>
  ({ ...data, x: rowsOf(F, data.x, rows), y: rowsOf(F, data.y, rows) })

type Ending = <T>(A: Algebra<never, T>, settled: SettledSamples<T>) => Settled<T>

/** The interpreter that samples are settled over, and what is made of the result. */
interface Subject {
  readonly algebra: typeof F
  readonly end: Ending
}

const plain: Subject = { algebra: F, end: (_, settled) => settled }
const nearly: typeof F = { ...F, equals: (a, b) => F.distance(a, b) < 1e-3 }

const judge = ({ algebra, end }: Subject) => ({ network, T, hard }: Spec): Verdict => {
  const { data } = anywhere(float64, network)
  const dynamics = innerNudged({ interaction: interactionOf(network), activation: hard ? hardSigmoid : tanh, epsilon: network.epsilon })
  const posed = (A: typeof F) => (rows: readonly number[]) => pose(A, dynamics, squaredError)(onRows(data, rows))
  const asked = { steps: T, keep: Math.min(network.steps, T) }
  const all = Array.from({ length: network.batch }, (_, row) => row)
  const whole = orThrow(freePhase(orThrow(posed(F)(all)), asked))
  const samples = orThrow(settleSamples(posed(algebra), network.batch, asked))
  const ours = end(F, samples)
  return worst([
    { gap: stateDistance(F, ours.state, whole.state), allowance: 0 },
    ...whole.before.map((s, k) => ({ gap: stateDistance(F, ours.before[k] ?? [], s), allowance: 0 })),
    { gap: Math.abs(ours.residual - whole.residual), allowance: 0 },
    { gap: whole.before.length - ours.before.length, allowance: 0 },
    // A sample said to repeat must not move at all if its period is 1.
    ...samples.samples.map(({ period, residual }) => ({ gap: period === 1 ? residual : 0, allowance: 0 })),
  ])
}

export const sampleLaws: readonly Law[] = [
  law<Subject, Spec>({
    name: 'L4.samples', says: 'samples that end when they repeat themselves leave every state of the mini-batch as it was',
    cites: 'docs/one-page.md, two folds as phases', about: ['settleSamples', 'freePhase'],
    rung: 'float64', over: ['lift(float64)'], runs: 100, instances: specs,
    subject: plain, judge,
    mutants: [
      but(plain)('a sample that nearly repeats itself has ended', { algebra: nearly }),
      but(plain)('a cycle is read one step late', {
        end: (_, settled) => ({ ...settled, state: settled.before[0] ?? settled.state, before: [...settled.before.slice(1), settled.state] }),
      }),
      but(plain)('samples are put back in another order', { end: (A, settled) => {
        const turned = Array.from({ length: settled.samples.length }, (_, row) => settled.samples.length - 1 - row)
        return { ...settled, state: settled.state.map((sl) => rowsOf(A, sl, turned)) }
      } }),
      but(plain)('the largest residual is lost', {
        end: (_, settled) => ({ ...settled, residual: Math.min(...settled.samples.map(({ residual }) => residual)) }),
      }),
    ],
  }),
]
