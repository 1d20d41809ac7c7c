/**
 * Memory that the threads of a training run share: what shards and pieces of the test set came to, and who is done with what. Gradients are of
 * the kind that the engine computes with, so nothing is rounded on the way; counts are doubles. Sums are written by one thread and read by all; mini-batches take turns between two halves, so that nobody
 * overwrites what another still reads.
 */
import type { ShardSum } from '../learn/shard.ts'
import type { Tally } from '../learn/tally.ts'
import { type Algebra, entries, numbersInto, type Shape } from '../tensor/algebra.ts'
import { type EngineName, isSingle } from './engine.ts'

/** What threads are told to do, in the order in which they are told. */
export const tasks = { step: 1, test: 2, end: 3 } as const

export interface SharedMemory {
  readonly control: SharedArrayBuffer
  readonly sums: SharedArrayBuffer
  /** Of each sum. */
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
  /** Undefined: it failed. */
  readonly write: (task: number, shard: number, sum: ShardSum<T> | undefined) => void
  readonly read: (task: number, shard: number) => ShardSum<T> | undefined
  readonly writeTally: (piece: number, tally: Tally | undefined) => void
  readonly readTally: (piece: number) => Tally | undefined
}

const [TASK, KIND, THREADS] = [0, 1, 2]
const tallyNumbers = 6

const entriesOf = (params: Readonly<Record<string, Shape>>): number => Object.values(params).reduce((sum, shape) => sum + entries(shape), 0)

export const sharedMemory = (params: Readonly<Record<string, Shape>>, engine: EngineName, threads: number, shards: number, pieces: number): SharedMemory => {
  const single = isSingle(engine)
  return {
    control: new SharedArrayBuffer(4 * (THREADS + threads)),
    sums: new SharedArrayBuffer((single ? 4 : 8) * 2 * shards * entriesOf(params)),
    counts: new SharedArrayBuffer(8 * 2 * shards * tallyNumbers),
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
export const sharedSums = <T>(A: Algebra<never, T>, params: Readonly<Record<string, Shape>>, { control, sums, counts, tallies, single }: SharedMemory, shards: number): SharedSums<T> => {
  const flags = new Int32Array(control)
  const size = entriesOf(params)
  const turn = (task: number, shard: number): number => (task % 2) * shards + shard
  const slot = (task: number, shard: number): Float32Array | Float64Array => (single
    ? new Float32Array(sums, 4 * size * turn(task, shard), size)
    : new Float64Array(sums, 8 * size * turn(task, shard), size))
  const count = (task: number, shard: number): Float64Array => new Float64Array(counts, 8 * tallyNumbers * turn(task, shard), tallyNumbers)
  const piece = (n: number): Float64Array => new Float64Array(tallies, 8 * tallyNumbers * n, tallyNumbers)
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
      Atomics.wait(flags, TASK, last)
      return Atomics.load(flags, TASK)
    },
    finish: (thread, task) => {
      Atomics.store(flags, THREADS + thread, task)
      Atomics.notify(flags, THREADS + thread)
    },
    awaitThread: (thread, task, milliseconds) => {
      const done = Atomics.load(flags, THREADS + thread)
      if (done < task) Atomics.wait(flags, THREADS + thread, done, milliseconds)
      return Atomics.load(flags, THREADS + thread) >= task
    },
    write: (task, shard, sum) => {
      const to = slot(task, shard)
      put(count(task, shard), sum?.tally)
      if (sum === undefined) return
      let at = 0
      for (const [name, shape] of Object.entries(params)) {
        const next = at + entries(shape)
        numbersInto(A, sum.gradient[name] as T, to.subarray(at, next))
        at = next
      }
    },
    read: (task, shard) => {
      const from = slot(task, shard)
      const tally = got(count(task, shard))
      if (tally === undefined) return undefined
      let at = 0
      const gradient = Object.fromEntries(Object.entries(params).map(([name, shape]) => {
        const next = at + entries(shape)
        const tensor = A.of(shape, from.subarray(at, next))
        at = next
        return [name, tensor]
      }))
      return { gradient, tally }
    },
    writeTally: (n, tally) => { put(piece(n), tally) },
    readTally: (n) => got(piece(n)),
  }
}
