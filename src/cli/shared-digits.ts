/** Digits whose bytes all threads see: sent to a thread, they are not copied. */
import type { Digits } from '../data/digits.ts'

export const sharedDigits = ({ count, rows, cols, pixels, labels }: Digits): Digits => {
  const shared = (bytes: ArrayLike<number>): Uint8Array => {
    if (bytes instanceof Uint8Array && bytes.buffer instanceof SharedArrayBuffer) return bytes
    const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
    copy.set(bytes)
    return copy
  }
  return { count, rows, cols, pixels: shared(pixels), labels: shared(labels) }
}
