/**
 * Training steps (a mini-batch of 20: free phase, gradient, update) of networks of Table 1 by EP and by BPTT: ours on several engines and numbers of threads, PyTorch in two forms, where
 * `python3` has torch, TensorFlow.js, where `npm ci --prefix bench/peers` has put it. Everyone in a process of its own, on the same mini-batches
 * from the same parameters. First the gradients are held against each other; then rounds of turns alternate, so that all meet the same weather; in
 * its turn each takes as many steps as fill a while, and the time of the turn over their number is one sample. PyTorch takes part with one thread and with
 * several, and the faster of the two counts. Nothing runs while another's idle threads may still spin.
 * What it cannot see: the reading of files and tests between epochs; single steps, where a turn has several.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { simd64, unitRoundoff } from '../dist/index.js'
import { relaxed } from '../dist/cli/engine.js'
import { partOn } from '../dist/cli/training-part.js'
import { pixelRows } from '../dist/data/pixel-rows.js'
import { allowanceOf, disagreements, farthestOf, gapOf, sumsOf } from './agreement.mjs'
import { contestant, runs } from './contestant.mjs'
import { operationsOf, placesOf } from './operations.mjs'
import { digitsFrom, jobOf, saidOf, trainerFor } from './setting.mjs'
import { spreadOf } from './timing.mjs'

const here = (file) => fileURLToPath(new URL(file, import.meta.url))

/** Milliseconds: of a turn, of the warm-up, and of the pause in which threads that look for work go to sleep. */
const [turn, warmUp, pause] = [150, 500, 60]
/** Rounds at least and at most. */
const [fewest, most] = [7, 40]

const asleep = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds) })

/** A program with torch, if there is any. */
const pythonOf = async () => {
  for (const program of ['/usr/bin/python3', 'python3']) if (await runs(program, ['-c', 'import torch, numpy'])) return program
  return undefined
}

/** Who is there to be held against, and a word on who is not. */
export const peersThere = async (say) => {
  const python = await pythonOf()
  const tensorflow = existsSync(here('peers/node_modules/@tensorflow/tfjs-backend-wasm/package.json'))
  if (python === undefined) say('PyTorch is not there (Debian: apt-get install python3-torch libopenblas0): steps are timed without it')
  if (!tensorflow) say('TensorFlow.js is not there (npm ci --prefix bench/peers): steps are timed without it')
  return { python, tensorflow }
}

/** Everybody's copy of the setting, in files of a folder. */
const writtenOut = (folder, name, method, { train, test }) => {
  const trainer = trainerFor(name, method)
  const { network, learner: { dynamics: { layers } }, params } = trainer
  const A = simd64()
  const part = partOn(A, trainer, { job: jobOf(name, method), engine: 'simd64', train, test })
  const { theta } = part.setting.start()
  const entry = (title, shape, numbers) => {
    const file = join(folder, title)
    writeFileSync(file, Float64Array.from(numbers))
    return { name: title, shape, file }
  }
  const parameters = Object.fromEntries(Object.entries(params).map(([title, shape]) => [title, { shape, numbers: A.numbers(theta[title]) }]))
  const { x, y } = pixelRows(train, Array.from({ length: part.perEpoch }, (_, step) => part.plan(step).shards.flat()).flat())
  const maps = layers.map(({ map, units }) => map ?? [units])
  const { kind, sizes, T, K, epsilon, beta, rates, batch } = network
  const config = {
    kind, sizes, maps, T, K, epsilon, beta: epsilon * beta, rates, batch, method,
    parameters: Object.entries(parameters).map(([title, { shape, numbers }]) => entry(title, shape, numbers)),
    x: entry('x', [part.perEpoch, batch, ...maps[0]], x), y: entry('y', [part.perEpoch, batch, sizes.at(-1)], y),
  }
  const places = Math.max(...placesOf(layers, params))
  const allowance = allowanceOf({ T, K, beta, method, places, roundoff: unitRoundoff, ...sumsOf(parameters) })
  return { config, params, allowance, operations: operationsOf({ layers, params, T, K, batch }, method) }
}

/** Starts everyone. Each is { engine, threads, about, ask, end }. */
const contestantsOf = async (folder, name, method, config, data, { python, tensorflow }) => {
  const said = (title, value) => {
    const file = join(folder, `${title}.json`)
    writeFileSync(file, JSON.stringify(value))
    return file
  }
  const ours = async (engine, threads) =>
    ({ engine, threads, ...await contestant(process.execPath, [here('ours.mjs'), said(`${engine}-${threads}`, { name, method, engine, threads, data })]) })
  const torch = async (form) =>
    ({ engine: `pytorch ${form}`, threads: undefined, ...await contestant(python, [here('peers/step.py'), said(form, { ...config, hoisted: form === 'hoisted' })]) })
  const started = []
  try {
    for (const [engine, threads] of [['simd64', 1], ['simd32', 1], ['simd32', 2], ...(relaxed() ? [['simd32-fused', 1], ['simd32-fused', 2]] : []), ...(name === 'P-1h' ? [['reference', 1]] : [])]) started.push(await ours(engine, threads))
    if (python !== undefined) for (const form of ['published', 'hoisted']) started.push(await torch(form))
    if (tensorflow && method === 'ep' && config.kind !== 'convolutional')
      started.push({ engine: 'tfjs hoisted', threads: 1, ...await contestant(process.execPath, [here('peers/step.mjs'), said('tfjs', config)]) })
    return started
  } catch (error) {
    await Promise.all(started.map(({ end }) => end()))
    throw error
  }
}

/** Throws where gradients do not agree, or a peer took fewer steps; else how far they are apart. */
const agreementOf = async (folder, all, params, allowance, stepsOfPhases) => {
  const file = join(folder, 'gradient')
  const gradient = async ({ engine, ask }, command = 'gradient') => {
    const { steps: taken = stepsOfPhases } = await ask(command, file)
    // A state at rest does not tell how often it was computed.
    if (taken !== stepsOfPhases) throw new Error(`${engine}: expected ${stepsOfPhases} steps, got ${taken}`)
    return new Float64Array(new Uint8Array(readFileSync(file)).buffer)
  }
  const witness = await gradient(all.find(({ engine }) => engine === 'simd64'))
  const [gaps, distances] = [[], []]
  for (const one of all) {
    const { engine, threads } = one
    if (engine === 'simd64') continue
    const own = await gradient(one)
    // The reference has the bits of the witness.
    if (engine === 'reference') gaps.push({ engine, gap: gapOf(own, witness) === 0 ? 0 : Infinity })
    else distances.push({ engine: threads === undefined ? engine : `${engine} on ${threads}`, distance: farthestOf(params, own, witness) })
    if (engine.startsWith('pytorch')) gaps.push({ engine, gap: gapOf(await gradient(one, 'double'), witness) })
  }
  const wrong = disagreements(gaps, allowance, distances)
  if (wrong.length > 0) throw new Error(wrong.join('; '))
  const largest = witness.reduce((most, g) => Math.max(most, Math.abs(g)), 0)
  return { double: gaps.reduce((worst, { gap }) => Math.max(worst, gap), 0), allowance, largest, single: Object.fromEntries(distances.map(({ engine, distance }) => [engine, distance])) }
}

/** Time of a step, from as many as fill a while. */
const stepTime = async ({ ask }, once) => {
  const count = Math.max(1, Math.round(turn / once))
  return (await ask('run', count)).ms / count
}

/** Runs until what is hot is compiled; then the time of a step. */
const warmed = async (one) => {
  let [spent, steps, last] = [0, 0, 0]
  while (spent < warmUp || steps < 2) {
    const count = last === 0 ? 1 : Math.max(1, Math.round(turn / last))
    const { ms } = await one.ask('run', count)
    last = ms / count
    spent += ms
    steps += count
  }
  return last
}

/** Whoever takes so many times as long as the best so far is not tried further. */
const hopeless = 2

/**
 * Those who take part in the rounds: whoever has a fixed number of threads, and a peer that may be told, with its fastest setting of one thread and its fastest of
 * several, by a short trial of each. Both take part, and the one that was faster in the end counts: a trial sees too little to be trusted.
 */
const entrantsOf = async (one) => {
  if (one.threads !== undefined) return [{ ...one, once: await warmed(one) }]
  const cores = availableParallelism()
  const counts = [...new Set([1, cores])]
  const choices = one.about.settable ? counts.flatMap((blas) => counts.map((rest) => [blas, rest])) : counts.map((n) => [n, n])
  const trials = []
  for (const [blas, rest] of choices) {
    await one.ask('threads', `${blas},${rest}`)
    await one.ask('check', Math.max(blas, rest))
    const best = Math.min(...trials.map(({ once }) => once))
    await one.ask('run', 1)
    const second = (await one.ask('run', 1)).ms
    if (second < hopeless * best) {
      const first = second > turn ? second : await stepTime(one, await warmed(one))
      trials.push({ ...one, threads: Math.max(blas, rest), setting: { blas, rest }, once: Math.min(first, await stepTime(one, first)) })
    }
    await asleep(pause)
  }
  const single = trials.filter(({ threads }) => threads === 1)
  const several = trials.filter(({ threads }) => threads > 1)
  return [single, several].flatMap((some) => (some.length === 0 ? [] : [some.reduce((best, trial) => (trial.once < best.once ? trial : best))]))
}

/** A turn: so many steps, after one that is not timed where it does not take long: others have had the caches meanwhile. */
const turnOf = async ({ ask, setting, once }, count) => {
  if (setting !== undefined) await ask('threads', `${setting.blas},${setting.rest}`)
  if (once < turn) await ask('run', 1)
  return (await ask('run', count)).ms / count
}

/** One network by one method: its rows and what there is to say about them. */
const stepOf = async (name, method, { data, digits, seconds, peers }) => {
  const folder = mkdtempSync(join(tmpdir(), 'phifold-step-'))
  const { config, params, allowance, operations } = writtenOut(folder, name, method, digits)
  const started = await contestantsOf(folder, name, method, config, data, peers)
  try {
    const agreement = await agreementOf(folder, started, params, allowance, method === 'ep' ? config.T + config.K : config.T)
    const entrants = []
    for (const one of started) {
      entrants.push(...(await entrantsOf(one)).map((entrant) => ({ ...entrant, times: [] })))
      await asleep(pause)
    }
    const counts = entrants.map(({ once }) => Math.max(1, Math.round(turn / once)))
    const round = entrants.reduce((sum, { once }, i) => sum + counts[i] * once + pause, 0)
    const rounds = Math.min(most, Math.max(fewest, Math.floor(1000 * seconds / round)))
    for (let r = 0; r < rounds; r += 1)
      for (const [i, entrant] of entrants.entries()) {
        entrant.times.push(await turnOf(entrant, counts[i]))
        await asleep(pause)
      }
    const memory = []
    for (const { engine, threads = null, ask } of started) memory.push({ step: name, method, engine, threads, peakMb: (await ask('memory', 0)).peakMb })
    const all = entrants.map((entrant, i) => ({ ...entrant, steps: counts[i], ...spreadOf(entrant.times) }))
      .filter((one, _, them) => them.every((other) => other.engine !== one.engine || other.setting === undefined || one.medianMs <= other.medianMs))
    const rows = all.map(({ engine, threads, medianMs, p10Ms, p90Ms }) => ({ step: name, method, engine, threads, medianMs, p10Ms, p90Ms, gflops: operations / medianMs / 1e6 }))
    return {
      rows, memory, agreement: { step: name, method, ...agreement },
      turns: all.map(({ engine, threads, steps: count }) => ({ step: name, method, engine, threads, rounds, steps: count })),
      chosen: all.flatMap(({ engine, setting }) => (setting ? [{ step: name, method, engine, ...setting }] : [])),
      about: Object.assign({}, ...started.map(({ about }) => about)),
    }
  } finally {
    await Promise.all(started.map(({ end }) => end()))
    rmSync(folder, { recursive: true })
  }
}

/** The steps of the networks named. Rejects where gradients do not agree, or somebody ends before time. `say` is told how far it is. */
export const steps = async ({ names, methods, data, seconds }, say) => {
  const digits = await digitsFrom(data)
  const peers = await peersThere(say)
  const results = []
  for (const name of names)
    for (const method of methods) {
      say(`${name} by ${method} …`)
      try {
        results.push(await stepOf(name, method, { data, digits, seconds, peers }))
      } catch (error) {
        throw new Error(`${name} by ${method}: ${error.message}`, { cause: error })
      }
    }
  const all = (part) => results.flatMap((result) => result[part])
  return { digits: saidOf(digits), rows: all('rows'), memory: all('memory'), agreement: all('agreement'), turns: all('turns'), chosen: all('chosen'), about: Object.assign({}, ...all('about')) }
}
