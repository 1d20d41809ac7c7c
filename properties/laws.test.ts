/** Every law of the library holds on our own instances, at its own number of runs. */
import { expect, test } from 'vitest'
import { checkLaw } from '../src/law/check.ts'
import { laws } from '../src/law/index.ts'

const seed = Number(process.env['PHIFOLD_SEED'] ?? 20190532)

test('names are unique: they replay a law', () => {
  expect(new Set(laws.map(({ name }) => name)).size).toBe(laws.length)
})

test.each(laws.map((law) => [law.name, law] as const))('%s', (_, law) => {
  const report = checkLaw(law, { seed })
  expect(report.failure).toBeUndefined()
  expect(report.verdict).toBe('holds')
  expect(report.instances).toBe(law.runs)
})
