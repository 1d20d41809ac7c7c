/** What JSON.parse hides: a key that an object has twice, of which it keeps the last. */

/** The first such key, at any depth; undefined if there is none. `text` must be valid JSON. */
export const repeatedKey = (text: string): string | undefined => {
  // One entry for each open object or array; arrays have no keys.
  const open: Set<string>[] = []
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === '{' || c === '[') open.push(new Set())
    else if (c === '}' || c === ']') open.pop()
    else if (c === '"') {
      const start = i
      for (i++; text[i] !== '"'; i++) if (text[i] === '\\') i++
      let after = i + 1
      while (/\s/.test(text[after] ?? '')) after++
      if (text[after] !== ':') continue
      const key = JSON.parse(text.slice(start, i + 1)) as string
      const keys = open.at(-1)!
      if (keys.has(key)) return key
      keys.add(key)
    }
  }
  return undefined
}
