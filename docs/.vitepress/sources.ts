/**
 * Source files as pages, so that what the text names can be read: links to ../src, ../properties and ../bench, and `src/theorem.ts` in the
 * text, lead to source/src/theorem.ts.html, a plain page without scripts. Effects: reads sources, writes pages.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createMarkdownRenderer, type MarkdownRenderer } from 'vitepress'
import { escaped } from './playground/model/markup.ts'
import { governed } from './policy.ts'

const folders = 'src|properties|bench'
const linked = new RegExp(`^(?:\\.\\./)+((?:${folders})/[\\w./-]+)(#.*)?$`)
const named = new RegExp(`^(?:${folders})/[\\w./-]+\\.\\w+$`)

export const pageOf = (base: string, file: string): string => `${base}source/${file}.html`

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile()

/** Rewrites links and names while pages are rendered. A link leaves the site's router: such a page has no scripts. */
export const sourceLinks = (root: string, base: string) => (md: MarkdownRenderer): void => {
  md.core.ruler.push('sources', ({ tokens }) => {
    tokens.flatMap((token) => token.children ?? []).filter(({ type }) => type === 'link_open').forEach((token) => {
      const file = linked.exec(token.attrGet('href') ?? '')?.[1]
      if (file === undefined || !isFile(join(root, file))) return
      token.attrSet('href', pageOf('/', file))
      token.attrSet('target', '_self')
    })
  })
  const plain = md.renderer.rules.code_inline
  md.renderer.rules.code_inline = (tokens, i, options, env, self) => {
    const html = plain?.(tokens, i, options, env, self) ?? ''
    const file = tokens[i]?.content ?? ''
    // Inside a link it already leads somewhere.
    const inside = tokens.slice(0, i).reduce((depth, { type }) => depth + (type === 'link_open' ? 1 : type === 'link_close' ? -1 : 0), 0) > 0
    return named.test(file) && !inside && isFile(join(root, file)) ? `<a href="${pageOf(base, file)}" target="_self">${html}</a>` : html
  }
}

const page = (file: string, code: string, base: string, styles: readonly string[]): string => `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escaped(file)} | phifold</title>
<link rel="icon" href="${base}icon.svg" type="image/svg+xml">${styles.map((style) => `<link rel="stylesheet" href="${style}">`).join('')}<script src="${base}appearance.js"></script></head>
<body><main class="source-page vp-doc"><p><a href="${base}">phifold</a></p><h1>${escaped(file)}</h1>${code}</main></body></html>
`

/** The page of one file. */
export const sourcePage = async (root: string, docs: string, base: string, file: string, styles: readonly string[]): Promise<string> => {
  const md = await createMarkdownRenderer(docs)
  const text = readFileSync(join(root, file), 'utf8')
  const language = /\.(ts|mjs)$/.test(file) ? 'ts' : 'text'
  return page(file, md.render(`\`\`\`\`${language}\n${text}\n\`\`\`\``), base, styles)
}

/** The source files that the built pages lead to. */
export const wanted = (outDir: string): readonly string[] => {
  const pages = readdirSync(outDir, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.html') && !name.startsWith('source'))
  const found = pages.flatMap((name) => [...readFileSync(join(outDir, name), 'utf8').matchAll(/href="[^"]*?source\/((?:src|properties|bench)\/[\w./-]+)\.html"/g)].map(([, file = '']) => file))
  return [...new Set(found)].sort()
}

export const writeSources = async (root: string, docs: string, base: string, outDir: string): Promise<void> => {
  const styles = readdirSync(join(outDir, 'assets')).filter((name) => /^style\..*\.css$/.test(name)).map((name) => `${base}assets/${name}`)
  for (const file of wanted(outDir)) {
    const path = join(outDir, 'source', `${file}.html`)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, governed(await sourcePage(root, docs, base, file, styles)))
  }
}
