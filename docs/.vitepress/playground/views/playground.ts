/** The playground: choices on one side, what they lead to on the other. Effects: the address, workers. */
import { defineComponent, h, onBeforeUnmount, onMounted, shallowRef, type VNode, watch } from 'vue'
import { type Crew, crew } from '../crew.ts'
import { choicesOf, queryOf } from '../model/address.ts'
import { type Choices, chosen, fields, start } from '../model/choices.ts'
import { familyNames, type Sweep } from '../model/sweep.ts'
import type { Answers } from '../protocol.ts'
import BetaView from './beta-view.ts'
import { controls } from './controls.ts'
import DigitView from './digit-view.ts'
import TheoremView from './theorem-view.ts'

type Change = (choices: Choices) => void

const views = (now: Choices, change: Change): VNode => h('fieldset', { class: 'views' }, [
  h('legend', { class: 'visually-hidden' }, fields.view.label),
  ...Object.entries(fields.view.names).map(([view, text]) => h('label', { class: { current: now.view === view }, key: view }, [
    h('input', { type: 'radio', name: 'view', value: view, checked: now.view === view, onChange: () => { change(chosen(now, 'view', view as Choices['view'])) } }),
    text,
  ])),
])

const form = (now: Choices, change: Change, wide: boolean): VNode => h('form', { class: 'choices', 'aria-label': 'Choices', onSubmit: (event: Event) => { event.preventDefault() } }, [
  controls('Break a hypothesis', ['asymmetric', 'unsettled', 'dropped', 'outer'], now, change, true),
  controls('Nudge and folds', now.view === 'beta' ? ['T', 'K'] : ['estimator', 'beta', 'T', 'K'], now, change, wide),
  controls('Network', ['setting', 'activation', 'epsilon', 'inputs', 'depth', 'width', 'outputs', 'skip', 'seed'], now, change, wide),
  h('p', h('button', { type: 'button', onClick: () => { change({ ...start, view: now.view }) } }, 'Start again')),
])

export default defineComponent({
  name: 'ThePlayground',
  setup() {
    const choices = shallowRef<Choices>(start)
    const workers = shallowRef<Crew>()
    const course = shallowRef<{ readonly of: Choices; readonly result: Answers['course'] }>()
    const verdict = shallowRef<Answers['verdict']>()
    const sweeps = shallowRef<readonly Sweep[]>([])
    const wide = shallowRef(true)
    const mistake = shallowRef<string>()

    const sweep = (now: Choices, index: number): void => {
      const family = familyNames[index]
      if (family === undefined) return
      workers.value?.ask({ kind: 'sweep', choices: now, family }, (result) => {
        if (choices.value !== now) return
        if (!result.ok) {
          mistake.value = result.message
          return
        }
        sweeps.value = [...sweeps.value, result.value]
        sweep(now, index + 1)
      })
    }
    const ask = (now: Choices): void => {
      mistake.value = undefined
      if (now.view === 'theorem') {
        verdict.value = undefined
        // The verdict comes after the picture, which is waited for.
        workers.value?.ask({ kind: 'course', choices: now }, (result) => {
          course.value = { of: now, result }
          workers.value?.ask({ kind: 'verdict', choices: now }, (answer) => { verdict.value = answer })
        })
      } else if (now.view === 'beta') {
        sweeps.value = []
        sweep(now, 0)
      }
    }
    const change: Change = (next) => { choices.value = next }
    const readAddress = (): void => { choices.value = choicesOf(globalThis.location.search) }
    onMounted(() => {
      workers.value = crew()
      wide.value = globalThis.matchMedia('(min-width: 861px)').matches
      readAddress()
      ask(choices.value)
      watch(choices, (now) => {
        globalThis.history.replaceState(globalThis.history.state, '', `${globalThis.location.pathname}${queryOf(now)}`)
        ask(now)
      })
      globalThis.addEventListener('popstate', readAddress)
    })
    onBeforeUnmount(() => {
      globalThis.removeEventListener('popstate', readAddress)
      workers.value?.dismiss()
    })

    const outcome = (now: Choices): VNode => {
      const waiting = h('p', { class: 'waiting' }, 'The network is settling …')
      const alert = (message: string): VNode => h('p', { class: 'mistake', role: 'alert' }, message)
      if (workers.value === undefined) return waiting
      switch (now.view) {
        case 'digit': return h(DigitView, { workers: workers.value })
        case 'beta': return mistake.value === undefined ? h(BetaView, { sweeps: sweeps.value }) : alert(mistake.value)
        case 'theorem': {
          if (course.value === undefined) return waiting
          const { of, result } = course.value
          return result.ok
            ? h(TheoremView, { choices: of, course: result.value, engine: result.engine, verdict: verdict.value?.ok === true ? verdict.value.value : undefined })
            : alert(result.message)
        }
      }
    }
    return () => {
      const now = choices.value
      return h('div', { class: ['playground', now.view] }, [
        views(now, change),
        ...(now.view === 'digit' ? [] : [form(now, change, wide.value)]),
        h('div', { class: 'outcome' }, outcome(now)),
      ])
    }
  },
})
