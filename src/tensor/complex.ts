/**
 * Complex tensors over any algebra of floats: a pair p + iq, so that they run at the speed of the interpreter below. It says the
 * same as `lift(complex)`, which law L12 checks. Products are bilinear, nothing is conjugated: what is written once over an algebra stays
 * analytic, as holomorphic EP needs. An absent imaginary part is zero, which spares the products of constants such as θ and x.
 *
 * tanh and the logistic function are computed entry by entry on complex numbers (number/complex.ts) and rounded into A. `clip` and
 * `inside` are not analytic and are not there. Nothing in fold/ or phi/ may import it.
 */
import { type Complex, complex } from '../number/complex.ts'
import type { Algebra, Op, Shape } from './algebra.ts'

/** Functions that go on to complex numbers. */
export type Analytic = 'tanh' | 'logistic'

/** re + i · im. */
export interface ComplexTensor<T> {
  /** Real parts. */
  readonly re: T
  /** Imaginary parts, of the same shape; undefined where all are zero. */
  readonly im: T | undefined
}

/** What the complex interpreter adds to an algebra: ways in and out. */
export interface ComplexAlgebra<T> {
  /** re + 0i. */
  readonly real: (re: T) => ComplexTensor<T>
  /** The imaginary part as a tensor below, zeros where absent. */
  readonly imaginary: (x: ComplexTensor<T>) => T
  /** The scalar re + i·im. */
  readonly scalar: (re: number, im: number) => ComplexTensor<T>
}

/** Complex tensors over A. `equals` and `distance` look at both parts, `numbers` gives the real one. */
export const complexOf = <N extends Analytic, T>(A: Algebra<N, T>): Algebra<N, ComplexTensor<T>> & ComplexAlgebra<T> => {
  type C = ComplexTensor<T>
  const imaginary = ({ re, im }: C): T => im ?? A.fill(A.shape(re), 0)
  const linear = (f: (x: T) => T) => ({ re, im }: C): C => ({ re: f(re), im: im && f(im) })
  const sum = (a: T | undefined, b: T | undefined): T | undefined => (a && b ? A.add(a, b) : (a ?? b))
  // (a + ib) ∘ (c + id) = a∘c − b∘d + i (a∘d + b∘c) for every product ∘
  const bilinear = (f: (a: T, b: T) => T) => (x: C, y: C): C => {
    const ac = f(x.re, y.re)
    return {
      re: x.im && y.im ? A.sub(ac, f(x.im, y.im)) : ac,
      im: sum(y.im && f(x.re, y.im), x.im && f(x.im, y.re)),
    }
  }
  const real = (re: T): C => ({ re, im: undefined })
  const pointwise = (f: (z: Complex) => Complex) => (x: C): C => {
    const [shape, re, im] = [A.shape(x.re), A.numbers(x.re), A.numbers(imaginary(x))]
    const values = Array.from(re, (a, i) => f({ re: a, im: im[i]! }))
    return { re: A.of(shape, values.map((z) => z.re)), im: A.of(shape, values.map((z) => z.im)) }
  }
  const tensors: Algebra<never, C> & ComplexAlgebra<T> = {
    name: `complexOf(${A.name})`,
    shape: (x) => A.shape(x.re),
    fill: (shape, c) => real(A.fill(shape, c)),
    of: (shape: Shape, data) => real(A.of(shape, data)),
    add: (a, b) => ({ re: A.add(a.re, b.re), im: sum(a.im, b.im) }),
    sub: (a, b) => ({
      re: A.sub(a.re, b.re),
      im: b.im ? (a.im ? A.sub(a.im, b.im) : A.neg(b.im)) : a.im,
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
      re: A.addRow(x.re, row.re),
      im: row.im ? A.addRow(imaginary(x), row.im) : x.im,
    }),
    sumRows: linear(A.sumRows),
    reshape: (x, shape) => linear((t) => A.reshape(t, shape))(x),
    gather: (x, positions) => linear((t) => A.gather(t, positions))(x),
    scatter: (y, positions, shape) => linear((t) => A.scatter(t, positions, shape))(y),
    dot: bilinear(A.dot),
    equals: (a, b) => A.equals(a.re, b.re) && A.equals(imaginary(a), imaginary(b)),
    distance: (a, b) => Math.max(A.distance(a.re, b.re), A.distance(imaginary(a), imaginary(b))),
    numbers: (x) => A.numbers(x.re),
    real,
    imaginary,
    scalar: (re, im) => ({ re: A.fill([], re), im: A.fill([], im) }),
  }
  const { tanh, logistic }: Partial<Algebra<Op, T>> = A
  // A real argument has a real value, which A computes itself.
  const analytic = (below: (x: T) => T, above: (z: Complex) => Complex) => {
    const entrywise = pointwise(above)
    return (x: C): C => (x.im === undefined ? real(below(x.re)) : entrywise(x))
  }
  const functions = {
    ...(tanh && { tanh: analytic(tanh, complex.tanh) }),
    ...(logistic && { logistic: analytic(logistic, complex.logistic) }),
  }
  return { ...tensors, ...functions } as Algebra<N, C> & ComplexAlgebra<T>
}
