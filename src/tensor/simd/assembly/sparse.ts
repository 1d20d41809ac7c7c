/**
 * Products whose left factor is mostly zeros, as pixels, saturated units and maps after unpooling are: a row of the result adds up only what
 * entries that are not zero contribute, in the order of the inner index. A term 0 · b is 0 where b is finite, and a sum that began with 0 does not
 * change by it: bit for bit what multiply gives, as long as all of b is finite, which the caller has to know.
 *
 * Addresses are in bytes, sizes in entries; panels of b as in products.ts. They are not needed here: b may also lie as it is.
 */

import { copyFew, plusProduct, WIDTH } from './products'

/** Bytes that are counted at a time. */
// @ts-ignore: decorator
@inline const STRETCH: usize = 1024

/** How many of `count` entries are not zero, as NaN is not; once there are more than `most`, some number above it. */
export function nonzerosOf<T>(x: usize, count: i32, most: i32): i32 {
  const zero = v128.splat<T>(<T>0)
  const end = x + <usize>count * sizeof<T>()
  let found = 0
  while (x + STRETCH <= end) {
    let off = v128.splat<i32>(0)
    for (const stop = x + STRETCH; x < stop; x += 16) off = sizeof<T>() == 8 ? v128.sub<i64>(off, v128.ne<T>(v128.load(x), zero)) : v128.sub<i32>(off, v128.ne<T>(v128.load(x), zero))
    found += v128.extract_lane<i32>(off, 0) + v128.extract_lane<i32>(off, 2)
    if (sizeof<T>() == 4) found += v128.extract_lane<i32>(off, 1) + v128.extract_lane<i32>(off, 3)
    if (found > most) return found
  }
  for (; x < end; x += sizeof<T>()) found += <i32>(load<T>(x) != <T>0)
  return found
}

/** Whether all entries of so many whole vectors are finite: then each less itself is 0. */
export function finiteOf<T>(x: usize, size: usize): bool {
  let off = v128.splat<T>(<T>0)
  for (const end = x + size; x < end; x += 16) {
    const v = v128.load(x)
    off = v128.or(off, v128.sub<T>(v, v))
  }
  return !v128.any_true(off)
}

/** Places, `step` bytes from one inner index to the next, and values of a row's entries that are not zero: k entries one after the other, or where each of `offsets` says. The number of them. */
// @ts-ignore: decorator
@inline function listed<T>(row: usize, offsets: usize, k: i32, step: i32, places: usize, values: usize): i32 {
  let count = 0
  for (let j = 0; j < k; j++) {
    const x = load<T>(offsets == 0 ? row + <usize>j * sizeof<T>() : row + <usize>load<i32>(offsets + <usize>j * 4))
    store<i32>(places + <usize>count * 4, j * step)
    store<T>(values + <usize>count * sizeof<T>(), x)
    count += <i32>(x != <T>0)
  }
  return count
}

/** A row's entries in four panels of b, which lie `apart` from each other, one after the other at `out`. */
function strip4<T>(places: usize, values: usize, count: i32, b: usize, apart: usize, out: usize): void {
  let c0 = v128.splat<T>(<T>0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0
  for (const end = places + <usize>count * 4; places < end; places += 4, values += sizeof<T>()) {
    let at = b + <usize>load<i32>(places)
    const x = v128.load_splat<T>(values)
    c0 = plusProduct<T>(c0, x, v128.load(at))
    c1 = plusProduct<T>(c1, x, v128.load(at, 16))
    at += apart
    c2 = plusProduct<T>(c2, x, v128.load(at))
    c3 = plusProduct<T>(c3, x, v128.load(at, 16))
    at += apart
    c4 = plusProduct<T>(c4, x, v128.load(at))
    c5 = plusProduct<T>(c5, x, v128.load(at, 16))
    at += apart
    c6 = plusProduct<T>(c6, x, v128.load(at))
    c7 = plusProduct<T>(c7, x, v128.load(at, 16))
  }
  v128.store(out, c0)
  v128.store(out, c1, 16)
  v128.store(out, c2, 32)
  v128.store(out, c3, 48)
  v128.store(out, c4, 64)
  v128.store(out, c5, 80)
  v128.store(out, c6, 96)
  v128.store(out, c7, 112)
}

/** The same in one panel. */
function strip1<T>(places: usize, values: usize, count: i32, b: usize, out: usize): void {
  let c0 = v128.splat<T>(<T>0), c1 = c0
  for (const end = places + <usize>count * 4; places < end; places += 4, values += sizeof<T>()) {
    const at = b + <usize>load<i32>(places)
    const x = v128.load_splat<T>(values)
    c0 = plusProduct<T>(c0, x, v128.load(at))
    c1 = plusProduct<T>(c1, x, v128.load(at, 16))
  }
  v128.store(out, c0)
  v128.store(out, c1, 16)
}

/** Bytes of a list: its length, k places, k values. */
// @ts-ignore: decorator
@inline function sizeOf<T>(k: i32): usize {
  return (<usize>(k + 1) * 4 + <usize>k * sizeof<T>() + 15) & ~15
}

// @ts-ignore: decorator
@inline function placesIn(list: usize): usize {
  return list + 4
}

// @ts-ignore: decorator
@inline function valuesIn(list: usize, k: i32): usize {
  return list + <usize>(k + 1) * 4
}

/** out (m, n) from a list for each row: panel by panel, so that those that are read again and again stay in the first cache. What reaches over an edge is formed at `spare`. */
function fromLists<T>(lists: usize, b: usize, apart: usize, out: usize, m: i32, k: i32, n: i32, spare: usize): void {
  const columns = WIDTH / <i32>sizeof<T>()
  const size = sizeOf<T>(k)
  const stride = <usize>n * sizeof<T>()
  let q = 0
  for (; q + 4 * columns <= n; q += 4 * columns, b += 4 * apart, out += 4 * WIDTH)
    for (let r = 0, list = lists, to = out; r < m; r++, list += size, to += stride)
      strip4<T>(placesIn(list), valuesIn(list, k), load<i32>(list), b, apart, to)
  for (; q < n; q += columns, b += apart, out += WIDTH) {
    const width = min(columns, n - q)
    for (let r = 0, list = lists, to = out; r < m; r++, list += size, to += stride) {
      strip1<T>(placesIn(list), valuesIn(list, k), load<i32>(list), b, width == columns ? to : spare)
      if (width < columns) copyFew<T>(spare, to, width)
    }
  }
}

/**
 * How b lies: in panels, or, with `plain`, as it is, row by row; then the last vectors of a row are also read beyond its end, which may be
 * up to 31 bytes beyond all of b.
 */
// @ts-ignore: decorator
@inline function stepOf<T>(n: i32, plain: bool): i32 {
  return plain ? n * <i32>sizeof<T>() : WIDTH
}

// @ts-ignore: decorator
@inline function apartOf(k: i32, plain: bool): usize {
  return plain ? WIDTH : <usize>k * WIDTH
}

/** out (m, n) = a b with a (m, k) row by row at `source`, and room for m lists at `lists`. */
export function multiplyFewOf<T>(source: usize, b: usize, plain: bool, out: usize, m: i32, k: i32, n: i32, lists: usize, spare: usize): void {
  for (let r = 0, list = lists; r < m; r++, list += sizeOf<T>(k))
    store<i32>(list, listed<T>(source + <usize>r * k * sizeof<T>(), 0, k, stepOf<T>(n, plain), placesIn(list), valuesIn(list, k)))
  fromLists<T>(lists, b, apartOf(k, plain), out, m, k, n, spare)
}

/** The same with rows of a as multiplyAt has them. */
export function multiplyFewAtOf<T>(source: usize, bases: usize, offsets: usize, b: usize, plain: bool, out: usize, m: i32, k: i32, n: i32, lists: usize, spare: usize): void {
  for (let r = 0, list = lists; r < m; r++, list += sizeOf<T>(k))
    store<i32>(list, listed<T>(source + <usize>load<i32>(bases + <usize>r * 4), offsets, k, stepOf<T>(n, plain), placesIn(list), valuesIn(list, k)))
  fromLists<T>(lists, b, apartOf(k, plain), out, m, k, n, spare)
}
