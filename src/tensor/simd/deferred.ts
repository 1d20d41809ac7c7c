/**
 * Tensors whose entries wait until somebody needs them. Nothing can change a tensor, so when an operation is carried out makes no difference to
 * its result, only to how often memory is walked: chains of element-wise operations on large tensors become one walk, in blocks that
 * stay in the cache next to the core, and one loop over each block (chain.ts), in which every operation rounds by itself as before. Gathered patches are gathered
 * where a product packs them. A product that waits is computed in blocks of rows, and what follows is done to each block while it is near.
 *
 * Where all entries are needed in one array they are put there once, remembered, and what they were made of is let go. So is, before it is used a
 * second time, whatever would cost more to compute again than to keep. A chain has at most one product in it, and a product's factors have none, so
 * nothing waits for what waits for long.
 *
 * Matrices come row by row, or column by column where their maker found that better (`turned`); operations keep the order of their operands,
 * and whoever needs the other one turns them.
 */
import { entries, type Shape } from '../algebra.ts'
import { type Arena, SLOTS } from './arena.ts'
import { chainsOn, type Stretch } from './chain.ts'
import type { Cells, Kind } from './kinds.ts'
import { makersOf, type Makers, unforeseen } from './makers.ts'
import { type Open, productOf } from './open.ts'
import { COSTLY, type Pass, type PassOfTwo } from './passes.ts'
import type { Grid } from './positions.ts'
import type { Products } from './products.ts'
import type { Visit } from './by-rows.ts'
import type { SpareArrays } from './spare-arrays.ts'
import { transposeInto } from './turned.ts'
import type { Reader } from './work-area.ts'

/** At most so many arrays are read, each may need a slot beside that of the result, and operations carried out in one walk: nothing grows with the length of a phase. */
const [ARRAYS, OPERATIONS] = [SLOTS - 1, 32]

/** Ways to make tensors of one kind, and to come by their entries. */
export interface Deferring<C> extends Makers<C> {
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
  kind: Kind<C>, arena: Arena<C>, { fresh, give }: SpareArrays<C>, defer: number, { release, placeOf }: Pick<Products<C>, 'release' | 'placeOf'>,
): Deferring<C> => {
  type X = Open<C>
  const { bytes } = kind
  const { heap, slot, length } = arena
  const makers = makersOf<C>((data) => {
    if (data.length >= defer) release(data)
    give(data)
  })
  const { of, entrywise, records, isRecorded, keptOf } = makers
  const chain = chainsOn(kind, arena, (x) => inTurn(x), placeOf)
  /** Block by block, each in the first slot. */
  const blocks = (stretch: Stretch, first: number, last: number, show: Visit<C>): void => {
    for (let from = first; from < last; from += length) {
      const to = Math.min(last, from + length)
      stretch(from, to, slot(0))
      show(heap(), slot(0) / bytes, from, to)
    }
  }
  const walk = (x: X, show: Visit<C>): void => {
    const product = productOf(x)
    const stretch = chain(x)
    if (product?.rowwise === undefined) blocks(stretch, 0, entries(x.shape), show)
    else
      product.rowwise.each((_, at, from, to) => {
        product.shown = { from, address: at * bytes }
        blocks(stretch, from, to, show)
        product.shown = undefined
      })
  }
  const inTurn = (x: X): C => {
    if (x.data !== undefined) return x.data
    if (isRecorded(x)) throw unforeseen
    if (x.place !== undefined) {
      x.data = fresh(entries(x.shape))
      x.data.set(heap().subarray(x.place / bytes, x.place / bytes + x.data.length))
      x.place = undefined
      return x.data
    }
    if (x.entrywise === undefined && x.rowwise === undefined) throw new TypeError('tensor: its memory has been given to others; whoever ended its phase may not look at it again')
    const out = fresh(entries(x.shape))
    const take: Visit<C> = (part, at, from, to) => { out.set(part.subarray(at, at + to - from), from) }
    if (x.entrywise !== undefined) walk(x, take)
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
  /** Before a use that remembers nothing. One operation on one array costs no more than reading another. */
  const use = (x: X): X => {
    if (x.data === undefined && isRecorded(x)) throw unforeseen
    if (x.used && !(x.entrywise !== undefined && x.entrywise.arrays <= 1 && x.entrywise.operations <= 1)) inTurn(x)
    x.used = true
    return x
  }
  const visit = (x: X, show: Visit<C>): void => {
    if (x.turned) {
      show(cells(x), 0, 0, cells(x).length)
      return
    }
    const { data, place, entrywise: plan, rowwise: rows } = use(x)
    if (data !== undefined) show(data, 0, 0, data.length)
    else if (place !== undefined) show(heap(), place / bytes, 0, entries(x.shape))
    else if (rows !== undefined) rows.each(show)
    else if (plan !== undefined) walk(x, show)
    else cells(x)
  }
  const within = (act: () => readonly X[], spent: readonly X[]): readonly X[] => keptOf(() => {
    const results = act()
    results.forEach(inTurn)
    return results
  }, spent)
  const scattered = (x: X, grid: Grid, count: number): C | undefined => {
    if (x.rowwise?.scattered === undefined || x.used || x.turned) return undefined
    x.used = true
    return x.rowwise.scattered(grid, count)
  }
  // While it reads, a product is being computed: there is no room for another.
  const reader = (x: X): Reader => {
    if (x.turned) {
      cells(x)
      return (from, to, address) => { heap().set(cells(x).subarray(from, to), address / bytes) }
    }
    // A function is dearer than an array, and who multiplies by its values mostly needs them again.
    if (productOf(x) !== undefined || operations(x) >= COSTLY) inTurn(x)
    use(x)
    let stretch: Stretch | undefined
    return (from, to, address) => {
      if (x.entrywise === undefined) heap().set(inTurn(x).subarray(from, to), address / bytes)
      else {
        stretch ??= chain(x)
        for (let i = from; i < to; i += length) stretch(i, Math.min(to, i + length), address + (i - from) * bytes)
      }
    }
  }

  const arrays = (x: X): number => x.entrywise?.arrays ?? 1
  const operations = (x: X): number => x.entrywise?.operations ?? 0

  const map = (pass: Pass, x: X, c = 0, shape = x.shape): X => {
    const count = entries(shape)
    if (records())
      return entrywise(shape, { name: pass.name, of: [coming(x, false)], c, arrays: 0, operations: 0 })
    if (count < defer && pass.loop !== undefined) {
      const out = fresh(count)
      pass.loop(cells(x), out, c)
      return of(shape, out)
    }
    if (x.turned && shape !== x.shape) return map(pass, coming(x, false), c, shape)
    if (operations(x) >= OPERATIONS || arrays(x) >= ARRAYS) inTurn(x)
    use(x)
    // A function has a slot of its own, where what it is of does not end.
    const after = entrywise(shape, {
      name: pass.name, of: [x], c, arrays: arrays(x) + (pass.cost > 1 ? 1 : 0), operations: operations(x) + pass.cost,
    }, x.turned)
    if (count < defer) inTurn(after)
    return after
  }
  const zip = (pass: PassOfTwo, x: X, y: X): X => {
    const count = entries(x.shape)
    if (records())
      return entrywise(x.shape, { name: pass.name, of: [coming(x, false), coming(y, false)], c: 0, arrays: 0, operations: 0 })
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
      name: pass.name, of: [x, y], c: 0, arrays: arrays(x) + arrays(y), operations: operations(x) + operations(y) + 1,
    }, x.turned)
  }
  return { ...makers, cells, inTurn, visit, scattered, reader, within, map, zip }
}
