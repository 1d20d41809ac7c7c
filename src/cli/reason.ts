/** What was thrown, in one line. A program of the user's may throw anything, also what cannot be shown. */

/** The code of an error of the system, such as ENOENT; '' for anything else. */
export const codeOf = (reason: unknown): string =>
  reason instanceof Error && 'code' in reason && typeof reason.code === 'string' ? reason.code : ''

/** The first line of what it says. */
export const wordsOf = (reason: unknown): string => {
  try {
    const [line = ''] = String(reason instanceof Error ? reason.message : reason).trim().split('\n', 1)
    return line.trim() || 'an error without a message'
  } catch {
    return 'something that cannot be shown'
  }
}

/** Its code, or else its words. */
export const causeOf = (reason: unknown): string => codeOf(reason) || wordsOf(reason)

/** Whether it is memory that could not be had: what V8 says of arrays and of WebAssembly's memory. */
export const isOutOfMemory = (reason: unknown): boolean =>
  reason instanceof RangeError && /^(Array buffer allocation failed|Invalid typed array length: \d{9,}|WebAssembly\.Memory\.grow\(\): .*|WebAssembly\.Memory\(\): could not allocate memory|simd\d\d[a-z-]*: expected .* of memory.*)$/.test(wordsOf(reason))
