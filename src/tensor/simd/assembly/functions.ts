/**
 * Functions entry by entry on SIMD128, once for f64 and f32: what number/exponential.ts and exponential-single.ts do, in the same order, two or
 * four entries at a time. Addresses are in bytes, sizes in entries; results take the place of x. The last vector is always whole: what it holds
 * beyond the last entry, the caller must be able to spare. NaN stays NaN.
 */

/** Bytes of the vectors that hold so many entries. */
// @ts-ignore: decorator
@inline function vectors<T>(count: i32): usize {
  return (<usize>count * sizeof<T>() + 15) & ~15
}

// Constants lie in memory: loading one takes a step of the processor, building it takes several. In this order:
const PER_LN2 = 0, WHOLE = 1, HIGH = 2, LOW = 3, LEAST = 4, MOST = 5, SATURATED = 6, ONE = 7, TWO = 8
/** And from here on 1/k! for k = 2, 3, … */
const RECIPROCALS = 9

const doubles = memory.data<f64>([
  1.4426950408889634, 6755399441055744, 0.6931471803691238, 1.9082149292705877e-10, -746, 710, 20, 1, 2,
  1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040, 1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800,
])
const singles = memory.data<f32>([
  1.4426950408889634, 12582912, 0.693359375, -0.00021219444005469057, -104, 89, 20, 1, 2,
  1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040, 1.0 / 40320,
])

// @ts-ignore: decorator
@inline function constant<T>(nth: i32): v128 {
  return v128.load_splat<T>((sizeof<T>() == 8 ? doubles : singles) + nth * sizeof<T>())
}

/** The nearest whole number to x log₂e, with WHOLE added: its last bits are that number. */
// @ts-ignore: decorator
@inline function counted<T>(x: v128): v128 {
  return v128.add<T>(v128.mul<T>(x, constant<T>(PER_LN2)), constant<T>(WHOLE))
}

/** 2ⁿ from n in the last bits of a whole number, of which the others may be anything. */
// @ts-ignore: decorator
@inline function power<T>(n: v128): v128 {
  return sizeof<T>() == 8
    ? v128.shl<i64>(v128.add<i64>(n, v128.splat<i64>(1023)), 52)
    : v128.shl<i32>(v128.add<i32>(n, v128.splat<i32>(127)), 23)
}

/** a + b r. */
// @ts-ignore: decorator
@inline function line<T>(a: v128, b: v128, r: v128): v128 {
  return v128.add<T>(a, v128.mul<T>(b, r))
}

/** 1/k! + r/(k + 1)!. */
// @ts-ignore: decorator
@inline function pair<T>(k: i32, r: v128): v128 {
  return line<T>(reciprocal<T>(k), reciprocal<T>(k + 1), r)
}

/** Σ r^k / k! from k = 2 to 8, of singles, from 1/k!: a loop that has them in registers hands them over. */
// @ts-ignore: decorator
@inline function bendBy<T>(r: v128, k2: v128, k3: v128, k4: v128, k5: v128, k6: v128, k7: v128, k8: v128): v128 {
  const r2 = v128.mul<T>(r, r)
  const r4 = v128.mul<T>(r2, r2)
  const first = line<T>(line<T>(k2, k3, r), line<T>(k4, k5, r), r2)
  const rest = line<T>(line<T>(k6, k7, r), k8, r2)
  return v128.mul<T>(r2, line<T>(first, rest, r4))
}

/** 1/k!. */
// @ts-ignore: decorator
@inline function reciprocal<T>(k: i32): v128 {
  return constant<T>(RECIPROCALS + k - 2)
}

/** Σ r^k / k! from k = 2. */
// @ts-ignore: decorator
@inline function bend<T>(r: v128): v128 {
  if (sizeof<T>() == 4)
    return bendBy<T>(r, reciprocal<T>(2), reciprocal<T>(3), reciprocal<T>(4), reciprocal<T>(5), reciprocal<T>(6), reciprocal<T>(7), reciprocal<T>(8))
  const r2 = v128.mul<T>(r, r)
  const r4 = v128.mul<T>(r2, r2)
  const first = line<T>(pair<T>(2, r), pair<T>(4, r), r2)
  const rest = line<T>(line<T>(pair<T>(6, r), pair<T>(8, r), r2), line<T>(pair<T>(10, r), pair<T>(12, r), r2), r4)
  return v128.mul<T>(r2, line<T>(first, rest, r4))
}

/** Bytes of a stretch on which one stage after the other is carried out. */
// @ts-ignore: decorator
@inline const STRETCH: usize = 1024
/** Where the stages of a stretch leave what the last one needs: whole numbers to which x log₂e was rounded. */
const counts = memory.data(1024)

/**
 * e^x, or 1 / (1 + e^−x) with `logistic`, in three stages: a processor looks only so far ahead, so the long chain of one entry would keep
 * those of the next ones from beginning. Each stage needs few constants, which stay in registers.
 */
// @ts-ignore: decorator
@inline function exponentials<T>(x: usize, count: i32, logistic: bool): void {
  const end = x + vectors<T>(count)
  for (; x < end; x += STRETCH) {
    const stop = min(x + STRETCH, end)
    reduced<T>(x, stop, logistic)
    bent<T>(x, stop)
    if (logistic) inverted<T>(x, stop)
    else raised<T>(x, stop)
  }
}

/** e to less than this is not seen in 1 + e^−x, and to this it has an exponent: 2ⁿ with n no less than −126, of doubles −1022. */
// @ts-ignore: decorator
@inline function leastSeen<T>(): v128 {
  return v128.splat<T>(<T>(sizeof<T>() == 8 ? -708 : -87))
}

/** First stage: x becomes r with x = n ln 2 + r. */
// @ts-ignore: decorator
@inline function reduced<T>(x: usize, stop: usize, negated: bool): void {
  const perLn2 = constant<T>(PER_LN2), whole = constant<T>(WHOLE), high = constant<T>(HIGH), low = constant<T>(LOW)
  const least = negated ? leastSeen<T>() : constant<T>(LEAST), most = constant<T>(MOST), zero = v128.splat<T>(<T>0)
  for (let i = x, at: usize = counts; i < stop; i += 16, at += 16) {
    let v = v128.load(i)
    if (negated) v = v128.sub<T>(zero, v)
    // These keep NaN, and take one step each where the others take several.
    const within = v128.pmin<T>(v128.pmax<T>(v, least), most)
    const t = v128.add<T>(v128.mul<T>(within, perLn2), whole)
    const n = v128.sub<T>(t, whole)
    v128.store(at, t)
    v128.store(i, v128.sub<T>(v128.sub<T>(within, v128.mul<T>(n, high)), v128.mul<T>(n, low)))
  }
}

/** Second stage: r becomes e^r. */
// @ts-ignore: decorator
@inline function bent<T>(x: usize, stop: usize): void {
  const one = constant<T>(ONE)
  if (sizeof<T>() == 4) {
    const k2 = reciprocal<T>(2), k3 = reciprocal<T>(3), k4 = reciprocal<T>(4), k5 = reciprocal<T>(5), k6 = reciprocal<T>(6), k7 = reciprocal<T>(7), k8 = reciprocal<T>(8)
    for (let i = x; i < stop; i += 16) {
      const r = v128.load(i)
      v128.store(i, v128.add<T>(one, v128.add<T>(r, bendBy<T>(r, k2, k3, k4, k5, k6, k7, k8))))
    }
    return
  }
  for (let i = x; i < stop; i += 16) {
    const r = v128.load(i)
    v128.store(i, v128.add<T>(one, v128.add<T>(r, bend<T>(r))))
  }
}

/** Third stage: e^r becomes e^x. */
// @ts-ignore: decorator
@inline function raised<T>(x: usize, stop: usize): void {
  const whole = constant<T>(WHOLE)
  for (let i = x, at: usize = counts; i < stop; i += 16, at += 16) {
    const t = v128.load(at)
    // n in two halves, the lesser first; 4096 makes it positive, so that shifting rounds down, and goes again.
    let half: v128, rest: v128
    if (sizeof<T>() == 8) {
      const n = v128.sub<i64>(t, whole)
      half = v128.sub<i64>(v128.shr<u64>(v128.add<i64>(n, v128.splat<i64>(4096)), 1), v128.splat<i64>(2048))
      rest = v128.sub<i64>(n, half)
    } else {
      const n = v128.sub<i32>(t, whole)
      half = v128.shr<i32>(n, 1)
      rest = v128.sub<i32>(n, half)
    }
    v128.store(i, v128.mul<T>(v128.mul<T>(v128.load(i), power<T>(half)), power<T>(rest)))
  }
}

/**
 * Third stage of the logistic function: e^r becomes 1 / (1 + 2ⁿ e^r). Since n is not small (leastSeen), 2ⁿ⁻¹ and a doubling do: the largest n is one too many for an
 * exponent, and where 2ⁿ⁻¹ is too small for one, nothing of it is seen.
 */
// @ts-ignore: decorator
@inline function inverted<T>(x: usize, stop: usize): void {
  const one = constant<T>(ONE)
  for (let i = x, at: usize = counts; i < stop; i += 16, at += 16) {
    const t = v128.load(at)
    const half = sizeof<T>() == 8
      ? v128.shl<i64>(v128.add<i64>(t, v128.splat<i64>(1022)), 52)
      : v128.shl<i32>(v128.add<i32>(t, v128.splat<i32>(126)), 23)
    const y = v128.mul<T>(v128.load(i), half)
    v128.store(i, v128.div<T>(one, v128.add<T>(one, v128.add<T>(y, y))))
  }
}

// @ts-ignore: decorator
@inline function hyperbolic<T>(x: v128): v128 {
  const one = constant<T>(ONE)
  const size = v128.pmin<T>(v128.abs<T>(x), constant<T>(SATURATED))
  const z = v128.add<T>(size, size)
  const t = counted<T>(z)
  const n = v128.sub<T>(t, constant<T>(WHOLE))
  const long = v128.sub<T>(z, v128.mul<T>(n, constant<T>(HIGH)))
  const rest = v128.mul<T>(n, constant<T>(LOW))
  const r = v128.sub<T>(long, rest)
  const c = v128.sub<T>(v128.sub<T>(long, r), rest)
  const e = power<T>(t)
  const q = v128.add<T>(
    v128.add<T>(v128.mul<T>(e, r), v128.sub<T>(e, one)),
    v128.mul<T>(e, v128.add<T>(bend<T>(r), c)))
  const y = v128.div<T>(q, v128.add<T>(q, constant<T>(TWO)))
  return v128.bitselect(x, y, v128.splat<T>(<T>-0.0))
}

export function expOf<T>(x: usize, count: i32): void {
  exponentials<T>(x, count, false)
}

export function tanhOf<T>(x: usize, count: i32): void {
  const size = vectors<T>(count)
  for (let i: usize = 0; i < size; i += 16) v128.store(x + i, hyperbolic<T>(v128.load(x + i)))
}

export function logisticOf<T>(x: usize, count: i32): void {
  exponentials<T>(x, count, true)
}
