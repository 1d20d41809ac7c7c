/**
 * The audit as a document: from an equation of the paper to its statement, the exported symbols, the law, the test that runs
 * it, and the rung that it stands on. Written from the law values alone, so the same laws give the same bytes.
 */
import type { Law } from './law.ts'

/** One line of a Markdown table cell. */
const cell = (text: string): string => text.replace(/[\\|]/g, '\\$&').replace(/\s+/g, ' ').trim()

const code = (text: string): string => `\`${text}\``

const rowOf = (testFile: string) => ({ name, says, cites, about, rung, over, runs, faults }: Law): readonly string[] => [
  cell(cites), cell(says), about.map(code).join(', '), code(name), code(testFile), rung, over.map(code).join(', '),
  String(runs), String(faults.length),
]

const header = [
  'in the paper or the theory', 'statement', 'exported symbols', 'law', 'test', 'rung', 'checked in', 'instances', 'seeded faults rejected',
]

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

/**
 * docs/audit.md, with a final newline. `testFile` is the test that checks every law at its number of instances and fails
 * when one of its seeded faults goes unnoticed.
 */
export const auditOf = (laws: readonly Law[], testFile: string = 'properties/laws.test.ts'): string => {
  const [instances, faults] = [laws.reduce((n, { runs }) => n + runs, 0), laws.flatMap((law) => law.faults)]
  return [
    '# Audit',
    '',
    'Generated from the law values by `npm run audit`; a test fails when this page is stale. Do not edit it.',
    '',
    `${laws.length} laws, ${instances} random instances a run, ${faults.length} seeded faults that the laws must reject. ` +
      'Run them with `npx phifold verify --mutants`; one alone with `npx phifold verify --law NAME`.',
    '',
    table(header, laws.map(rowOf(testFile))),
    '',
    '## Seeded faults',
    '',
    'Each is a wrong program that its law must reject; see one fail with `npx phifold verify --law NAME --mutant "FAULT"`.',
    '',
    ...laws.map((law) => `- ${code(law.name)}: ${law.faults.map(cell).join('; ')}`),
    '',
  ].join('\n')
}
