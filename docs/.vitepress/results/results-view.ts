/** All records of docs/results, as they were when the site was built: pictures, tables, and with what they were made. */
import { defineComponent, h, type VNode } from 'vue'
import { type Shown, shownOf, type ShownTable } from './records.ts'

const files = import.meta.glob<unknown>('../../results/**/*.json', { eager: true, import: 'default' })
const pictures = import.meta.glob<string>('../../results/**/*.svg', { eager: true, query: '?url', import: 'default' })

const stemOf = (path: string): string => path.replace(/^.*?results\//, '').replace(/\.\w+$/, '')
const byName = new Intl.Collator('en', { numeric: true })

const records: readonly Shown[] = Object.entries(files)
  .flatMap(([path, file]) => shownOf(stemOf(path), file) ?? [])
  .sort((a, b) => byName.compare(a.stem, b.stem))
/** A record's pictures: its own name, or its own name and a further word. */
const picturesOf = (stem: string): readonly (readonly [string, string])[] =>
  Object.entries(pictures).map(([path, url]) => [stemOf(path), url] as const).filter(([name]) => name === stem || name.startsWith(`${stem}.`))

const table = ({ caption, header, rows }: ShownTable): VNode => h('div', { class: 'wide', tabindex: 0, role: 'region', 'aria-label': caption }, h('table', [
  h('caption', caption),
  h('thead', h('tr', header.map((name) => h('th', { scope: 'col' }, name)))),
  h('tbody', rows.map((cells) => h('tr', cells.map((cell) => h('td', cell))))),
]))

const section = ({ stem, title, tables, facts }: Shown): VNode => h('section', { key: stem, 'aria-labelledby': `record-${stem}` }, [
  h('h2', { id: `record-${stem}` }, title),
  ...picturesOf(stem).map(([name, url]) => h('p', h('a', { href: url, target: '_self' }, h('img', { src: url, alt: `${title}, drawn; the numbers are in the tables below (${name})`, loading: 'lazy' })))),
  ...tables.map(table),
  h('details', [h('summary', 'How it was made'), h('dl', facts.flatMap(([name, value]) => [h('dt', name), h('dd', value)]))]),
])

export default defineComponent({
  name: 'TheResults',
  setup: () => () => h('div', { class: 'records' }, records.length === 0 ? h('p', 'No records are committed.') : records.map(section)),
})
