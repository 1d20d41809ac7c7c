/** Choices as the query of an address and back, so that a view can be shared. Only what differs from the start is written. */
import { type Choices, type Field, type FieldName, fieldNames, fields, start } from './choices.ts'

/** The value that a text stands for; undefined if the field has no such value. */
const valueOf = (field: Field, text: string): number | string | boolean | undefined => {
  switch (field.kind) {
    case 'number': return field.values.find((value) => String(value) === text)
    case 'name': return Object.hasOwn(field.names, text) ? text : undefined
    case 'switch': return text === '1' ? true : text === '0' ? false : undefined
  }
}

const textOf = (value: number | string | boolean): string => (typeof value === 'boolean' ? (value ? '1' : '0') : String(value))

/** "?setting=prototypical&K=40", or "" for the start. */
export const queryOf = (choices: Choices): string => {
  const pairs = fieldNames.flatMap((field) => (choices[field] === start[field] ? [] : [[field, textOf(choices[field])] as const]))
  return pairs.length === 0 ? '' : `?${new URLSearchParams(Object.fromEntries(pairs)).toString()}`
}

/** The choices of a query. What it does not know, or cannot read, is left at the start. */
export const choicesOf = (query: string): Choices => {
  const given = new URLSearchParams(query)
  return Object.fromEntries(fieldNames.map((field: FieldName) => {
    const text = given.get(field)
    return [field, (text === null ? undefined : valueOf(fields[field], text)) ?? start[field]]
  })) as Choices
}
