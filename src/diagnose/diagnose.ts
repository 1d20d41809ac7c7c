/**
 * Walks the hypotheses of the theorem in order for one model and one batch, and returns a certificate with a number for each, or the first
 * that is broken. (H1) is checked twice, at a state drawn at random and at the settled one: the first finds wrong derivatives even where the
 * network does not settle, the second is what the theorem asks for.
 *
 * docs/theory.md §4, §7; docs/extending.md.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { settleSamples, rowsOf, type SettledSamples } from '../fold/settle-samples.ts'
import { badSteps, type Mistake } from '../fold/mistake.ts'
import { pose } from '../fold/pose.ts'
import { finite } from '../fold/nudge.ts'
import type { Layers } from '../phi/interaction.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'
import { derivativeChecks } from './derivatives.ts'
import { betaCheck, horizonCheck, theoremCheck } from './estimate.ts'
import { observedChecks } from './observed.ts'
import { type Bench, benchOf, draw, type Question } from './question.ts'
import { nudgeSize, settledCheck } from './settled.ts'
import { smoothCheck } from './smooth.ts'
import { metricChecks } from './symmetry.ts'
import { type Check, type Diagnosis, type Finding, holds } from './verdict.ts'

/** Checks of one stage, made when it is reached. */
type Stage = () => E.Either<Mistake, readonly Check[]>

/** The worst of several findings of one name: one row each. */
const condensed = (findings: readonly Finding[]): readonly Finding[] => findings.reduce<readonly Finding[]>((rows, finding) => {
  const same = rows.findIndex(({ hypothesis, check }) => hypothesis === finding.hypothesis && check === finding.check)
  const known = rows[same]
  if (known === undefined) return [...rows, finding]
  return finding.value / finding.allowance > known.value / known.allowance ? rows.map((row, i) => (i === same ? finding : row)) : rows
}, [])

/** Runs the stages until one breaks. */
const walked = (stages: readonly Stage[], before: readonly Finding[] = []): E.Either<Mistake, Diagnosis> => {
  const [stage, ...later] = stages
  if (stage === undefined) return E.right({ _tag: 'Certificate', findings: condensed(before) })
  return pipe(stage(), E.flatMap((checks): E.Either<Mistake, Diagnosis> => {
    const broken = checks.find(({ finding }) => !holds(finding))
    if (broken === undefined) return walked(later, [...before, ...checks.map(({ finding }) => finding)])
    const { hypothesis, where } = broken.finding
    const passed = checks.slice(0, checks.indexOf(broken)).map(({ finding }) => finding)
    return E.right({ _tag: 'Broken', hypothesis, cause: broken.cause(), where, findings: [...condensed([...before, ...passed].filter(({ check }) => check !== broken.finding.check)), broken.finding] })
  }))
}

const settle = <N extends Op, T>(A: Algebra<N, T>, { dynamics, cost, data, T }: Question<N, T>, batch: number): E.Either<Mistake, SettledSamples<T>> =>
  settleSamples((rows) => pose(A, dynamics, cost)({
    theta: data.theta, x: rowsOf(A, data.x, rows), y: rowsOf(A, data.y, rows),
  }), batch, { steps: T, keep: 2 })

/** A state with every unit between the walls. */
const anywhere = <T>({ A, problem: { zeros } }: Bench<T>, seed: number): Layers<T> =>
  zeros.map((zero, l) => draw(A, A.shape(zero), seed + 700 + l, 0.1, 0.9))

const atRest = <T>(bench: Bench<T>, settled: SettledSamples<T>, question: Omit<Question<Op, T>, 'dynamics' | 'cost'>, seed: number): readonly Stage[] => {
  const { state } = settled
  const { beta, K } = question
  const one = (check: E.Either<Mistake, Check>): E.Either<Mistake, readonly Check[]> => pipe(check, E.map((each) => [each]))
  return [
    () => E.right([settledCheck(bench, settled, beta)]),
    () => E.right([smoothCheck(bench, state, seed)]),
    () => E.right([...derivativeChecks(bench, state, seed + 1), ...metricChecks(bench, state, seed + 1)]),
    () => one(betaCheck(bench, state, beta, K)),
    () => one(horizonCheck(bench, state, K)),
    () => one(theoremCheck(bench, state, K)),
    () => observedChecks(bench, state, settled.residual / (Math.abs(beta) * nudgeSize(bench, state)) || 0, question),
  ]
}

/**
 * Certificate or first broken hypothesis, over any interpreter with the functions that the model needs.
 * Left: what is asked is malformed (shapes, NaN, T < 2, K < 1, β = 0). A free phase that diverges is a verdict, not a mistake.
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { diagnose, energyBased, initialise, layered, orThrow, reference as A, seeded, squaredError, tanh } from 'phifold'
 *
 * const network = energyBased({ interaction: layered([2, 3, 1]), activation: tanh, epsilon: 0.5 })
 * const [theta] = initialise(A, network.params, seeded(1))
 * const data = { theta, x: A.of([1, 2], [0.3, 0.8]), y: A.of([1, 1], [1]) }
 *
 * const diagnosis = orThrow(diagnose(A)({ dynamics: network, cost: squaredError, data, T: 1000, K: 40, beta: 0.01 }))
 * assert.equal(diagnosis._tag, 'Certificate')
 *
 * const hasty = orThrow(diagnose(A)({ dynamics: network, cost: squaredError, data, T: 3, K: 40, beta: 0.01 }))
 * assert(hasty._tag === 'Broken' && hasty.hypothesis === 'settled' && hasty.cause._tag === 'NotSettled')
 * ```
 */
export const diagnose = <N extends Op, T>(A: Algebra<N, T>) => (question: Question<N, T>): E.Either<Mistake, Diagnosis> => {
  const { T, K, beta, seed = 1 } = question
  if (!Number.isSafeInteger(T) || T < 2) return E.left(badSteps('T', T, 2))
  if (!Number.isSafeInteger(K) || K < 1) return E.left(badSteps('K', K, 1))
  return pipe(
    finite(A, beta),
    E.flatMap(() => benchOf(A, question)),
    E.flatMap((bench) => {
      const start = anywhere(bench, seed)
      const first: readonly Stage[] = [
        () => E.right(derivativeChecks(bench, start, seed)),
        () => E.right(metricChecks(bench, start, seed)),
      ]
      return pipe(
        walked(first),
        E.flatMap((early): E.Either<Mistake, Diagnosis> => {
          if (early._tag === 'Broken') return E.right(early)
          const settled = settle(A, question, bench.problem.batch)
          if (E.isRight(settled)) return walked(atRest(bench, settled.right, question, seed), early.findings)
          const mistake = settled.left
          if (mistake._tag !== 'Diverged') return settled
          const where = bench.layerNames[mistake.layer - 1] ?? ''
          const finding: Finding = { hypothesis: 'settled', check: `residual after ${T} steps against the nudge`, where, value: Infinity, allowance: 0 }
          return E.right({
            _tag: 'Broken', hypothesis: 'settled', where, findings: [...early.findings, finding],
            cause: { _tag: 'Diverged', says: `${where} is no longer finite after ${mistake.step} steps`, remedy: 'use a smaller step size ε or smaller weights' },
          })
        }))
    }))
}
