/** What a worker does with a task: a pure function, so that Node can ask the same. */
import * as E from 'fp-ts/lib/Either.js'
import { syntheticDigits } from 'phifold'
import type { Engine } from './engine.ts'
import { courseOf } from './model/course.ts'
import { type Ink, read, side } from './model/digit.ts'
import { sweepOf } from './model/sweep.ts'
import { diagnosed } from './model/verdict.ts'
import type { Answers, AnyAnswer, Result, Task } from './protocol.ts'

const resultOf = <A>(engine: string, either: E.Either<{ readonly message: string }, A>): Result<A> =>
  E.isRight(either) ? { ok: true, value: either.right, engine } : { ok: false, message: either.left.message }

/** One of the library's synthetic digits: the first with that label among twenty. */
export const sampleOf = (digit: number, seed: number): Ink => {
  const { labels, pixels } = syntheticDigits(seed, 20)
  const at = Math.max(0, Array.from(labels).indexOf(digit)) * side * side
  return Array.from({ length: side * side }, (_, i) => (pixels[at + i] ?? 0) / 255)
}

const kinds: { readonly [K in keyof Answers]: (engine: Engine, task: Extract<Task, { readonly kind: K }>) => Answers[K] } = {
  course: ({ name, run }, { choices }) => resultOf(name, run((A) => courseOf(A, choices))),
  verdict: ({ name, run }, { choices }) => resultOf(name, run((A) => diagnosed(A, choices))),
  sweep: ({ name, run }, { choices, family }) => resultOf(name, run((A) => sweepOf(A, choices, family))),
  digit: ({ name, run }, { network, ink }) => resultOf(name, run((A) => read(A, network, ink))),
  sample: ({ name }, { digit, seed }) => ({ ok: true, value: sampleOf(digit, seed), engine: name }),
}

export const answer = (engine: Engine, task: Task): AnyAnswer => {
  const of = kinds[task.kind] as (engine: Engine, task: Task) => AnyAnswer
  return of(engine, task)
}
