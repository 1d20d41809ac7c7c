/**
 * A worker for each kind of task, made when first needed. While one is busy only the newest task waits: of a slider that is being moved, the
 * places in between are skipped. Effects: workers.
 */
import type { Answered, Answers, AnyAnswer, Asked, Task } from './protocol.ts'

export interface Crew {
  /** Calls back with the answer unless a newer task of the same kind was asked meanwhile. */
  readonly ask: <K extends Task['kind']>(task: Extract<Task, { readonly kind: K }>, then: (result: Answers[K]) => void) => void
  readonly dismiss: () => void
}

interface Member {
  readonly worker: Worker
  newest: number
  busy: boolean
  waiting: Asked | undefined
  then: (result: AnyAnswer) => void
}

const hired = (): Member => {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  const member: Member = { worker, newest: 0, busy: false, waiting: undefined, then: () => undefined }
  worker.onmessage = ({ data: { id, result } }: MessageEvent<Answered>) => {
    member.busy = false
    if (member.waiting !== undefined) send(member, member.waiting)
    if (id === member.newest) member.then(result)
  }
  worker.onerror = (event) => {
    member.busy = false
    member.then({ ok: false, message: `the worker stopped: ${event.message}` })
  }
  return member
}

const send = (member: Member, asked: Asked): void => {
  member.waiting = undefined
  member.busy = true
  member.worker.postMessage(asked)
}

export const crew = (): Crew => {
  const members = new Map<Task['kind'], Member>()
  return {
    ask: (task, then) => {
      const member = members.get(task.kind) ?? hired()
      members.set(task.kind, member)
      member.newest += 1
      member.then = then as Member['then']
      const asked = { id: member.newest, task }
      if (member.busy) member.waiting = asked
      else send(member, asked)
    },
    dismiss: () => {
      members.forEach(({ worker }) => { worker.terminate() })
      members.clear()
    },
  }
}
