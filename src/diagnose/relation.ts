/**
 * How one matrix that should equal another differs from it: the shape of a mistake. A constant factor is a matter of units or of
 * sign; a factor per row or column is a slope that was left out; an exchange of indices is a transposed weight.
 *
 * With F found and E expected, both sampled from Jacobians or gradients, and the relative rounding r of each entry's scale:
 *
 *     scaled            F = c E                 columns   F = E diag b
 *     rows              F = diag a E            weighted  F = diag a E diag b
 *     transposed        F = diag a Eᵀ diag b    (square)
 *
 * Quotients are formed only where |E| > √r max |E|, so each is right to √r.
 */

/** Rows of equal length. */
export type Matrix = readonly (readonly number[])[]

export type Relation =
  | { readonly _tag: 'Same' | 'Absent' | 'Extra' | 'Transposed' | 'Unrelated' }
  /** F = c E. */
  | { readonly _tag: 'Scaled'; readonly factor: number }
  /** The factors met, from the least to the largest. */
  | { readonly _tag: 'Rows' | 'Columns' | 'Weighted'; readonly least: number; readonly most: number }

const largest = (matrix: Matrix): number => matrix.flat().reduce((most, x) => Math.max(most, Math.abs(x)), 0)
const at = (matrix: Matrix, i: number, j: number): number => matrix[i]?.[j] ?? 0
const transposeOf = (matrix: Matrix): Matrix => (matrix[0] ?? []).map((_, j) => matrix.map((row) => row[j] ?? 0))
const withinAll = (found: Matrix, predicted: (i: number, j: number) => number, allowed: number): boolean =>
  found.every((row, i) => row.every((f, j) => Math.abs(f - predicted(i, j)) <= allowed))

/** The c that fits f = c e best, where some e is large enough to say. */
const factorOf = (found: readonly number[], expected: readonly number[], least: number): number | undefined => {
  const clear = expected.flatMap((e, i) => (Math.abs(e) > least ? [[found[i] ?? NaN, e] as const] : []))
  const weight = clear.reduce((sum, [, e]) => sum + e * e, 0)
  return clear.length === 0 ? undefined : clear.reduce((sum, [f, e]) => sum + f * e, 0) / weight
}

/** Factors a, b with F = diag a E diag b read off the fullest row, if that predicts every entry. */
const weights = (found: Matrix, expected: Matrix, least: number, allowed: number): readonly number[] | undefined => {
  const clear = (row: readonly number[]): number => row.filter((e) => Math.abs(e) > least).length
  const pivot = expected.reduce((best, row, i) => (clear(row) > clear(expected[best] ?? []) ? i : best), 0)
  const columns = (expected[pivot] ?? []).map((e, j) => (Math.abs(e) > least ? at(found, pivot, j) / e : undefined))
  const rows = expected.map((row, i) => factorOf(found[i] ?? [], row.map((e, j) => e * (columns[j] ?? 0)), least * 1e-3))
  const known = (i: number, j: number): boolean => columns[j] !== undefined && rows[i] !== undefined
  // Two rows and two columns at least: fewer are always of this form.
  const tested = expected.flatMap((row, i) => row.map((_, j) => i !== pivot && known(i, j))).filter(Boolean).length
  const fits = withinAll(found, (i, j) => (known(i, j) ? (rows[i] ?? 0) * at(expected, i, j) * (columns[j] ?? 0) : at(found, i, j)), allowed)
  const all = expected.flatMap((row, i) => row.flatMap((e, j) => (known(i, j) && Math.abs(e) > least ? [at(found, i, j) / e] : [])))
  return fits && tested > 2 ? all : undefined
}

const spread = (factors: readonly number[]): { readonly least: number; readonly most: number } =>
  ({ least: Math.min(...factors), most: Math.max(...factors) })

/** What F is of E; r is the relative rounding that a computed entry may have. */
export const relationOf = (found: Matrix, expected: Matrix, r: number): Relation => {
  const [sizeF, sizeE] = [largest(found), largest(expected)]
  const allowed = r * Math.max(sizeF, sizeE)
  const [least, loose] = [Math.sqrt(r) * sizeE, Math.sqrt(r) * sizeF]
  if (withinAll(found, (i, j) => at(expected, i, j), allowed)) return { _tag: 'Same' }
  if (sizeF <= allowed) return { _tag: 'Absent' }
  if (sizeE <= allowed) return { _tag: 'Extra' }
  const factor = factorOf(found.flat(), expected.flat(), least)
  if (factor !== undefined && withinAll(found, (i, j) => factor * at(expected, i, j), loose)) return { _tag: 'Scaled', factor }
  const rows = found.map((row, i) => factorOf(row, expected[i] ?? [], least))
  const wide = expected.some((row) => row.filter((e) => Math.abs(e) > least).length > 1)
  if (wide && withinAll(found, (i, j) => (rows[i] ?? 0) * at(expected, i, j), loose))
    return { _tag: 'Rows', ...spread(rows.flatMap((c) => (c === undefined ? [] : [c]))) }
  const columns = transposeOf(found).map((column, j) => factorOf(column, transposeOf(expected)[j] ?? [], least))
  const tall = transposeOf(expected).some((column) => column.filter((e) => Math.abs(e) > least).length > 1)
  if (tall && withinAll(found, (i, j) => (columns[j] ?? 0) * at(expected, i, j), loose))
    return { _tag: 'Columns', ...spread(columns.flatMap((c) => (c === undefined ? [] : [c]))) }
  const both = weights(found, expected, least, loose)
  if (both !== undefined) return { _tag: 'Weighted', ...spread(both) }
  const square = found.length > 1 && found.length === (found[0] ?? []).length
  const turned = transposeOf(expected)
  if (square && (withinAll(found, (i, j) => at(turned, i, j), loose) || weights(found, turned, least, loose) !== undefined)) return { _tag: 'Transposed' }
  return { _tag: 'Unrelated' }
}
