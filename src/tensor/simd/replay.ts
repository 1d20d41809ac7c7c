/**
 * Steps that are taken again and again, replayed in the memory of the machine: how to go about one is worked out when it is taken first
 * (recorded.ts), and then each is a few calls of the machine. Nothing is copied from step to step but what comes from elsewhere: results lie in three places by turns, so
 * that one and the two before it can be looked at, and what others still hold of an older one is copied out before its place is needed.
 *
 *     what comes from elsewhere | this result, the next, the one before: by turns | tensors that were there before | what a step needs meanwhile
 *
 * Only one step is at home there at a time. Another one that is taken in between moves in, and the first moves in again when it is taken again.
 */
import { sameShape } from '../algebra.ts'
import { type Arena, LINE } from './arena.ts'
import type { ByRows } from './by-rows.ts'
import type { Deferring } from './deferred.ts'
import type { Cells, Kind } from './kinds.ts'
import { loopsOn } from './loops.ts'
import type { Open } from './open.ts'
import { type Ingredients, ingredientsOf, type Instruction, type Recipe, recipeOf, type Recorded, readBy, shelved } from './recorded.ts'
import { upTo } from './rights.ts'

/** One step: from tensors, and what nobody will look at again, to its results. */
type Step<C> = (operands: readonly Open<C>[], spent: readonly Open<C>[]) => readonly Open<C>[]

/** How many results there are places for. */
const TURNS = 3
/** More routines than anybody has networks; then all are forgotten. */
const MOST = 64

/** A recipe with addresses: of what comes from elsewhere, if it is read, of results by turns, and of places (those of either are set from step to step). */
interface Routine<C> {
  readonly entrance: readonly (number | undefined)[]
  readonly turns: readonly (readonly number[])[]
  readonly at: number[]
  readonly given: Recipe['given']
  readonly calls: readonly ((at: readonly number[], rights: readonly C[]) => void)[]
}

/** Steps of one interpreter. */
export const replaysOn = <C extends Cells>(
  kind: Kind<C>, arena: Arena<C>, products: Readonly<Record<'NN' | 'NT', ByRows<C>>>,
  { cells, inTurn, within, recorded, placed, forget }: Pick<Deferring<C>, 'cells' | 'inTurn' | 'within' | 'recorded' | 'placed' | 'forget'>,
): ((step: (operands: readonly Open<C>[]) => readonly Open<C>[]) => Step<C>) => {
  type X = Open<C>
  const { bytes } = kind
  const { machine, heap, states } = arena
  const loopOf = loopsOn(kind, machine)
  /** Who is at home, and how to make room for another. */
  let home: { readonly leave: () => void } | undefined

  /** An instruction as a call, given where places and right factors are. */
  const callOf = (one: Instruction, sizes: readonly number[]): ((at: readonly number[], rights: readonly C[]) => void) => {
    const { to } = one
    const count = sizes[to] as number
    switch (one.does) {
      case 'function': return (at) => { machine[one.name](at[to] as number, count) }
      case 'product': {
        const { left, right, orientation, size: [m, k, n] } = one
        return (at, rights) => { products[orientation].inPlace(at[left] as number, rights[right] as C, m, k, n, at[to] as number) }
      }
      case 'loop': {
        const { program, inputs, constants } = one
        const run = loopOf(program, inputs.length, constants.length)
        const args: [number, number, ...number[]] = [0, Math.max(16, upTo(count * bytes, 16)), ...inputs, ...constants]
        return (at) => {
          args[0] = at[to] as number
          for (let i = 0; i < inputs.length; i++) args[2 + i] = at[inputs[i] as number] as number
          run(...args)
        }
      }
    }
  }

  /** Where everything lies in a recipe, and its calls; undefined where there is no room. */
  const routineOf = (recipe: Recipe, operands: number, results: number): Routine<C> | undefined => {
    const { instructions, sizes, given } = recipe
    const { shelf, shelves } = shelved(recipe, operands + results)
    const read = new Set(instructions.flatMap(readBy))
    let end = states.from
    const room = (count: number): number => {
      const from = end
      end += Math.max(LINE, upTo(count * bytes, LINE))
      return from
    }
    const entrance = sizes.slice(0, operands).map((count, place) => (read.has(place) ? room(count) : undefined))
    const turns = Array.from({ length: TURNS }, () => sizes.slice(operands, operands + results).map(room))
    const at = sizes.map(() => 0)
    for (const [place] of given) at[place] = room(sizes[place] as number)
    const shelfAt = shelves.map(room)
    for (const [place, nth] of shelf) at[place] = shelfAt[nth] as number
    return end > states.to ? undefined : { entrance, turns, at, given, calls: instructions.map((one) => callOf(one, sizes)) }
  }

  /** A step by a routine with its own tensors, to results of these shapes. */
  const stepBy = ({ entrance, turns, at, calls, given: taken }: Routine<C>, { given, rights }: Ingredients<C>, shapes: readonly X['shape'][]): Step<C> => {
    const put = (x: X, to: number): void => {
      // Memory may grow when entries are computed.
      const data = cells(x)
      heap().set(data, to / bytes)
    }
    // Which tensors lie in each of the places.
    const held: (readonly X[])[] = turns.map(() => [])
    const clear = (turn: number): void => {
      for (const x of held[turn] as readonly X[]) if (x.place !== undefined) inTurn(x)
      held[turn] = []
    }
    const self = { leave: (): void => { held.forEach((_, turn) => { clear(turn) }) } }
    const moveIn = (): void => {
      home?.leave()
      home = undefined
      for (const [place, nth] of taken) put(given[nth] as X, at[place] as number)
      home = self
    }
    let turn = 0
    return (operands, spent) => {
      if (home !== self) moveIn()
      turn = (turn + 1) % TURNS
      const to = turns[turn] as readonly number[]
      entrance.forEach((place, nth) => {
        const x = operands[nth] as X
        if (place === undefined) return
        // What lies in the machine is a result of this step, since it is at home; where it lies the next one may be due.
        const stays = x.place !== undefined && !to.includes(x.place)
        if (!stays) put(x, place)
        at[nth] = stays ? x.place as number : place
      })
      to.forEach((place, nth) => { at[entrance.length + nth] = place })
      spent.forEach(forget)
      clear(turn)
      for (const call of calls) call(at, rights)
      const results = shapes.map((shape, nth) => placed(shape, to[nth] as number))
      held[turn] = results
      return results
    }
  }

  const known = new Map<string, Routine<C> | undefined>()
  /** A recorded step, ready to be taken, and what of all that was made it needs; undefined where there is no room. */
  const preparedOf = (record: Recorded<C>): { readonly step: Step<C>; readonly needs: (x: X) => boolean } | undefined => {
    const ingredients = ingredientsOf(record)
    const { name, given, rights } = ingredients
    if (!known.has(name)) {
      if (known.size >= MOST) known.clear()
      known.set(name, routineOf(recipeOf(record, ingredients), record.operands.length, record.results.length))
    }
    const routine = known.get(name)
    // While what they are made of is there.
    for (const x of given) if (record.made.has(x)) inTurn(x)
    const needed = new Set<X | C | undefined>([...given, ...rights])
    return routine && { step: stepBy(routine, ingredients, record.results.map(({ shape }) => shape)), needs: (x) => needed.has(x) || needed.has(x.data) }
  }

  /** The step, recorded with operands of these shapes, if that can be done. */
  const replayed = (step: (operands: readonly X[]) => readonly X[], shapes: readonly X['shape'][]): Step<C> | undefined => {
    let operands: readonly X[] = []
    const record = recorded(() => {
      operands = shapes.map((shape) => placed(shape, undefined))
      return step(operands)
    })
    const prepared = record && preparedOf({ operands, ...record })
    // As after any step: nobody may look at what it made, but for what every step takes from it.
    for (const x of record?.made ?? []) if (prepared?.needs(x) !== true) forget(x)
    return prepared?.step
  }

  return (step) => {
    let shapes: readonly X['shape'][] | undefined
    let again: Step<C> | undefined
    return (operands, spent) => {
      if (shapes === undefined) {
        shapes = operands.map(({ shape }) => shape)
        if (states.to > states.from) again = replayed(step, shapes)
      }
      return again !== undefined && operands.length === shapes.length && operands.every((x, nth) => sameShape(x.shape, shapes?.[nth] as X['shape']))
        ? again(operands, spent)
        : within(() => step(operands), spent)
    }
  }
}
