/** A training run for `crew.browser.ts`, the same on every thread, here and in Chromium: what its weights come to after some mini-batches, and after a test. */
import { begun, ep, initialise, innerNudged, layered, orThrow, seeded, sgd, sigm, simd32, squaredError, syntheticDigits } from 'phifold'
import { crewOf, type Thread, type TrainingPart, trainingPart } from 'phifold/threads'

export interface Setup {
  readonly seed: number
}

const hidden = 16
const batch = 6

export const partOf = ({ seed }: Setup): TrainingPart<ReturnType<ReturnType<typeof simd32>['neg']>> => {
  const [A, network] = [simd32(), innerNudged({ interaction: layered([784, hidden, 10]), activation: sigm, epsilon: 1 })]
  const digits = syntheticDigits(seed, 60)
  const set = {
    count: digits.count,
    at: (indices: readonly number[]) => ({
      x: A.of([indices.length, 784], indices.flatMap((i) => Array.from({ length: 784 }, (_, p) => (digits.pixels[784 * i + p] ?? 0) / 255))),
      y: A.of([indices.length, 10], indices.flatMap((i) => Array.from({ length: 10 }, (_, d) => (digits.labels[i] === d ? 1 : 0)))),
    }),
  }
  return trainingPart({
    algebra: A, params: network.params, optimiser: sgd, seed, batch, shard: batch, train: set, test: set,
    learner: { dynamics: network, cost: squaredError, method: ep(0.1, 5), T: 20, tolerance: 1e-4, unsettled: 'keep' },
    start: () => begun(A, sgd, initialise(A, network.params, seeded(seed))[0]),
    descent: () => ({ rates: { W1: 0.1, b1: 0.1, W2: 0.05, b2: 0.05 }, weightDecay: 0 }),
  })
}

export interface Ran {
  readonly weights: Readonly<Record<string, readonly number[]>>
  readonly test: unknown
  /** Threads that were begun beside this one. */
  readonly begun: number
}

export const ran = async (threads: number, spawn: () => Thread): Promise<Ran> => {
  const setup = { seed: 3 }
  const part = partOf(setup)
  let others = 0
  const crew = crewOf(part, { threads, setup, spawn: () => {
    others += 1
    return spawn()
  } })
  let training = part.setting.start()
  for (let i = 0; i < 25; i += 1) training = orThrow(await crew.step(training))
  const test = orThrow(await crew.test(training))
  await crew.end()
  return { weights: Object.fromEntries(Object.entries(training.theta).map(([name, p]) => [name, [...part.setting.algebra.numbers(p)]])), test, begun: others }
}
