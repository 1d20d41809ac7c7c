/** What tests and sweeps are made of, as pure functions: counts, quantiles, images, runs of a description, the table. */
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shardOf } from '../src/cli/sweep.ts'
import { runId } from '../src/cli/sweep-folder.ts'
import { greyImages } from '../src/data/grey-images.ts'
import { evaluationOf } from '../src/experiment/evaluation.ts'
import { paperTableCsv, paperTableText, tableCells } from '../src/experiment/paper-table.ts'
import { canonical, runOf, type SweepRun, sweepRuns } from '../src/experiment/sweep.ts'
import type { SweepRow } from '../src/experiment/sweep-summary.ts'
import type { EpochRecord } from '../src/experiment/training-state.ts'
import { orThrow } from '../src/fold/mistake.ts'
import { digitSheet } from '../src/report/digit-sheet.ts'
import { matrixSvg } from '../src/report/matrix-svg.ts'

const digit = fc.integer({ min: 0, max: 9 })
const line = (result: E.Either<{ readonly message: string }, unknown>): string => (E.isLeft(result) ? result.left.message : 'right')

describe('an evaluation', () => {
  it('counts every reading once, and its error is what is off the diagonal', () => {
    fc.assert(fc.property(fc.array(fc.record({ told: digit, meant: digit, residual: fc.double({ min: 0, max: 1, noNaN: true }) }), { minLength: 1 }), (all) => {
      const { samples, wrong, error, confusion, classes, settling } = evaluationOf(all.map((one) => ({ ...one, outputs: [] })), all.map(({ meant }) => meant), { T: 5, tolerance: 0.5 })
      const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
      expect(samples).toBe(all.length)
      expect(sum(confusion.flat())).toBe(all.length)
      expect(sum(confusion.map((row, i) => row[i]!))).toBe(all.length - wrong)
      expect(sum(classes.map((one) => one.wrong))).toBe(wrong)
      expect(error).toBe((100 * wrong) / samples)
      const { q50, q90, q99, max } = settling.residual
      expect([q50, q90, q99, max]).toEqual([q50, q90, q99, max].sort((a, b) => a - b))
      expect(max).toBe(Math.max(...all.map(({ residual }) => residual)))
      expect(all.filter(({ residual }) => residual <= q50).length).toBeGreaterThanOrEqual(all.length / 2)
      expect(settling.unsettled).toBe((100 * all.filter(({ residual }) => residual > 0.5).length) / all.length)
    }))
  })
})

describe('images of an array', () => {
  const array = (shape: readonly number[], data: readonly number[], dtype: 'F64' | 'U8' = 'F64') => greyImages({ dtype, shape, data }, 4, 'a.npy')
  it('are the same from 0 to 1 and from 0 to 255, flat or not', () => {
    const bytes = [0, 51, 255, 102, 1, 2, 3, 4]
    const expected = orThrow(array([2, 4], bytes))
    expect(Array.from(expected.pixels)).toEqual(bytes)
    expect(orThrow(array([2, 2, 2], bytes.map((byte) => byte / 255)))).toEqual(expected)
    expect(Array.from(orThrow(array([1, 4], [0, 1, 1, 0], 'U8')).pixels)).toEqual([0, 1, 1, 0])
    expect(Array.from(orThrow(array([1, 4], [0, 1, 1, 0])).pixels)).toEqual([0, 255, 255, 0])
  })
  it.each([[[8], Array(8).fill(0)], [[2, 5], Array(10).fill(0)], [[0, 4], []], [[1, 4], [0, 0, -1, 0]], [[1, 4], [0, NaN, 0, 0]], [[1, 4], [0, 256, 0, 0]]] as const)('of shape %j and entries %j are refused', (shape, data) => {
    expect(line(array(shape, data))).toMatch(/^a\.npy: (shape|entry \d): expected/)
  })
})

describe('pictures', () => {
  it('escape what they are told, and are the same each time', () => {
    const picture = () => matrixSvg({ title: '<a & b>', subtitle: '', rowTitle: '', columnTitle: '', names: ['0', '1'], counts: [[3, 0], [1, 2]] })
    expect(picture()).toContain('&lt;a &amp; b&gt;')
    expect(picture()).toBe(picture())
    const sheet = digitSheet({ title: '', subtitle: '', rows: 2, cols: 2, across: 1, images: [{ caption: '<', pixels: [255, 255, 0, 255] }] })
    expect(sheet).toContain('d="M0 0h2v1h-2zM1 1h1v1h-1z"')
  })
})

describe('a description', () => {
  const runsOf = (description: unknown): E.Either<{ readonly message: string }, readonly SweepRun[]> => sweepRuns(JSON.stringify(description), 'synthetic', 7)
  it('stands for every combination, each once, with names that depend on nothing but content', () => {
    const grid = { seed: [1, 2, 3], method: ['ep', 'bptt'] }
    const runs = orThrow(runsOf({ base: { name: 'P-1h', T: 20 }, grid, runs: [{}, { dt: 0.5 }, {}] }))
    expect(runs).toHaveLength(12)
    expect(new Set(runs.map(runId)).size).toBe(12)
    const turned = orThrow(runsOf({ runs: [{ dt: 0.5 }, {}], grid: { method: ['bptt', 'ep'], seed: [3, 2, 1] }, base: { T: 20, name: 'P-1h' } }))
    expect(new Set(turned.map(runId))).toEqual(new Set(runs.map(runId)))
    expect(runs[0]!.job).toMatchObject({ name: 'P-1h', method: 'ep', seed: 1, changes: { T: 20 } })
    expect(orThrow(sweepRuns(JSON.stringify({ base: { name: 'P-1h', T: 20 }, grid }), 'other digits', 7)).some((run) => runId(run) === runId(runs[0]!))).toBe(false)
  })
  it.each([
    ['', /expected JSON/], ['[]', /expected an object/], ['{}', /expected a grid or a list of runs/], ['{"grid":{"seed":[1]}}', /name: expected a network/],
    ['{"base":{"name":"P-1h"},"grid":{"seed":[]}}', /grid\.seed: expected at least one value/], ['{"base":{"name":"P-1h"},"grid":{"sed":[1]}}', /grid: .*sed/],
    ['{"base":{"name":"P-1h"},"runs":[{"method":"magic"}]}', /runs\.0\.method: /], ['{"base":{"name":"P-9h"},"runs":[{}]}', /network: expected EB-1h/],
    ['{"base":{"name":"P-1h"},"base":{},"runs":[{}]}', /every key once, got "base" twice/], ['{"base":{"name":"P-1h","K":50},"runs":[{}]}', /T: expected at least 50/],
  ])('%s is told in one line', (text, expected) => {
    const said = line(sweepRuns(text, '', 7))
    expect(said).toMatch(expected)
    expect(said).not.toContain('\n')
  })
  it('is divided into shards without loss', () => {
    fc.assert(fc.property(fc.array(fc.nat()), fc.integer({ min: 1, max: 9 }), (all, of) => {
      const shards = Array.from({ length: of }, (_, i) => shardOf(all, { index: i + 1, of }))
      expect(shards.flat().sort()).toEqual([...all].sort())
      expect(Math.max(...shards.map(({ length }) => length)) - Math.min(...shards.map(({ length }) => length))).toBeLessThanOrEqual(1)
    }))
  })
  it('has one text whatever the order of its keys', () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      expect(canonical(Object.fromEntries(Object.entries(value).reverse()))).toBe(canonical(value))
    }))
  })
})

describe('the table', () => {
  const epoch = (n: number, testError: number): EpochRecord =>
    ({ type: 'epoch', epoch: n, testError, trainError: 1, trainCost: 1, testCost: 1, seconds: 1, residual: 0, unsettled: 0, testResidual: 0, testUnsettled: 0 })
  const row = (seed: number, errors: readonly number[], status = 'started'): SweepRow =>
    ({ id: String(seed), run: runOf({ name: 'P-1h' }, 'synthetic', seed), status, ofEpochs: 30, epochs: errors.map((error, i) => epoch(i + 1, error)) })
  const note = { origin: 'digits', synthetic: false }
  it('has mean and deviation over seeds, and says how many epochs and seeds there are', () => {
    const cells = tableCells([row(1, [9, 3]), row(2, [9, 9, 5]), row(3, [])])
    expect(cells).toMatchObject([{ network: 'P-1h', method: 'ep', mean: 4, deviation: Math.SQRT2, seeds: 2, ofSeeds: 3, epochs: [2, 3] }])
    expect(paperTableText(cells, note)).toMatch(/P-1h +ep +2\.00 ± 0\.13 +4\.00 ± 1\.41 +1\.00 +2 of 3 +2 to 3 of 30/)
    expect(line(paperTableCsv(cells))).toBe('right')
  })
  it('fills nothing in', () => {
    expect(paperTableText(tableCells([row(1, [])]), note)).toMatch(/not begun +– +0 of 1 +0 of 30/)
    expect(tableCells([row(1, [4])])[0]).toMatchObject({ mean: 4, deviation: null })
    expect(paperTableText(tableCells([row(1, [4], 'failed')]), { ...note, synthetic: true })).toMatch(/1 of 1, 1 failed[^]*SYNTHETIC/)
  })
})
