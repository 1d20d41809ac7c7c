/**
 * Matrix products on WebAssembly SIMD128, once for f64 and f32: AssemblyScript, compiled by build.mjs.
 *
 * A factor is packed into panels, with the inner index outermost: what one step of a tile needs lies side by side. A panel of the left
 * factor holds 5 of its rows; a panel of the right factor holds as many columns as fill two vectors (4 of f64, 8 of f32). Rows and columns that
 * are not there are zero.
 * A tile of the result, 5 rows by two vectors, stays in registers while the inner index runs in increasing order; every term is a product
 * rounded, then a sum rounded, from 0 on. So each entry is bit for bit what plain loops compute. (Five rows: 10 sums, two vectors of b and
 * one of a fit in the 15 registers that engines have for it; unrolled, or with six rows, a sum is kept in memory and decides the speed.)
 *
 * The module for relaxed SIMD rounds a term and a sum at once where the processor can (plusProduct): a quarter faster, and the bits are the
 * processor's.
 *
 * Nothing is allocated: the caller says where everything lies, in bytes. Sizes count entries.
 */

/** c + r b. */
// @ts-ignore: decorator
@inline export function plusProduct<T>(c: v128, r: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return sizeof<T>() == 8 ? f64x2.relaxed_madd(r, b, c) : f32x4.relaxed_madd(r, b, c)
  return v128.add<T>(c, v128.mul<T>(r, b))
}

/** Rows of a tile: of a panel of the left factor. */
// @ts-ignore: decorator
@inline const ROWS: i32 = 5
/** Bytes of one row of a tile: two vectors. */
// @ts-ignore: decorator
@inline const WIDTH: i32 = 32
/** Inner indices that are gone through at a time: a panel of the right factor then takes 16 kB, and stays in the first cache while those of the left one go by. */
// @ts-ignore: decorator
@inline const DEPTH: i32 = 512

/**
 * What sums begin with: nothing; what the result already holds; or nothing, and the result is added what it holds in the end. Types, told apart
 * by their size while compiling: each way has a loop of its own, since a loop that knows several ways keeps a sum in memory.
 */
type Fresh = i8
type Resumed = i16
type Added = i32

/** A tile: out[r][c] = Σ_j a[j][r] b[j][c], with `stride` bytes between rows of out. */
function tile<T, S>(a: usize, b: usize, k: i32, out: usize, stride: usize): void {
  const out1 = out + stride
  const out2 = out1 + stride
  const out3 = out2 + stride
  const out4 = out3 + stride
  let c00 = v128.splat<T>(<T>0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00, c40 = c00, c41 = c00
  if (sizeof<S>() == sizeof<Resumed>()) {
    c00 = v128.load(out)
    c01 = v128.load(out, 16)
    c10 = v128.load(out1)
    c11 = v128.load(out1, 16)
    c20 = v128.load(out2)
    c21 = v128.load(out2, 16)
    c30 = v128.load(out3)
    c31 = v128.load(out3, 16)
    c40 = v128.load(out4)
    c41 = v128.load(out4, 16)
  }
  for (const end = b + <usize>k * WIDTH; b < end; b += WIDTH) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    let r = v128.load_splat<T>(a)
    c00 = plusProduct<T>(c00, r, b0)
    c01 = plusProduct<T>(c01, r, b1)
    r = v128.load_splat<T>(a, sizeof<T>())
    c10 = plusProduct<T>(c10, r, b0)
    c11 = plusProduct<T>(c11, r, b1)
    r = v128.load_splat<T>(a, 2 * sizeof<T>())
    c20 = plusProduct<T>(c20, r, b0)
    c21 = plusProduct<T>(c21, r, b1)
    r = v128.load_splat<T>(a, 3 * sizeof<T>())
    c30 = plusProduct<T>(c30, r, b0)
    c31 = plusProduct<T>(c31, r, b1)
    r = v128.load_splat<T>(a, 4 * sizeof<T>())
    c40 = plusProduct<T>(c40, r, b0)
    c41 = plusProduct<T>(c41, r, b1)
    a += ROWS * sizeof<T>()
  }
  if (sizeof<S>() == sizeof<Added>()) {
    c00 = v128.add<T>(v128.load(out), c00)
    c01 = v128.add<T>(v128.load(out, 16), c01)
    c10 = v128.add<T>(v128.load(out1), c10)
    c11 = v128.add<T>(v128.load(out1, 16), c11)
    c20 = v128.add<T>(v128.load(out2), c20)
    c21 = v128.add<T>(v128.load(out2, 16), c21)
    c30 = v128.add<T>(v128.load(out3), c30)
    c31 = v128.add<T>(v128.load(out3, 16), c31)
    c40 = v128.add<T>(v128.load(out4), c40)
    c41 = v128.add<T>(v128.load(out4, 16), c41)
  }
  v128.store(out, c00)
  v128.store(out, c01, 16)
  v128.store(out1, c10)
  v128.store(out1, c11, 16)
  v128.store(out2, c20)
  v128.store(out2, c21, 16)
  v128.store(out3, c30)
  v128.store(out3, c31, 16)
  v128.store(out4, c40)
  v128.store(out4, c41, 16)
}

/** A rectangle of entries, from rows `fromStride` bytes apart to rows `toStride` bytes apart. */
function copy<T>(from: usize, fromStride: usize, to: usize, toStride: usize, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r++) memory.copy(to + r * toStride, from + r * fromStride, <usize>columns * sizeof<T>())
}

/** The tile at row p and column q of out (m, n); over an edge of out it is formed at `spare`, so that nothing outside of out is written. */
// @ts-ignore: decorator
@inline function tileIn<T, S>(left: usize, right: usize, k: i32, out: usize, p: i32, q: i32, m: i32, n: i32, spare: usize): void {
  const stride = <usize>n * sizeof<T>()
  const to = out + <usize>p * stride + <usize>q * sizeof<T>()
  const height = min(ROWS, m - p)
  const width = min(WIDTH / <i32>sizeof<T>(), n - q)
  if (height == ROWS && width == WIDTH / <i32>sizeof<T>()) tile<T, S>(left, right, k, to, stride)
  else {
    if (sizeof<S>() != sizeof<Fresh>()) copy<T>(to, stride, spare, WIDTH, height, width)
    tile<T, S>(left, right, k, spare, WIDTH)
    copy<T>(spare, WIDTH, to, stride, height, width)
  }
}

/**
 * out (m, n) = a b from panels of a and b, after `resume` with what out holds as the first term of each sum. `spare` is room for one tile
 * (160 bytes).
 */
export function multiplyOf<T>(a: usize, b: usize, out: usize, m: i32, k: i32, n: i32, resume: bool, spare: usize): void {
  const columns = WIDTH / <i32>sizeof<T>()
  for (let j = 0; j < k; j += DEPTH) {
    const depth = min(DEPTH, k - j)
    for (let q = 0; q < n; q += columns) {
      const right = b + <usize>q * k * sizeof<T>() + <usize>j * WIDTH
      for (let p = 0; p < m; p += ROWS) {
        const left = a + (<usize>p * k + <usize>j * ROWS) * sizeof<T>()
        if (resume || j > 0) tileIn<T, Resumed>(left, right, depth, out, p, q, m, n, spare)
        else tileIn<T, Fresh>(left, right, depth, out, p, q, m, n, spare)
      }
    }
  }
}

/** out (m, n) = Σ_t a_t b_t, each product by itself and added in order, from the panels of `count` factors one after the other. */
export function multiplySumOf<T>(a: usize, b: usize, out: usize, m: i32, k: i32, n: i32, count: i32, spare: usize): void {
  const columns = WIDTH / <i32>sizeof<T>()
  // Whole vectors.
  const stepA = (<usize>((m + ROWS - 1) / ROWS * ROWS) * k * sizeof<T>() + 15) & ~15
  const stepB = <usize>((n + columns - 1) / columns * columns) * k * sizeof<T>()
  for (let p = 0; p < m; p += ROWS) {
    const left = a + <usize>p * k * sizeof<T>()
    for (let q = 0; q < n; q += columns) {
      const right = b + <usize>q * k * sizeof<T>()
      tileIn<T, Fresh>(left, right, k, out, p, q, m, n, spare)
      for (let t = 1; t < count; t++) tileIn<T, Added>(left + t * stepA, right + t * stepB, k, out, p, q, m, n, spare)
    }
  }
}

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

/** The same with a (m, k) row by row at `source`: where b has so few columns that to pack a would cost more than it spares. */
export function multiplyRowsOf<T>(source: usize, b: usize, out: usize, m: i32, k: i32, n: i32, spare: usize): void {
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

/** One lane of a panel, `step` bytes from entry to entry: k entries, or zeros. */
function lane<T>(from: usize, present: bool, k: i32, to: usize, step: usize): void {
  for (let j = 0; j < k; j++, from += sizeof<T>(), to += step) store<T>(to, present ? load<T>(from) : <T>0)
}

/** As many lanes as fill a vector, from rows `stride` bytes apart: square blocks are transposed in registers. */
function lanes<T>(from: usize, stride: usize, k: i32, to: usize, step: usize): void {
  const fill = 16 / <i32>sizeof<T>()
  const blocks = k / fill
  let at = from
  for (let block = 0; block < blocks; block++, at += 16) {
    if (sizeof<T>() == 8) {
      const x0 = v128.load(at), x1 = v128.load(at + stride)
      v128.store(to, v128.shuffle<f64>(x0, x1, 0, 2))
      v128.store(to + step, v128.shuffle<f64>(x0, x1, 1, 3))
    } else {
      const x0 = v128.load(at), x1 = v128.load(at + stride), x2 = v128.load(at + 2 * stride), x3 = v128.load(at + 3 * stride)
      const even = v128.shuffle<f32>(x0, x1, 0, 4, 2, 6), odd = v128.shuffle<f32>(x0, x1, 1, 5, 3, 7)
      const even2 = v128.shuffle<f32>(x2, x3, 0, 4, 2, 6), odd2 = v128.shuffle<f32>(x2, x3, 1, 5, 3, 7)
      v128.store(to, v128.shuffle<f64>(even, even2, 0, 2))
      v128.store(to + step, v128.shuffle<f64>(odd, odd2, 0, 2))
      v128.store(to + 2 * step, v128.shuffle<f64>(even, even2, 1, 3))
      v128.store(to + 3 * step, v128.shuffle<f64>(odd, odd2, 1, 3))
    }
    to += step * fill
  }
  for (let r = 0; r < fill; r++) lane<T>(at + r * stride, true, k - blocks * fill, to + r * sizeof<T>(), step)
}

/** Panels of `width` lanes that are the rows of `source` (rows, k): of a left factor, or of a right one that is to be transposed. */
export function packRowsOf<T>(source: usize, rows: i32, k: i32, width: i32, to: usize): void {
  const stride = <usize>k * sizeof<T>()
  const step = <usize>width * sizeof<T>()
  const fill = 16 / <i32>sizeof<T>()
  for (let first = 0; first < rows; first += width, to += stride * width)
    for (let r = 0; r < width; r += fill) {
      const from = source + <usize>(first + r) * stride
      const at = to + <usize>r * sizeof<T>()
      const count = min(fill, width - r)
      if (count == fill && first + r + fill <= rows) lanes<T>(from, stride, k, at, step)
      else for (let i = 0; i < count; i++) lane<T>(from + i * stride, first + r + i < rows, k, at + i * sizeof<T>(), step)
    }
}

/**
 * Panels of `width` lanes that are the columns of `source` (rows, columns): of a right factor, or of a left one that is to be transposed.
 * The rows may be some of the k that the panels have room for.
 */
export function packColumnsOf<T>(source: usize, rows: i32, columns: i32, width: i32, to: usize, k: i32): void {
  const stride = <usize>columns * sizeof<T>()
  const step = <usize>width * sizeof<T>()
  for (let first = 0; first < columns; first += width, to += <usize>k * step) {
    const held = <usize>min(width, columns - first) * sizeof<T>()
    let from = source + <usize>first * sizeof<T>()
    for (let j = 0, at = to; j < rows; j++, from += stride, at += step) {
      if (held == step) {
        let c: usize = 0
        for (; c + 16 <= step; c += 16) v128.store(at + c, v128.load(from + c))
        for (; c < step; c += sizeof<T>()) store<T>(at + c, load<T>(from + c))
      } else {
        memory.copy(at, from, held)
        memory.fill(at + held, 0, step - held)
      }
    }
  }
}
