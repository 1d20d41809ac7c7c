/** Chains of element-wise operations as programs of loops.ts. What is used twice is computed once. */
import { ADD, CLIP, CONSTANT, DIVIDE, INSIDE, LOAD, MULTIPLY, NEGATE, SUBTRACT } from './loops.ts'
import type { Open } from './open.ts'

/** A program, the tensors that it loads, and its constants, in the order of its arguments. */
export interface LoopProgram<C> {
  readonly program: readonly number[]
  readonly loads: readonly Open<C>[]
  readonly constants: readonly number[]
}

const simple = { add: ADD, sub: SUBTRACT, mul: MULTIPLY, neg: NEGATE, clip: CLIP, inside: INSIDE } as const

/** The program that computes x, given which tensors lie somewhere, after so many instructions: all that no loop does. */
export const loopProgramOf = <C>(x: Open<C>, isLoaded: (y: Open<C>, instructions: number) => boolean): LoopProgram<C> => {
  const [program, loads, constants]: [number[], Open<C>[], number[]] = [[], [], []]
  const registers = new Map<Open<C>, number>()
  const emit = (op: number, a: number, b = 0): number => program.push(op, a, b) / 3 - 1
  const constant = (c: number): number => emit(CONSTANT, constants.push(c) - 1)
  const register = (y: Open<C>): number => {
    const before = registers.get(y)
    if (before !== undefined) return before
    const now = computed(y)
    registers.set(y, now)
    return now
  }
  const computed = (y: Open<C>): number => {
    const plan = y.entrywise
    if (plan === undefined || isLoaded(y, program.length / 3)) return emit(LOAD, loads.push(y) - 1)
    const { name, of: [first, second], c } = plan as typeof plan & { readonly of: readonly [Open<C>, Open<C>] }
    switch (name) {
      case 'fill': return constant(c)
      case 'copy': return register(first)
      case 'scale': return emit(MULTIPLY, constant(c), register(first))
      case 'over': return emit(DIVIDE, register(first), constant(c))
      case 'neg': case 'clip': case 'inside': return emit(simple[name], register(first))
      case 'add': case 'sub': case 'mul': return emit(simple[name], register(first), register(second))
      default: throw new TypeError(`loops: none does ${name}`)
    }
  }
  register(x)
  return { program, loads, constants }
}
