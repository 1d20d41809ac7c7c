/** Rows as text for the terminal and as Markdown, from cells that are text. No effects. */

const fixed = (digits) => (value) => value.toFixed(digits)

/** Milliseconds in three figures or more. */
export const milliseconds = (ms) => (ms >= 100 ? fixed(0)(ms) : ms >= 10 ? fixed(1)(ms) : fixed(2)(ms))

/** Columns as wide as their widest cell; the first `left` of them begin at the left. */
export const plainTable = (header, rows, left = 1) => {
  const all = [header, ...rows]
  const widths = header.map((_, c) => Math.max(...all.map((row) => row[c].length)))
  return all.map((row) => row.map((cell, c) => (c < left ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join('  ').trimEnd()).join('\n')
}

export const markdownTable = (header, rows, left = 1) =>
  [header, header.map((_, c) => (c < left ? '---' : '---:')), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

const rated = ({ gflops }) => (gflops === undefined ? '' : gflops.toFixed(1))

/** Of kernels and phases. */
export const timedCells = (rows) => [
  ['case', 'median ms', 'p10', 'p90', 'runs', 'best GFLOP/s', 'of the peak'],
  rows.map((row) => [row.name, ...[row.medianMs, row.p10Ms, row.p90Ms].map(milliseconds), String(row.runs), rated(row), row.share === undefined ? '' : `${(100 * row.share).toFixed(0)} %`]),
]

/** Of steps: with how many times our fastest row of the same step each takes. */
export const stepCells = (rows, isOurs) => [
  ['step', 'by', 'engine', 'threads', 'median ms', 'p10', 'p90', 'GFLOP/s', '× our fastest'],
  rows.map((row) => {
    const best = Math.min(...rows.filter((one) => one.step === row.step && one.method === row.method && isOurs(one)).map(({ medianMs }) => medianMs))
    return [
      row.step, row.method, row.engine, String(row.threads), ...[row.medianMs, row.p10Ms, row.p90Ms].map(milliseconds), rated(row), (row.medianMs / best).toFixed(2),
    ]
  }),
]

/** Of what reachedOf says. */
export const targetCells = (reached) => [
  ['step', 'by', 'against PyTorch', 'our fastest', 'ms', 'PyTorch ms', 'ratio', 'wanted', ''],
  reached.map(({ step, method, form, engine, threads, ms, peerMs, ratio, target, reached: met }) => [
    step, method, form, `${engine} on ${threads}`, milliseconds(ms), milliseconds(peerMs), ratio.toFixed(2), target === null ? '–' : String(target), met === null ? '' : met ? 'reached' : 'missed',
  ]),
]

const scientific = (value) => value.toExponential(1)

export const agreementCells = (agreement) => [
  ['step', 'by', 'largest entry', 'gap in double precision', 'allowed', 'distances in single precision'],
  agreement.map(({ step, method, largest, double, allowance, single }) => [
    step, method, scientific(largest), scientific(double), scientific(allowance), Object.entries(single).map(([engine, distance]) => `${engine} ${scientific(distance)}`).join(', '),
  ]),
]

export const memoryCells = (memory) => [
  ['experiment', 'peak MB', 'wall s', 'processor s'],
  memory.map(({ experiment, peakMb, wallS, cpuS }) => [experiment, peakMb.toFixed(0), wallS.toFixed(1), cpuS.toFixed(1)]),
]
