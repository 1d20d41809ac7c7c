/**
 * Formulas as these pages write them, in Unicode and readable as they stand, to TeX, which Temml turns into MathML when the site is built.
 *
 *     s^β_{t+1} = F(x, s^β_t, θ; −β ∂ℓ/∂s)        Σ_{t<K} Δθ(t)        (Jᵀ)ᵗ g
 *
 * An indented block is a formula, a row for each line, aligned at the first =; three or more spaces set parts of a line apart.
 * ∂F/∂s becomes a fraction, and brackets around one grow with it. A character that is not known here throws: it would otherwise be set wrongly without anybody noticing.
 */

/** Superscript and subscript characters, as what they stand for. */
const superscripts: Readonly<Record<string, string>> = {
  '⁰': '0', '¹': '1', '²': '2', '³': '3', '⁴': '4', '⁵': '5', '⁶': '6', '⁷': '7', '⁸': '8', '⁹': '9', '⁺': '+', '⁻': '-',
  'ᵀ': '\\top ', 'ᴷ': 'K', 'ᴸ': 'L', 'ᴺ': 'N', 'ˡ': 'l', 'ᵐ': 'm', 'ᵗ': 't', 'ⁿ': 'n', 'ⁱ': 'i', 'ᵏ': 'k',
}
const subscripts: Readonly<Record<string, string>> = { '₀': '0', '₁': '1', '₂': '2', '₃': '3', '₄': '4' }

const signs: Readonly<Record<string, string>> = {
  'Σ': '\\sum ', '∂': '\\partial ', '∇': '\\nabla ', '⊙': '\\odot ', '⋆': '\\star ', '⊛': '\\circledast ', '·': '\\cdot ', '×': '\\times ', '÷': '\\div ',
  '⟨': '\\langle ', '⟩': '\\rangle ', '‖': '\\Vert ', '|': '\\vert ', '≤': '\\le ', '≥': '\\ge ', '≠': '\\ne ', '≈': '\\approx ', '±': '\\pm ', '∈': '\\in ',
  '↦': '\\mapsto ', '→': '\\to ', '←': '\\gets ', '∎': '\\blacksquare ', '−': '-', '½': '\\tfrac12 ', '⅙': '\\tfrac16 ', '¼': '\\tfrac14 ', '⅓': '\\tfrac13 ',
  '′': "'", '″': "''", '‴': "'''", '…': '\\dots ', 'ℓ': '\\ell ', 'ŷ': '\\hat y', 'π': '\\pi ', '*': '^{\\ast}', '∞': '\\infty ', '√': '\\sqrt ',
  'α': '\\alpha ', 'β': '\\beta ', 'γ': '\\gamma ', 'δ': '\\delta ', 'ε': '\\varepsilon ', 'η': '\\eta ', 'θ': '\\theta ', 'λ': '\\lambda ', 'μ': '\\mu ', 'ρ': '\\rho ',
  'σ': '\\sigma ', 'τ': '\\tau ', 'Δ': '\\Delta ', 'Θ': '\\Theta ', 'Λ': '\\Lambda ', 'Φ': '\\Phi ', 'Ψ': '\\Psi ',
}

const operators = ['max', 'min', 'log', 'exp', 'softmax', 'clip', 'diag', 'rmse', 'tanh', 'sin', 'cos', 'sign', 'Re', 'conv']
/** Products and differentials of single letters that look like words. */
const products = ['dL', 'ds', 'ik', 'dt']

const scripted = (text: string, table: Readonly<Record<string, string>>): string => Array.from(text).map((c) => table[c] ?? c).join('')
const classOf = (table: Readonly<Record<string, string>>): string => `[${Object.keys(table).join('')}]+`

/** ∂²Ψ/∂θ∂u as a fraction: sign and letter above, signs and letters below, each with its indices. */
const index = '(?:[_^](?:\\{[^}]*\\}|[^\\s{}]))'
const letter = `[A-Za-zΑ-Ωα-ωℓ]\\u0303?`
const derivative = new RegExp(`^((?:∂²?|d)${letter}(?:${index}|\\*)?)/((?:(?:∂|d)${letter}(?:${index}|${classOf(superscripts)})*)+)`, 'u')

const tokens: readonly (readonly [RegExp, (match: readonly string[], display: boolean) => string])[] = [
  [derivative, ([, above = '', below = ''], display) => (display ? `\\frac{${tex(above)}}{${tex(below)}}` : `${tex(above)}/${tex(below)}`)],
  // Indices hang on what stands before them.
  [/^([_^])\{([^{}]*)\}/u, ([, sign = '', inner = '']) => `${sign}{${tex(inner)}}`],
  [/^_([A-Za-z]{2,})/u, ([, word = '']) => `_{\\text{${word}}}`],
  [/^([_^])\*/u, ([, sign = '']) => `${sign}{\\ast}`],
  [/^([_^])(.)/u, ([, sign = '', one = '']) => `${sign}{${tex(one)}}`],
  [new RegExp(`^${classOf(superscripts)}`, 'u'), ([all = '']) => `^{${scripted(all, superscripts)}}`],
  [new RegExp(`^${classOf(subscripts)}`, 'u'), ([all = '']) => `_{${scripted(all, subscripts)}}`],
  [/^(\p{L})\u0303/u, ([, one = '']) => `\\tilde{${tex(one)}}`],
  [/^[A-Za-z]{2,}(?:[ ,-]+[A-Za-z]{2,}(?![A-Za-z(_^]))*/u, ([all = '']) => wordsOf(all)],
  [/^\d+(?:\.\d+)?/u, ([all = '']) => all],
  [/^[A-Za-z]/u, ([all = '']) => all],
  [/^\s+/u, () => ' '],
  [/^[()[\]=+,.;:<>/!-]/u, ([all = '']) => all],
]

/** Names of functions stand upright, products are letters, all else is words. */
const wordsOf = (text: string): string => {
  if (operators.includes(text)) return `\\operatorname{${text}}`
  if (products.includes(text)) return text
  return `\\text{ ${text} }`
}

/** One line, or part of it, to TeX. Throws RangeError at a character that it does not know. */
export const tex = (text: string, display = false): string => {
  const step = (rest: string, before: string): string => {
    if (rest === '') return before
    const found = tokens.map(([pattern, write]) => [pattern.exec(rest), write] as const).find(([match]) => match !== null)
    const sign = Array.from(rest)[0] ?? ''
    const known = signs[sign]
    const match = found?.[0]
    // Signs come after derivatives, which begin with one, and before single letters, which Σ and Greek are too.
    if (match !== null && match !== undefined && (known === undefined || match[0].length > sign.length)) return step(rest.slice(match[0].length), before + (found?.[1](match, display) ?? ''))
    if (known === undefined) throw new RangeError(`formula: expected a known sign, got ${JSON.stringify(sign)} (U+${(sign.codePointAt(0) ?? 0).toString(16)}) in ${text}; add it to formula.ts`)
    return step(rest.slice(sign.length), before + known)
  }
  return step(text, '')
}

/** Places of brackets that belong together. */
const pairsIn = (text: string): readonly (readonly [open: number, close: number])[] => {
  const walk = Array.from(text).reduce<{ readonly open: readonly number[]; readonly pairs: readonly (readonly [number, number])[] }>(
    ({ open, pairs }, sign, i) => {
      if (sign === '(' || sign === '[') return { open: [...open, i], pairs }
      const last = open.at(-1)
      return (sign === ')' || sign === ']') && last !== undefined ? { open: open.slice(0, -1), pairs: [...pairs, [last, i]] } : { open, pairs }
    }, { open: [], pairs: [] })
  return walk.pairs
}

/** Brackets around a fraction grow with it; those of a root go under it. */
const grown = (text: string): string => {
  const pairs = pairsIn(text)
  const large = pairs.filter(([open, close]) => text.slice(open, close).includes('\\frac'))
  const roots = pairs.filter(([open]) => text.slice(0, open).endsWith('\\sqrt '))
  return Array.from(text).map((sign, i) => {
    if (roots.some((pair) => pair.includes(i))) return sign === '(' ? '{' : '}'
    return large.some(([open]) => open === i) ? `\\left${sign}` : large.some(([, close]) => close === i) ? `\\right${sign}` : sign
  }).join('')
}

/** No space between a word and the stop after it. */
const displayed = (text: string): string => grown(tex(text, true)).replaceAll(/(\\text\{[^}]*) \}(?=[.,;])/g, '$1}')

/** Parts of a line that are set apart, and the first = of the line to align at. */
const rowOf = (line: string): string => {
  const parts = line.trim().replace(/\s+([=≤])\s+/gu, ' $1 ').split(/ {3,}/).map((part) => part.trim())
  const [first = '', ...rest] = parts
  const at = first.startsWith('= ') ? 0 : first.indexOf(' = ')
  const aligned = at < 0 ? `&${displayed(first)}` : `${displayed(first.slice(0, at))} &= ${displayed(first.slice(at).replace(/^ ?= /, ''))}`
  return [aligned, ...rest.map(displayed)].join(' \\qquad ')
}

/** An indented block to TeX, for display. */
export const displayTex = (block: string): string => {
  const lines = block.split('\n').filter((line) => line.trim() !== '')
  return `\\begin{aligned}${lines.map(rowOf).join(' \\\\ ')}\\end{aligned}`
}

// ── In the text ──────────────────────────────────────────────────────────────────────────────────────────────────

/** What may carry an index: one letter, a closing bracket, or one of the few names of the theory. Not the letters of fan_in. */
const base = '(?:(?<![A-Za-z0-9_])(?:post|pre|Wx|ds|\\p{L}\u0303?[′″]?)|[)\\]⟩‖])'
const script = '(?:\\{[^{}]*\\}|\\*|−?[A-Za-z0-9Α-Ωα-ω]+)'
const indexed = new RegExp(`(${base})(?:\\^(${script}))?(?:_(${script}))?(?:\\^(${script}))?`, 'gu')

const bare = (text: string | undefined): string | undefined => text?.replace(/^\{(.*)\}$/u, '$1')

/** A stretch of text, or a letter with indices. */
export type Piece = string | { readonly base: string; readonly above: string | undefined; readonly below: string | undefined }

/** Prose with its indices taken apart: s^β_{t+1}, W_o, u^{1/3}. */
export const pieces = (text: string): readonly Piece[] => {
  const found = [...text.matchAll(indexed)].filter(([, , above, below, late]) => (above ?? below ?? late) !== undefined)
  const ends = [0, ...found.map((match) => match.index + match[0].length)]
  return [
    ...found.flatMap((match, i): readonly Piece[] => [
      text.slice(ends[i], match.index), { base: match[1] ?? '', above: bare(match[2] ?? match[4]), below: bare(match[3]) },
    ]),
    text.slice(ends.at(-1)),
  ].filter((piece) => piece !== '')
}
