/** Times an act in this process: medians with the 10th and 90th percentile, after a warm-up that outlasts the compilation of what is hot. */

/** The q-quantile of numbers, one of them. */
export const quantile = (numbers, q) => {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]
}

/** Median and spread, as all rows have them. */
export const spreadOf = (times) => ({ medianMs: quantile(times, 0.5), p10Ms: quantile(times, 0.1), p90Ms: quantile(times, 0.9) })

/** Engines compile WebAssembly twice, the second time while it runs: calls for so many milliseconds come first. */
const warmUp = 150
/** Timed for about so many milliseconds, in so many calls at least and at most. */
const [long, fewest, most] = [600, 7, 2000]

const timeOf = (act) => {
  const start = performance.now()
  act()
  return performance.now() - start
}

/** A row. With a number of floating-point operations and a peak, also how near to it the best call came. */
export const timed = (name, act, { operations, peak } = {}) => {
  for (let spent = 0, calls = 0; spent < warmUp || calls < 3; calls += 1) spent += timeOf(act)
  const once = timeOf(act)
  const runs = Math.round(Math.min(most, Math.max(fewest, long / once)))
  const times = Array.from({ length: runs }, () => timeOf(act))
  const best = Math.min(...times)
  const gflops = operations === undefined ? {} : { gflops: operations / best / 1e6, ...(peak && { share: operations / best * 1e3 / peak }) }
  // Faster than the machine can be: what was to be timed was put off.
  if (gflops.share > 1.15) throw new Error(`${name}: expected at most the peak, got ${gflops.share.toFixed(2)} times as much; its result was never computed`)
  return { name, ...spreadOf(times), runs, ...gflops }
}
