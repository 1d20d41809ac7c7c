/** The time that is played: first the glances at the free phase, then the K moments of the nudged one. */
import type { Course, Frame } from './course.ts'

export interface Instant {
  readonly phase: 'free' | 'nudged'
  readonly t: number
  /** Neurons at that time. */
  readonly state: Frame['layers']
  /** How far the nudge has pushed them, divided by β; absent before it. */
  readonly pushed: Frame['layers'] | undefined
  /** Moments of the folds that are drawn. */
  readonly moments: number
}

/** How many places the playhead has. */
export const lengthOf = ({ settling, pushed }: Course): number => settling.length + pushed.length

export const instantOf = (course: Course, at: number): Instant => {
  const { settling, pushed } = course
  const place = Math.max(0, Math.min(lengthOf(course) - 1, Math.floor(at)))
  const free = settling[place]
  if (free !== undefined) return { phase: 'free', t: free.t, state: free.layers, pushed: undefined, moments: 0 }
  const frame = pushed[place - settling.length]
  return {
    phase: 'nudged', t: frame?.t ?? 0, state: settling.at(-1)?.layers ?? [], pushed: frame?.layers ?? [], moments: place - settling.length + 1,
  }
}

/** The share of the chart's width that is drawn when so many of K moments are. */
export const revealed = (moments: number, K: number): number => (moments <= 0 ? 0 : K < 2 ? 1 : Math.min(1, (moments - 1) / (K - 1)))

export const told = ({ phase, t }: Instant, T: number): string => (phase === 'free' ? `free phase, t = ${t} of ${T}` : `nudged phase, t = ${t}`)
