/**
 * The free phase of a mini-batch, sample by sample. Samples do not see each other, so each may end when it repeats itself: from then on
 * its states are known, and only the others are stepped on. The result is entry by entry that of `freePhase` (law L4.samples), with a
 * certificate for each sample: which of them are steady, and from when.
 *
 * A sample's cycle is looked for in short windows between longer and longer stretches, so that a step costs nothing more than before.
 * NaN equals nothing, so a sample that diverged never counts as settled.
 */
import { tailRec } from 'fp-ts/lib/ChainRec.js'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Layers } from '../phi/interaction.ts'
import { type Algebra, entries } from '../tensor/algebra.ts'
import { freePhase, type Settled, stateDistance } from './free-phase.ts'
import { badSteps, diverged, type Mistake } from './mistake.ts'
import type { Problem } from './pose.ts'

/** How settled one sample is; see `Settled`. */
export type SampleCertificate = Pick<Settled<unknown>, 'residual' | 'repeatedAt' | 'period'>

/** A settled batch with a certificate for each of its samples. */
export interface SettledSamples<T> extends Settled<T> {
  /** One for each sample, in their order. */
  readonly samples: readonly SampleCertificate[]
}

/** How long to run, and what to keep. */
export interface SamplePhase {
  /** T ≥ 1. */
  readonly steps: number
  /** How many states before s_T to keep, at most T. */
  readonly keep?: number
  /** Told t, for progress only; not every t. */
  readonly onStep?: (t: number) => void
}

/** The states of one sample (batch 1) from step `from` on: states[i] at `from` + i, and so on round and round. */
interface Orbit<T> {
  readonly row: number
  readonly from: number
  readonly states: readonly [Layers<T>, ...(readonly Layers<T>[])]
}

interface Now<T> {
  readonly t: number
  /** Samples that still move, their state and the problem of them alone. */
  readonly rows: readonly number[]
  readonly state: Layers<T>
  readonly problem: Problem<T>
  readonly orbits: readonly Orbit<T>[]
}

/** The longest cycle looked for. Rounding makes cycles of two or three; anything longer is stepped through. */
const window = 8

const flatRows = <T>(A: Algebra<never, T>, x: T, rows: readonly number[]): Int32Array => {
  const size = entries(A.shape(x).slice(1))
  return Int32Array.from({ length: rows.length * size }, (_, i) => (rows[Math.floor(i / size)] as number) * size + (i % size))
}

/** The given samples of a batched tensor. */
export const rowsOf = <T>(A: Algebra<never, T>, x: T, rows: readonly number[]): T =>
  A.gather(x, { shape: [rows.length, ...A.shape(x).slice(1)], at: flatRows(A, x, rows) })

/** A batch of `batch` samples with these in their places. They are added to zeros, so −0 comes back as 0, which equals it. */
const placed = <T>(A: Algebra<never, T>, batch: number, parts: readonly { readonly rows: readonly number[]; readonly state: Layers<T> }[]): Layers<T> => {
  const [first] = parts
  if (first === undefined) throw new RangeError('settleSamples: no samples')
  return first.state.map((_, l) => parts.map(({ rows, state }) => {
    const part = state[l] as T
    const shape = [batch, ...A.shape(part).slice(1)]
    return A.scatter(part, { shape: A.shape(part), at: flatRows(A, A.fill(shape, 0), rows) }, shape)
  }).reduce(A.add))
}

const at = <T>({ from, states }: Orbit<T>, t: number): Layers<T> => states[(t - from) % states.length] as Layers<T>

/** Whether sample j is the same in both; of most that is seen at the output, which is small. */
const sameAt = <T>(A: Algebra<never, T>, j: number, a: Layers<T>, b: Layers<T>): boolean =>
  a.map((_, l) => l).reverse().every((l) => A.equals(rowsOf(A, a[l] as T, [j]), rowsOf(A, b[l] as T, [j])))

/** The samples that come back to the first state of a window, and their orbits. */
const found = <T>(A: Algebra<never, T>, rows: readonly number[], from: number, states: readonly Layers<T>[]): readonly Orbit<T>[] =>
  rows.flatMap((row, j): readonly Orbit<T>[] => {
    const [first, ...later] = states
    const again = first === undefined ? -1 : later.findIndex((s) => sameAt(A, j, s, first))
    const own = (state: Layers<T>): Layers<T> => state.map((sl) => rowsOf(A, sl, [j]))
    return first === undefined || again < 0 ? [] : [{ row, from, states: [own(first), ...later.slice(0, again).map(own)] }]
  })

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))

/**
 * Runs T free steps from 0 and keeps the last `keep` states before s_T. `problemOf` poses the model on some of the samples, all of them
 * at first. Left: BadSteps, or Diverged as soon as a state is not finite.
 */
export const settleSamples = <T>(
  problemOf: (rows: readonly number[]) => E.Either<Mistake, Problem<T>>, batch: number, { steps, keep = 0, onStep = () => undefined }: SamplePhase,
): E.Either<Mistake, SettledSamples<T>> => {
  if (!Number.isSafeInteger(steps) || steps < 1) return E.left(badSteps('T', steps, 1))
  if (!Number.isSafeInteger(keep) || keep < 0 || keep > steps) return E.left(badSteps('K', keep, 0, steps))
  const late = (t: number) => E.mapLeft((mistake: Mistake) => (mistake._tag === 'Diverged' ? diverged(t + mistake.step, mistake.layer) : mistake))
  const all = Array.from({ length: batch }, (_, row) => row)
  return pipe(
    problemOf(all),
    E.flatMap((whole) => tailRec<Now<T>, E.Either<Mistake, Now<T>>>(
      { t: 0, rows: all, state: whole.zeros, problem: whole, orbits: [] },
      (now) => {
        const { t, rows, state, problem, orbits } = now
        const stretch = Math.min(Math.max(2 * window, Math.floor(t / 16)), steps - keep - t - window)
        if (rows.length === 0 || stretch < 1) return E.right(E.right(now))
        const run = late(t)(freePhase(problem, { steps: stretch, start: state, onStep: (done) => { onStep(t + done) } }))
        if (E.isLeft(run)) return E.right(run)
        const states = Array.from({ length: window }).reduce<readonly Layers<T>[]>(
          (seen) => [...seen, problem.motion.step(seen.at(-1) as Layers<T>)], [run.right.state])
        const more = found(problem.algebra, rows, t + stretch, states)
        const end = states.at(-1) as Layers<T>
        const later = t + stretch + window
        if (more.length === 0) return E.left({ ...now, t: later, state: end })
        const left = rows.flatMap((row, j) => (more.some((orbit) => orbit.row === row) ? [] : [j]))
        const rest = { t: later, rows: left.map((j) => rows[j] as number), orbits: [...orbits, ...more] }
        if (left.length === 0) return E.right(E.right({ ...rest, state: end, problem }))
        const fewer = problemOf(rest.rows)
        if (E.isLeft(fewer)) return E.right(fewer)
        return E.left({ ...rest, state: end.map((sl) => rowsOf(problem.algebra, sl, left)), problem: fewer.right })
      })),
    E.flatMap((now) => {
      if (now.rows.length === 0) return E.right(assembled(batch, now, undefined, steps, keep))
      const remaining = steps - now.t
      const options = { steps: remaining, keep: Math.max(keep, 1), start: now.state, onStep: (done: number) => { onStep(now.t + done) } }
      return pipe(late(now.t)(freePhase(now.problem, options)), E.map((last) => assembled(batch, now, last, steps, keep)))
    }))
}

/** The batch put together again, at s_T and before. One object for one state: BPTT sees that it meets it again. */
const assembled = <T>(batch: number, { rows, problem: { algebra: A }, orbits }: Now<T>, last: Settled<T> | undefined, steps: number, keep: number): SettledSamples<T> => {
  const movers = last === undefined ? [] : [last.state, ...last.before]
  const phases = (t: number): string => orbits.map(({ from, states }) => (t - from) % states.length).join()
  const states = Array.from({ length: keep + 1 }, (_, k) => steps - k).reduce<readonly Kept<T>[]>((seen, t, k) => {
    const mover = movers[k]
    const [key, known] = [phases(t), seen.find((each) => each.key === phases(t) && each.mover === mover)]
    const state = known?.state ?? placed(A, batch, [
      ...orbits.map((orbit) => ({ rows: [orbit.row], state: at(orbit, t) })), ...(mover === undefined ? [] : [{ rows, state: mover }]),
    ])
    return [...seen, { key, mover, state }]
  }, []).map(({ state }) => state)
  const samples = Array.from({ length: batch }, (_, row): SampleCertificate => {
    const orbit = orbits.find((each) => each.row === row)
    if (orbit !== undefined) return { repeatedAt: orbit.from, period: orbit.states.length, residual: stateDistance(A, at(orbit, steps), at(orbit, steps - 1)) }
    const [now, then] = [movers[0], movers[1]].map((s) => (s ?? []).map((sl) => rowsOf(A, sl, [rows.indexOf(row)])))
    return { repeatedAt: undefined, period: undefined, residual: stateDistance(A, now ?? [], then ?? []) }
  })
  return { ...certified(samples), state: states[0] as Layers<T>, steps, before: states.slice(1) }
}

/** Some samples of a settled batch. */
export interface Chosen<T> {
  /** The batch that they are taken from. */
  readonly settled: SettledSamples<T>
  /** Which of its samples, counted from 0. */
  readonly rows: readonly number[]
}

/** One batch of the chosen samples of several, in that order. All must have as many steps and kept states. Throws RangeError where none is chosen. */
export const joinSamples = <T>(A: Algebra<never, T>, parts: readonly Chosen<T>[]): SettledSamples<T> => {
  const chosen = parts.filter(({ rows }) => rows.length > 0)
  const places = chosen.map((_, p) => chosen.slice(0, p).reduce((sum, { rows }) => sum + rows.length, 0))
  const batch = chosen.reduce((sum, { rows }) => sum + rows.length, 0)
  const [first] = chosen
  if (first === undefined) throw new RangeError('joinSamples: no samples')
  const sources = (k: number): readonly Layers<T>[] => chosen.map(({ settled: { state, before } }) => (k === 0 ? state : before[k - 1] as Layers<T>))
  const states = Array.from({ length: first.settled.before.length + 1 }, (_, k) => k).reduce<readonly Layers<T>[]>((seen, k) => {
    const [now, then] = [sources(k), k === 0 ? [] : sources(k - 1)]
    // One object for one state, as above.
    return [...seen, k > 0 && now.every((s, p) => s === then[p]) ? seen[k - 1] as Layers<T> : placed(A, batch, chosen.map(({ rows }, p) => ({
      rows: rows.map((_, j) => (places[p] ?? 0) + j),
      state: (now[p] as Layers<T>).map((sl) => rowsOf(A, sl, rows)),
    })))]
  }, [])
  return { ...certified(chosen.flatMap(({ settled, rows }) => rows.map((row) => settled.samples[row] as SampleCertificate))),
    state: states[0] as Layers<T>, steps: first.settled.steps, before: states.slice(1) }
}

/** What the certificates of all samples say together. */
const certified = (samples: readonly SampleCertificate[]): Pick<SettledSamples<unknown>, 'residual' | 'repeatedAt' | 'period' | 'samples'> => {
  const repeats = samples.every(({ period }) => period !== undefined)
  return {
    residual: Math.max(...samples.map(({ residual }) => residual)),
    repeatedAt: repeats ? Math.max(...samples.map(({ repeatedAt = 0 }) => repeatedAt)) : undefined,
    period: repeats ? samples.reduce((lcm, { period = 1 }) => (lcm * period) / gcd(lcm, period), 1) : undefined,
    samples,
  }
}

interface Kept<T> {
  readonly key: string
  readonly mover: Layers<T> | undefined
  readonly state: Layers<T>
}
