/**
 * What Vega-Lite specifications of all charts have in common: the page with its heading, legend and grid of panels, fonts, colours
 * and sizes, and how numbers and texts are fitted in.
 */

const font = 'DejaVu Sans, Verdana, sans-serif'
export const ink = '#222222'

const superscript = (exponent: number): string =>
  Array.from(String(exponent), (c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'.charAt(Number(c)))).join('')

/** '10⁻³' for −3. */
export const powerOfTen = (exponent: number): string => `10${superscript(exponent)}`

/** Power of 1000 that brings the largest magnitude of a panel into [1, 1000), or 0 where plain labels are short enough. */
export const exponentOf = (largest: number): number => {
  const exponent = largest === 0 ? 0 : Math.floor(Math.log10(largest))
  return exponent >= -2 && exponent < 3 ? 0 : 3 * Math.floor(exponent / 3)
}

/** y in units of 10^exponent. Multiplies by a positive power of ten, never by its reciprocal: 10^3 is a float64, 10^-3 is not. */
export const scaledBy = (y: number, exponent: number): number => (exponent < 0 ? y * 10 ** -exponent : y / 10 ** exponent)

/** The title of an axis in units of 10^exponent. */
export const unitOf = (title: string, exponent: number): string => (exponent === 0 ? title : `${title} (${powerOfTen(exponent)})`)

/** A Vega expression that looks texts up: a list of them, or of lists. Its parser takes fewer characters than JSON writes. */
export const lookUp = (texts: ReadonlyArray<string | ReadonlyArray<string>>, index: string): string =>
  `${JSON.stringify(texts).replace(/[\u2028\u2029]/g, ' ')}[${index}]`

export const panelSize = { width: 310, height: 150 }
const panelGap = 26
/** A y axis with its title takes this much of a row, in px. */
const axisRoom = 60

/** Width of so many panels in a row, in px, from the first one's left edge to the last one's right edge. */
export const rowWidth = (columns: number, width: number = panelSize.width): number => columns * width + (columns - 1) * (panelGap + axisRoom)

/** A line of text at a fixed place of a panel, in px from its upper left corner. */
export const writing = (text: string, align: 'left' | 'right', x: number, y: number, fontWeight = 'normal'): object => ({
  data: { values: [{}] },
  mark: { type: 'text', text, align, fontWeight, aria: false },
  encoding: { x: { value: x }, y: { value: y } },
})

/** Room for a text of 12 px, as in the legend, in px: DejaVu Sans takes 0.6 em a letter on average. */
export const roomFor = (text: string): number => Math.ceil(0.62 * 12 * text.length)

/** Words of a heading in lines of a width in px. Vega takes 0.8 em a letter, which is always enough. */
const wrapped = (text: string, width: number, fontSize: number): ReadonlyArray<string> => {
  const letters = Math.floor(width / (0.8 * fontSize))
  // No line breaks around an equals sign.
  return text.split(/(?<!=) (?!=)/).reduce<ReadonlyArray<string>>((lines, word) => {
    const last = lines.at(-1)
    const longer = last === undefined ? word : `${last} ${word}`
    return last === undefined || longer.length <= letters ? [...lines.slice(0, -1), longer] : [...lines, word]
  }, [])
}

/** What stands above the panels, and how many of these are in a row. */
interface Heading {
  readonly title: string
  readonly subtitle: string
  readonly columns: number
}
/** Specifications; `width` is that of a panel in px. */
interface Parts {
  readonly legend: object
  readonly panels: ReadonlyArray<object>
  readonly width?: number
}

/** Heading, legend, and the panels in rows of `columns`. */
export const sheet = ({ title, subtitle, columns }: Heading, { legend, panels, width = panelSize.width }: Parts): object => ({
  background: 'white',
  padding: 14,
  title: { text: wrapped(title, rowWidth(columns, width), 15), subtitle: wrapped(subtitle, rowWidth(columns, width), 12) },
  spacing: 12,
  vconcat: [legend, {
    columns,
    spacing: { row: 16, column: panelGap },
    concat: panels,
    // Panels have different numbers of curves: each counts its own colours.
    resolve: { scale: { color: 'independent' } },
  }],
  config: {
    font,
    text: { color: ink, fontSize: 12, baseline: 'middle' },
    title: {
      anchor: 'start', frame: 'group', color: ink, subtitleColor: ink,
      fontSize: 15, fontWeight: 'bold', subtitleFontSize: 12, offset: 10, subtitlePadding: 4,
    },
    view: { stroke: '#BBBBBB' },
    axis: {
      labelColor: ink, titleColor: ink, labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal',
      domain: false, tickColor: '#888888', tickSize: 4, tickCount: 5, labelPadding: 3, labelFlush: false,
      gridColor: '#E6E6E6',
    },
    axisY: {
      gridColor: { condition: { test: 'datum.value === 0', value: '#888888' }, value: '#E6E6E6' },
      // Fixed room for tick labels: panels line up, and the layout does not depend on a guess of text widths.
      minExtent: 40, maxExtent: 40,
    },
  },
})
