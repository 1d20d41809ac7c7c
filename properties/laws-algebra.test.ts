/** Laws L3, L12 and L14: each holds, at its own number of instances, and rejects every one of its mutants. And γ itself. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkLaw, checkMutants } from '../src/law/check.ts'
import { bounded, gamma } from '../src/law/closeness.ts'
import { interpreterLaws } from '../src/law/interpreters.ts'
import { passes } from '../src/law/law.ts'
import { monoidLaws } from '../src/law/monoid.ts'
import { entries } from '../src/law/number-arbitraries.ts'
import { numberLaws } from '../src/law/numbers.ts'
import { tensorLaws } from '../src/law/tensors.ts'
import { unitRoundoff } from '../src/number/float64.ts'
import { rational } from '../src/number/rational.ts'

const seed = Number(process.env['PHIFOLD_SEED'] ?? 20190532)
const laws = [...numberLaws, ...tensorLaws, ...interpreterLaws, ...monoidLaws]

describe.each(laws.map((law) => [law.name, law] as const))('%s', (_, law) => {
  it(`holds: ${law.says}`, () => {
    const { verdict, failure, instances, gap, allowance } = checkLaw(law, { seed })
    expect(verdict, JSON.stringify({ gap, allowance, ...failure })).toBe('holds')
    expect(instances).toBe(law.runs)
  })

  it('rejects its mutants', () => {
    const mutants = checkMutants(law, { seed })
    expect(mutants.length).toBeGreaterThan(0)
    expect(mutants.filter(({ rejected }) => !rejected).map(({ fault }) => fault)).toEqual([])
  })
})

it('every law has a name of its own, a citation and something that it is about', () => {
  expect(new Set(laws.map(({ name }) => name)).size).toBe(laws.length)
  expect(laws.filter(({ says, cites, about, over }) => [says, cites, about, over].some(({ length }) => length === 0))).toEqual([])
})

// Every rounding allowance is made of γ, so γ is held against exact arithmetic, and a unit roundoff 16 times too small must not do.
it('the float sum of n products is within γ_n Σ |a b| of the exact one, and γ is not far too large', () => {
  const within = (roundoff: number) => fc.property(
    fc.array(fc.tuple(entries, entries), { minLength: 1, maxLength: 20 }),
    (pairs) => {
      const exact = pairs.reduce((sum, [a, b]) => rational.add(sum, rational.mul(rational.of(a), rational.of(b))), rational.zero)
      const computed = pairs.reduce((sum, [a, b]) => sum + a * b, 0)
      const size = pairs.reduce((sum, [a, b]) => sum + Math.abs(a * b), 0)
      return passes(bounded(rational.distance(rational.of(computed), exact), gamma(pairs.length, roundoff) * size))
    })
  expect(fc.check(within(unitRoundoff), { seed, numRuns: 300 }).failed).toBe(false)
  expect(fc.check(within(unitRoundoff / 16), { seed, numRuns: 300 }).failed).toBe(true)
})
