/**
 * Element-wise operations on SIMD128, once for f64 and f32. Addresses are in bytes, sizes in entries; results take the place of x. The last
 * vector is always whole: what it holds beyond the last entry, the caller must be able to spare.
 */

/** Bytes of the vectors that hold so many entries. */
// @ts-ignore: decorator
@inline export function vectors<T>(count: i32): usize {
  return (<usize>count * sizeof<T>() + 15) & ~15
}

export function fillOf<T>(x: usize, c: T, count: i32): void {
  const value = v128.splat<T>(c)
  const size = vectors<T>(count)
  for (let i: usize = 0; i < size; i += 16) v128.store(x + i, value)
}

export function scaleOf<T>(x: usize, c: T, count: i32): void {
  const factor = v128.splat<T>(c)
  const size = vectors<T>(count)
  for (let i: usize = 0; i < size; i += 16) v128.store(x + i, v128.mul<T>(factor, v128.load(x + i)))
}

export function divideOf<T>(x: usize, c: T, count: i32): void {
  const divisor = v128.splat<T>(c)
  const size = vectors<T>(count)
  for (let i: usize = 0; i < size; i += 16) v128.store(x + i, v128.div<T>(v128.load(x + i), divisor))
}

export function negateOf<T>(x: usize, count: i32): void {
  const size = vectors<T>(count)
  for (let i: usize = 0; i < size; i += 16) v128.store(x + i, v128.neg<T>(v128.load(x + i)))
}

export function addOf<T>(x: usize, y: usize, count: i32): void {
  const size = vectors<T>(count)
  for (let i: usize = 0; i < size; i += 16) v128.store(x + i, v128.add<T>(v128.load(x + i), v128.load(y + i)))
}

export function subtractOf<T>(x: usize, y: usize, count: i32): void {
  const size = vectors<T>(count)
  for (let i: usize = 0; i < size; i += 16) v128.store(x + i, v128.sub<T>(v128.load(x + i), v128.load(y + i)))
}

export function multiplyEachOf<T>(x: usize, y: usize, count: i32): void {
  const size = vectors<T>(count)
  for (let i: usize = 0; i < size; i += 16) v128.store(x + i, v128.mul<T>(v128.load(x + i), v128.load(y + i)))
}

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
