/**
 * The memory of a machine, from 0 up:
 *
 *     spare tile | constants | slots for blocks of entries | the rest: work-area.ts
 */
import type { Cells, Kind } from './kinds.ts'
import { type Machine, machineOf } from './machine.ts'

/** A tile: 5 rows of two vectors, in bytes; see assembly/products.ts. The spare one lies at 0. */
export const ROWS = 5
export const WIDTH = 32
export const SPARE = 0
const PAGE = 65536

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
  /** Where the nth slot begins; the first address above them is that of SLOTS. */
  readonly slot: (nth: number) => number
}

/** A fresh machine, with slots of about so many bytes. */
export const arenaOf = <C extends Cells>(kind: Kind<C>, slotSize: number): Arena<C> => {
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
  extend(slot(SLOTS))
  return { machine, heap: () => heap, putWhole, extend, length: size / kind.bytes, slot }
}
