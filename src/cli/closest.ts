/** Names near to a misspelt one: those that contain it, then those that begin like it, then by edit distance (Levenshtein 1966). */

const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}

const sameStart = (a: string, b: string): number => {
  const differs = Array.from(a).findIndex((letter, i) => letter !== b[i])
  return differs < 0 ? a.length : differs
}

/** The three nearest, nearest first; upper and lower case count as the same. */
export const closest = (name: string, names: readonly string[]): readonly string[] => {
  const wanted = name.toLowerCase()
  const ranked = names.map((known) => {
    const other = known.toLowerCase()
    return { known, rank: [other.includes(wanted) ? 0 : 1, -sameStart(wanted, other), distance(wanted, other)] }
  })
  const order = (a: readonly number[], b: readonly number[]): number => a.map((x, i) => x - (b[i] ?? 0)).find((x) => x !== 0) ?? 0
  return ranked.sort((a, b) => order(a.rank, b.rank)).slice(0, 3).map(({ known }) => known)
}
