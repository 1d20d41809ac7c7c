/**
 * Holomorphic EP (Laborieux & Zenke 2022): N nudges β_k = r e^{2πik/N} on a circle, complex states, analytic activations.
 *
 *     estimate = −(1/N) Σ_k R(s^{β_k}_K) / β_k
 *
 * If R(s^β_K) = Σ_m c_m β^m converges for |β| ≤ r, the sum keeps the terms with m ≡ 1 mod N: c_1 + c_{1+N} r^N + …, an error of O(r^N) where one
 * nudge has O(r). So β need not be small and little is lost to rounding. N = 1 is one-sided, N = 2 centered. docs/theory.md §15; law L8.
 *
 * Re R(s^β)/β is the same at β and at its conjugate, since the model is real: only the upper half of the circle is run.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { badBeta, badNumber } from '../fold/mistake.ts'
import { type Data, pose } from '../fold/pose.ts'
import type { Algebra } from '../tensor/algebra.ts'
import { type Analytic, complexOf, type ComplexTensor } from '../tensor/complex.ts'
import { type Estimator, finiteEstimate } from './estimator.ts'
import { equilibrium, type Weighted } from './nudged.ts'

/** The nudges r e^{2πik/N} for 0 ≤ k ≤ N/2, those off the real axis with twice the weight. */
export const halfCircle = <N extends Analytic, T>(A: Algebra<N, T>, points: number, radius: number): readonly Weighted<ComplexTensor<T>, T>[] => {
  const C = complexOf(A)
  return Array.from({ length: Math.floor(points / 2) + 1 }, (_, k) => {
    const onAxis = k === 0 || 2 * k === points
    const angle = (2 * Math.PI * k) / points
    // cos π and sin π as they are: a half-turn should not leave a trace of imaginary part.
    const [re, im] = [k === 0 ? 1 : 2 * k === points ? -1 : Math.cos(angle), onAxis ? 0 : Math.sin(angle)]
    const beta = onAxis ? C.real(A.fill([], radius * re)) : C.scalar(radius * re, radius * im)
    return {
      weight: onAxis ? 1 : 2,
      nudge: {
        beta,
        out: A,
        // Re (d / β) = (Re d · cos + Im d · sin) / r
        quotient: (d) => A.over(d.im === undefined || im === 0 ? A.scale(re, d.re) : A.add(A.scale(re, d.re), A.scale(im, d.im)), radius),
      },
    }
  })
}

/** The same data with no imaginary part. */
export const realData = <N extends Analytic, T>(A: Algebra<N, T>, { theta, x, y }: Data<T>): Data<ComplexTensor<T>> => {
  const { real } = complexOf(A)
  return { theta: Object.fromEntries(Object.entries(theta).map(([name, p]) => [name, real(p)])), x: real(x), y: real(y) }
}

/** N ≥ 1 nudges on the circle of radius r > 0, K steps each. For tanh, sigm, polynomials and others that are analytic. */
export const holomorphic = (points: number, radius: number, steps: number): Estimator<Analytic> => {
  const name = `holomorphic:${points}:${radius}`
  return {
    name,
    at: (A, dynamics, cost) => (data, { state, before }) => {
      const C = complexOf(A)
      if (!Number.isSafeInteger(points) || points < 1) return E.left(badNumber('holomorphic, points', 'a whole number above 0', points))
      if (!(radius > 0) || !Number.isFinite(radius)) return E.left(badBeta(radius))
      const [first, ...rest] = halfCircle(A, points, radius)
      return pipe(
        pose(C, dynamics, cost)(realData(A, data)),
        E.flatMap((problem) => equilibrium(
          problem, [first as NonNullable<typeof first>, ...rest],
          { state: state.map(C.real), before: before.slice(0, 1).map((s) => s.map(C.real)) }, steps)),
        E.flatMap(finiteEstimate(A, name)))
    },
  }
}
