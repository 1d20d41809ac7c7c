/**
 * Where the float allowances of the theorem come from: an interpreter that carries, beside each float64 tensor that the
 * reference computes, a bound on its rounding error, entry by entry (running error analysis; Higham, Accuracy and
 * Stability of Numerical Algorithms, §3). A law runs the very program it judges over this algebra and reads off what rounding can
 * explain. The bound thus grows with K, the widths and ‖H‖ just as the program's own error may, and nothing is picked by hand.
 *
 * With u = 2⁻⁵³ and every stored value v known with error e:
 *   a ± b   e_a + e_b + u|v|
 *   a · b   |a| e_b + e_a |b| + e_a e_b + u|v|
 *   Σ_k ab  |a|·e_b + e_a·|b| + e_a·e_b + γ_k |a|·|b|      γ_k of closeness.ts, any order of summation
 *   tanh    e (slope ≤ 1) + 4u|v|                           assuming Math.tanh and Math.exp within 2 ulp (1 ulp ≤ 2u|v|)
 *   σ       e/4 (slope ≤ 1/4) + 7u|v|                       exp: 4u, of 1 + exp and its reciprocal: u each, and u of slack
 * Underflow adds at most 2⁻¹⁰⁷⁴ per operation and is left out: no quantity here comes near it. The bounds are themselves
 * computed in floats, all terms ≥ 0, so they are right to a few hundred u: `slack` of closeness.ts covers that.
 */
import { unitRoundoff as u } from '../number/float64.ts'
import { type Algebra, entries } from '../tensor/algebra.ts'
import { reference as A, type Tensor } from '../tensor/reference.ts'
import { gamma } from './closeness.ts'

/** A float64 tensor and a bound on how far each entry may be from what exact arithmetic would have given. */
export interface Tracked {
  readonly value: Tensor
  readonly error: Tensor
}

const abs = (x: Tensor): Tensor => A.of(A.shape(x), A.numbers(x).map(Math.abs))
const sum = (...terms: readonly [Tensor, ...readonly Tensor[]]): Tensor => terms.reduce(A.add)
const rounding = (value: Tensor, units: number = 1): Tensor => A.scale(units * u, abs(value))

/** Exactly these numbers: error 0. */
export const errorFree = (value: Tensor): Tracked => ({ value, error: A.fill(A.shape(value), 0) })

const additive = (f: (a: Tensor, b: Tensor) => Tensor, gather: (a: Tensor, b: Tensor) => Tensor) => (a: Tracked, b: Tracked): Tracked => {
  const value = f(a.value, b.value)
  return { value, error: sum(gather(a.error, b.error), rounding(value)) }
}

// Every product ∘ of the algebra that sums k terms per entry.
const product = (f: (a: Tensor, b: Tensor) => Tensor, terms: (a: Tensor) => number) => (a: Tracked, b: Tracked): Tracked => {
  const [p, q] = [abs(a.value), abs(b.value)]
  return {
    value: f(a.value, b.value),
    error: sum(f(p, b.error), f(a.error, q), f(a.error, b.error), A.scale(gamma(terms(a.value)), f(p, q))),
  }
}

const entryCount = (x: Tensor): number => entries(A.shape(x))
const extent = (axis: 0 | 1) => (x: Tensor): number => A.shape(x)[axis] as number

/** float64 with running error bounds. `value` is bit for bit what the reference computes. */
export const tracked: Algebra<'tanh' | 'logistic', Tracked> = {
  name: 'tracked(reference)',
  shape: (x) => A.shape(x.value),
  fill: (shape, c) => errorFree(A.fill(shape, c)),
  of: (shape, data) => errorFree(A.of(shape, data)),
  add: additive(A.add, A.add),
  sub: additive(A.sub, A.add),
  mul: product(A.mul, () => 1),
  neg: (x) => ({ value: A.neg(x.value), error: x.error }),
  scale: (c, x) => {
    const value = A.scale(c, x.value)
    return { value, error: sum(A.scale(Math.abs(c), x.error), rounding(value)) }
  },
  over: (x, c) => {
    const value = A.over(x.value, c)
    return { value, error: sum(A.over(x.error, Math.abs(c)), rounding(value)) }
  },
  times: product(A.times, () => 1),
  matmulNN: product(A.matmulNN, extent(1)),
  matmulNT: product(A.matmulNT, extent(1)),
  matmulTN: product(A.matmulTN, extent(0)),
  addRow: additive(A.addRow, A.addRow),
  sumRows: (x) => ({
    value: A.sumRows(x.value),
    error: sum(A.sumRows(x.error), A.scale(gamma(extent(0)(x.value)), A.sumRows(abs(x.value)))),
  }),
  reshape: (x, shape) => ({ value: A.reshape(x.value, shape), error: A.reshape(x.error, shape) }),
  gather: (x, positions) => ({ value: A.gather(x.value, positions), error: A.gather(x.error, positions) }),
  // At most as many terms meet at one place as there are entries.
  scatter: (y, positions, shape) => ({
    value: A.scatter(y.value, positions, shape),
    error: sum(A.scatter(y.error, positions, shape), A.scale(gamma(entryCount(y.value)), A.scatter(abs(y.value), positions, shape))),
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
}
