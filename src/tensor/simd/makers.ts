/**
 * Who makes tensors, and knows which: so that those that a step of a phase made, but for its result, can be forgotten when it is over, and so that what a step does
 * can be recorded, with nothing computed.
 */
import type { Shape } from '../algebra.ts'
import type { Cells } from './kinds.ts'
import type { Entrywise, Open, Rowwise } from './open.ts'

/** Thrown where what is recorded depends on entries: then there is no record. */
export const unforeseen: Error = new Error('tensor: asked for entries while a step is recorded')

/** Ways to make tensors of one kind, and to let them go. */
export interface Makers<C> {
  /** Whose entries are there. */
  readonly of: (shape: Shape, data: C, turned?: boolean) => Open<C>
  /** Whose entries wait. */
  readonly entrywise: (shape: Shape, plan: Entrywise<C>, turned?: boolean) => Open<C>
  readonly rowwise: (shape: Shape, plan: Rowwise<C>, turned?: boolean) => Open<C>
  /** Whose entries lie in the memory of the machine, and are copied only if somebody asks for an array; nowhere, of what a step is recorded with. */
  readonly placed: (shape: Shape, place: number | undefined) => Open<C>
  /** Where nobody will look at x again. */
  readonly forget: (x: Open<C>) => void
  /** What `act` gives, with entries; all else that it made, and what is spent, is forgotten. */
  readonly keptOf: (act: () => readonly Open<C>[], spent: readonly Open<C>[]) => readonly Open<C>[]
  /** What `act` gives and all that it made, nothing of which was computed; undefined where it needs entries, or what cannot be recorded, to go on. */
  readonly recorded: (act: () => readonly Open<C>[]) => { readonly results: readonly Open<C>[]; readonly made: ReadonlySet<Open<C>> } | undefined
  /** Whether what is done is being recorded, and whether x was made so. */
  readonly records: () => boolean
  readonly isRecorded: (x: Open<C>) => boolean
}

/** Makers who give the memory of what is forgotten to others. */
export const makersOf = <C extends Cells>(give: (data: C) => void): Makers<C> => {
  type X = Open<C>
  /** What was made since the innermost `keptOf` began. */
  let made: X[] | undefined
  /** What was made since a record began, by what it is made of: what is made twice is one tensor. */
  let record: { readonly all: Set<X>; readonly known: Map<string, X>; readonly numbers: Map<X | C, number> } | undefined
  const making = (x: X): X => {
    made?.push(x)
    record?.all.add(x)
    return x
  }
  const once = ({ known, numbers }: NonNullable<typeof record>, name: string, of: readonly (X | C)[], shape: Shape, make: () => X): X => {
    const numberOf = (x: X | C): number => {
      const number = numbers.get(x) ?? numbers.size
      numbers.set(x, number)
      return number
    }
    const key = `${name} ${of.map(numberOf).join()} ${shape.join()}`
    const x = known.get(key) ?? make()
    known.set(key, x)
    return x
  }
  const waiting = (shape: Shape, turned: boolean, entrywise: X['entrywise'], rowwise: X['rowwise']): X =>
    making({ shape, turned, data: undefined, byRows: undefined, entrywise, rowwise, shown: undefined, used: false, place: undefined })
  const forget = (x: X): void => {
    if (x.data !== undefined) give(x.data)
    if (x.byRows !== undefined) give(x.byRows)
    x.data = x.byRows = x.place = undefined
    x.entrywise = x.rowwise = undefined
  }
  return {
    of: (shape, data, turned = false) =>
      making({ shape, turned, data, byRows: undefined, entrywise: undefined, rowwise: undefined, shown: undefined, used: true, place: undefined }),
    entrywise: (shape, plan, turned = false) => {
      const make = (): X => waiting(shape, turned, plan, undefined)
      return record === undefined || plan.gathered !== undefined ? make() : once(record, `${plan.name} ${Object.is(plan.c, -0) ? '-0' : plan.c}`, plan.of, shape, make)
    },
    rowwise: (shape, plan, turned = false) => {
      const make = (): X => waiting(shape, turned, undefined, plan)
      return record === undefined || plan.factors === undefined ? make() : once(record, plan.factors.orientation, [plan.factors.left, plan.factors.right], shape, make)
    },
    placed: (shape, place) =>
      making({ shape, turned: false, data: undefined, byRows: undefined, entrywise: undefined, rowwise: undefined, shown: undefined, used: false, place }),
    forget,
    keptOf: (act, spent) => {
      const around = made
      made = []
      try {
        const results = act()
        const kept = new Set(results)
        for (const x of made) if (!kept.has(x)) forget(x)
        for (const x of spent) if (!kept.has(x)) forget(x)
        around?.push(...results)
        return results
      } finally {
        made = around
      }
    },
    recorded: (act) => {
      // A record within a record: the outer one cannot foresee what comes of it.
      if (record !== undefined) throw unforeseen
      const [around, all] = [made, new Set<X>()]
      made = undefined
      record = { all, known: new Map(), numbers: new Map() }
      try {
        return { results: act(), made: all }
      } catch (reason) {
        all.forEach(forget)
        if (reason === unforeseen) return undefined
        throw reason
      } finally {
        made = around
        record = undefined
      }
    },
    records: () => record !== undefined,
    isRecorded: (x) => record?.all.has(x) === true,
  }
}
