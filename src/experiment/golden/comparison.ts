/**
 * Recorded numbers against computed ones. The computed side is a tree of the same form as the file's, whose leaves say
 * their shape and how far the recorded numbers may lie apart; so every recorded number meets a computed one, and a
 * recorded quantity that nothing computes is a failure, not an omission.
 */
import * as E from 'fp-ts/lib/Either.js'
import { sameShape, type Shape, showShape } from '../../tensor/algebra.ts'
import { decodeArray } from './decode.ts'

/** What a file should have recorded. Fields that a file leaves out are not missed. */
export type Computed =
  /** Within `allowance` of these, entry by entry; a single number has shape []. */
  | Numbers
  | { readonly _tag: 'Same'; readonly value: string | number }
  /** A number about somebody else's program, which nothing here can say anything of. */
  | { readonly _tag: 'Aside' }
  | { readonly _tag: 'List'; readonly items: readonly Computed[] }
  | { readonly _tag: 'Fields'; readonly fields: Readonly<Record<string, Computed>> }

interface Numbers {
  readonly _tag: 'Numbers'
  readonly shape: Shape
  readonly data: ArrayLike<number>
  readonly allowance: number
}

export const numbers = (shape: Shape, data: ArrayLike<number>, allowance: number): Computed =>
  ({ _tag: 'Numbers', shape, data, allowance })
export const scalar = (value: number, allowance: number): Computed => numbers([], [value], allowance)
export const same = (value: string | number): Computed => ({ _tag: 'Same', value })
export const aside: Computed = { _tag: 'Aside' }
export const list = (items: readonly Computed[]): Computed => ({ _tag: 'List', items })
export const fields = (byName: Readonly<Record<string, Computed>>): Computed => ({ _tag: 'Fields', fields: byName })

/** name ↦ f(value, name). */
export const fieldsOf = <X>(byName: Readonly<Record<string, X>>, f: (value: X, name: string) => Computed): Computed =>
  fields(Object.fromEntries(Object.entries(byName).map(([name, value]) => [name, f(value, name)])))

type Path = readonly (string | number)[]

export type Finding =
  /** Compared; holds when `difference` ≤ `allowance` (NaN never does). The numbers are those of the worst entry. */
  | { readonly _tag: 'Compared'; readonly path: Path; readonly difference: number; readonly allowance: number
    readonly recorded: number; readonly computed: number }
  /** Two different values where only one can be right, or something recorded that nothing computes. */
  | { readonly _tag: 'Contradicted'; readonly path: Path; readonly message: string }
  /** The file does not hold what its own format promises. */
  | { readonly _tag: 'Malformed'; readonly path: Path; readonly message: string }

export const holds = (finding: Finding): boolean => finding._tag === 'Compared' && finding.difference <= finding.allowance

/** "official.s_star[0]". */
export const showPath = (path: Path): string =>
  path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('').replace(/^\./, '')

/** Compares what a file recorded with what was computed, leaf by leaf. */
export const compare = (recorded: unknown, computed: Computed, path: Path = []): readonly Finding[] => {
  const malformed = (message: string): readonly Finding[] => [{ _tag: 'Malformed', path, message }]
  const contradicted = (message: string): readonly Finding[] => [{ _tag: 'Contradicted', path, message }]
  switch (computed._tag) {
    case 'Aside': return []
    case 'Same':
      return recorded === computed.value
        ? []
        : contradicted(`recorded ${JSON.stringify(recorded)}, expected ${computed.value}`)
    case 'Numbers': {
      if (computed.shape.length === 0)
        return typeof recorded === 'number'
          ? [worst([recorded], computed, path)]
          : malformed(`expected a number, got ${kindOf(recorded)}`)
      const array = decodeArray(recorded)
      if (E.isLeft(array)) return malformed(array.left)
      const { shape, data } = array.right
      return sameShape(shape, computed.shape)
        ? [worst(data, computed, path)]
        : malformed(`expected shape ${showShape(computed.shape)}, got ${showShape(shape)}`)
    }
    case 'List': {
      if (!Array.isArray(recorded)) return malformed(`expected a list, got ${kindOf(recorded)}`)
      const items: readonly unknown[] = recorded
      return items.length === computed.items.length
        ? computed.items.flatMap((item, i) => compare(items[i], item, [...path, i]))
        : malformed(`expected ${computed.items.length} items, got ${items.length}`)
    }
    case 'Fields': {
      if (typeof recorded !== 'object' || recorded === null || Array.isArray(recorded))
        return malformed(`expected an object, got ${kindOf(recorded)}`)
      return Object.entries(recorded).flatMap(([name, value]: readonly [string, unknown]): readonly Finding[] => {
        const field = computed.fields[name]
        return field === undefined
          ? [{ _tag: 'Contradicted', path: [...path, name], message: 'recorded, but nothing here computes it' }]
          : compare(value, field, [...path, name])
      })
    }
  }
}

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : typeof value

// The entry where recorded and computed lie furthest apart; Math.max makes a NaN the furthest.
const worst = (recorded: readonly number[], { data, allowance }: Numbers, path: Path): Finding => {
  const gaps = recorded.map((value, i) => Math.abs(value - (data[i] ?? NaN)))
  const difference = gaps.reduce((most, gap) => Math.max(most, gap), 0)
  const at = Math.max(0, gaps.findIndex((gap) => Object.is(gap, difference)))
  return { _tag: 'Compared', path, difference, allowance, recorded: recorded[at] ?? NaN, computed: data[at] ?? NaN }
}
