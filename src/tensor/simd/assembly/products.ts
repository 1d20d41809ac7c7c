/**
 * Matrix products on WebAssembly SIMD128, once for f64 and f32: AssemblyScript, compiled by build.mjs.
 *
 * A factor is packed into panels. A panel holds 4 rows of the left factor, or as many columns of the right one as fill two vectors (4 of
 * f64, 8 of f32), with the inner index outermost: what one step of a tile needs lies side by side. Lanes without an entry are zero.
 * A tile of the result, 4 rows by two vectors, stays in registers while the inner index runs in increasing order; every term is a product
 * rounded, then a sum rounded, from 0 on. So each entry is bit for bit what plain loops compute.
 *
 * Nothing is allocated: the caller says where everything lies, in bytes. Sizes count entries.
 */

/** Rows of a tile: lanes of a panel of the left factor. */
// @ts-ignore: decorator
@inline const ROWS: i32 = 4
/** Bytes of one row of a tile: two vectors. */
// @ts-ignore: decorator
@inline const WIDTH: i32 = 32

/** What sums begin with: nothing; what the result already holds; or nothing, and the result is added what it holds in the end. */
const FRESH = 0, RESUMED = 1, ADDED = 2

/** A tile: out[r][c] = Σ_j a[j][r] b[j][c], with `stride` bytes between rows of out. */
function tile<T>(a: usize, b: usize, k: i32, out: usize, stride: usize, start: i32): void {
  const out1 = out + stride
  const out2 = out1 + stride
  const out3 = out2 + stride
  let c00 = v128.splat<T>(<T>0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00
  if (start == RESUMED) {
    c00 = v128.load(out)
    c01 = v128.load(out, 16)
    c10 = v128.load(out1)
    c11 = v128.load(out1, 16)
    c20 = v128.load(out2)
    c21 = v128.load(out2, 16)
    c30 = v128.load(out3)
    c31 = v128.load(out3, 16)
  }
  for (const end = b + <usize>k * WIDTH; b < end; b += WIDTH) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    let r = v128.load_splat<T>(a)
    c00 = v128.add<T>(c00, v128.mul<T>(r, b0))
    c01 = v128.add<T>(c01, v128.mul<T>(r, b1))
    r = v128.load_splat<T>(a, sizeof<T>())
    c10 = v128.add<T>(c10, v128.mul<T>(r, b0))
    c11 = v128.add<T>(c11, v128.mul<T>(r, b1))
    r = v128.load_splat<T>(a, 2 * sizeof<T>())
    c20 = v128.add<T>(c20, v128.mul<T>(r, b0))
    c21 = v128.add<T>(c21, v128.mul<T>(r, b1))
    r = v128.load_splat<T>(a, 3 * sizeof<T>())
    c30 = v128.add<T>(c30, v128.mul<T>(r, b0))
    c31 = v128.add<T>(c31, v128.mul<T>(r, b1))
    a += ROWS * sizeof<T>()
  }
  if (start == ADDED) {
    c00 = v128.add<T>(v128.load(out), c00)
    c01 = v128.add<T>(v128.load(out, 16), c01)
    c10 = v128.add<T>(v128.load(out1), c10)
    c11 = v128.add<T>(v128.load(out1, 16), c11)
    c20 = v128.add<T>(v128.load(out2), c20)
    c21 = v128.add<T>(v128.load(out2, 16), c21)
    c30 = v128.add<T>(v128.load(out3), c30)
    c31 = v128.add<T>(v128.load(out3, 16), c31)
  }
  v128.store(out, c00)
  v128.store(out, c01, 16)
  v128.store(out1, c10)
  v128.store(out1, c11, 16)
  v128.store(out2, c20)
  v128.store(out2, c21, 16)
  v128.store(out3, c30)
  v128.store(out3, c31, 16)
}

/** A rectangle of entries, from rows `fromStride` bytes apart to rows `toStride` bytes apart. */
function copy<T>(from: usize, fromStride: usize, to: usize, toStride: usize, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r++) memory.copy(to + r * toStride, from + r * fromStride, <usize>columns * sizeof<T>())
}

/**
 * out (m, n) = a b from panels of a and b, after `resume` with what out holds as the first term of each sum. `spare` is room for one tile
 * (128 bytes): tiles that reach over an edge of out are formed there, so that nothing outside of out is written.
 */
export function multiplyOf<T>(a: usize, b: usize, out: usize, m: i32, k: i32, n: i32, resume: bool, spare: usize): void {
  const start = resume ? RESUMED : FRESH
  const columns = WIDTH / <i32>sizeof<T>()
  const stride = <usize>n * sizeof<T>()
  for (let q = 0; q < n; q += columns) {
    const right = b + <usize>q * k * sizeof<T>()
    for (let p = 0; p < m; p += ROWS) {
      const left = a + <usize>p * k * sizeof<T>()
      const to = out + <usize>p * stride + <usize>q * sizeof<T>()
      if (p + ROWS <= m && q + columns <= n) tile<T>(left, right, k, to, stride, start)
      else {
        const height = min(ROWS, m - p)
        const width = min(columns, n - q)
        if (resume) copy<T>(to, stride, spare, WIDTH, height, width)
        tile<T>(left, right, k, spare, WIDTH, start)
        copy<T>(spare, WIDTH, to, stride, height, width)
      }
    }
  }
}

/** out (m, n) = Σ_t a_t b_t, each product by itself and added in order, from the panels of `count` factors one after the other. */
export function multiplySumOf<T>(a: usize, b: usize, out: usize, m: i32, k: i32, n: i32, count: i32, spare: usize): void {
  const columns = WIDTH / <i32>sizeof<T>()
  const stride = <usize>n * sizeof<T>()
  const stepA = <usize>((m + ROWS - 1) / ROWS * ROWS) * k * sizeof<T>()
  const stepB = <usize>((n + columns - 1) / columns * columns) * k * sizeof<T>()
  for (let q = 0; q < n; q += columns) {
    const right = b + <usize>q * k * sizeof<T>()
    for (let p = 0; p < m; p += ROWS) {
      const left = a + <usize>p * k * sizeof<T>()
      const to = out + <usize>p * stride + <usize>q * sizeof<T>()
      const height = min(ROWS, m - p)
      const width = min(columns, n - q)
      const whole = height == ROWS && width == columns
      for (let t = 0; t < count; t++)
        tile<T>(left + t * stepA, right + t * stepB, k, whole ? to : spare, whole ? stride : WIDTH, t == 0 ? FRESH : ADDED)
      if (!whole) copy<T>(spare, WIDTH, to, stride, height, width)
    }
  }
}

/** The tile whose rows of a are not packed: entry j of row r lies at its own address plus the jth of `offsets` (i32, in bytes). */
function tileAt<T>(a0: usize, a1: usize, a2: usize, a3: usize, offsets: usize, b: usize, k: i32, out: usize, stride: usize): void {
  let c00 = v128.splat<T>(<T>0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00
  for (const end = b + <usize>k * WIDTH; b < end; b += WIDTH) {
    const at = <usize>load<i32>(offsets)
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    let r = v128.load_splat<T>(a0 + at)
    c00 = v128.add<T>(c00, v128.mul<T>(r, b0))
    c01 = v128.add<T>(c01, v128.mul<T>(r, b1))
    r = v128.load_splat<T>(a1 + at)
    c10 = v128.add<T>(c10, v128.mul<T>(r, b0))
    c11 = v128.add<T>(c11, v128.mul<T>(r, b1))
    r = v128.load_splat<T>(a2 + at)
    c20 = v128.add<T>(c20, v128.mul<T>(r, b0))
    c21 = v128.add<T>(c21, v128.mul<T>(r, b1))
    r = v128.load_splat<T>(a3 + at)
    c30 = v128.add<T>(c30, v128.mul<T>(r, b0))
    c31 = v128.add<T>(c31, v128.mul<T>(r, b1))
    offsets += 4
  }
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

/**
 * out (m, n) = a b, where row r of a is what lies at `source` plus the rth of `bases` plus each of k `offsets` (i32, in bytes): the patches
 * of a convolution, which overlap, without copying them apart. b in panels; `spare` as above.
 */
export function multiplyAtOf<T>(source: usize, bases: usize, offsets: usize, b: usize, out: usize, m: i32, k: i32, n: i32, spare: usize): void {
  const columns = WIDTH / <i32>sizeof<T>()
  const stride = <usize>n * sizeof<T>()
  for (let q = 0; q < n; q += columns) {
    const right = b + <usize>q * k * sizeof<T>()
    for (let p = 0; p < m; p += ROWS) {
      const to = out + <usize>p * stride + <usize>q * sizeof<T>()
      const height = min(ROWS, m - p)
      const width = min(columns, n - q)
      const whole = height == ROWS && width == columns
      const base = bases + <usize>p * 4
      // Rows that are not there are the last one again.
      tileAt<T>(
        source + load<i32>(base), source + load<i32>(base + min(1, height - 1) * 4),
        source + load<i32>(base + min(2, height - 1) * 4), source + load<i32>(base + min(3, height - 1) * 4),
        offsets, right, k, whole ? to : spare, whole ? stride : WIDTH)
      if (!whole) copy<T>(spare, WIDTH, to, stride, height, width)
    }
  }
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
      if (first + r + fill <= rows) lanes<T>(from, stride, k, at, step)
      else for (let i = 0; i < fill; i++) lane<T>(from + i * stride, first + r + i < rows, k, at + i * sizeof<T>(), step)
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
      if (held == step)
        for (let c: usize = 0; c < step; c += 16) v128.store(at + c, v128.load(from + c))
      else {
        memory.copy(at, from, held)
        memory.fill(at + held, 0, step - held)
      }
    }
  }
}
