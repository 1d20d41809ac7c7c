/** Mini-batches of samples that settle: which are taken, which are replaced, and that nothing else about them changes. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { syntheticDigits } from '../src/data/synthetic.ts'
import { runFigure } from '../src/experiment/comparison.ts'
import { adjusted, type Figure, settingOf } from '../src/experiment/figure.ts'
import { dataOf, poolOf } from '../src/experiment/figure-data.ts'
import { curveFigures } from '../src/experiment/figures.ts'
import { dataOn, settledBatch, type Unsettled } from '../src/experiment/settled-batch.ts'
import { squaredError } from '../src/cost/squared-error.ts'
import { freePhase } from '../src/fold/free-phase.ts'
import { pose } from '../src/fold/pose.ts'
import { reference as A } from '../src/tensor/reference.ts'

const rightOf = <L, B>(either: E.Either<L, B>): B => {
  if (E.isLeft(either)) throw new Error(`expected a Right, got ${JSON.stringify(either.left)}`)
  return either.right
}

// Three hidden layers without a leak: after 60 steps some samples are at rest, some creep or swing.
const figure: Figure = rightOf(adjusted(curveFigures.find(({ number }) => number === 13)!, { sizes: [784, 12, 12, 12, 10], T: 60, K: 3, batch: 6 }))
const source = { digits: syntheticDigits(3, 24), origin: '6 SYNTHETIC digits', synthetic: true }
const { drawn, ...pool } = rightOf(dataOf(A, poolOf(figure, source), 4, source))
const dynamics = figure.nudgings[0].dynamics(settingOf(figure))
const settle = (unsettled: Unsettled, tolerance: number) =>
  rightOf(settledBatch(A, dynamics, pool, { batch: 6, spare: 0.5, T: figure.T, K: figure.K, unsettled, tolerance, onStep: () => undefined }))

describe('a mini-batch', () => {
  const kept = settle('keep', 0)
  const residuals = kept.settled.samples.map(({ residual }) => residual).sort((a, b) => a - b)
  // Between the fifth and the last of the first six.
  const tolerance = Math.sqrt(residuals[4]! * residuals[5]!)

  it('that keeps what does not settle is the first of the pool', () => {
    expect(kept.places).toEqual([0, 1, 2, 3, 4, 5])
    expect(kept.replaced).toEqual([])
    expect(drawn.indices).toHaveLength(24)
  })

  it('takes the first that settle, names those that do not, and none is lost', () => {
    const { places, settled, replaced } = settle('replace', tolerance)
    expect(places).toHaveLength(6)
    expect(replaced.length).toBeGreaterThanOrEqual(1)
    for (const { residual } of settled.samples) expect(residual).toBeLessThanOrEqual(tolerance)
    for (const { residual } of replaced) expect(residual).toBeGreaterThan(tolerance)
    const tried = [...places, ...replaced.map(({ place }) => place)].sort((a, b) => a - b)
    expect(tried).toEqual(tried.map((_, i) => i))
    expect(tried.at(-1)).toBe(Math.max(...places))
  })

  it('has the free phase of exactly its samples', () => {
    const { places, settled } = settle('replace', tolerance)
    const alone = rightOf(freePhase(rightOf(pose(A, dynamics, squaredError)(dataOn(A, pool, places))), { steps: figure.T, keep: figure.K }))
    for (const [ours, theirs] of [[settled.state, alone.state], ...settled.before.map((s, k) => [s, alone.before[k]!] as const)] as const)
      ours.forEach((sl, l) => { expect(A.distance(sl, theirs[l]!)).toBe(0) })
    expect(settled.residual).toBe(alone.residual)
  })

  it('is the first of the pool where most do not settle, or too few of all', () => {
    // A tolerance that just over half of the samples meet, of a pool that has no others.
    const few = (size: number, accepted: number) => {
      const some = dataOn(A, pool, Array.from({ length: size }, (_, i) => i))
      return rightOf(settledBatch(A, dynamics, some, { batch: 6, spare: 0, T: figure.T, K: figure.K, unsettled: 'replace', tolerance: accepted, onStep: () => undefined }))
    }
    for (const { places, replaced } of [settle('replace', -1), few(6, tolerance)]) {
      expect(places).toEqual([0, 1, 2, 3, 4, 5])
      expect(replaced).toEqual([])
    }
  })
})

it('a figure records the digits that it replaced', () => {
  // Long enough for most.
  const longer = { ...figure, T: 400 }
  const run = (unsettled: Unsettled) => rightOf(runFigure(A, longer, { seed: 4, source, curves: 2, unsettled })).measured.data
  const [replacing, keeping] = [run('replace'), run('keep')]
  expect(keeping).toMatchObject({ indices: drawn.indices.slice(0, 6), labels: drawn.labels.slice(0, 6), replaced: [] })
  expect(replacing.replaced.length).toBeGreaterThan(0)
  for (const { index, label } of replacing.replaced) {
    expect(source.digits.labels[index]).toBe(label)
    expect(replacing.indices).not.toContain(index)
  }
  expect(replacing.labels).toEqual(replacing.indices.map((i) => source.digits.labels[i]))
})
