/**
 * Steps that are taken again and again, replayed in the memory of the machine: how to go about one is worked out when it is taken first
 * (recorded.ts), and then each is a few calls of the machine. Nothing is copied in or out from step to step: states lie in three places by turns, so that one
 * and the two before it can be looked at, and what others still hold of an older one is copied out before its place is needed.
 *
 *     a state from elsewhere | state, next, the one before: by turns | tensors that were there before | what a step needs meanwhile
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
import { type Ingredients, ingredientsOf, type Instruction, type Recipe, recipeOf, type Recorded, shelved } from './recorded.ts'
import { upTo } from './rights.ts'

/** One step: a state and what nobody will look at again, to the next state. */
type Step<C> = (state: readonly Open<C>[], spent: readonly Open<C>[]) => readonly Open<C>[]

/** How many states there are places for. */
const TURNS = 3
/** More routines than anybody has networks; then all are forgotten. */
const MOST = 64

/** A recipe with addresses: of a state from elsewhere, of states by turns, and of places (those of states are set from step to step). */
interface Routine<C> {
  readonly entrance: readonly number[]
  readonly turns: readonly (readonly number[])[]
  readonly at: number[]
  readonly given: Recipe['given']
  readonly calls: readonly ((at: readonly number[], rights: readonly C[]) => void)[]
}

/** Steps of one interpreter. */
export const replaysOn = <C extends Cells>(
  kind: Kind<C>, arena: Arena<C>, products: Readonly<Record<'NN' | 'NT', ByRows<C>>>,
  { cells, inTurn, within, recorded, placed, forget }: Pick<Deferring<C>, 'cells' | 'inTurn' | 'within' | 'recorded' | 'placed' | 'forget'>,
): ((step: (state: readonly Open<C>[]) => readonly Open<C>[]) => Step<C>) => {
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
  const routineOf = (recipe: Recipe, layers: number): Routine<C> | undefined => {
    const { instructions, sizes, given } = recipe
    const { shelf, shelves } = shelved(recipe, 2 * layers)
    let end = states.from
    const room = (count: number): number => {
      const from = end
      end += Math.max(LINE, upTo(count * bytes, LINE))
      return from
    }
    const [entrance = [], ...turns] = Array.from({ length: 1 + TURNS }, () => sizes.slice(0, layers).map(room))
    const at = sizes.map(() => 0)
    for (const [place] of given) at[place] = room(sizes[place] as number)
    const shelfAt = shelves.map(room)
    for (const [place, nth] of shelf) at[place] = shelfAt[nth] as number
    return end > states.to ? undefined : { entrance, turns, at, given, calls: instructions.map((one) => callOf(one, sizes)) }
  }

  /** A step by a routine with its own tensors. */
  const stepBy = ({ entrance, turns, at, calls, given: taken }: Routine<C>, { given, rights }: Ingredients<C>, shapes: readonly X['shape'][]): Step<C> => {
    const layers = shapes.length
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
      home = self
      for (const [place, nth] of taken) put(given[nth] as X, at[place] as number)
    }
    let turn = 0
    return (state, spent) => {
      spent.forEach(forget)
      if (home !== self) moveIn()
      turn = (turn + 1) % TURNS
      clear(turn)
      const to = turns[turn] as readonly number[]
      state.forEach((x, l) => {
        // What lies in the machine is a state of this step, since it is at home.
        if (x.place === undefined) put(x, entrance[l] as number)
        at[l] = x.place ?? entrance[l] as number
        at[layers + l] = to[l] as number
      })
      for (const call of calls) call(at, rights)
      const next = shapes.map((shape, l) => placed(shape, to[l] as number))
      held[turn] = next
      return next
    }
  }

  const known = new Map<string, Routine<C> | undefined>()
  /** A recorded step, ready to be taken, and what of all that was made it needs; undefined where there is no room. */
  const preparedOf = (record: Recorded<C>): { readonly step: Step<C>; readonly needs: (x: X) => boolean } | undefined => {
    const ingredients = ingredientsOf(record)
    const { name, given, rights } = ingredients
    if (!known.has(name)) {
      if (known.size >= MOST) known.clear()
      known.set(name, routineOf(recipeOf(record, ingredients), record.state.length))
    }
    const routine = known.get(name)
    // While what they are made of is there.
    for (const x of given) if (record.made.has(x)) inTurn(x)
    const needed = new Set<X | C | undefined>([...given, ...rights])
    return routine && { step: stepBy(routine, ingredients, record.state.map(({ shape }) => shape)), needs: (x) => needed.has(x) || needed.has(x.data) }
  }

  /** The step, recorded with a state of these shapes, if that can be done and leads to one of the same. */
  const replayed = (step: (state: readonly X[]) => readonly X[], shapes: readonly X['shape'][]): Step<C> | undefined => {
    let state: readonly X[] = []
    const record = recorded(() => {
      state = shapes.map((shape) => placed(shape, undefined))
      return step(state)
    })
    if (record === undefined) return undefined
    const { results: next, made } = record
    const prepared = next.length === shapes.length && next.every((x, l) => sameShape(x.shape, shapes[l] as X['shape'])) ? preparedOf({ state, next, made }) : undefined
    // As after any step: nobody may look at what it made, but for what every step takes from it.
    for (const x of made) if (prepared?.needs(x) !== true) forget(x)
    return prepared?.step
  }

  return (step) => {
    let shapes: readonly X['shape'][] | undefined
    let next: Step<C> | undefined
    return (state, spent) => {
      if (shapes === undefined) {
        shapes = state.map(({ shape }) => shape)
        if (states.to > states.from) next = replayed(step, shapes)
      }
      return next !== undefined && state.length === shapes.length && state.every((x, l) => sameShape(x.shape, shapes?.[l] as X['shape']))
        ? next(state, spent)
        : within(() => step(state), spent)
    }
  }
}
