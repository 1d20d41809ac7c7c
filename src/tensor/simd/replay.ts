/**
 * Steps that are taken again and again, replayed in the memory of the machine: how to go about one is worked out when it is taken first
 * (recorded.ts), and then each is a few calls of the machine. Nothing is copied in or out from step to step: states lie in three places by turns, so that one
 * and the two before it can be looked at, and what others still hold of an older one is copied out before its place is needed.
 *
 *     state, next, the one before: by turns | tensors that were there before | what a step needs meanwhile
 *
 * Only one step is at home there at a time. Another one that is taken in between moves in, and the first moves in again when it is taken again.
 */
import { entries, sameShape } from '../algebra.ts'
import { type Arena, LINE } from './arena.ts'
import type { ByRows } from './by-rows.ts'
import type { Deferring } from './deferred.ts'
import type { Cells, Kind } from './kinds.ts'
import { loopsOn } from './loops.ts'
import type { Open } from './open.ts'
import { type Instruction, type Recipe, recipeOf } from './recorded.ts'
import { upTo } from './rights.ts'

/** One step: a state and what nobody will look at again, to the next state. */
type Step<C> = (state: readonly Open<C>[], spent: readonly Open<C>[]) => readonly Open<C>[]

/** How many states there are places for. */
const TURNS = 3

/** Places that are written to, numbered from `first` on, shared by those that are not needed at the same time: for each the number of its shelf, and the sizes of shelves. */
const shelved = <C>({ instructions, sizes, given }: Recipe<C>, first: number): { readonly shelf: ReadonlyMap<number, number>; readonly shelves: readonly number[] } => {
  const fixed = new Set(given.map(([place]) => place))
  const readBy = (one: Instruction<C>): readonly number[] => (one.does === 'loop' ? one.inputs : one.does === 'product' ? [one.left] : [one.to])
  const lastRead = new Map(instructions.flatMap((one, i) => [...readBy(one), one.to].map((place) => [place, i] as const)))
  const shelf = new Map<number, number>()
  const [shelves, free]: [number[], number[]] = [[], []]
  instructions.forEach((one, i) => {
    const letGo = (): void => {
      for (const place of new Set(readBy(one))) {
        const at = shelf.get(place)
        if (at !== undefined && lastRead.get(place) === i && place !== one.to) free.push(at)
      }
    }
    // A loop reads a vector before it writes one, so it may write where it reads; a product may not.
    if (one.does === 'loop') letGo()
    if (one.to >= first && !fixed.has(one.to) && !shelf.has(one.to)) {
      const at = free.findIndex((nth) => shelves[nth] === sizes[one.to])
      shelf.set(one.to, at < 0 ? shelves.push(sizes[one.to] as number) - 1 : free.splice(at, 1)[0] as number)
    }
    if (one.does !== 'loop') letGo()
  })
  return { shelf, shelves }
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

  /** An instruction as a call, given where places are. */
  const callOf = (one: Instruction<C>, sizes: readonly number[]): ((at: readonly number[]) => void) => {
    const { to } = one
    const count = sizes[to] as number
    switch (one.does) {
      case 'function': return (at) => { machine[one.name](at[to] as number, count) }
      case 'product': {
        const { left, factors: { orientation, right, k }, shape: [m = 0, n = 0] } = one
        return (at) => { products[orientation].inPlace(at[left] as number, right, m, k, n, at[to] as number) }
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

  /** A recorded step, if there is room for it. */
  const replay = (recipe: Recipe<C>, shapes: readonly X['shape'][]): Step<C> | undefined => {
    const { instructions, sizes, given } = recipe
    const layers = shapes.length
    const { shelf, shelves } = shelved(recipe, 2 * layers)
    let end = states.from
    const room = (count: number): number => {
      const from = end
      end += Math.max(LINE, upTo(count * bytes, LINE))
      return from
    }
    const turns = Array.from({ length: TURNS }, () => shapes.map((shape) => room(entries(shape))))
    const at = sizes.map(() => 0)
    for (const [place, x] of given) at[place] = room(entries(x.shape))
    const shelfAt = shelves.map(room)
    for (const [place, nth] of shelf) at[place] = shelfAt[nth] as number
    if (end > states.to) return undefined
    const calls = instructions.map((one) => callOf(one, sizes))
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
      for (const [place, x] of given) put(x, at[place] as number)
    }
    let turn = 0
    return (state, spent) => {
      spent.forEach(forget)
      if (home !== self) moveIn()
      if (!state.every((x, l) => x.place !== undefined && held[turn]?.[l] === x)) {
        const known = held.findIndex((xs) => xs.length > 0 && xs.every((x, l) => x === state[l] && x.place !== undefined))
        turn = known < 0 ? (turn + 1) % TURNS : known
        if (known < 0) {
          clear(turn)
          state.forEach((x, l) => { put(x, turns[turn]?.[l] as number) })
        }
      }
      const from = turns[turn] as readonly number[]
      turn = (turn + 1) % TURNS
      clear(turn)
      const to = turns[turn] as readonly number[]
      for (let l = 0; l < layers; l++) {
        at[l] = from[l] as number
        at[layers + l] = to[l] as number
      }
      for (const call of calls) call(at)
      const next = shapes.map((shape, l) => placed(shape, to[l] as number))
      held[turn] = next
      return next
    }
  }

  return (step) => {
    let shapes: readonly X['shape'][] | undefined
    let replayed: Step<C> | undefined
    const first = (state: readonly X[]): void => {
      shapes = state.map(({ shape }) => shape)
      if (states.to === states.from) return
      let unknown: readonly X[] = []
      const record = recorded(() => {
        unknown = state.map(({ shape }) => placed(shape, 0))
        return step(unknown)
      })
      if (record === undefined) return
      const { results, made } = record
      if (results.length === state.length && results.every((x, l) => sameShape(x.shape, (state[l] as X).shape))) {
        const recipe = recipeOf(unknown, results, made)
        replayed = replay(recipe, shapes)
        const needed = new Set(recipe.given.map(([, x]) => x))
        made.forEach((x) => { if (!needed.has(x)) forget(x) })
      } else made.forEach(forget)
    }
    return (state, spent) => {
      if (shapes === undefined) first(state)
      return replayed !== undefined && state.length === shapes?.length && state.every((x, l) => sameShape(x.shape, shapes?.[l] as X['shape']))
        ? replayed(state, spent)
        : within(() => step(state), spent)
    }
  }
}
