/** How a right factor b (k, n), or (n, k) of a bᵀ, is put into the memory of a machine: in panels by blocks of its rows, or as it is. */
import { type Arena, WIDTH } from './arena.ts'
import type { Layout } from './kept.ts'
import type { Cells, Kind } from './kinds.ts'

/** The least multiple that holds so many. */
export const upTo = (count: number, multiple: number): number => Math.ceil(count / multiple) * multiple

/** How many rows of a length make a block of so many bytes: a positive multiple of `lanes`. */
export const rowsOfBlocks = (block: number, bytes: number) => (length: number, lanes: number): number =>
  Math.max(lanes, Math.floor(block / (length * bytes) / lanes) * lanes)

/** Bytes of all of it, bytes of the room by way of which it is put to `at`, and how. */
export interface Right<C> {
  readonly size: (k: number, n: number) => number
  readonly room: (k: number, n: number) => number
  readonly put: (b: C, k: number, n: number, at: number, room: number) => void
}

/** The layouts of one machine, in blocks of so many bytes. */
export const rightsOf = <C extends Cells>({ bytes }: Kind<C>, { machine, heap }: Arena<C>, block: number): Readonly<Record<Layout, Right<C>>> => {
  const columns = WIDTH / bytes
  const rowsOfBlock = rowsOfBlocks(block, bytes)
  return {
    NN: {
      size: (k, n) => upTo(n, columns) * k * bytes,
      room: (k, n) => Math.min(k, rowsOfBlock(n, 1)) * n * bytes,
      put: (b, k, n, at, room) => {
        const step = rowsOfBlock(n, 1)
        for (let j = 0; j < k; j += step) {
          const to = Math.min(k, j + step)
          heap().set(b.subarray(j * n, to * n), room / bytes)
          machine.packColumns(room, to - j, n, columns, at + j * WIDTH, k)
        }
      },
    },
    NT: {
      size: (k, n) => upTo(n, columns) * k * bytes,
      room: (k, n) => Math.min(n, rowsOfBlock(k, columns)) * k * bytes,
      put: (b, k, n, at, room) => {
        const step = rowsOfBlock(k, columns)
        for (let c = 0; c < n; c += step) {
          const to = Math.min(n, c + step)
          heap().set(b.subarray(c * k, to * k), room / bytes)
          machine.packRows(room, to - c, k, columns, at + c * k * bytes)
        }
      },
    },
    plain: {
      // With what a last vector reads beyond the end.
      size: (k, n) => upTo(k * n * bytes, 16) + WIDTH,
      room: () => 0,
      put: (b, _, __, at) => { heap().set(b, at / bytes) },
    },
  }
}
