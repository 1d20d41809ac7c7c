/** The part of a results page that shows one record: its picture, what it was run with, how it settled, and its numbers. */
import * as E from 'fp-ts/lib/Either.js'
import { inlineSvg } from '../report/inline-svg.ts'
import { html, type Markup, type Part } from '../report/markup.ts'
import { definitions, htmlTable, scrolling } from '../report/page.ts'
import { figures } from '../report/table.ts'
import { outputFirst, paperLabel } from './label.ts'
import type { Agreement } from '../fold/measure.ts'
import type { AnyRecord, BarsRecord, EstimateRecord, FigureRecord, RunRecord } from './record.ts'
import { settlingOf } from './settling.ts'

/** A record with what stands beside it in its folder. */
export interface Result {
  /** Name of its files without the ending, such as 'figure-2'. */
  readonly stem: string
  readonly record: AnyRecord
  /** Its picture, if there is one. */
  readonly svg: string | undefined
  /** Names of its files. */
  readonly files: readonly string[]
}

/** 'Figure 2' or the name. */
export const nameOf = ({ figure }: Pick<AnyRecord, 'figure'>): string => (typeof figure === 'number' ? `Figure ${figure}` : figure)

/** An anchor for a stem: letters, digits and - as they are, anything else by its number. No anchor has a dot or an odd number of _. */
export const anchorOf = (stem: string): string =>
  Array.from(stem, (c) => (/[A-Za-z0-9-]/.test(c) ? c : `_${c.codePointAt(0)?.toString(16) ?? ''}_`)).join('')

export const synthetic: Markup = html`<span class="badge">SYNTHETIC data</span>`

/** 'one-sided, β = 0.01', 'centered, ±0.01', 'limit, β → 0'. */
export const estimateName = ({ estimate, beta }: EstimateRecord): string =>
  estimate === 'limit' ? 'limit, β → 0' : estimate === 'centered' ? `centered, β = ±${beta}` : `one-sided, β = ${beta}`

// ── Picture ──────────────────────────────────────────────────────────────────────────────────────────────────────

const picture = ({ stem, record, svg, files }: Result): Markup => {
  const label = `${nameOf(record)}: ${record.title}. Its numbers are in the tables below.`
  const drawn = svg === undefined
    ? E.left(`${stem}.svg is missing`)
    : E.mapLeft(({ message }: { readonly message: string }) => `${stem}.svg cannot be shown: ${message}`)(inlineSvg(svg, { prefix: `${anchorOf(stem)}.`, label }))
  const beside = html`<p class="soft">Files beside this record: ${files.join(', ')}.</p>`
  return E.isLeft(drawn)
    ? html`<p class="warning">No picture: ${drawn.left}. Run the figure again to draw it.</p>${beside}`
    : html`<figure>${scrolling(`Picture of ${nameOf(record)}`, drawn.right)}<figcaption>${nameOf(record)}: ${record.title}.</figcaption></figure>${beside}`
}

// ── Numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────

const plusMinus = (value: number, spread: number): string => `${figures(value, 2)} ± ${figures(spread, 2)}`

const cells = (found: Agreement | undefined): readonly string[] =>
  found === undefined ? ['–', '–'] : [plusMinus(found.rmse, found.spread), figures(found.worst, 2)]

/** A row per quantity, output first; two columns per estimate. */
const agreements = ({ hyperparameters: { sizes } }: FigureRecord, { name, estimates }: RunRecord): Markup => {
  const quantities = outputFirst([...new Set(estimates.flatMap((estimate) => Object.keys(estimate.agreements)))])
  return htmlTable({
    caption: `${name}: how far each estimate of EP is from −BPTT`,
    headings: [{ text: 'quantity' }, { text: 'in the paper' }, { text: 'max |∇|' }, ...estimates.map((estimate) => ({ text: estimateName(estimate), span: 2 }))],
    subheadings: estimates.flatMap(() => ['rmse ± spread', 'max deviation']),
    rows: quantities.map((quantity) => {
      const found = estimates.map((estimate) => estimate.agreements[quantity])
      const scale = found.find((each) => each !== undefined)?.scale
      return [quantity, paperLabel(quantity, sizes.length - 1), scale === undefined ? '–' : figures(scale, 3), ...found.flatMap(cells)]
    }),
  })
}

const runPart = (record: FigureRecord, run: RunRecord): Markup => {
  const { verdict, says } = settlingOf(record, run)
  return html`<h3>${nameOf(record)}, ${run.name}</h3>
<p>${run.note}</p>
<p${verdict === 'not settled' ? html` class="warning"` : ''}><strong>${verdict === 'not settled' ? 'Not settled' : 'Settled'}:</strong> ${says}.</p>
${agreements(record, run)}`
}

// ── What with ────────────────────────────────────────────────────────────────────────────────────────────────────

const hyperparameters = ({ hyperparameters: given, network, variant }: FigureRecord): Markup => definitions([
  ['network', network],
  ['units per layer', `${given.sizes.join('-')} (input first)`],
  ['activation', `${given.activation}${given.clamped ? ', states clamped' : ''}`],
  ['dt', given.dt], ['β', given.beta], ['nudge', `${figures(given.nudge, 3)} times −∂ℓ/∂s`],
  ['T, free steps', given.T], ['K, nudged steps', given.K], ['batch', given.batch],
  ['departures', variant.length === 0 ? 'none' : variant.join(', ')],
])

const dataPart = ({ data }: FigureRecord): Markup => definitions([
  ['origin', [data.origin, data.synthetic ? [' ', synthetic] : '']],
  ...(data.indices.length === 0 ? [] : [['places in the source', data.indices.join(', ')] as const]),
  ...(data.labels.length === 0 ? [] : [['classes', data.labels.join(', ')] as const]),
  ...(data.replaced.length === 0 ? [] : [['not settled, so replaced', data.replaced.map(({ index, residual }) => `${index} (moves by ${figures(residual, 2)})`).join(', ')] as const]),
])

/** '12.3 s'. */
export const seconds = (time: number): string => `${figures(time, 3)} s`

const provenance = ({ version, interpreter, seed, timings, machine }: FigureRecord): Markup => definitions([
  ['phifold', version], ['interpreter', interpreter], ['seed', seed],
  ['time', timings === null ? 'not recorded'
    : `${seconds(timings.total)} in all; free phase ${seconds(timings.freePhase)}, both folds ${seconds(timings.folds)}`],
  ['machine', machine === null ? 'not recorded' : `${machine.cpu}; ${machine.platform}; Node ${machine.node}`],
])

const curvePart = (record: FigureRecord): Markup => html`${record.runs.map((run) => runPart(record, run))}
<h3>Run with</h3>
${hyperparameters(record)}
<h3>Data</h3>
${dataPart(record)}
<h3>Provenance</h3>
${provenance(record)}`

// ── Bars ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const barPart = (record: BarsRecord): Markup => html`${record.panels.map(({ title, groups }) => {
  const series = [...new Set(groups.flatMap(({ bars }) => bars.map((bar) => bar.series)))]
  return htmlTable({
    caption: `${title === '' ? record.title : title}: mean ± spread`,
    headings: [{ text: 'group' }, ...series.map((text) => ({ text }))],
    rows: groups.map(({ name, bars }) => [name, ...series.map((each): Part => {
      const bar = bars.find((candidate) => candidate.series === each)
      return bar === undefined ? '–' : plusMinus(bar.value, bar.spread)
    })]),
  })
})}
<h3>Provenance</h3>
${definitions([['phifold', record.version], ['summarises', record.of.length === 0 ? 'no other figure' : `figures ${record.of.join(', ')}`]])}`

// ── Section ──────────────────────────────────────────────────────────────────────────────────────────────────────

const badges = (record: AnyRecord): Part => record.format === 'phifold-bars-1' ? '' : [
  record.data.synthetic ? [' ', synthetic] : '',
  record.variant.length === 0 ? '' : html` <span class="badge">departs from the theory: ${record.variant.join(', ')}</span>`,
]

/** The whole section of a record. */
export const resultSection = (result: Result): Markup => {
  const { stem, record } = result
  return html`<section id="${anchorOf(stem)}" aria-labelledby="${anchorOf(stem)}_title">
<h2 id="${anchorOf(stem)}_title">${nameOf(record)}: ${record.title}</h2>
<p class="soft">${record.cites}${badges(record)}</p>
${picture(result)}
${record.format === 'phifold-bars-1' ? barPart(record) : curvePart(record)}
</section>
`
}
