/**
 * Tensors whose entries wait until somebody needs them. Nothing can change a tensor, so when an operation is carried out makes no difference to
 * its result, only to how often memory is walked: chains of element-wise operations on large tensors become one walk, in blocks that
 * stay in the cache next to the core, each operation in turn on the block, so that every rounding is as before. Gathered patches are gathered
 * where a product packs them. A product that waits is computed in blocks of rows, and what follows is done to each block while it is near.
 *
 * Where all entries are needed in one array they are put there once, remembered, and what they were made of is let go. So is, before it is used a
 * second time, whatever would cost more to compute again than to keep. A chain has at most one product in it, and a product's factors have none, so
 * nothing waits for what waits for long.
 *
 * Matrices come row by row, or column by column where their maker found that better (`turned`); operations keep the order of their operands,
 * and whoever needs the other one turns them.
 */
import { entries, type Positions, type Shape } from '../algebra.ts'
import { type Arena, SLOTS } from './arena.ts'
import type { Cells, Kind } from './kinds.ts'
import type { Pass, PassOfTwo } from './passes.ts'
import type { Grid } from './positions.ts'
import type { Reader, Visit } from './products.ts'
import type { SpareArrays } from './spare-arrays.ts'
import { transposeInto } from './turned.ts'

/** How to come by any stretch of entries that a slot has room for; of a chain on a product, while its block with those entries is there. */
interface Entrywise<C> {
  /** Puts those from `from` to `to` into the memory of the machine, at that address. Slots from the given one on are free to use. */
  readonly write: (from: number, to: number, address: number, slot: number) => void
  /** Arrays that are read, and what the operations that are carried out cost per entry, in additions. */
  readonly arrays: number
  readonly operations: number
  /** Where they are gathered from, if that is all. */
  readonly gathered?: { readonly source: C; readonly at: Positions['at'] }
  /** The product in the chain that still waits. */
  readonly product?: () => Open<C> | undefined
}

/** How to come by all entries in order, in stretches of rows that lie in the memory of the machine while they are shown. */
interface Rowwise<C> {
  readonly each: (visit: Visit<C>) => void
  /** So many zeros, plus the entries where a grid says. */
  readonly scattered?: (grid: Grid, count: number) => C
}

/** A tensor: entries, or a way to come by them. */
export interface Open<C> {
  readonly shape: Shape
  /** Whether its entries come column by column, as those of its transpose: only of matrices. */
  readonly turned: boolean
  /** The entries in the order in which they come. */
  data: C | undefined
  /** Those of a turned one row by row, once somebody asked. */
  byRows: C | undefined
  entrywise: Entrywise<C> | undefined
  rowwise: Rowwise<C> | undefined
  /** Of a product, while it is shown: from which entry on, and where. */
  shown: { readonly from: number; readonly address: number } | undefined
  used: boolean
}

/** At most so many arrays are read, each may need a slot, and operations carried out in one walk: nothing grows with the length of a phase. */
const [ARRAYS, OPERATIONS] = [SLOTS, 32]

/** Ways to make tensors of one kind, and to come by their entries. */
export interface Deferring<C> {
  /** Whose entries are there. */
  readonly of: (shape: Shape, data: C, turned?: boolean) => Open<C>
  /** Whose entries wait. */
  readonly entrywise: (shape: Shape, plan: Entrywise<C>, turned?: boolean) => Open<C>
  readonly rowwise: (shape: Shape, plan: Rowwise<C>, turned?: boolean) => Open<C>
  /** All entries in one array, from now on, row by row. */
  readonly cells: (x: Open<C>) => C
  /** The same in the order in which they come. */
  readonly inTurn: (x: Open<C>) => C
  /** Shows all entries in order, remembering none. */
  readonly visit: (x: Open<C>, show: Visit<C>) => void
  /** So many zeros plus all entries where a grid says, remembering none; undefined of what cannot do so. */
  readonly scattered: (x: Open<C>, grid: Grid, count: number) => C | undefined
  /** Reads any stretch, remembering none. */
  readonly reader: (x: Open<C>) => Reader
  /** As `within` of an algebra. */
  readonly within: (act: () => readonly Open<C>[], spent: readonly Open<C>[]) => readonly Open<C>[]
  /** x after a pass, if need be with another shape of as many entries. */
  readonly map: (pass: Pass, x: Open<C>, c?: number, shape?: Shape) => Open<C>
  /** x and y of one shape after a pass of two. */
  readonly zip: (pass: PassOfTwo, x: Open<C>, y: Open<C>) => Open<C>
}

/** Tensors of one kind. Results of `defer` entries or more may wait. Who knows something of an array is told when its memory is given to others. */
export const deferring = <C extends Cells>(
  { bytes }: Kind<C>, { machine, heap, slot, length }: Arena<C>, { fresh, give }: SpareArrays<C>, defer: number, release: (data: C) => void,
): Deferring<C> => {
  type X = Open<C>
  /** What was made since the innermost `within` began. */
  let made: X[] | undefined
  const making = (x: X): X => {
    made?.push(x)
    return x
  }
  const of = (shape: Shape, data: C, turned = false): X =>
    making({ shape, turned, data, byRows: undefined, entrywise: undefined, rowwise: undefined, shown: undefined, used: true })
  const entrywise = (shape: Shape, plan: Entrywise<C>, turned = false): X =>
    making({ shape, turned, data: undefined, byRows: undefined, entrywise: plan, rowwise: undefined, shown: undefined, used: false })
  const rowwise = (shape: Shape, plan: Rowwise<C>, turned = false): X =>
    making({ shape, turned, data: undefined, byRows: undefined, entrywise: undefined, rowwise: plan, shown: undefined, used: false })
  const forget = (x: X): void => {
    if (x.data !== undefined) {
      if (x.data.length >= defer) release(x.data)
      give(x.data)
    }
    if (x.byRows !== undefined) give(x.byRows)
    x.data = x.byRows = undefined
    x.entrywise = x.rowwise = undefined
  }

  /** Block by block, each in the first slot. */
  const blocks = (plan: Entrywise<C>, first: number, last: number, show: Visit<C>): void => {
    for (let from = first; from < last; from += length) {
      const to = Math.min(last, from + length)
      plan.write(from, to, slot(0), 1)
      show(heap(), slot(0) / bytes, from, to)
    }
  }
  const walk = (plan: Entrywise<C>, count: number, show: Visit<C>): void => {
    const product = plan.product?.()
    if (product?.rowwise === undefined) blocks(plan, 0, count, show)
    else
      product.rowwise.each((_, at, from, to) => {
        product.shown = { from, address: at * bytes }
        blocks(plan, from, to, show)
        product.shown = undefined
      })
  }
  const inTurn = (x: X): C => {
    if (x.data !== undefined) return x.data
    if (x.entrywise === undefined && x.rowwise === undefined) throw new TypeError('tensor: its memory has been given to others; whoever ended its phase may not look at it again')
    const out = fresh(entries(x.shape))
    const take: Visit<C> = (part, at, from, to) => { out.set(part.subarray(at, at + to - from), from) }
    if (x.entrywise !== undefined) walk(x.entrywise, out.length, take)
    else x.rowwise?.each(take)
    x.data = out
    x.entrywise = x.rowwise = undefined
    return out
  }
  const transposed = ({ shape: [rows = 0, columns = 0], turned }: X, data: C): C => {
    const out = fresh(data.length)
    return turned ? transposeInto(data, columns, rows, out) : transposeInto(data, rows, columns, out)
  }
  const cells = (x: X): C => {
    if (!x.turned) return inTurn(x)
    return x.byRows ??= transposed(x, inTurn(x))
  }
  /** The same entries, to come by columns or by rows. What waits for x goes on reading x: its own order stays. */
  const coming = (x: X, turned: boolean): X =>
    (x.turned === turned ? x : turned ? of(x.shape, transposed(x, inTurn(x)), true) : of(x.shape, cells(x).slice() as C))
  /** The product that has to be shown before its entries are to be had. */
  const productOf = (x: X): X | undefined => (x.rowwise === undefined ? x.entrywise?.product?.() : x)
  /** Before a use that remembers nothing. One operation on one array costs no more than reading another. */
  const use = (x: X): X => {
    if (x.used && !(x.entrywise !== undefined && x.entrywise.arrays <= 1 && x.entrywise.operations <= 1)) inTurn(x)
    x.used = true
    return x
  }
  const visit = (x: X, show: Visit<C>): void => {
    if (x.turned) {
      show(cells(x), 0, 0, cells(x).length)
      return
    }
    const { data, entrywise: plan, rowwise: rows } = use(x)
    if (data !== undefined) show(data, 0, 0, data.length)
    else if (rows !== undefined) rows.each(show)
    else if (plan !== undefined) walk(plan, entries(x.shape), show)
    else cells(x)
  }
  const within = (act: () => readonly X[], spent: readonly X[]): readonly X[] => {
    const around = made
    made = []
    try {
      const results = act()
      results.forEach(inTurn)
      const kept = new Set(results)
      for (const x of made) if (!kept.has(x)) forget(x)
      for (const x of spent) if (!kept.has(x)) forget(x)
      around?.push(...results)
      return results
    } finally {
      made = around
    }
  }
  const scattered = (x: X, grid: Grid, count: number): C | undefined => {
    if (x.rowwise?.scattered === undefined || x.used || x.turned) return undefined
    x.used = true
    return x.rowwise.scattered(grid, count)
  }
  const write = (x: X, from: number, to: number, address: number, free: number): void => {
    if (x.entrywise !== undefined) x.entrywise.write(from, to, address, free)
    else if (x.shown !== undefined) {
      const at = x.shown.address / bytes + from - x.shown.from
      heap().copyWithin(address / bytes, at, at + to - from)
    } else heap().set(inTurn(x).subarray(from, to), address / bytes)
  }
  // While it reads, a product is being computed: there is no room for another.
  const reader = (x: X): Reader => {
    if (x.turned) {
      cells(x)
      return (from, to, address) => { heap().set(cells(x).subarray(from, to), address / bytes) }
    }
    if (productOf(x) !== undefined) inTurn(x)
    use(x)
    return (from, to, address) => {
      if (x.entrywise === undefined) write(x, from, to, address, 0)
      else for (let i = from; i < to; i += length) write(x, i, Math.min(to, i + length), address + (i - from) * bytes, 0)
    }
  }

  const arrays = (x: X): number => x.entrywise?.arrays ?? 1
  const operations = (x: X): number => x.entrywise?.operations ?? 0

  const map = (pass: Pass, x: X, c = 0, shape = x.shape): X => {
    const count = entries(shape)
    if (count < defer && pass.loop !== undefined) {
      const out = fresh(count)
      pass.loop(cells(x), out, c)
      return of(shape, out)
    }
    if (x.turned && shape !== x.shape) return map(pass, coming(x, false), c, shape)
    if (operations(x) >= OPERATIONS) inTurn(x)
    use(x)
    const after = entrywise(shape, {
      arrays: arrays(x), operations: operations(x) + pass.cost, product: () => productOf(x),
      write: (from, to, address, free) => {
        write(x, from, to, address, free)
        pass.on(machine, address, to - from, c)
      },
    }, x.turned)
    if (count < defer) inTurn(after)
    return after
  }
  const zip = (pass: PassOfTwo, x: X, y: X): X => {
    const count = entries(x.shape)
    if (count < defer) {
      const out = fresh(count)
      pass.loop(cells(x), cells(y), out)
      return of(x.shape, out)
    }
    const tooMuch = (): boolean => arrays(x) + arrays(y) > ARRAYS || operations(x) + operations(y) >= OPERATIONS
    // Both in the order of a product that came in columns, if one did.
    if (x.turned !== y.turned) return zip(pass, coming(x, true), coming(y, true))
    if (tooMuch()) inTurn(x)
    if (tooMuch()) inTurn(y)
    use(x)
    use(y)
    if (productOf(x) !== undefined && productOf(y) !== undefined) inTurn(y)
    return entrywise(x.shape, {
      arrays: arrays(x) + arrays(y), operations: operations(x) + operations(y) + 1, product: () => productOf(x) ?? productOf(y),
      write: (from, to, address, free) => {
        write(x, from, to, address, free)
        write(y, from, to, slot(free), free + 1)
        pass.on(machine, address, slot(free), to - from)
      },
    }, x.turned)
  }
  return { of, entrywise, rowwise, cells, inTurn, visit, scattered, reader, within, map, zip }
}
