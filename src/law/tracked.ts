/**
 * Where the float allowances come from: an interpreter that carries, beside each tensor that a floating-point interpreter
 * computes, a bound on its rounding error, entry by entry (running error analysis; Higham, Accuracy and
 * Stability of Numerical Algorithms, §3). A law runs the very program it judges over this algebra and reads off what rounding can
 * explain. The bound thus grows with K, the widths and ‖H‖ just as the program's own error may, and nothing is picked by hand.
 *
 * With u the unit roundoff and every stored value v known with error e:
 *   a ± b   e_a + e_b + u|v|
 *   a · b   |a| e_b + e_a |b| + e_a e_b + u|v|
 *   Σ_k ab  |a|·e_b + e_a·|b| + e_a·e_b + γ_k |a|·|b|      γ_k of closeness.ts, any order of summation
 *   tanh    e (slope ≤ 1) + 4u|v|                           L14.float64.exponential; also for exp and σ
 *   exp     |v| (eᵉ − 1) + 4u|v|                            |eˣ − eᵛ| ≤ eᵛ (e^|x−v| − 1)
 *   log     −log(1 − e/|a|) + 4u|v|                         for e < |a|; infinite otherwise; assuming Math.log within 2 ulp
 *   σ       e/4 (slope ≤ 1/4) + 7u|v|                       4u of its own, and slack
 * An interpreter that does not hold every double takes a number c for fl(c), with an error of |c − fl(c)|.
 * Underflow adds at most the smallest float per operation and is left out: no quantity here comes near it. The bounds are themselves
 * computed in floats of the same kind, all terms ≥ 0, so they are right to a few hundred u: `slack` of closeness.ts covers that.
 */
import { unitRoundoff } from '../number/float64.ts'
import { type Algebra, entries, type Shape } from '../tensor/algebra.ts'
import { reference, type Tensor } from '../tensor/reference.ts'
import { gamma } from './closeness.ts'

/** A tensor and a bound on how far each entry may be from what exact arithmetic would have given. */
export interface Tracked<T = Tensor> {
  readonly value: T
  readonly error: T
}

/** The functions whose errors are tracked. */
export type TrackedOp = 'tanh' | 'logistic' | 'exp' | 'log'

/**
 * A over its own values, with running error bounds. `value` is bit for bit what A computes; u and fl are its roundoff and rounding. `entrywise` is for
 * tensors whose entries can be had without copying them twice.
 */
export const trackedOver = <T>(
  A: Algebra<TrackedOp, T>, u: number, fl: (c: number) => number,
  entrywise: (f: (x: number) => number, x: T) => T = (f, x) => A.of(A.shape(x), A.numbers(x).map(f)),
): Algebra<TrackedOp, Tracked<T>> => {
  const abs = (x: T): T => entrywise(Math.abs, x)
  const sum = (...terms: readonly [T, ...readonly T[]]): T => terms.reduce(A.add)
  const rounding = (value: T, units: number = 1): T => A.scale(units * u, abs(value))
  const additive = (f: (a: T, b: T) => T, gather: (a: T, b: T) => T) => (a: Tracked<T>, b: Tracked<T>): Tracked<T> => {
    const value = f(a.value, b.value)
    return { value, error: sum(gather(a.error, b.error), rounding(value)) }
  }
  // Every product ∘ of the algebra that sums k terms per entry.
  const product = (f: (a: T, b: T) => T, terms: (a: T) => number) => (a: Tracked<T>, b: Tracked<T>): Tracked<T> => {
    const [p, q] = [abs(a.value), abs(b.value)]
    return {
      value: f(a.value, b.value),
      error: sum(f(p, b.error), f(a.error, q), f(a.error, b.error), A.scale(gamma(terms(a.value), u), f(p, q))),
    }
  }
  const entryCount = (x: T): number => entries(A.shape(x))
  const extent = (axis: 0 | 1) => (x: T): number => A.shape(x)[axis] as number
  const off = (c: number): number => Math.abs(c - fl(c))
  // What becomes of x where c is taken for fl(c); nothing where that is the same.
  const taken = (c: number, x: T): readonly T[] => (off(c) === 0 ? [] : [A.scale(off(c), abs(x))])
  return {
    name: `tracked(${A.name})`,
    shape: (x) => A.shape(x.value),
    fill: (shape: Shape, c) => ({ value: A.fill(shape, c), error: A.fill(shape, off(c)) }),
    of: (shape: Shape, data) => ({ value: A.of(shape, data), error: A.of(shape, Array.from(data, off)) }),
    add: additive(A.add, A.add),
    sub: additive(A.sub, A.add),
    mul: product(A.mul, () => 1),
    neg: (x) => ({ value: A.neg(x.value), error: x.error }),
    scale: (c, x) => {
      const value = A.scale(c, x.value)
      return { value, error: sum(A.scale(Math.abs(c), x.error), rounding(value), ...taken(c, x.value)) }
    },
    over: (x, c) => {
      const value = A.over(x.value, c)
      // |x/c − x̂/ĉ| ≤ |x − x̂|/|c| + |x̂/ĉ| |c − ĉ|/|c|
      return { value, error: sum(A.over(x.error, Math.abs(c)), rounding(value), ...taken(c, value).map((e) => A.over(e, Math.abs(c)))) }
    },
    times: product(A.times, () => 1),
    matmulNN: product(A.matmulNN, extent(1)),
    matmulNT: product(A.matmulNT, extent(1)),
    matmulTN: product(A.matmulTN, extent(0)),
    addRow: additive(A.addRow, A.addRow),
    sumRows: (x) => ({
      value: A.sumRows(x.value),
      error: sum(A.sumRows(x.error), A.scale(gamma(extent(0)(x.value), u), A.sumRows(abs(x.value)))),
    }),
    reshape: (x, shape) => ({ value: A.reshape(x.value, shape), error: A.reshape(x.error, shape) }),
    gather: (x, positions) => ({ value: A.gather(x.value, positions), error: A.gather(x.error, positions) }),
    // At most as many terms meet at one place as there are entries.
    scatter: (y, positions, shape) => ({
      value: A.scatter(y.value, positions, shape),
      error: sum(A.scatter(y.error, positions, shape), A.scale(gamma(entryCount(y.value), u), A.scatter(abs(y.value), positions, shape))),
    }),
    dot: product(A.dot, entryCount),
    equals: (a, b) => A.equals(a.value, b.value),
    distance: (a, b) => A.distance(a.value, b.value),
    numbers: (x) => A.numbers(x.value),
    tanh: (x) => {
      const value = A.tanh(x.value)
      return { value, error: sum(x.error, rounding(value, 4)) }
    },
    logistic: (x) => {
      const value = A.logistic(x.value)
      return { value, error: sum(A.over(x.error, 4), rounding(value, 7)) }
    },
    exp: (x) => {
      const value = A.exp(x.value)
      return { value, error: sum(A.mul(value, entrywise(Math.expm1, x.error)), rounding(value, 4)) }
    },
    log: (x) => {
      const value = A.log(x.value)
      const sizes = A.numbers(x.value)
      const spread = A.of(A.shape(value), A.numbers(x.error).map((e, i) => -Math.log1p(-Math.min(1, e / Math.abs(sizes[i] as number)))))
      return { value, error: sum(spread, rounding(value, 4)) }
    },
  }
}

/** float64 with running error bounds. */
export const tracked: Algebra<TrackedOp, Tracked> = trackedOver(reference, unitRoundoff, (c) => c)

/** Exactly these numbers: error 0. */
export const errorFreeOver = <T>(A: Algebra<never, T>) => (value: T): Tracked<T> => ({ value, error: A.fill(A.shape(value), 0) })

/** The same over the reference. */
export const errorFree: (value: Tensor) => Tracked = errorFreeOver(reference)
