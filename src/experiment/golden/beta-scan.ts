/**
 * EP against BPTT as β shrinks: one-sided with both signs, centered, and the exact limit, in the authors' dynamics and
 * with ρ′ kept in the output layer's drive.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { squaredError } from '../../cost/squared-error.ts'
import { meanOf } from '../../fold/nudged-phase.ts'
import { type Moment, type Phase, take } from '../../fold/phase.ts'
import type { Params } from '../../phi/interaction.ts'
import { limit } from '../../theorem.ts'
import type { Algebra, Op } from '../../tensor/algebra.ts'
import * as allowance from './allowance.ts'
import type { BetaScan, Setup } from './case.ts'
import { aside, type Computed, fields, list, same, scalar } from './comparison.ts'
import { byLayer, byName, stateOf } from './course.ts'
import { asGradients, type Gradient, hidden, moves, numbered, reverse, updates } from './gradient.ts'
import { examples, nudgeOf, parameters, type Posed, settle } from './network.ts'

/** What a file of this kind records. Left: why the case cannot be run. */
export const betaScan = <T>(A: Algebra<Op, T>) => (scan: BetaScan): E.Either<string, Computed> =>
  pipe(
    E.Do,
    E.bind('official_dynamics', () => variant(A, scan, { ...scan.setup, consistent: false })),
    E.bind('consistent_output_layer', () => variant(A, scan, { ...scan.setup, consistent: true })),
    E.map((results) => fields({ results: fields(results) })))

/** max over times, layers or names, and entries. */
interface Extent {
  readonly neurons: number
  readonly weights: number
  readonly biases: number
}

const largest = (sizes: readonly Extent[]): Extent => {
  const most = (part: keyof Extent): number => Math.max(0, ...sizes.map((size) => size[part]))
  return { neurons: most('neurons'), weights: most('weights'), biases: most('biases') }
}

const apart = <T>(A: Algebra<never, T>, f: readonly Gradient<T>[], g: readonly Gradient<T>[]): Extent => largest(f.map((moment, t) => {
  const other = g[t] as Gradient<T>
  const worst = (a: Params<T>, b: Params<T>): number =>
    Math.max(...Object.entries(a).map(([key, x]) => A.distance(x, b[key] as T)))
  return {
    neurons: worst(numbered(moment.neurons), numbered(other.neurons)),
    weights: worst(moment.total.weights, other.total.weights),
    biases: worst(moment.total.biases, other.total.biases),
  }
}))

const nothing = <T>(A: Algebra<never, T>) => (gradient: Gradient<T>): Gradient<T> => {
  const zero = (x: T): T => A.fill(A.shape(x), 0)
  const zeros = (params: Params<T>) => Object.fromEntries(Object.entries(params).map(([name, x]) => [name, zero(x)]))
  const slopes = { weights: zeros(gradient.weights), biases: zeros(gradient.biases) }
  return { neurons: gradient.neurons.map(zero), ...slopes, total: slopes }
}

const extent = (allowed: number, { neurons, weights, biases }: Extent): Computed =>
  fields({ neurons: scalar(neurons, allowed), weights: scalar(weights, allowed), biases: scalar(biases, allowed) })

const variant = <T>(A: Algebra<Op, T>, { params, data, betas }: BetaScan, setup: Setup): E.Either<string, Computed> =>
  pipe(
    E.Do,
    E.bind('theta', () => parameters(A, setup, params)),
    E.bind('example', () => examples(A, setup, data)),
    E.bind('posed', ({ theta, example }) => settle(A, setup, { theta, ...example })),
    E.bind('bptt', ({ posed }) => E.map((phase: Phase<Gradient<T>>) => take(phase, setup.K))(reverse(posed, setup.K))),
    E.bind('limiting', ({ posed }) => E.bimap(
      ({ message }: { readonly message: string }) => message,
      (phase: Phase<Moment<T>>) => take(asGradients(posed, phase), setup.K),
    )(limit(A, posed.dynamics, squaredError)(posed.data, posed.settled.state))),
    E.bind('byBeta', ({ posed, bptt, limiting }) =>
      E.traverseArray((beta: number) => atBeta(posed, bptt, limiting, beta))(betas)),
    E.map(({ posed, bptt, limiting, byBeta }) => {
      const { state, residual } = posed.settled
      const of = (moments: readonly Gradient<T>[]) => ({
        neurons: byLayer(A, allowance.bptt, moments.map(({ neurons }) => neurons)),
        weights: byName(A, allowance.bptt, moments.map(({ total }) => total.weights)),
        biases: byName(A, allowance.bptt, moments.map(({ total }) => total.biases)),
      })
      const [reversed, exact] = [of(bptt), of(limiting)]
      return fields({
        s_star: stateOf(A, state),
        free_residual: scalar(residual, allowance.states),
        scale: extent(allowance.bptt, apart(A, bptt, bptt.map(nothing(A)))),
        limit_minus_bptt: extent(2 * allowance.bptt, apart(A, limiting, bptt)),
        bptt: fields({ nS: reversed.neurons, NT: reversed.weights, NT_bias: reversed.biases }),
        limit: fields({ dS: exact.neurons, DT: exact.weights, DT_bias: exact.biases }),
        by_beta: list(byBeta),
      })
    }))

const atBeta = <T>(
  posed: Posed<T>, bptt: readonly Gradient<T>[], limiting: readonly Gradient<T>[], beta: number,
): E.Either<string, Computed> =>
  pipe(
    E.Do,
    E.bind('up', () => nudgeOf(posed.algebra, posed.setup, beta)),
    E.bind('down', () => nudgeOf(posed.algebra, posed.setup, -beta)),
    E.map(({ up, down }) => {
      const { setup, algebra: A } = posed
      const plus = take(updates(posed, up), setup.K)
      const minus = take(updates(posed, down), setup.K)
      const centered = take(asGradients(posed, meanOf(A, moves(posed, up), moves(posed, down))), setup.K)
      const recordedByAuthors = plus.map((moment, t) => ({ ...moment, neurons: hidden(posed, moment.neurons, t) }))
      const gap = (f: readonly Gradient<T>[], g: readonly Gradient<T>[]): Computed =>
        extent(allowance.ep(setup, beta) + allowance.bptt, apart(A, f, g))
      return fields({
        beta: same(beta),
        plus_minus_bptt: gap(plus, bptt),
        minus_minus_bptt: gap(minus, bptt),
        centered_minus_bptt: gap(centered, bptt),
        plus_minus_limit: gap(plus, limiting),
        centered_minus_limit: gap(centered, limiting),
        official_plus_minus_bptt: gap(recordedByAuthors, bptt),
        // The difference between two other programs.
        own_vs_official: aside,
      })
    }))
