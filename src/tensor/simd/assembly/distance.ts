/** How far apart two blocks of entries are, on SIMD128, once for f64 and f32. Addresses are in bytes, sizes in entries. */

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
