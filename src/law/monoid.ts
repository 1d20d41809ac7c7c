/** Law L3 for the interactions that ship: sums of dense, bias and lateral terms. The suite is interactions.ts. */
import fc from 'fast-check'
import { bias } from '../phi/bias.ts'
import { dense } from '../phi/dense.ts'
import { lateral } from '../phi/lateral.ts'
import { monoid } from '../phi/monoid.ts'
import { interactionLaws, type Terms } from './interactions.ts'
import type { Law } from './law.ts'

/** One shipped term: on which layer, counted modulo the layers there are; dense ones start at another. */
interface Described {
  readonly kind: 'dense' | 'bias' | 'lateral'
  readonly layer: number
  readonly from: number
  readonly letter: 'A' | 'B'
}

/** The terms that ship. A parameter is named by a letter and its shape, so terms with equal shapes often share one. */
const shippedTerms: Terms<Described> = {
  descriptions: fc.record({
    kind: fc.constantFrom('dense', 'bias', 'lateral'),
    layer: fc.nat({ max: 3 }),
    from: fc.oneof(fc.constant(0), fc.nat({ max: 3 })),
    letter: fc.constantFrom('A', 'B'),
  }),
  build: (widths) => ({ kind, layer, from, letter }) => {
    const end = (l: number) => ({ layer: l, units: widths[l] ?? 0 })
    const to = end(1 + (layer % (widths.length - 1)))
    switch (kind) {
      case 'dense': {
        // Any layer but `to`; from 0 is the input.
        const source = end(widths.map((_, l) => l).filter((l) => l !== to.layer)[from % (widths.length - 1)] ?? 0)
        return dense(`${letter}${to.units}x${source.units}`, source, to)
      }
      case 'bias': return bias(`${letter}${to.units}`, to)
      case 'lateral': return lateral(`${letter}${to.units}x${to.units}`, to)
    }
  },
}

/** L3 for the interactions that ship. */
export const monoidLaws: readonly Law[] =
  interactionLaws('L3', monoid<never>(), shippedTerms, ['monoid', 'plus', 'zero', 'dense', 'bias', 'lateral'])
