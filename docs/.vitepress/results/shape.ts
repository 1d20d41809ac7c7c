/** The shapes of which records are made, and their values as text. */

export interface ShownTable {
  readonly caption: string
  /** What else there is to say; '' for nothing. */
  readonly note: string
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

export type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
export const isRows = (value: unknown): value is readonly Fields[] => Array.isArray(value) && value.length > 0 && value.every(isFields)

/** testError → test error; T and K stay what they are. */
export const words = (name: string): string => name.replaceAll(/(?<=[a-z0-9])[A-Z](?![A-Z])/g, (letter) => ` ${letter.toLowerCase()}`)

/** Small and large ones as 3.2e-15, else plain; in four figures, whole ones in full. */
const numberText = (value: number): string => (Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4))))

/** A single value or a list of them. */
export const valueText = (value: unknown): string => {
  if (value === undefined || value === null) return '–'
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.map(valueText).join(', ')
  switch (typeof value) {
    case 'number': return numberText(value)
    case 'boolean': return value ? 'yes' : 'no'
    case 'string': return value
    default: return JSON.stringify(value)
  }
}

/** Whether a column holds numbers, so that they stand under each other. */
export const isNumeric = (cells: readonly string[]): boolean => cells.some((cell) => cell !== '–') && cells.every((cell) => cell === '–' || /^-?\d[\d.]*(e-?\d+)?( ± \d[\d.]*(e-?\d+)?)?$/.test(cell))
