/**
 * L9, L10 and L11: what a network's answers do not depend on. Steady states belong to Φ, not to ε or the order in which layers are
 * updated; samples of a batch do not see each other; a dense layer is a 1×1 convolution; a nudge without error does nothing.
 */
import { squaredError } from '../cost/squared-error.ts'
import { orThrow } from '../fold/mistake.ts'
import { finite } from '../fold/nudge.ts'
import { equilibriumPropagation, nudgedPhase } from '../fold/nudged-phase.ts'
import { take } from '../fold/phase.ts'
import { pose } from '../fold/pose.ts'
import { stateDistance } from '../fold/free-phase.ts'
import { rational, type Rational } from '../number/rational.ts'
import { energyBased } from '../phi/energy-based.ts'
import type { Layers } from '../phi/interaction.ts'
import { convolutional } from '../phi/network.ts'
import { layered } from '../phi/network.ts'
import { noPooling } from '../phi/pooling.ts'
import { innerNudged } from '../phi/prototypical.ts'
import { lift, type Lifted } from '../tensor/lift.ts'
import { activationOf, anywhere, convolutionals, energyRest, interactionOf, networks, type NetworkSpec, prototypicalRest, stationary } from './instances.ts'
import { type Law, law, type Verdict } from './law.ts'
import { mapParams } from './mutants.ts'

type Q = Lifted<Rational>
const A = lift(rational)

const specs = networks({ layers: 3, units: 3, batch: 2, steps: 1 })
const maps = convolutionals({ batch: 2, steps: 1 })
const at = <T>(list: readonly T[], i: number): T => list[i] as T

/** L9: a state that is steady at one ε is steady at every other, whether layers move all at once or one after the other. */
const steadiness = (seen: (sl: Q) => Q) => (spec: NetworkSpec): Verdict => {
  const settings = (['energy-based', 'prototypical'] as const).flatMap((kind) => {
    const instance = kind === 'energy-based' ? stationary(rational, spec, energyRest, 'activated') : stationary(rational, spec, prototypicalRest, 'raw')
    if (instance === undefined) return []
    const setting = { interaction: interactionOf(spec), activation: activationOf(spec), epsilon: spec.epsilon / 2 }
    const { step } = (kind === 'energy-based' ? energyBased(setting) : innerNudged(setting)).at(A)(instance.data.theta, instance.data.x)
    const state = instance.state.map(seen)
    // One layer at a time, each seeing those already moved.
    const sweep = state.reduce<Layers<Q>>((s, _, l) => s.map((sl, m) => (m === l ? at(step(s), l) : sl)), state)
    return [stateDistance(A, step(state), state), stateDistance(A, sweep, state)]
  })
  return { gap: Math.max(0, ...settings), allowance: 0 }
}

/** L9: with the target at the output, a nudge of any β is no nudge. */
const noError = (targetOf: (output: Q) => Q) => (spec: NetworkSpec): Verdict => {
  const instance = anywhere(rational, spec)
  const { state } = instance
  const data = { ...instance.data, y: targetOf(at(state, state.length - 1)) }
  const problem = orThrow(pose(A, energyBased({ interaction: interactionOf(spec), activation: activationOf(spec), epsilon: spec.epsilon }), squaredError)(data))
  const [nudged] = take(nudgedPhase(problem, A.fill([], 0.5), state), 1)
  return { gap: stateDistance(A, nudged as Layers<Q>, problem.motion.step(state)), allowance: 0 }
}

const rows = (x: Q, order: readonly number[]): Q => {
  const [, ...rest] = x.shape
  const size = rest.reduce((n, k) => n * k, 1)
  return { shape: [order.length, ...rest], data: order.flatMap((b) => x.data.slice(b * size, (b + 1) * size)) }
}

/**
 * L10: Δθ of a batch is that of the batch in any order, and the mean of its samples' own; Δs are its samples' own. Over the rationals there
 * is no rounding to allow for.
 */
const batches = (order: (batch: number) => readonly number[]) => (spec: NetworkSpec): Verdict => {
  const { data, state } = anywhere(rational, spec)
  const dynamics = energyBased({ interaction: interactionOf(spec), activation: activationOf(spec), epsilon: spec.epsilon })
  const updates = (chosen: readonly number[]) => {
    const part = { ...data, x: rows(data.x, chosen), y: rows(data.y, chosen) }
    const problem = orThrow(pose(A, dynamics, squaredError)(part))
    const [moment] = take(equilibriumPropagation(problem, orThrow(finite(A, 0.25)), state.map((sl) => rows(sl, chosen))), 1)
    return { state: moment?.state ?? [], param: moment?.param() ?? {} }
  }
  const samples = Array.from({ length: spec.batch }, (_, b) => b)
  const [whole, shuffled, single] = [updates(samples), updates(order(spec.batch)), samples.map((b) => updates([b]))]
  const mean = mapParams(whole.param, (_, name) => A.over(single.map(({ param }) => param[name] as Q).reduce(A.add), spec.batch))
  return {
    gap: Object.keys(mean).reduce((gap, name) => Math.max(
      gap, A.distance(whole.param[name] as Q, mean[name] as Q), A.distance(whole.param[name] as Q, shuffled.param[name] as Q)),
      stateDistance(A, shuffled.state, whole.state.map((sl) => rows(sl, order(spec.batch))))),
    allowance: 0,
  }
}

/** L11: the layered network is the convolutional one on 1×1 maps with 1×1 kernels: same step, pull and rule. */
const pointwise = (kernel: (w: Q, name: string) => Q) => (spec: NetworkSpec): Verdict => {
  const { data, state } = anywhere(rational, spec)
  const [input, ...channels] = spec.sizes
  const shape = (x: Q): Q => ({ ...x, shape: [...x.shape, 1, 1] })
  const [output] = channels.slice(-1)
  const setting = { activation: activationOf(spec), epsilon: spec.epsilon }
  const dense = energyBased({ ...setting, interaction: layered(spec.sizes) })
  const maps = energyBased({
    ...setting,
    interaction: convolutional({
      input: [input as number, 1, 1], channels: channels.slice(0, -1), dense: [output as number],
      options: { size: 1, stride: 1, padding: 0, pooling: noPooling },
    }),
  })
  const top = state.length - 1
  const onMaps = (s: Layers<Q>): Layers<Q> => s.map((sl, l) => (l === top ? sl : shape(sl)))
  const theta = mapParams(data.theta, (p, name) => kernel(name.startsWith('W') && name !== `W${state.length}` ? shape(p) : p, name))
  const [plain, convolved] = [dense.at(A)(data.theta, data.x), maps.at(A)(theta, shape(data.x))]
  const flat = (x: Q): readonly Rational[] => x.data
  const gap = (a: readonly Q[], b: readonly Q[]): number =>
    a.reduce((worst, al, l) => Math.max(worst, ...flat(al).map((e, i) => rational.distance(e, flat(at(b, l))[i] ?? rational.one))), 0)
  const [pulled, pulledMaps] = [plain.pull(state)(state), convolved.pull(onMaps(state))(onMaps(state))]
  const values = (params: Readonly<Record<string, Q>>): readonly Q[] => Object.keys(data.theta).map((name) => params[name] as Q)
  return {
    gap: Math.max(
      gap(plain.step(state), convolved.step(onMaps(state))), gap(pulled.state, pulledMaps.state), gap([pulled.input()], [pulledMaps.input()]),
      gap(values(pulled.param()), values(pulledMaps.param())), gap(values(plain.rule(state)), values(convolved.rule(onMaps(state))))),
    allowance: 0,
  }
}

const exact = <S>(
  name: string, says: string, cites: string, about: readonly string[], subject: S, judge: (subject: S) => (spec: NetworkSpec) => Verdict,
  fault: string, mutant: S, instances = specs,
): Law => law({
  name, says, cites, about, rung: 'exact rationals', over: ['lift(rational)'], runs: 60, instances, subject, judge, mutants: [{ fault, subject: mutant }],
})

/** On dense networks, and through convolutions and pooling. */
const kinds = [
  { suffix: '', through: '', cites: '', about: [], instances: specs },
  { suffix: '.conv', through: ', through convolutions and pooling', cites: ', §13', about: ['convolutional'], instances: maps },
]

export const invarianceLaws: readonly Law[] = [
  ...kinds.flatMap(({ suffix, through, cites, about, instances }) => [
    exact(`L9.steady${suffix}`, `F(s) = s at one ε implies it at ε/2, all layers at once or one after another${through}`, `docs/theory.md §5, §6${cites}`, ['energyBased', 'innerNudged', ...about],
      (sl: Q) => sl, steadiness, 'a state off by 1/8', (sl: Q) => A.add(sl, A.fill(sl.shape, 0.125)), instances),
    exact(`L9.no-error${suffix}`, `a nudge towards the output itself changes nothing${through}`, `docs/theory.md §3${cites}`, ['nudgedPhase', ...about],
      (output: Q) => output, noError, 'target shifted', (output: Q) => A.add(output, A.fill(output.shape, 1)), instances),
    exact(`L10.batch${suffix}`, `Δθ is the mean over samples, in any order; Δs are the samples’ own${through}`, `docs/theory.md §10${cites}`, ['equilibriumPropagation', ...about],
      (batch: number) => Array.from({ length: batch }, (_, b) => batch - 1 - b), batches, 'one sample counted twice', (batch: number) => Array.from({ length: batch }, () => 0), instances),
  ]),
  exact('L11.pointwise', 'a dense layer is a 1×1 convolution: same step, pull and rule', 'docs/theory.md §13', ['conv', 'dense', 'convolutional'],
    (w: Q) => w, pointwise, 'the first weights twice as large', (w: Q, name: string) => (name === 'W1' ? A.scale(2, w) : w), networks({ layers: 3, units: 3, batch: 2, steps: 1, architectures: ['layered'] })),
]
