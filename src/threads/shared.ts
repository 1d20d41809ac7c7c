/**
 * Memory that the threads of a training run share: tensors of which each thread writes some rows and all read all, what pieces of the test set came
 * to, and who is done with what. Numbers are of the kind that the interpreter computes with, so nothing is rounded on the way; counts are doubles.
 * Mini-batches take turns between two halves, so that nobody overwrites what another still reads.
 */
import type { Tally } from '../learn/tally.ts'
import { type Algebra, entries, numbersInto, type Shape } from '../tensor/algebra.ts'

/** What threads are told to do, in the order in which they are told. */
export const tasks = { step: 1, test: 2, end: 3 } as const

/** What threads hand each other at every mini-batch: so many rows of each of these tensors, in so many portions at most. */
export interface Exchange {
  readonly rows: number
  /** Of one row. */
  readonly shapes: readonly Shape[]
  readonly portions: number
}

export interface SharedMemory {
  readonly control: SharedArrayBuffer
  readonly tensors: SharedArrayBuffer
  /** Of each portion. */
  readonly counts: SharedArrayBuffer
  readonly tallies: SharedArrayBuffer
  readonly single: boolean
}

export interface SharedSums<T> {
  /** The number of the task that is to be done, its kind, and threads that are done with it. */
  readonly task: () => number
  readonly kind: () => number
  /** Tells all threads to do something; gives its number. */
  readonly tell: (kind: number) => number
  /** Waits until there is a task after that one. */
  readonly awaitTask: (last: number) => number
  readonly finish: (thread: number, task: number) => void
  /** Waits for a thread, no longer than that many milliseconds. */
  readonly awaitThread: (thread: number, task: number, milliseconds: number) => boolean
  /** Rows of all tensors from the given one on, and the tally of the portion; undefined: it failed. */
  readonly write: (task: number, portion: number, row: number, done: { readonly tensors: readonly T[]; readonly tally: Tally } | undefined) => void
  /** The tally of a portion; undefined: it failed. */
  readonly tally: (task: number, portion: number) => Tally | undefined
  /** A tensor of so many rows of the nth, from the given one on. */
  readonly read: (task: number, nth: number, row: number, shape: Shape) => T
  readonly writeTally: (piece: number, tally: Tally | undefined) => void
  readonly readTally: (piece: number) => Tally | undefined
}

const [TASK, KIND, THREADS] = [0, 1, 2]

/** Whether this thread may sleep until it is woken: that of a web page may not. */
const mayWait = (): boolean => {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1)
    return true
  } catch {
    return false
  }
}

/** How often a thread looks before it sleeps, since it is woken late. */
const looks = 30_000
const tallyNumbers = 6

/** Whether the entries of an interpreter are singles: no single is a third as a double is. */
const isSingle = <T>(A: Algebra<never, T>): boolean => A.numbers(A.of([1], [1 / 3]))[0] !== 1 / 3

/** Of the kind of entries that the interpreter has. */
export const sharedMemory = <T>(A: Algebra<never, T>, { rows, shapes, portions }: Exchange, threads: number, pieces: number): SharedMemory => {
  const single = isSingle(A)
  return {
    control: new SharedArrayBuffer(4 * (THREADS + threads)),
    tensors: new SharedArrayBuffer((single ? 4 : 8) * 2 * rows * shapes.reduce((sum, shape) => sum + entries(shape), 0)),
    counts: new SharedArrayBuffer(8 * 2 * portions * tallyNumbers),
    tallies: new SharedArrayBuffer(8 * pieces * tallyNumbers),
    single,
  }
}

const put = (to: Float64Array, tally: Tally | undefined): void => {
  to.set(tally === undefined ? [0, 0, 0, 0, 0, 0] : [1, tally.samples, tally.cost, tally.wrong, tally.residual, tally.unsettled])
}
const got = ([there = 0, samples = 0, cost = 0, wrong = 0, residual = 0, unsettled = 0]: Float64Array): Tally | undefined =>
  (there === 0 ? undefined : { samples, cost, wrong, residual, unsettled })

/** The view of one thread. */
export const sharedSums = <T>(A: Algebra<never, T>, { rows, shapes, portions }: Exchange, { control, tensors, counts, tallies, single }: SharedMemory): SharedSums<T> => {
  const flags = new Int32Array(control)
  const sleeps = mayWait()
  const sizes = shapes.map(entries)
  const starts = sizes.map((_, nth) => rows * sizes.slice(0, nth).reduce((sum, size) => sum + size, 0))
  const half = rows * sizes.reduce((sum, size) => sum + size, 0)
  const all = single ? new Float32Array(tensors) : new Float64Array(tensors)
  const from = (task: number, nth: number, row: number): number => (task % 2) * half + (starts[nth] ?? 0) + row * (sizes[nth] ?? 0)
  const count = (task: number, portion: number): Float64Array => new Float64Array(counts, 8 * tallyNumbers * ((task % 2) * portions + portion), tallyNumbers)
  const piece = (n: number): Float64Array => new Float64Array(tallies, 8 * tallyNumbers * n, tallyNumbers)
  /** Whether what lies there comes to be no longer below that number while one looks. */
  const soon = (place: number, least: number): boolean => {
    for (let look = 0; look < looks; look++) if (Atomics.load(flags, place) >= least) return true
    return false
  }
  return {
    task: () => Atomics.load(flags, TASK),
    kind: () => Atomics.load(flags, KIND),
    tell: (kind) => {
      Atomics.store(flags, KIND, kind)
      const task = Atomics.add(flags, TASK, 1) + 1
      Atomics.notify(flags, TASK)
      return task
    },
    awaitTask: (last) => {
      if (!soon(TASK, last + 1)) Atomics.wait(flags, TASK, last)
      return Atomics.load(flags, TASK)
    },
    finish: (thread, task) => {
      Atomics.store(flags, THREADS + thread, task)
      Atomics.notify(flags, THREADS + thread)
    },
    awaitThread: (thread, task, milliseconds) => {
      if (soon(THREADS + thread, task)) return true
      const done = Atomics.load(flags, THREADS + thread)
      if (done < task && sleeps) Atomics.wait(flags, THREADS + thread, done, milliseconds)
      return Atomics.load(flags, THREADS + thread) >= task
    },
    write: (task, portion, row, done) => {
      put(count(task, portion), done?.tally)
      done?.tensors.forEach((tensor, nth) => {
        const start = from(task, nth, row)
        numbersInto(A, tensor, all.subarray(start, start + entries(A.shape(tensor))))
      })
    },
    tally: (task, portion) => got(count(task, portion)),
    read: (task, nth, row, shape) => {
      const start = from(task, nth, row)
      return A.of(shape, all.subarray(start, start + entries(shape)))
    },
    writeTally: (n, tally) => { put(piece(n), tally) },
    readTally: (n) => got(piece(n)),
  }
}
