/**
 * A chain of operations that wait, in steps on a stretch of entries: arrays that it reads are copied into slots of the machine unless they are there already, all operations up to
 * the next function are one loop (loops.ts), a function replaces a slot. What is used twice in a loop is computed once.
 */
import type { Arena } from './arena.ts'
import type { Cells, Kind } from './kinds.ts'
import { loopProgramOf } from './loop-programs.ts'
import { loopsOn } from './loops.ts'
import type { Open } from './open.ts'
import { isFunction } from './passes.ts'

/** Puts the entries from `from` to `to` into the memory of the machine, at an address: whole vectors, whatever is in the last one beyond. */
export type Stretch = (from: number, to: number, out: number) => void

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
      else if (isFunction(name)) {
        put(operand as Open<C>, address)
        steps.push((from, to, out) => { machine[name](address ?? out, to - from) })
      } else putLoop(x, address)
    }
    const shownAt = (x: Open<C>, from: number): number => {
      const { from: first, address } = x.shown as NonNullable<typeof x.shown>
      return address + (from - first) * bytes
    }
    const putLoop = (x: Open<C>, address?: number): void => {
      const { program, loads, constants } = loopProgramOf(x, ({ entrywise: plan }) => plan?.name === 'gather' || (plan !== undefined && isFunction(plan.name)))
      let product: { readonly shown: Open<C>; readonly argument: number } | undefined
      const arrays: { readonly data: C; readonly slot: number; readonly argument: number }[] = []
      const inputs = loads.map((y, i) => {
        if (y.entrywise !== undefined) return placeOf(y)
        if (y.rowwise !== undefined) product = { shown: y, argument: 2 + i }
        else {
          arrays.push({ data: dataOf(y), slot: slot(slots), argument: 2 + i })
          slots += 1
        }
        return 0
      })
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
