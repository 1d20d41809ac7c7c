/** The curve figures as values: their numbers, data, watched coordinates, what they measure, and what they report. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { seeded } from '../src/data/random.ts'
import { syntheticDigits } from '../src/data/synthetic.ts'
import { type FigureRun, runFigure } from '../src/experiment/comparison.ts'
import { adjusted, type Figure, type Hyperparameters } from '../src/experiment/figure.ts'
import { dataOf, type Source } from '../src/experiment/figure-data.ts'
import { finiteEstimates } from '../src/experiment/finite-estimates.ts'
import { reportOf } from '../src/experiment/figure-report.ts'
import { curveFigures } from '../src/experiment/figures.ts'
import type { EstimateRecord, Provenance, RunRecord } from '../src/experiment/record.ts'
import { initialise } from '../src/learn/initialise.ts'
import { paperLabel } from '../src/experiment/label.ts'
import { spread } from '../src/experiment/watched.ts'
import { toy } from '../src/phi/network.ts'
import { reference, type Tensor } from '../src/tensor/reference.ts'

const rightOf = <L, A>(either: E.Either<L, A>): A => {
  if (E.isLeft(either)) throw new Error(`expected a Right, got ${JSON.stringify(either.left)}`)
  return either.right
}
const messageOf = <A>(either: E.Either<{ readonly message: string }, A>): string => {
  if (E.isRight(either)) throw new Error('expected a Left, got a Right')
  return either.left.message
}

const figure = (number: number): Figure => {
  const found = curveFigures.find((candidate) => candidate.number === number)
  if (found === undefined) throw new Error(`no figure ${number}`)
  return found
}
/** A network small enough to settle within a fraction of a second. */
const small = (number: number, changes: Partial<Hyperparameters> = {}): Figure => rightOf(adjusted(figure(number), {
  sizes: number === 2 ? [3, 8, 4] : [784, 6, 10], ...(number !== 11 && { epsilon: 0.5 }), T: 400, K: 12, batch: 3, ...changes,
}))

const source: Source = { digits: syntheticDigits(5, 30), origin: '3 SYNTHETIC digits', synthetic: true }
const run = (of: Figure, seed = 1): FigureRun => rightOf(runFigure(reference, of, { seed, source, curves: 4 }))
const first = ({ measured: { runs } }: FigureRun): RunRecord => runs[0]!
const rmsesOf = ({ agreements }: EstimateRecord): readonly number[] => Object.values(agreements).map(({ rmse }) => rmse)
const rmses = ({ estimates }: RunRecord, kind: string): readonly number[] => rmsesOf(estimates.find(({ estimate }) => estimate === kind)!)
const provenance: Provenance = { version: '1.2.3', timings: null, machine: null }

describe('numbers that do not stay finite', () => {
  it('end the run: the nudge is named where it is too strong', () => {
    const told = messageOf(runFigure(reference, small(2, { beta: 1e300 }), { seed: 1, curves: 4 }))
    expect(told).toMatch(/^beta: expected a nudge under which s\d stays finite, got 1e\+300; take a smaller one$/)
  })

  it('are laid to K where BPTT or the limit has them, else to the nudge; any will do', () => {
    const fine = { rmse: 0, spread: 0, worst: 0, scale: 1 }
    const estimate = (beta: number, change: object): EstimateRecord => ({ estimate: 'one-sided', beta, agreements: { s1: fine, W1: { ...fine, ...change } } })
    const of = (...estimates: readonly EstimateRecord[]) => finiteEstimates({ K: 7 }, estimates)
    expect(of(estimate(0.1, {}), estimate(0, {}))).toEqual(E.right([estimate(0.1, {}), estimate(0, {})]))
    for (const key of ['rmse', 'spread', 'worst']) for (const value of [NaN, Infinity]) {
      expect(messageOf(of(estimate(0.3, {}), estimate(0.1, { [key]: value })))).toMatch(/^beta: .* W1 .* got 0\.1;/)
      expect(messageOf(of(estimate(0, { [key]: value })))).toMatch(/^K: .* W1 .* got 7;/)
    }
    expect(messageOf(of(estimate(0.1, { scale: Infinity })))).toMatch(/^K: /)
  })
})

describe('parameters', () => {
  it('lie within ±1/√fan_in and fill that range; a bias takes the fan-in of its layer', () => {
    const { params } = toy([5, 400, 30])
    const [theta] = initialise(reference, params, seeded(3))
    const bounds = { W1: 5, b1: 5, W2: 400, b2: 400, Wx2: 5 }
    expect(Object.keys(theta).sort()).toEqual(Object.keys(bounds).sort())
    for (const [name, fanIn] of Object.entries(bounds)) {
      const numbers = reference.numbers(theta[name] as Tensor)
      const largest = Math.max(...numbers.map(Math.abs)) * Math.sqrt(fanIn)
      expect(largest, name).toBeLessThanOrEqual(1)
      // Thirty uniform numbers or more all below 0.8 of the bound: less than 0.2 % likely, and the seed is fixed.
      expect(largest, name).toBeGreaterThan(0.8)
    }
  })

  it('come from the seed, with the generator that goes on', () => {
    const { params } = toy([2, 3, 2])
    const [theta, rng] = initialise(reference, params, seeded(3))
    const [again] = initialise(reference, params, seeded(3))
    const [other] = initialise(reference, params, rng)
    const same = (p: typeof theta, q: typeof theta) => Object.keys(p).every((name) => reference.equals(p[name]!, q[name]!))
    expect(same(theta, again)).toBe(true)
    expect(same(theta, other)).toBe(false)
  })

  it('of a kernel and its bias lie within ±1/√(channels · rows · columns)', () => {
    const [{ W1, b1 }] = initialise(reference, { W1: [4, 2, 3, 3], b1: [4] }, seeded(1))
    const all = [...reference.numbers(W1!), ...reference.numbers(b1!)].map(Math.abs)
    expect(Math.max(...all)).toBeLessThanOrEqual(1 / Math.sqrt(18))
    expect(Math.max(...all)).toBeGreaterThan(0.9 / Math.sqrt(18))
  })

  it('refuse a vector that is the bias of no weight', () => {
    expect(() => initialise(reference, { b1: [3] }, seeded(1))).toThrow('b1: expected a weight, or a bias')
  })
})

describe('numbers of a figure', () => {
  it('are the paper\'s (its appendix)', () => {
    const rows = curveFigures.map(({ number, sizes, epsilon, beta, T, K, batch }) =>
      `${number}: ${sizes.join('-')} dt ${epsilon} beta ${beta} T ${T} K ${K} batch ${batch}`)
    expect(rows).toEqual([
      '2: 5-50-10 dt 0.08 beta 0.01 T 5000 K 80 batch 1',
      '4: 784-4608-1024-10 dt 1 beta 0.02 T 5000 K 10 batch 20',
      '8: 784-512-10 dt 0.08 beta 0.001 T 800 K 80 batch 20',
      '9: 784-512-512-10 dt 0.08 beta 0.01 T 5000 K 150 batch 20',
      '10: 784-512-512-512-10 dt 0.08 beta 0.02 T 30000 K 200 batch 20',
      '11: 784-512-10 dt 1 beta 0.01 T 150 K 10 batch 20',
      '12: 784-512-512-10 dt 1 beta 0.01 T 1500 K 40 batch 20',
      '13: 784-512-512-512-10 dt 1 beta 0.015 T 5000 K 40 batch 20',
    ])
  })

  it('are refused by name where they make no sense', () => {
    const faults: readonly (readonly [Partial<Hyperparameters>, RegExp])[] = [
      [{ beta: 0 }, /^beta: .*β = 0/], [{ beta: -0.1 }, /^beta: .*got -0.1/], [{ beta: NaN }, /^beta: .*NaN/], [{ beta: Infinity }, /^beta:/],
      [{ epsilon: 0 }, /^dt:/], [{ epsilon: 1.5 }, /^dt:/], [{ epsilon: NaN }, /^dt:/],
      [{ T: 79 }, /^T: .*K = 80/], [{ T: 0 }, /^T:/], [{ T: 800.5 }, /^T:/], [{ K: 1 }, /^K:/], [{ K: NaN }, /^K:/], [{ K: 20_000, T: 30_000 }, /^K:/],
      [{ batch: 0 }, /^batch:/], [{ sizes: [5] }, /^sizes:/], [{ sizes: [] }, /^sizes:/], [{ sizes: [5, 0, 3] }, /^sizes:/],
      [{ sizes: [5, NaN] }, /^sizes:/], [{ sizes: [100_000, 100_000] }, /^sizes: expected at most/],
    ]
    for (const [changes, message] of faults) expect(messageOf(adjusted(figure(2), changes))).toMatch(message)
  })

  it('are otherwise replaced and nothing else', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 50 }), fc.integer({ min: 50, max: 90 }), (K, T) => {
      const changed = rightOf(adjusted(figure(8), { K, T }))
      expect(changed).toEqual({ ...figure(8), K, T })
    }))
  })
})

describe('labels', () => {
  it('are the paper\'s, which counts from the output', () => {
    const toyLabels = ['s1', 's2', 'W1', 'W2', 'Wx2', 'b1', 'b2'].map((name) => paperLabel(name, 2))
    expect(toyLabels).toEqual(['s¹', 's⁰', 'W₁ₓ', 'W₀₁', 'W₀ₓ', 'bias of s¹', 'bias of s⁰'])
    const deep = ['s1', 's4', 'W1', 'W2', 'W4'].map((name) => paperLabel(name, 4))
    expect(deep).toEqual(['s³', 's⁰', 'W₃ₓ', 'W₂₃', 'W₀₁'])
    expect(paperLabel('V1', 2)).toBe('')
  })
})

describe('watched coordinates', () => {
  it('are different, ordered by their totals, and span the whole range', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 1, maxLength: 60 }), fc.integer({ min: 2, max: 7 }),
      (totals, count) => {
        const chosen = spread(totals, count)
        expect(new Set(chosen).size).toBe(Math.min(count, totals.length))
        const values = chosen.map((i) => totals[i]!)
        expect(values).toEqual([...values].sort((a, b) => b - a))
        expect(values[0]).toBe(Math.max(...totals))
        expect(values.at(-1)).toBe(Math.min(...totals))
      }))
  })

  it('are those that a search through all ranks finds, also among many equal totals', () => {
    const slow = (totals: readonly number[], count: number): readonly number[] => {
      const ranked = totals.map((_, i) => i).sort((i, j) => totals[j]! - totals[i]! || i - j)
      if (ranked.length <= count) return ranked
      const [most, least] = [totals[ranked[0]!]!, totals[ranked.at(-1)!]!]
      const ranks: number[] = []
      for (let c = 0; c < count; c++) {
        const wanted = most + (c / Math.max(count - 1, 1)) * (least - most)
        let best = (ranks.at(-1) ?? -1) + 1
        for (let rank = best; rank < ranked.length - (count - 1 - c); rank++)
          if (Math.abs(totals[ranked[rank]!]! - wanted) < Math.abs(totals[ranked[best]!]! - wanted)) best = rank
        ranks.push(best)
      }
      return ranks.map((rank) => ranked[rank]!)
    }
    const total = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(-0), fc.double({ min: -2, max: 2, noNaN: true }))
    fc.assert(fc.property(fc.array(total, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 9 }),
      (totals, count) => { expect(spread(totals, count)).toEqual(slow(totals, count)) }), { numRuns: 1000 })
  })

  it('are spaced by value, not by rank', () => {
    expect(spread([0, 0.1, 0.2, 0.3, 5, 10], 3)).toEqual([5, 4, 0])
  })
})

describe('data of a figure', () => {
  it('are drawn from the seed: x in [0, 1), one class per sample', () => {
    const draw = (seed: number) => rightOf(dataOf(reference, small(2, { batch: 50 }), seed))
    const { x, y, drawn } = draw(4)
    const rows = Array.from({ length: 50 }, (_, b) => [...reference.numbers(y).slice(4 * b, 4 * b + 4)])
    expect(reference.numbers(x).every((v) => v >= 0 && v < 1)).toBe(true)
    expect(rows).toEqual(drawn.labels.map((label) => [0, 1, 2, 3].map((i) => (i === label ? 1 : 0))))
    expect(new Set(drawn.labels).size).toBe(4)
    expect(reference.equals(draw(4).x, x)).toBe(true)
    expect(reference.equals(draw(5).x, x)).toBe(false)
  })

  it('are different digits of the source, with their labels', () => {
    const { x, drawn } = rightOf(dataOf(reference, small(8), 9, source))
    expect(new Set(drawn.indices).size).toBe(3)
    expect(drawn.labels).toEqual(drawn.indices.map((i) => source.digits.labels[i]))
    const pixels = drawn.indices.flatMap((i) => Array.from({ length: 784 }, (_, p) => source.digits.pixels[784 * i + p]! / 255))
    expect([...reference.numbers(x)]).toEqual(pixels)
  })

  it('must fit the network', () => {
    const fitting = (changes: Partial<Hyperparameters>) => messageOf(dataOf(reference, small(8, changes), 9, source))
    expect(fitting({ sizes: [783, 6, 10] })).toMatch(/^sizes: expected 784 inputs.*got 783/)
    expect(fitting({ sizes: [784, 6, 9] })).toMatch(/^sizes: expected 10 outputs.*got 9/)
    expect(fitting({ batch: 31 })).toMatch(/^batch: expected at most the 30 digits/)
  })
})

describe('a run', () => {
  // The allowance of rounding is derived, entry by entry, in the laws L5.*.float64; here 1e-9 tells it from any gap that β makes.
  it('of an energy-based figure: the limit equals −BPTT, one-sided errs in proportion to β, centered to β²', () => {
    for (const number of [2, 8]) {
      const at = (beta: number) => first(run(small(number, { beta })))
      const [large, tenth] = [at(0.02), at(0.002)]
      expect(Math.max(...rmses(large, 'limit')), `figure ${number}`).toBeLessThan(1e-9)
      rmses(large, 'one-sided').forEach((rmse, i) => {
        expect(rmse).toBeGreaterThan(1e-6)
        expect(Math.log10(rmse / rmses(tenth, 'one-sided')[i]!)).toBeCloseTo(1, 1)
      })
      rmses(large, 'centered').forEach((rmse, i) => {
        expect(Math.log10(rmse / rmses(tenth, 'centered')[i]!)).toBeCloseTo(2, 0)
      })
    }
  })

  it('of a prototypical figure: inner nudge exact in the limit with neurons weighted by M, outer nudge not', () => {
    const [outer, inner] = run(small(11)).measured.runs
    expect([outer!.name, inner!.name]).toEqual(['outer nudge', 'inner nudge'])
    expect(Math.max(...rmses(outer!, 'limit'))).toBeGreaterThan(1e-3)
    expect(Math.max(...rmses(inner!, 'limit'))).toBeLessThan(1e-9)
  })

  it('keeps K points of each watched coordinate and says how settled the state is', () => {
    const { measured: { hyperparameters: { K }, runs }, curves } = run(small(2))
    expect(curves[0]!.map(({ quantity }) => quantity).filter((q, i, all) => all.indexOf(q) === i).sort())
      .toEqual(['W1', 'W2', 'Wx2', 'b1', 'b2', 's1', 's2'])
    for (const curve of curves[0]!)
      for (const line of [curve.reference, ...Object.values(curve.candidates)]) expect(line).toHaveLength(K)
    expect(runs[0]!.settled.residual).toBeLessThan(1e-15)
  })

  it('runs the convolutional figure, and exactly so with the inner nudge once it has settled', () => {
    const { measured: { runs } } = rightOf(runFigure(
      reference, rightOf(adjusted(figure(4), { T: 120, K: 3, batch: 1 })), { seed: 1, source, curves: 2 }))
    const [outer, inner] = runs.map((each) => Math.max(...rmses(each, 'limit')))
    expect(runs[0]?.settled.residual).toBeLessThan(1e-9)
    expect(inner).toBeLessThan(1e-6)
    expect(outer).toBeGreaterThan(0.01)
  })

  it('keeps the layers of the convolutional figure', () => {
    expect(adjusted(curveFigures.find(({ number }) => number === 4)!, { sizes: [784, 10] }))
      .toMatchObject({ left: { message: 'sizes: expected the layers of figure 4 as they are, got 784-10; leave --sizes out' } })
  })

  it('tells its progress up to the end', () => {
    const seen: string[] = []
    rightOf(runFigure(reference, small(11, { T: 4, K: 3 }), {
      seed: 1, source, curves: 2, unsettled: 'keep', onProgress: (stage, done, total) => seen.push(`${stage} ${done}/${total}`),
    }))
    // One free phase, then both folds for each of the two ways to nudge.
    const folds = [1, 2, 3].map((done) => `both folds ${done}/3`)
    expect(seen).toEqual([...[1, 2, 3, 4].map((done) => `free phase ${done}/4`), ...folds, ...folds])
  })

  it('is the same for the same seed', () => {
    const told = (seed: number) => rightOf(reportOf(run(small(2), seed), provenance))
    expect(told(1)).toEqual(told(1))
    expect(told(1).csv).not.toBe(told(2).csv)
  })
})

describe('a report', () => {
  it('has every number of the curves in its CSV', () => {
    const made = run(small(11, { T: 100, K: 5 }))
    const [head, ...rows] = rightOf(reportOf(made, provenance)).csv.trimEnd().split('\r\n').map((line) => line.split(','))
    expect(head).toEqual(['t', 'quantity', 'index', 'bptt', 'ep', 'ep_tenth', 'centered', 'limit', 'nudging'])
    const expected = made.curves.flatMap((drawn, r) => drawn.flatMap((curve) => curve.reference.map((bptt, t) =>
      [t, curve.quantity, curve.index, bptt, ...['one-sided', 'tenth', 'centered', 'limit'].map((name) => curve.candidates[name]![t]!),
        made.measured.runs[r]!.name].map((cell) => (Object.is(cell, -0) ? '-0' : String(cell))))))
    expect(rows).toEqual(expected)
  })

  it('says in JSON what was run and measured', () => {
    const made = run(small(8, { K: 4 }))
    const told = JSON.parse(rightOf(reportOf(made, provenance)).json) as Record<string, unknown>
    expect(told).toMatchObject({
      figure: 8, version: '1.2.3', interpreter: 'reference', seed: 1,
      hyperparameters: { sizes: [784, 6, 10], activation: 'tanh', dt: 0.5, beta: 0.001, nudge: 0.0005, T: 400, K: 4, batch: 3, clamped: false },
      variant: [], timings: null, machine: null,
      data: { synthetic: true, labels: made.measured.data.labels },
      runs: [{ name: 'energy-based', settled: { steps: 400 }, estimates: [
        { estimate: 'one-sided', beta: 0.001 }, { estimate: 'one-sided', beta: 0.0001 }, { estimate: 'centered', beta: 0.001 }, { estimate: 'limit', beta: 0 },
      ].map((estimate, i) => ({ ...estimate, agreements: first(made).estimates[i]!.agreements })) }],
    })
  })

  it('names synthetic data, an unsettled state, both nudges and their metric in its text', () => {
    const text = (of: Figure) => rightOf(reportOf(run(of), provenance)).text
    expect(text(small(8))).toContain('SYNTHETIC')
    expect(text(small(2))).not.toContain('SYNTHETIC')
    expect(text(small(2))).not.toContain('NOT settled')
    expect(text(small(2, { T: 12 }))).toMatch(/NOT settled: after 12 free steps .*; raise T/)
    expect(text(small(11))).toMatch(/neurons against −∇s[^]*neurons against −M∇s/)
    for (const name of ['s2 ', 'W1 ', 'Wx2', 'b1 ', 'bias of s⁰', 'W₀ₓ']) expect(text(small(2))).toContain(name)
  })

  it('draws a panel per layer and weight, with the paper\'s label, and one column per nudge', () => {
    const titles = (number: number) => {
      const { chart } = rightOf(reportOf(run(small(number)), provenance))
      return chart._tag === 'Log' ? [] : chart.panels.map(({ title }) => title)
    }
    expect(titles(2)).toEqual(['s2 (paper s⁰)', 's1 (paper s¹)', 'W2 (paper W₀₁)', 'W1 (paper W₁ₓ)', 'Wx2 (paper W₀ₓ)'])
    expect(titles(11).slice(0, 3)).toEqual(['s2 (paper s⁰), outer', 's2 (paper s⁰), inner', 's1 (paper s¹), outer'])
  })

  it('is refused where a curve is not finite', () => {
    const { measured, curves } = run(small(2))
    const broken = curves.map((panels) => panels.map((curve) => ({ ...curve, reference: curve.reference.map(() => NaN) })))
    expect(messageOf(reportOf({ measured, curves: broken }, provenance))).toMatch(/expected a finite number/)
  })
})
