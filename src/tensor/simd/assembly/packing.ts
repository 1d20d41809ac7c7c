/** Factors into panels, as products.ts takes them: with the inner index outermost, and zeros where there is no row or column. Addresses are in bytes, sizes in entries. */

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
