/** Files to take away: charts on one sheet as SVG that needs no page around it, and numbers as CSV. */
import { type Chart, chartOf } from './chart.ts'
import type { Course, Panel } from './course.ts'
import type { Read } from './digit.ts'
import { escaped } from './markup.ts'
import type { Sweep } from './sweep.ts'

/** The page's light colours (theme/style.css): a sheet is paper. */
const colours = ['#005a9c', '#9c2f00', '#007d5b', '#1a1a1a', '#b8417f', '#6f45d8', '#8a6700']

const style = [
  'text{font-family:system-ui,"DejaVu Sans",sans-serif;fill:#1a1a1a}.title{font-size:14px;font-weight:600}.note{font-size:11px}.tick,.label{font-size:11px}',
  '.grid{stroke:#e2e2e3;stroke-width:.7;fill:none}.axis{stroke:#555;fill:none}.line{fill:none;stroke-linejoin:round}',
  '.solid{stroke-width:4;opacity:.38}.dashed{stroke-width:1.6;stroke-dasharray:5 3}.thin{stroke-width:1}.dotted{stroke-width:1;stroke-dasharray:1 3}.mark.hollow{stroke-width:1.2}',
  ...colours.map((colour, i) => `.line.c${i}{stroke:${colour}}.mark.c${i}{fill:${colour};stroke:${colour}}.bar.c${i}{fill:${colour}}`),
  '.mark.hollow{fill:#fff}',
].join('')

export interface Titled {
  readonly title: string
  readonly note: string
  readonly chart: Chart
}

/** A title above, charts in rows below, each with its own title. */
export const svgSheet = (title: string, charts: readonly Titled[], columns: number): string => {
  const [gap, head] = [16, 40]
  const width = Math.max(0, ...charts.map(({ chart }) => chart.width))
  const height = Math.max(0, ...charts.map(({ chart }) => chart.height)) + 20
  const across = Math.min(columns, charts.length)
  const [W, H] = [gap + across * (width + gap), head + Math.ceil(charts.length / columns) * (height + gap)]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${W}" height="${H}" viewBox="0 0 ${W} ${H}"><style>${style}</style><rect width="${W}" height="${H}" fill="#fff"/>`,
    `<text class="title" x="${gap}" y="24">${escaped(title)}</text>`,
    ...charts.map(({ title: name, note, chart }, i) => {
      const [x, y] = [gap + (i % columns) * (width + gap), head + Math.floor(i / columns) * (height + gap)]
      const picture = chartOf(chart, `sheet-${i}`).replace('<svg ', `<svg y="20" width="${chart.width}" height="${chart.height}" `)
      return `<g transform="translate(${x} ${y})"><text class="note" x="0" y="12" font-weight="600">${escaped(name)}</text><text class="note" x="${chart.width}" y="12" text-anchor="end">${escaped(note)}</text>${picture}</g>`
    }),
    '</svg>\n',
  ].join('')
}

const row = (cells: readonly (string | number)[]): string => cells.map((cell) => (typeof cell === 'number' ? String(cell) : /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')

const csv = (header: readonly string[], rows: readonly (readonly (string | number)[])[]): string => `${[header, ...rows].map(row).join('\n')}\n`

/** One row for each moment of each neuron or synapse that is drawn. */
export const courseCsv = ({ panels }: Pick<Course, 'panels'>): string => csv(['quantity', 'index', 't', 'minus_bptt', 'ep'],
  panels.flatMap(({ name, pairs }: Panel) => pairs.flatMap(({ index, bptt, ep }) => bptt.map((value, t) => [name, index, t, value, ep[t] ?? NaN]))))

export const sweepCsv = (sweeps: readonly Sweep[]): string => csv(['estimator', 'beta', 'relative_error', 'rounding'],
  sweeps.flatMap(({ family, points }) => points.map(({ beta, error, floor }) => [family, beta, error, floor])))

/** The ten outputs at each step. */
export const readCsv = ({ frames }: Pick<Read, 'frames'>): string => csv(['t', ...Array.from({ length: 10 }, (_, d) => `output_${d}`)],
  frames.map(({ t, layers }) => [t, ...(layers[1] ?? [])]))
