/** The reference as Markdown: a page for each area of the library, in the order of the entry modules, and an index of all names. */
import { headerOf } from './names.mjs'
import { signatureOf } from './signature.mjs'

/** Areas are folders of src; a file of src itself is one too. */
export const areas = {
  number: ['Numbers', 'Number systems as records of operations: floats, exact rationals, complex and dual numbers.'],
  tensor: ['Tensors', 'The operations that a Φ may use, and the interpreters that carry them out.'],
  phi: ['Φ: terms, activations, settings', 'What a network is: interactions that add, activations, and the settings that make dynamics of them.'],
  cost: ['Costs', 'What is minimised at the output, with readouts that are not part of the state.'],
  fold: ['Folds', 'The free phase, equilibrium propagation and backpropagation through time, and how they are compared.'],
  theorem: ['The theorem', 'Hypotheses and conclusion as functions.'],
  diagnose: ['Diagnosis', 'Which hypothesis is broken, where, and what to try.'],
  estimate: ['Estimators', 'Ways to estimate the gradient, as values of one type, and how they compare.'],
  learn: ['Learning', 'Parameters to begin with, optimisers, and training as a fold over mini-batches.'],
  data: ['Data', 'Randomness as a value, digits, mini-batches, and parameters from and to files.'],
  threads: ['Threads: phifold/threads', 'Training on several threads, in Node and in browsers.'],
  law: ['Laws: phifold/law', 'Laws as values, suites of them for parts of your own, and what runs them. Needs fast-check.'],
}

export const areaOf = (file) => /^src\/([\w-]+)/.exec(file)?.[1] ?? ''

const headingOf = ({ name, type }) => (type ? `${name} (type)` : name)
/** A heading's anchor, as GitHub and the site make it. */
const anchorOf = (heading) => heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '').trim().replaceAll(' ', '-')
const pageOf = ({ file, entry }) => `${entry === 'phifold' ? areaOf(file) : entry.slice('phifold/'.length)}.md`
const linkTo = (name, label, from) => `[${label}](${pageOf(name) === from ? '' : pageOf(name)}#${anchorOf(headingOf(name))})`

/** Parts of a text that are code already, and the others. */
const outsideCode = (text, change) => text.split(/(^```[^]*?^```|`[^`\n]*`|^ {4}.*$)/m).map((part, i) => (i % 2 === 0 ? change(part) : part)).join('')

/** A comment as Markdown: our pages and exported names as links, < and { as themselves. */
const prose = (text, names, page, self) => {
  const pages = (part) => part.replaceAll(/\bdocs\/([\w-]+)\.md\b/g, '[docs/$1.md](../$1.md)')
  const told = text.replaceAll(/^@throws /gm, 'Throws ').replaceAll(/^@param (\w+)/gm, '`$1`:')
  const marked = outsideCode(told, (part) => pages(part).replaceAll('<', '&lt;').replaceAll('{{', '{ {'))
  return marked.replaceAll(/(?<!\[)`(\w+)`(?!\])/g, (code, word) => {
    const named = names.find(({ name, type }) => name === word && !type) ?? names.find(({ name }) => name === word)
    return named === undefined || word === self ? code : linkTo(named, code, page)
  })
}

const source = (file) => `[${file}](../../${file})`

const entryOf = (name, names, page) => {
  const uses = names.filter((other) => name.uses.includes(other.name) && other.name !== name.name && other.type)
  return [
    `### ${headingOf(name)}`, '',
    '```typescript', signatureOf(name), '```', '',
    ...(name.text === '' ? [] : [prose(name.text, names, page, name.name), '']),
    ...name.examples.flatMap((example) => [example, '']),
    ...(uses.length === 0 ? [] : [`Types: ${uses.map((other) => linkTo(other, `\`${other.name}\``, page)).join(', ')}`, '']),
  ]
}

const moduleOf = (file, own, names, page, header) => [
  `## ${file}`, '', `Source: ${source(file)}`, '', prose(header, names, page), '', ...own.flatMap((name) => entryOf(name, names, page)),
]

const importOf = (entry, names) => `import { ${names.find(({ type }) => !type)?.name} } from '${entry}'`

const areaPage = (page, own, names) => {
  const [title, about] = areas[page.slice(0, -3)]
  const files = [...new Set(own.map(({ file }) => file))]
  return [
    `# ${title}`, '', about, '', `\`${importOf(own[0].entry, own)}\``, '',
    own.map((name) => linkTo(name, `\`${name.name}\``, page)).join(' · '), '',
    ...files.flatMap((file) => {
      const members = own.filter((name) => name.file === file)
      return moduleOf(file, members, names, page, headerOf(members[0].declaration.getSourceFile()))
    }),
  ].join('\n')
}

/** The first sentence of a docstring, in one line of a table. */
const sentence = (text) => {
  const line = text.split(/\n\n/)[0].replaceAll(/\s+/g, ' ')
  return (/^.*?[.:](?= [A-Z(]|$)/.exec(line)?.[0] ?? line).replace(/:$/, '.')
}

const indexPage = (names) => [
  '# API reference', '',
  'Written from the docstrings by `npm run docs:api`; `properties/reference.test.ts` fails when a page is stale. Do not edit these pages.', '',
  'Everything is imported from `phifold`, laws and their suites from `phifold/law`, threads from `phifold/threads`. Signatures are those of the sources, one stage of a curried function',
  'a line: first the algebra, then what is computed once, then what is computed often. `E.Either` is that of fp-ts: `Left` a mistake, `Right` the result;',
  '`orThrow` turns the former into an exception. Shapes list the batch first. [Notation](../notation.md) says what the letters mean.', '',
  ...Object.entries(areas).filter(([area]) => names.some((name) => pageOf(name) === `${area}.md`)).map(([area, [title, about]]) => `- [${title}](${area}.md): ${about}`), '',
  '## All names', '',
  '| name | from | what it is |', '| --- | --- | --- |',
  ...[...names].sort((a, b) => a.name.localeCompare(b.name, 'en') || Number(a.type) - Number(b.type))
    .map((name) => `| ${linkTo(name, `\`${name.name}\``, 'index.md')}${name.type ? ' (type)' : ''} | ${name.entry} | ${prose(sentence(name.text), names, 'index.md', name.name).replaceAll('|', '\\|')} |`), '',
].join('\n')

/** Pages by file name. Throws where an area has no title. */
export const pagesOf = (names) => {
  const untitled = names.find((name) => areas[pageOf(name).slice(0, -3)] === undefined)
  if (untitled !== undefined) throw new Error(`${untitled.file}: give its folder a title in properties/reference/pages.mjs`)
  const files = [...new Set(names.map(pageOf))]
  return new Map([['index.md', indexPage(names)], ...files.map((page) => [page, areaPage(page, names.filter((name) => pageOf(name) === page), names)])])
}
