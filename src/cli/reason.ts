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
