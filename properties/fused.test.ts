/** Fused products, for which the program sets a flag in Node 20; and what is said there when they are asked for before. */
import { describe, expect, it, test } from 'vitest'
import { check } from '../src/law/check.ts'
import { fusedLaws } from '../src/law/simd-laws.ts'
import { relaxed } from '../src/cli/engine.ts'
import { canFuse, simd32 } from '../src/tensor/simd/interpreter.ts'

const askedBefore = (): string => {
  try {
    simd32({ fused: true })
    return ''
  } catch (error) {
    return String(error)
  }
}
// In this order: what is set is set for the whole process.
const [before, told, after] = [canFuse(), askedBefore(), relaxed()]

test('can be had', () => { expect(after).toBe(true) })

describe('with relaxed SIMD', () => {
  it.each(fusedLaws().map((law) => [law.name, law] as const))('%s holds, and rejects its seeded faults', (_, law) => {
    const [report] = check([law]).laws
    expect(report?.verdict).toBe('holds')
    expect(report?.mutants.length).toBeGreaterThan(0)
    expect(report?.mutants.filter(({ rejected }) => !rejected)).toEqual([])
  })

  test('one rounding instead of two can be told from the result', () => {
    // a b + c with a b = 1 − 2⁻²⁴ exactly, which singles round to 1: only a fused sum of −1 and it is not 0. Or the processor does not fuse.
    const S = simd32({ fused: true })
    const [sum = NaN] = S.numbers(S.matmulNT(S.of([1, 2], [-1, 1 + 2 ** -12]), S.of([1, 2], [1, 1 - 2 ** -12])))
    expect([0, -(2 ** -24)]).toContain(sum)
  })
})

test('without relaxed SIMD the mistake is told in one line', () => {
  expect(told).toMatch(before ? /^$/ : /^RangeError: simd32: fused products need relaxed SIMD \(Node 22, Chrome 114\), which this JavaScript engine has not; leave fused out$/)
})
