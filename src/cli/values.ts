/** Kinds of values on the command line, with what is said when a text is none of them. */
import type { Type } from 'cmd-ts'
import { type ActivationName, activationsByName } from '../experiment/figure.ts'
import { curveFigures, summaries } from '../experiment/figures.ts'
import { type EngineName, engineNames } from './engine.ts'

/** The seed where none is given, so that two people see the same. */
export const defaultSeed: number = 20190532

/** A type whose mistakes are told as "--name: expected …, got …; next". */
export const valued = <A>(
  name: string, displayName: string, expected: string, next: string, read: (text: string) => A | undefined,
): Type<string, A> => ({
  displayName,
  from: (text) => {
    const value = read(text)
    return value === undefined
      ? Promise.reject(new Error(`${name}: expected ${expected}, got ${JSON.stringify(text)}; ${next}`))
      : Promise.resolve(value)
  },
})

const whole = (text: string): number | undefined => (/^\d{1,15}$/.test(text) ? Number(text) : undefined)
const number = (text: string): number | undefined =>
  /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined

/** A whole number above 0, and at most `most`. */
export const count = (name: string, next: string, most: number = Infinity): Type<string, number> => valued(
  name, 'n', most < Infinity ? `a whole number from 1 to ${most}` : 'a whole number above 0', next,
  (text) => {
    const n = whole(text)
    return n !== undefined && n >= 1 && n <= most ? n : undefined
  })
/** A number as people write it: 0.01, .5, 1e-3. */
export const real = (name: string, next: string): Type<string, number> => valued(name, 'x', 'a number', next, number)
export const seedType: Type<string, number> = valued(
  '--seed', 'n', 'a whole number from 0 to 4294967295', `leave it out for ${defaultSeed}`,
  (text) => {
    const seed = whole(text)
    return seed !== undefined && seed < 2 ** 32 ? seed : undefined
  })
/** One of a few words. */
export const oneOf = <A extends string>(name: string, words: readonly A[]): Type<string, A> =>
  valued(name, words.join('|'), words.join(' or '), `take ${words[0] ?? ''}`, (text) => words.find((word) => word === text))
/** Any text but none. */
export const some = (name: string, displayName: string, next: string): Type<string, string> =>
  valued(name, displayName, `a ${displayName}`, next, (text) => (text === '' ? undefined : text))

export const sizesType: Type<string, readonly number[]> = valued(
  '--sizes', 'sizes', 'at least two sizes joined by -, input first', 'write them as in 784-512-10',
  (text) => (/^\d{1,9}(-\d{1,9})+$/.test(text) ? text.split('-').map(Number) : undefined))

export const knownFigures: readonly string[] = [...curveFigures, ...summaries].map(({ number }) => number).sort((a, b) => a - b).map(String)
export const figureType: Type<string, number | 'all' | 'departures'> = valued(
  'number', 'number', 'a figure of the paper, all or departures', `known: ${knownFigures.join(', ')}`,
  (text) => (text === 'all' || text === 'departures' ? text : knownFigures.includes(text) ? Number(text) : undefined))

/** Names joined by commas. What they mean is checked where they are used. */
export const variantType: Type<string, readonly string[]> = valued(
  '--variant', 'names', 'exact, published or names of departures joined by commas', 'leave it out for exact',
  (text) => (/^[a-z0-9-]+(,[a-z0-9-]+)*$/.test(text) ? text.split(',') : undefined))

/** Names of estimators joined by commas; experiment/estimator-names.ts says which there are. */
export const namesType: Type<string, readonly string[]> = valued(
  '--estimators', 'names', 'names joined by commas', 'such as bptt,ep:0.01,centered:0.1',
  (text) => (/^[^,\s]+(,[^,\s]+)*$/.test(text) ? text.split(',') : undefined))

const isActivation = (name: string): name is ActivationName => Object.hasOwn(activationsByName, name)
const activationNames = Object.keys(activationsByName).join(', ')

export const activationType: Type<string, readonly ActivationName[]> = valued(
  '--activation', 'names', `names among ${activationNames}, joined by commas`, 'give one for all layers or one for each, next to the input first',
  (text) => {
    const names = text.split(',')
    return names.every(isActivation) ? names : undefined
  })

/** `usual` is taken where none is named. */
export const engineType = (usual: EngineName): Type<string, EngineName> => valued(
  '--engine', 'name', `one of ${engineNames.join(', ')}`, `leave it out for ${usual}`,
  (text) => engineNames.find((name) => name === text))

const secondsIn: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 }

/** A time as 90s, 30m or 1.5h, in seconds. */
export const durationType: Type<string, number> = valued('--time-budget', 'time', 'a time such as 90s, 30m or 8h', 'take 30m', (text) => {
  const [, amount, unit = ''] = /^(\d+\.?\d*)([smh])$/.exec(text) ?? []
  return Number(amount) > 0 ? Number(amount) * (secondsIn[unit] ?? NaN) : undefined
})
