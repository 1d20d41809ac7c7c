/** What a page is sure to need soon is fetched along with it, not after it has come alive. Effects: reads the folder of what was built. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Components that are loaded by themselves, by the page that shows them. */
const components: Readonly<Record<string, RegExp>> = { 'playground.md': /^playground\.[\w-]+\.js$/, 'results.md': /^results-view\.[\w-]+\.js$/ }

/** The page with a link that preloads its component. Throws Error if none was built: it has another name now. */
export const early = (html: string, page: string, outDir: string, base: string): string => {
  const name = components[page]
  if (name === undefined) return html
  const found = readdirSync(join(outDir, 'assets/chunks')).find((file) => name.test(file))
  if (found === undefined) throw new Error(`early: expected the component of ${page} among the chunks, got none named ${name.source}; correct early.ts`)
  return html.replace('</head>', `<link rel="modulepreload" href="${base}assets/chunks/${found}"></head>`)
}
