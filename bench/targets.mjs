/** How many times faster than PyTorch a step is meant to be, on two cores, and how far that is reached. */

const published = [
  ['P-1h', 'ep', 10], ['P-1h', 'bptt', 15], ['EB-1h', 'ep', 15], ['P-2h', 'ep', 2.5], ['P-3h', 'ep', 2], ['EB-2h', 'ep', 4], ['P-conv', 'ep', 2.5],
]
/** Against the hoisted form: one hidden layer, and deeper. */
const [shallow, deep] = [1.5, 1]

export const targetsOf = (step, method) => ({
  published: published.find(([name, by]) => name === step && by === method)?.[2],
  hoisted: step === 'P-1h' || step === 'EB-1h' ? shallow : deep,
})

/** Whether a row is one of ours. */
export const isOurs = ({ engine }) => /^(simd32|simd32-fused|simd64|reference)$/.test(engine)

const fastest = (rows) => rows.reduce((best, row) => (row.medianMs < best.medianMs ? row : best))

/** For each step and method: our fastest row, and what each form of the peer takes over it. Only what was measured. */
export const reachedOf = (rows) => {
  const keys = [...new Set(rows.map(({ step, method }) => `${step} ${method}`))]
  return keys.flatMap((key) => {
    const group = rows.filter(({ step, method }) => `${step} ${method}` === key)
    const ours = group.filter(isOurs)
    if (ours.length === 0) return []
    const best = fastest(ours)
    const targets = targetsOf(best.step, best.method)
    return ['published', 'hoisted'].flatMap((form) => {
      const peer = group.find(({ engine }) => engine === `pytorch ${form}`)
      if (peer === undefined) return []
      const ratio = peer.medianMs / best.medianMs
      return [{
        step: best.step, method: best.method, form, engine: best.engine, threads: best.threads, ms: best.medianMs, peerMs: peer.medianMs, peerThreads: peer.threads, ratio,
        target: targets[form] ?? null, reached: targets[form] === undefined ? null : ratio >= targets[form],
      }]
    })
  })
}
