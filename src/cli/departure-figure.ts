/** `figure departures`: runs three networks with each departure from theory, and draws what each does to the gap. */
import { availableParallelism } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import { departureBars, departureNotes, departureRuns } from '../experiment/departure-bars.ts'
import { writtenBars } from './bar-files.ts'
import type { FigureJob } from './figure-job.ts'
import { runFigures } from './figure-jobs.ts'
import { trainingDigits } from './mnist-files.ts'
import { sharedDigits } from './shared-digits.ts'
import type { FigureRequest } from './figure-request.ts'
import type { Print, UserError } from './request.ts'
import { writable } from './written.ts'
import { version } from './version.ts'

/** Right: exit code 0. */
export const departureFigure = async (
  { seed, data, engine, out, threads, variant, changes }: FigureRequest, print: Print, complain: Print,
): Promise<E.Either<UserError, number>> => {
  if (variant.join() !== 'exact') return E.left({ message: '--variant: expected none, departures runs every one; leave it out' })
  if (changes.sizes !== undefined) return E.left({ message: '--sizes: expected none, departures runs networks of several depths; leave it out' })
  const digits = await trainingDigits(data)()
  if (E.isLeft(digits)) return digits
  const ready = await writable(out)()
  if (E.isLeft(ready)) return ready
  const shared = digits.right && sharedDigits(digits.right)
  const jobs = departureRuns.map(({ number, changes: own, variant: name }): FigureJob =>
    ({ number, seed, digits: shared, engine, unsettled: 'keep', oneOfSeveral: true, variant: [name], changes: { ...own, ...changes } }))
  const finished = await runFigures(jobs, threads ?? availableParallelism(), () => undefined)
  if (E.isLeft(finished)) return finished
  const record = departureBars(version, finished.right.map(({ run: { measured } }, i) => ({ variant: jobs[i]?.variant[0] ?? '', measured })))
  const done = await writtenBars(out, record, complain)()
  if (E.isLeft(done)) return done
  ;[done.right.text, '', ...departureNotes, '', ...done.right.paths].forEach((line) => print(line))
  return E.right(0)
}
