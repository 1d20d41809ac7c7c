/** The documentation site: Markdown of docs/ and the playground. Built offline; the pages ask for nothing that does not come with them. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'
import { formulas } from './markdown/formulas.ts'
import { outlined, writeScripts } from './inline-scripts.ts'

const base = process.env['DOCS_BASE'] ?? '/'
const root = fileURLToPath(new URL('../..', import.meta.url))

export default defineConfig({
  title: 'phifold',
  description: 'Equilibrium propagation as a fold over time, backpropagation through time as a reverse fold, and laws that they agree.',
  lang: 'en',
  base,
  head: [['link', { rel: 'icon', href: `${base}icon.svg`, type: 'image/svg+xml' }]],
  cleanUrls: false,
  lastUpdated: false,
  ignoreDeadLinks: [/\.\.\/(src|properties|bench)\//],
  // s^{L−l} is no attribute.
  markdown: { attrs: { disable: true }, config: formulas },
  themeConfig: {
    nav: [{ text: 'One page', link: '/one-page' }, { text: 'Theory', link: '/theory' }, { text: 'Playground', link: '/playground' }],
    sidebar: [{ text: 'phifold', items: [
      { text: 'One page', link: '/one-page' }, { text: 'Theory, with proofs', link: '/theory' }, { text: 'Notation', link: '/notation' },
      { text: 'Extending', link: '/extending' }, { text: 'Audit', link: '/audit' }, { text: 'Decisions', link: '/decisions' },
    ] }],
  },
  transformHtml: (code, _, { siteConfig }) => {
    const { html, files } = outlined(code, `${base}assets/`)
    writeScripts(siteConfig.outDir, files)
    return html
  },
  vite: {
    resolve: {
      alias: [
        { find: /^phifold$/, replacement: `${root}src/index.ts` },
        { find: /^fp-ts\/lib\/(.*)\.js$/, replacement: 'fp-ts/es6/$1.js' },
      ],
    },
    worker: { format: 'es' },
  },
})
