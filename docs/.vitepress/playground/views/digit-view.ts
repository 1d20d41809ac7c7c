/** Draw a digit, by pointer or by keys, and watch the trained network settle on it. Effects: a canvas, the asset of the network. */
import { computed, defineComponent, h, onBeforeUnmount, onMounted, type PropType, ref, shallowRef, watch } from 'vue'
import { useData } from 'vitepress'
import type { Crew } from '../crew.ts'
import { chartOf } from '../model/chart.ts'
import { blank, type Ink, longest, type Place, type Read, side, sizes, stroked } from '../model/digit.ts'
import { barsOf, outputsChart } from '../model/digit-chart.ts'
import { shown } from '../model/markup.ts'
import { readCsv, svgSheet } from '../model/sheet.ts'
import type { Answers } from '../protocol.ts'
import facts from '../../network/network.json'
import Files from './files.ts'

const address = new URL('../../network/network.safetensors', import.meta.url).href
/** Steps of the free phase shown in a second. */
const speed = 20

export default defineComponent({
  name: 'DigitView',
  props: { workers: { type: Object as PropType<Crew>, required: true } },
  setup(props) {
    const canvas = ref<HTMLCanvasElement>()
    const ink = shallowRef<Ink>(blank)
    const result = shallowRef<Answers['digit']>()
    const network = shallowRef<Uint8Array>()
    const at = ref(0)
    const cursor = shallowRef<Place>({ x: 13, y: 6 })
    const penDown = ref(false)
    const focused = ref(false)
    const { isDark } = useData()
    const still = globalThis.matchMedia('(prefers-reduced-motion: reduce)').matches
    let pointer: Place | undefined
    let samples = 0
    let request = 0
    let last = 0

    const frames = computed(() => (result.value?.ok === true ? result.value.value.frames : []))
    const tick = (now: number): void => {
      at.value = Math.min(frames.value.length - 1, at.value + ((now - last) / 1000) * speed)
      last = now
      if (at.value < frames.value.length - 1) request = requestAnimationFrame(tick)
    }
    const replay = (): void => {
      cancelAnimationFrame(request)
      at.value = still ? Math.max(0, frames.value.length - 1) : 0
      if (still) return
      last = performance.now()
      request = requestAnimationFrame(tick)
    }
    const paint = (): void => {
      const context = canvas.value?.getContext('2d')
      if (context === null || context === undefined || canvas.value === undefined) return
      const unit = canvas.value.width / side
      const style = getComputedStyle(canvas.value)
      context.clearRect(0, 0, canvas.value.width, canvas.value.height)
      context.fillStyle = style.getPropertyValue('--vp-c-text-1')
      ink.value.forEach((value, i) => {
        if (value === 0) return
        context.globalAlpha = value
        context.fillRect((i % side) * unit, Math.floor(i / side) * unit, unit, unit)
      })
      context.globalAlpha = 1
      if (!focused.value) return
      context.strokeStyle = style.getPropertyValue(penDown.value ? '--bad' : '--vp-c-brand-1')
      context.lineWidth = 2
      context.strokeRect(cursor.value.x * unit, cursor.value.y * unit, unit, unit)
    }
    const ask = (): void => {
      if (network.value === undefined) return
      props.workers.ask({ kind: 'digit', network: network.value, ink: ink.value }, (answer) => {
        result.value = answer
        replay()
      })
    }
    const sample = (digit: number): void => {
      samples += 1
      props.workers.ask({ kind: 'sample', digit, seed: samples }, (answer) => { if (answer.ok) ink.value = answer.value })
    }
    const placeOf = (event: PointerEvent): Place => {
      const box = (event.currentTarget as HTMLElement).getBoundingClientRect()
      return { x: ((event.clientX - box.left) / box.width) * side - 0.5, y: ((event.clientY - box.top) / box.height) * side - 0.5 }
    }
    const draw = (from: Place, to: Place): void => { ink.value = stroked(ink.value, from, to) }
    const arrows: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
    const key = (event: KeyboardEvent): void => {
      const arrow = arrows[event.key]
      if (arrow !== undefined) {
        const from = cursor.value
        const to = { x: Math.min(side - 1, Math.max(0, from.x + arrow[0])), y: Math.min(side - 1, Math.max(0, from.y + arrow[1])) }
        cursor.value = to
        if (penDown.value) draw(from, to)
      } else if (event.key === ' ') {
        penDown.value = !penDown.value
        if (penDown.value) draw(cursor.value, cursor.value)
      } else if (event.key === 'Delete' || event.key === 'Backspace') ink.value = blank
      else return
      event.preventDefault()
      paint()
    }
    onMounted(async () => {
      paint()
      network.value = new Uint8Array(await (await fetch(address)).arrayBuffer())
      sample(3)
    })
    watch(ink, () => {
      paint()
      ask()
    })
    watch([cursor, penDown, focused], paint)
    watch(isDark, () => { requestAnimationFrame(paint) })
    onBeforeUnmount(() => { cancelAnimationFrame(request) })

    const summary = (read: Read): string => {
      const rest = read.settledAt === null
        ? `it has not come to rest after ${longest} steps and still moves by ${shown(read.residual)} a step`
        : `it moves by less than 0.001 from step ${read.settledAt} on`
      return `The network reads ${read.answer} (output ${shown(read.outputs[read.answer] ?? NaN)}); ${rest}.`
    }
    return () => {
      const read = result.value?.ok === true ? result.value.value : undefined
      const t = Math.floor(at.value)
      const now = frames.value[Math.min(t, frames.value.length - 1)]
      return h('div', { class: 'digit' }, [
        h('h2', 'Draw a digit and watch the network settle'),
        h('div', { class: 'desk' }, [
          h('div', { class: 'paper' }, [
            h('canvas', {
              ref: canvas, width: 392, height: 392, tabindex: 0, role: 'application', 'aria-label': 'Paper for a digit: arrow keys move the pen, space lowers and lifts it, delete clears',
              'aria-describedby': 'digit-help', 'data-ink': ink.value.reduce((sum, value) => sum + value, 0).toFixed(1),
              onPointerdown: (event: PointerEvent) => {
                ;(event.currentTarget as HTMLElement).setPointerCapture(event.pointerId)
                pointer = placeOf(event)
                draw(pointer, pointer)
              },
              onPointermove: (event: PointerEvent) => {
                if (pointer === undefined) return
                const to = placeOf(event)
                draw(pointer, to)
                pointer = to
              },
              onPointerup: () => { pointer = undefined },
              onPointercancel: () => { pointer = undefined },
              onKeydown: key,
              onFocus: () => { focused.value = true },
              onBlur: () => {
                focused.value = false
                penDown.value = false
              },
            }),
            h('p', { id: 'digit-help', class: 'hint' }, 'With keys: arrows move the pen, space lowers and lifts it, delete clears.'),
            h('p', { class: 'buttons' }, [
              h('button', { type: 'button', onClick: () => { ink.value = blank } }, 'Clear'),
              h('button', { type: 'button', disabled: frames.value.length === 0, onClick: replay }, 'Settle again'),
            ]),
            h('div', { class: 'samples', role: 'group', 'aria-label': 'Written by the library' }, Array.from({ length: 10 }, (_, d) =>
              h('button', { type: 'button', 'aria-label': `A written ${d}`, onClick: () => { sample(d) } }, String(d)))),
          ]),
          h('div', { class: 'reading' }, [
            h('p', { class: 'answer', 'aria-live': 'polite', 'data-answer': read?.answer ?? '' },
              result.value?.ok === false ? result.value.message : read === undefined ? 'The network is being fetched …' : ink.value === blank ? 'The paper is empty: the network settles on its prior.' : summary(read)),
            h('div', { class: 'picture', innerHTML: barsOf(now?.layers[1] ?? [], t) }),
            ...(read === undefined ? [] : [
              h('div', { class: 'picture', innerHTML: chartOf(outputsChart(read, t), 'outputs') }),
              ...(read.settledAt === null ? [] : [h('p', `Nudged towards ${read.answer}, EP in the limit and −BPTT differ by at most ${shown(read.gap)} of the largest gradient, in every weight and at each of 10 moments.`)]),
            ]),
          ]),
        ]),
        h('p', { class: 'label' }, `${sizes.join('-')}, ${facts.setting}, trained by ${facts.estimator} EP on ${facts.data} (${facts.epochs} epochs): ${(100 * facts.testError).toFixed(2)} % errors on the ${facts.testImages} test images. It knows MNIST’s digits; yours are scaled and centred as those were.`),
        ...(read === undefined ? [] : [h(Files, {
          files: [
            { label: 'Save SVG', name: 'phifold-digit.svg', type: 'image/svg+xml', text: () => svgSheet('Outputs while the network settles', [{ title: '', note: summary(read), chart: outputsChart(read) }], 1) },
            { label: 'Save CSV', name: 'phifold-digit.csv', type: 'text/csv', text: () => readCsv(read) },
          ],
        })]),
      ])
    }
  },
})
