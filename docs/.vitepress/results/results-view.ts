/** All records of docs/results, as they were when the site was built: a summary, then of each pictures, tables, and how it was made. */
import { defineComponent, h, type VNode } from 'vue'
import type { Facts, Shown } from './records.ts'
import { data } from './results.data.ts'
import { isNumeric, type ShownTable } from './shape.ts'

const { summary, records, pictures } = data
const urls = import.meta.glob<string>('../../results/**/*.svg', { eager: true, query: '?url', import: 'default' })

const anchorOf = (stem: string): string => `record-${stem.replaceAll('/', '-')}`

/** More rows than this are folded away. */
const many = 16

const table = ({ caption, note, header, rows }: ShownTable): VNode => {
  const numeric = header.map((_, i) => ({ class: { number: isNumeric(rows.map((cells) => cells[i] ?? '')) } }))
  const grid = h('div', { class: 'wide', tabindex: 0, role: 'region', 'aria-label': caption }, h('table', { 'aria-label': caption }, [
    h('thead', h('tr', header.map((name, i) => h('th', { scope: 'col', ...numeric[i] }, name)))),
    h('tbody', rows.map(([first = '', ...cells]) => h('tr', [h('th', { scope: 'row' }, first), ...cells.map((cell, i) => h('td', numeric[i + 1], cell))]))),
  ]))
  const below = note === '' ? [] : [h('p', { class: 'note' }, `${note}.`)]
  // The caption stands outside, so that it does not scroll with the table.
  return h('div', { class: 'numbers' }, rows.length > many
    ? h('details', [h('summary', `${caption} (${rows.length} rows)`), grid, ...below])
    : [h('p', { class: 'caption', 'aria-hidden': 'true' }, caption), grid, ...below])
}

const factsOf = ({ name, facts }: Facts): VNode => h('div', { class: 'facts' }, [
  ...(name === '' ? [] : [h('h3', name)]), h('dl', facts.flatMap(([fact, value]) => [h('dt', fact), h('dd', value)])),
])

/** A record's pictures: its own name, or its own name and a further word. On a narrow screen they keep their size and scroll. */
const picturesOf = (stem: string, title: string): readonly VNode[] => pictures.filter(({ stem: name }) => name === stem || name.startsWith(`${stem}.`)).map(({ stem: name, width, height }) => {
  const href = urls[`../../results/${name}.svg`]
  return h('div', { class: 'sheet', tabindex: 0, role: 'group', 'aria-label': `${title}, drawn` },
    h('a', { href, target: '_self' }, h('img', { src: href, width, height, alt: `${title}: the picture alone. Its numbers are in the tables below.`, loading: 'lazy' })))
})

const section = ({ stem, title, tables, groups }: Shown): VNode => h('section', { key: stem, 'aria-labelledby': anchorOf(stem) }, [
  h('h2', { id: anchorOf(stem), tabindex: -1 }, title),
  ...picturesOf(stem, title),
  ...tables.map(table),
  ...(groups.length === 0 ? [] : [h('details', [h('summary', 'How it was made'), ...groups.map(factsOf)])]),
])

export default defineComponent({
  name: 'TheResults',
  setup: () => () => h('div', { class: 'records' }, records.length === 0 ? h('p', 'No records are committed.') : [
    ...(summary.rows.length === 0 ? [] : [table(summary)]),
    h('nav', { 'aria-label': 'Records' }, h('ul', records.map(({ stem, title, about }) => h('li', { key: stem }, h('a', { href: `#${anchorOf(stem)}` }, about === '' ? title : `${title}, ${about}`))))),
    ...records.map(section),
  ]),
})
