/** markdown-it: indented blocks of the pages become MathML, indices in the prose sub- and superscripts. Source: formula.ts. */
import temml from 'temml'
import type { MarkdownRenderer } from 'vitepress'
import { displayTex, pieces } from './formula.ts'

/** The formula as a block that scrolls by itself where it is wider than the page. */
export const mathml = (block: string): string =>
  `<div class="formula" tabindex="0" role="group" aria-label="formula">${temml.renderToString(displayTex(block), { displayMode: true, throwOnError: true })}</div>\n`

export const formulas = (md: MarkdownRenderer): void => {
  const { escapeHtml } = md.utils
  // In the API reference, which repeats comments, an indented block may be a formula or any other sketch: there it stays as it is.
  const sketch = (text: string): string => `<pre v-pre class="sketch" tabindex="0">${escapeHtml(text)}</pre>\n`
  md.renderer.rules.code_block = (tokens, i, _, { relativePath }: { readonly relativePath?: string }) => {
    const text = tokens[i]?.content ?? ''
    return relativePath?.startsWith('api/') === true ? sketch(text) : mathml(text)
  }
  md.renderer.rules.text = (tokens, i) => pieces(tokens[i]?.content ?? '').map((piece) => {
    if (typeof piece === 'string') return escapeHtml(piece)
    const { base, above, below } = piece
    const scripts = [...(above === undefined ? [] : [`<sup>${escapeHtml(above)}</sup>`]), ...(below === undefined ? [] : [`<sub>${escapeHtml(below)}</sub>`])]
    return `<span class="indexed">${escapeHtml(base)}${scripts.length === 2 ? `<span class="both">${scripts.join('')}</span>` : scripts.join('')}</span>`
  }).join('')
}
