/**
 * e^x, tanh x and the logistic function of doubles by + − × ÷ alone. So they have the same bits on every engine, in every browser and on
 * WebAssembly SIMD (tensor/simd/assembly/functions.ts does the same in the same order), which ECMAScript does not promise of Math.exp
 * and Math.tanh. exponential-single.ts has the same for singles.
 *
 * With n the whole number nearest to x log₂e and r = x − n ln 2, so |r| ≤ ½ ln 2 up to rounding,
 *
 *     e^x = 2ⁿ (1 + p)        p = e^r − 1 = r + w        w = r² (1/2! + r/3! + r²/4! + …)
 *
 * ln 2 is the sum of a short double, of which any n takes a multiple without rounding, and a small rest. Errors, with u the unit roundoff:
 * w is at most 0.07 and off by 0.2 u, r and its sum with w by u/4 each, and 1 + p is rounded once more: e^x is within 2u, relatively.
 *
 * tanh is odd and has no cancellation in q/(q + 2), where q = e^z − 1 and z = 2|x| ≥ 0. With c what rounding r left out and e = 2ⁿ,
 *
 *     q = (e r + (e − 1)) + e (w + c)
 *
 * For n = 0 that is r + w, within 1.5 u. For n ≥ 1 the first sum is off by at most u/2 where it is below 1, and not at all below ½; the second
 * summand by 0.15 u e. So q is within 2.5 u where it is least, and the quotient, whose condition number is 2/(q + 2), within 4u altogether.
 * 1/(1 + e^−x) is within 2u of the exponential, u of the sum and u of the quotient: 4u. Subnormal results are off by their last bit.
 *
 * Law: L14.float64.exponential holds them against whole-number arithmetic.
 */

/** 1.5 · 2⁵²: adding and subtracting it rounds to the nearest whole number. */
const WHOLE = 6755399441055744
/** ln 2: a double whose last 33 bits are zero, and the rest. */
const [HIGH, LOW] = [0.6931471803691238, 1.9082149292705877e-10] as const
/** Below and above these e^x is 0 and ∞. */
const [LEAST, MOST] = [-746, 710] as const
/** tanh is ±1 beyond. */
const SATURATED = 20

/** 2ⁿ for |n| ≤ 600. */
const powers = Float64Array.from({ length: 1201 }, (_, i) => 2 ** (i - 600))
const power = (n: number): number => powers[n + 600] as number

const nearest = (x: number): number => x * Math.LOG2E + WHOLE - WHOLE

/** w: the terms r^k / k! for k = 2 … 13, in pairs and fours, which a processor adds up side by side (Estrin's scheme). */
const bend = (r: number): number => {
  const r2 = r * r
  const first = 1 / 2 + 1 / 6 * r + (1 / 24 + 1 / 120 * r) * r2
  const second = 1 / 720 + 1 / 5040 * r + (1 / 40320 + 1 / 362880 * r) * r2
  const third = 1 / 3628800 + 1 / 39916800 * r + (1 / 479001600 + 1 / 6227020800 * r) * r2
  const r4 = r2 * r2
  return r2 * (first + (second + third * r4) * r4)
}

/** e^x within 2u, relatively; 0 below −745.2 and ∞ above 709.8. */
export const exp = (x: number): number => {
  if (Number.isNaN(x)) return x
  const within = x < LEAST ? LEAST : x > MOST ? MOST : x
  const n = nearest(within)
  const r = within - n * HIGH - n * LOW
  // In two factors, since 2ⁿ itself may be out of range.
  const half = Math.floor(n / 2)
  return (1 + (r + bend(r))) * power(half) * power(n - half)
}

/** tanh x within 4u, relatively; odd, and at most 1 in size. */
export const tanh = (x: number): number => {
  if (Number.isNaN(x)) return x
  const size = Math.abs(x)
  const z = 2 * (size < SATURATED ? size : SATURATED)
  const n = nearest(z)
  const [long, rest] = [z - n * HIGH, n * LOW]
  const r = long - rest
  const c = long - r - rest
  const e = power(n)
  const q = e * r + (e - 1) + e * (bend(r) + c)
  const y = q / (q + 2)
  return x < 0 || Object.is(x, -0) ? -y : y
}

/** 1 / (1 + e^−x) within 4u, relatively. */
export const logistic = (x: number): number => 1 / (1 + exp(-x))
