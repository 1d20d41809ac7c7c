/** The playground: choices on one side, what they lead to on the other. Effects: the address, workers. */
import { defineComponent, h, onBeforeUnmount, onMounted, shallowRef, watch } from 'vue'
import { type Crew, crew } from '../crew.ts'
import { choicesOf, queryOf } from '../model/address.ts'
import { type Choices, start } from '../model/choices.ts'
import type { Answers } from '../protocol.ts'
import { controls } from './controls.ts'
import TheoremView from './theorem-view.ts'

export default defineComponent({
  name: 'ThePlayground',
  setup() {
    const choices = shallowRef<Choices>(start)
    const course = shallowRef<Answers['course']>()
    const courseOf = shallowRef<Choices>(start)
    const verdict = shallowRef<Answers['verdict']>()
    let workers: Crew | undefined
    const ask = (now: Choices): void => {
      verdict.value = undefined
      workers?.ask({ kind: 'course', choices: now }, (result) => {
        course.value = result
        courseOf.value = now
      })
      workers?.ask({ kind: 'verdict', choices: now }, (result) => { verdict.value = result })
    }
    const change = (next: Choices): void => { choices.value = next }
    const readAddress = (): void => { choices.value = choicesOf(globalThis.location.search) }
    onMounted(() => {
      workers = crew()
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
      workers?.dismiss()
    })
    return () => {
      const now = choices.value
      const result = course.value
      return h('div', { class: 'playground' }, [
        h('form', { class: 'choices', 'aria-label': 'Choices', onSubmit: (event: Event) => { event.preventDefault() } }, [
          controls('Break a hypothesis', ['asymmetric', 'unsettled', 'dropped', 'outer'], now, change),
          controls('Nudge and folds', ['estimator', 'beta', 'T', 'K'], now, change),
          controls('Network', ['setting', 'activation', 'epsilon', 'inputs', 'depth', 'width', 'outputs', 'skip', 'seed'], now, change),
          h('p', h('button', { type: 'button', onClick: () => { change({ ...start, view: now.view }) } }, 'Start again')),
        ]),
        h('div', { class: 'outcome' }, result === undefined ? h('p', { class: 'waiting' }, 'The network is settling …')
          : !result.ok ? h('p', { class: 'mistake', role: 'alert' }, result.message)
            : h(TheoremView, { choices: courseOf.value, course: result.value, verdict: verdict.value?.ok === true ? verdict.value.value : undefined })),
      ])
    }
  },
})
