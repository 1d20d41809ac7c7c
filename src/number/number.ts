/**
 * A number system is an explicit record of operations, so that one program runs over many kinds of numbers.
 *
 * Every system is a commutative ring in which one may divide by what is not zero (floats only nearly; law L14 says how
 * nearly). Functions beyond that are named: a system lists in its type, `N`, those that it can compute. Asking for tanh
 * over the rationals is therefore a compile error, not a run-time surprise.
 */

/** Operations that every number system has. */
export interface Field<X> {
  /** What reports and laws call it: 'float64', 'rational', 'dual(rational)'. */
  readonly name: string
  /** 0: a + 0 = a. */
  readonly zero: X
  /** 1: 1 a = a. */
  readonly one: X
  /** The number c itself: exact wherever the system holds all finite doubles (doubles, rationals, and what is built on them); singles round it. */
  readonly of: (c: number) => X
  /** a + b. */
  readonly add: (a: X, b: X) => X
  /** a − b. */
  readonly sub: (a: X, b: X) => X
  /** a b. */
  readonly mul: (a: X, b: X) => X
  /** a / b. Of b = 0 floats make ∞ or NaN, the rationals a RangeError. */
  readonly div: (a: X, b: X) => X
  /** −a. */
  readonly neg: (a: X) => X
  /** The same number, without any tolerance. NaN equals nothing, itself included. */
  readonly equals: (a: X, b: X) => boolean
  /** |a − b| as a float, for reports: NaN if either is NaN, positive whenever `equals` is false. */
  readonly distance: (a: X, b: X) => number
  /** The nearest float (of the real part, of the primal part). */
  readonly toNumber: (a: X) => number
}

/** Functions that only some systems have. */
export interface Functions<X> {
  /** The hyperbolic tangent. */
  readonly tanh: (x: X) => X
  /** 1 / (1 + e^−x). */
  readonly logistic: (x: X) => X
  /** e^x. */
  readonly exp: (x: X) => X
  /** The natural logarithm: of 0 it is −∞, of negative floats NaN; of complex numbers the principal branch. */
  readonly log: (x: X) => X
  /** x moved into [0, 1]. */
  readonly clip: (x: X) => X
  /** Slope of `clip`: 1 on the closed interval [0, 1], 0 outside. */
  readonly inside: (x: X) => X
}

/** Names of the functions that only some systems have. */
export type Op = keyof Functions<unknown>

/** A number system that can compute the functions named in N. */
export type NumberSystem<N extends Op, X> = Field<X> & Pick<Functions<X>, N>
