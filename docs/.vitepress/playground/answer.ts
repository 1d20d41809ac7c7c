/** What a worker does with a task: a pure function, so that Node can ask the same. */
import * as E from 'fp-ts/lib/Either.js'

import type { Mistake } from 'phifold'
import type { Engine } from './engine.ts'
import { courseOf } from './model/course.ts'
import { diagnosed } from './model/verdict.ts'
import type { Answers, Result, Task } from './protocol.ts'

const resultOf = <A>(engine: string, either: E.Either<Mistake, A>): Result<A> =>
  E.isRight(either) ? { ok: true, value: either.right, engine } : { ok: false, message: either.left.message }

export const answer = ({ name, run }: Engine, task: Task): Answers[Task['kind']] => {
  switch (task.kind) {
    case 'course': return resultOf(name, run((A) => courseOf(A, task.choices)))
    case 'verdict': return resultOf(name, run((A) => diagnosed(A, task.choices)))
  }
}
