/** Exact elimination over any number system: what makes a chosen state stationary. Generators only; the library solves nothing. */
import type { Field } from '../number/number.ts'

interface Row<X> {
  readonly features: readonly X[]
  readonly right: X
  readonly pivot: number
}

/**
 * Some δ with Σ_j features[b][j] δ_j = right[b] for every row b, zero outside one pivot column per row. Undefined when the
 * rows are dependent. Gauss–Jordan; the first non-zero entry is the pivot, so a column of ones in front is used first.
 */
export const solve = <X>(S: Field<X>, features: readonly (readonly X[])[], right: readonly X[]): readonly X[] | undefined => {
  const minus = (a: Row<X>, factor: X, b: Row<X>): Row<X> => ({
    ...a,
    features: a.features.map((e, j) => S.sub(e, S.mul(factor, b.features[j] as X))),
    right: S.sub(a.right, S.mul(factor, b.right)),
  })
  const reduced = features.reduce<readonly Row<X>[] | undefined>((done, row, b) => {
    if (done === undefined) return undefined
    const fresh = done.reduce<Row<X>>((r, d) => minus(r, r.features[d.pivot] as X, d), { features: row, right: right[b] as X, pivot: -1 })
    const pivot = fresh.features.findIndex((e) => !S.equals(e, S.zero))
    if (pivot < 0) return undefined
    const lead = fresh.features[pivot] as X
    const unit: Row<X> = { features: fresh.features.map((e) => S.div(e, lead)), right: S.div(fresh.right, lead), pivot }
    return [...done.map((d) => minus(d, d.features[pivot] as X, unit)), unit]
  }, [])
  return reduced && (features[0] ?? []).map((_, j) => reduced.find(({ pivot }) => pivot === j)?.right ?? S.zero)
}
