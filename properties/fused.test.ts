/** Fused products, where the JavaScript engine has relaxed SIMD (Node 20 with a flag that the program sets, 22 and later); elsewhere, what is said when they are asked for. */
import { describe, expect, it, test } from 'vitest'
import { check } from '../src/law/check.ts'
import { fusedLaws } from '../src/law/simd-laws.ts'
import { isThere } from '../src/cli/engine.ts'
import { simd32 } from '../src/tensor/simd/interpreter.ts'

const canFuse = isThere('simd32-fused')

describe.skipIf(!canFuse)('with relaxed SIMD', () => {
  it.each(canFuse ? fusedLaws().map((law) => [law.name, law] as const) : [])('%s holds, and rejects its seeded faults', (_, law) => {
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

test.skipIf(canFuse)('without relaxed SIMD the mistake is told in one line', () => {
  expect(() => simd32({ fused: true })).toThrow(/^simd32: fused products need relaxed SIMD \(Node 22, Chrome 114\), which this JavaScript engine has not; leave fused out$/)
})
