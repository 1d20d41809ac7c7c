/**
 * A page about a folder of results: a summary of all records, then a section for each. The same records give the same bytes: there is no
 * clock and no machine in it but those that the records name.
 */
import { html, type Markup, type Part } from '../report/markup.ts'
import { htmlTable, page } from '../report/page.ts'
import { figures } from '../report/table.ts'
import type { FigureRecord, EstimateRecord, RunRecord } from './record.ts'
import { type TrainingResult, trainingAnchor, trainingSection } from './training-section.ts'
import { bestOf, titleOf } from './training-report.ts'
import { headline, isSynthetic, linkedText, type TextResult, textSection } from './text-section.ts'
import { anchorOf, nameOf, type Result, resultSection, seconds, synthetic } from './results-section.ts'
import { settlingOf } from './settling.ts'

/** Figures by number, then names; 2 before 10. */
const inOrder = (results: readonly Result[]): readonly Result[] => {
  const collator = new Intl.Collator('en', { numeric: true })
  const rank = ({ record: { figure } }: Result): number => (typeof figure === 'number' ? figure : Infinity)
  return [...results].sort((a, b) => (rank(a) === rank(b) ? collator.compare(a.stem, b.stem) : rank(a) - rank(b)))
}

interface CurveResult extends Result {
  readonly record: FigureRecord
}
const isCurve = (result: Result): result is CurveResult => result.record.format === 'phifold-figure-1'

const linked = ({ stem, record }: Result): Markup => html`<a href="#${anchorOf(stem)}">${nameOf(record)}</a>`

// ── Summary ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Smallest and largest rmse of the quantities. */
const range = ({ agreements }: EstimateRecord): Markup => {
  const all = Object.values(agreements).map(({ rmse }) => rmse)
  const [least, most] = [Math.min(...all), Math.max(...all)]
  const said = all.length === 0 ? '–' : least === most ? figures(most, 2) : `${figures(least, 2)} to ${figures(most, 2)}`
  return html`<span class="number">${said}</span>`
}

/** The ranges of one estimate, with its β where there are several. */
const ranges = ({ estimates }: RunRecord, estimate: EstimateRecord['estimate']): Part => {
  const found = estimates.filter((each) => each.estimate === estimate)
  return found.length === 0 ? '–'
    : found.map((each, i) => [i === 0 ? '' : html`<br>`, found.length > 1 ? html`<span class="number">β = ${each.beta}</span>: ` : '', range(each)])
}

/** From which step on the state repeats bit for bit, or as many samples of it as do. */
const repeats = ({ repeatedAt, period, samplesRepeatAt }: RunRecord['settled']): Part => {
  if (repeatedAt !== null) return html`<span class="number">${repeatedAt}${period === 1 || period === null ? '' : ` (period ${period})`}</span>`
  const from = samplesRepeatAt.filter((step) => step !== null)
  if (from.length === 0) return 'not seen'
  const [first, last] = [Math.min(...from), Math.max(...from)]
  return html`<span class="number">${first === last ? first : `${first} to ${last}`}</span> (${from.length} of ${samplesRepeatAt.length} samples)`
}

const summaryRow = (result: CurveResult, run: RunRecord): readonly Part[] => {
  const { record } = result
  const { hyperparameters: { sizes }, timings, data, variant, network, runs } = record
  const { verdict } = settlingOf(record, run)
  return [
    linked(result),
    html`<span class="long">${network} <span class="number">${sizes.join('-')}</span>${runs.length > 1 ? `, ${run.name}` : ''}${variant.length === 0 ? '' : `; ${variant.join(', ')}`}</span>`,
    verdict === 'exactly' ? 'yes, exactly' : verdict === 'settled' ? 'yes' : html`<span class="badge number">NOT settled</span>`,
    repeats(run.settled),
    ranges(run, 'one-sided'),
    ranges(run, 'limit'),
    html`<span class="number">${timings === null ? '–' : seconds(timings.total)}</span>`,
    html`<span class="long">${data.origin}${data.synthetic ? [' ', synthetic] : ''}</span>`,
  ]
}

const trainingRow = (result: TrainingResult): readonly Part[] => {
  const { run: { start: { job, data }, epochs } } = result
  const best = bestOf(epochs)
  return [
    html`<a href="#${trainingAnchor(result)}">${titleOf(job)}</a>`,
    html`<span class="number">${epochs.length}</span>`,
    html`<span class="number">${best === undefined ? '–' : `${best.testError.toFixed(2)} % (epoch ${best.epoch})`}</span>`,
    html`<span class="number">${epochs.at(-1)?.testError.toFixed(2) ?? '–'} %</span>`,
    html`<span class="number">${seconds(epochs.reduce((sum, epoch) => sum + epoch.seconds, 0))}</span>`,
    html`<span class="long">${data.origin}${data.synthetic ? [' ', synthetic] : ''}</span>`,
  ]
}

const summary = (results: readonly Result[], trainings: readonly TrainingResult[], texts: readonly TextResult[]): Markup => {
  const runs = results.filter(isCurve).flatMap((result) => result.record.runs.map((run) => summaryRow(result, run)))
  const bars = results.filter((result) => !isCurve(result))
  return html`<section id="summary" aria-labelledby="summary-title">
<h2 id="summary-title">Summary</h2>
${runs.length === 0 ? '' : htmlTable({
    caption: 'Every run: did its free phase settle, and how far is EP from −BPTT (relative rmse, smallest to largest over the quantities)',
    headings: ['figure', 'network', 'settled?', 'repeats from step', 'one-sided EP', 'EP in the limit', 'time', 'data'].map((text) => ({ text })),
    rows: runs,
    words: true,
  })}
${bars.length === 0 ? '' : htmlTable({
    caption: 'Charts that summarise others',
    headings: ['chart', 'what it shows', 'of figures'].map((text) => ({ text })),
    rows: bars.map((result) => [linked(result), result.record.title, 'of' in result.record ? result.record.of.join(', ') : '']),
    words: true,
  })}
${trainings.length === 0 ? '' : htmlTable({
    caption: 'Training runs',
    headings: ['run', 'epochs', 'best test error', 'last', 'time', 'data'].map((text) => ({ text })),
    rows: trainings.map(trainingRow),
    words: true,
  })}
${texts.length === 0 ? '' : htmlTable({
    caption: 'Reports',
    headings: ['report', 'what it says'].map((text) => ({ text })),
    rows: texts.map((result) => [linkedText(result), [headline(result), isSynthetic(result) ? [' ', synthetic] : '']]),
    words: true,
  })}
</section>
`
}

// ── Page ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const listed = (items: readonly string[]): string => [...new Set(items)].join(', ')

const warnings = (results: readonly Result[], trainings: readonly TrainingResult[], texts: readonly TextResult[]): readonly Markup[] => {
  const made = [
    ...results.filter(isCurve).filter(({ record }) => record.data.synthetic).map(({ record }) => nameOf(record)),
    ...trainings.filter(({ run }) => run.start.data.synthetic).map(({ run }) => titleOf(run.start.job)),
    ...texts.filter(isSynthetic).map(({ stem }) => stem),
  ]
  const versions = [...new Set([...results.map(({ record }) => record.version), ...trainings.map(({ run }) => run.start.version)])]
  return [
    ...(made.length === 0 ? [] : [html`<p class="warning"><strong>Synthetic data.</strong> Digits drawn by the program stand in for real ones in: ${listed(made)}.</p>
`]),
    ...(versions.length <= 1 ? [] : [html`<p class="warning"><strong>Different versions.</strong> These records were written by phifold ${versions.join(', ')}.</p>
`]),
  ]
}

const contents = (results: readonly Result[], trainings: readonly TrainingResult[], texts: readonly TextResult[]): Markup => html`<nav aria-labelledby="contents-title">
<h2 id="contents-title">Contents</h2>
<ol>
<li><a href="#summary">Summary</a></li>
${results.map((result) => html`<li>${linked(result)}: ${result.record.title}</li>
`)}${trainings.map((result) => html`<li><a href="#${trainingAnchor(result)}">Training: ${titleOf(result.run.start.job)}</a></li>
`)}${texts.map((result) => html`<li>${linkedText(result)}</li>
`)}<li><a href="#reading">How to read the numbers</a></li>
</ol>
</nav>
`

const reading: Markup = html`<section id="reading" aria-labelledby="reading-title">
<h2 id="reading-title">How to read the numbers</h2>
<p>BPTT walks back over the steps of a network; EP nudges the settled network and watches it move. Every update of EP at a time step t is held
against minus BPTT's gradient at the same t.</p>
<dl>
<dt>one-sided</dt><dd>EP with one nudge β; its error is of order β.</dd>
<dt>centered</dt><dd>the mean of EP at β and −β; its error is of order β².</dd>
<dt>limit</dt><dd>EP as β → 0, by an exact tangent; equal to −BPTT up to rounding where the theorem holds.</dd>
<dt>rmse</dt><dd>root mean square of the difference over time, relative to the larger of both courses; the mean over a quantity's entries.</dd>
<dt>spread</dt><dd>sample standard deviation of that rmse over the entries.</dd>
<dt>max deviation</dt><dd>largest |EP − (−BPTT)| of any entry at any time, to be held against max |∇|, the largest entry of BPTT's.</dd>
<dt>settled</dt><dd>what the state still moves by, divided by the nudge, is below a thousandth of the largest update; exactly: the state repeats bit for bit.</dd>
<dt>s, W, b, Wx</dt><dd>neurons, weights, biases, input weights. Layers count from the input; the paper's count from the output.</dd>
</dl>
</section>
`

const counted = (count: number, what: string): string => (count === 0 ? '' : count === 1 ? `1 ${what}` : `${count} ${what}s`)

/** The page about these results, training runs and reports, at least one, by the program of this version. */
export const resultsPage = (results: readonly Result[], version: string, trainings: readonly TrainingResult[] = [], texts: readonly TextResult[] = []): string => {
  const sorted = inOrder(results)
  const names = [...sorted.map(({ record }) => nameOf(record)), ...trainings.map(({ run }) => titleOf(run.start.job)), ...texts.map(({ stem }) => stem)]
  return page({
    title: `phifold results: ${listed(names)}`,
    header: html`<h1>Results: EP against BPTT</h1>
<p>${[counted(results.length, 'record'), counted(trainings.length, 'training run'), counted(texts.length, 'report')].filter((said) => said !== '').join(' and ')} of Equilibrium Propagation held against Backpropagation Through Time, step by step
(Ernoult et al. 2019, arXiv 1905.13633).</p>
${warnings(sorted, trainings, texts)}${contents(sorted, trainings, texts)}`,
    main: html`${summary(sorted, trainings, texts)}${sorted.map(resultSection)}${trainings.map(trainingSection)}${texts.map(textSection)}${reading}`,
    footer: html`<p class="soft">Page written by phifold ${version}.</p>`,
  })
}
