/**
 * Optimisers: pure functions (θ, memory, gradient) ↦ (θ′, memory′), written over the algebra. With the mean gradient g of a mini-batch and
 * the rate η of the parameter's layer,
 *
 *     sgd        d = g                                                     the paper's
 *     momentum   v′ = μ v + g,                                   d = v′
 *     adam       m′ = β₁ m + (1−β₁) g,  v′ = β₂ v + (1−β₂) g²,   d = m̂ / (√v̂ + e),   m̂ = m′/(1−β₁ᵗ),  v̂ = v′/(1−β₂ᵗ)
 *     θ′ = θ − η (d + λ θ)                                                λ: weight decay, of weights and kernels, not of biases
 *
 * momentum: Polyak 1964 as commonly written; adam: Kingma & Ba 2015, with decay apart from it as Loshchilov & Hutter 2019.
 * An algebra has neither roots nor quotients of tensors: √v = e^{½ log v} and 1/q = e^{−log q}, both right at v = 0.
 */
import { zipParams } from '../fold/nudged-phase.ts'
import type { Params } from '../phi/interaction.ts'
import type { Algebra, Op } from '../tensor/algebra.ts'

/** What an optimiser remembers: tensors of θ's shapes, by kind. */
export type Memory<T> = Readonly<Record<string, Params<T>>>

/** A direction for each parameter, to be multiplied by its rate and taken off. */
export interface Optimiser<N extends Op = Op> {
  /** As on the command line. */
  readonly name: string
  /** The kinds of tensors that it remembers. */
  readonly remembers: readonly string[]
  /** From the mean gradient of mini-batch number t = 1, 2, … */
  readonly direction: <T>(A: Algebra<N, T>) => (gradient: Params<T>, memory: Memory<T>, t: number) => { readonly direction: Params<T>; readonly memory: Memory<T> }
}

const mapParams = <A, B>(params: Params<A>, f: (p: A, name: string) => B): Params<B> =>
  Object.fromEntries(Object.entries(params).map(([name, p]) => [name, f(p, name)]))

/** The memory to start with: zeros. */
export const noMemory = <T>(A: Algebra<never, T>, { remembers }: Pick<Optimiser, 'remembers'>, theta: Params<T>): Memory<T> =>
  Object.fromEntries(remembers.map((kind) => [kind, mapParams(theta, (p) => A.fill(A.shape(p), 0))]))

/** Plain gradient descent. */
export const sgd: Optimiser<never> = {
  name: 'sgd',
  remembers: [],
  direction: () => (gradient, memory) => ({ direction: gradient, memory }),
}

/** A velocity that forgets by the factor μ in [0, 1). */
export const momentum = (mu: number): Optimiser<never> => ({
  name: 'momentum',
  remembers: ['velocity'],
  direction: (A) => (gradient, memory) => {
    const velocity = zipParams(gradient, memory['velocity'] ?? {}, (g, v) => A.add(A.scale(mu, v), g))
    return { direction: velocity, memory: { velocity } }
  },
})

/** Adam. */
export const adam = ({ beta1 = 0.9, beta2 = 0.999, small = 1e-8 }: { readonly beta1?: number; readonly beta2?: number; readonly small?: number } = {}): Optimiser<'exp' | 'log'> => ({
  name: 'adam',
  remembers: ['mean', 'square'],
  direction: (A) => (gradient, memory, t) => {
    const mean = zipParams(gradient, memory['mean'] ?? {}, (g, m) => A.add(A.scale(beta1, m), A.scale(1 - beta1, g)))
    const square = zipParams(gradient, memory['square'] ?? {}, (g, v) => A.add(A.scale(beta2, v), A.scale(1 - beta2, A.mul(g, g))))
    const direction = zipParams(mean, square, (m, v) => {
      const root = A.exp(A.scale(0.5, A.log(A.over(v, 1 - beta2 ** t))))
      const inverse = A.exp(A.neg(A.log(A.add(root, A.fill(A.shape(root), small)))))
      return A.mul(A.over(m, 1 - beta1 ** t), inverse)
    })
    return { direction, memory: { mean, square } }
  },
})

/** Rates by parameter, and the weight decay λ ≥ 0. */
export interface Descent {
  /** η of each parameter. */
  readonly rates: Readonly<Record<string, number>>
  /** λ, of weights and kernels. */
  readonly weightDecay: number
}

/** θ − η (d + λ θ). Parameters without a rate stay. */
export const descended = <T>(A: Algebra<never, T>, theta: Params<T>, direction: Params<T>, { rates, weightDecay }: Descent): Params<T> =>
  mapParams(theta, (p, name) => {
    const rate = rates[name] ?? 0
    if (rate === 0) return p
    // λ as a factor of θ first: one walk over the weights, and none of it without decay.
    const kept = weightDecay === 0 || A.shape(p).length < 2 ? p : A.scale(1 - rate * weightDecay, p)
    return A.sub(kept, A.scale(rate, direction[name] as T))
  })
