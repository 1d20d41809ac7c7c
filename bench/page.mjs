/** The page of the record: performance.json ↦ performance.md. Pure, so that a test can ask whether the two that are committed belong together. */
import { machineLine, peerLines } from './machine.mjs'
import { agreementCells, markdownTable, memoryCells, stepCells, targetCells, timedCells } from './table.mjs'
import { isOurs, reachedOf } from './targets.mjs'

const missed = (reached) => {
  const short = reached.filter(({ reached: met }) => met === false)
  const held = reached.filter(({ reached: met }) => met !== null)
  if (held.length === 0) return 'Nothing was held against PyTorch in this run.'
  return short.length === 0 ? `All ${held.length} ratios are reached.`
    : `${held.length - short.length} of ${held.length} ratios are reached; missed: ${short.map(({ step, method, form, ratio, target }) => `${step} by ${method} against ${form}, ${ratio.toFixed(2)} of ${target}`).join('; ')}.`
}

const choices = (chosen) => (chosen.length === 0 ? ''
  : `\nThreads that PyTorch was fastest with, of its BLAS and of the rest: ${chosen.map(({ step, method, engine, blas, rest }) => `${step} ${method} ${engine.replace('pytorch ', '')} ${blas} and ${rest}`).join('; ')}.\n`)

export const pageOf = ({ version, machine, load, peers, data, peaks, kernels, phases, steps, agreement, turns, chosen, memory }) => {
  const reached = reachedOf(steps)
  const rounds = turns.map(({ rounds: n }) => n)
  return `# Speed and memory

Written by \`npm run bench -- record\`, with all numbers in full in \`performance.json\` beside it. phifold ${version} on ${machineLine(machine, `${load.before} before and ${load.after} after`)}.
${peerLines(peers).map((line) => `${line}.`).join('\n')}

## A training step against PyTorch

How many times as long PyTorch takes for the same step: a mini-batch of 20, free phase, gradient and update, with all T and K steps. Both forms are our own
(\`bench/peers/networks.py\`): *published* goes about it as the authors' program does, with the product of the static input at every step; *hoisted* is written as well as we know
how, with that product once per phase, as we have it.

${markdownTable(...targetCells(reached), 4)}

${missed(reached)}

## All engines

Milliseconds per mini-batch; 10th and 90th percentile of the samples. GFLOP/s counts the same operations for everyone: matrix products with the input's once per phase.

${markdownTable(...stepCells(steps, isOurs), 3)}
${choices(chosen)}
## How it was measured

- Digits: ${data}; the same for all, in the same order. How sparse they are matters, since zero pixels may be skipped.
- Table 1's hyperparameters, P-1h at T 40, K 15; strict variant, every sample kept, plain descent.
- Ours run as \`phifold train\` runs them, each engine and number of threads in a process of its own; PyTorch and TensorFlow.js too.
- Before any timing the gradients of the first mini-batch are compared (below), and a step on several threads with one on a single thread, bit for bit.
- Rounds of turns alternate (${Math.min(...rounds)} to ${Math.max(...rounds)} of them), so that everyone meets the same weather. A turn takes as many steps as fill 150 ms, after one that
  is not timed unless it takes as long; the time of a turn over its steps is one sample. Warm-up of half a second, pauses in which idle threads of others fall asleep.
- PyTorch takes part in all rounds with one thread and with ${machine.cores}, of its BLAS, of the rest or of both, whichever a trial found faster; what had the smaller median in the end counts.
- A free phase that repeats its state bit for bit ends there, since nothing would change any more: lossless. The peers have no such stop.

## Agreement

The witness is the gradient by simd64, which has the bits of the reference. PyTorch's program in double precision has to come as near as roundings allow (\`bench/agreement.mjs\`); in
single precision nobody may be more than four times as far from the witness as the nearest, in the worst relative distance of any parameter.

${markdownTable(...agreementCells(agreement), 2)}

## Kernels

Matrix products, as a share of what one core does in a loop that stays in its registers: ${Object.entries(peaks).map(([name, peak]) => `${name} ${(peak / 1e9).toFixed(1)} GFLOP/s`).join(', ')}.

${markdownTable(...timedCells(kernels))}

## Phases

${markdownTable(...timedCells(phases))}

## Memory

Peak of the whole process with all its threads, as the operating system saw it: figures at the paper's T and K, training for ten mini-batches and one test, after which nothing grows.

${markdownTable(...memoryCells(memory))}

## What this cannot see

- Other machines: compare ratios within one run, not times between runs. A load above 1 before the run means that something else was running.
- Single steps where a turn has several, and what happens between epochs: tests, checkpoints, reading of files.
- The largest mini-batches, other activations, other sizes: everything here is Table 1.
- What would be enough memory: a collector takes its time where there is room.
- PyTorch on an accelerator, or one newer than this.
`
}
