/**
 * One recorded case from its text to a verdict: passed or not, with the largest difference per quantity; skipped, where
 * its kind of model is not known; or unreadable.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Algebra, Op } from '../../tensor/algebra.ts'
import { betaScan } from './beta-scan.ts'
import type { Case } from './case.ts'
import { compare, type Computed, type Finding, holds, showPath } from './comparison.ts'
import { course } from './course.ts'
import { decodeCase } from './decode.ts'
import { sampled } from './sampled.ts'
import { signs } from './signs.ts'
import { training } from './training.ts'

export type Verdict =
  | { readonly _tag: 'Checked'; readonly name: string; readonly passed: boolean; readonly numbers: number
    /** The largest difference of each quantity; NaN sticks. */
    readonly quantities: readonly (readonly [quantity: string, difference: number])[]
    /** What failed, one line each: where, recorded, computed, allowed. */
    readonly failures: readonly string[] }
  | { readonly _tag: 'Skipped'; readonly name: string; readonly reason: string }
  | { readonly _tag: 'Unreadable'; readonly message: string }

/** Judges the text of one file by what an interpreter computes. */
export const judge = <T>(A: Algebra<Op, T>, text: string): Verdict => {
  const parsed = E.tryCatch((): unknown => JSON.parse(text), () => 'not JSON')
  const decoded = E.chain(decodeCase)(parsed)
  if (E.isLeft(decoded)) return { _tag: 'Unreadable', message: decoded.left }
  const recorded = decoded.right
  if (recorded._tag === 'Unsupported')
    return { _tag: 'Skipped', name: recorded.name, reason: `${recorded.what} is not supported` }
  const computed = run(A, recorded)
  return E.isLeft(computed)
    ? { _tag: 'Unreadable', message: computed.left }
    : verdict(recorded.name, compare(recorded.recorded, computed.right))
}

/** Everything that a case of this kind may have recorded. Left: why it cannot be run. */
export const run = <T>(A: Algebra<Op, T>, recorded: Case): E.Either<string, Computed> => {
  switch (recorded._tag) {
    case 'Course': return course(A)(recorded)
    case 'BetaScan': return betaScan(A)(recorded)
    case 'Training': return training(A)(recorded)
    case 'Signs': return signs(A)(recorded)
    case 'Sampled': return sampled(A)(recorded)
  }
}

const verdict = (name: string, findings: readonly Finding[]): Verdict => {
  const malformed = findings.find(({ _tag }) => _tag === 'Malformed')
  if (malformed !== undefined) return { _tag: 'Unreadable', message: describe(malformed) }
  const compared = findings.filter((finding) => finding._tag === 'Compared')
  if (compared.length === 0) return { _tag: 'Unreadable', message: 'no recorded numbers to compare' }
  const failed = findings.filter((finding) => !holds(finding))
  const largest = compared.reduce<Readonly<Record<string, number>>>((all, { path, difference }) => {
    const quantity = quantityOf(path)
    return { ...all, [quantity]: Math.max(all[quantity] ?? 0, difference) }
  }, {})
  return {
    _tag: 'Checked', name, passed: failed.length === 0, quantities: Object.entries(largest), numbers: compared.length,
    failures: failed.map(describe),
  }
}

// The field after the section; what lies deeper where a field only collects quantities.
const quantityOf = (path: Finding['path']): string => {
  const [section, first = '', second = '', third = '', fourth = ''] = path.map((step) => `${step}`)
  if (section === 'weight_generator') return 'generator'
  if (section === 'results' && second === 'by_beta') return fourth
  if (section === 'results') return ['bptt', 'limit'].includes(second) ? `${second} ${third}` : shown(second)
  return first.startsWith('sampled_') ? third : shown(first)
}

const shown = (field: string): string => (field === 's_star' ? 's*' : field)

const describe = (finding: Finding): string => {
  const where = showPath(finding.path)
  return finding._tag === 'Compared'
    ? `${where}: recorded ${finding.recorded}, computed ${finding.computed}, `
      + `apart by ${finding.difference}, allowed ${finding.allowance}`
    : `${where}: ${finding.message}`
}
