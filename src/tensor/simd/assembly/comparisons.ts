/** Comparisons of entries, once for f64 and f32: how far apart two blocks are, on SIMD128, whether there is any distance, and which of some is the largest. Addresses are in bytes, sizes in entries. */

/** The largest |x − y|: 0 where both are the same infinity, NaN as soon as one entry is. */
export function farthestOf<T>(x: usize, y: usize, count: i32): T {
  const lanes = 16 / <i32>sizeof<T>()
  let most = v128.splat<T>(<T>0)
  let i: usize = 0
  for (const end = <usize>(count - count % lanes) * sizeof<T>(); i < end; i += 16) {
    const a = v128.load(x + i)
    const b = v128.load(y + i)
    most = v128.max<T>(most, v128.andnot(v128.abs<T>(v128.sub<T>(a, b)), v128.eq<T>(a, b)))
  }
  most = v128.max<T>(most, v128.shuffle<f64>(most, most, 1, 0))
  if (sizeof<T>() == 4) most = v128.max<T>(most, v128.shuffle<f32>(most, most, 1, 0, 3, 2))
  let farthest = v128.extract_lane<T>(most, 0)
  for (const end = <usize>count * sizeof<T>(); i < end; i += sizeof<T>()) {
    const a = load<T>(x + i)
    const b = load<T>(y + i)
    if (a != b) farthest = max<T>(farthest, abs<T>(a - b))
  }
  return farthest
}

/** Whether all entries equal those at another place, which NaN never does; known at the first that does not. */
export function sameOf<T>(x: usize, y: usize, count: i32): bool {
  const whole = x + (<usize>count * sizeof<T>() & ~15)
  for (; x < whole; x += 16, y += 16) if (v128.any_true(v128.ne<T>(v128.load(x), v128.load(y)))) return false
  for (const end = whole + (<usize>count * sizeof<T>() & 15); x < end; x += sizeof<T>(), y += sizeof<T>()) if (load<T>(x) != load<T>(y)) return false
  return true
}

/**
 * Of each of so many rows of positions the first whose value is the largest, NaN above all, into `out`. Without a branch, since which one it is cannot
 * be foreseen: the largest so far is read again, because engines branch to choose between numbers that are not whole.
 */
export function largestOf<T>(values: usize, at: usize, rows: i32, length: i32, out: usize): void {
  for (const end = out + (<usize>rows << 2); out < end; out += 4) {
    let best = load<i32>(at)
    const last = at + (<usize>length << 2)
    for (at += 4; at < last; at += 4) {
      const k = load<i32>(at)
      const value = load<T>(values + <usize>k * sizeof<T>())
      const most = load<T>(values + <usize>best * sizeof<T>())
      best = select(k, best, <i32>!(value <= most) & <i32>(most == most))
    }
    store<i32>(out, best)
  }
}
