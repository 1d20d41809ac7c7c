/**
 * The audit as a document: from an equation of the paper to its statement, the exported symbols, the law, the rung that it stands
 * on, the files to read and the tests that run it. Written from the law values alone, so the same laws give the same bytes.
 */
import type { Law } from './law.ts'

/** What the laws of one number are about, where they are written down, and which tests run them beside those of all laws. */
interface Family {
  readonly number: number
  readonly title: string
  readonly about: string
  readonly files: readonly string[]
  readonly tests?: readonly string[]
}

const folder = (...names: readonly string[]): readonly string[] => names.map((name) => `src/law/${name}.ts`)

const families: readonly Family[] = [
  {
    number: 1, title: 'Every derivative, against an independent witness',
    about: 'Derivatives are written by hand; dual numbers, the complex step and differences of rationals check them.',
    files: folder('activations', 'derivative-laws', 'derivatives', 'conv-laws', 'cross-entropy', 'softmax', 'readout'),
  },
  {
    number: 2, title: 'Symmetry: hypothesis (H1) of the theorem',
    about: 'With M the metric of the setting and J = ∂F/∂s.',
    files: folder('derivative-laws', 'derivatives', 'conv-laws'),
  },
  {
    number: 3, title: 'Interactions form a commutative monoid',
    about: 'So networks may be built as sums of terms.',
    files: folder('interactions', 'interaction-parts', 'monoid'),
  },
  {
    number: 4, title: 'The two folds are what they are called',
    about: 'BPTT is the adjoint of the forward steps, settled or not.',
    files: folder('folds', 'samples', 'readout'),
  },
  {
    number: 5, title: 'The theorem',
    about: 'Δ is EP in the limit β → 0, ∇ is BPTT; D = diag σ′. The statement as a program: [src/theorem.ts](../src/theorem.ts).',
    files: folder('theorem', 'theorem-float', 'tracked', 'readout', 'cross-entropy-theorem'),
    tests: ['properties/theorem.exact.test.ts', 'properties/theorem.float.test.ts'],
  },
  {
    number: 6, title: 'Updates telescope',
    about: 'So their sum is the contrastive difference that training uses.',
    files: folder('folds'),
  },
  {
    number: 7, title: 'Walking back at rest',
    about: 'RBP is BPTT at a steady state, and both tend to the implicit derivative.',
    files: folder('reverse-estimators'),
  },
  {
    number: 8, title: 'Orders of the error in β',
    about: 'Fitted on log-log sweeps in float64, above a floor of rounding that is derived.',
    files: folder('nudge-orders'),
  },
  {
    number: 9, title: 'Steady states belong to the network',
    about: 'Not to ε, nor to the order of updates.',
    files: folder('invariance'),
  },
  {
    number: 10, title: 'Samples of a batch do not see each other',
    about: 'Means over the batch are means of the samples’ own.',
    files: folder('invariance'),
  },
  {
    number: 11, title: 'Convolution extends the dense layer',
    about: 'Its own derivatives are in L1 and L2, the theorem through it in L5.',
    files: folder('invariance', 'spatial', 'spatial-pooling'),
  },
  {
    number: 12, title: 'Interpreters agree',
    about: 'So what is shown over rationals is shown of the program that runs over floats.',
    files: folder('interpreters', 'agreement', 'agreement-steps', 'simd-laws', 'simd-products'),
  },
  {
    number: 13, title: 'Weights that move, weights that are not tied',
    about: 'Continual and vector-field EP tend to EP.',
    files: folder('moving-estimators'),
  },
  {
    number: 14, title: 'Number systems and tensors keep their own laws',
    about: 'Exact ones those of a field, floats what rounding leaves of them.',
    files: folder(
      'numbers', 'number-ring', 'number-rounding', 'number-functions', 'exponentials',
      'tensors', 'tensor-products', 'tensor-entries', 'tensor-positions', 'tensor-shapes', 'tensor-memory'),
  },
]

const numberOf = ({ name }: Law): number => Number(/^L(\d+)/.exec(name)?.[1] ?? NaN)

/** One line of a Markdown table cell. */
const cell = (text: string): string => text.replace(/[\\|]/g, '\\$&').replace(/\s+/g, ' ').trim()

const code = (text: string): string => `\`${text}\``
const codes = (texts: readonly string[]): string => texts.map(code).join(', ')
/** Files as links from docs. */
const files = (paths: readonly string[]): string => paths.map((path) => `[${path}](../${path})`).join(', ')
const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`
const faultsIn = (laws: readonly Law[]): number => laws.flatMap(({ faults }) => faults).length

/** A citation with our own pages as links: "[theory](theory.md) §5". */
const linked = (cites: string): string => cell(cites).replace(/docs\/([\w-]+)\.md/g, '[$1]($1.md)')

const rowOf = ({ name, says, cites, about, rung, over, runs, faults }: Law): readonly string[] =>
  [linked(cites), cell(says), codes(about), code(name), rung, codes(over), String(runs), String(faults.length)]

const header = ['in the paper or the theory', 'statement', 'symbols', 'law', 'rung', 'checked in', 'instances', 'faults']

const table = (rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

/** Faults once for all laws that share the same list of them. */
const faultList = (laws: readonly Law[]): readonly string[] => {
  const byList = laws.reduce<ReadonlyMap<string, readonly string[]>>((lists, { name, faults }) => {
    const list = faults.map(cell).join('; ')
    return new Map([...lists, [list, [...lists.get(list) ?? [], name]]])
  }, new Map())
  return [...byList].map(([list, names]) => `- ${codes(names)}: ${list}`)
}

const headingOf = ({ number, title }: Family): string => `L${number} ${title}`

/** A heading's anchor, as Markdown renderers make it. */
const anchorOf = (heading: string): string => heading.toLowerCase().replace(/[^\p{L}\p{N} -]/gu, '').replaceAll(' ', '-')

const section = (family: Family, laws: readonly Law[], tests: readonly string[]): readonly string[] => [
  `## ${headingOf(family)}`,
  '',
  family.about,
  '',
  `Written in ${files(family.files)}; run by ${files([...tests, ...family.tests ?? []])}.`,
  '',
  table(laws.map(rowOf)),
  '',
  'Rejected:',
  '',
  ...faultList(laws),
  '',
]

/**
 * docs/audit.md, with a final newline. `tests` are those which check every law at its number of instances and fail when one of its
 * seeded faults goes unnoticed. Throws RangeError for a law whose number has no family above.
 */
export const auditOf = (
  laws: readonly Law[], tests: readonly string[] = ['properties/laws.test.ts', 'properties/controls.test.ts'],
): string => {
  const stray = laws.find((law) => !families.some(({ number }) => number === numberOf(law)))
  if (stray !== undefined) throw new RangeError(`audit: ${stray.name} has a number of no family in src/law/audit.ts; add one`)
  const groups = families
    .map((family) => ({ family, members: laws.filter((law) => numberOf(law) === family.number) }))
    .filter(({ members }) => members.length > 0)
  return [
    '# Audit',
    '',
    'Generated from the law values by `npm run audit`; `properties/audit.test.ts` fails when this page is stale. Do not edit it.',
    '',
    `${counted(laws.length, 'law')}, ${counted(laws.reduce((n, { runs }) => n + runs, 0), 'random instance')} a run, ` +
      `${counted(faultsIn(laws), 'seeded fault')} that they must reject. To see it happen:`,
    '',
    '```sh',
    'npx phifold verify --mutants                      # everything',
    'npx phifold verify --law L5.energy-based          # one law',
    'npx phifold verify --law L5.energy-based --mutant "pull without ρ″"   # one fault, with its counterexample',
    '```',
    '',
    'How to read a row: where the statement comes from (equations and theorems of arXiv 1905.13633, sections of these pages); the',
    'statement; what `phifold` exports that it speaks about; the law’s name; the [rung](one-page.md#laws-and-rungs), that is how much the two',
    'sides may differ; the number systems or interpreters in which it is checked; how many random instances a run draws; how many',
    'wrong programs it is shown to reject. They are listed under each table.',
    '',
    ...groups.map(({ family, members }) => {
      const heading = headingOf(family)
      return `- [${heading}](#${anchorOf(heading)}): ${counted(members.length, 'law')}, ${counted(faultsIn(members), 'fault')}`
    }),
    '',
    ...groups.flatMap(({ family, members }) => section(family, members, tests)),
  ].join('\n')
}
