/**
 * A page of results as one HTML text that needs nothing else: no script, font, picture or style from elsewhere. Its content security
 * policy says so to the browser.
 */
import { html, type Markup, type Part, trusted } from './markup.ts'
import { pageStyle } from './page-style.ts'

/** The whole document. */
export const page = ({ title, header, main, footer }: {
  readonly title: string
  readonly header: Markup
  readonly main: Markup
  readonly footer: Markup
}): string => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${trusted(pageStyle)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the results</a>
<header>${header}</header>
<main id="main">${main}</main>
<footer>${footer}</footer>
</body>
</html>
`.text

/** A heading of columns: over `span` columns of the next row, or down to the last row of headings. */
export interface Heading {
  readonly text: Part
  readonly span?: number
}

export interface HtmlTable {
  readonly caption: string
  /** The columns' headings; where some of them span several, `subheadings` are those below these. */
  readonly headings: readonly Heading[]
  readonly subheadings?: readonly string[]
  /** The first cell of a row is its heading. */
  readonly rows: readonly (readonly Part[])[]
  /** Cells are words rather than numbers. */
  readonly words?: true
}

/** What scrolls sideways on a narrow screen, also by keyboard. */
export const scrolling = (label: string, content: Markup): Markup =>
  html`<div class="scroll" role="region" tabindex="0" aria-label="${label}">${content}</div>`

export const htmlTable = ({ caption, headings, subheadings, rows, words }: HtmlTable): Markup => {
  const down = subheadings === undefined ? '' : trusted(' rowspan="2"')
  const body = html`<table${words === undefined ? '' : trusted(' class="words"')}>
<caption><span>${caption}</span></caption>
<thead>
<tr>${headings.map(({ text, span }) => (span === undefined
    ? html`<th scope="col"${down}>${text}</th>` : html`<th scope="colgroup" colspan="${span}">${text}</th>`))}</tr>
${subheadings === undefined ? '' : html`<tr>${subheadings.map((text) => html`<th scope="col">${text}</th>`)}</tr>
`}</thead>
<tbody>
${rows.map(([head = '', ...cells]) => html`<tr><th scope="row">${head}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`)}</tbody>
</table>`
  return scrolling(caption, body)
}

/** Names with their values. */
export const definitions = (pairs: readonly (readonly [name: string, value: Part])[]): Markup =>
  html`<dl>${pairs.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>
`)}</dl>`
