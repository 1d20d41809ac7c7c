/** Buttons that hand out files, and the address of the view. Effects: downloads, the clipboard. */
import { defineComponent, h, type PropType, ref } from 'vue'

export interface File {
  readonly label: string
  readonly name: string
  readonly type: string
  readonly text: () => string
}

const save = ({ name, type, text }: File): void => {
  const url = URL.createObjectURL(new Blob([text()], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => { URL.revokeObjectURL(url) }, 1000)
}

export default defineComponent({
  name: 'FileButtons',
  props: { files: { type: Array as PropType<readonly File[]>, required: true } },
  setup(props) {
    const said = ref('')
    const share = async (): Promise<void> => {
      try {
        await navigator.clipboard.writeText(globalThis.location.href)
        said.value = 'Link copied.'
      } catch {
        said.value = `This view: ${globalThis.location.href}`
      }
    }
    return () => h('p', { class: 'files' }, [
      ...props.files.map((file) => h('button', { type: 'button', onClick: () => { save(file) } }, file.label)),
      h('button', { type: 'button', onClick: () => { void share() } }, 'Copy link to this view'),
      h('span', { role: 'status' }, said.value),
    ])
  },
})
