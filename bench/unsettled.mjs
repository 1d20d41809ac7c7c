/**
 * `npm run bench:unsettled -- RUN MNIST [N]`: how much of the update comes from inputs that have not settled. At the weights of a folder of `phifold train`, takes the gradients of N
 * mini-batches (120) of an epoch that the run has not seen in this order, with all their inputs and with the settled ones alone, and writes shares.json into the folder,
 * which `npm run bench:training` shows.
 * What it cannot see: whether what they add is wrong; that is what `--unsettled skip` is for.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadCheckpoint } from '../dist/cli/checkpoint-file.js'
import { engines } from '../dist/cli/engine.js'
import { trainingData } from '../dist/cli/training-data.js'
import { partOn } from '../dist/cli/training-part.js'
import { restoredTraining } from '../dist/experiment/checkpoint.js'
import { trainerOf } from '../dist/experiment/training-job.js'
import { orThrow } from '../dist/index.js'

const [run, mnist, count = '120'] = process.argv.slice(2)
if (run === undefined || mnist === undefined) {
  console.error('bench unsettled: expected a folder of phifold train and one of MNIST')
  process.exit(2)
}
/** What was brought, or one line on what is wrong with it. */
const given = (found) => {
  if (found._tag === 'Right') return found.right
  console.error(`bench unsettled: ${found.left.message}`)
  return process.exit(2)
}
const checkpoint = given(loadCheckpoint(run))
const { job, engine, epochs } = checkpoint.state
const { train, test } = given(await trainingData(mnist, job.seed, undefined)())

const rows = engines[engine]().run((A) => {
  const [all, settled] = ['keep', 'skip'].map((unsettled) => {
    const trainer = orThrow(trainerOf({ ...job, unsettled }))
    return { trainer, part: partOn(A, trainer, { job, engine, train, test }) }
  })
  const { theta } = orThrow(restoredTraining(A, all.trainer, checkpoint, run))
  const pulled = ({ part }, step) => {
    const { shards, occasion } = part.plan(step)
    return part.together(shards.map((shard) => orThrow(part.pull(theta, shard, occasion))))
  }
  const square = (params) => Object.values(params).reduce((sum, p) => A.numbers(p).reduce((inner, x) => inner + x * x, sum), 0)
  const less = (a, b) => Object.fromEntries(Object.entries(a).map(([name, p]) => [name, A.sub(p, b[name])]))
  const from = all.trainer.epochs * all.part.perEpoch
  return Array.from({ length: Number(count) }, (_, i) => {
    const [whole, others] = [all, settled].map((one) => pulled(one, from + i))
    return { ...whole.tally, own: square(less(whole.gradient, others.gradient)), others: square(others.gradient) }
  })
})

const sum = (of) => rows.reduce((total, row) => total + of(row), 0)
const median = (values) => (values.length === 0 ? null : Math.sqrt(values.sort((a, b) => a - b)[Math.floor(values.length / 2)]))
const withSome = rows.filter(({ unsettled }) => unsettled > 0)
const shares = {
  epochs: epochs.length, batches: rows.length, batchesWithUnsettled: withSome.length, unsettled: 100 * sum(({ unsettled }) => unsettled) / sum(({ samples }) => samples),
  // Norms of summed gradients of a mini-batch.
  unsettledNorm: median(withSome.map(({ own }) => own)), settledNorm: median(rows.map(({ others }) => others)),
  shareOfSquares: 100 * sum(({ own }) => own) / sum(({ own, others }) => own + others),
}
writeFileSync(join(run, 'shares.json'), `${JSON.stringify(shares, undefined, 2)}\n`)
console.log(shares)
