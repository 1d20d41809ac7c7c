/**
 * What can go wrong with what a user brings, as tagged values: each carries its numbers and a one-line message that says
 * where, what was expected, what came, and what to do.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Shape } from '../tensor/algebra.ts'
import { showShape } from '../tensor/algebra.ts'

/** What a user's numbers can have wrong with them. `message` says in one line where, what was expected, what came, and what to do. */
export type Mistake =
  /** A tensor's shape is not the one that the model needs. */
  | { readonly _tag: 'WrongShape'; readonly tensor: string; readonly expected: Shape; readonly actual: Shape; readonly message: string }
  /** A parameter that the model has is not given, or one is given that it does not have; `tensor` is its name. */
  | { readonly _tag: 'MissingParameter' | 'UnknownParameter'; readonly tensor: string; readonly message: string }
  /** NaN or ±∞: `value`, at the flat `index`. */
  | { readonly _tag: 'NonFinite'; readonly tensor: string; readonly index: number; readonly value: number; readonly message: string }
  /** A sample's targets are negative or do not sum to 1, with a cost that needs probabilities. */
  | { readonly _tag: 'NotProbabilities'; readonly tensor: string; readonly sample: number; readonly message: string }
  /** T or K is no number of steps, or more than the states kept. */
  | { readonly _tag: 'BadSteps'; readonly steps: number; readonly message: string }
  /** β is 0 or not finite. */
  | { readonly _tag: 'BadBeta'; readonly beta: number; readonly message: string }
  /** The state is not finite after that many steps, in that layer (1 is next to the input). */
  | { readonly _tag: 'Diverged'; readonly step: number; readonly layer: number; readonly message: string }
  /** `residual` is left of the implicit equation after so many terms, more than `bound`. */
  | { readonly _tag: 'NotSolved'; readonly residual: number; readonly bound: number; readonly terms: number; readonly message: string }
  /** A number of an estimator makes no sense. */
  | { readonly _tag: 'BadNumber'; readonly value: number; readonly message: string }
  /** The state still moves by `residual` a step, more than `tolerance`. */
  | { readonly _tag: 'NotSettled'; readonly residual: number; readonly tolerance: number; readonly steps: number; readonly message: string }

export const wrongShape = (tensor: string, expected: Shape, actual: Shape): Mistake => ({
  _tag: 'WrongShape', tensor, expected, actual,
  message: `${tensor}: expected shape ${showShape(expected)}, got ${showShape(actual)}`,
})

export const missingParameter = (tensor: string, known: readonly string[]): Mistake => ({
  _tag: 'MissingParameter', tensor,
  message: `parameter ${tensor} is missing; the model needs ${known.join(', ')}`,
})

export const unknownParameter = (tensor: string, known: readonly string[]): Mistake => ({
  _tag: 'UnknownParameter', tensor,
  message: `parameter ${tensor} is not one of the model's; it has ${known.join(', ')}`,
})

export const nonFinite = (tensor: string, index: number, value: number): Mistake => ({
  _tag: 'NonFinite', tensor, index, value,
  message: `${tensor}: entry ${index} is ${value}; all entries must be finite`,
})

export const notProbabilities = (tensor: string, sample: number, what: string): Mistake => ({
  _tag: 'NotProbabilities', tensor, sample,
  message: `${tensor}: sample ${sample} ${what}; this cost needs probabilities, such as one-hot labels`,
})

export const badSteps = (name: string, steps: number, least: number, most: number = Infinity): Mistake => ({
  _tag: 'BadSteps', steps,
  message: `${name}: expected a whole number of steps, at least ${least}${most < Infinity ? ` and at most ${most}` : ''}, got ${steps}`,
})

export const badBeta = (beta: number): Mistake => ({
  _tag: 'BadBeta', beta,
  message: beta === 0
    ? 'beta: 0 leaves nothing to divide by; use a small one such as 0.01, or the exact limit'
    : `beta: expected a finite number other than 0, got ${beta}`,
})

export const diverged = (step: number, layer: number): Mistake => ({
  _tag: 'Diverged', step, layer,
  message: `free phase: layer s${layer} is no longer finite after ${step} steps; use a smaller epsilon or smaller weights`,
})

export const notSettled = (residual: number, tolerance: number, steps: number): Mistake => ({
  _tag: 'NotSettled', residual, tolerance, steps,
  message: `free phase: after ${steps} steps the state still moves by ${residual}, more than ${tolerance}; use more steps or a smaller epsilon`,
})

export const notSolved = (residual: number, bound: number, terms: number): Mistake => ({
  _tag: 'NotSolved', residual, bound, terms,
  message: `implicit: after ${terms} terms ${residual} is left of the equation, more than ${bound}; allow more terms, or settle the state with a smaller epsilon`,
})

/** A number of an estimator that makes no sense. */
export const badNumber = (name: string, expected: string, value: number): Mistake => ({
  _tag: 'BadNumber', value,
  message: `${name}: expected ${expected}, got ${value}`,
})

/** The value, or an Error with the mistake's message: for scripts and tests, where a mistake should stop everything. */
export const orThrow = <A>(result: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message)
  return result.right
}
