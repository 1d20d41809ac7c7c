/** The part of a results page that shows a report in words and tables: of `recipe`, `compare` or `benchmark`, with its picture where it has one. */
import * as E from 'fp-ts/lib/Either.js'
import { inlineSvg } from '../report/inline-svg.ts'
import { html, type Markup } from '../report/markup.ts'
import { scrolling } from '../report/page.ts'
import { anchorOf, synthetic } from './results-section.ts'

/** A report with what stands beside it in its folder. */
export interface TextResult {
  /** Name of its files without the ending, such as 'recipe-P-1h'. */
  readonly stem: string
  /** The first line says what it is. */
  readonly text: string
  /** Its picture, if there is one. */
  readonly svg: string | undefined
  /** Names of its files. */
  readonly files: readonly string[]
}

/** Its first line. */
export const headline = ({ stem, text }: TextResult): string => text.split('\n', 1)[0]?.trim() || stem

/** Whether its digits are drawn by the program: every report says so in capitals. */
export const isSynthetic = ({ text }: TextResult): boolean => /\bSYNTHETIC\b/.test(text)

export const linkedText = ({ stem }: TextResult): Markup => html`<a href="#${anchorOf(stem)}">${stem}</a>`

const picture = ({ stem, svg }: TextResult): Markup | '' => {
  if (svg === undefined) return ''
  const drawn = inlineSvg(svg, { prefix: `${anchorOf(stem)}.`, label: `Picture of ${stem}. Its numbers are in the tables below.` })
  return E.isLeft(drawn)
    ? html`<p class="warning">No picture: ${stem}.svg cannot be shown: ${drawn.left.message}.</p>`
    : html`<figure>${scrolling(`Picture of ${stem}`, drawn.right)}<figcaption>${stem}.</figcaption></figure>`
}

/** The whole section of a report. */
export const textSection = (result: TextResult): Markup => {
  const { stem, text, files } = result
  return html`<section id="${anchorOf(stem)}" aria-labelledby="${anchorOf(stem)}_title">
<h2 id="${anchorOf(stem)}_title">${stem}</h2>
<p>${headline(result)}${isSynthetic(result) ? [' ', synthetic] : ''}</p>
${picture(result)}
${scrolling(`Report of ${stem}`, html`<pre>${text.split('\n').slice(1).join('\n').trim()}</pre>`)}
<p class="soft">Files: ${files.join(', ')}.</p>
</section>
`
}
