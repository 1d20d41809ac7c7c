/** The table of contents. Pages of the API reference are taken as they lie in docs/api, whatever they are: index first, then by name. Effects: reads that folder. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { DefaultTheme } from 'vitepress'

type Item = DefaultTheme.SidebarItem

/** A page's first heading, without its markup; its name where it has none. */
export const headingOf = (text: string, name: string): string => /^# +(.*)$/m.exec(text)?.[1]?.replaceAll(/[`*\\]/g, '').trim() ?? name

const isIndex = (name: string): boolean => /^(index|readme)\.md$/i.test(name)

const first = (name: string): string => (isIndex(name) ? '' : name)

/** The pages of a folder and of those in it. */
export const itemsOf = (docs: string, folder: string): readonly Item[] => {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => first(a.name).localeCompare(first(b.name), 'en'))
    .flatMap((entry): readonly Item[] => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) {
        const items = itemsOf(docs, path)
        return items.length === 0 ? [] : [{ text: entry.name, items: [...items] }]
      }
      if (!entry.name.endsWith('.md')) return []
      return [{ text: isIndex(entry.name) ? 'Overview' : headingOf(readFileSync(path, 'utf8'), entry.name.slice(0, -3)), link: `/${relative(docs, path).slice(0, -3)}` }]
    })
}

export const sidebarOf = (docs: string): Item[] => {
  const api = itemsOf(docs, join(docs, 'api'))
  return [
    {
      text: 'Start', items: [
        { text: 'What it is', link: '/' }, { text: 'The whole library on one page', link: '/one-page' }, { text: 'How to choose', link: '/choose' },
        { text: 'Training', link: '/training' }, { text: 'Sweeps', link: '/sweeps' },
        { text: 'Playground', link: '/playground' },
      ],
    },
    {
      text: 'Theory', items: [
        { text: 'Theory, with proofs', link: '/theory' }, { text: 'Notation', link: '/notation' }, { text: 'Extending, with your own Φ', link: '/extending' },
      ],
    },
    {
      text: 'Evidence', items: [
        { text: 'Results', link: '/results' }, ...itemsOf(docs, join(docs, 'results')), { text: 'Audit', link: '/audit' }, { text: 'Decisions', link: '/decisions' },
      ],
    },
    ...(api.length === 0 ? [] : [{ text: 'API reference', items: [...api] }]),
  ]
}
