/**
 * A contestant of our own, in a process of its own: the training step as `phifold train` runs it, on so many threads. `node ours.mjs CONFIG.json` with { name, method, engine,
 * threads, data }; answers one line of JSON for each line:
 *
 *     gradient FILE   the mean gradient of the first mini-batch at the first parameters, as doubles, in the order of the parameters
 *     run N           N steps, each from where the one before left: { ms }, for all of them
 *     memory 0        { peakMb } of the process so far
 *
 * With the gradient goes a check that a step of the crew is the same, bit for bit, as one of this thread alone.
 */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { orThrow } from '../dist/index.js'
import { crewFor } from '../dist/cli/crew.js'
import { engines } from '../dist/cli/engine.js'
import { partOn } from '../dist/cli/training-part.js'
import { digitsFrom, jobOf, trainerFor } from './setting.mjs'

const { name, method, engine, threads, data } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const job = jobOf(name, method)
const trainer = trainerFor(name, method)
const { train, test } = await digitsFrom(data)

await engines[engine]().run(async (A) => {
  const whole = { job, engine, train, test }
  const part = partOn(A, trainer, whole)
  const crew = crewFor(part, whole, threads)
  let training = part.setting.start()
  const names = Object.keys(trainer.params)

  const gradient = async (file) => {
    const { shards, occasion, descent } = part.plan(0)
    const start = part.setting.start()
    const sums = shards.map((shard) => orThrow(part.pull(start.theta, shard, occasion)))
    const { gradient: sum, tally } = part.together(sums)
    const all = names.map((title) => A.numbers(A.over(sum[title], tally.samples)))
    writeFileSync(file, Buffer.concat(all.map((numbers) => Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength))))
    training = orThrow(await crew.step(training))
    const alone = part.advance(start, sums, descent)
    for (const title of names) assert(A.equals(training.theta[title], alone.theta[title]), `${title} after a step of ${threads} threads`)
    return {}
  }
  const run = async (count) => {
    const start = performance.now()
    for (let i = 0; i < count; i += 1) {
      const stepping = crew.step(training)
      training = orThrow(stepping instanceof Promise ? await stepping : stepping)
    }
    return { ms: performance.now() - start }
  }
  const answers = { gradient, run: (count) => run(Number(count)), memory: () => ({ peakMb: process.resourceUsage().maxRSS / 1024 }) }

  console.log(JSON.stringify({ node: process.version }))
  for await (const line of createInterface({ input: process.stdin })) {
    const [command, argument] = line.split(' ')
    console.log(JSON.stringify(await answers[command](argument)))
  }
  await crew.end()
})
