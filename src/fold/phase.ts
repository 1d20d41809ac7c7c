/**
 * A phase is a stream over time: what it emits at t and the phase that follows. EP (forward) and BPTT (backward) emit index t
 * in the same order, so that they can be folded in lock step with memory that does not grow with K.
 *
 * The folds here are the only loops over time; they are fp-ts' stack-safe `tailRec`, since T may be 30 000.
 *
 * docs/one-page.md, two folds as phases; law L4.split.
 */
import { tailRec } from 'fp-ts/lib/ChainRec.js'
import * as E from 'fp-ts/lib/Either.js'
import type { Layers, Params } from '../phi/interaction.ts'

/** What both folds emit at t: per layer and, when asked for, per parameter. */
export interface Moment<T> {
  /** Per layer and per sample, in the shapes of the state: Δs(t) of EP, ∇s(t) of BPTT. */
  readonly state: Layers<T>
  /** Per parameter, mean over the batch: Δθ(t) of EP, ∇θ(t) of BPTT; computed when asked for. */
  readonly param: () => Params<T>
}

/** A stream: `next` gives the emission at t and the rest. */
export interface Phase<Emitted> {
  /** What is emitted now, and the phase from the next moment on. Asked twice it says the same twice. */
  readonly next: () => readonly [Emitted, Phase<Emitted>]
}

/** Folds the first `steps` emissions, t = 0 … steps − 1. Throws RangeError unless `steps` is a whole number ≥ 0: NaN would never end. */
export const foldPhase = <Emitted, Acc>(
  phase: Phase<Emitted>, steps: number, start: Acc, combine: (acc: Acc, emitted: Emitted, t: number) => Acc,
): Acc => {
  if (!Number.isSafeInteger(steps) || steps < 0) throw new RangeError(`phase: expected a whole number of steps, got ${steps}`)
  return tailRec({ phase, acc: start, t: 0 }, ({ phase: now, acc, t }) => {
    if (t >= steps) return E.right(acc)
    const [emitted, later] = now.next()
    return E.left({ phase: later, acc: combine(acc, emitted, t), t: t + 1 })
  })
}

/** The first `steps` emissions as an array. */
export const take = <Emitted>(phase: Phase<Emitted>, steps: number): readonly Emitted[] =>
  foldPhase<Emitted, readonly Emitted[]>(phase, steps, [], (all, emitted) => [...all, emitted])

/** Each emission through f. */
export const mapPhase = <A, B>(phase: Phase<A>, f: (emitted: A) => B): Phase<B> => ({
  next: () => {
    const [emitted, later] = phase.next()
    return [f(emitted), mapPhase(later, f)]
  },
})

/** What f makes of each emission and of what it made of the one before (undefined at t = 0). */
export const scanPhase = <A, B>(phase: Phase<A>, f: (before: B | undefined, emitted: A, t: number) => B): Phase<B> => {
  const from = (rest: Phase<A>, before: B | undefined, t: number): Phase<B> => ({
    next: () => {
      const [emitted, later] = rest.next()
      const now = f(before, emitted, t)
      return [now, from(later, now, t + 1)]
    },
  })
  return from(phase, undefined, 0)
}

/** Two phases in lock step. */
export const zipPhases = <A, B>(first: Phase<A>, second: Phase<B>): Phase<readonly [A, B]> => ({
  next: () => {
    const [[a, laterA], [b, laterB]] = [first.next(), second.next()]
    return [[a, b], zipPhases(laterA, laterB)]
  },
})

/** The phase without its first n emissions. */
export const drop = <Emitted>(phase: Phase<Emitted>, n: number): Phase<Emitted> =>
  n <= 0 ? phase : drop(phase.next()[1], n - 1)
