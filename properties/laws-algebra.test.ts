/** Laws L3, L12 and L14: each holds, at its own number of instances, and rejects every one of its mutants. */
import { describe, expect, it } from 'vitest'
import { checkLaw, checkMutants } from '../src/law/check.ts'
import { interpreterLaws } from '../src/law/interpreters.ts'
import { monoidLaws } from '../src/law/monoid.ts'
import { numberLaws } from '../src/law/numbers.ts'
import { tensorLaws } from '../src/law/tensors.ts'

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
