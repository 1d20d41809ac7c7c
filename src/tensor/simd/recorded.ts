/**
 * A step as a list of instructions. What a step does to tensors, not to their entries, is seen by taking it once with tensors that have none
 * (`recorded` in deferred.ts); here that is put in order. Everything is computed once: as much as possible in one loop (loops.ts), which keeps what only it
 * needs in registers; products, functions, and what several need have places of their own.
 */
import { entries } from '../algebra.ts'
import type { Cells } from './kinds.ts'
import { ADD, CLIP, CONSTANT, DIVIDE, INSIDE, LOAD, MULTIPLY, NEGATE, SUBTRACT } from './loops.ts'
import type { Open, Rowwise } from './open.ts'
import type { Costly } from './passes.ts'

/** What to do, with places by number. */
export type Instruction<C> =
  | { readonly does: 'loop'; readonly program: readonly number[]; readonly inputs: readonly number[]; readonly constants: readonly number[]; readonly to: number }
  | { readonly does: 'function'; readonly name: Costly; readonly to: number }
  | { readonly does: 'product'; readonly factors: Factors<C>; readonly left: number; readonly shape: readonly number[]; readonly to: number }

type Factors<C> = NonNullable<Rowwise<C>['factors']>

/** A recorded step. Its places are numbered: first those of the state, then those of the next one, then all others. */
export interface Recipe<C> {
  readonly instructions: readonly Instruction<C>[]
  /** Entries of each place. */
  readonly sizes: readonly number[]
  /** Places of tensors that were there before, which nothing is written to. */
  readonly given: readonly (readonly [place: number, tensor: Open<C>])[]
}

/** Operations of one loop. */
const LONGEST = 40
const simple = { add: ADD, sub: SUBTRACT, mul: MULTIPLY, neg: NEGATE, clip: CLIP, inside: INSIDE } as const
const isFunction = (name: string): name is Costly => name === 'exp' || name === 'tanh' || name === 'logistic'

/** What leads from tensors `state` to others by what was `made` on the way. */
export const recipeOf = <C extends Cells>(state: readonly Open<C>[], next: readonly Open<C>[], made: ReadonlySet<Open<C>>): Recipe<C> => {
  type X = Open<C>
  const instructions: Instruction<C>[] = []
  const sizes = [...state, ...next].map(({ shape }) => entries(shape))
  const given: (readonly [number, X])[] = []
  const places = new Map<X, number>(state.map((x, l) => [x, l]))
  const ends = new Map<X, number>(next.map((x, l) => [x, state.length + l]))
  const operandsOf = (x: X): readonly X[] => {
    if (!made.has(x) || x.entrywise?.name === 'gather') return []
    return x.rowwise?.factors === undefined ? x.entrywise?.of ?? [] : [x.rowwise.factors.left]
  }
  const uses = new Map<X, number>()
  const count = (x: X): void => {
    const before = uses.get(x) ?? 0
    uses.set(x, before + 1)
    if (before === 0) operandsOf(x).forEach(count)
  }
  next.forEach(count)
  /** Neither there before nor a number: to be computed. */
  const isComputed = (x: X): boolean => operandsOf(x).length > 0
  /** Whether it is worth a place of its own, rather than to be computed wherever it is used. */
  const isShared = (x: X): boolean => (uses.get(x) ?? 0) > 1 && (x.rowwise !== undefined || operandsOf(x).some(isComputed))

  const placeFor = (x: X): number => sizes.push(entries(x.shape)) - 1
  const placeOf = (x: X): number => {
    const before = places.get(x)
    if (before !== undefined) return before
    const place = isComputed(x) ? ends.get(x) ?? placeFor(x) : placeFor(x)
    places.set(x, place)
    if (isComputed(x)) put(x, place)
    else given.push([place, x])
    return place
  }
  const put = (x: X, to: number): void => {
    const { entrywise: plan, rowwise: rows } = x
    if (rows?.factors !== undefined) {
      instructions.push({ does: 'product', factors: rows.factors, left: placeOf(rows.factors.left), shape: x.shape, to })
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
    const [program, inputs, constants]: [number[], number[], number[]] = [[], [], []]
    const registers = new Map<X, number>()
    const emit = (op: number, a: number, b = 0): number => program.push(op, a, b) / 3 - 1
    const constant = (c: number): number => emit(CONSTANT, constants.push(c) - 1)
    const register = (x: X): number => {
      const before = registers.get(x)
      if (before !== undefined) return before
      const now = computed(x)
      registers.set(x, now)
      return now
    }
    const computed = (x: X): number => {
      const { entrywise: plan } = x
      if (plan?.name === 'fill' && made.has(x)) return constant(plan.c)
      const elsewhere = x !== root && (isShared(x) || ends.has(x) || program.length > 3 * LONGEST)
      if (plan === undefined || elsewhere || !isComputed(x) || isFunction(plan.name)) return emit(LOAD, inputs.push(placeOf(x)) - 1)
      const { name, of: [first, second], c } = plan as typeof plan & { readonly of: readonly [X, X] }
      switch (name) {
        case 'copy': return register(first)
        case 'scale': return emit(MULTIPLY, constant(c), register(first))
        case 'over': return emit(DIVIDE, register(first), constant(c))
        case 'neg': case 'clip': case 'inside': return emit(simple[name], register(first))
        case 'add': case 'sub': case 'mul': return emit(simple[name], register(first), register(second))
        default: throw new TypeError(`recorded: no loop does ${name}`)
      }
    }
    register(root)
    instructions.push({ does: 'loop', program, inputs, constants, to })
  }
  next.forEach((x, l) => {
    const [place, end] = [placeOf(x), state.length + l]
    // One tensor in two places, or one that was there before.
    if (place !== end) instructions.push({ does: 'loop', program: [LOAD, 0, 0], inputs: [place], constants: [], to: end })
  })
  return { instructions, sizes, given }
}
