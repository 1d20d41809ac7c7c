/** EP draws itself over BPTT, layer by layer, while the network settles and is nudged. */
import { computed, defineComponent, h, onBeforeUnmount, type PropType, ref, type VNode, watch } from 'vue'
import { chartOf } from '../model/chart.ts'
import type { Choices } from '../model/choices.ts'
import type { Course, Panel } from '../model/course.ts'
import { chartOfPanel, methodsOf, ordered, relativeGap, titleOf } from '../model/course-charts.ts'
import { sentence, shown } from '../model/markup.ts'
import { instantOf, lengthOf, revealed, told } from '../model/timeline.ts'
import type { Verdict } from '../model/verdict.ts'
import { courseCsv, svgSheet } from '../model/sheet.ts'
import Files from './files.ts'
import NetworkView from './network-view.ts'

/** Places of the playhead per second: all of the toy network in about three seconds. */
const speed = 48

const verdictBox = (verdict: Verdict | undefined, gap: number): VNode => h('section', { class: ['verdict', verdict?.standing ?? 'pending'], 'aria-live': 'polite', 'aria-label': 'Verdict' },
  verdict === undefined ? [h('p', 'The library is checking the hypotheses …')] : [
    h('h2', verdict.title), h('p', `${sentence(verdict.says)}${verdict.says.endsWith('.') ? '' : '.'}`),
    h('p', `The largest gap, over all layers and moments, is ${shown(gap)} of the largest gradient of its layer.`),
    ...(verdict.remedy === '' ? [] : [h('p', [h('strong', 'What helps: '), verdict.remedy, '.'])]),
    h('details', [
      h('summary', 'What was checked, with numbers'),
      h('div', { class: 'wide', tabindex: 0, role: 'group', 'aria-label': 'Checks' }, h('table', [
        h('thead', h('tr', ['hypothesis', 'check', 'where', 'value', 'allowance'].map((text) => h('th', text)))),
        h('tbody', verdict.findings.map(({ hypothesis, check, where, value, allowance }) => h('tr', { class: value <= allowance ? 'held' : 'failed' }, [
          h('td', hypothesis), h('td', check), h('td', where), h('td', shown(value)), h('td', shown(allowance)),
        ]))),
      ])),
    ]),
  ])

const gapTable = (panels: readonly Panel[], layers: number): VNode => h('div', { class: 'wide', tabindex: 0, role: 'group', 'aria-label': 'Gaps' }, h('table', { class: 'gaps' }, [
  h('caption', 'Gap between EP and −BPTT over all moments'),
  h('thead', h('tr', ['', 'largest gap', 'largest gradient', 'relative', 'rmse'].map((text) => h('th', { scope: 'col' }, text)))),
  h('tbody', panels.map((panel) => h('tr', { 'data-quantity': panel.name }, [
    h('th', { scope: 'row' }, titleOf(panel.name, layers)),
    ...[panel.worst, panel.scale, relativeGap(panel), panel.rmse].map((value) => h('td', { 'data-value': String(value) }, shown(value))),
  ]))),
]))

export default defineComponent({
  name: 'TheoremView',
  props: {
    choices: { type: Object as PropType<Choices>, required: true },
    course: { type: Object as PropType<Course>, required: true },
    engine: { type: String, required: true },
    verdict: { type: Object as PropType<Verdict | undefined>, default: undefined },
  },
  setup(props) {
    const still = globalThis.matchMedia('(prefers-reduced-motion: reduce)').matches
    const at = ref(0)
    const playing = ref(false)
    const root = ref<HTMLElement>()
    let request = 0
    let last = 0
    const end = computed(() => lengthOf(props.course) - 1)
    const K = computed(() => props.course.pushed.length)
    /** Only the width of what is revealed changes from frame to frame: the paths stay. */
    const reveal = (): void => {
      const share = revealed(instantOf(props.course, at.value).moments, K.value)
      root.value?.querySelectorAll<SVGRectElement>('rect.revealed').forEach((rect) => {
        rect.style.transformOrigin = '52px 0'
        rect.style.transform = `scaleX(${share})`
      })
    }
    const frame = (now: number): void => {
      at.value = Math.min(end.value, at.value + ((now - last) / 1000) * speed)
      last = now
      if (at.value >= end.value) playing.value = false
      if (playing.value) request = requestAnimationFrame(frame)
    }
    const play = (): void => {
      cancelAnimationFrame(request)
      if (at.value >= end.value) at.value = 0
      playing.value = true
      last = performance.now()
      request = requestAnimationFrame(frame)
    }
    const pause = (): void => {
      playing.value = false
      cancelAnimationFrame(request)
    }
    const move = (place: number): void => {
      pause()
      at.value = place
    }
    // A new course plays from the start, unless motion is not wanted, or somebody is moving a slider: then its end is shown.
    let shownOnce = false
    watch(() => props.course, () => {
      pause()
      at.value = end.value
      if (!still && !shownOnce) {
        at.value = 0
        play()
      }
      shownOnce = true
    }, { immediate: true })
    watch([at, () => props.course], reveal, { flush: 'post' })
    watch(root, reveal, { flush: 'post' })
    onBeforeUnmount(pause)

    const panels = computed(() => ordered(props.course.panels))
    const pictures = computed(() => panels.value.map((panel) => ({ panel, svg: chartOf(chartOfPanel(panel), `panel-${panel.name}`) })))
    return () => {
      const layers = props.course.settling[0]?.layers.length ?? 0
      const instant = instantOf(props.course, at.value)
      const [bptt, ep] = methodsOf(props.choices)
      const { certificate: { steps, residual, repeatedAt } } = props.course
      return h('div', { ref: root, class: 'theorem' }, [
        verdictBox(props.verdict, Math.max(...panels.value.map(relativeGap))),
        h('section', { class: 'timeline', 'aria-label': 'Time' }, [
          h('button', { type: 'button', class: 'play', onClick: () => { if (playing.value) pause(); else play() } }, playing.value ? 'Pause' : 'Play'),
          h('input', {
            type: 'range', 'aria-label': 'Time', min: 0, max: end.value, step: 1, value: Math.floor(at.value), 'aria-valuetext': told(instant, steps),
            onInput: (event: Event) => { move(Number((event.target as HTMLInputElement).value)) },
          }),
          h('output', told(instant, steps)),
        ]),
        h(NetworkView, { course: props.course, at: at.value }),
        h('p', { class: 'certificate' }, `After T = ${steps} steps the state moves by ${shown(residual)} a step${repeatedAt === null ? '' : `; from step ${repeatedAt} on it repeats itself bit for bit`}.`),
        h('p', { class: 'key', 'aria-hidden': 'true' }, [h('span', { class: 'sample solid' }), bptt, h('span', { class: 'sample dashed' }), ep, ' · a colour for each neuron or synapse · gap: the largest difference as a share of the largest gradient']),
        h('div', { class: 'panels' }, pictures.value.map(({ panel, svg }) => h('figure', { key: panel.name, 'data-quantity': panel.name }, [
          h('figcaption', [h('span', titleOf(panel.name, layers)), h('span', { class: 'gap' }, `gap ${shown(relativeGap(panel))}`)]),
          h('div', { class: 'picture', innerHTML: svg }),
        ]))),
        gapTable(panels.value, layers),
        h(Files, {
          files: [
            {
              label: 'Save SVG', name: 'phifold-theorem.svg', type: 'image/svg+xml',
              text: () => svgSheet(`${bptt} (solid) and ${ep} (dashed)`, panels.value.map((panel) => ({
                title: titleOf(panel.name, layers), note: `gap ${shown(relativeGap(panel))}`, chart: chartOfPanel(panel),
              })), 2),
            },
            { label: 'Save CSV', name: 'phifold-theorem.csv', type: 'text/csv', text: () => courseCsv(props.course) },
          ],
        }),
        h('p', { class: 'hint' }, `Computed here, in a worker, by ${props.engine}.`),
      ])
    }
  },
})
