/**
 * Whether ever more inputs fail to settle as weights grow. What such inputs still move by, divided by β, enters the update: test errors rise
 * again while nothing else looks wrong.
 */
import type { EpochRecord } from './training-state.ts'

/** Below this share of the inputs, in per cent, nothing is said. */
const least = 1
/** How much more than in the best epoch is worth a word, and again as much for the next. */
const growth = 1.5

/** How many times the share has grown by the factor since the epoch where it was least, which counts as at least a tenth of what is worth a word. */
const levelOf = (unsettled: number, best: number): number =>
  (unsettled < least ? 0 : Math.max(0, Math.floor(Math.log(unsettled / Math.max(best, least / 10)) / Math.log(growth))))

/** What to say after the last of these epochs; nothing where it has been said of as much before. */
export const settlingNote = (epochs: readonly Pick<EpochRecord, 'epoch' | 'unsettled'>[]): string | undefined => {
  const [last, earlier] = [epochs.at(-1), epochs.slice(0, -1)]
  if (last === undefined || earlier.length === 0) return undefined
  const best = earlier.reduce((a, b) => (b.unsettled < a.unsettled ? b : a))
  const told = Math.max(...earlier.map(({ unsettled }) => levelOf(unsettled, best.unsettled)))
  return levelOf(last.unsettled, best.unsettled) <= told ? undefined
    : `ever more inputs do not settle: ${last.unsettled.toFixed(1)} %, ${best.unsettled.toFixed(1)} % in epoch ${best.epoch}; a larger --T, a smaller --dt, ` +
      '--method centered or --nudge inner help, --unsettled skip leaves them out of the update'
}
