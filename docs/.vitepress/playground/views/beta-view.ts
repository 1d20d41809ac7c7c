/** Error against β for each estimator, on log axes. */
import { computed, defineComponent, h, type PropType } from 'vue'
import { chartOf } from '../model/chart.ts'
import { shown } from '../model/markup.ts'
import { families, familyNames, orders, type Sweep } from '../model/sweep.ts'
import { bestOf, chartOfSweeps, colours, shapes, slopeText } from '../model/sweep-chart.ts'
import { svgSheet, sweepCsv } from '../model/sheet.ts'
import Files from './files.ts'

export default defineComponent({
  name: 'BetaView',
  props: { sweeps: { type: Array as PropType<readonly Sweep[]>, required: true } },
  setup(props) {
    const narrow = globalThis.matchMedia('(max-width: 600px)').matches
    const chart = computed(() => chartOfSweeps(props.sweeps, narrow))
    return () => h('div', { class: 'beta' }, [
      h('h2', 'How fast does the error fall with β?'),
      h('p', 'EP’s whole gradient over K moments against BPTT’s, relative to its norm. Hollow points are rounding. Break a hypothesis, and the error stays, whatever β is.'),
      h('div', { class: 'picture', innerHTML: chartOf(chart.value, 'sweep') }),
      h('div', { class: 'wide', tabindex: 0, role: 'group', 'aria-label': 'Slopes' }, h('table', { class: 'slopes' }, [
        h('caption', 'Slopes on log axes, fitted to the smallest β that are clear of rounding'),
        h('thead', h('tr', ['estimator', 'slope', 'in theory', 'smallest error', 'at β'].map((text) => h('th', { scope: 'col' }, text)))),
        h('tbody', familyNames.map((family) => {
          const sweep = props.sweeps.find((each) => each.family === family)
          const best = sweep && bestOf(sweep)
          return h('tr', { key: family, 'data-family': family }, [
            h('th', { scope: 'row' }, [
              h('svg', { class: 'chart symbol', viewBox: '0 0 14 14', width: 14, height: 14, 'aria-hidden': 'true', innerHTML: symbol(family) }), ` ${families[family]}`,
            ]),
            h('td', { 'data-value': String(sweep?.slope ?? '') }, sweep === undefined ? '…' : slopeText(sweep)),
            h('td', String(orders[family])),
            h('td', { 'data-value': String(best?.error ?? '') }, best === undefined ? '' : shown(best.error)),
            h('td', best === undefined ? '' : shown(best.beta)),
          ])
        })),
      ])),
      h(Files, {
        files: [
          { label: 'Save SVG', name: 'phifold-error-against-beta.svg', type: 'image/svg+xml', text: () => svgSheet('Error against β', [{ title: '', note: '', chart: chartOfSweeps(props.sweeps) }], 1) },
          { label: 'Save CSV', name: 'phifold-error-against-beta.csv', type: 'text/csv', text: () => sweepCsv(props.sweeps) },
        ],
      }),
    ])
  },
})

const symbol = (family: (typeof familyNames)[number]): string => {
  const d = { circle: 'M4 7a3 3 0 1 0 6 0a3 3 0 1 0 -6 0', square: 'M4.3 4.3h5.4v5.4h-5.4z', diamond: 'M7 3.2l3.8 3.8l-3.8 3.8l-3.8 -3.8z', triangle: 'M7 3.4l3.6 6.4h-7.2z', cross: 'M4 4l6 6m0 -6l-6 6' }[shapes[family]]
  return `<path class="mark c${colours[family]}" d="${d}"/>`
}
