/**
 * A progress bar with the time left, for work that takes more than two seconds, on a terminal only.
 *
 * Nothing is drawn in the first two seconds, so that quick commands stay quiet, and nothing at all where the stream is no
 * terminal, so that logs stay clean. The bar is erased at the end. Clock and stream are arguments.
 */
import { SingleBar } from 'cli-progress'

export interface Progress {
  /** `done` of the total units are finished; a label replaces the one before. */
  readonly advance: (done: number, label?: string) => void
  /** Erases the bar; needed on every way out, since an active bar keeps the process alive. */
  readonly end: () => void
}

/** Told the share of some work that is done, from 0 to 1. */
export type OnShare = (share: number) => void

/** Where to draw: process.stderr, or a stand-in in tests. */
export type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }

/** Milliseconds that never run backwards; the origin does not matter. */
export type Clock = () => number

const quietMilliseconds = 2000
/** Columns of a terminal that has room for a long bar. */
const wide = 100

/** Seconds as '8 s', '2 min 05 s' or '1 h 20 min'. */
export const spokenTime = (seconds: number): string => {
  const s = Math.max(0, Math.round(seconds))
  const two = (n: number): string => String(n).padStart(2, '0')
  return s < 60 ? `${s} s`
    : s < 3600 ? `${Math.floor(s / 60)} min ${two(s % 60)} s`
      : `${Math.floor(s / 3600)} h ${two(Math.floor((s % 3600) / 60))} min`
}

const silent: Progress = { advance: () => undefined, end: () => undefined }

/** Progress on `label` from 0 to `total` units of any kind; the time left assumes that units take equally long. */
export const progressOn = (stream: ProgressStream, clock: Clock) => (label: string, total: number): Progress => {
  if (stream.isTTY !== true) return silent
  // The terminal's own settings stay as they are, so that an interrupted run leaves no hidden cursor behind.
  const bar = new SingleBar({
    stream,
    format: '{label} [{bar}] {percentage}%  {left}',
    barCompleteChar: '=',
    barIncompleteChar: ' ',
    // What is cut off at the end of a line is the time left.
    barsize: (stream.columns ?? wide) < wide ? 8 : 28,
    clearOnComplete: true,
    hideCursor: null,
    linewrap: true,
    gracefulExit: false,
  })
  const start = clock()
  return {
    advance: (done, now = label) => {
      const elapsed = clock() - start
      const left = done > 0 ? `${spokenTime((elapsed / 1000) * (total - done) / done)} left` : ''
      if (bar.isActive) bar.update(done, { label: now, left })
      else if (elapsed >= quietMilliseconds) bar.start(total, done, { label: now, left })
    },
    end: () => {
      if (bar.isActive) bar.stop()
    },
  }
}

/** Progress on standard error, by the machine's monotonic clock. */
export const progress: (label: string, total: number) => Progress =
  progressOn(process.stderr, () => performance.now())
