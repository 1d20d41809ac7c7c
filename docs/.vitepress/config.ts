/** The documentation site: Markdown of docs/ and the playground. Built offline; its pages ask for nothing that does not come with them. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, type MarkdownRenderer } from 'vitepress'
import { early } from './early.ts'
import { anchorOf } from './markdown/anchor.ts'
import { formulas } from './markdown/formulas.ts'
import { outlined, writeScripts } from './inline-scripts.ts'
import { governed } from './policy.ts'
import { sidebarOf } from './sidebar.ts'
import { sourceLinks, sourcePage, writeSources } from './sources.ts'

/** Where the site is to stand: "/" or a folder such as "/phifold/". */
const base = process.env['DOCS_BASE'] ?? '/'
const root = fileURLToPath(new URL('../..', import.meta.url))
const docs = join(root, 'docs')

export default defineConfig({
  title: 'phifold',
  description: 'Equilibrium propagation as a fold over time, backpropagation through time as a reverse fold, and laws that they agree.',
  lang: 'en',
  base,
  head: [['link', { rel: 'icon', href: `${base}icon.svg`, type: 'image/svg+xml' }]],
  // Pages of source files are written beside the site's own.
  ignoreDeadLinks: [/^\/source\//],
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    // s^{L−l} is no attribute.
    attrs: { disable: true },
    anchor: { slugify: anchorOf },
    config: (md: MarkdownRenderer) => {
      formulas(md)
      sourceLinks(root, base)(md)
    },
  },
  themeConfig: {
    nav: [
      { text: 'One page', link: '/one-page' }, { text: 'Theory', link: '/theory' }, { text: 'Audit', link: '/audit' }, { text: 'Playground', link: '/playground' },
    ],
    sidebar: sidebarOf(docs),
    outline: [2, 3],
    search: { provider: 'local' },
    docFooter: { prev: 'Before', next: 'Next' },
  },
  transformHtml: (code, _, { page, siteConfig }) => {
    const { html, files } = outlined(early(code, page, siteConfig.outDir, base), `${base}assets/`)
    writeScripts(siteConfig.outDir, files)
    return governed(html)
  },
  buildEnd: ({ outDir }) => writeSources(root, docs, base, outDir),
  vite: {
    plugins: [{
      name: 'phifold-sources',
      configureServer: ({ middlewares }) => {
        middlewares.use(`${base}source`, (request, response, next) => {
          const file = decodeURIComponent(new URL(request.url ?? '', 'http://localhost').pathname).replace(/^\//, '').replace(/\.html$/, '')
          if (!/^(src|properties|bench)\/(?!.*\.\.)/.test(file)) {
            next()
            return
          }
          sourcePage(root, docs, base, file, []).then((html) => { response.setHeader('content-type', 'text/html').end(html) }, next)
        })
      },
    }],
    resolve: {
      alias: [
        { find: /^phifold$/, replacement: join(root, 'src/index.ts') },
        // The same functions, as modules that can be shaken.
        { find: /^fp-ts\/lib\/(.*)\.js$/, replacement: 'fp-ts/es6/$1.js' },
      ],
    },
    worker: { format: 'es' },
  },
})
