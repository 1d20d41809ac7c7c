/** Types of check.mjs. */

/** One line for each thing that is wrong with the docstrings or the pages of a checkout. */
export const problemsIn: (root: string) => readonly string[]

/** Writes the pages of a checkout, and returns how many. */
export const write: (root: string) => number
