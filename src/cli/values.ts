/** Kinds of values on the command line, with what is said when a text is none of them. */
import type { Type } from 'cmd-ts'
import { curveFigures } from '../experiment/figure.ts'

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

/** A whole number above 0. */
export const count = (name: string, next: string): Type<string, number> =>
  valued(name, 'n', 'a whole number above 0', next, (text) => whole(text) || undefined)
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

export const knownFigures: readonly string[] = curveFigures.map((figure) => String(figure.number))
export const figureType: Type<string, number> = valued(
  'number', 'number', 'a figure of the paper', `known: ${knownFigures.join(', ')}`,
  (text) => (knownFigures.includes(text) ? Number(text) : undefined))
