/**
 * `npm run bench:training [-- RUNS]`: docs/results/training.md, its record and its pictures, from docs/results/training. With a folder RUNS, takes over the runs that lie in
 * it first, folders of `phifold train` (NAME/log.jsonl), finished or not, and their evaluation.json where `phifold evaluate` was run, their shares.json (unsettled.mjs), and
 * benchmark-*.json and .svg of `phifold benchmark` in folders. Without one, nothing but what is committed is read: the same bytes again.
 * What it cannot see: times are those of a machine that may have had other things to do.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { known } from '../dist/cli/training-data.js'
import { orThrow } from '../dist/index.js'
import { trainerOf } from '../dist/experiment/training-job.js'
import { parseLog } from '../dist/experiment/training-log.js'
import { labelOf, trainingReportOf } from '../dist/experiment/training-report.js'
import { curveFigure } from '../dist/report/chart.js'
import { svgOf } from '../dist/report/svg.js'
import { markdownTableOf } from '../dist/report/table.js'

const results = fileURLToPath(new URL('../docs/results', import.meta.url))
const folder = join(results, 'training')
const [runs] = process.argv.slice(2)
const read = (path) => JSON.parse(readFileSync(path, 'utf8'))

// ── What is to be shown ──────────────────────────────────────────────────────────────────────────────────────────

/** Runs by label, seeds of each, the mean test error in per cent that is asked of them, and after how many epochs where not after all. */
const asked = [
  ['P-1h by ep', 3, 2.2], ['P-1h by bptt', 3, 2.2], ['P-1h by ep, published', 1], ['EB-1h by ep', 1, 2.4], ['EB-1h by ep, published', 1, 2.4], ['P-2h by ep', 1, 2.5],
  ['P-1h by ep, inner nudge', 1], ['P-1h by centered', 1], ['P-1h by centered, inner nudge', 1], ['P-2h by ep, inner nudge', 1], ['P-2h by centered', 1],
  ['P-2h by ep, unsettled left out', 1], ['P-2h by ep, decay cosine', 1, 2.5], ['P-conv by ep', 1, 3, 1],
]

// ── Taking over ──────────────────────────────────────────────────────────────────────────────────────────────────

if (runs !== undefined && !existsSync(runs)) {
  console.error(`bench training: expected a folder of runs of phifold train, got ${runs}, which is not there`)
  process.exit(2)
}
if (runs !== undefined) {
  mkdirSync(folder, { recursive: true })
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown'}, one or two threads, Node ${process.version}`
  for (const name of readdirSync(runs, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort()) {
    const [log, test] = [join(runs, name, 'log.jsonl'), join(runs, name, 'evaluation.json')]
    if (existsSync(log)) {
      const found = orThrow(parseLog(readFileSync(log, 'utf8')))
      const { start } = found
      const { data } = start
      // Whatever the folder was called: its content says what it is.
      const origin = data.digest in known ? `${data.train} digits of ${known[data.digest]}, tested on ${data.test}` : data.origin
      const run = { ...found, start: { ...start, data: { ...data, origin } } }
      if (run.epochs.length === 0 && run.reports.length === 0) continue
      const report = orThrow(trainingReportOf(run))
      // A test of the run as it is now, not of an earlier checkpoint of it.
      const evaluation = existsSync(test) ? read(test) : undefined
      const current = evaluation !== undefined && evaluation.epochs === run.epochs.length ? { settling: evaluation.settling, tested: { samples: evaluation.samples, error: evaluation.error, step: evaluation.step } } : {}
      const shares = existsSync(join(runs, name, 'shares.json')) ? { shares: read(join(runs, name, 'shares.json')) } : {}
      writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ title: `Training: ${labelOf(start.job)}, seed ${start.job.seed}`, ...JSON.parse(report.json), machine, ...current, ...shares }, undefined, 2)}\n`)
      if (report.chart !== undefined) writeFileSync(join(folder, `${name}.svg`), orThrow(await svgOf(report.chart)))
    } else
      readdirSync(join(runs, name)).filter((file) => /^benchmark-.*\.(json|svg)$/.test(file)).forEach((file) => copyFileSync(join(runs, name, file), join(folder, `${name}${extname(file)}`)))
  }
}

// ── The page ─────────────────────────────────────────────────────────────────────────────────────────────────────

const records = readdirSync(folder).filter((name) => name.endsWith('.json')).sort().map((name) => ({ name: name.slice(0, -5), ...read(join(folder, name)) }))
const trained = records.filter(({ start }) => start !== undefined).map((record) => ({
  ...record, label: labelOf(record.start.job), seed: record.start.job.seed, planned: orThrow(trainerOf(record.start.job)).epochs, last: record.epochs.at(-1),
}))
const benchmarks = records.filter(({ benchmark }) => benchmark !== undefined)
const percent = (x) => (x === undefined || x === null ? '–' : x.toFixed(2))
const mean = (values) => values.reduce((sum, x) => sum + x, 0) / values.length
const deviation = (values) => Math.sqrt(values.reduce((sum, x) => sum + (x - mean(values)) ** 2, 0) / (values.length - 1))
const range = (values) => [...new Set([Math.min(...values), Math.max(...values)])].join(' to ')

const labels = [...new Set([...asked.map(([label]) => label), ...trained.map(({ label }) => label)])]
const groups = labels.map((label) => {
  const [, seeds = 0, most, enough = Infinity] = asked.find(([one]) => one === label) ?? []
  const all = trained.filter((run) => run.label === label)
  const begun = all.filter(({ last }) => last !== undefined)
  const finished = begun.filter(({ epochs, planned }) => epochs.length >= Math.min(planned, enough))
  // Seeds after 5 and after 30 epochs have no mean that says anything.
  const counted = finished.length > 0 ? finished : begun
  const errors = counted.map(({ last }) => last.testError)
  const whole = finished.length >= Math.max(1, seeds) && finished.length === all.length
  const met = most === undefined ? '' : begun.length === 0 ? 'not run' : !whole ? 'not finished' : mean(errors) <= most ? 'yes' : 'no'
  return { label, seeds, most, begun, counted, errors, finished, met }
})

const headline = markdownTableOf(
  ['run', 'seeds finished', 'epochs', 'test error %', 'asked', 'met', 'unsettled test inputs %'],
  groups.map(({ label, seeds, most, begun, counted, errors, finished, met }) => [
    label, `${finished.length} of ${Math.max(seeds, begun.length)}`, counted.length === 0 ? '0' : `${range(counted.map(({ epochs }) => epochs.length))} of ${range(counted.map(({ planned }) => planned))}`,
    counted.length === 0 ? '–' : `${percent(mean(errors))}${errors.length > 1 ? ` ± ${percent(deviation(errors))}` : ''}`, most === undefined ? '' : `≤ ${most}`, met,
    counted.length === 0 ? '–' : percent(mean(counted.map(({ last }) => last.testUnsettled))),
  ]), { align: ['left', 'right', 'right', 'right', 'right', 'left', 'right'] })

/** How much it changes from epoch to epoch at the end. */
const lately = (epochs) => {
  const errors = epochs.slice(-10).map(({ testError }) => testError)
  return errors.length < 10 ? '–' : `${percent(Math.min(...errors))} to ${percent(Math.max(...errors))}`
}
const table = markdownTableOf(
  ['run', 'seed', 'epochs', 'test error %', 'train error %', 'in its last 10 epochs', 'unsettled % (train, test)', 'error % of settled, of unsettled test inputs', 'hours', 'ms per mini-batch'],
  trained.map(({ label, seed, planned, epochs, last, settling }) => {
    const times = epochs.flatMap(({ milliseconds }) => (milliseconds === undefined ? [] : [milliseconds])).sort((a, b) => a - b)
    return [
      label, String(seed), `${epochs.length} of ${planned}`, percent(last?.testError), percent(last?.trainError), lately(epochs),
      last === undefined ? '–' : `${percent(last.unsettled)}, ${percent(last.testUnsettled)}`, settling === undefined ? '–' : `${percent(settling.settledError)}, ${percent(settling.unsettledError)}`,
      (epochs.reduce((sum, { seconds }) => sum + seconds, 0) / 3600).toFixed(2), times.length === 0 ? '–' : times[Math.floor(times.length / 2)].toFixed(1),
    ]
  }), { align: ['left', ...Array.from({ length: 9 }, () => 'right')] })

/** Mean change of the test error from one epoch to the next, in points. */
const changeOf = (epochs) => mean(epochs.slice(1).map(({ testError }, i) => Math.abs(testError - epochs[i].testError)))
const restless = ['P-2h by ep', 'P-2h by ep, unsettled left out', 'P-2h by ep, inner nudge', 'P-2h by centered', 'P-2h by ep, decay cosine'].flatMap((label) => trained.filter((run) => run.label === label && run.epochs.length > 2))
const [kept, left] = ['P-2h by ep', 'P-2h by ep, unsettled left out'].map((label) => restless.find((run) => run.label === label))
const calmed = kept && left && changeOf(left.epochs) < changeOf(kept.epochs)
const unrest = restless.length < 2 ? '' : `it changes by ${restless.map(({ label, epochs }) => `${changeOf(epochs).toFixed(2)} points on average in the ${epochs.length} epochs of ${label}`).join(', ')}.${calmed === false ? ' Leaving them out does not calm it.' : ''}`

const measured = trained.filter(({ shares }) => shares !== undefined)
const shareTable = measured.length === 0 ? '' : `
## What unsettled inputs do to the update

Gradients of some mini-batches at the weights of a run, of all inputs and of the settled ones alone (\`npm run bench:unsettled\`). Norms are medians over mini-batches: of what unsettled inputs add, where there are any, and of all others.

${markdownTableOf(
    ['run', 'seed', 'after epoch', 'unsettled inputs %', 'mini-batches with any', 'norm of what they add', 'norm of the others', 'their share of all squares %'],
    measured.map(({ label, seed, shares }) => [label, String(seed), String(shares.epochs), percent(shares.unsettled), `${shares.batchesWithUnsettled} of ${shares.batches}`,
      ...[shares.unsettledNorm, shares.settledNorm].map((x) => (x === null ? '–' : x.toPrecision(3))), shares.shareOfSquares.toFixed(1)]),
    { align: ['left', ...Array.from({ length: 7 }, () => 'right')] })}

BPTT walks back through steps that do not contract for such an input, and its gradient grows with each; EP's is bounded by how far the state can move, over β. A few inputs then outweigh all others in the
update.${unrest === '' ? '' : ` Whether the test error jumps from epoch to epoch because of them, runs of P-2h from one seed tell: ${unrest}`}
`

const unfinished = trained.filter(({ reports }) => reports.length > 0).map(({ label, seed, epochs, reports }) => {
  const { done, trainError, testError, unsettled } = reports.at(-1)
  return `- ${label}, seed ${seed}: ${done} mini-batches of epoch ${epochs.length + 1}: train error ${percent(trainError)} % so far${testError === undefined ? '' : `, test error ${percent(testError)} %`}, unsettled ${percent(unsettled)} %`
})

const cosines = benchmarks.length === 0 ? [] : [
  '## Gradients beside BPTT\'s', '',
  'Cosine of the two gradients of one mini-batch, at weights that the estimator has trained, and the errors of both runs (`phifold benchmark`).', '',
  markdownTableOf(['run', 'seed', 'mini-batches', 'cosine at the start', 'at the end', 'least', 'test error % (run, bptt)', 'unsettled test inputs %'], benchmarks.map(({ job, points, epochs }) => {
    const all = points.map(({ whole }) => whole.cosine)
    const last = epochs.at(-1)
    return [labelOf(job), String(job.seed), String((points.at(-1)?.step ?? 0)), all[0].toFixed(4), all.at(-1).toFixed(4), Math.min(...all).toFixed(4),
      last === undefined ? '–' : last.testErrors.map(percent).join(', '), last?.testUnsettled === undefined ? '–' : last.testUnsettled.map(percent).join(', ')]
  }), { align: ['left', ...Array.from({ length: 7 }, () => 'right')] }), '',
  ...benchmarks.map(({ name, job }) => (existsSync(join(folder, `${name}.svg`)) ? `![Cosine of gradients, ${labelOf(job)}](training/${name}.svg)\n` : '')),
]

// A picture of all, a panel for each kind of run, as long as its shortest run, so that seeds can be seen beside each other.
const panels = groups.map(({ label, counted }) => ({ label, begun: counted, length: Math.min(...counted.map(({ epochs }) => epochs.length)) })).filter(({ begun, length }) => begun.length > 0 && length > 1)
if (panels.length > 0) {
  const chart = orThrow(curveFigure({
    title: 'Test and train error on MNIST', subtitle: 'one colour for each seed', xTitle: 'epoch', yTitle: 'per cent', colourMeans: '', columns: 2,
    methods: [{ name: 'test', stroke: 'solid' }, { name: 'train', stroke: 'dashed' }],
    panels: panels.map(({ label, begun, length }) => ({
      title: label, x: Array.from({ length }, (_, i) => i + 1),
      coordinates: begun.map(({ seed, epochs }) => ({ name: `seed ${seed}`, lines: [epochs, epochs].map((all, i) => all.slice(0, length).map(({ testError, trainError }) => (i === 0 ? testError : trainError))) })),
    })),
  }))
  writeFileSync(join(results, 'training.svg'), orThrow(await svgOf(chart)))
}

/** Tests of fewer digits, and of all where `phifold evaluate` was run, of the weights at the end of the run. */
const fewer = trained.filter(({ start: { data } }) => data.test < 10000).map(({ label, start: { data, job }, epochs, tested }) => {
  const later = tested === undefined ? 0 : tested.step - epochs.length * Math.ceil(data.train / orThrow(trainerOf(job)).network.batch)
  const all = tested === undefined || tested.samples <= data.test ? '' : `, where all ${tested.samples} give ${percent(tested.error)} %${later > 0 ? `, ${later} mini-batches later` : ''}`
  return `${label} on the first ${data.test}${all}`
})
/** What the first hour of a run came to that goes on for longer and is not finished. */
const hours = trained.filter(({ epochs, planned }) => epochs.length < planned).flatMap(({ label, epochs }) => {
  const ends = epochs.map((_, i) => epochs.slice(0, i + 1).reduce((sum, { seconds }) => sum + seconds, 0))
  const within = epochs[ends.findLastIndex((end) => end <= 3600)]
  return within === undefined || within === epochs.at(-1) ? [] : [`${label}: ${percent(within.testError)} % after the ${within.epoch} epochs of its first hour`]
})

const machines = [...new Set(trained.map(({ machine }) => machine))]
writeFileSync(join(results, 'training.md'), `# Training on MNIST

Runs of \`phifold train\` with the numbers of the paper's Table 1, on all 60000 digits, tested on all 10000${fewer.length === 0 ? '' : ` (${fewer.join('; ')})`}. An error is that after the last epoch there is, never that of the
best one. Nothing here is typed by hand: \`npm run bench:training\` writes this page from the records in the folder \`training\` beside it, each with its command, seed, errors and time of every epoch.

${headline}

Mean ± standard deviation (n − 1) over seeds that have finished; where none has, over those that have begun, after the epochs that are told. *Asked* is what was set as a goal before the runs were made; *not finished* means that a seed or an epoch is lacking, whatever the error is so far.${hours.length === 0 ? '' : ` ${hours.join('; ')}.`}
The paper reports 2.00 ± 0.13 % for P-1h, about 2 % for the other fully connected networks and about 1 % for P-conv.

${panels.length === 0 ? '' : '![Test and train error by epoch](training.svg)\n'}
## Runs

${table}
${unfinished.length === 0 ? '' : `\nEpochs that are not done:\n\n${unfinished.join('\n')}\n`}
${trained.some(({ label }) => label === 'P-1h by ep, published') ? `*published* is the authors' command line, with T 40, K 15 and a leak of 0.2 in place of the paper's T 30, K 10 and none. Under that leak a state comes nearer to rest by a
factor of 0.8 a step at best, so that 40 steps are worth about eight of the paper's: hardly any input has settled when the nudge begins (see the column *unsettled*), and what it still moves by in K steps,
over β, is taken for a gradient. With larger weights that is more, so the error stops falling long before the paper's.

` : ''}The test error changes from epoch to epoch by tenths of a per cent; the column of the last ten epochs says how far the last one may be luck.

An input is unsettled if its state still moved by more than β/1000 in the last step of its free phase. Hours are those of the wall clock on ${machines.join('; ')}, which had other work to
do at the same time, and pauses are in them: compare milliseconds per mini-batch (the median epoch's) rather than hours.
${shareTable}
${cosines.join('\n')}
## Commands

\`\`\`sh
${trained.map(({ command }) => command).join('\n')}
\`\`\`
`)
console.log(`${trained.length} runs, ${benchmarks.length} benchmarks: docs/results/training.md`)
