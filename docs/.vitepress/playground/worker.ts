/** A worker of the page: answers one task after another. */
import { answer } from './answer.ts'
import { engine } from './engine.ts'
import type { Answered, Asked } from './protocol.ts'

// The typings of a page and of a worker exclude each other; this is all that is needed of the latter.
const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<Asked>) => void
  readonly postMessage: (answered: Answered) => void
}

const own = engine()
scope.onmessage = ({ data: { id, task } }) => { scope.postMessage({ id, result: answer(own, task) }) }
