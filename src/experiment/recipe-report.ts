/**
 * What a recipe run says, as values: every percentage as CSV, everything about it as JSON, and tables for people. The same run gives the
 * same reports: no clock and no machine in them.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Params } from '../phi/interaction.ts'
import { entries } from '../tensor/algebra.ts'
import { csvOf, type NonFiniteCell } from '../report/csv.ts'
import { figures, tableOf } from '../report/table.ts'
import { strength } from './figure.ts'
import { paperLabel } from './label.ts'
import type { Cell } from './recipe.ts'
import { agreementOf, type RecipeRun } from './recipe-run.ts'
import type { TrainedNetwork } from './trained-network.ts'
import { type Shares, summary, type Summary, total } from './sign-agreement.ts'

export interface RecipeReport {
  readonly csv: string
  readonly json: string
  readonly text: string
  /** Undefined where what was asked for holds; else one line that says what to try. */
  readonly failure: string | undefined
}

const kinds = { same: ({ same }: Shares) => same, zero: ({ zero }: Shares) => zero, total }

/** Names as in the network, W1 first; weights before biases. */
const namesOf = ({ chosen: { batches }, weights }: RecipeRun): readonly string[] => {
  const names = Object.keys(batches[0] ?? {})
  return [...names.filter((name) => weights.includes(name)), ...names.filter((name) => !weights.includes(name))]
}

const over = (batches: Cell['batches'], name: string, kind: keyof typeof kinds): readonly number[] =>
  batches.map((byName) => {
    const shares = byName[name]
    return shares === undefined ? NaN : kinds[kind](shares)
  })

// ── CSV and JSON ─────────────────────────────────────────────────────────────────────────────────────────────────

const nudgeOf = ({ epsilon, beta }: TrainedNetwork): number => strength({ epsilon, nudge: 'dt β' }, beta)

const columns = ['K', 'beta', 'batch', 'parameter', 'same_sign', 'both_zero', 'same_sign_longest_K', 'both_zero_longest_K'] as const

const rowsOf = ({ cells }: RecipeRun): E.Either<NonFiniteCell, string> =>
  csvOf(columns, cells.flatMap(({ K, beta, batches, whole }) => batches.flatMap((byName, b) =>
    Object.entries(byName).map(([name, { same, zero }]) =>
      [K, beta, b + 1, name, same, zero, whole[b]?.[name]?.same ?? NaN, whole[b]?.[name]?.zero ?? NaN]))))

const record = <A>(names: readonly string[], of: (name: string) => A): Params<A> => Object.fromEntries(names.map((name) => [name, of(name)]))

const jsonOf = (run: RecipeRun, version: string): string => {
  const { network, model, variant, tolerance, seed, drawn, interpreter, certificates, weights, chosen, cells, search } = run
  const { name, cites, sizes, activation, clamp, epsilon, beta, T, K, batch } = network
  const [first] = drawn
  const shares = (kind: keyof typeof kinds) => (parameter: string): Summary & { readonly batches: readonly number[] } => {
    const batches = over(chosen.batches, parameter, kind)
    return { ...summary(batches), batches }
  }
  return `${JSON.stringify({
    recipe: name, cites: `Ernoult et al. 2019, ${cites}`, version, interpreter, seed, variant, dynamics: model.dynamics.name,
    hyperparameters: {
      sizes, activation: activation.join(','), clamped: clamp, dt: epsilon, beta, nudge: nudgeOf(network), T, K, bpttSteps: K + model.ahead, batch, batches: drawn.length,
    },
    data: {
      origin: first?.origin ?? '', synthetic: first?.synthetic ?? false,
      batches: drawn.map(({ indices, labels }) => ({ indices, labels })),
    },
    settled: certificates.map(({ steps, residual, repeatedAt, period }) =>
      ({ steps, residual, within: residual <= tolerance, repeatedAt, period })),
    tolerance,
    agreement: agreementOf(weights, chosen.batches),
    percentages: record(namesOf(run), (parameter) => ({
      entries: entries(model.dynamics.params[parameter] ?? []),
      sameSign: shares('same')(parameter), bothZero: shares('zero')(parameter), total: shares('total')(parameter),
    })),
    ...(search && {
      search: {
        ...search,
        grid: cells.map((cell) =>
          ({ K: cell.K, beta: cell.beta, agreement: agreementOf(weights, cell.batches), withLongestK: agreementOf(weights, cell.whole) })),
      },
    }),
  }, undefined, 2)}\n`
}

// ── Text ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** One decimal, as the authors print. */
const percent = (x: number): string => x.toFixed(1)
const spoken = ({ mean, spread }: Summary): string => `${percent(mean)} ± ${percent(spread)}`

const sharesTable = (run: RecipeRun): string => {
  const { network: { sizes }, model, chosen } = run
  return tableOf(['', 'paper', 'entries', 'same sign, not 0', 'both exactly 0', 'total'],
    namesOf(run).map((name) => [
      name, paperLabel(name, sizes.length - 1), String(entries(model.dynamics.params[name] ?? [])),
      ...(['same', 'zero', 'total'] as const).map((kind) => spoken(summary(over(chosen.batches, name, kind)))),
    ]), { align: ['left', 'left', 'right', 'right', 'right', 'right'] })
}

const settledTable = ({ network, certificates, tolerance }: RecipeRun): string =>
  tableOf(['mini-batch', 'moves by', 'divided by dt β', 'settled', 'repeats itself from step'], certificates.map(({ residual, repeatedAt, period }, b) => [
    String(b + 1), figures(residual, 2), figures(residual / nudgeOf(network), 2), residual <= tolerance ? 'yes' : 'NO',
    repeatedAt === null ? '–' : `${repeatedAt}${period === 1 ? '' : `, in a cycle of ${period ?? 0}`}`,
  ]), { align: ['right', 'right', 'right', 'left', 'right'] })

/** The grid, a row per K and a column per β; the chosen cell in brackets. */
const gridTable = ({ cells, chosen, weights, search }: RecipeRun, of: (cell: Cell) => Cell['batches']): string => {
  const betas = cells.filter(({ K }) => K === cells[0]?.K).map(({ beta }) => beta)
  const Ks = cells.filter(({ beta }) => beta === betas[0]).map(({ K }) => K)
  const shown = (cell: Cell): string => {
    const value = percent(agreementOf(weights, of(cell)))
    return cell === chosen && search?.reached ? `[${value}]` : value
  }
  return tableOf(['K', ...betas.map((beta) => `β = ${beta}`)],
    Ks.map((K) => [String(K), ...cells.filter((cell) => cell.K === K).map(shown)]), { align: ['right', ...betas.map(() => 'right' as const)] })
}

const longestK = ({ cells }: RecipeRun): number => cells.at(-1)?.K ?? 0

const searchText = (run: RecipeRun): readonly string[] => {
  const { search, network: { T }, tolerance, weights, chosen } = run
  if (search === undefined) return []
  const [own, whole] = [agreementOf(weights, chosen.batches), agreementOf(weights, chosen.whole)]
  return [
    '',
    `search for ${search.wanted} %: settled to ${figures(tolerance, 2)} in every mini-batch from T = ${T} on (looked up to ${search.most.T})`,
    '',
    'least agreement of a weight matrix, in %: EP over K steps with BPTT over K steps',
    gridTable(run, ({ batches }) => batches),
    '',
    `the same EP with BPTT over the longest K = ${longestK(run)}`,
    gridTable(run, (cell) => cell.whole),
    '',
    `${search.reached ? 'found' : 'best, but not enough'}: T = ${T}, K = ${chosen.K}, β = ${chosen.beta} ` +
      `(${percent(own)} %, with the longest K ${percent(whole)} %)`,
  ]
}

const textOf = (run: RecipeRun): string => {
  const { network, model, variant, drawn: [first, ...more], seed, certificates, tolerance, weights, chosen } = run
  const { name, cites, sizes, activation, epsilon, beta, T, K, batch } = network
  const standIn = first?.synthetic ? ['data: SYNTHETIC digits stand in for MNIST; give --data DIR with its four files for the real ones'] : []
  const unsettled = certificates.filter(({ residual }) => !(residual <= tolerance)).length
  return [
    `${name}, ${cites} of Ernoult et al. 2019: do whole updates of EP and BPTT agree in sign?`,
    `${model.dynamics.name} (${variant}), ${sizes.join('-')}, ${activation.join(',')}; dt = ${epsilon}, β = ${beta}, T = ${T}, K = ${K}; ` +
      `${more.length + 1} × ${batch} of ${first?.origin ?? ''}, seed ${seed}`,
    ...standIn,
    ...searchText(run),
    '',
    `percentages of entries, mean ± spread over ${more.length + 1} mini-batches; EP over ${K} steps, BPTT over ${K + model.ahead}`,
    sharesTable(run),
    '',
    `agreement: ${percent(agreementOf(weights, chosen.batches))} % (the least total of a weight matrix)`,
    '',
    unsettled === 0 ? `free phase: settled to ${figures(tolerance, 2)} per step after ${T} steps`
      : `free phase: NOT settled to ${figures(tolerance, 2)} per step after ${T} steps in ${unsettled} of ${certificates.length} mini-batches; raise T`,
    settledTable(run),
    '',
    'total: same sign or both exactly 0, as the authors count, with the weights that training starts from.',
    'divided by dt β: what states that still move add to the updates.',
    "The nudge is −dt β ∂ℓ/∂s, as in the authors' program. Layers count from the input, the paper's from the output.",
  ].join('\n')
}

/** Why a search did not reach what was wanted, and what to try. */
const failureOf = (run: RecipeRun): string | undefined => {
  const { search, weights, chosen, network, model } = run
  if (search === undefined || search.reached) return undefined
  const [own, whole] = [agreementOf(weights, chosen.batches), agreementOf(weights, chosen.whole)]
  const inner = network.kind !== 'energy-based' && model.dynamics.name.includes('outer') ? '--nudge inner (with --variant exact), ' : ''
  return `no K and β reach ${search.wanted} % at T = ${network.T}; the best, K = ${chosen.K} and β = ${chosen.beta}, has ${percent(own)} % ` +
    `(${percent(whole)} % with K = ${longestK(run)}); try ${inner}a smaller --tolerance, which raises T, a larger --K, or a lower --agreement`
}

/** All reports of a run. `version` is the program's. Left: the first number that is not finite. */
export const recipeReportOf = (run: RecipeRun, version: string): E.Either<NonFiniteCell, RecipeReport> => pipe(
  rowsOf(run),
  E.map((csv) => ({ csv, json: jsonOf(run, version), text: textOf(run), failure: failureOf(run) })))
