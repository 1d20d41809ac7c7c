/** Interpreters by the names that commands take. */
import { setFlagsFromString } from 'node:v8'
import type { Algebra, Op } from '../tensor/algebra.ts'
import { reference } from '../tensor/reference.ts'
import { canFuse, simd32, simd64 } from '../tensor/simd/interpreter.ts'

/** An interpreter whose tensors nobody needs to name. */
export interface Engine {
  readonly run: <R>(use: <T>(A: Algebra<Op, T>) => R) => R
}

const engineOf = <T>(A: Algebra<Op, T>): Engine => ({ run: (use) => use(A) })

/**
 * Whether fused products can be had. Node 20 has relaxed SIMD, in the form that became the standard, behind a flag: it is set for this process, before
 * anything is compiled that needs it. Later ones have it at once.
 */
export const relaxed = (): boolean => {
  if (!canFuse() && process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd')
  return canFuse()
}

/** Each call makes a fresh one, with memory of its own. */
export const engines = {
  reference: (): Engine => engineOf(reference),
  simd64: (): Engine => engineOf(simd64()),
  simd32: (): Engine => engineOf(simd32()),
  'simd32-fused': (): Engine => {
    relaxed()
    return engineOf(simd32({ fused: true }))
  },
} as const

export type EngineName = keyof typeof engines
export const engineNames: readonly EngineName[] = ['reference', 'simd64', 'simd32', 'simd32-fused']

/** Whether its numbers are singles. */
export const isSingle = (name: EngineName): boolean => name.startsWith('simd32')
