/** Controls made from the list of fields: sliders, selects, switches, each with its label, its value and why it does nothing, if so. */
import { h, type VNode } from 'vue'
import { type Choices, chosen, type FieldName, fields, idle } from '../model/choices.ts'

/** Values of all kinds, as their control holds them. */
type Change = (choices: Choices) => void

/** Numbers as the controls show them. */
export const valueText = (value: number): string => (value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential().replace('e-', ' · 10⁻').replace(/\d$/, (d) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(d)] ?? d).replace('1 · ', '') : String(value))

const withHint = (field: FieldName, choices: Choices, control: (disabled: boolean, described: string) => VNode): readonly VNode[] => {
  const reason = idle(field, choices)
  const id = `hint-${field}`
  return [control(reason !== undefined, id), h('small', { id, class: 'hint' }, reason ?? fields[field].help)]
}

export const control = (name: FieldName, choices: Choices, change: Change): VNode => {
  const field = fields[name]
  const set = (value: number | string | boolean): void => change(chosen(choices, name, value as never))
  const at = choices[name]
  switch (field.kind) {
    case 'number': {
      const { values } = field as { readonly values: readonly number[] }
      return h('label', { class: 'field', key: name }, [
        h('span', { class: 'name' }, [field.label, ' ', h('span', { class: 'value' }, valueText(at as number))]),
        ...withHint(name, choices, (disabled, described) => h('input', {
          type: 'range', name, min: 0, max: values.length - 1, step: 1, value: values.indexOf(at as number), disabled,
          'aria-valuetext': valueText(at as number), 'aria-describedby': described,
          onInput: (event: Event) => { set(values[Number((event.target as HTMLInputElement).value)] ?? field.start) },
        })),
      ])
    }
    case 'name': return h('label', { class: 'field', key: name }, [
      h('span', { class: 'name' }, field.label),
      ...withHint(name, choices, (disabled, described) => h('select', {
        name, value: at, disabled, 'aria-describedby': described,
        onChange: (event: Event) => { set((event.target as HTMLSelectElement).value) },
      }, Object.entries(field.names).map(([value, text]) => h('option', { value, selected: value === at }, text)))),
    ])
    case 'switch': return h('div', { class: 'field switch', key: name }, [
      h('label', [
        ...withHint(name, choices, (disabled, described) => h('input', {
          type: 'checkbox', role: 'switch', name, checked: at, disabled, 'aria-describedby': described,
          onChange: (event: Event) => { set((event.target as HTMLInputElement).checked) },
        })).slice(0, 1),
        h('span', { class: 'name' }, field.label),
      ]),
      ...withHint(name, choices, () => h('span')).slice(1),
    ])
  }
}

/** A group that can be folded away; on a phone all but the first begin folded. */
export const controls = (legend: string, names: readonly FieldName[], choices: Choices, change: Change, open: boolean): VNode =>
  h('details', { class: 'group', open, key: legend }, [
    h('summary', legend),
    h('fieldset', [h('legend', { class: 'visually-hidden' }, legend), ...names.map((name) => control(name, choices, change))]),
  ])
