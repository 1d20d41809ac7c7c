/**
 * `verify`: runs the laws and prints one row for each as it finishes. Exit code 1 when a law fails, or when a seeded fault
 * goes unnoticed.
 */
import { availableParallelism } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import { type Law, laws } from '../law/index.ts'
import { figures } from '../report/table.ts'
import { closest } from './closest.ts'
import type { Judged } from './law-job.ts'
import { progress } from './progress.ts'
import type { Print, UserError } from './request.ts'
import { inOrder, runJobs } from './threads.ts'

export interface VerifyRequest {
  readonly seed: number
  /** Instances per law; each law's own number by default. */
  readonly runs: number | undefined
  readonly json: boolean
  /** One law, or all whose names begin with it and a dot. */
  readonly law: string | undefined
  /** Replay of one instance. */
  readonly path: string | undefined
  /** The fault of the subject to judge instead. */
  readonly mutant: string | undefined
  /** Also check that every seeded fault is rejected. */
  readonly mutants: boolean
  /** Laws judged side by side; as many as there are cores by default. */
  readonly threads: number | undefined
}

/** The laws asked for. Left: no such law or fault, or several where one is needed. */
const chosen = ({ law, path, mutant }: VerifyRequest): E.Either<UserError, readonly Law[]> => {
  const names = laws.map(({ name }) => name)
  const exact = laws.filter(({ name }) => name === law)
  const found = law === undefined ? laws : exact.length > 0 ? exact : laws.filter(({ name }) => name.startsWith(`${law}.`))
  if (found.length === 0 && law !== undefined)
    return E.left({ message: `phifold verify: no law ${JSON.stringify(law)}; close names: ${closest(law, names).join(', ')}` })
  const single = path !== undefined ? '--path' : mutant !== undefined ? '--mutant' : undefined
  if (single !== undefined && found.length !== 1)
    return E.left({ message: `phifold verify: ${single} needs one law, got ${found.length}; add --law NAME` })
  const faults = found[0]?.faults ?? []
  if (mutant !== undefined && !faults.includes(mutant)) {
    const known = faults.map((fault) => JSON.stringify(fault)).join(', ')
    return E.left({ message: `phifold verify: ${found[0]?.name ?? ''} has no seeded fault ${JSON.stringify(mutant)}; it has: ${known}` })
  }
  return E.right(found)
}

const quoted = (text: string): string => (/^[\w.:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)

const replayOf = (seed: number, law: string, rest: Readonly<Record<string, string | undefined>>): string =>
  [`phifold verify --seed ${seed} --law ${quoted(law)}`, ...Object.entries(rest).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`--${name} ${quoted(value)}`])].join(' ')

/** Fixed widths, since rows are printed before the later ones are known. */
const rowsFor = (all: readonly Law[], withFaults: boolean) => {
  const room = Math.max(3, ...all.map(({ name }) => name.length))
  const line = (
    name: string, rung: string, n: string, gap: string, allowed: string, verdict: string, faults: string, says: string,
  ): string =>
    [name.padEnd(room), rung.padEnd(15), n.padStart(9), gap.padStart(9), allowed.padStart(9), verdict.padEnd(7),
      ...(withFaults ? [faults.padStart(6)] : []), says].join('  ')
  return {
    head: line('law', 'rung', 'instances', 'worst gap', 'allowance', 'verdict', 'faults', 'what was checked'),
    of: ({ says }: Law, { row, mutants }: Judged): string => line(row.name, row.rung, String(row.instances), figures(row.gap, 2),
      figures(row.allowance, 2), row.verdict, `${mutants.filter(({ rejected }) => rejected).length}/${mutants.length}`, says),
  }
}

/** What failed in one law: the shrunk instance, and how to see it again; seeded faults that went unnoticed. */
const troubleOf = ({ row, mutants }: Judged, { seed, mutant }: VerifyRequest): readonly string[] => [
  ...(row.failure === undefined ? [] : [
    `  ${row.name} fails, shrunk to: ${row.failure.counterexample}`,
    // What fast-check says of a verdict that is just "no" tells nothing.
    ...(['', 'Property failed by returning false'].includes(row.failure.message) ? [] : [`  because: ${row.failure.message}`]),
    `  see it again: ${replayOf(seed, row.name, { path: row.failure.path, mutant })}`,
  ]),
  ...mutants.filter(({ rejected }) => !rejected).map(({ fault }) =>
    `  ${row.name} does not notice the fault ${JSON.stringify(fault)}; run it: ${replayOf(seed, row.name, { mutant: fault })}`),
]

/** JSON has no NaN and no infinities. */
const spelled = (x: number): number | string => (Number.isFinite(x) ? x : String(x))

const jsonOf = (seed: number, results: readonly Judged[]): string => JSON.stringify({
  seed,
  laws: results.map(({ row: { name, rung, instances, gap, allowance, verdict }, mutants }) => ({
    name, rung, instances, gap: spelled(gap), allowance: spelled(allowance), verdict,
    ...(mutants.length > 0 && { faults: mutants }),
  })),
}, undefined, 2)

const summaryOf = (results: readonly Judged[], request: VerifyRequest): readonly string[] => {
  const [held, instances] = [
    results.filter(({ row }) => row.verdict === 'holds').length, results.reduce((n, { row }) => n + row.instances, 0)]
  const mutants = results.flatMap((result) => result.mutants)
  const rejections = mutants.filter(({ rejected }) => rejected).length
  const faults = request.mutants ? `; ${rejections} of ${mutants.length} seeded faults rejected` : ''
  return [
    `${held} of ${results.length} laws hold on ${instances} instances${faults} (seed ${request.seed})`,
    ...(request.mutant === undefined ? [] : [`this was the program with a fault seeded in it (${request.mutant}); the law must fail`]),
  ]
}

/** Runs what is asked for; `complain` gets failures when only JSON may be printed. Right: the exit code. */
export const verify = async (request: VerifyRequest, print: Print, complain: Print): Promise<E.Either<UserError, number>> => {
  const found = chosen(request)
  if (E.isLeft(found)) return found
  const { seed, json, mutants } = request
  const rows = rowsFor(found.right, mutants)
  // Rows on a terminal are progress enough.
  const bar = json || !process.stdout.isTTY ? progress('verify', found.right.length) : undefined
  const jobs = found.right.map(({ name }) => ({ ...request, law: name }))
  const told = inOrder<Judged>((i, result) => {
    if (!json && i === 0) [`seed ${seed}`, rows.head].forEach(print)
    if (!json) print(rows.of(found.right[i] as Law, result))
    troubleOf(result, request).forEach(json ? complain : print)
    bar?.advance(i + 1)
  })
  const finished = await runJobs('law', jobs, request.threads ?? availableParallelism(), { onShare: () => undefined, onDone: told })
  bar?.end()
  if (E.isLeft(finished)) return finished
  const results = finished.right
  if (json) print(jsonOf(seed, results))
  else summaryOf(results, request).forEach(print)
  const fine = results.every((result) => result.row.verdict === 'holds' && result.mutants.every(({ rejected }) => rejected))
  return E.right(fine ? 0 : 1)
}
