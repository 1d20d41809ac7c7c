/**
 * Products whose left factor is read where it lies, row by row or where lists of addresses say: patches of a convolution, and factors that meet so few
 * columns that packing costs more than it spares. Order of terms, panels of b, addresses and sizes as in products.ts.
 */
import { copy, copyFew, plusProduct, WIDTH } from './products'

/** Rows of a tile whose rows of a are not packed: their addresses take registers too. */
// @ts-ignore: decorator
@inline const ROWS_AT: i32 = 4

/** How rows of a that are not packed lie: one after the other, or where lists of addresses say. Told apart as the types above. */
type Plain = i8
type Listed = i16

/** Four rows of a tile. */
// @ts-ignore: decorator
@inline function storeFour(out: usize, stride: usize, c00: v128, c01: v128, c10: v128, c11: v128, c20: v128, c21: v128, c30: v128, c31: v128): void {
  v128.store(out, c00)
  v128.store(out, c01, 16)
  out += stride
  v128.store(out, c10)
  v128.store(out, c11, 16)
  out += stride
  v128.store(out, c20)
  v128.store(out, c21, 16)
  out += stride
  v128.store(out, c30)
  v128.store(out, c31, 16)
}

/** The tile of four such rows: entry j of a row is the jth, or lies at its row's address plus the jth of `offsets` (i32, in bytes). */
function tileOf4<T, S>(a0: usize, a1: usize, a2: usize, a3: usize, offsets: usize, b: usize, k: i32, out: usize, stride: usize): void {
  let c00 = v128.splat<T>(<T>0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00
  const step = sizeof<S>() == sizeof<Listed>() ? 4 : sizeof<T>()
  let entry: usize = sizeof<S>() == sizeof<Listed>() ? offsets : 0
  for (const end = entry + <usize>k * step; entry < end; entry += step, b += WIDTH) {
    const at = sizeof<S>() == sizeof<Listed>() ? <usize>load<i32>(entry) : entry
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    let r = v128.load_splat<T>(a0 + at)
    c00 = plusProduct<T>(c00, r, b0)
    c01 = plusProduct<T>(c01, r, b1)
    r = v128.load_splat<T>(a1 + at)
    c10 = plusProduct<T>(c10, r, b0)
    c11 = plusProduct<T>(c11, r, b1)
    r = v128.load_splat<T>(a2 + at)
    c20 = plusProduct<T>(c20, r, b0)
    c21 = plusProduct<T>(c21, r, b1)
    r = v128.load_splat<T>(a3 + at)
    c30 = plusProduct<T>(c30, r, b0)
    c31 = plusProduct<T>(c31, r, b1)
  }
  storeFour(out, stride, c00, c01, c10, c11, c20, c21, c30, c31)
}

/** Where row r of a begins. */
// @ts-ignore: decorator
@inline function rowAt<T, S>(source: usize, bases: usize, k: i32, r: i32): usize {
  return source + (sizeof<S>() == sizeof<Listed>() ? <usize>load<i32>(bases + <usize>r * 4) : <usize>r * k * sizeof<T>())
}

// @ts-ignore: decorator
@inline function multiplyUnpacked<T, S>(source: usize, bases: usize, offsets: usize, b: usize, out: usize, m: i32, k: i32, n: i32, spare: usize): void {
  const columns = WIDTH / <i32>sizeof<T>()
  const stride = <usize>n * sizeof<T>()
  for (let q = 0; q < n; q += columns) {
    const right = b + <usize>q * k * sizeof<T>()
    for (let p = 0; p < m; p += ROWS_AT) {
      const to = out + <usize>p * stride + <usize>q * sizeof<T>()
      const height = min(ROWS_AT, m - p)
      const width = min(columns, n - q)
      const whole = height == ROWS_AT && width == columns
      // Rows that are not there are the last one again.
      const last = p + height - 1
      tileOf4<T, S>(
        rowAt<T, S>(source, bases, k, p), rowAt<T, S>(source, bases, k, min(p + 1, last)),
        rowAt<T, S>(source, bases, k, min(p + 2, last)), rowAt<T, S>(source, bases, k, min(p + 3, last)),
        offsets, right, k, whole ? to : spare, whole ? stride : WIDTH)
      if (!whole) copy<T>(spare, WIDTH, to, stride, height, width)
    }
  }
}

/**
 * out (m, n) = a b, where row r of a is what lies at `source` plus the rth of `bases` plus each of k `offsets` (i32, in bytes): the patches
 * of a convolution, which overlap, without copying them apart. b in panels; `spare` as above.
 */
export function multiplyAtOf<T>(source: usize, bases: usize, offsets: usize, b: usize, out: usize, m: i32, k: i32, n: i32, spare: usize): void {
  multiplyUnpacked<T, Listed>(source, bases, offsets, b, out, m, k, n, spare)
}

/** Three rows of a by three vectors of b, of which the last lies in the next panel; of that one so many entries count. */
function tileOf9<T>(a0: usize, a1: usize, a2: usize, b: usize, k: i32, out0: usize, out1: usize, out2: usize, last: i32, spare: usize): void {
  let c00 = v128.splat<T>(<T>0), c01 = c00, c02 = c00, c10 = c00, c11 = c00, c12 = c00, c20 = c00, c21 = c00, c22 = c00
  const apart = <usize>k * WIDTH
  for (const end = a0 + <usize>k * sizeof<T>(); a0 < end; a0 += sizeof<T>(), a1 += sizeof<T>(), a2 += sizeof<T>(), b += WIDTH) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    const b2 = v128.load(b + apart)
    let r = v128.load_splat<T>(a0)
    c00 = plusProduct<T>(c00, r, b0)
    c01 = plusProduct<T>(c01, r, b1)
    c02 = plusProduct<T>(c02, r, b2)
    r = v128.load_splat<T>(a1)
    c10 = plusProduct<T>(c10, r, b0)
    c11 = plusProduct<T>(c11, r, b1)
    c12 = plusProduct<T>(c12, r, b2)
    r = v128.load_splat<T>(a2)
    c20 = plusProduct<T>(c20, r, b0)
    c21 = plusProduct<T>(c21, r, b1)
    c22 = plusProduct<T>(c22, r, b2)
  }
  v128.store(out0, c00)
  v128.store(out0, c01, 16)
  v128.store(out1, c10)
  v128.store(out1, c11, 16)
  v128.store(out2, c20)
  v128.store(out2, c21, 16)
  v128.store(spare, c02)
  v128.store(spare, c12, 16)
  v128.store(spare, c22, 32)
  copyFew<T>(spare, out0 + WIDTH, last)
  copyFew<T>(spare + 16, out1 + WIDTH, last)
  copyFew<T>(spare + 32, out2 + WIDTH, last)
}

/** The same with a (m, k) row by row at `source`: where b has so few columns that to pack a would cost more than it spares. */
export function multiplyRowsOf<T>(source: usize, b: usize, out: usize, m: i32, k: i32, n: i32, spare: usize): void {
  const columns = WIDTH / <i32>sizeof<T>()
  // Ten classes are three vectors of f32: half of a second panel would be multiplied in vain.
  if (n > columns && n <= columns + columns / 2) {
    const row = <usize>k * sizeof<T>(), stride = <usize>n * sizeof<T>()
    for (let p = 0; p < m; p += 3) {
      // Rows that are not there are the last one again.
      const second = min(p + 1, m - 1), third = min(p + 2, m - 1)
      tileOf9<T>(source + p * row, source + second * row, source + third * row, b, k, out + p * stride, out + second * stride, out + third * stride, n - columns, spare)
    }
    return
  }
  multiplyUnpacked<T, Plain>(source, 0, 0, b, out, m, k, n, spare)
}

/** Adds the entries of `rows` (m, k), in their order, to where multiplyAt would read them. */
export function addAtOf<T>(rows: usize, bases: usize, offsets: usize, m: i32, k: i32, to: usize): void {
  for (let r = 0; r < m; r++) {
    const base = to + <usize>load<i32>(bases + <usize>r * 4)
    const end = offsets + <usize>k * 4
    for (let at = offsets; at < end; at += 4, rows += sizeof<T>()) {
      const place = base + <usize>load<i32>(at)
      store<T>(place, load<T>(place) + load<T>(rows))
    }
  }
}
