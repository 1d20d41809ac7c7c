/** Why a chart cannot be drawn, in one line. Constructors of charts check what they are given and name the first fault. */

/** A chart that cannot be drawn, and which part of it is wrong. */
export interface MalformedChart {
  readonly _tag: 'MalformedChart'
  readonly message: string
}

export const malformed = (where: string, expected: string, got: string | number, next: string): MalformedChart => ({
  _tag: 'MalformedChart',
  message: `chart: ${where}: expected ${expected}, got ${got}; ${next}`,
})

/** Faults of a number of panels or columns of any chart. */
export const gridFaults = (panels: number, columns: number): ReadonlyArray<MalformedChart> => [
  ...(panels === 0 ? [malformed('panels', 'at least 1', 0, 'add a panel per layer')] : []),
  ...(Number.isInteger(columns) && columns > 0 ? [] : [malformed('columns', 'a positive integer', columns, 'take 2')]),
]
