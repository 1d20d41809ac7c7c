/**
 * `diagnose` names the true cause: one seeded fault per hypothesis and per known departure of a program from the theory, each with the tag
 * that it must get; and a certificate for models that are exact.
 */
import { describe, expect, it } from 'vitest'
import * as E from 'fp-ts/lib/Either.js'
import { squaredError } from '../src/cost/squared-error.ts'
import type { Cost } from '../src/cost/cost.ts'
import { diagnose } from '../src/diagnose/diagnose.ts'
import type { Question } from '../src/diagnose/question.ts'
import { type CauseTag, type Diagnosis, holds } from '../src/diagnose/verdict.ts'
import { seeded, uniforms } from '../src/data/random.ts'
import { backpropagation } from '../src/fold/bptt.ts'
import { freePhase } from '../src/fold/free-phase.ts'
import { orThrow } from '../src/fold/mistake.ts'
import { finite } from '../src/fold/nudge.ts'
import { equilibriumPropagation } from '../src/fold/nudged-phase.ts'
import { take } from '../src/fold/phase.ts'
import { pose } from '../src/fold/pose.ts'
import { contrasts, totals } from '../src/fold/total.ts'
import { drop } from '../src/fold/phase.ts'
import { asymmetricLayers, faultyActivation, faultyMotion, faultyTerm, mapDrives, mapParams } from '../src/law/mutants.ts'
import { hardSigmoid, identity, sigm, tanh } from '../src/phi/activation.ts'
import { clamped, clampedExact } from '../src/phi/clamped.ts'
import type { Dynamics, ExactDynamics, GradientDynamics } from '../src/phi/dynamics.ts'
import { energyBased, publishedEnergyBased } from '../src/phi/energy-based.ts'
import { drivesAt, type Interaction, layerOf, type Params, paramOf } from '../src/phi/interaction.ts'
import { convolutional, layered, toy } from '../src/phi/network.ts'
import { maxPooling } from '../src/phi/pooling.ts'
import { innerNudged, outerNudged, publishedOuterNudged } from '../src/phi/prototypical.ts'
import { type Algebra, entries, type Op, type Shape } from '../src/tensor/algebra.ts'
import { reference, type Tensor } from '../src/tensor/reference.ts'
import { simd32, simd64 } from '../src/tensor/simd/interpreter.ts'

const B = 3
/** θ uniform in ±1.2/√fan-in, x and y uniform, over any interpreter. */
const dataOn = <T>(A: Algebra<never, T>, { params, layers }: Pick<Dynamics<Op>, 'params' | 'layers'>, batch = B) => {
  const random = (shape: Shape, seed: number, size: number): T => A.of(shape, uniforms(seeded(seed), entries(shape), -size, size)[0])
  const shapeOf = (layer: Dynamics<Op>['layers'][number] | undefined): Shape => (layer?.map === undefined ? [batch, layer?.units ?? 0] : [batch, ...layer.map])
  return {
    theta: Object.fromEntries(Object.entries(params).map(([name, shape], i) =>
      [name, random(shape, 40 + i, 1.2 / Math.sqrt(Math.max(1, entries(shape.slice(1)))))])) as Params<T>,
    x: random(shapeOf(layers[0]), 7, 1),
    y: random(shapeOf(layers.at(-1)), 8, 1),
  }
}

type Options = Partial<Question<Op, Tensor>>
const ask = (dynamics: Dynamics<Op>, options: Options = {}): Question<Op, Tensor> =>
  ({ dynamics, cost: squaredError, data: dataOn(reference, dynamics), T: 600, K: 60, beta: 1e-4, ...options })
const verdict = (question: Question<Op, Tensor>): Diagnosis => orThrow(diagnose(reference)(question))
const expectCause = (diagnosis: Diagnosis, tag: CauseTag, where?: string | RegExp): void => {
  if (diagnosis._tag !== 'Broken') throw new Error(`expected ${tag}, got a certificate`)
  expect(`${diagnosis.cause._tag} at ${diagnosis.where}: ${diagnosis.cause.says}`).toMatch(new RegExp(`^${tag} `))
  if (where !== undefined) expect(diagnosis.where).toMatch(where)
  const broken = diagnosis.findings.at(-1)!
  expect(holds(broken)).toBe(false)
  expect(diagnosis.findings.slice(0, -1).every(holds)).toBe(true)
  expect(diagnosis.cause.says).toMatch(/\d|same|feedback|weight/)
  expect(diagnosis.cause.remedy.length).toBeGreaterThan(10)
}

const layers = layered([4, 5, 5, 3])
const setting = { interaction: layers, activation: tanh, epsilon: 0.5 }
const energy = energyBased(setting)
const inner = innerNudged(setting)
const maps = convolutional({ input: [1, 7, 7], channels: [2, 2], options: { size: 2, stride: 1, padding: 0, pooling: maxPooling(2) }, dense: [3] })
const mapSetting = { interaction: maps, activation: sigm, epsilon: 1 }

/** The dynamics with parts of its motion replaced, whatever it claims. */
type Change = Parameters<typeof faultyMotion<Op>>[1]
const changed = (dynamics: GradientDynamics<Op> | ExactDynamics<Op>, change: Change): Dynamics<Op> => faultyMotion(dynamics as ExactDynamics<Op>, change)
/** Nothing claimed: no metric, no Φ. */
const plain = (dynamics: Dynamics<Op>): Dynamics<Op> => ({
  ...dynamics,
  at: (A) => (theta, x) => {
    const { step, pull, rule } = dynamics.at(A)(theta, x)
    return { step, pull, rule }
  },
})

describe('a certificate', () => {
  const exact: readonly (readonly [string, Dynamics<Op>, Options])[] = [
    ['energy-based', energy, {}],
    ['energy-based, toy', energyBased({ ...setting, interaction: toy([4, 5, 3]) }), {}],
    ['inner nudge', inner, {}],
    ['energy-based, nothing claimed', plain(energy), {}],
    ['inner nudge, nothing claimed', plain(inner), {}],
    ['energy-based, clamped', clampedExact(energyBased({ ...setting, activation: sigm })), { T: 1500, K: 120, beta: 1e-5 }],
    ['inner nudge, clamped', clampedExact(innerNudged({ ...setting, activation: sigm })), { beta: 1e-5 }],
    ['inner nudge, hard sigmoid', innerNudged({ ...setting, activation: hardSigmoid }), { beta: 1e-5 }],
    ['convolutional, inner nudge', innerNudged(mapSetting), {}],
    ['outer nudge with a linear output alone', outerNudged({ interaction: layered([4, 3]), activation: identity, epsilon: 1 }), {}],
  ]
  it.each(exact)('%s', (_, dynamics, options) => {
    const diagnosis = verdict(ask(dynamics, options))
    expect(diagnosis).toMatchObject({ _tag: 'Certificate' })
    const hypotheses = new Set(diagnosis.findings.map(({ hypothesis }) => hypothesis))
    expect([...hypotheses]).toEqual(['derivatives', 'symmetry', 'settled', 'smooth', 'beta', 'horizon', 'theorem'])
    expect(diagnosis.findings.every(holds)).toBe(true)
  })

  it('on the fast interpreter the same', () => {
    const A = simd64()
    const question = { ...ask(energy), data: dataOn(A, energy) }
    expect(orThrow(diagnose(A)(question))).toEqual(verdict(ask(energy)))
  })
})
