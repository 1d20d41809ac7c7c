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

/** How many numbers each takes. */
const families: Readonly<Record<string, readonly [numbers: number, Family]>> = {
  bptt: [0, (_, K) => ({ estimator: bptt(K) })],
  rbp: [0, (_, K) => ({ estimator: rbp(K) })],
  tangent: [0, (_, K) => ({ estimator: tangent(K) })],
  implicit: [1, ([tolerance = NaN]) => ({ estimator: implicit({ tolerance, most: 100_000 }) })],
  ep: [1, ([beta = NaN], K) => ({ estimator: oneSided(beta, K), family: { name: 'ep', at: (b) => oneSided(b, K) } })],
  centered: [1, ([beta = NaN], K) => ({ estimator: centered(beta, K), family: { name: 'centered', at: (b) => centered(b, K) } })],
  random: [2, ([beta = NaN, seed = 0], K) => ({
    estimator: randomSign(beta, K, seeded(seed)), family: { name: 'random', at: (b) => randomSign(b, K, seeded(seed)) },
  })],
  holomorphic: [2, ([points = NaN, radius = NaN], K) => ({
    estimator: holomorphic(points, radius, K), family: { name: `holomorphic:${points}`, at: (r) => holomorphic(points, r, K) },
  })],
  continual: [2, ([beta = NaN, eta = NaN], K) => ({ estimator: continual(beta, eta, K) })],
  'vector-field': [1, ([beta = NaN], K) => ({ estimator: vectorField(beta, K), family: { name: 'vector-field', at: (b) => vectorField(b, K) } })],
}

const isSeed = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < 2 ** 32

/** The estimator of one name. Left: what is wrong with the name. */
const estimatorOf = (text: string, K: number): E.Either<UnknownEstimator, NamedEstimator> => {
  const wrong = (expected: string): E.Either<UnknownEstimator, never> =>
    E.left({ _tag: 'UnknownEstimator', message: `estimators: expected ${expected}, got ${JSON.stringify(text)}; known: ${estimatorForms}` })
  if (text === 'vector-field:limit') return E.right({ name: text, estimator: vectorField('limit', K), family: undefined })
  const [head = '', ...rest] = (text === 'implicit' ? 'implicit:1e-10' : text).split(':')
  const entry = Object.hasOwn(families, head) ? families[head] : undefined
  if (entry === undefined) return wrong('the name of an estimator')
  const [count, make] = entry
  const numbers = rest.map(number)
  if (rest.length !== count || numbers.some((value) => value === undefined)) return wrong(count === 0 ? `${head} alone` : `${count} ${count === 1 ? 'number' : 'numbers'} after ${head}, joined by colons`)
  const values = numbers.map((value) => value ?? NaN)
  if (head === 'random' && !isSeed(values[1] ?? NaN)) return wrong('a seed from 0 to 4294967295 after random:β')
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
