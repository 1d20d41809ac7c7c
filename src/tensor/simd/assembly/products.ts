/**
 * Matrix products on WebAssembly SIMD128, once for f64 and f32: AssemblyScript, compiled by build.mjs.
 *
 * A factor is packed into panels (packing.ts), with the inner index outermost: what one step of a tile needs lies side by side. A panel of the left
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
@inline export const WIDTH: i32 = 32
/** Inner indices that are gone through at a time: a panel of the right factor then takes 16 kB, and stays in the first cache while those of the left one go by. */
// @ts-ignore: decorator
@inline const DEPTH: i32 = 512

/**
 * What sums begin with: nothing, or what the result already holds. Types, told apart by their size while compiling: each way has a loop of its own,
 * since a loop that knows both keeps a sum in memory.
 */
type Fresh = i8
type Resumed = i16

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

/** A few entries in a row: entry by entry, since to call the engine's own copy costs more. */
// @ts-ignore: decorator
@inline export function copyFew<T>(from: usize, to: usize, count: i32): void {
  for (const end = from + <usize>count * sizeof<T>(); from < end; from += sizeof<T>(), to += sizeof<T>()) store<T>(to, load<T>(from))
}

/** A rectangle of entries within a tile, from rows `fromStride` bytes apart to rows `toStride` bytes apart. */
export function copy<T>(from: usize, fromStride: usize, to: usize, toStride: usize, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r++) copyFew<T>(from + r * fromStride, to + r * toStride, columns)
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

/** Adds a tile to another: apart, since a tile that ended with it would keep a sum in memory while it is formed. */
function addTile<T>(from: usize, to: usize, stride: usize): void {
  for (const end = from + ROWS * WIDTH; from < end; from += WIDTH, to += stride) {
    v128.store(to, v128.add<T>(v128.load(to), v128.load(from)))
    v128.store(to, v128.add<T>(v128.load(to, 16), v128.load(from, 16)), 16)
  }
}

/** A tile of Σ_t a_t b_t over `count` pairs that follow each other, after what out holds if the sum has begun; `spare` is room for another tile. */
function sumTile<T>(a: usize, b: usize, k: i32, count: i32, begun: bool, out: usize, stride: usize, spare: usize): void {
  for (let t = 0; t < count; t++) {
    if (begun || t > 0) {
      tile<T, Fresh>(a, b, k, spare, WIDTH)
      addTile<T>(spare, out, stride)
    } else tile<T, Fresh>(a, b, k, out, stride)
    a += <usize>k * ROWS * sizeof<T>()
    b += <usize>k * WIDTH
  }
}

/**
 * out (m, n) = Σ_t a_t b_t, each product by itself and added in order, from the panels of `count` factors: those of all a_t side by side as those of one matrix
 * with count k inner indices, and those of all b_t too. `spare` is room for two tiles.
 */
export function multiplySumOf<T>(a: usize, b: usize, out: usize, m: i32, k: i32, n: i32, count: i32, spare: usize): void {
  const columns = WIDTH / <i32>sizeof<T>()
  const terms = <usize>k * count
  const stride = <usize>n * sizeof<T>()
  const step = max(1, DEPTH / k)
  for (let t = 0; t < count; t += step) {
    const some = min(step, count - t)
    for (let q = 0; q < n; q += columns) {
      const right = b + q * terms * sizeof<T>() + <usize>t * k * WIDTH
      for (let p = 0; p < m; p += ROWS) {
        const left = a + (p * terms + <usize>t * k * ROWS) * sizeof<T>()
        const to = out + <usize>p * stride + <usize>q * sizeof<T>()
        const height = min(ROWS, m - p)
        const width = min(columns, n - q)
        if (height == ROWS && width == columns) sumTile<T>(left, right, k, some, t > 0, to, stride, spare + ROWS * WIDTH)
        else {
          if (t > 0) copy<T>(to, stride, spare, WIDTH, height, width)
          sumTile<T>(left, right, k, some, t > 0, spare, WIDTH, spare + ROWS * WIDTH)
          copy<T>(spare, WIDTH, to, stride, height, width)
        }
      }
    }
  }
}
