/** The neurons, a strip of cells for each layer: blue below zero, orange above. Under it, once nudged, how far the nudge has pushed each. Effects: a canvas. */
import { defineComponent, h, onBeforeUnmount, onMounted, type PropType, ref, watch } from 'vue'
import { useData } from 'vitepress'
import type { Course } from '../model/course.ts'
import { shown } from '../model/markup.ts'
import { instantOf } from '../model/timeline.ts'

const rowHeight = 18
const gap = 4

type Rgb = readonly [number, number, number]

const parsed = (colour: string): Rgb => {
  const at = (i: number): number => Number.parseInt(colour.trim().slice(1 + 2 * i, 3 + 2 * i), 16)
  return [at(0), at(1), at(2)]
}

const mixed = (a: Rgb, b: Rgb, share: number): string => `rgb(${a.map((v, i) => Math.round(v + ((b[i] ?? v) - v) * share)).join(' ')})`

const largest = (layers: readonly (readonly number[])[]): number => Math.max(1e-300, ...layers.flat().map(Math.abs).filter(Number.isFinite))

/** What the picture shows at the end, in one sentence. */
export const sentenceOf = (course: Course): string => {
  const state = course.settling.at(-1)?.layers ?? []
  const parts = state.map((layer, l) => `s${l + 1}, ${layer.length} neurons from ${shown(Math.min(...layer))} to ${shown(Math.max(...layer))}`)
  return `The settled network: ${parts.join('; ')}.`
}

export default defineComponent({
  name: 'NetworkView',
  props: { course: { type: Object as PropType<Course>, required: true }, at: { type: Number, required: true } },
  setup(props) {
    const canvas = ref<HTMLCanvasElement>()
    const { isDark } = useData()
    const draw = (): void => {
      const element = canvas.value
      const context = element?.getContext('2d')
      if (element === undefined || context === null || context === undefined) return
      const style = getComputedStyle(element)
      const colour = (name: string): Rgb => parsed(style.getPropertyValue(name))
      const [below, zero, above] = [colour('--below'), colour('--zero'), colour('--above')]
      const { state, pushed } = instantOf(props.course, props.at)
      const ratio = globalThis.devicePixelRatio || 1
      const width = element.clientWidth
      const height = element.clientHeight
      if (element.width !== Math.round(width * ratio)) element.width = Math.round(width * ratio)
      if (element.height !== Math.round(height * ratio)) element.height = Math.round(height * ratio)
      context.setTransform(ratio, 0, 0, ratio, 0, 0)
      context.clearRect(0, 0, width, height)
      const finalState = largest(props.course.settling.at(-1)?.layers ?? [])
      const strip = (values: readonly number[], y: number, scale: number): void => {
        const cell = width / values.length
        values.forEach((value, i) => {
          const share = Math.min(1, Math.abs(value) / scale)
          context.fillStyle = mixed(zero, value < 0 ? below : above, Math.sqrt(share))
          context.fillRect(i * cell, y, Math.max(0.5, cell - (cell > 4 ? 1 : 0)), rowHeight)
        })
      }
      // Each layer by its own largest push: deep ones are pushed far less.
      const ends = props.course.pushed.at(-1)?.layers ?? []
      state.forEach((values, l) => {
        const y = l * (2 * rowHeight + 3 * gap)
        strip(values, y, finalState)
        strip(pushed?.[l] ?? values.map(() => 0), y + rowHeight + gap, largest([ends[l] ?? []]))
      })
    }
    const size = typeof ResizeObserver === 'undefined' ? undefined : new ResizeObserver(draw)
    onMounted(() => {
      draw()
      if (canvas.value !== undefined) size?.observe(canvas.value)
    })
    onBeforeUnmount(() => size?.disconnect())
    watch(() => [props.course, props.at], draw, { flush: 'post' })
    watch(isDark, () => { requestAnimationFrame(draw) })
    return () => {
      const count = props.course.settling[0]?.layers.length ?? 0
      return h('figure', { class: 'network' }, [
        h('div', { class: 'strips' }, [
          h('div', { class: 'names', 'aria-hidden': 'true' }, Array.from({ length: count }, (_, l) =>
            h('div', { style: { height: `${2 * rowHeight + 3 * gap}px` } }, [h('span', `s${l + 1}`), h('span', `push`)]))),
          h('canvas', {
            ref: canvas, role: 'img', 'aria-label': sentenceOf(props.course), style: { height: `${count * (2 * rowHeight + 3 * gap) - gap}px` },
          }),
        ]),
        h('figcaption', 'A cell for each neuron, blue below zero and orange above: its state, and under it how far the nudge has pushed it, each layer on its own scale.'),
      ])
    }
  },
})
