/**
 * Dual tensors over any algebra: a pair of tensors p + τ q with τ² = 0, so that tangents run at the speed of the
 * interpreter below. It says the same as `lift(dual(S))`, which law L12 checks; that one is for exactness, this one for
 * networks of real size. A witness: nothing in fold/ or phi/ may import it.
 */
import type { Algebra, Op, Shape } from './algebra.ts'

/** primal + τ · tangent; an absent tangent is zero, which spares the products of constants such as θ and x. */
export interface DualTensor<T> {
  /** The values p. */
  readonly primal: T
  /** Their derivatives q along the direction that is followed, of the same shape; undefined where all are zero. */
  readonly tangent: T | undefined
}

/** What the dual interpreter adds to an algebra: ways in and out. */
export interface DualAlgebra<T> {
  /** p + 0τ. */
  readonly constant: (primal: T) => DualTensor<T>
  /** The tangent as a tensor below, zeros where absent. */
  readonly tangent: (x: DualTensor<T>) => T
  /** The scalar τ itself, of shape []: β on its way to 0. */
  readonly infinitesimal: () => DualTensor<T>
}

/**
 * Dual tensors over A.
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { dualOf, reference as A } from 'phifold'
 *
 * const D = dualOf(A)
 * const x = { primal: A.fill([1], 3), tangent: A.fill([1], 1) } // 3 + τ
 * assert.deepEqual([...A.numbers(D.tangent(D.mul(x, x)))], [6]) // (x²)′ = 2x
 * ```
 */
export const dualOf = <N extends Op, T>(
  A: Algebra<N, T>,
): Algebra<N, DualTensor<T>> & DualAlgebra<T> => {
  type D = DualTensor<T>
  const zeros = (shape: Shape): T => A.fill(shape, 0)
  const tangentOf = (x: D): T => x.tangent ?? zeros(A.shape(x.primal))
  const linear = (f: (x: T) => T) => (x: D): D => ({ primal: f(x.primal), tangent: x.tangent && f(x.tangent) })
  const sum = (a: T | undefined, b: T | undefined): T | undefined => (a && b ? A.add(a, b) : (a ?? b))
  // (a ∘ b)′ = a′ ∘ b + a ∘ b′ for every product ∘
  const bilinear = (f: (a: T, b: T) => T) => (a: D, b: D): D => ({
    primal: f(a.primal, b.primal),
    tangent: sum(a.tangent && f(a.tangent, b.primal), b.tangent && f(a.primal, b.tangent)),
  })
  // f(a + τb) = f(a) + τ f′(a) b
  const chain = (f: (x: T) => T, slope: (x: T, y: T) => T) => (x: D): D => {
    const y = f(x.primal)
    return { primal: y, tangent: x.tangent && A.mul(slope(x.primal, y), x.tangent) }
  }
  const constant = (primal: T): D => ({ primal, tangent: undefined })
  const oneMinus = (y: T): T => A.sub(A.fill(A.shape(y), 1), y)
  const tensors: Algebra<never, D> & DualAlgebra<T> = {
    name: `dualOf(${A.name})`,
    shape: (x) => A.shape(x.primal),
    fill: (shape, c) => constant(A.fill(shape, c)),
    of: (shape, data) => constant(A.of(shape, data)),
    add: (a, b) => ({ primal: A.add(a.primal, b.primal), tangent: sum(a.tangent, b.tangent) }),
    sub: (a, b) => ({
      primal: A.sub(a.primal, b.primal),
      tangent: b.tangent ? (a.tangent ? A.sub(a.tangent, b.tangent) : A.neg(b.tangent)) : a.tangent,
    }),
    mul: bilinear(A.mul),
    neg: linear(A.neg),
    scale: (c, x) => linear((t) => A.scale(c, t))(x),
    over: (x, c) => linear((t) => A.over(t, c))(x),
    times: bilinear(A.times),
    matmulNN: bilinear(A.matmulNN),
    matmulNT: bilinear(A.matmulNT),
    matmulTN: bilinear(A.matmulTN),
    addRow: (x, row) => ({
      primal: A.addRow(x.primal, row.primal),
      tangent: row.tangent ? A.addRow(tangentOf(x), row.tangent) : x.tangent,
    }),
    sumRows: linear(A.sumRows),
    reshape: (x, shape) => linear((t) => A.reshape(t, shape))(x),
    gather: (x, positions) => linear((t) => A.gather(t, positions))(x),
    scatter: (y, positions, shape) => linear((t) => A.scatter(t, positions, shape))(y),
    dot: bilinear(A.dot),
    equals: (a, b) => A.equals(a.primal, b.primal) && A.equals(tangentOf(a), tangentOf(b)),
    distance: (a, b) => Math.max(A.distance(a.primal, b.primal), A.distance(tangentOf(a), tangentOf(b))),
    numbers: (x) => A.numbers(x.primal),
    constant,
    tangent: tangentOf,
    // Made when asked for: an interpreter that nobody has used has computed nothing.
    infinitesimal: () => ({ primal: zeros([]), tangent: A.fill([], 1) }),
  }
  const below: Partial<Algebra<Op, T>> = A
  const { tanh, logistic, exp, log, clip, inside } = below
  const functions = {
    ...(tanh && { tanh: chain(tanh, (_, y) => oneMinus(A.mul(y, y))) }),
    ...(logistic && { logistic: chain(logistic, (_, y) => A.mul(y, oneMinus(y))) }),
    ...(exp && { exp: chain(exp, (_, y) => y) }),
    // 1/x = e^(−log x): an algebra divides by numbers only.
    ...(exp && log && { log: chain(log, (_, y) => exp(A.neg(y))) }),
    ...(clip && inside && { clip: chain(clip, inside) }),
    ...(inside && { inside: (x: D) => constant(inside(x.primal)) }),
  }
  return { ...tensors, ...functions } as Algebra<N, D> & DualAlgebra<T>
}
