/** The fastest interpreter that runs here: SIMD in WebAssembly where the browser has it and the page's policy allows it, else plain loops. Both give the same bits. */
import { type Algebra, float64, lift, type Op, simd64 } from 'phifold'

/** An interpreter whose kind of tensor is its own affair. */
export type Run = <R>(use: <T>(A: Algebra<Op, T>) => R) => R

export interface Engine {
  readonly name: string
  readonly run: Run
}

const plain = (): Engine => {
  const A = lift(float64)
  return { name: A.name, run: (use) => use(A) }
}

export const engine = (make: typeof simd64 = simd64): Engine => {
  try {
    const A = make()
    // The machine is made with the interpreter, so a browser without SIMD has thrown by now.
    return { name: A.name, run: (use) => use(A) }
  } catch {
    return plain()
  }
}
