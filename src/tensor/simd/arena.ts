/**
 * The memory of a machine, from 0 up:
 *
 *     spare tile | constants | slots for blocks of entries | states that are stepped on: replay.ts | the rest: work-area.ts
 */
import type { Cells, Kind } from './kinds.ts'
import { type Machine, machineOf } from './machine.ts'

/** A tile: 5 rows of two vectors, in bytes; see assembly/products.ts. Two spare ones lie at 0. */
export const ROWS = 5
export const WIDTH = 32
export const SPARE = 0
const PAGE = 65536
/** Bytes that caches hold together. */
export const LINE = 64

/** How many slots there are. */
export const SLOTS = 8

/** A machine and its memory. Addresses are in bytes. */
export interface Arena<C> {
  readonly machine: Machine
  /** All of the memory; another array after `extend`. */
  readonly heap: () => C
  /** Puts whole numbers, each times `factor`, to an address. */
  readonly putWhole: (numbers: Int32Array, factor: number, at: number) => void
  /** Makes sure that there is memory up to `end`. */
  readonly extend: (end: number) => void
  /** Entries of a slot. */
  readonly length: number
  /** Where the nth slot begins. */
  readonly slot: (nth: number) => number
  /** Where there is room for states that are stepped on, and where it ends. */
  readonly states: { readonly from: number; readonly to: number }
}

/** A fresh machine, with slots of about so many bytes, and so many for states. */
export const arenaOf = <C extends Cells>(kind: Kind<C>, slotSize: number, stateSize: number): Arena<C> => {
  const machine = machineOf(kind.module)
  const size = Math.max(16, Math.floor(slotSize / 16) * 16)
  let heap = kind.view(machine.memory.buffer)
  const extend = (end: number): void => {
    const missing = end - heap.byteLength
    if (missing <= 0) return
    try {
      machine.memory.grow(Math.ceil(missing / PAGE))
    } catch {
      throw new RangeError(`${kind.name}: expected ${Math.ceil(end / 2 ** 20)} MiB of memory for a product, got none beyond ${Math.floor(heap.byteLength / 2 ** 20)} MiB; multiply less at a time, such as a smaller batch`)
    }
    heap = kind.view(machine.memory.buffer)
  }
  const putWhole = (numbers: Int32Array, factor: number, at: number): void => {
    const view = new Int32Array(machine.memory.buffer, at, numbers.length)
    for (let i = 0; i < view.length; i++) view[i] = (numbers[i] as number) * factor
  }
  const first = Math.ceil(machine.free() / 16) * 16
  const slot = (nth: number): number => first + nth * size
  const from = Math.ceil(slot(SLOTS) / LINE) * LINE
  const states = { from, to: from + Math.max(0, Math.floor(stateSize / LINE) * LINE) }
  extend(states.to)
  return { machine, heap: () => heap, putWhole, extend, length: size / kind.bytes, slot, states }
}
