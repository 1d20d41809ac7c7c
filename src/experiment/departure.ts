/**
 * Where the authors' published program departs from the strict theory, one switch each, so that the effect of each can be seen
 * (docs/theory.md §12). `exact` makes none of them, `published` all those that the program makes in that figure, save its float32, which
 * would hide the others.
 *
 * Not here, since no curve depends on them: a negative β is ignored, BPTT in training takes K + 1 steps (`recipe`), the train loss is
 * divided by the batch size twice.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Scan } from '../fold/lock-step.ts'
import type { Flat } from '../fold/measure.ts'
import { publishedEnergyBased } from '../phi/energy-based.ts'
import { publishedOuterNudged } from '../phi/prototypical.ts'
import { type BadHyperparameter, badHyperparameter, type Figure, type Nudging } from './figure.ts'

/** One departure. `change` is undefined where it means nothing. */
export interface Departure {
  readonly note: string
  /** False where it is offered for comparison, and not what the authors' program does. */
  readonly published: boolean
  readonly change: (figure: Figure) => Partial<Figure> | undefined
}

const outputDrive: Nudging = {
  kind: 'approximate',
  name: 'energy-based, published output drive',
  note: 'energy-based without ρ′ in the output layer\'s drive: F is no gradient, so a gap remains as β → 0; neurons against −∇s',
  dynamics: publishedEnergyBased,
}

const withNudging = ({ nudgings: [first, ...others] }: Figure, name: string, replacement: Nudging): Partial<Figure> | undefined =>
  first.name === name ? { nudgings: [replacement, ...others] } : undefined

const stalePools = ({ nudgings: [first] }: Figure): Nudging => ({
  kind: 'approximate',
  name: 'outer nudge, published pooling positions',
  note: `${first.note}; the rule takes pooling positions from the state before`,
  dynamics: publishedOuterNudged,
})

const isEnergyBased = ({ nudgings: [first] }: Figure): boolean => first.name.startsWith('energy-based')

/** The departures by name, in the order in which they are made. */
export const departures: Readonly<Record<string, Departure>> = {
  'output-drive': {
    note: 'no ρ′ in the output layer\'s drive: not a gradient',
    published: true,
    change: (figure) => (figure.input === 'digits' ? withNudging(figure, 'energy-based', outputDrive) : undefined),
  },
  'input-activation': {
    note: 'the input enters as ρ(x)',
    published: true,
    change: (figure) => (isEnergyBased(figure) ? { inputActivated: true } : undefined),
  },
  leak: {
    note: 'dt = 0.2 in the fully connected prototypical networks, whose equation has none',
    published: true,
    change: (figure) => (isEnergyBased(figure) || figure.fixed ? undefined : { epsilon: 0.2 }),
  },
  'pool-positions': {
    note: 'the learning rule takes pooling positions from the state before',
    published: true,
    change: (figure) => (figure.fixed ? withNudging(figure, 'outer nudge', stalePools(figure)) : undefined),
  },
  'cumulative-rmse': {
    note: 'rmse of cumulative weight sums; early neurons hidden; biases not compared',
    published: true,
    change: () => ({ measure: 'published' }),
  },
  'plain-nudge': {
    note: 'the nudge is β ∂ℓ/∂s as the equations have it, not the program\'s dt β ∂ℓ/∂s',
    published: false,
    change: ({ epsilon }) => (epsilon === 1 ? undefined : { nudge: 'β' }),
  },
  float32: {
    note: 'single precision, as PyTorch computes by default',
    published: false,
    change: () => ({ precision: 'float32' }),
  },
}

/** Names of the departures that mean something for a figure. */
export const departuresOf = (figure: Figure): readonly string[] =>
  Object.entries(departures).flatMap(([name, { change }]) => (change(figure) === undefined ? [] : [name]))

const expand = (figure: Figure, names: readonly string[]): readonly string[] => {
  const applicable = departuresOf(figure)
  const wanted = new Set(names.flatMap((name) =>
    name === 'exact' ? [] : name === 'published' ? applicable.filter((each) => departures[each]?.published) : [name]))
  // In the table's order, whatever the order of the names, and what is not in it last.
  return [...Object.keys(departures).filter((name) => wanted.has(name)), ...[...wanted].filter((name) => !Object.hasOwn(departures, name))]
}

/** The figure with departures made: 'exact', 'published' or names of the table. Left: a name that means nothing for it. */
export const departed = (figure: Figure, names: readonly string[]): E.Either<BadHyperparameter, Figure> => {
  const variant = expand(figure, names)
  const applicable = departuresOf(figure)
  const unknown = variant.find((name) => !applicable.includes(name))
  return unknown !== undefined
    ? E.left(badHyperparameter('variant', `exact, published or some of ${applicable.join(',')} (figure ${figure.number})`, unknown, 'leave it out for exact'))
    : E.right({ ...variant.reduce((changed, name) => ({ ...changed, ...departures[name]?.change(changed) }), figure), variant })
}

/**
 * What the authors take their rmse of: weights as running sums, biases not at all; neurons of a layer that is l below the output
 * without their first l moments, which are zero but for what was left to settle.
 */
export const publishedMeasure = (layers: number): Scan => (before, moment, t) => {
  const entries = Object.entries(moment).filter(([quantity]) => !quantity.startsWith('b')).map(([quantity, values]) => {
    const layer = /^s(\d+)$/.exec(quantity)?.[1]
    if (layer !== undefined) return [quantity, t < layers - Number(layer) ? values.map(() => 0) : values] as const
    const sums = before?.[quantity]
    return [quantity, sums === undefined ? values : values.map((v, i) => v + (sums[i] ?? NaN))] as const
  })
  return Object.fromEntries(entries) satisfies Flat
}
