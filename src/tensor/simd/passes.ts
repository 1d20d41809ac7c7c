/**
 * Element-wise operations, twice each: as a plain loop over whole arrays, and on the machine, over a block in its memory whose entries are replaced.
 * Either way an operation rounds once, by storing what IEEE 754 gives for doubles (of singles: double rounding is innocuous for + − × ÷).
 */
import type { Cells } from './kinds.ts'
import type { Machine } from './machine.ts'

/** Of one operand, with c where the operation has an ordinary number. */
export interface Pass {
  /** Absent where even a few entries are better off on the machine. */
  readonly loop?: (x: Cells, out: Cells, c: number) => void
  /** How many additions it costs. */
  readonly cost: number
  readonly on: (machine: Machine, x: number, count: number, c: number) => void
}

/** Of two. */
export interface PassOfTwo {
  readonly loop: (x: Cells, y: Cells, out: Cells) => void
  readonly on: (machine: Machine, x: number, y: number, count: number) => void
}

export const copied: Pass = {
  cost: 1,
  loop: (x, out) => { out.set(x) },
  on: () => undefined,
}

export const negated: Pass = {
  cost: 1,
  loop: (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = -(x[i] as number)
  },
  on: (machine, x, count) => { machine.negate(x, count) },
}

export const scaled: Pass = {
  cost: 1,
  loop: (x, out, c) => {
    for (let i = 0; i < out.length; i++) out[i] = c * (x[i] as number)
  },
  on: (machine, x, count, c) => { machine.scale(x, c, count) },
}

export const divided: Pass = {
  cost: 1,
  loop: (x, out, c) => {
    for (let i = 0; i < out.length; i++) out[i] = (x[i] as number) / c
  },
  on: (machine, x, count, c) => { machine.divide(x, c, count) },
}

/** More than a few of these are not computed twice. */
const costly = (name: 'exp' | 'tanh' | 'logistic'): Pass => ({ cost: 12, on: (machine, x, count) => { machine[name](x, count) } })

export const exponential: Pass = costly('exp')
export const hyperbolicTangent: Pass = costly('tanh')
export const logistic: Pass = costly('logistic')
export const clipped: Pass = { cost: 1, on: (machine, x, count) => { machine.clip(x, count) } }
export const withinWalls: Pass = { cost: 1, on: (machine, x, count) => { machine.inside(x, count) } }

export const added: PassOfTwo = {
  loop: (x, y, out) => {
    for (let i = 0; i < out.length; i++) out[i] = (x[i] as number) + (y[i] as number)
  },
  on: (machine, x, y, count) => { machine.add(x, y, count) },
}

export const subtracted: PassOfTwo = {
  loop: (x, y, out) => {
    for (let i = 0; i < out.length; i++) out[i] = (x[i] as number) - (y[i] as number)
  },
  on: (machine, x, y, count) => { machine.subtract(x, y, count) },
}

export const multiplied: PassOfTwo = {
  loop: (x, y, out) => {
    for (let i = 0; i < out.length; i++) out[i] = (x[i] as number) * (y[i] as number)
  },
  on: (machine, x, y, count) => { machine.multiplyEach(x, y, count) },
}
