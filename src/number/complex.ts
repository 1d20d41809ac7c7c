/**
 * Complex float64 numbers: the number system of the complex-step witness, Im f(x + ih) / h = f′(x) + O(h²), which needs
 * no difference of nearby values and so allows h = 10⁻¹⁰⁰. Analytic functions only: no clip, no abs.
 *
 * Squire, Trapp 1998, Using complex variables to estimate derivatives of real functions; laws L14.
 */
import { float64 } from './float64.ts'
import type { NumberSystem } from './number.ts'

/** re + i·im. */
export interface Complex {
  /** Real part. */
  readonly re: number
  /** Imaginary part. */
  readonly im: number
}

const make = (re: number, im: number): Complex => ({ re, im })

// Smith's division: scaled by the divisor's larger part, so that no square over- or underflows.
const div = (a: Complex, b: Complex): Complex => {
  if (Math.abs(b.re) < Math.abs(b.im)) {
    const ratio = b.re / b.im
    const norm = b.re * ratio + b.im
    return make((a.re * ratio + a.im) / norm, (a.im * ratio - a.re) / norm)
  }
  const ratio = b.im / b.re
  const norm = b.re + b.im * ratio
  return make((a.re + a.im * ratio) / norm, (a.im - a.re * ratio) / norm)
}

// tanh(a + ib) = (t + i·w) / (1 + i·t·w) with t = tanh a, w = tan b: no overflow for large |a|.
const tanh = (z: Complex): Complex => {
  const [t, w] = [float64.tanh(z.re), Math.tan(z.im)]
  return div(make(t, w), make(1, t * w))
}

/** ℂ in float64. `distance` is the larger of the distances of the two parts. */
export const complex: NumberSystem<'tanh' | 'logistic' | 'exp' | 'log', Complex> = {
  name: 'complex',
  zero: make(0, 0),
  one: make(1, 0),
  of: (c) => make(c, 0),
  add: (a, b) => make(a.re + b.re, a.im + b.im),
  sub: (a, b) => make(a.re - b.re, a.im - b.im),
  mul: (a, b) => make(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re),
  div,
  neg: (a) => make(-a.re, -a.im),
  equals: (a, b) => a.re === b.re && a.im === b.im,
  distance: (a, b) => Math.max(float64.distance(a.re, b.re), float64.distance(a.im, b.im)),
  toNumber: (a) => a.re,
  tanh,
  // logistic(z) = (1 + tanh(z/2)) / 2
  logistic: (z) => {
    const half = tanh(make(z.re / 2, z.im / 2))
    return make((1 + half.re) / 2, half.im / 2)
  },
  // e^(a + ib) = e^a (cos b + i sin b)
  exp: ({ re, im }) => {
    const size = float64.exp(re)
    return make(size * Math.cos(im), size * Math.sin(im))
  },
  // log z = log |z| + i arg z, −π < arg z ≤ π
  log: ({ re, im }) => make(Math.log(Math.hypot(re, im)), Math.atan2(im, re)),
}
