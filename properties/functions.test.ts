/** exp, tanh and the logistic function on SIMD have the bits of number/exponential.ts and exponential-single.ts: all over the line of numbers, and around every limit at which they take another way. */
import { expect, test } from 'vitest'
import * as double from '../src/number/exponential.ts'
import * as single from '../src/number/exponential-single.ts'
import type { Algebra, Op } from '../src/tensor/algebra.ts'
import { simd32, simd64 } from '../src/tensor/simd/interpreter.ts'

const limits = [0, 16, 17, 20, 87, 88, 88.72, 89, 103, 104, 708, 709.78, 710, 745.13, 746, Infinity].flatMap((x) => [x, -x])

/** Singles whose bits are `step` apart, NaN, and on either side of every limit `beside` numbers, each a unit of the last place from the next. */
const numbersOf = (bits: 32 | 64, step: number, beside: number): Float64Array => {
  const [singles, doubles] = [new Float32Array(1), new Float64Array(1)]
  const [words, longs] = [new Uint32Array(singles.buffer), new BigInt64Array(doubles.buffer)]
  const single = (word: number): number => {
    words[0] = word
    return singles[0] as number
  }
  const next = (x: number, by: number): number => {
    if (bits === 32) {
      singles[0] = x
      return single((words[0] as number) + by)
    }
    doubles[0] = x
    longs[0] = (longs[0] as bigint) + BigInt(by)
    return doubles[0]
  }
  const everywhere = Array.from({ length: Math.floor(2 ** 32 / step) }, (_, i) => single(i * step))
  return Float64Array.from([...everywhere, NaN, ...limits.flatMap((x) => Array.from({ length: 2 * beside + 1 }, (_, i) => next(x, i - beside)))])
}

test.each([
  ['simd32', 32, simd32() as Algebra<Op, unknown>, single], ['simd64', 64, simd64() as Algebra<Op, unknown>, double],
] as const)('%s', (_, bits, A, { exp, tanh, logistic }) => {
  const numbers = numbersOf(bits, 65521, 500)
  const x = A.of([numbers.length], numbers)
  const told = A.numbers(x)
  for (const [name, f] of Object.entries({ exp, tanh, logistic })) {
    const [ours, theirs] = [A.numbers(A[name as 'exp'](x)), told.map(f)]
    expect(Array.from(numbers.keys()).filter((i) => !Object.is(ours[i], theirs[i])).map((i) => [name, told[i], ours[i], theirs[i]])).toEqual([])
  }
})
