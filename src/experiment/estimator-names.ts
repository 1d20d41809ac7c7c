/** Estimators by the names that people write: bptt, ep:0.01, holomorphic:6:0.4, … Without their K, which all of them share. */
import * as E from 'fp-ts/lib/Either.js'
import { seeded } from '../data/random.ts'
import type { Estimator } from '../estimate/estimator.ts'
import { holomorphic } from '../estimate/holomorphic.ts'
import { continual, vectorField } from '../estimate/in-time.ts'
import { centered, oneSided, randomSign, tangent } from '../estimate/nudged.ts'
import { bptt, implicit, rbp } from '../estimate/reverse.ts'
import type { Analytic } from '../tensor/complex.ts'

/** A name that stands for no estimator. */
export interface UnknownEstimator {
  readonly _tag: 'UnknownEstimator'
  readonly message: string
}

/** An estimator, and its family with β left open where it has one. */
export interface NamedEstimator {
  readonly name: string
  readonly estimator: Estimator<Analytic>
  /** β or r as it was given; undefined where there is none to sweep. */
  readonly family: { readonly name: string; readonly at: (beta: number) => Estimator<Analytic> } | undefined
}

/** How each is written, for messages and help. */
export const estimatorForms = 'bptt, rbp, tangent, implicit:TOLERANCE, ep:β, centered:β, random:β:SEED, holomorphic:N:r, continual:β:η, vector-field:β or vector-field:limit'

const number = (text: string): number | undefined => (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined)

type Family = (numbers: readonly number[], K: number) => { readonly estimator: Estimator<Analytic>; readonly family?: NamedEstimator['family'] }

/** A number of a name: what it must be. */
type Kind = readonly [expected: string, fits: (value: number) => boolean]

const nudge: Kind = ['a finite β other than 0', (value) => value !== 0 && Number.isFinite(value)]
const seed: Kind = ['a seed from 0 to 4294967295', (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32]
const share: Kind = ['a tolerance above 0 and below 1', (value) => value > 0 && value < 1]
const points: Kind = ['a whole N from 1 to 1000', (value) => Number.isInteger(value) && value >= 1 && value <= 1000]
const radius: Kind = ['a finite r above 0', (value) => value > 0 && value < Infinity]
const rate: Kind = ['an η of at least 0', (value) => value >= 0 && value < Infinity]

/** The numbers that each takes. */
const families: Readonly<Record<string, readonly [numbers: readonly Kind[], Family]>> = {
  bptt: [[], (_, K) => ({ estimator: bptt(K) })],
  rbp: [[], (_, K) => ({ estimator: rbp(K) })],
  tangent: [[], (_, K) => ({ estimator: tangent(K) })],
  implicit: [[share], ([tolerance = NaN]) => ({ estimator: implicit({ tolerance, most: 100_000 }) })],
  ep: [[nudge], ([beta = NaN], K) => ({ estimator: oneSided(beta, K), family: { name: 'ep', at: (b) => oneSided(b, K) } })],
  centered: [[nudge], ([beta = NaN], K) => ({ estimator: centered(beta, K), family: { name: 'centered', at: (b) => centered(b, K) } })],
  random: [[nudge, seed], ([beta = NaN, from = 0], K) => ({
    estimator: randomSign(beta, K, seeded(from)), family: { name: 'random', at: (b) => randomSign(b, K, seeded(from)) },
  })],
  holomorphic: [[points, radius], ([n = NaN, r = NaN], K) => ({
    estimator: holomorphic(n, r, K), family: { name: `holomorphic:${n}`, at: (other) => holomorphic(n, other, K) },
  })],
  continual: [[nudge, rate], ([beta = NaN, eta = NaN], K) => ({ estimator: continual(beta, eta, K) })],
  'vector-field': [[nudge], ([beta = NaN], K) => ({ estimator: vectorField(beta, K), family: { name: 'vector-field', at: (b) => vectorField(b, K) } })],
}

/** The estimator of one name. Left: what is wrong with the name. */
const estimatorOf = (text: string, K: number): E.Either<UnknownEstimator, NamedEstimator> => {
  const wrong = (expected: string): E.Either<UnknownEstimator, never> =>
    E.left({ _tag: 'UnknownEstimator', message: `estimators: expected ${expected}, got ${JSON.stringify(text)}; known: ${estimatorForms}` })
  if (text === 'vector-field:limit') return E.right({ name: text, estimator: vectorField('limit', K), family: undefined })
  const [head = '', ...rest] = (text === 'implicit' ? 'implicit:1e-10' : text).split(':')
  const entry = Object.hasOwn(families, head) ? families[head] : undefined
  if (entry === undefined) return wrong('the name of an estimator')
  const [kinds, make] = entry
  const values = rest.map((part) => number(part) ?? NaN)
  if (rest.length !== kinds.length || values.some(Number.isNaN))
    return wrong(kinds.length === 0 ? `${head} alone` : `${kinds.length} ${kinds.length === 1 ? 'number' : 'numbers'} after ${head}, joined by colons`)
  const misfit = kinds.find(([, fits], i) => !fits(values[i] ?? NaN))
  if (misfit !== undefined) return wrong(`${misfit[0]} in ${head}`)
  const { estimator, family } = make(values, K)
  return E.right({ name: text, estimator, family })
}

/** Names joined by commas. Left: the first that is wrong, or one that comes twice. */
export const estimatorsOf = (texts: readonly string[], K: number): E.Either<UnknownEstimator, readonly NamedEstimator[]> => {
  const twice = texts.find((text, i) => texts.indexOf(text) !== i)
  return twice !== undefined
    ? E.left({ _tag: 'UnknownEstimator', message: `estimators: expected each once, got ${twice} twice; leave one out` })
    : E.traverseArray((text: string) => estimatorOf(text, K))(texts)
}
