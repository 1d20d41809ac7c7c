/**
 * A drawn digit, as the trained network wants it: 28×28 ink, brought to MNIST's size and place, then means of 2×2 pixels. And the network
 * settling on it.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  type Algebra, backpropagation, conclusion, freePhase, innerNudged, layered, type Mistake, type Moment, type Op, type ParametersError, parametersFrom,
  parseSafetensors, type Phase, pose, sigm, squaredError, type StoredError, take,
} from 'phifold'
import type { Frame } from './course.ts'

export const side = 28
/** 784 numbers from 0, paper, to 1, ink; row after row. */
export type Ink = readonly number[]

export const blank: Ink = Array.from({ length: side * side }, () => 0)

export interface Place {
  readonly x: number
  readonly y: number
}

/** Distance from a point to the segment between two others. */
const away = (px: number, py: number, a: Place, b: Place): number => {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const square = dx * dx + dy * dy
  const t = square === 0 ? 0 : Math.min(1, Math.max(0, ((px - a.x) * dx + (py - a.y) * dy) / square))
  return Math.hypot(px - a.x - t * dx, py - a.y - t * dy)
}

const pen = 1.1

/** The ink after a stroke of a round pen with a soft edge, in pixels. */
export const stroked = (ink: Ink, from: Place, to: Place): Ink => ink.map((old, i) =>
  Math.max(old, Math.min(1, Math.max(0, pen + 0.5 - away(i % side, Math.floor(i / side), from, to)))))

/** Ink at any place, from the four pixels around it. */
const sampled = (ink: Ink, x: number, y: number): number => {
  const [c, r] = [Math.floor(x), Math.floor(y)]
  const at = (i: number, j: number): number => (i < 0 || j < 0 || i >= side || j >= side ? 0 : ink[j * side + i] ?? 0)
  const [u, v] = [x - c, y - r]
  return (1 - v) * ((1 - u) * at(c, r) + u * at(c + 1, r)) + v * ((1 - u) * at(c, r + 1) + u * at(c + 1, r + 1))
}

/** As MNIST was made: the ink's box scaled to 20 pixels, its centre of mass in the middle. A blank stays blank. */
export const centred = (ink: Ink): Ink => {
  const inked = ink.flatMap((value, i) => (value > 0.05 ? [i] : []))
  if (inked.length === 0) return ink
  const [columns, rows] = [inked.map((i) => i % side), inked.map((i) => Math.floor(i / side))]
  const [left, right, top, bottom] = [Math.min(...columns), Math.max(...columns), Math.min(...rows), Math.max(...rows)]
  const scale = Math.max(right - left + 1, bottom - top + 1) / 20
  const mass = ink.reduce((sum, value) => sum + value, 0)
  const mean = (of: (i: number) => number): number => ink.reduce((sum, value, i) => sum + value * of(i), 0) / mass
  const [cx, cy] = [mean((i) => i % side), mean((i) => Math.floor(i / side))]
  const middle = (side - 1) / 2
  return ink.map((_, i) => sampled(ink, cx + ((i % side) - middle) * scale, cy + (Math.floor(i / side) - middle) * scale))
}

/** Means of 2×2 pixels: 196 numbers. */
export const pooled = (ink: Ink): readonly number[] => Array.from({ length: 196 }, (_, i) => {
  const at = 2 * side * Math.floor(i / 14) + 2 * (i % 14)
  return ((ink[at] ?? 0) + (ink[at + 1] ?? 0) + (ink[at + side] ?? 0) + (ink[at + side + 1] ?? 0)) / 4
})

// ── The network ──────────────────────────────────────────────────────────────────────────────────────────────────

/** As docs/.vitepress/network/train.mjs trains it. */
export const sizes = [196, 128, 10]
const dynamics = innerNudged({ interaction: layered(sizes), activation: sigm, epsilon: 1 })
const K = 10
/** Enough for whatever settles. */
export const longest = 200

export interface Read {
  /** The neurons at each step until they stand still, or for 200 steps. */
  readonly frames: readonly Frame[]
  readonly answer: number
  /** The ten outputs at the end. */
  readonly outputs: readonly number[]
  readonly residual: number
  /** Steps until no neuron moves by more than a thousandth; null if it does not come to that. */
  readonly settledAt: number | null
  /** Nudged towards the answer: the largest gap between Δθ and −∇θ over K moments, relative to the largest ∇θ. */
  readonly gap: number
}

type Failure = Mistake | StoredError | ParametersError

const moved = (a: Frame, b: Frame): number =>
  Math.max(...a.layers.flatMap((layer, l) => layer.map((value, i) => Math.abs(value - (b.layers[l]?.[i] ?? NaN)))))

/** max |∇θ(t)| over K moments. */
const largest = <T>(A: Algebra<never, T>, gradients: Phase<Moment<T>>): number =>
  Math.max(...take(gradients, K).flatMap(({ param }) => Object.values(param()).map((g) => A.distance(g, A.fill(A.shape(g), 0)))))

/** Left: bytes that are not the network's. */
export const read = <T>(A: Algebra<Op, T>, bytes: Uint8Array, ink: Ink): E.Either<Failure, Read> => pipe(
  parseSafetensors(bytes, 'network.safetensors'),
  E.flatMap(({ tensors }): E.Either<Failure, Readonly<Record<string, T>>> => parametersFrom(A, dynamics, tensors)),
  E.flatMap((theta): E.Either<Failure, Read> => {
    const x = A.of([1, 196], pooled(centred(ink)))
    const posed = (y: readonly number[]) => ({ theta, x, y: A.of([1, 10], y) })
    const nobody = posed(Array.from({ length: 10 }, () => 0))
    return pipe(
      pose(A, dynamics, squaredError)(nobody),
      E.flatMap((problem) => {
        const flat = (s: readonly T[], t: number): Frame => ({ t, layers: s.map((layer) => Array.from(A.numbers(layer))) })
        const walk = Array.from({ length: longest }).reduce<{ readonly s: readonly T[]; readonly frames: readonly Frame[]; readonly still: boolean }>((now, _, t) => {
          if (now.still) return now
          const s = problem.motion.step(now.s)
          const frame = flat(s, t + 1)
          return { s, frames: [...now.frames, frame], still: moved(frame, now.frames.at(-1) ?? frame) < 1e-6 }
        }, { s: problem.zeros, frames: [flat(problem.zeros, 0)], still: false })
        const outputs = walk.frames.at(-1)?.layers[1] ?? []
        const answer = outputs.indexOf(Math.max(...outputs))
        const moves = walk.frames.slice(1).map((frame, i) => moved(frame, walk.frames[i] ?? frame))
        const lastMove = moves.findLastIndex((move) => move > 1e-3)
        const target = posed(Array.from({ length: 10 }, (__, d) => (d === answer ? 1 : 0)))
        return pipe(
          freePhase(problem, { steps: 10 * longest, keep: K }),
          E.flatMap((settled) => pipe(
            E.Do,
            E.bind('nudged', () => pose(A, dynamics, squaredError)(target)),
            E.bind('gradients', ({ nudged }) => backpropagation(nudged, settled, K)),
            E.bind('gaps', () => conclusion(A, dynamics, squaredError)(target, settled, K)),
          )),
          E.map(({ gradients, gaps: { param } }): Read => ({
            frames: walk.frames, answer, outputs, residual: moves.at(-1) ?? 0, settledAt: lastMove === moves.length - 1 ? null : lastMove + 1, gap: Math.max(...param) / largest(A, gradients),
          })))
      }))
  }))
