/** Controls made from the list of fields: sliders, selects, switches, each with its label, its value and why it does nothing, if so. */
import { h, type VNode } from 'vue'
import { type Choices, chosen, type FieldName, fields, idle } from '../model/choices.ts'

/** Values of all kinds, as their control holds them. */
type Change = (choices: Choices) => void

/** Numbers as the controls show them. */
export const valueText = (value: number): string => (value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential().replace('e-', ' · 10⁻').replace(/\d$/, (d) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(d)] ?? d).replace('1 · ', '') : String(value))

/** A label around its control, and below what it is, or why it does nothing. */
const field = (name: FieldName, choices: Choices, inside: (attributes: { readonly name: string; readonly disabled: boolean; readonly 'aria-describedby': string }) => readonly (VNode | string)[]): VNode => {
  const reason = idle(name, choices)
  const id = `hint-${name}`
  return h('div', { class: ['field', fields[name].kind], key: name }, [
    h('label', [...inside({ name, disabled: reason !== undefined, 'aria-describedby': id })]),
    h('small', { id, class: 'hint' }, reason ?? fields[name].help),
  ])
}

export const control = (name: FieldName, choices: Choices, change: Change): VNode => {
  const given = fields[name]
  const set = (value: number | string | boolean): void => change(chosen(choices, name, value as never))
  const at = choices[name]
  switch (given.kind) {
    case 'number': {
      const values: readonly number[] = given.values
      const text = valueText(at as number)
      return field(name, choices, (attributes) => [
        h('span', { class: 'name' }, [given.label, ' ', h('span', { class: 'value' }, text)]),
        h('input', {
          ...attributes, type: 'range', min: 0, max: values.length - 1, step: 1, value: values.indexOf(at as number), 'aria-valuetext': text,
          onInput: (event: Event) => { set(values[Number((event.target as HTMLInputElement).value)] ?? given.start) },
        }),
      ])
    }
    case 'name': return field(name, choices, (attributes) => [
      h('span', { class: 'name' }, given.label),
      h('select', { ...attributes, value: at, onChange: (event: Event) => { set((event.target as HTMLSelectElement).value) } },
        Object.entries(given.names).map(([value, text]) => h('option', { value, selected: value === at }, text))),
    ])
    case 'switch': return field(name, choices, (attributes) => [
      h('input', {
        ...attributes, type: 'checkbox', role: 'switch', checked: at, onChange: (event: Event) => { set((event.target as HTMLInputElement).checked) },
      }),
      h('span', { class: 'name' }, given.label),
    ])
  }
}

/** A group that can be folded away; on a phone all but the first begin folded. */
export const controls = (legend: string, names: readonly FieldName[], choices: Choices, change: Change, open: boolean): VNode =>
  h('details', { class: 'group', open, key: legend }, [
    h('summary', legend),
    h('fieldset', [h('legend', { class: 'visually-hidden' }, legend), ...names.map((name) => control(name, choices, change))]),
  ])
