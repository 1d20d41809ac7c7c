/**
 * Element-wise operations. On a few entries they are plain loops over whole arrays, where there are such; what they are on the machine, chain.ts says.
 * Either way an operation rounds once, by storing what IEEE 754 gives for doubles (of singles: double rounding is innocuous for + − × ÷).
 */
import type { Cells } from './kinds.ts'

/** Of one operand, with c where the operation has an ordinary number. */
export interface Pass {
  readonly name: 'copy' | 'neg' | 'scale' | 'over' | 'clip' | 'inside' | Costly
  /** Absent where even a few entries are better off on the machine. */
  readonly loop?: (x: Cells, out: Cells, c: number) => void
  /** How many additions it costs. */
  readonly cost: number
}

/** Those that the machine has a function for. */
export type Costly = 'exp' | 'tanh' | 'logistic'
export const isFunction = (name: string): name is Costly => name === 'exp' || name === 'tanh' || name === 'logistic'

/** Of two. */
export interface PassOfTwo {
  readonly name: 'add' | 'sub' | 'mul'
  readonly loop: (x: Cells, y: Cells, out: Cells) => void
}

export const copied: Pass = {
  name: 'copy',
  cost: 1,
  loop: (x, out) => { out.set(x) },
}

export const negated: Pass = {
  name: 'neg',
  cost: 1,
  loop: (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = -(x[i] as number)
  },
}

export const scaled: Pass = {
  name: 'scale',
  cost: 1,
  loop: (x, out, c) => {
    for (let i = 0; i < out.length; i++) out[i] = c * (x[i] as number)
  },
}

export const divided: Pass = {
  name: 'over',
  cost: 1,
  loop: (x, out, c) => {
    for (let i = 0; i < out.length; i++) out[i] = (x[i] as number) / c
  },
}

/** What one of these costs. */
export const COSTLY = 12
const costly = (name: Costly): Pass => ({ name, cost: COSTLY })

export const exponential: Pass = costly('exp')
export const hyperbolicTangent: Pass = costly('tanh')
export const logistic: Pass = costly('logistic')
export const clipped: Pass = { name: 'clip', cost: 1 }
export const withinWalls: Pass = { name: 'inside', cost: 1 }

export const added: PassOfTwo = {
  name: 'add',
  loop: (x, y, out) => {
    for (let i = 0; i < out.length; i++) out[i] = (x[i] as number) + (y[i] as number)
  },
}

export const subtracted: PassOfTwo = {
  name: 'sub',
  loop: (x, y, out) => {
    for (let i = 0; i < out.length; i++) out[i] = (x[i] as number) - (y[i] as number)
  },
}

export const multiplied: PassOfTwo = {
  name: 'mul',
  loop: (x, y, out) => {
    for (let i = 0; i < out.length; i++) out[i] = (x[i] as number) * (y[i] as number)
  },
}
