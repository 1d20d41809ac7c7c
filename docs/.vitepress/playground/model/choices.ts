/**
 * All that can be chosen in the playground: one flat record of plain values, each from a list that is written down here. The controls, the
 * address and the tests of the page are made from these lists, so none of them can offer what another does not know.
 */

/** A number from a list, for a slider; a name from a list; or a switch. */
export type Field =
  | { readonly kind: 'number'; readonly label: string; readonly help: string; readonly values: readonly number[]; readonly start: number }
  | { readonly kind: 'name'; readonly label: string; readonly help: string; readonly names: Readonly<Record<string, string>>; readonly start: string }
  | { readonly kind: 'switch'; readonly label: string; readonly help: string; readonly start: boolean }

const number = <const V extends readonly number[]>(label: string, values: V, start: V[number], help: string) =>
  ({ kind: 'number', label, help, values, start }) as const
const name = <const N extends Readonly<Record<string, string>>>(label: string, names: N, start: Extract<keyof N, string>, help: string) =>
  ({ kind: 'name', label, help, names, start }) as const
const toggle = (label: string, help: string) => ({ kind: 'switch', label, help, start: false }) as const

/** The start is the toy network of the paper's Figure 2, in the limit, which is what the theorem speaks of. */
export const fields = {
  view: name('View', { theorem: 'The theorem', beta: 'Error against β', digit: 'A digit' }, 'theorem', 'what is shown'),
  setting: name('Setting', { energy: 'energy-based', prototypical: 'prototypical' }, 'energy', 'F = ∂Φ/∂s, or F = σ of the drive'),
  inputs: number('Inputs', [1, 2, 3, 5, 8, 10, 20], 5, 'entries of x'),
  depth: number('Hidden layers', [1, 2, 3], 1, 'layers between input and output'),
  width: number('Hidden units', [1, 2, 5, 10, 20, 50, 100], 50, 'neurons in each hidden layer'),
  outputs: number('Outputs', [1, 2, 3, 5, 10, 20], 10, 'neurons that the cost sees'),
  skip: name('Input feeds', { all: 'every layer', first: 'the first layer' }, 'all', 'in the toy network x also drives the output'),
  activation: name('Activation', { tanh: 'tanh', sigm: 'sigmoid', hardsigm: 'hard sigmoid' }, 'tanh', 'ρ, or σ if prototypical'),
  estimator: name('Estimator', { ep: 'one-sided, β', centered: 'centered, ±β', limit: 'limit, β → 0' }, 'limit', 'what EP divides by'),
  epsilon: number('ε', [0.02, 0.05, 0.08, 0.1, 0.2, 0.3, 0.5, 0.8, 1], 0.08, 'step size; the paper’s dt'),
  T: number('T', [10, 20, 50, 80, 100, 200, 300, 500, 800, 1000, 2000, 5000, 10_000], 5000, 'steps of the free phase'),
  K: number('K', [2, 5, 10, 20, 30, 40, 60, 80, 100, 150, 200], 80, 'steps of the nudged phase, and of BPTT'),
  beta: number('β', [1e-6, 1e-5, 1e-4, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1], 0.01, 'strength of the nudge'),
  seed: number('Seed', Array.from({ length: 100 }, (_, i) => i + 1), 1, 'of weights, input and target'),
  asymmetric: toggle('Asymmetric weights', 'feedback through other weights than Wᵀ'),
  unsettled: toggle('Unsettled state', 'stop the free phase after K steps, far from s*'),
  dropped: toggle('Dropped ρ′', 'no ρ′ in the output’s drive, as in the authors’ program (energy-based)'),
  outer: toggle('Outer nudge', 'add −β ∂ℓ/∂s outside σ, as in the paper (prototypical)'),
} satisfies Readonly<Record<string, Field>>

export type FieldName = keyof typeof fields

/** One value for each field. */
export type Choices = {
  readonly [F in FieldName]: (typeof fields)[F] extends { readonly names: infer N } ? keyof N & string
    : (typeof fields)[F] extends { readonly kind: 'number' } ? number : boolean
}

export const fieldNames = Object.keys(fields) as readonly FieldName[]

export const start = Object.fromEntries(fieldNames.map((field) => [field, fields[field].start])) as Choices

/** Why a field does nothing under these choices; undefined where it does something. */
export const idle = (field: FieldName, { estimator, unsettled }: Choices): string | undefined => {
  switch (field) {
    case 'beta': return estimator === 'limit' ? 'in the limit there is no β' : undefined
    case 'T': return unsettled ? 'unsettled: T is K' : undefined
    default: return undefined
  }
}

/** Two of the faults belong to one setting each. */
const fitting = (choices: Choices): Choices =>
  ({ ...choices, dropped: choices.dropped && choices.setting === 'energy', outer: choices.outer && choices.setting === 'prototypical' })

/** The choices with one of them changed. A fault that the setting does not have brings its setting along; a setting drops what it does not have. */
export const chosen = <F extends FieldName>(choices: Choices, field: F, value: Choices[F]): Choices => {
  const changed = { ...choices, [field]: value }
  if (field === 'dropped' && value === true) return fitting({ ...changed, setting: 'energy' })
  if (field === 'outer' && value === true) return fitting({ ...changed, setting: 'prototypical' })
  return fitting(changed)
}

/** Sizes, input first. */
export const sizesOf = ({ inputs, depth, width, outputs }: Choices): readonly number[] =>
  [inputs, ...Array.from({ length: depth }, () => width), outputs]

/** Steps of the free phase: at least K, which BPTT walks back. */
export const stepsOf = ({ T, K, unsettled }: Choices): number => (unsettled ? K : Math.max(T, K))
