/**
 * L1, L2, L5 and L11 for convolution and pooling over exact rationals: random channels, kernels, strides, paddings and poolings. At a tie
 * the first maximum is taken by both folds alike, so the identities hold there too, for the branch taken.
 */
import type { Coupling, Drives, Interaction, Layers } from '../phi/interaction.ts'
import { energyBased } from '../phi/energy-based.ts'
import { innerNudged } from '../phi/prototypical.ts'
import type { Algebra, Positions } from '../tensor/algebra.ts'
import { hessian, termDerivatives, transposes } from './derivatives.ts'
import { activationOf, convolutionals, interactionOf, type NetworkSpec } from './instances.ts'
import { type Law, law, type Verdict } from './law.ts'
import { faultyTerm, mapDrives } from './mutants.ts'

type Make = (spec: NetworkSpec) => Interaction<never>

const specs = convolutionals({ batch: 2, steps: 1 })

/** The interaction seen through an algebra with one operation replaced: faults in how positions are used. */
const through = (make: Make, change: <T>(A: Algebra<never, T>) => Partial<Algebra<never, T>>): Make => (spec) => {
  const term = make(spec)
  return { ...term, at: (A) => (theta, u0) => term.at({ ...A, ...change(A) })(theta, u0) }
}

// Reverses what each row of a product gathers: a kernel that is flipped one way but not the other.
const reversed = ({ shape, at }: Positions): Positions => {
  const n = shape.at(-1) ?? 1
  return { shape, at: Array.from(at, (_, i) => at[i - (i % n) + (n - 1 - (i % n))] as number) }
}

const flipped: Make = through(interactionOf, (A) => ({
  scatter: (y, positions, shape) => A.scatter(y, shape.length === 4 && positions.shape.length === 2 ? reversed(positions) : positions, shape),
}))

const forgetful: Make = (spec) => faultyTerm(interactionOf(spec), <T>(A: Algebra<never, T>, c: Coupling<T>) => ({
  drive: (u: Layers<T>) => mapDrives(c.drive(u), (d, l) => (l === 1 ? A.scale(0, d) : d)),
}))

const doubled: Make = (spec) => faultyTerm(interactionOf(spec), <T>(A: Algebra<never, T>, c: Coupling<T>) => ({
  pull: (u: Layers<T>) => (v: Drives<T>) => ({ ...c.pull(u)(v), param: () => ({ ...c.pull(u)(v).param(), W1: A.scale(2, c.pull(u)(v).param()['W1'] as T) }) }),
}))

// Pooling positions from a state that is not the current one, for ∂Ψ/∂θ only.
const stale: Make = (spec) => faultyTerm(interactionOf(spec), <T>(A: Algebra<never, T>, c: Coupling<T>) => ({
  param: (u: Layers<T>) => c.param(u, u.map((ul, l) => (l === 0 ? ul : A.neg(ul)))),
}))

const exact = (name: string, says: string, cites: string, about: readonly string[], judge: (make: Make) => (spec: NetworkSpec) => Verdict, faults: readonly (readonly [string, Make])[]): Law => law({
  name, says, cites, about, rung: 'exact rationals', over: ['lift(rational)', 'dualOf(lift(rational))'], runs: 60,
  instances: specs, subject: interactionOf, judge, mutants: faults.map(([fault, subject]) => ({ fault, subject })),
})

const settingOf = (make: Make) => (spec: NetworkSpec) => ({ interaction: make(spec), activation: activationOf(spec), epsilon: spec.epsilon })

export const convolutionLaws: readonly Law[] = [
  exact('L1.conv', 'value, ∂Ψ/∂u, ∂Ψ/∂θ and pull agree with dual numbers in every direction', 'paper, appendix on convolutions; docs/theory.md §13',
    ['conv', 'convolutional', 'maxPooling', 'averagePooling'], termDerivatives, [
      ['transposed convolution without the flip', flipped],
      ['stale pooling positions in ∂Ψ/∂w', stale],
      ['no feedback to the first layer', forgetful],
      ['pull.param of the first kernel doubled', doubled],
    ]),
  exact('L1.pull.conv', '⟨w, DF⟩ = ⟨pull w, ·⟩ for s, θ and x', 'docs/theory.md §13', ['conv', 'innerNudged'],
    (make) => transposes((spec) => innerNudged(settingOf(make)(spec))), [
      ['transposed convolution without the flip', flipped],
      ['pull.param of the first kernel doubled', doubled],
    ]),
  exact('L2.hessian.conv', '⟨v, ∂²Φ/∂s² w⟩ = ⟨w, ∂²Φ/∂s² v⟩', 'paper, proof of Theorem 1; docs/theory.md §13', ['conv', 'energyBased'],
    (make) => hessian((spec) => energyBased(settingOf(make)(spec))), [['transposed convolution without the flip', flipped]]),
]
