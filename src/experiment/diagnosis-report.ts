/** A diagnosis for people and for programs: the walk as a table, and as JSON. */
import type { Diagnosis, Finding, Hypothesis } from '../diagnose/verdict.ts'
import { holds } from '../diagnose/verdict.ts'
import { figures, tableOf } from '../report/table.ts'

const order: readonly Hypothesis[] = ['derivatives', 'symmetry', 'settled', 'smooth', 'beta', 'horizon', 'theorem', 'your numbers']

const titles: Readonly<Record<Hypothesis, string>> = {
  derivatives: '1 derivatives right', symmetry: '2 J M = M Jᵀ, force, rule', settled: '3 settled', smooth: '4 smooth at the state',
  beta: '5 β', horizon: '6 K long enough', theorem: 'the theorem', 'your numbers': 'your numbers',
}

const rowOf = (finding: Finding): readonly string[] => [
  titles[finding.hypothesis], finding.check, finding.where, figures(finding.value, 2), figures(finding.allowance, 2), holds(finding) ? 'holds' : 'BROKEN',
]

/** The walk as aligned text: one row per check, then the certificate or the cause with what to try. */
export const diagnosisText = (diagnosis: Diagnosis): string => {
  const { findings } = diagnosis
  const reached = order.indexOf(findings.at(-1)?.hypothesis ?? 'derivatives')
  const rows = [
    ...findings.map(rowOf),
    ...(diagnosis._tag === 'Certificate' ? [] : order.slice(reached + 1, -1).map((hypothesis) => [titles[hypothesis], 'not reached', '', '', '', ''])),
  ]
  const table = tableOf(['hypothesis', 'check', 'worst at', 'value', 'allowance', 'verdict'], rows, { align: ['left', 'left', 'left', 'right', 'right', 'left'] })
  const said = diagnosis._tag === 'Certificate'
    ? ['certificate: every hypothesis holds within its allowance; EP’s update is minus BPTT’s gradient here']
    : [`broken: ${diagnosis.cause._tag} at ${diagnosis.where}`, `  ${diagnosis.cause.says}`, `  try: ${diagnosis.cause.remedy}`]
  return [table, '', ...said].join('\n')
}

/** JSON has no NaN and no infinities. */
const spelled = (x: number): number | string => (Number.isFinite(x) ? x : String(x))

/** The same as JSON: {verdict, hypothesis?, where?, cause?, findings}. */
export const diagnosisJson = (diagnosis: Diagnosis): string => JSON.stringify({
  verdict: diagnosis._tag === 'Certificate' ? 'certificate' : 'broken',
  ...(diagnosis._tag === 'Broken' && { hypothesis: diagnosis.hypothesis, where: diagnosis.where, cause: diagnosis.cause }),
  findings: diagnosis.findings.map((finding) =>
    ({ ...finding, value: spelled(finding.value), allowance: spelled(finding.allowance), holds: holds(finding) })),
}, undefined, 2)
