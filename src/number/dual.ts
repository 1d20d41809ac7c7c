/**
 * Dual numbers a + b·τ with τ² = 0 over any number system: the derivative along one direction, by algebra.
 *
 * A witness, never a tool: the folds are differentiated by hand, and the laws check them against this. With β = τ the
 * nudged phase yields the exact limit β → 0 of Equilibrium Propagation, with nothing left to tend to zero.
 *
 * Clifford 1873, Preliminary sketch of biquaternions; laws L12, L14.
 */
import type { NumberSystem, Op } from './number.ts'

/** primal + tangent · τ. */
export interface Dual<X> {
  /** The value a. */
  readonly primal: X
  /** The derivative b along the direction that is followed. */
  readonly tangent: X
}

/** Dual numbers over S. Each function f of S gains the rule f(a + bτ) = f(a) + f′(a) b τ. Division needs an invertible primal. */
export const dual = <N extends Op, X>(S: NumberSystem<N, X>): NumberSystem<N, Dual<X>> => {
  const make = (primal: X, tangent: X): Dual<X> => ({ primal, tangent })
  const mul = (a: Dual<X>, b: Dual<X>): Dual<X> =>
    make(S.mul(a.primal, b.primal), S.add(S.mul(a.primal, b.tangent), S.mul(a.tangent, b.primal)))
  // f(a + bτ) from the value y = f(a) and the slope f′(a).
  const chain = (a: Dual<X>, y: X, slope: X): Dual<X> => make(y, S.mul(slope, a.tangent))
  const f: Partial<NumberSystem<Op, X>> = S
  const { tanh, logistic, exp, log, clip, inside } = f
  const field: NumberSystem<never, Dual<X>> = {
    name: `dual(${S.name})`,
    zero: make(S.zero, S.zero),
    one: make(S.one, S.zero),
    of: (c) => make(S.of(c), S.zero),
    add: (a, b) => make(S.add(a.primal, b.primal), S.add(a.tangent, b.tangent)),
    sub: (a, b) => make(S.sub(a.primal, b.primal), S.sub(a.tangent, b.tangent)),
    mul,
    // (a / b)′ = (a′ − (a / b) b′) / b
    div: (a, b) => {
      const q = S.div(a.primal, b.primal)
      return make(q, S.div(S.sub(a.tangent, S.mul(q, b.tangent)), b.primal))
    },
    neg: (a) => make(S.neg(a.primal), S.neg(a.tangent)),
    equals: (a, b) => S.equals(a.primal, b.primal) && S.equals(a.tangent, b.tangent),
    distance: (a, b) => Math.max(S.distance(a.primal, b.primal), S.distance(a.tangent, b.tangent)),
    toNumber: (a) => S.toNumber(a.primal),
  }
  const functions = {
    // tanh′ = 1 − tanh²
    ...(tanh && {
      tanh: (a: Dual<X>) => {
        const y = tanh(a.primal)
        return chain(a, y, S.sub(S.one, S.mul(y, y)))
      },
    }),
    // logistic′ = y (1 − y)
    ...(logistic && {
      logistic: (a: Dual<X>) => {
        const y = logistic(a.primal)
        return chain(a, y, S.mul(y, S.sub(S.one, y)))
      },
    }),
    // exp′ = exp
    ...(exp && {
      exp: (a: Dual<X>) => {
        const y = exp(a.primal)
        return chain(a, y, y)
      },
    }),
    // log′ = 1/x
    ...(log && { log: (a: Dual<X>) => chain(a, log(a.primal), S.div(S.one, a.primal)) }),
    ...(clip && inside && { clip: (a: Dual<X>) => chain(a, clip(a.primal), inside(a.primal)) }),
    // A step function: flat wherever it is differentiable.
    ...(inside && { inside: (a: Dual<X>) => make(inside(a.primal), S.zero) }),
  }
  return { ...field, ...functions } as NumberSystem<N, Dual<X>>
}
