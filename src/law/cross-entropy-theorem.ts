/** L5 with the cross-entropy: random networks in float64, settled bit for bit, each with a readout that the state does not see. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { Cost, Costing } from '../cost/cost.ts'
import { crossEntropy } from '../cost/cross-entropy.ts'
import { freePhase } from '../fold/free-phase.ts'
import { orThrow } from '../fold/mistake.ts'
import { pose } from '../fold/pose.ts'
import { energyBased } from '../phi/energy-based.ts'
import { innerNudged, outerNudged } from '../phi/prototypical.ts'
import type { Algebra } from '../tensor/algebra.ts'
import { reference as A } from '../tensor/reference.ts'
import { type Law, law, type Verdict } from './law.ts'
import { mapParams, withUnitMetric } from './mutants.ts'
import { floatNetworks, type FloatSpec, floatTheorem, type Make, realise } from './theorem-float.ts'
import type { TrackedOp } from './tracked.ts'

interface Read {
  readonly network: FloatSpec
  readonly classes: number
  readonly labels: readonly number[]
}

const reads: fc.Arbitrary<Read> = fc.record({
  network: floatNetworks, classes: fc.integer({ min: 2, max: 6 }), labels: fc.array(fc.nat(), { minLength: 3, maxLength: 3 }),
})

/** What is judged: the setting and the cost that EP runs with, the setting that is meant. */
interface Subject {
  readonly make: Make
  readonly truth: Make
  readonly nudged: (cost: Cost<TrackedOp>) => Cost<TrackedOp>
}

const judge = ({ make, truth, nudged }: Subject) => ({ network, classes, labels }: Read): Verdict => {
  const { dynamics, data } = realise(network, truth)
  const features = network.sizes.at(-1) as number
  const entry = (i: number): number => (network.pool[i % network.pool.length] as number) / 2 ** 19
  const theta = {
    ...data.theta,
    Wo: A.of([classes, features], Array.from({ length: classes * features }, (_, i) => entry(i + 31) / Math.sqrt(features))),
    bo: A.of([classes], Array.from({ length: classes }, (_, i) => entry(i + 17))),
  }
  const y = A.of([network.batch, classes], Array.from({ length: network.batch * classes }, (_, i) =>
    Number((labels[Math.floor(i / classes)] as number) % classes === i % classes)))
  const cost: Cost<TrackedOp> = crossEntropy({ features, outputs: classes })
  const read = { theta, x: data.x, y }
  const settled = freePhase(orThrow(pose(A, dynamics, cost)(read)), { steps: 4000, keep: network.steps })
  // Networks that never repeat a state say nothing about this rung.
  fc.pre(E.isRight(settled) && settled.right.period === 1 && Number(settled.right.repeatedAt) <= 4000 - network.steps)
  return orThrow(floatTheorem(realise(network, make).dynamics, dynamics, cost, nudged(cost))(read, orThrow(settled), network.steps))
}

const changed = (fault: <T>(B: Algebra<TrackedOp, T>, costing: Costing<T>) => Partial<Costing<T>>): Subject['nudged'] => (cost) => ({
  ...cost,
  at: <T>(B: Algebra<TrackedOp, T>) => (y: T, theta?: Readonly<Record<string, T>>): Costing<T> => {
    const costing = cost.at(B)(y, theta)
    return { ...costing, ...fault(B, costing) }
  },
})

const theoremLaw = (name: string, about: string, truth: Make, more: readonly (readonly [string, Make])[] = []): Law => {
  const sound: Subject = { make: truth, truth, nudged: (cost) => cost }
  return law({
    name,
    says: 'with a softmax readout the computed limit of EP equals minus the computed BPTT within the rounding of both, entry by entry, W_o and b_o included',
    cites: 'docs/theory.md §4, §14; docs/one-page.md, where a tolerance comes from',
    about: ['crossEntropy', 'limit', 'backpropagation', about], rung: 'float64', over: ['reference', 'dualOf(reference)'], runs: 40,
    instances: reads, subject: sound, judge,
    mutants: [
      { fault: 'EP is nudged by a gradient off by one part in 10¹¹', subject: { ...sound, nudged: changed((B, c) => ({ gradient: (s) => B.scale(1 + 1e-11, c.gradient(s)) })) } },
      { fault: 'EP takes ∂ℓ/∂θ off by one part in 10¹¹', subject: { ...sound, nudged: changed((B, c) => ({ param: (s) => mapParams(c.param?.(s) ?? {}, (p) => B.scale(1 + 1e-11, p)) })) } },
      { fault: 'EP gives the readout no gradient', subject: { ...sound, nudged: changed((B, c) => ({ param: (s) => mapParams(c.param?.(s) ?? {}, (p) => B.scale(0, p)) })) } },
      { fault: 'EP is nudged towards the wrong class', subject: { ...sound, nudged: changed((B, c) => ({ gradient: (s) => B.neg(c.gradient(s)) })) } },
      ...more.map(([fault, make]) => ({ fault, subject: { ...sound, make } })),
    ],
  })
}

/** L5 for networks read out by a softmax. */
export const crossEntropyTheoremLaws: readonly Law[] = [
  theoremLaw('L5.cross-entropy.energy-based', 'energyBased', energyBased<TrackedOp>),
  theoremLaw('L5.cross-entropy.inner-nudge', 'innerNudged', innerNudged<TrackedOp>, [
    ['nudge outside σ, as in the paper', (setting) => withUnitMetric(outerNudged<TrackedOp>(setting))],
  ]),
]
