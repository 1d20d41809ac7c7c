/**
 * Activations ρ (energy-based) and σ (prototypical): value, slope and curvature, derived by hand and computed together,
 * since the slope of tanh and of the logistic function is a polynomial in the value.
 *
 * Laws: L1 checks slope against the value and curvature against the slope, by dual numbers and by complex step.
 */
import type { Algebra, Op } from '../tensor/algebra.ts'

/** ρ, ρ′ and ρ″ at one tensor. The last two are computed when asked for. */
export interface Jet<T> {
  /** ρ(x), in the shape of x. */
  readonly value: T
  /** ρ′(x), in the shape of x; computed when asked for. */
  readonly slope: () => T
  /** ρ″(x), in the shape of x; computed when asked for. */
  readonly curvature: () => T
}

/** An entry-by-entry function with two derivatives. */
export interface Activation<N extends Op> {
  /** Names it in messages and on the command line: 'tanh', 'sigm'. */
  readonly name: string
  /** Where the derivatives exist: everywhere, or away from the kinks listed. */
  readonly smooth: 'everywhere' | { readonly kinks: readonly number[] }
  /** First the algebra, then x of any shape: ρ, ρ′ and ρ″, entry by entry. */
  readonly at: <T>(A: Algebra<N, T>) => (x: T) => Jet<T>
  /** ρ′(x) from ρ(x) alone, where that can be told: the numbers that `at` gives, for who has the value already. Whoever replaces `at` must leave it out. */
  readonly slopeOf?: <T>(A: Algebra<N, T>) => (value: T) => T
}

const slopeOfTanh = <T>(A: Algebra<never, T>) => (y: T): T => A.sub(A.fill(A.shape(y), 1), A.mul(y, y))

/** y = tanh x: y′ = 1 − y², y″ = −2 y y′. */
export const tanh: Activation<'tanh'> = {
  name: 'tanh',
  smooth: 'everywhere',
  at: (A) => (x) => {
    const value = A.tanh(x)
    const slope = () => slopeOfTanh(A)(value)
    return { value, slope, curvature: () => A.scale(-2, A.mul(value, slope())) }
  },
  slopeOf: slopeOfTanh,
}

const slopeOfSigm = <T>(A: Algebra<never, T>) => (y: T): T => A.scale(4, A.mul(y, A.sub(A.fill(A.shape(y), 1), y)))

/**
 * The paper's sigmoid, y = σ(4x − 2) with the logistic σ: y(½) = ½ with slope 1 there.
 * y′ = 4 y (1 − y), y″ = 4 (1 − 2y) y′.
 */
export const sigm: Activation<'logistic'> = {
  name: 'sigm',
  smooth: 'everywhere',
  at: (A) => (x) => {
    const constant = (c: number) => A.fill(A.shape(x), c)
    const value = A.logistic(A.sub(A.scale(4, x), constant(2)))
    const slope = () => slopeOfSigm(A)(value)
    return { value, slope, curvature: () => A.scale(4, A.mul(A.sub(constant(1), A.scale(2, value)), slope())) }
  },
  slopeOf: slopeOfSigm,
}

/** min(max(x, 0), 1). Slope 1 on the closed interval [0, 1] (end points included), 0 outside; curvature 0. */
export const hardSigmoid: Activation<'clip' | 'inside'> = {
  name: 'hardsigm',
  smooth: { kinks: [0, 1] },
  at: (A) => (x) => ({
    value: A.clip(x),
    slope: () => A.inside(x),
    curvature: () => A.fill(A.shape(x), 0),
  }),
}

/** ρ(x) = x. */
export const identity: Activation<never> = {
  name: 'identity',
  smooth: 'everywhere',
  at: (A) => (x) => ({
    value: x,
    slope: () => A.fill(A.shape(x), 1),
    curvature: () => A.fill(A.shape(x), 0),
  }),
}

// Coefficients of the derivative of Σ cᵢ xⁱ.
const derivative = (coefficients: readonly number[]): readonly number[] => coefficients.slice(1).map((c, i) => c * (i + 1))

// Horner's rule, from the highest coefficient down.
const horner = <T>(A: Algebra<never, T>, coefficients: readonly number[], x: T): T => {
  const constant = (c: number): T => A.fill(A.shape(x), c)
  return coefficients.reduceRight<T | undefined>(
    (y, c) => (y === undefined ? constant(c) : A.add(A.mul(y, x), constant(c))), undefined) ?? constant(0)
}

/**
 * ρ(x) = c₀ + c₁ x + c₂ x² + …: needs nothing but ring operations, so it runs over exact rationals, where tanh cannot.
 * Coefficients are doubles, hence exact; keep them dyadic (¼, −3, …) and small to keep rationals short.
 */
export const polynomial = (...coefficients: readonly number[]): Activation<never> => ({
  name: `polynomial(${coefficients.join(', ')})`,
  smooth: 'everywhere',
  at: (A) => (x) => ({
    value: horner(A, coefficients, x),
    slope: () => horner(A, derivative(coefficients), x),
    curvature: () => horner(A, derivative(derivative(coefficients)), x),
  }),
})
