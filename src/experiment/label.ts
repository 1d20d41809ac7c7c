/**
 * Our names beside the paper's. We count layers from the input: s1 is next to it, W1 and b1 drive s1. The paper counts
 * from the output: s⁰ is the output layer, W₀₁ drives it from s¹.
 */

const lettered = (signs: string) => (text: string): string => Array.from(text, (c) => signs.charAt('0123456789x'.indexOf(c))).join('')
const subscript = lettered('₀₁₂₃₄₅₆₇₈₉ₓ')
const superscript = lettered('⁰¹²³⁴⁵⁶⁷⁸⁹ˣ')

/** The paper's label of s1, W1, Wx2, b1, … in a network with that many layers (the input not counted); '' for other names. */
export const paperLabel = (quantity: string, layers: number): string => {
  const [, kind = '', number = ''] = /^(s|W|Wx|b)(\d+)$/.exec(quantity) ?? []
  const to = layers - Number(number)
  const from = kind === 'Wx' || to + 1 === layers ? 'x' : String(to + 1)
  return kind === 's' ? `s${superscript(String(to))}`
    : kind === 'b' ? `bias of s${superscript(String(to))}`
      : kind === '' ? ''
        : `W${subscript(`${to}${from}`)}`
}

const kinds = ['s', 'W', 'Wx', 'b']

/** The names sorted output first, as in the paper: neurons, weights, the toy network's input weights, biases, then other names. */
export const outputFirst = (quantities: readonly string[]): readonly string[] => {
  const split = (name: string): readonly [kind: number, layer: number] => {
    const [, kind = '', layer = ''] = /^(\D*)(\d*)$/.exec(name) ?? []
    const place = kinds.indexOf(kind)
    return [place < 0 ? kinds.length : place, Number(layer)]
  }
  return [...quantities].sort((a, b) => {
    const [[kind, layer], [otherKind, otherLayer]] = [split(a), split(b)]
    return kind - otherKind || otherLayer - layer || (a < b ? -1 : 1)
  })
}
