/** The measures of docs/notation.md, against their definition, and that NaN is never lost on the way. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accumulate, agreement, noSums } from '../src/fold/measure.ts'

const course = (moments: readonly (readonly [readonly number[], readonly number[]])[]) =>
  agreement(moments.reduce((sums, [f, g]) => accumulate(sums, Float64Array.from(f), Float64Array.from(g)), noSums(moments[0]?.[0].length ?? 0)))

test('rmse, spread, worst and scale as defined', () => {
  // Coordinate 0: f = (3, 4), g = (3, 0): √(16 / max(25, 9)) = 4/5. Coordinate 1: both zero, 0.
  const { rmse, spread, worst, scale } = course([[[3, 0], [3, 0]], [[4, 0], [0, 0]]])
  expect(rmse).toBeCloseTo(0.4, 15)
  expect(spread).toBeCloseTo(Math.sqrt(2 * 0.4 ** 2), 15)
  expect([worst, scale]).toEqual([4, 3])
})

test('one coordinate has no spread, and agreement with itself is perfect', () => {
  fc.assert(fc.property(fc.array(fc.double({ noNaN: true, min: -1e3, max: 1e3 }), { minLength: 1, maxLength: 5 }), (values) => {
    const same = course(values.map((value) => [[value], [value]]))
    return same.rmse === 0 && same.spread === 0 && same.worst === 0 && same.scale === Math.max(...values.map(Math.abs))
  }))
})

test('a NaN in any moment of either course stays to the end', () => {
  fc.assert(fc.property(fc.nat(4), fc.boolean(), (when, inReference) => {
    const moments = Array.from({ length: 5 }, (_, t) => {
      const value = t === when ? NaN : 1
      return [[inReference ? 1 : value], [inReference ? value : 1]] as const
    })
    const { rmse, worst } = course(moments)
    return Number.isNaN(rmse) && Number.isNaN(worst)
  }))
})
