/**
 * A network of the paper's size, 784-512-10, on real digits. Its weights are generated and its courses recorded for
 * samples only, so both folds run in lock step and nothing of a matrix's size is kept but sums.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as R from 'fp-ts/lib/ReadonlyRecord.js'
import { foldPhase, zipPhases } from '../../fold/phase.ts'
import type { Layers, Params } from '../../phi/interaction.ts'
import type { Algebra, Op } from '../../tensor/algebra.ts'
import * as allowance from './allowance.ts'
import type { Sampled, Samples } from './case.ts'
import { aside, type Computed, fields, fieldsOf, list, numbers, same, scalar } from './comparison.ts'
import { lossLeaf, stateOf } from './course.ts'
import { batchOf, generated, generatorOf } from './generator.ts'
import {
  furthest, type Gaps, largest, noGaps, type Precision, rmse, rmseOfLayers, rmseOfNames, withMoment,
} from './gap.ts'
import { type Gradient, hidden, nudgedEnd, numbered, reverse, type Slopes, updates } from './gradient.ts'
import { examples, nudgeOf, parameters, type Posed, settle } from './network.ts'

// ── One pass over both folds ─────────────────────────────────────────────────────────────────────────────────────

/** At each moment, the sampled entries by quantity and by layer or name; the last moment's sums; the gaps. */
interface Summary<T> {
  readonly rows: readonly Row[]
  readonly last: { readonly ep: Slopes<T>; readonly bptt: Slopes<T> } | undefined
  readonly gaps: Gaps
}

type Quantity = 'nS' | 'dS' | 'dS_raw' | 'NT' | 'DT' | 'NT_bias' | 'DT_bias'
type Row = Readonly<Record<Quantity, Readonly<Record<string, readonly number[]>>>>

const at = <T>(A: Algebra<never, T>, x: T, indices: readonly number[]): readonly number[] => {
  const values = A.numbers(x)
  return indices.map((i) => values[i] ?? NaN)
}

const rowOf = <T>(posed: Posed<T>, samples: Samples, ep: Gradient<T>, bptt: Gradient<T>, t: number): Row => {
  const A = posed.algebra
  const vectors = (params: Params<T>, indices: Readonly<Record<string, readonly number[]>>) =>
    R.mapWithIndex((name: string, index: readonly number[]) => at(A, params[name] as T, index))(indices)
  const layers = (gradient: Layers<T>) => vectors(numbered(gradient), numbered(samples.neurons))
  const matrices = (params: Params<T>) => vectors(params, R.mapWithIndex((name: string, index: Samples['weights'][string]) => {
    const [, columns = NaN] = A.shape(params[name] as T)
    return index.map(([row = NaN, column = NaN]) => row * columns + column)
  })(samples.weights))
  return {
    nS: layers(bptt.neurons), dS: layers(hidden(posed, ep.neurons, t)), dS_raw: layers(ep.neurons),
    NT: matrices(bptt.total.weights), DT: matrices(ep.total.weights),
    NT_bias: vectors(bptt.total.biases, samples.biases), DT_bias: vectors(ep.total.biases, samples.biases),
  }
}

const summary = <T>(posed: Posed<T>, { beta, samples }: Sampled): E.Either<string, Summary<T>> =>
  pipe(
    E.Do,
    E.bind('nudge', () => nudgeOf(posed.algebra, posed.setup, beta)),
    E.bind('reversed', () => reverse(posed, posed.setup.K)),
    E.map(({ nudge, reversed }) => foldPhase<readonly [Gradient<T>, Gradient<T>], Summary<T>>(
      zipPhases(updates(posed, nudge), reversed), posed.setup.K, { rows: [], last: undefined, gaps: noGaps },
      ({ rows, gaps }, [ep, bptt], t) => ({
        rows: [...rows, rowOf(posed, samples, ep, bptt, t)],
        last: { ep: ep.total, bptt: bptt.total },
        gaps: withMoment(posed, gaps, ep, bptt, t),
      }))))

// ── What the file records ────────────────────────────────────────────────────────────────────────────────────────

const norms = <T>(A: Algebra<never, T>, { last }: Summary<T>, ep: number): Computed => fieldsOf(last?.ep.weights ?? {}, (_, name) => {
  const of = (slopes: Slopes<T> | undefined, delta: number) => {
    const values = A.numbers(slopes?.weights[name] as T)
    return {
      frobenius: scalar(Math.sqrt(values.reduce((sum, v) => sum + v * v, 0)), allowance.norm(values.length, delta)),
      sum: scalar(values.reduce((sum, v) => sum + v, 0), allowance.total(values.length, delta)),
    }
  }
  const [bptt, contrast] = [of(last?.bptt, allowance.bptt), of(last?.ep, ep)]
  return fields({
    NT_last_frobenius: bptt.frobenius,
    NT_last_sum: bptt.sum,
    DT_last_frobenius: contrast.frobenius,
    DT_last_sum: contrast.sum,
  })
})

const own = (precision: Precision, gaps: Gaps): Computed => fields({
  neurons: rmseOfLayers(precision, gaps.raw),
  weights: rmseOfNames(precision, gaps.weights),
  biases: rmseOfNames(precision, gaps.biases),
  weights_max: fieldsOf(gaps.weights, (sums) => furthest(precision, sums)),
})

/** What a file of this kind records. Left: why the case cannot be run. */
export const sampled = <T>(A: Algebra<Op, T>) => (recorded: Sampled): E.Either<string, Computed> => {
  const { setup, seed, beta, samples } = recorded
  const params = generated(setup, seed)
  const unknown = Object.keys({ ...samples.weights, ...samples.biases }).find((name) => !(name in params))
  if (unknown !== undefined) return E.left(`samples: ${unknown} is no parameter; expected ${Object.keys(params).join(', ')}`)
  if (samples.neurons.length >= setup.sizes.length)
    return E.left(`samples: expected at most ${setup.sizes.length - 1} layers of neurons, got ${samples.neurons.length}`)
  const variant = (consistent: boolean) => pipe(
    E.Do,
    E.bind('theta', () => parameters(A, setup, params)),
    E.bind('example', () => examples(A, setup, batchOf(recorded))),
    E.bind('posed', ({ theta, example }) => settle(A, { ...setup, consistent }, { theta, ...example })),
    E.bind('found', ({ posed }) => summary(posed, recorded)))
  const precision: Precision = { K: setup.K, ep: allowance.ep(setup, beta) }
  return pipe(
    E.Do,
    E.bind('official', () => variant(setup.consistent)),
    E.bind('strict', () => recorded.alsoConsistent
      ? pipe(variant(true), E.map(({ found }) => own(precision, found.gaps)))
      : E.right(aside)),
    E.bind('nudge', () => nudgeOf(A, setup, beta)),
    E.map(({ official: { posed, found }, strict, nudge }) => {
      const course = (quantity: Quantity, key: string, allowed: number): Computed => {
        const rows = found.rows.map((row) => row[quantity][key] ?? [])
        return numbers([rows.length, rows[0]?.length ?? 0], rows.flat(), allowed)
      }
      const given = (index: readonly number[]): Computed => list(index.map(same))
      const perBias = (quantity: 'NT_bias' | 'DT_bias', allowed: number): Computed =>
        fieldsOf(samples.biases, (index, name) => fields({ index: given(index), [quantity]: course(quantity, name, allowed) }))
      return fields({
        official: fields({
          s_star: stateOf(A, posed.settled.state),
          rmse: rmse(precision, found.gaps.neurons, found.gaps.weights),
          sampled_neurons: list(samples.neurons.map((index, l) => fields({
            index: given(index),
            nS: course('nS', `${l}`, allowance.bptt),
            dS: course('dS', `${l}`, precision.ep),
            dS_raw: course('dS_raw', `${l}`, precision.ep),
          }))),
          sampled_weights: fieldsOf(samples.weights, (index, name) => fields({
            index: list(index.map(given)),
            NT: course('NT', name, allowance.bptt),
            DT: course('DT', name, precision.ep),
          })),
          norms: norms(A, found, precision.ep),
        }),
        rerun: fields({
          free_residual: scalar(posed.settled.residual, allowance.states),
          s_nudged_end: stateOf(A, nudgedEnd(posed, nudge.beta)),
          sampled_biases_DT: perBias('DT_bias', precision.ep),
        }),
        own: fields({
          free_loss: lossLeaf(posed),
          sampled_biases_NT: perBias('NT_bias', allowance.bptt),
          rmse_instantaneous: rmse(precision, found.gaps.neurons, found.gaps.steps),
          rmse_own_rerun: fields({ official_dynamics: own(precision, found.gaps), consistent_output_layer: strict }),
        }),
        checks: fields({ ep_minus_bptt: largest(precision, found.gaps), independent_rerun_max_abs_difference: aside }),
        weight_generator: generatorOf(seed, params),
      })
    }))
}
