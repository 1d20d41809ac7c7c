/** What the page asks of its workers and what they answer: plain values. */
import type { Choices } from './model/choices.ts'
import type { Course } from './model/course.ts'
import type { Ink, Read } from './model/digit.ts'
import type { Family, Sweep } from './model/sweep.ts'
import type { Verdict } from './model/verdict.ts'

export type Task =
  | { readonly kind: 'course'; readonly choices: Choices }
  | { readonly kind: 'verdict'; readonly choices: Choices }
  | { readonly kind: 'sweep'; readonly choices: Choices; readonly family: Family }
  | { readonly kind: 'digit'; readonly network: Uint8Array; readonly ink: Ink }
  /** A synthetic digit of the library. */
  | { readonly kind: 'sample'; readonly digit: number; readonly seed: number }

/** A result, or in one line why there is none. */
export type Result<A> = { readonly ok: true; readonly value: A; readonly engine: string } | { readonly ok: false; readonly message: string }

export interface Answers {
  readonly course: Result<Course>
  readonly verdict: Result<Verdict>
  readonly sweep: Result<Sweep>
  readonly digit: Result<Read>
  readonly sample: Result<Ink>
}

export type AnyAnswer = Answers[keyof Answers]

export interface Asked {
  readonly id: number
  readonly task: Task
}

export interface Answered {
  readonly id: number
  readonly result: AnyAnswer
}
