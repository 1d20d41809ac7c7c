/** A process that runs one training run of a sweep and ends. It is sent the request; it sends lines, and the exit code or why there is none. */
import * as E from 'fp-ts/lib/Either.js'
import { train, type TrainRequest } from './train.ts'

/** What a process says. */
export type Said = { readonly line: string } | { readonly complaint: string } | { readonly code: number; readonly message?: string }
/** What it is told. */
export type Told = { readonly request: TrainRequest } | { readonly stop: true }

let asked = false
const stop = (): void => {
  // Someone may have sent the signal to all processes; a second one would end the run without saving.
  if (!asked) process.emit('SIGTERM')
}
const say = (said: Said): void => { process.send?.(said) }

process.on('SIGTERM', () => { asked = true }).on('SIGINT', () => { asked = true })
// The sweep is gone: save and end.
process.on('disconnect', stop)
process.on('message', (told: Told) => {
  if ('stop' in told) {
    stop()
    return
  }
  train(told.request, (line) => { say({ line }) }, (complaint) => { say({ complaint }) })().then(
    (answer) => { process.send?.(E.isLeft(answer) ? { code: 2, message: answer.left.message } : { code: answer.right }, () => { process.exit() }) },
    (reason: unknown) => { process.send?.({ code: 70, message: String(reason instanceof Error ? reason.stack : reason).split('\n')[0] }, () => { process.exit() }) })
})
