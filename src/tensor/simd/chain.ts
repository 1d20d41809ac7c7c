/**
 * A chain of operations that wait, in steps on a stretch of entries: arrays that it reads are copied into slots of the machine unless they are there already, all operations up to
 * the next function are one loop (loops.ts), a function replaces a slot. What is used twice in a loop is computed once.
 */
import type { Arena } from './arena.ts'
import type { Cells, Kind } from './kinds.ts'
import { ADD, CLIP, CONSTANT, DIVIDE, INSIDE, LOAD, loopsOn, MULTIPLY, NEGATE, SUBTRACT } from './loops.ts'
import type { Open } from './open.ts'

/** Puts the entries from `from` to `to` into the memory of the machine, at an address: whole vectors, whatever is in the last one beyond. */
export type Stretch = (from: number, to: number, out: number) => void

const instructions = { add: ADD, sub: SUBTRACT, mul: MULTIPLY, neg: NEGATE, clip: CLIP, inside: INSIDE } as const

/** Chains of one machine: how to come by stretches of a tensor. For one use, since what waits now may have its entries later. Inner slots from the second on are written to. */
export const chainsOn = <C extends Cells>({ bytes }: Kind<C>, { machine, heap, slot }: Arena<C>, dataOf: (x: Open<C>) => C, keptAt: (data: C) => number | undefined): ((x: Open<C>) => Stretch) => {
  const loopOf = loopsOn({ bytes }, machine)
  return (root) => {
    const steps: Stretch[] = []
    let slots = 1
    // Where what a loop reads lies: a product where it is shown, everything else in a slot.
    const places = new Map<Open<C>, number>()
    const placeOf = (x: Open<C>): number => {
      const before = places.get(x)
      if (before !== undefined) return before
      const place = slot(slots)
      slots += 1
      places.set(x, place)
      put(x, place)
      return place
    }
    /** Adds the steps after which x lies at an address, or at that of the whole chain. */
    const put = (x: Open<C>, address?: number): void => {
      const plan = x.entrywise
      if (plan === undefined) {
        if (x.rowwise === undefined) {
          const data = dataOf(x)
          steps.push((from, to, out) => { heap().set(data.subarray(from, to), (address ?? out) / bytes) })
        } else
          steps.push((from, to, out) => {
            const at = shownAt(x, from) / bytes
            heap().copyWithin((address ?? out) / bytes, at, at + to - from)
          })
        return
      }
      const { name, of: [operand] } = plan
      if (plan.gathered !== undefined) {
        const { into } = plan.gathered
        steps.push((from, to, out) => { into(from, to, address ?? out) })
      } else if (name === 'copy') put(operand as Open<C>, address)
      else if (name === 'exp' || name === 'tanh' || name === 'logistic') {
        put(operand as Open<C>, address)
        steps.push((from, to, out) => { machine[name](address ?? out, to - from) })
      } else putLoop(x, address)
    }
    const shownAt = (x: Open<C>, from: number): number => {
      const { from: first, address } = x.shown as NonNullable<typeof x.shown>
      return address + (from - first) * bytes
    }
    const putLoop = (x: Open<C>, address?: number): void => {
      const [program, inputs, constants]: [number[], number[], number[]] = [[], [], []]
      let product: { readonly shown: Open<C>; readonly argument: number } | undefined
      const arrays: { readonly data: C; readonly slot: number; readonly argument: number }[] = []
      const registers = new Map<Open<C>, number>()
      const emit = (op: number, a: number, b = 0): number => program.push(op, a, b) / 3 - 1
      const constant = (c: number): number => emit(CONSTANT, constants.push(c) - 1)
      const load = (y: Open<C>): number => {
        if (y.rowwise !== undefined) product = { shown: y, argument: 2 + inputs.length }
        else if (y.entrywise === undefined) {
          arrays.push({ data: dataOf(y), slot: slot(slots), argument: 2 + inputs.length })
          slots += 1
        } else return emit(LOAD, inputs.push(placeOf(y)) - 1)
        return emit(LOAD, inputs.push(0) - 1)
      }
      const register = (y: Open<C>): number => {
        const before = registers.get(y)
        if (before !== undefined) return before
        const now = computed(y)
        registers.set(y, now)
        return now
      }
      const computed = (y: Open<C>): number => {
        const plan = y.entrywise
        if (plan === undefined) return load(y)
        const { name, of: [first, second], c } = plan
        switch (name) {
          case 'fill': return constant(c)
          case 'copy': return register(first as Open<C>)
          case 'scale': return emit(MULTIPLY, constant(c), register(first as Open<C>))
          case 'over': {
            const a = register(first as Open<C>)
            return emit(DIVIDE, a, constant(c))
          }
          case 'neg': case 'clip': case 'inside': return emit(instructions[name], register(first as Open<C>))
          case 'add': case 'sub': case 'mul': return emit(instructions[name], register(first as Open<C>), register(second as Open<C>))
          default: return load(y)
        }
      }
      register(x)
      const loop = loopOf(program, inputs.length, constants.length)
      const args = [0, 0, ...inputs, ...constants]
      steps.push((from, to, out) => {
        args[0] = address ?? out
        args[1] = Math.ceil((to - from) * bytes / 16) * 16
        if (product !== undefined) args[product.argument] = shownAt(product.shown, from)
        for (const { data, slot: copy, argument } of arrays) {
          // Weights, which a product has read just before, are there already.
          const kept = keptAt(data)
          if (kept === undefined) heap().set(data.subarray(from, to), copy / bytes)
          args[argument] = kept === undefined ? copy : kept + from * bytes
        }
        loop(...(args as [number, number, ...number[]]))
      })
    }
    put(root)
    return (from, to, out) => { for (const step of steps) step(from, to, out) }
  }
}
