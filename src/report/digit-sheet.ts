/**
 * Grey images in rows, each with a line of text below, as one SVG. An image is drawn as one path for each of 16 shades, made of runs of
 * neighbouring pixels in a row: sharp at any size, and small.
 */
import { html, type Markup } from './markup.ts'

/** A grey image, row-major, 0 background to 255 full ink, and what is said of it. */
export interface Captioned {
  readonly pixels: ArrayLike<number>
  readonly caption: string
}

export interface DigitSheet {
  readonly title: string
  readonly subtitle: string
  readonly rows: number
  readonly cols: number
  readonly images: readonly Captioned[]
  /** Images in a row. */
  readonly across: number
}

const font = 'DejaVu Sans, Verdana, sans-serif'
const ink = '#222222'
/** Px of a pixel, of the space around an image, of its caption. */
const [dot, gap, line] = [3, 10, 18]
const shades = 16

interface Run {
  readonly shade: number
  readonly x: number
  readonly y: number
  readonly length: number
}

const runsOf = (pixels: ArrayLike<number>, rows: number, cols: number): readonly Run[] =>
  Array.from({ length: rows * cols }, (_, i): Run => ({ shade: Math.round(((pixels[i] ?? 0) * (shades - 1)) / 255), x: i % cols, y: Math.floor(i / cols), length: 1 }))
    .reduce<readonly Run[]>((runs, pixel) => {
      const last = runs.at(-1)
      return last !== undefined && last.y === pixel.y && last.shade === pixel.shade ? [...runs.slice(0, -1), { ...last, length: last.length + 1 }]
        : [...runs, pixel]
    }, [])
    .filter(({ shade }) => shade > 0)

const image = (pixels: ArrayLike<number>, rows: number, cols: number): readonly Markup[] => {
  const runs = runsOf(pixels, rows, cols)
  return Array.from({ length: shades }, (_, shade) => runs.filter((run) => run.shade === shade)).flatMap((same, shade) => (same.length === 0 ? [] : [
    html`<path fill="#000000" fill-opacity="${Number((shade / (shades - 1)).toFixed(3))}" d="${same.map(({ x, y, length }) => `M${x} ${y}h${length}v1h-${length}z`).join('')}"/>`]))
}

/** The sheet as an SVG text. Throws RangeError where an image has not rows × cols pixels. */
export const digitSheet = ({ title, subtitle, rows, cols, images, across }: DigitSheet): string => {
  const odd = images.findIndex(({ pixels }) => pixels.length !== rows * cols)
  if (odd >= 0) throw new RangeError(`digitSheet: image ${odd}: expected ${rows * cols} pixels, got ${images[odd]?.pixels.length ?? 0}`)
  const [wide, high] = [dot * cols + gap, dot * rows + gap + line]
  const [width, height] = [Math.max(640, 28 + across * wide), 68 + Math.ceil(images.length / across) * high + 10]
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><rect width="${width}" height="${height}" fill="white"/>
<text x="14" y="28" font-family="${font}" font-size="15" font-weight="bold" fill="${ink}">${title}</text>
<text x="14" y="48" font-family="${font}" font-size="12" fill="${ink}">${subtitle}</text>
${images.map(({ pixels, caption }, i) => {
    const [x, y] = [14 + (i % across) * wide, 68 + Math.floor(i / across) * high]
    return html`<g transform="translate(${x} ${y})"><rect width="${dot * cols}" height="${dot * rows}" fill="white" stroke="#CCCCCC"/><g transform="scale(${dot})" shape-rendering="crispEdges">${
      image(pixels, rows, cols)}</g><text x="${(dot * cols) / 2}" y="${dot * rows + 13}" font-family="${font}" font-size="10" text-anchor="middle" fill="${ink}">${caption}</text></g>
`
  })}</svg>
`.text
}
