/** The program's `benchmark` on a tiny network and synthetic digits. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { BenchmarkRun } from '../src/experiment/benchmark-report.ts'
import { scratch } from './program.ts'

const { at, phifold } = scratch()
const tiny = ['benchmark', 'P-1h', '--sizes', '784-6-10', '--T', '40', '--K', '8', '--batch', '5', '--examples', '40', '--seed', '3']

describe('benchmark', () => {
  it('follows both runs and the cosine of their gradients', async () => {
    const { code, out, err } = await phifold(...tiny, '--epochs', '2', '--every', '4', '--nudge', 'inner', '--out', 'both')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('SYNTHETIC')
    expect(out).toMatch(/epoch 2 of 2: test error/)
    const { points, epochs } = JSON.parse(readFileSync(at('both/benchmark-P-1h.json'), 'utf8')) as BenchmarkRun
    expect(points.map(({ step }) => step)).toEqual([0, 4, 8, 12])
    // The inner nudge has the theorem, up to O(β).
    for (const { whole, params } of points) {
      expect(whole.cosine).toBeGreaterThan(0.9)
      expect(Object.keys(params).sort()).toEqual(['W1', 'W2', 'b1', 'b2'])
    }
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2])
    expect(epochs[0]?.trainErrors.length).toBe(2)
    for (const { unsettled, testUnsettled } of epochs) for (const share of [...unsettled, ...testUnsettled]) expect(share).toBeGreaterThanOrEqual(0)
    expect(out).toMatch(/ep: train error % +test error % +unsettled %/)
  })
  it('refuses to hold BPTT against itself', async () => {
    expect(await phifold(...tiny, '--method', 'bptt', '--out', 'none')).toEqual({
      code: 2, out: '', err: 'phifold benchmark: --method: expected another one than bptt, which it is held against; leave it out for ep\n',
    })
  })
})
