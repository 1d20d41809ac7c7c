/**
 * HTML from templates. What is filled in is escaped unless it is markup itself, so that no text of a file can become a tag:
 *
 *     html`<p title="${title}">${items.map((item) => html`<b>${item}</b>`)}</p>`
 *
 * Attributes are to be quoted in the template. Characters that HTML forbids (controls but tab and line feed) become U+FFFD.
 */

/** A piece of HTML that is fit to be put into a page. */
export interface Markup {
  readonly _tag: 'Markup'
  readonly text: string
}

/** What a template may be filled with; lists are joined without a space. */
export type Part = string | number | Markup | readonly Part[]

/** HTML as it stands, for text that was checked elsewhere. */
export const trusted = (text: string): Markup => ({ _tag: 'Markup', text })

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const isForbidden = (character: string): boolean => {
  const code = character.charCodeAt(0)
  return (code < 32 && code !== 9 && code !== 10) || (code >= 127 && code < 160)
}

const escaped = (text: string): string =>
  Array.from(text.replace(/\r\n?/g, '\n'), (c) => entities[c] ?? (isForbidden(c) ? '\uFFFD' : c)).join('')

const isMarkup = (part: Part): part is Markup => typeof part === 'object' && '_tag' in part

const rendered = (part: Part): string =>
  typeof part === 'string' ? escaped(part)
    : typeof part === 'number' ? String(part)
      : isMarkup(part) ? part.text : part.map(rendered).join('')

/** The template's text with its parts filled in. */
export const html = (literals: readonly string[], ...parts: readonly Part[]): Markup =>
  trusted(literals.map((literal, i) => literal + rendered(parts[i] ?? '')).join(''))
