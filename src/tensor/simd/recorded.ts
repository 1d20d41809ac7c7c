/**
 * A step as a list of instructions. What a step does to tensors, not to their entries, is seen by taking it once with tensors that have none
 * (`recorded` in makers.ts); here that is put in order. Everything is computed once: as much as possible in one loop (loops.ts), which keeps what only it
 * needs in registers; products, functions, and what several need have places of their own.
 */
import { entries } from '../algebra.ts'
import type { Cells } from './kinds.ts'
import { loopProgramOf } from './loop-programs.ts'
import { LOAD } from './loops.ts'
import type { Open } from './open.ts'
import { type Costly, isFunction } from './passes.ts'

/** What to do, with places by number. */
export type Instruction =
  | { readonly does: 'loop'; readonly program: readonly number[]; readonly inputs: readonly number[]; readonly constants: readonly number[]; readonly to: number }
  | { readonly does: 'function'; readonly name: Costly; readonly to: number }
  | { readonly does: 'product'; readonly orientation: 'NN' | 'NT'; readonly left: number; readonly right: number; readonly size: readonly [m: number, k: number, n: number]; readonly to: number }

/** A step in order. Its places are numbered: first those of what it is taken with, then those of its results, then all others. */
export interface Recipe {
  readonly instructions: readonly Instruction[]
  /** Entries of each place. */
  readonly sizes: readonly number[]
  /** Places of tensors that are given, which nothing is written to. */
  readonly given: readonly (readonly [place: number, nth: number])[]
}

/** A step as it was recorded: what it was taken with, what it gave, and what was made on the way. */
export interface Recorded<C> {
  readonly operands: readonly Open<C>[]
  readonly results: readonly Open<C>[]
  readonly made: ReadonlySet<Open<C>>
}

/** What a recorded step takes from elsewhere, and what it does with it: steps with one `name` have one recipe. */
export interface Ingredients<C> {
  readonly name: string
  /** Tensors that were there before, or whose entries were told. */
  readonly given: readonly Open<C>[]
  /** Right factors of its products. */
  readonly rights: readonly C[]
  /** Which of those is whose. */
  readonly rightOf: ReadonlyMap<Open<C>, number>
}

/** Whether x is computed by the step, rather than given. */
const computedIn = <C>(made: ReadonlySet<Open<C>>) => (x: Open<C>): boolean =>
  made.has(x) && (x.rowwise?.factors !== undefined || (x.entrywise !== undefined && x.entrywise.name !== 'gather'))

/** What it is computed from. */
const operandsOf = <C>({ entrywise, rowwise }: Open<C>): readonly Open<C>[] =>
  (rowwise?.factors === undefined ? entrywise?.of ?? [] : [rowwise.factors.left])

export const ingredientsOf = <C extends Cells>({ operands: taken, results, made }: Recorded<C>): Ingredients<C> => {
  const isComputed = computedIn(made)
  const numbers = new Map(taken.map((x, nth) => [x, nth]))
  const [given, rights]: [Open<C>[], C[]] = [[], []]
  const rightOf = new Map<Open<C>, number>()
  let name = `${taken.length};${taken.map(({ shape }) => shape.join()).join(';')}`
  const numberOf = (x: Open<C>): number => {
    const before = numbers.get(x)
    if (before !== undefined) return before
    const [plan, factors] = [x.entrywise, x.rowwise?.factors]
    if (!isComputed(x)) {
      given.push(x)
      name += `;${x.shape.join()}`
    } else {
      const operands = operandsOf(x).map(numberOf).join()
      if (factors !== undefined) {
        rightOf.set(x, rights.push(factors.right) - 1)
        name += `;${factors.orientation} ${operands} ${factors.k} ${x.shape.join()}`
      } else if (plan !== undefined)
        name += `;${plan.name} ${operands} ${Object.is(plan.c, -0) ? '-0' : plan.c} ${x.shape.join()}`
    }
    numbers.set(x, numbers.size)
    return numbers.size - 1
  }
  name = `${results.map(numberOf).join()}:${name}`
  return { name, given, rights, rightOf }
}

/** Operations of one loop. */
const LONGEST = 40

/** A recorded step in order. */
export const recipeOf = <C extends Cells>({ operands, results, made }: Recorded<C>, { given: elsewhere, rightOf }: Ingredients<C>): Recipe => {
  type X = Open<C>
  const instructions: Instruction[] = []
  const sizes = [...operands, ...results].map(({ shape }) => entries(shape))
  const given: (readonly [number, number])[] = []
  const places = new Map<X, number>(operands.map((x, nth) => [x, nth]))
  const ends = new Map<X, number>(results.map((x, nth) => [x, operands.length + nth]))
  const isComputed = computedIn(made)
  const uses = new Map<X, number>()
  const count = (x: X): void => {
    const before = uses.get(x) ?? 0
    uses.set(x, before + 1)
    if (before === 0 && isComputed(x)) operandsOf(x).forEach(count)
  }
  results.forEach(count)
  /** Whether it is worth a place of its own, rather than to be computed wherever it is used. */
  const isShared = (x: X): boolean => (uses.get(x) ?? 0) > 1 && (x.rowwise !== undefined || operandsOf(x).some(isComputed))

  const placeFor = (x: X): number => sizes.push(entries(x.shape)) - 1
  const placeOf = (x: X): number => {
    const before = places.get(x)
    if (before !== undefined) return before
    const place = (isComputed(x) ? ends.get(x) : undefined) ?? placeFor(x)
    places.set(x, place)
    if (isComputed(x)) put(x, place)
    else given.push([place, elsewhere.indexOf(x)])
    return place
  }
  const put = (x: X, to: number): void => {
    const { entrywise: plan, rowwise: rows } = x
    if (rows?.factors !== undefined) {
      const { factors: { orientation, left, k } } = rows
      const [m = 0, n = 0] = x.shape
      instructions.push({ does: 'product', orientation, left: placeOf(left), right: rightOf.get(x) as number, size: [m, k, n], to })
      return
    }
    if (plan === undefined || !isComputed(x) || !isFunction(plan.name)) {
      loop(x, to)
      return
    }
    const [operand] = plan.of as readonly [X]
    if (isComputed(operand) && !isShared(operand) && !ends.has(operand)) put(operand, to)
    else instructions.push({ does: 'loop', program: [LOAD, 0, 0], inputs: [placeOf(operand)], constants: [], to })
    instructions.push({ does: 'function', name: plan.name, to })
  }
  const loop = (root: X, to: number): void => {
    const { program, loads, constants } = loopProgramOf(root, (x, so) =>
      !isComputed(x) || (x.entrywise !== undefined && isFunction(x.entrywise.name)) || (x !== root && (isShared(x) || ends.has(x) || so > LONGEST)))
    const inputs = loads.map(placeOf)
    instructions.push({ does: 'loop', program, inputs, constants, to })
  }
  results.forEach((x, nth) => {
    const [place, end] = [placeOf(x), operands.length + nth]
    // One tensor in two places, or one that was there before.
    if (place !== end) instructions.push({ does: 'loop', program: [LOAD, 0, 0], inputs: [place], constants: [], to: end })
  })
  return { instructions, sizes, given }
}

/** The places that an instruction reads. */
export const readBy = (one: Instruction): readonly number[] => (one.does === 'loop' ? one.inputs : one.does === 'product' ? [one.left] : [one.to])

/** Places that are written to, numbered from `first` on, shared by those that are not needed at the same time: for each the number of its shelf, and the sizes of shelves. */
export const shelved = ({ instructions, sizes, given }: Recipe, first: number): { readonly shelf: ReadonlyMap<number, number>; readonly shelves: readonly number[] } => {
  const fixed = new Set(given.map(([place]) => place))
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
