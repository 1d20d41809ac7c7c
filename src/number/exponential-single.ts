/**
 * e^x, tanh x and the logistic function of singles: exponential.ts with every operation rounded to a single, and a few terms less. Its error
 * bounds hold with u = 2⁻²⁴. This is what simd32 is held to, not what computes there.
 *
 * Law: L14.float32.exponential.
 */

const fl = Math.fround
/** 1.5 · 2²³. */
const WHOLE = 12582912
/** ln 2: a single whose last 15 bits are zero, 355/512, and the rest. */
const [HIGH, LOW] = [0.693359375, fl(-0.00021219444005469057)] as const
const PER_LN2 = fl(Math.LOG2E)
const [LEAST, MOST] = [-104, 89] as const
const SATURATED = 20
const nearest = (x: number): number => fl(fl(fl(x * PER_LN2) + WHOLE) - WHOLE)

/** a + b r */
const line = (a: number, b: number, r: number): number => fl(a + fl(b * r))
const reciprocal = (factorial: number): number => fl(1 / factorial)

/** The terms r^k / k! for k = 2 … 8. */
const bend = (r: number): number => {
  const r2 = fl(r * r)
  const first = line(line(reciprocal(2), reciprocal(6), r), line(reciprocal(24), reciprocal(120), r), r2)
  const second = line(line(reciprocal(720), reciprocal(5040), r), reciprocal(40320), r2)
  return fl(r2 * line(first, second, fl(r2 * r2)))
}

/** e^x within 2u, relatively. */
export const exp = (x: number): number => {
  if (Number.isNaN(x)) return x
  const within = x < LEAST ? LEAST : x > MOST ? MOST : x
  const n = nearest(within)
  const r = fl(fl(within - fl(n * HIGH)) - fl(n * LOW))
  const half = Math.floor(n / 2)
  return fl(fl(fl(1 + fl(r + bend(r))) * 2 ** half) * 2 ** (n - half))
}

/** tanh x within 4u, relatively. */
export const tanh = (x: number): number => {
  if (Number.isNaN(x)) return x
  const size = Math.abs(x)
  const z = 2 * (size < SATURATED ? size : SATURATED)
  const n = nearest(z)
  const [long, rest] = [fl(z - fl(n * HIGH)), fl(n * LOW)]
  const r = fl(long - rest)
  const c = fl(fl(long - r) - rest)
  const e = 2 ** n
  const q = fl(fl(fl(e * r) + fl(e - 1)) + fl(e * fl(bend(r) + c)))
  const y = fl(q / fl(q + 2))
  return x < 0 || Object.is(x, -0) ? -y : y
}

/** 1 / (1 + e^−x) within 4u, relatively. */
export const logistic = (x: number): number => fl(1 / fl(1 + exp(-x)))
