/** The part of a results page that shows a training run. */
import * as E from 'fp-ts/lib/Either.js'
import { inlineSvg } from '../report/inline-svg.ts'
import { html, type Markup, type Part } from '../report/markup.ts'
import { definitions, htmlTable, scrolling } from '../report/page.ts'
import { anchorOf, synthetic } from './results-section.ts'
import { type TrainingJob, trainerOf } from './training-job.ts'
import type { TrainingRun } from './training-log.ts'
import { bestOf, epochTable, titleOf } from './training-report.ts'

/** A run with its curves, if they could be drawn. */
export interface TrainingResult {
  /** Name of its folder, as seen from the page's. */
  readonly folder: string
  readonly run: TrainingRun
  readonly svg: string | undefined
}

export const trainingAnchor = ({ folder }: TrainingResult): string => anchorOf(`training-${folder}`)

const picture = (result: TrainingResult): Markup => {
  const { run: { start: { job } }, svg } = result
  if (svg === undefined) return html`<p class="soft">No curves: a curve needs two epochs, and the packages that draw it.</p>`
  const drawn = inlineSvg(svg, { prefix: `${trainingAnchor(result)}.`, label: `Errors of ${titleOf(job)} over epochs. The numbers are in the table below.` })
  return E.isLeft(drawn)
    ? html`<p class="warning">No picture: ${drawn.left.message}.</p>`
    : html`<figure>${scrolling(`Curves of ${titleOf(job)}`, drawn.right)}<figcaption>Errors and unsettled inputs of ${titleOf(job)}: test solid, train dashed.</figcaption></figure>`
}

const numbers = ({ changes, rates, optimiser, weightDecay, decay, unsettled, seed }: TrainingJob): readonly (readonly [string, Part])[] => [
  ["instead of Table 1's", Object.entries({ ...changes, ...(rates && { rates }) }).map(([name, value]) => `${name === 'epsilon' ? 'dt' : name} ${Array.isArray(value) ? value.join('-') : String(value)}`).join(', ') || 'nothing'],
  ['optimiser', `${optimiser.name}${optimiser.name === 'momentum' ? ` ${optimiser.momentum}` : ''}${weightDecay === 0 ? '' : `, weight decay ${weightDecay}`}${decay === 1 ? '' : `, decay ${decay}`}`],
  ['unsettled inputs', unsettled === 'skip' ? 'left out of the update' : 'kept'],
  ['seed', seed],
]

/** ' of 30', where the job makes sense. */
const planned = (job: TrainingJob): string => {
  const trainer = trainerOf(job)
  return E.isRight(trainer) ? ` of ${trainer.right.epochs} epochs` : ' epochs'
}

export const trainingSection = (result: TrainingResult): Markup => {
  const { folder, run: { start: { version, engine, job, data }, epochs } } = result
  const { headings, rows } = epochTable(epochs)
  const best = bestOf(epochs)
  const anchor = trainingAnchor(result)
  return html`<section id="${anchor}" aria-labelledby="${anchor}_title">
<h2 id="${anchor}_title">Training: ${titleOf(job)}</h2>
<p class="soft">Ernoult et al. 2019, Table 1${data.synthetic ? [' ', synthetic] : ''}</p>
<p>${best === undefined ? 'No epoch is done yet.' : html`Test error after the last epoch: <strong class="number">${(epochs.at(-1) ?? best).testError.toFixed(2)} %</strong>, with ${epochs.length}${planned(job)} done. The lowest on the way was <span class="number">${best.testError.toFixed(2)} %</span> in epoch ${best.epoch}: no result, since the test itself chose it.`}</p>
${picture(result)}
${htmlTable({ caption: `${titleOf(job)}: every epoch`, headings: headings.map((text) => ({ text })), rows })}
<h3>Run with</h3>
${definitions([...numbers(job), ['data', data.origin], ['phifold', version], ['interpreter', engine], ['folder', folder]])}
</section>
`
}
