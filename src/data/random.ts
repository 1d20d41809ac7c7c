/**
 * Randomness as a value: every draw takes a generator and returns the numbers with the next generator. Nothing is
 * mutated, so the same generator always gives the same numbers, and it can be kept in a checkpoint (it is plain data).
 *
 * Source: Mersenne Twister MT19937 (Matsumoto & Nishimura 1998) from pure-rand; xorshift32 from Marsaglia, "Xorshift
 * RNGs" (2003), triple (13, 17, 5).
 * Numerics: 53-bit doubles made of two outputs, (a >>> 5) 2^26 + (b >>> 6) over 2^53: the numbers of NumPy's
 * RandomState(seed).random_sample. Only exact operations and one rounding per product and sum, so all platforms agree.
 */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { mersenne, mersenneFromState } from 'pure-rand/generator/mersenne'

/** A generator as an immutable value: treat the content as opaque, pass it on. 625 integers, frozen. */
export interface Random {
  /** Tells it from other values. */
  readonly _tag: 'Random'
  /** The generator's 625 integers: plain data, to be kept in a checkpoint. */
  readonly state: readonly number[]
}

/** pure-rand's generators mutate themselves; this one belongs to a single draw and is dropped after it. */
type Engine = ReturnType<typeof mersenne>

const frozen = (engine: Engine): Random =>
  Object.freeze({ _tag: 'Random', state: Object.freeze([...engine.getState()]) })

const drawn = <A>(rng: Random, draw: (engine: Engine) => A): readonly [A, Random] => {
  const engine = mersenneFromState(rng.state)
  const value = draw(engine)
  return [value, frozen(engine)]
}

const requireCount = (where: string, n: number): void => {
  if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(`${where}: expected a count of 0 or more, got ${n}`)
}

const requireSeed = (where: string, seed: number, least: number): void => {
  if (!Number.isInteger(seed) || seed < least || seed >= 2 ** 32) {
    throw new RangeError(`${where}: expected an integer seed from ${least} to 4294967295, got ${seed}`)
  }
}

/**
 * The generator that starts from a seed.
 * @throws RangeError unless the seed is an integer from 0 to 2^32 - 1 (others would silently share a stream).
 */
export const seeded = (seed: number): Random => {
  requireSeed('seeded', seed, 0)
  return frozen(mersenne(seed))
}

/**
 * n doubles, uniform in [low, high), and the next generator. 53 random bits each.
 * @throws RangeError on a negative count, an empty interval, or bounds whose distance is not finite.
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { seeded, uniforms } from 'phifold'
 *
 * const [three, next] = uniforms(seeded(7), 3, -1, 1)
 * assert.deepEqual(uniforms(seeded(7), 3, -1, 1)[0], three) // a generator is a value
 * assert.notDeepEqual(uniforms(next, 3, -1, 1)[0], three)
 * ```
 */
export const uniforms = (rng: Random, n: number, low: number, high: number): readonly [readonly number[], Random] => {
  requireCount('uniforms', n)
  const width = high - low
  if (!(width > 0 && Number.isFinite(width))) {
    throw new RangeError(`uniforms: expected finite bounds with low < high, got [${low}, ${high})`)
  }
  return drawn(rng, (engine) => {
    const values: number[] = []
    while (values.length < n) {
      const a = engine.next() >>> 5
      const b = engine.next() >>> 6
      const value = low + width * ((a * 2 ** 26 + b) * 2 ** -53)
      // The sum may round up to `high`, which is not in the interval: draw again (those near `low` cannot, so this ends).
      if (value < high) values.push(value)
    }
    return values
  })
}

/**
 * k different integers of 0 … n-1 in random order, all ordered choices equally likely, and the next generator.
 * @throws RangeError unless 0 ≤ k ≤ n < 2^32.
 */
export const sampled = (rng: Random, k: number, n: number): readonly [readonly number[], Random] => {
  requireCount('sampled', k)
  requireCount('sampled', n)
  if (k > n || n >= 2 ** 32) throw new RangeError(`sampled: expected k <= n < 2^32, got k = ${k} and n = ${n}`)
  return drawn(rng, (engine) => {
    // Fisher-Yates from the front, stopped after k places: place i gets one of the entries not yet taken.
    const order = Array.from({ length: n }, (_, i) => i)
    for (let i = 0; i < k; i += 1) {
      const j = uniformInt(engine, i, n - 1)
      const taken = order[j] ?? j
      order[j] = order[i] ?? i
      order[i] = taken
    }
    return order.slice(0, k)
  })
}

/** A permutation of 0 … n-1, all equally likely, and the next generator. */
export const shuffled = (rng: Random, n: number): readonly [readonly number[], Random] => sampled(rng, n, n)

/**
 * The first n outputs of the 32-bit xorshift generator, unsigned: the state (at first the seed) is advanced, then
 * returned. The last output is the seed that continues the stream. For reproducible reference weights, not for sampling.
 * @throws RangeError unless the seed is an integer from 1 to 2^32 - 1 (zero is a fixed point of xorshift).
 */
export const xorshift32 = (seed: number, n: number): readonly number[] => {
  requireSeed('xorshift32', seed, 1)
  requireCount('xorshift32', n)
  const outputs: number[] = []
  let state = seed
  for (let i = 0; i < n; i += 1) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    outputs.push(state >>> 0)
  }
  return outputs
}

/** n values 2 u / 2^32 - 1 in [-1, 1), exact, u the outputs of xorshift32(seed); the caller scales them. */
export const xorshiftUniforms = (seed: number, n: number): readonly number[] =>
  xorshift32(seed, n).map((u) => (2 * u) / 2 ** 32 - 1)
