/** Ctrl-C and SIGTERM as a question that long work asks between two of its steps. A second one ends the process at once. */

export interface Interruptions {
  readonly asked: () => boolean
  /** From now on signals do again what they do by themselves. */
  readonly end: () => void
}

export const interruptions = (): Interruptions => {
  let asked = false
  const ask = (): void => {
    if (asked) process.exit(130)
    asked = true
  }
  process.on('SIGINT', ask).on('SIGTERM', ask)
  return { asked: () => asked, end: () => { process.off('SIGINT', ask).off('SIGTERM', ask) } }
}
