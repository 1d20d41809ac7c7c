/**
 * Element-wise operations, twice each: as a plain loop over whole arrays, and on the machine, over a block in its memory whose entries are replaced.
 * Either way an operation rounds once, by storing what IEEE 754 gives for doubles (of singles: double rounding is innocuous for + − × ÷).
 */
import type { Cells } from './kinds.ts'
import type { Machine } from './machine.ts'

/** Of one operand, with c where the operation has an ordinary number. */
export interface Pass {
  readonly loop: (x: Cells, out: Cells, c: number) => void
  readonly on: (machine: Machine, x: number, count: number, c: number) => void
}

/** Of two. */
export interface PassOfTwo {
  readonly loop: (x: Cells, y: Cells, out: Cells) => void
  readonly on: (machine: Machine, x: number, y: number, count: number) => void
}

export const copied: Pass = {
  loop: (x, out) => { out.set(x) },
  on: () => undefined,
}

export const negated: Pass = {
  loop: (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = -(x[i] as number)
  },
  on: (machine, x, count) => { machine.negate(x, count) },
}

export const scaled: Pass = {
  loop: (x, out, c) => {
    for (let i = 0; i < out.length; i++) out[i] = c * (x[i] as number)
  },
  on: (machine, x, count, c) => { machine.scale(x, c, count) },
}

export const divided: Pass = {
  loop: (x, out, c) => {
    for (let i = 0; i < out.length; i++) out[i] = (x[i] as number) / c
  },
  on: (machine, x, count, c) => { machine.divide(x, c, count) },
}

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
