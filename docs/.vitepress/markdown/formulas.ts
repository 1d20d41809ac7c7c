/** markdown-it: indented blocks become MathML, indices in the prose sub- and superscripts. Source: formula.ts. */
import temml from 'temml'
import type { MarkdownRenderer } from 'vitepress'
import { displayTex, pieces } from './formula.ts'

/** The formula as a block that scrolls by itself where it is wider than the page. */
export const mathml = (block: string): string =>
  `<div class="formula" tabindex="0" role="group" aria-label="formula">${temml.renderToString(displayTex(block), { displayMode: true, throwOnError: true })}</div>\n`

export const formulas = (md: MarkdownRenderer): void => {
  md.renderer.rules.code_block = (tokens, i) => mathml(tokens[i]?.content ?? '')
  const { escapeHtml } = md.utils
  md.renderer.rules.text = (tokens, i) => pieces(tokens[i]?.content ?? '').map((piece) => {
    if (typeof piece === 'string') return escapeHtml(piece)
    const { base, above, below } = piece
    const scripts = [...(above === undefined ? [] : [`<sup>${escapeHtml(above)}</sup>`]), ...(below === undefined ? [] : [`<sub>${escapeHtml(below)}</sub>`])]
    return `<span class="indexed">${escapeHtml(base)}${scripts.length === 2 ? `<span class="both">${scripts.join('')}</span>` : scripts.join('')}</span>`
  }).join('')
}
