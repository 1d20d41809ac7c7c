/** Run by VitePress while the site is built, so that the page carries what it shows and not whole records. */
import { type Results, resultsOf } from './reading.ts'

declare const data: Results
export { data }

export default { watch: ['../../results/**/*.{json,svg}'], load: (paths: readonly string[]): Results => resultsOf(paths) }
