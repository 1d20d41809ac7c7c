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
import { clampedExact } from '../src/phi/clamped.ts'
import type { Dynamics, ExactDynamics, GradientDynamics } from '../src/phi/dynamics.ts'
import { energyBased, publishedEnergyBased } from '../src/phi/energy-based.ts'
import { drivesAt, type Interaction, layerOf, type Params, paramOf } from '../src/phi/interaction.ts'
import { convolutional, laterals, layered, toy } from '../src/phi/network.ts'
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
    const { dynamics, cost, T, K, beta } = ask(energy)
    const question = { dynamics, cost, T, K, beta, data: dataOn(A, energy) }
    expect(orThrow(diagnose(A)(question))).toEqual(verdict(ask(energy)))
  })
})

describe('a seeded fault gets its own name', () => {
  /** A cost's gradient changed. */
  const faultyCost = (change: <T>(A: Algebra<never, T>, gradient: T) => T): Cost<never> => ({
    ...squaredError,
    at: <T>(A: Algebra<never, T>) => (y: T) => ({ ...squaredError.at(A)(y), gradient: (s: T) => change(A, squaredError.at(A)(y).gradient(s)) }),
  })
  const onTerm = (change: Parameters<typeof faultyTerm<never>>[1], of: Interaction<never> = layers): Interaction<never> => faultyTerm(of, change)
  const at = (interaction: Interaction<Op>) => energyBased({ ...setting, interaction })

  // A coupling of s¹ and s², of five units each, whose feedback runs as asked; pull is its true transpose, so only the symmetry is broken.
  const square = (feedback: 'dropped' | 'negative' | 'transposed'): Interaction<never> => {
    const term = layered([4, 5, 5])
    return {
      ...term,
      at: (A) => (theta, u0) => {
        const [psi, W] = [term.at(A)(theta, u0), paramOf(theta, 'W2')]
        const turned = A.matmulTN(W, A.of([5, 5], Float64Array.from({ length: 25 }, (_, i) => (i % 6 === 0 ? 1 : 0))))
        // u_2 V drives u_1, where V should be W.
        const V = feedback === 'transposed' ? turned : A.scale(feedback === 'dropped' ? 0 : -1, W)
        return {
          ...psi,
          drive: (u) => drivesAt([1, A.matmulNN(layerOf(u, 2), V)], [2, psi.drive(u)[2]]),
          pull: (u) => (v) => {
            const [zero, own] = [A.fill(A.shape(layerOf(u, 1)), 0), psi.pull(u)(v)]
            const [v1, v2] = [v[1] ?? zero, v[2] ?? zero]
            const fromFeedback = feedback === 'transposed'
              ? A.matmulTN(v1, layerOf(u, 2))
              : A.scale(feedback === 'dropped' ? 0 : -1, A.matmulTN(layerOf(u, 2), v1))
            return {
              ...own,
              state: drivesAt([1, A.matmulNN(v2, W)], [2, A.matmulNT(v1, V)]),
              param: () => ({ ...own.param(), W2: A.add(A.matmulTN(v2, layerOf(u, 1)), fromFeedback) }),
            }
          },
        }
      },
    }
  }

  const step = (factor: number): Change => (A, m) => ({ step: (s, f) => m.step(s, f?.map((fl) => fl && A.scale(factor, fl))) })
  const scaledPull = (factor: number): Change => (A, m) => ({
    pull: (s) => (v) => ({ ...m.pull(s)(v), param: () => mapParams(m.pull(s)(v).param(), (p, name) => (name === 'W2' ? A.scale(factor, p) : p)) }),
  })
  /** The rule of a batch mean. */
  const meanRule: Change = (A, m) => ({ rule: (s) => mapParams(m.rule(s), (p) => A.over(p, B)) })

  /** innerNudged but for its rule, which pools where the state before had its maxima. */
  const stale: Dynamics<Op> = {
    ...innerNudged(mapSetting),
    at: (A) => (theta, x) => ({
      ...innerNudged(mapSetting).at(A)(theta, x),
      rule: (s, previous = s) => publishedOuterNudged(mapSetting).at(A)(theta, x).rule(s, previous),
    }),
  }
  /** The step sees σ(x), the rule x. */
  const squashed: Dynamics<Op> = {
    ...inner,
    at: (A) => (theta, x) => ({ ...innerNudged({ ...setting, inputActivation: sigm }).at(A)(theta, x), rule: inner.at(A)(theta, x).rule }),
  }
  /** Data for a network with all parameters 0 but those given. */
  const still = (dynamics: Dynamics<Op>, given: Readonly<Record<string, Tensor>>): Options => {
    const data = dataOn(reference, dynamics)
    return { data: { ...data, theta: { ...mapParams(data.theta, (p) => reference.fill(reference.shape(p), 0)), ...given } } }
  }
  const pair = innerNudged({ interaction: laterals([1, 2]), activation: tanh, epsilon: 1 })
  const growing = energyBased({ interaction: layered([1, 1, 1]), activation: identity, epsilon: 1 })
  const walled = clampedExact(energyBased({ interaction: layered([1, 2]), activation: identity, epsilon: 0.5 }))
  const pooled = innerNudged({ ...mapSetting, activation: tanh })
  const narrow = energyBased({ ...setting, interaction: layered([4, 3, 3]) })

  const faults: readonly (readonly [name: string, tag: CauseTag, where: RegExp, dynamics: Dynamics<Op>, options?: Options])[] = [
    // 1. derivatives
    ['gradient of the cost with the wrong sign', 'CostGradient', /s3/, energy, { cost: faultyCost((A, g) => A.neg(g)) }],
    ['gradient of the cost divided by the batch', 'CostGradient', /s3/, energy, { cost: faultyCost((A, g) => A.over(g, B)) }],
    ['the drive of a layer doubled', 'StepNotGradient', /s1/, at(onTerm((A, c) => ({ drive: (u) => mapDrives(c.drive(u), (d, l) => (l === 1 ? A.scale(2, d) : d)) })))],
    ['feedback dropped from the step only', 'PullState', /s1 from s2/, plain(at(onTerm((A, c) => ({ drive: (u) => mapDrives(c.drive(u), (d, l) => (l === 1 ? A.scale(0, d) : d)) }))))],
    ['slope ρ′ twice too large', 'StepNotGradient', /s/, energyBased({ ...setting, activation: faultyActivation(tanh, (A, jet) => ({ slope: () => A.scale(2, jet.slope()) })) })],
    ['pull without ρ″', 'PullState', /s/, energyBased({ ...setting, activation: faultyActivation(tanh, (A, jet) => ({ curvature: () => A.scale(0, jet.value) })) })],
    ['rule with the wrong sign', 'RuleNotGradient', /W1/, changed(energy, (A, m) => ({ rule: (s) => mapParams(m.rule(s), A.neg) }))],
    ['rule divided by the batch size', 'RuleNotGradient', /W1/, changed(energy, meanRule)],
    ['pull of one weight three times too large', 'PullParam', /^W2$/, changed(energy, scaledPull(3))],
    ['pull of the input forgotten', 'PullInput', /^x$/, changed(energy, (A, m) => ({ pull: (s) => (v) => ({ ...m.pull(s)(v), input: () => A.scale(0, m.pull(s)(v).input()) }) }))],
    // 2. symmetry, force, rule
    ['no ρ′ in the output drive, as published', 'SlopeMissing', /s2–s3/, publishedEnergyBased(setting)],
    ['nudge outside σ, the paper\'s', 'NudgeOutside', /s/, outerNudged(setting)],
    ['nudge outside σ, sigmoid without a leak', 'NudgeOutside', /s/, outerNudged({ ...setting, activation: sigm, epsilon: 1 })],
    ['feedback through 2W', 'FeedbackScaled', /s1–s2/, plain(at(asymmetricLayers([4, 5, 5, 3])))],
    ['feedback dropped', 'FeedbackDropped', /s1–s2/, plain(at(square('dropped')))],
    ['feedback with the wrong sign', 'FeedbackScaled', /s1–s2/, plain(at(square('negative')))],
    ['feedback through W, not Wᵀ', 'FeedbackTransposed', /s1–s2/, plain(at(square('transposed')))],
    ['nudge with the wrong sign', 'ForceScaled', /s3/, changed(energy, step(-1))],
    ['nudge scaled by dt, metric claimed', 'ForceScaled', /s3/, changed(inner, step(0.5))],
    ['nudge scaled by dt, nothing claimed', 'RuleScaled', /W1/, plain(changed(energy, step(0.5)))],
    ['nudge with the wrong sign, nothing claimed', 'ForceScaled', /s3/, plain(changed(energy, step(-1)))],
    ['nudge on the first layer', 'ForceNotMetric', /s/, changed(narrow, (_, m) => ({ step: (s, f) => m.step(s, f && [...f].reverse()) }))],
    ['rule of a batch mean, nothing claimed', 'RuleScaled', /W1/, plain(changed(inner, meanRule))],
    ['input through ρ in the step, not in the rule', 'RuleInput', /^W1$/, squashed],
    ['pooling positions of the state before', 'RuleLooksBack', /W2/, stale],
    // 3. settled
    ['leak and too few steps', 'NotSettled', /s/, innerNudged({ ...setting, epsilon: 0.2 }), { T: 20 }],
    ['two-cycle', 'Cycle', /s1/, pair, still(pair, { b1: reference.of([2], [0.5, 0.5]), V1: reference.of([2, 2], [0, -3, -3, 0]) })],
    ['divergence', 'Diverged', /s/, growing, { ...still(growing, { b1: reference.of([1], [1]), W2: reference.of([1, 1], [3]) }), T: 3000 }],
    // 4. smooth
    ['a unit on a wall', 'Kink', /s1/, walled, still(walled, { b1: reference.of([2], [0.5, 0]) })],
    ['a tie in a pooling window', 'Kink', /s2/, pooled, still(pooled, { W2: reference.fill([2, 2, 2, 2], 0.5), W3: reference.fill([3, 2], 0.5) })],
    ['hard sigmoids on their kink', 'Kink', /s/, innerNudged({ ...setting, activation: hardSigmoid }), still(innerNudged(setting), {})],
    // 5. β
    ['β too large', 'BetaTooLarge', /W|b/, energy, { beta: 0.5 }],
    ['β below rounding', 'BetaBelowRounding', /W|b/, energy, { beta: 1e-14, T: 3000 }],
    // 6. K
    ['K too small', 'TooFewSteps', /W|b/, energyBased({ ...setting, epsilon: 0.08 }), { K: 5, T: 4000 }],
  ]

  it.each(faults.map((fault) => ({ name: fault[0], fault })))('$name', ({ fault: [, tag, where, dynamics, options] }) => {
    expectCause(verdict(ask(dynamics, options)), tag, where)
  })
})

describe('numbers of another program', () => {
  const question = ask(energy, { K: 60, beta: 1e-4, dt: 0.5 })
  const problem = orThrow(pose(reference, energy, squaredError)(question.data))
  const { state, before } = orThrow(freePhase(problem, { steps: 600, keep: 64 }))
  const nudge = orThrow(finite(reference, 1e-4))
  const ep = take(equilibriumPropagation(problem, nudge, state), 62).map(({ param }) => param())
  const bptt = take(orThrow(backpropagation(problem, { state, before }, 62)), 62).map(({ param }) => param())
  const epTotal = (K: number) => drop(contrasts(problem, nudge, state), K - 1).next()[0]()
  const bpttTotal = (K: number) => take(totals(reference, orThrow(backpropagation(problem, { state, before }, K))), K).at(-1)!
  const times = (c: number) => (params: Params<Tensor>) => mapParams(params, (p) => reference.scale(c, p))
  const turned = (p: Tensor): Tensor => reference.matmulTN(p, reference.of([5, 5], Float64Array.from({ length: 25 }, (_, i) => (i % 6 === 0 ? 1 : 0))))
  const K = 60

  it('that are right get a certificate', () => {
    const observed = { ep: ep.slice(0, K), bptt: bptt.slice(0, K), epTotal: epTotal(K), bpttTotal: bpttTotal(K) }
    expect(verdict({ ...question, observed })).toMatchObject({ _tag: 'Certificate' })
  })

  const cases: readonly (readonly [string, CauseTag, string | RegExp | undefined, Question<Op, Tensor>['observed']])[] = [
    ['EP with the wrong sign', 'Sign', undefined, { ep: ep.slice(0, K).map(times(-1)) }],
    ['the nudge scaled by dt, β divided by', 'StepSize', undefined, { ep: ep.slice(0, K).map(times(0.5)) }],
    ['Δ reported divided by dt', 'StepSize', undefined, { epTotal: times(2)(epTotal(K)) }],
    ['the batch summed, not averaged', 'BatchMean', undefined, { bptt: bptt.slice(0, K).map(times(B)) }],
    ['the batch averaged twice', 'BatchMean', undefined, { bpttTotal: times(1 / B)(bpttTotal(K)) }],
    ['any other factor', 'Factor', undefined, { bpttTotal: times(0.7)(bpttTotal(K)) }],
    ['time shifted by one', 'OffByOne', undefined, { bptt: bptt.slice(1, K) }],
    ['a weight transposed', 'Transposed', /W2/, { ep: ep.slice(0, K).map((params) => ({ ...params, W2: turned(params['W2']!) })) }],
    ['one bias wrong', 'Differs', /b2/, { ep: ep.slice(0, K).map((params) => ({ ...params, b2: reference.scale(2, params['b2']!) })) }],
    ['a parameter missing', 'Missing', /b3/, { ep: ep.slice(0, K).map((params) => Object.fromEntries(Object.entries(params).filter(([name]) => name !== 'b3'))) }],
  ]
  it.each(cases)('%s: %s', (_, tag, where, observed) => { expectCause(verdict({ ...question, ...(observed && { observed }) }), tag, where) })

  it('a negative β that is ignored, a nudge that is forgotten, a cost that is', () => {
    const nothing = times(0)(epTotal(K))
    const asked = (beta: number, observed: Question<Op, Tensor>['observed']): Diagnosis => verdict({ ...question, beta, ...(observed && { observed }) })
    expectCause(asked(-1e-4, { epTotal: nothing }), 'Absent', /^all parameters$/)
    expect(asked(-1e-4, { ep: ep.slice(0, K).map(times(0)) })).toMatchObject({ cause: { _tag: 'Absent', remedy: expect.stringContaining('a negative β is ignored') as string } })
    expect(asked(1e-4, { epTotal: nothing })).toMatchObject({ cause: { _tag: 'Absent', remedy: expect.stringContaining('add the force') as string } })
    expect(asked(1e-4, { bpttTotal: nothing })).toMatchObject({ cause: { _tag: 'Absent', remedy: expect.stringContaining('start BPTT from') as string } })
    expect(asked(-1e-4, {})).toMatchObject({ _tag: 'Certificate' })
  })

  it('BPTT over K + 1 against K moments', () => {
    const slow = energyBased({ ...setting, epsilon: 0.3 })
    const posed = orThrow(pose(reference, slow, squaredError)(question.data))
    const settled = orThrow(freePhase(posed, { steps: 900, keep: 20 }))
    const sum = (n: number) => take(totals(reference, orThrow(backpropagation(posed, settled, n))), n).at(-1)!
    // So few moments that one more makes a difference: a loose accuracy lets them pass.
    const short = { ...question, dynamics: slow, T: 900, K: 12, accuracy: 0.5 }
    expect(verdict({ ...short, observed: { bpttTotal: sum(12) } })).toMatchObject({ _tag: 'Certificate' })
    const longer = verdict({ ...short, observed: { bpttTotal: sum(13) } })
    expectCause(longer, 'OffByOne')
    expect(longer).toMatchObject({ cause: { says: expect.stringContaining('fits 13 moments, not K = 12') as string } })
  })
})

describe('single precision', () => {
  const A = simd32()
  const asked = (beta: number, accuracy: number) => orThrow(diagnose(A)({ dynamics: energy, cost: squaredError, data: dataOn(A, energy), T: 600, K: 60, beta, accuracy }))
  it('is too coarse for a small β, and is named', () => { expectCause(asked(1e-5, 0.01), 'BetaBelowRounding') })
  it('gets a certificate where β is large enough for it', () => { expect(asked(3e-3, 0.05)).toMatchObject({ _tag: 'Certificate' }) })
})

describe('malformed questions', () => {
  it.each<[string, Options, RegExp]>([
    ['T', { T: 1 }, /^T: expected a whole number of steps, at least 2/],
    ['K', { K: 0.5 }, /^K: /],
    ['β', { beta: 0 }, /^beta: 0 leaves nothing/],
    ['shape', { data: { ...dataOn(reference, energy), x: reference.of([3, 3], new Array<number>(9).fill(1)) } }, /^input x: expected shape/],
  ])('%s', (_, options, message) => {
    expect(diagnose(reference)(ask(energy, options))).toMatchObject(E.left({ message: expect.stringMatching(message) as string }))
  })
})
